# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# stdin, stdout and stderr: closed, broken, full, or a terminal.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# stores: a line that is sent is in the log, whatever became of the rest.
stores() {
	wait_for "socket" find_port
	say 'stored\n'
	wait_lines 1
	finish
	want 'stored\n'
}

# A descriptor that was closed must not become the log file or the socket.
closed() {
	n=0
	for which in 0 1 2 01 02 12 012; do
		(
			cd "$T" || exit 1
			case $which in *0*) exec 0<&- ;; *) exec </dev/null ;; esac
			case $which in *1*) exec 1>&- ;; *) exec >out ;; esac
			case $which in *2*) exec 2>&- ;; *) exec 2>err ;; esac
			rm -rf log
			mkdir log
			exec "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log tee=yes
		) &
		began
		wait_for "log file" ready
		rm -f sources
		stores
		grep -a -l 'udplogger:' log/*.log && fail "messages in the log"
		n=$((n + 1))
	done
}

ready() {
	[ -n "$(ls log 2>/dev/null)" ] && find_port
}

# piped COMMAND...: the daemon's stdout is a pipe, its reader is descriptor 4.
piped() {
	mkdir log
	mkfifo pipe
	exec 4<>pipe
	"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log tee=yes "$@" \
		</dev/null >pipe 2>err 4<&- &
	began
	wait_for "start line" listens
}

broken_pipe() {
	piped
	exec 4<&-
	numbered 1 100
	send
	wait_lines 100
	alive "after a broken pipe"
	numbered 101 200
	send
	finish
	want_numbers 1 200
}

unread_pipe() {
	piped
	numbered 1 20000
	send
	wait_lines 20000
	finish
	want_numbers 1 20000
	exec 4<&-
}

# The pipe is full before it starts: 64 KiB is what Linux gives it.
full_stderr() {
	mkdir log
	mkfifo pipe
	exec 4<>pipe
	timeout 1 dd if=/dev/zero of=pipe bs=4096 count=16 2>/dev/null
	"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log </dev/null >out 2>pipe 4<&- &
	began
	wait_for "log file" ready
	kill -s USR1 "$PID"
	stores
	exec 4<&-
}

broken_stderr() {
	mkdir log
	mkfifo pipe
	exec 4<>pipe
	"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log </dev/null >out 2>pipe 4<&- &
	began
	wait_for "socket" ready
	exec 4<&-
	kill -s USR1 "$PID"
	stores
}

tee_yes() {
	start tee=yes
	d 10.0.0.1 5001 'a\033[1mb\n'
	d 10.0.0.1 5001 'c\n'
	send
	wait_lines 2
	shown() { [ "$(grep -c . out)" -ge 2 ]; }
	wait_for "lines on stdout" shown
	finish
	logged >.all
	grep -v "udplogger: " out >.shown
	same .all .shown
}

# also when the log has the bytes as they came
tee_is_safe() {
	start tee=yes raw=yes
	say 'a\033[1mb\001\n'
	wait_lines 1
	finish
	want 'a\033[1mb\001\n'
	grep -q '127\.0\.0\.1:5001 a\\x1b\[1mb\\x01$' out || fail "$(cat -v out)"
}

tee_no() {
	start
	say 'x\n'
	finish
	[ ! -s out ] || fail "something on stdout"
}

# on_terminal OPTION...: through script(1), whose own output is `shown`.
on_terminal() {
	has script
	mkdir log
	cat >shell <<-EOF
		exec "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log $* 2>err
	EOF
	script -q -c 'sh shell' /dev/null </dev/null >shown 2>&1 &
	began
	SCRIPT=$PID
	wait_for "start line" listens_there
	find_daemon
}

listens_there() {
	[ -f err ] && listens
}

terminal() {
	on_terminal
	say 'for people\033[2J\n'
	wait_lines 1
	shown() { grep -q '127\.0\.0\.1:5001 for people.x1b\[2J' shown; }
	wait_for "line on the terminal" shown
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	want 'for people\\x1b[2J\n'
}

terminal_tee_no() {
	on_terminal tee=no
	say 'for people\n'
	wait_lines 1
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	grep -q people shown && fail "shown with tee=no"
	want 'for people\n'
}

# Nobody reads the terminal any more: script(1) is stopped.
stuck_terminal() {
	on_terminal
	kill -s STOP "$SCRIPT"
	numbered 1 20000
	send
	wait_lines 20000
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	want_numbers 1 20000
}

t "with stdin, stdout or stderr closed it stores" closed
t "a broken pipe on stdout is no harm" broken_pipe
t "a pipe that nobody reads does not hold up the log" unread_pipe
t "a full pipe on stderr does not hold up the log" full_stderr
t "a broken pipe on stderr is no harm" broken_stderr
t "tee=yes shows the lines" tee_yes
t "what is shown is safe even with raw=yes" tee_is_safe
t "without a terminal nothing is shown" tee_no
t "on a terminal the lines are shown" terminal
t "tee=no shows nothing on a terminal" terminal_tee_no
t "a terminal that takes nothing does not hold up the log" stuck_terminal
