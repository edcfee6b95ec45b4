# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What ends a line of text, who a sender is, and what a small datagram becomes.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# texts_with OPTIONS WANTED DATAGRAM...: each is a format of printf.
texts_with() {
	options=$1 wanted=$2
	shift 2
	# shellcheck disable=SC2086 # several options
	start $options
	for format; do
		d 10.0.0.1 5001 "$format"
	done
	send
	finish
	want "$wanted"
}

lf_cr() {
	texts_with line=newline 'one\ntwo\nthree\n' 'one\n\rtwo\n' '\rthree\n\r'
}

cr_ends_lines() {
	texts_with line=cr ' 1%%\n 2%%\nboot\ndone\n\n\nend\n' \
		' 1%%\r 2%%\r' '\nboot\r\ndone\n\r' '\r\n' '\n' '\rend\r\r\n'
}

datagram_ends_lines() {
	texts_with line=datagram '<30>ipxe: first\n<30>ipxe: second\n<189>45: sw1: third\nx\ny\n' \
		'<30>ipxe: first' '<30>ipxe: second\n' '<189>45: sw1: third\000' 'x\ny\r'
}

# A line is in the file at once, with its own time, before anything follows.
datagram_at_once() {
	start line=datagram timeout=600
	d 10.0.0.1 5001 'no newline'
	send
	wait_for "the line" grep -q ' no newline$' log/*.log
	finish
}

cr_at_once() {
	start line=cr timeout=600
	d 10.0.0.1 5001 'half\r'
	send
	wait_for "the line" grep -q ' half$' log/*.log
	finish
}

colours_hidden() {
	texts_with ansi=hide '[  OK  ] Started OpenSSH server.\nred\n\\x1b[0\n' \
		'[\033[0;32m  OK  \033[0m] Started \033[0;1;39mOpenSSH server\033[0m.\r\n' \
		'\033]0;title\007\033[1;3' '1mred\n' '\033[0\n'
}

colours_hidden_json() {
	start ansi=hide format=json
	d 10.0.0.1 5001 '[\033[0;32m  OK  \033[0m] Up\n'
	send
	finish
	grep -qF '"message":"[  OK  ] Up"' log/*.log || fail "$(cat log/*.log)"
}

# What the kernel puts before its lines are members; the line stays whole.
heads_json() {
	start format=json
	d 10.0.0.1 5001 '<6>[    1.500000][   T12] up\n<6 no head\n'
	send
	finish
	grep -qF '"message":"<6>[    1.500000][   T12] up","level":6,"facility":0,"usec":1500000,"caller":"T12"}' \
		log/*.log || fail "$(cat log/*.log)"
	grep -qF '"message":"<6 no head"}' log/*.log || fail "$(cat log/*.log)"
}

# Two ports of one address are one sender: what one begins, the other ends.
address_is_the_sender() {
	has python3
	start source=address "$@"
	python3 -c '
import socket, sys
for text in (b"one ", b"line\n", b"next\n"):
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.sendto(text, ("127.0.0.1", int(sys.argv[1])))
' "$PORT"
	wait_for "the lines" grep -q next log/*.log
	finish
}

source_address() {
	address_is_the_sender
	sed 's/^[^ ]* [^ ]* //' log/*.log >lines
	printf '127.0.0.1 one line\n127.0.0.1 next\n' | diff lines - ||
		fail "other lines"
}

source_address_json() {
	address_is_the_sender format=json
	grep -qF '"address":"127.0.0.1","message":"one line"' log/*.log ||
		fail "$(cat log/*.log)"
	! grep -q '"port"' log/*.log || fail "a port: $(cat log/*.log)"
}

# 16 empty lines in a row stay; of more, a line says how many there are.
empty_lines() {
	awk 'BEGIN {
		printf "@ 0 10.0.0.1 5001 20\na\n"
		for (i = 0; i < 16; i++) printf "\n"
		printf "b\n\n@ 0 10.0.0.2 5002 1000\n"
		for (i = 0; i < 1000; i++) printf "\n"
		printf "\n"
	}' >rec.dgrams
	start
	send
	finish
	[ "$(grep -c ' $' log/*.log)" -eq 16 ] ||
		fail "$(grep -c ' $' log/*.log) empty lines"
	grep -q ' udplogger: 1000 empty lines$' log/*.log ||
		fail "$(cut -b 1-200 log/*.log)"
}

# What many datagrams of short lines would write is bounded, and nothing lost.
short_lines() {
	awk 'BEGIN {
		for (d = 0; d < 400; d++) {
			printf "@ 0 10.0.0.1 5001 1000\n"
			for (i = 0; i < 500; i++) printf "%c\n", 97 + i % 26
			printf "\n"
		}
	}' >rec.dgrams
	start
	send
	finish
	lines=$(wc -l <"$(echo log/*.log)")
	[ "$lines" -lt 120000 ] || fail "$lines lines"
	bytes=$(sed 's/^[^ ]* [^ ]* [^ ]* //; s/\\x0a//g' log/*.log | tr -d '\n' |
		wc -c)
	[ "$bytes" -eq 200000 ] || fail "$bytes bytes of 200000"
}

t "LF CR ends a line; the CR is not the next line's" lf_cr
t "line=cr: CR ends a line, and so does LF" cr_ends_lines
t "line=cr: the line is in the file at once" cr_at_once
t "line=datagram: the end of a datagram ends a line" datagram_ends_lines
t "line=datagram: the line is in the file at once" datagram_at_once
t "ansi=hide leaves out escape sequences" colours_hidden
t "ansi=hide in JSON" colours_hidden_json
t "the head of a line in JSON" heads_json
t "source=address: the port counts for nothing" source_address
t "source=address in JSON" source_address_json
t "more than 16 empty lines in a datagram are one" empty_lines
t "datagrams of short lines do not blow up the log" short_lines
