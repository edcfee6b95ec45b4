# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The tools of these tests: replay and expect.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# damaged WORDS: rec.dgrams is refused by both, with these words.
damaged() {
	for tool in replay expect; do
		if [ $tool = replay ]; then
			"$REPLAY" --fast rec.dgrams 127.0.0.1 "$PORT" \
				>out2 2>err2
		else
			"$EXPECT" rec.dgrams >out2 2>err2
		fi
		[ $? -eq 1 ] || fail "$tool takes it: no $1"
		grep -q "$1" err2 || fail "$tool does not say '$1': $(cat err2)"
	done
	rm -f rec.dgrams
}

bad_recordings() {
	start
	printf 'hello\n' >rec.dgrams
	damaged "does not begin with '@', at offset 0, in record 1"
	printf '@ 0 10.0.0.1 5001 1\na\n@ 0 10.0.0.1 5001 9\nabc\n' >rec.dgrams
	damaged 'ends inside a payload, at offset 42, in record 2'
	printf '@ 0 10.0.0.1 5001 1\nabc\n' >rec.dgrams
	damaged 'no newline after the payload, at offset 21'
	printf '@ 5 10.0.0.1 5001 1\na\n@ 4 10.0.0.1 5001 1\na\n' >rec.dgrams
	damaged 'time goes back'
	for header in '@ 0 10.0.0.1 0 1' '@ 0 10.0.0.1 65536 1' \
		'@ 0 10.0.0 5001 1' '@ 0 10.0.0.1 5001 65508' \
		'@ -1 10.0.0.1 5001 1' '@ 00 10.0.0.1 5001 1' \
		'@ 0  10.0.0.1 5001 1' '@ 0 10.0.0.1 5001 1 ' \
		'@0 10.0.0.1 5001 1' '@ 0 fe80::1%lo 5001 1' \
		'@ 99999999999999999999999 10.0.0.1 5001 1'; do
		printf '%s\na\n' "$header" >rec.dgrams
		damaged 'at offset [0-9]*, in record 1, at offset 0'
	done
	finish
}

usage() {
	for tool in "$REPLAY" "$EXPECT"; do
		"$tool" --help >out 2>err || fail "--help: exit status $?"
		grep -q '^Usage: ' out || fail "no usage"
		[ ! -s err ] || fail "--help writes on stderr"
		for wrong in --nosuch --first=0 --last=x --speed=0; do
			"$tool" $wrong rec.dgrams 127.0.0.1 9 >out 2>err
			[ $? -eq 64 ] || fail "$tool takes $wrong"
		done
	done
}

# The recording lasts 1.5 s; at half the speed that is 3.
pace() {
	CLOCK=7 d 10.0.0.1 5001 'a\n'
	CLOCK=1500007 d 10.0.0.1 5001 'b\n'
	cp rec.dgrams pace.dgrams
	start
	from=$(date +%s)
	replay --speed=0.5 pace.dgrams
	took=$(($(date +%s) - from))
	[ $took -ge 2 ] || fail "it took $took s"
	finish
	want 'a\nb\n'
}

# The receiver sleeps for a while with a small buffer, and still gets all.
window() {
	start rbuf=64K
	kill -s STOP "$PID"
	numbered 1 3000
	"$REPLAY" --fast rec.dgrams 127.0.0.1 "$PORT" >.replayed 2>&1 &
	sender=$!
	PIDS="$PIDS $sender"
	sends() { grep -q ' -> ' .replayed; }
	wait_for "sender" sends
	sleep 1
	gone "$sender" && fail "it did not wait"
	kill -s CONT "$PID"
	wait "$sender" || fail "$(cat .replayed)"
	finish
	want_numbers 1 3000
}

# Cases that run at the same time may each want the port of the recording.
shared() {
	start
	CLOCK=0 d 10.0.0.1 5909 'a'
	CLOCK=60000000 d 10.0.0.1 5909 'b'
	mv rec.dgrams slow.dgrams
	send_in_background slow.dgrams
	has_port() { grep -q ' -> 127\.0\.0\.1:5909$' .replayed; }
	wait_for "first sender" has_port
	d 10.0.0.1 5909 'c\n'
	send
	has_port || fail "$(cat .replayed)"
	finish
}

nobody_there() {
	start
	finish
	numbered 1 100
	"$REPLAY" --fast rec.dgrams 127.0.0.1 "$PORT" >out2 2>err2
	[ $? -eq 1 ] || fail "sent to nobody"
	says err2 send ECONNREFUSED || fail "$(cat err2)"
}

part() {
	numbered 1 9
	cp rec.dgrams nine.dgrams
	start
	replay --fast --first=3 --last=5 nine.dgrams
	finish
	want_numbers 3 5
	same_log nine.dgrams --first=3 --last=5
}

t "a damaged recording is refused, and where" bad_recordings
t "replay and expect refuse what they do not know" usage
t "replay keeps the pace" pace
t "replay does not overrun a receiver that sleeps" window
t "two that replay share a port" shared
t "replay says when nobody is there" nobody_there
t "a part of a recording can be sent" part
