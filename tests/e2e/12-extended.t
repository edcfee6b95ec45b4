# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Extended netconsole of real kernels, replayed to the real program, against
# what the machines' own ring buffers said.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

recording() {
	NAME=$1
	FILE=$DATA/$NAME.dgrams
	[ -f "$FILE" ] || skip "$FILE is missing"
}

# The lines of `dmesg -r`, without <priority>.
ring() {
	gzip -dc "$DATA/$NAME.$1.log.gz" |
		sed -n '/^=== dmesg -r/,/^=== end/{ /^===/d; s/^<[0-9]*>//p; }'
}

# without_pairs: the texts, without what the ring does not have.
without_pairs() {
	texts >.texts || exit 1
	sed 's/ {[A-Za-z]*=.*}$//' .texts
}

# missing: the lines of .ring that are not in .have, in its order.
missing() {
	diff .ring .have | sed -n 's/^< //p'
}

received() {
	recording "$1"
	shift
	start extended=yes "$@"
	replay --fast "$FILE"
	finish
	ring ttyS1 >.ring
	[ "$(wc -l <.ring)" -gt 100 ] || fail "no truth in $NAME"
	without_pairs >.have
}

oom_hung() {
	received ext-612-oom-hung
	missing >.missing
	[ ! -s .missing ] || fail "not in the log: $(cat .missing)"
	! texts | grep -q 'bytes missing' || fail "something is missing"
}

# The ring has records above the console's level, which were not sent.
loglevel() {
	recording ext-61-loglevel
	start extended=yes
	replay --fast "$FILE"
	finish
	without_pairs | sort >.have
	gzip -dc "$DATA/$NAME.ttyS1.log.gz" | awk -F ';' '
		/^[0-9]+,[0-9]+,[0-9]+,/ {
			split($0, field, ",")
			text = substr($0, index($0, ";") + 1)
			gsub(/\\x5c/, "\\", text)
			time = sprintf("[%5d.%06d] ", field[3] / 1000000, \
				field[3] % 1000000)
			gsub(/\\x0a/, "\n" time, text)
			print time text
		}' | sort >.ring
	comm -23 .have .ring | grep -v -e '\\x' -e '	' >.more
	[ ! -s .more ] || fail "not in the ring: $(head -n 3 .more)"
	[ "$(wc -l <.have)" -ge 460 ] || fail "lines are lost"
}

# dmesg cuts long records of several lines, and shows bytes in another way.
odd() {
	received "$1"
	missing | LC_ALL=C grep -v -e 'capmod ml' -e '\\x' -e '[^ -~]' \
		-e '.\{900\}' >.missing
	[ ! -s .missing ] || fail "not in the log: $(head -n 3 .missing)"
	! texts | grep -q 'bytes missing' || fail "something is missing"
	# None is left with its header; what a record says looks like anything.
	! grep '^[0-9.a-z+-]*,*[0-9]*,[0-9]*,[0-9]*,[-c+]' .texts ||
		fail "a header"
	logged | grep -a -q '	' || fail "no tab"
}

odd_61() { odd ext-61-odd; }
odd_612() { odd extr-612-odd; }

dictionary() {
	recording ext-61-odd
	start extended=yes level=yes
	replay --fast "$FILE"
	finish
	texts | grep -q '^<6>\[ .*\] .* {SUBSYSTEM=[a-z]* DEVICE=[+a-z].*}$' ||
		fail "no dictionary"
}

# Records that the kernel cut have their user data all the same.
userdata() {
	recording userdata-612
	start extended=yes
	replay --fast "$FILE"
	finish
	texts >.texts
	grep -q '\\x01\\x0| {rack=r12-u07 asset=' .texts ||
		fail "user data of a cut record"
	! grep 'rack=r12-u07' .texts | grep -v ' {[^{]*rack=r12-u07[^{]*}$' ||
		fail "user data in the text"
	! grep -q 'bytes missing' .texts || fail "something is missing"
}

# A line of text that looks like a record, in a stream without times.
looks_like() {
	recording legacy-61-notime
	start extended=yes
	replay --fast "$FILE"
	finish
	same_log "$FILE"
}

# The sender of text and that of records do not disturb each other.
mixed() {
	recording two-mixed
	start extended=yes
	replay --fast "$FILE"
	finish
	lines >.lines
	"$EXPECT" --sources=sources "$FILE" | grep '^127\.99\.0\.2:' >.wanted
	grep '^127\.99\.0\.2:' .lines >.have
	[ "$(wc -l <.wanted)" -ge 3000 ] || fail "the model is short"
	same .wanted .have
	[ "$(grep -c '^127\.99\.0\.3:6665 \[' .lines)" -ge 3500 ] ||
		fail "records are missing"
	! grep ' 6\.12[^ ]*,[0-9]*,' .lines || fail "a header"
}

# The last fragment never comes.
incomplete() {
	start extended=yes timeout=5
	say '6,416,1758426,-,ncfrag=0/31;the first chunk,'
	wait_lines 1
	finish
	want '%s\n' '[    1.758426] the first chunk,<15 bytes missing>'
}

turned_off() {
	start
	say '6,416,1758426,-;text\n'
	wait_lines 1
	finish
	want '%s\n' '6,416,1758426,-;text'
}

# Each leaves a fragment; an honest sender's record is whole.
flood() {
	able=$("$LOAD" probe=yes sources=60000 | sed 's/^sources //;s/ .*//')
	[ "$able" -ge 60000 ] || skip "only $able sources"
	start extended=yes clients=65536
	{
		printf '@ 0 10.0.0.1 6665 900\n6,1,5,-,ncfrag=0/2000;'
		printf '%0878d\n' 0
	} >flood.dgrams
	"$LOAD" port="$PORT" sources=60000 recording=flood.dgrams rate=100000 \
		>load.out || fail "load: $(cat load.out)"
	d 10.0.0.1 5001 '6,416,1758426,-,ncfrag=0/31;the first chunk,'
	d 10.0.0.1 5001 '6,416,1758426,-,ncfrag=16/31; the 2nd chunk.'
	send
	last() { logged | grep -q 'the first chunk, the 2nd chunk.'; }
	wait_for "the honest record" last
	rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$PID/status")
	[ "$rss" -lt 40000 ] || fail "resident: $rss KiB"
	finish
	[ "$(logged | grep -c '0<1122 bytes missing>$')" -eq 60000 ] ||
		fail "of 60000: $(logged | grep -c 'bytes missing>')"
}

t "an OOM report and hung tasks: every line of the ring buffer" oom_hung
t "with another console level there is no line too many" loglevel
t "odd records of Linux 6.1 are what the ring buffer has" odd_61
t "odd records of Linux 6.12 with release, too" odd_612
t "dictionaries and levels are shown" dictionary
t "user data is shown, also that of records that were cut" userdata
t "text that looks like a record is text" looks_like
t "senders of both kinds do not disturb each other" mixed
t "what is missing of a record is told" incomplete
t "without extended=yes it is text like any other" turned_off
t "60,000 senders of a fragment each harm nobody" flood
