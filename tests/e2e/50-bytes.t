# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Which bytes a log has after which bytes were sent.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# stored WANTED DATAGRAM...: each is a format of printf, octal escapes and all.
stored() {
	wanted=$1
	shift
	start
	for format; do
		d 10.0.0.1 5001 "$format"
	done
	send
	finish
	want "$wanted"
}

newlines() {
	stored 'one\ntwo\n\nthree\nfour, five\n' \
		'one\ntwo\n' '\n' 'thr' 'ee\nfour' ', five' '\n'
}

carriage_returns() {
	stored 'a\nb\nc\nd\ne\n\nf\ng\nh\\x0di\nj\\x0d\n' \
		'a\r\n' 'b\r\r\n' 'c\r' '\n' 'd' '\r' '\r' '\r' '\n' \
		'e\r\r\r\r\r\n' '\r\n' '\rf\r\n' '\r\rg\n' 'h\ri\r\n' 'j\r'
}

controls_escaped() {
	stored '\\x1b[31mred\\x1b[0m\\x07\\x08\\x0c\\x0b\\x01\\x1f\ntab\tspace \n\\x00zero\\x00\\x00\n\\x7fdel\\x7f\n' \
		'\033[31mred\033[0m\007\010\014\013\001\037\n' \
		'tab\tspace \n' '\000zero\000\000\n' '\177del\177\n'
}

# CSI as a byte, and as the character that a UTF-8 terminal takes for it
c1() {
	stored '\\x9b31m\n\\xc2\\x9b31m\n\\xc2\\x80\\xc2\\x9f\n\302\240\n' \
		'\23331m\n' '\302\23331m\n' '\302\200\302\237\n' '\302\240\n'
}

utf8() {
	stored 'gr\303\274n \342\202\254 \360\237\230\200 \364\217\277\277 \355\237\277 \356\200\200 \337\277 \340\240\200\n' \
		'gr\303\274n \342\202\254 \360\237\230\200 \364\217\277\277 \355\237\277 \356\200\200 \337\277 \340\240\200\n'
}

# What turns, joins, hides or ends text without being seen, in all three forms.
unseen_characters() {
	wanted='ab\\xe2\\x80\\xaecd\n\\xe2\\x80\\xa8x\n\\xef\\xbb\\xbf\\xf3\\xa0\\x80\\x81\n\\xc2\\xad\\xe2\\x80\\x8b\n\327\220\n'
	stored "$wanted" 'ab\342\200\256cd\n' '\342\200\250x\n' \
		'\357\273\277\363\240\200\201\n' '\302\255\342\200\213\n' \
		'\327\220\n'
}

invalid_utf8() {
	start
	d 10.0.0.1 5001 '\200 \277 \303 \303( \342\202 \342( \360\237\230\n'
	d 10.0.0.1 5001 '\300\200 \301\277 \340\200\200 \340\237\277 \360\217\277\277\n'
	d 10.0.0.1 5001 '\355\240\200 \355\277\277\n'
	d 10.0.0.1 5001 '\364\220\200\200 \365\200\200\200 \370\210\200\200\200 \376 \377\n'
	d 10.0.0.1 5001 '\303\303\274 \342\202\342\202\254\n'
	send
	finish
	cat >.wanted <<-'EOF'
		\x80 \xbf \xc3 \xc3( \xe2\x82 \xe2( \xf0\x9f\x98
		\xc0\x80 \xc1\xbf \xe0\x80\x80 \xe0\x9f\xbf \xf0\x8f\xbf\xbf
		\xed\xa0\x80 \xed\xbf\xbf
		\xf4\x90\x80\x80 \xf5\x80\x80\x80 \xf8\x88\x80\x80\x80 \xfe \xff
	EOF
	printf '\\xc3\303\274 \\xe2\\x82\342\202\254\n' >>.wanted
	texts >.texts
	same .wanted .texts
}

cut_utf8() {
	stored '\342\202\254\360\237\230\200\nx\303\274\n\\xe2\\x82\n\\xac\n' \
		'\342' '\202' '\254\360\237' '\230' '\200\n' 'x\303' '\274\n' \
		'\342\202\n' '\254\n'
}

# shellcheck disable=SC2016 # nothing is to be expanded
plain_text() {
	start
	d 10.0.0.1 5001 '%s\n' '\x1b \\ %s %n %d $HOME `id` "quoted" {}'
	send
	finish
	printf '%s\n' '\x1b \\ %s %n %d $HOME `id` "quoted" {}' >.wanted
	texts >.texts
	same .wanted .texts
}

forged() {
	start
	d 10.0.0.1 5001 'a\r2026-01-01 00:00:00 10.9.9.9:6666 forged\n'
	d 10.0.0.1 5001 'b\0132026-01-01 00:00:00 10.9.9.9:6666 forged\n'
	d 10.0.0.1 5001 'c\342\200\2502026-01-01 00:00:00 10.9.9.9:1 forged\n'
	d 10.0.0.1 5001 '2026-01-01 00:00:00 10.9.9.9:6666 forged\n'
	d 10.0.0.1 5001 'd\302\2052026-01-01 00:00:00 10.9.9.9:6666 forged\n'
	send
	finish
	[ "$(lines | grep -c '^127\.0\.0\.1:5001 ')" -eq 5 ] ||
		fail "a line without its source: $(lines)"
	[ "$(logged | wc -l)" -eq 5 ] || fail "$(logged | wc -l) lines"
	texts | grep -q '^2026-01-01 00:00:00 10' || fail "a text is missing"
}

zero_length() {
	start
	d 10.0.0.1 5001 ''
	d 10.0.0.1 5001 'ab'
	d 10.0.0.1 5001 ''
	d 10.0.0.1 5001 'c\n'
	d 10.0.0.1 5001 ''
	d 10.0.0.2 5002 ''
	send
	wait_lines 1
	kill -s USR1 "$PID"
	told() { grep -q 'counts: datagrams 6 bytes 4 lines 1 ' err; }
	wait_for "count of 6 datagrams" told
	finish
	want 'abc\n'
}

# As large as UDP allows: with and without LF, and of nothing but LF.
largest() {
	start
	awk 'BEGIN {
		printf "@ 0 10.0.0.1 5001 65507\n"
		for (i = 0; i < 65506; i++) printf "%c", 97 + i % 26
		printf "\n\n@ 0 10.0.0.2 5002 65507\n"
		for (i = 0; i < 65507; i++) printf "%c", 97 + i % 25
		printf "\n@ 0 10.0.0.2 5002 65507\n"
		for (i = 0; i < 65507; i++) printf "%c", 65 + i % 24
		printf "\n@ 0 10.0.0.3 5003 65507\n"
		for (i = 0; i < 65507; i++) printf "\r"
		printf "\n@ 0 10.0.0.4 5004 65507\n"
		for (i = 0; i < 65507; i++) printf "%c", i % 7 ? 120 : 10
		printf "\n"
	}' >rec.dgrams
	cp rec.dgrams large.dgrams
	send
	finish
	same_log large.dgrams
}

# million OPTION...: of bytes without LF, in datagrams of 1000.
million() {
	awk 'BEGIN {
		for (i = 0; i < 1000; i++) {
			printf "@ 0 10.0.0.1 5001 1000\n%04d", i
			for (j = 4; j < 1000; j++) printf "%c", 97 + j % 26
			printf "\n"
		}
	}' >million.dgrams
	start "$@"
	replay --fast million.dgrams
	finish
}

million_default() {
	million
	same_log million.dgrams
	[ "$(texts | tr -d '\n' | wc -c)" -eq 1000000 ] || fail "bytes missing"
}

million_small() {
	million wbuf=1024
	same_log million.dgrams --wbuf=1024
	[ "$(lines | wc -l)" -eq 977 ] || fail "not 977 lines"
}

million_large() {
	million wbuf=1048576
	same_log million.dgrams --wbuf=1048576
	[ "$(lines | wc -l)" -eq 1 ] || fail "not 1 line"
}

# Lines of wbuf - 3 to wbuf + 3 bytes with every kind of end, and sent both in
# one datagram and byte by byte at the end.
wbuf_edges() {
	awk 'function put(s) {
		printf "@ 0 10.0.0.1 5001 %d\n%s\n", length(s), s
	}
	function x(n,   s) { while (n-- > 0) s = s "x"; return s }
	BEGIN {
		for (n = 1021; n <= 1027; n++) {
			put(x(n) "\n")
			put(x(n) "\r\n")
			put(x(n)); put("\n")
			put(x(n)); put("\r"); put("\n")
			put(x(n - 1)); put("x"); put("\r\n")
			put(x(n) "y" x(n) "z\n")
			put(x(2048)); put(x(n - 1024)); put("\n")
		}
		put(x(1024) "\r\r\r\n")
		put(x(2048) "\n")
		put(x(1024) "\n" x(1024) "\n")
		put(x(3000))
	}' >edges.dgrams
	start wbuf=1024
	replay --fast edges.dgrams
	finish
	same_log edges.dgrams --wbuf=1024
}

# The cut goes before a character that it would split, but not with raw=yes.
wbuf_utf8() {
	awk 'function put(s) {
		printf "@ 0 10.0.0.1 5001 %d\n%s\n", length(s), s
	}
	function x(n,   s) { while (n-- > 0) s = s "x"; return s }
	BEGIN {
		char[2] = "\303\274"; char[3] = "\342\202\254"
		char[4] = "\360\237\230\200"
		for (size = 2; size <= 4; size++)
			for (n = 1018; n <= 1025; n++) {
				put(x(n) char[size] "y\n")
				put(x(n) char[size] "\n")
				put(x(n) substr(char[size], 1, 1))
				put(substr(char[size], 2) char[size] "\n")
			}
	}' >utf8.dgrams
	start wbuf=1024 ${1+"$1"}
	replay --fast utf8.dgrams
	finish
	same_log utf8.dgrams --wbuf=1024 ${1+--raw}
}

wbuf_utf8_raw() {
	wbuf_utf8 raw=yes
}

raw() {
	start raw=yes
	d 10.0.0.1 5001 'cr\r\nmid\rdle\n'
	d 10.0.0.1 5001 '\033[1m\001\177\233\302\233\300\200 \303'
	d 10.0.0.1 5001 '\274\377\n\r\n'
	d 10.0.0.1 5001 'un\r'
	send
	finish
	want 'cr\r\nmid\rdle\n\033[1m\001\177\233\302\233\300\200 \303\274\377\n\r\nun\r\n'
}

raw_nul() {
	start raw=yes
	say 'a\000b\000\n'
	finish
	logged | tr '\000' 0 | grep -q ' a0b0$' || fail "NUL is missing"
}

# Every byte there is, one by one.
every_byte() {
	n=0
	while [ $n -lt 256 ]; do
		d 10.0.0.1 5001 "$(printf '<\\%03o>' $n)"
		n=$((n + 1))
	done
	d 10.0.0.1 5001 '\n'
	cp rec.dgrams bytes.dgrams
	start
	send
	finish
	same_log bytes.dgrams
}

# All two-byte and a great many other sequences of the bytes that matter.
sequences() {
	awk 'BEGIN {
		n = split("a 10 13 27 127 128 143 144 159 160 191 192 193 194 " \
			"223 224 225 237 238 239 240 241 243 244 245 255", set, " ")
		set[1] = 97
		for (i = 1; i <= n; i++)
			for (j = 1; j <= n; j++)
				for (k = 1; k <= n; k += 1 + (i + j) % 3) {
					if (set[i] == 13 || set[j] == 13)
						continue
					printf "@ 0 10.0.0.1 5001 4\n"
					printf "%c%c%c\200\n", set[i], set[j], set[k]
				}
	}' >sequences.dgrams
	start
	replay --fast sequences.dgrams
	finish
	same_log sequences.dgrams
}

# Thousands of sources, each with lines cut in odd places.
many_sources() {
	awk 'BEGIN {
		srand(2)
		for (round = 0; round < 6; round++)
			for (s = 0; s < 900; s++) {
				text = sprintf("%d.%d", round, s)
				if (rand() < .5) text = text "\n"
				if (rand() < .3) text = "\n" text
				printf "@ 0 10.0.%d.%d 5001 %d\n%s\n",
					s / 200, s % 200 + 1, length(text), text
			}
	}' >sources.dgrams
	start
	replay --fast sources.dgrams
	finish
	same_log sources.dgrams
}

t "LF ends a line, and only LF" newlines
t "CRs around LF are dropped, across datagrams too" carriage_returns
t "control bytes are escaped" controls_escaped
t "C1 controls are escaped, as bytes and as characters" c1
t "valid UTF-8 stays" utf8
t "invalid, overlong and surrogate UTF-8 is escaped" invalid_utf8
t "characters that act and are not seen are escaped" unseen_characters
t "a character cut between datagrams stays whole" cut_utf8
t "printable text stays as it is" plain_text
t "no line's start can be forged" forged
t "datagrams of no bytes count and leave nothing" zero_length
t "datagrams of 65,507 bytes are stored" largest
t "a million bytes without LF are stored" million_default
t "a million bytes without LF are stored with a small wbuf" million_small
t "a million bytes without LF are stored with a large wbuf" million_large
t "lines about as long as wbuf are cut right" wbuf_edges
t "a cut at wbuf does not split a character" wbuf_utf8
t "a cut at wbuf is at wbuf with raw=yes" wbuf_utf8_raw
t "raw=yes stores bytes as they came" raw
t "raw=yes stores NUL" raw_nul
t "every byte is stored or escaped" every_byte
t "sequences of odd bytes are stored or escaped" sequences
t "hundreds of sources do not mix" many_sources
