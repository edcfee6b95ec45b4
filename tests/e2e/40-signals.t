# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What signals make it do, and which ones it does not care for.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

ends_after() {
	start
	say 'whole\nunfinished'
	finish "$1"
	want 'whole\nunfinished\n'
	if [ -n "$(find log -name '*.log' -size 0)" ]; then
		fail "an empty file"
	fi
}

term() { ends_after TERM; }
int() { ends_after INT; }
quit() { ends_after QUIT; }

# in the order in which they began
unfinished_order() {
	start
	for port in 5003 5001 5002; do
		d 10.0.0.1 $port "began $port"
	done
	d 10.0.0.1 5001 ', went on'
	send
	finish
	want '%s\n' 'began 5003' 'began 5001, went on' 'began 5002'
}

waiting_in_socket() {
	start
	kill -s STOP "$PID"
	numbered 1 200
	numbered 201 1000 10.0.0.2 5002
	d 10.0.0.1 5001 'last, unfinished'
	send --window=0
	kill -s TERM "$PID"
	kill -s CONT "$PID"
	await_end
	[ "$STATUS" -eq 0 ] || fail "exit status $STATUS"
	texts | grep -qx 'last, unfinished' || fail "no unfinished line"
	texts | sed '/last, unfinished/d' >.texts
	numbered_texts 1 1000
}

numbered_texts() {
	awk -v first="$1" -v last="$2" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
}

# TERM in the middle of a stream: what came before is there, whole.
term_in_stream() {
	start
	numbered 1 20000
	"$REPLAY" --fast rec.dgrams 127.0.0.1 "$PORT" >.replayed 2>&1 &
	sender=$!
	PIDS="$PIDS $sender"
	wait_lines 500
	finish
	wait "$sender"
	texts >.texts
	[ "$(wc -l <.texts)" -ge 500 ] || fail "lines are lost"
	numbered_texts 1 "$(wc -l <.texts)"
}

# A line is sent again and again until the new file has one.
reopen() {
	start
	numbered 1 100
	send
	wait_lines 100
	for file in log/*.log; do
		mv "$file" old
	done
	kill -s HUP "$PID"
	n=100
	has_new() {
		n=$((n + 1))
		numbered "$n" "$n"
		send
		has_lines 1
	}
	wait_for "line in a new file" has_new
	finish
	[ "$(grep -c . old)" -eq "$(wc -l <old)" ] || fail "a torn line"
	texts >.new
	sed 's/^[^ ]* [^ ]* [^ ]* //' old | cat - .new >.texts
	numbered_texts 1 $n
}

# HUP many times during a stream loses and tears nothing; what met a rename may
# stand twice.
reopen_in_stream() {
	start
	numbered 1 20000
	"$REPLAY" --fast rec.dgrams 127.0.0.1 "$PORT" >.replayed 2>&1 &
	sender=$!
	PIDS="$PIDS $sender"
	n=0
	until gone "$sender" || [ $n -ge 200 ]; do
		n=$((n + 1))
		for file in log/*.log; do
			mv "$file" "$(printf 'part.%04d' $n)" 2>/dev/null
		done
		kill -s HUP "$PID" || fail "the daemon is gone"
	done
	wait "$sender" || fail "$(cat .replayed)"
	finish
	cat part.* log/*.log 2>/dev/null | sed 's/^[^ ]* [^ ]* [^ ]* //' |
		awk '!seen[$0]++' >.texts
	numbered_texts 1 20000
}

counts() {
	start
	d 10.0.0.1 5001 'one\ntwo\nthr'
	d 10.0.0.1 5001 'ee\n'
	d 10.0.0.2 5002 ''
	d 10.0.0.2 5002 'four\n'
	send
	wait_lines 4
	kill -s USR1 "$PID"
	told() { grep 'udplogger: counts: ' err >.counts; }
	wait_for "counts" told
	grep -q 'counts: datagrams 4 bytes 19 lines 4 sources 2 lost 0' err ||
		fail "$(cat .counts)"
	finish
}

# Real-time signals have numbers (34 is musl's own); the names kill(1) knows differ.
others() {
	start
	n=0
	for signal in USR2 PIPE ALRM XFSZ VTALRM PROF IO POLL PWR TTIN TTOU \
		WINCH URG CHLD CONT HUP USR1 35 40 64; do
		kill -s "$signal" "$PID" 2>/dev/null ||
			kill "-$signal" "$PID" 2>/dev/null || continue
		n=$((n + 1))
		numbered $n $n
		send
		wait_for "line after $signal" has_lines $n
		alive "after $signal"
	done
	[ $n -ge 10 ] || fail "only $n signals could be sent"
	finish
	want_numbers 1 $n
}

# A job in the background of a shell is started with these ignored.
ignored_before() {
	(
		trap '' INT QUIT HUP TERM USR1
		mkdir log
		exec "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log \
			</dev/null >out 2>err
	) &
	began
	wait_for "start line" listens
	say 'unfinished'
	finish
	want 'unfinished\n'
}

# strace holds it up between bind() and what comes after.
during_start() {
	has strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace"
	for signal in HUP USR1 PIPE; do
		rm -rf log trace
		mkdir log
		strace -f -o trace -e trace=bind \
			-e inject=bind:delay_exit=1000000 \
			"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log \
			</dev/null >out 2>err &
		began
		bound() { [ -s trace ]; }
		wait_for "bind" bound
		find_daemon
		kill -s "$signal" "$PID"
		wait_for "start line after $signal" listens
		kill -s TERM "$PID"
		wait_for "end" gone "$PID"
	done
}

# While writes are slower than what comes, the socket always has something.
slow_disk() {
	traced writev "writev:delay_enter=$1"
}

heard_in_flood() {
	slow_disk 20000
	awk 'BEGIN {
		for (i = 0; i < 40000; i++)
			printf "@ %d 10.0.0.1 5001 5\nline\n\n", i * 500
	}' >flood
	"$REPLAY" --speed=1 flood 127.0.0.1 "$PORT" >.replayed 2>&1 &
	sender=$!
	PIDS="$PIDS $sender"
	wait_lines 100
	kill -s USR1 "$PID"
	told() { grep -q 'udplogger: counts: ' err; }
	wait_for "counts" told
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	if grep -q '^sent 40000 ' .replayed; then
		fail "it heard them only when nothing came any more"
	fi
}

waiting_on_slow_disk() {
	slow_disk 100000
	kill -s STOP "$PID"
	numbered 1 40000
	send --window=0
	kill -s TERM "$PID"
	kill -s CONT "$PID"
	wait_for "end" gone "$PID"
	dropped=$(awk '$3 == "udplogger:" { n += $4 } END { print n + 0 }' \
		log/*.log)
	[ "$(grep -c ' line ' log/*.log)" -eq $((40000 - dropped)) ] ||
		fail "$(grep -c ' line ' log/*.log) lines, $dropped dropped"
}

t "TERM writes unfinished lines and ends it" term
t "INT writes unfinished lines and ends it" int
t "QUIT writes unfinished lines and ends it" quit
t "unfinished lines come in the order in which they began" unfinished_order
t "datagrams that wait in the socket at TERM are stored" waiting_in_socket
t "TERM in the middle of a stream tears nothing" term_in_stream
t "HUP opens a new file" reopen
t "HUP during a stream loses nothing" reopen_in_stream
t "USR1 tells the counts" counts
t "other signals do not end it" others
t "it ends by TERM even when TERM was ignored before" ignored_before
t "signals during the start do not end it" during_start
t "signals are heard while datagrams never cease" heard_in_flood
t "what waited at TERM is stored by a slow disk" waiting_on_slow_disk
