# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# notices=yes: the log itself tells of the receiver.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# own: what the log has of the receiver itself.
own() {
	cat log/*.log | sed -n 's/^[-0-9]* [:0-9]* udplogger: //p'
}

# again [ARGUMENT]...: one more run, at the same port.
again() {
	start port="$PORT" notices=yes "$@"
}

life() {
	start notices=yes
	say 'one\n'
	wait_lines 2
	finish
	[ "$(tail -n 1 log/*.log | cut -d ' ' -f 3-)" = "udplogger: stopped" ] ||
		fail "the last line: $(tail -n 1 log/*.log)"
	again
	finish
	own | sed 's/ (.*)$//' >found
	printf 'started\nstopped\nstarted\nstopped\n' | diff - found ||
		fail "$(own)"
	own | grep -qx "started ($("$UDPLOGGER" --version |
		cut -d ' ' -f 2))" || fail "no version: $(own)"
	[ "$(find log -mindepth 1 | wc -l)" -eq 1 ] || fail "$(ls -A log)"
}

# A port that the next run has, too: that of port=0 is this run's.
killed() {
	start
	finish
	again
	kill -KILL "$PID"
	wait_for "end" gone "$PID"
	again format=json
	finish
	grep -q '"notice":"not-ended","message":"the last run did not end cl' \
		log/*.log || fail "$(cat log/*.log)"
	grep -q '"notice":"stopped","message":"stopped"}$' log/*.log ||
		fail "$(cat log/*.log)"
}

# kill_at PORTS: at port PORT and others, in one more run that leaves a mark.
kill_at() {
	mkdir -p log
	"$UDPLOGGER" ip=127.0.0.1 "port=$1" dir=log notices=yes \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
	marked() { [ -n "$(find log -name '.udplogger-*')" ]; }
	wait_for "mark" marked
	kill -KILL "$PID"
	wait_for "end" gone "$PID"
}

several() {
	start port=0,0
	# shellcheck disable=SC2046 # a list of numbers
	set -- $(sed -n 's/.*udplogger: listening on .*://p' err)
	finish
	kill_at "$1,0,$2"
	"$UDPLOGGER" ip=127.0.0.1 "port=0,$2,$1" dir=log notices=yes \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
	finish
	own | grep -qx 'the last run did not end cleanly' || fail "$(own)"
	[ -z "$(find log -name '.udplogger-*')" ] || fail "$(ls -A log)"
}

# Nothing can be known of a run at a port that the next has not.
free_port() {
	start notices=yes
	say 'one\n'
	wait_lines 2
	kill -KILL "$PID"
	wait_for "end" gone "$PID"
	[ "$(find log -mindepth 1 | wc -l)" -eq 1 ] || fail "$(ls -A log)"
	start notices=yes
	finish
	[ "$(own | sed 's/ (.*)$//' | tr '\n' ' ')" = \
		"started started stopped " ] || fail "$(own)"
}

off() {
	start
	finish
	[ ! -s "$(echo log/*.log)" ] || fail "$(cat log/*.log)"
}

per_sender() {
	start notices=yes "file={host}/%Y-%m-%d.log"
	say 'one\n'
	logged() { [ -n "$(find log -path 'log/127*' -size +0)" ]; }
	wait_for "the line" logged
	finish
	[ "$(cut -d ' ' -f 3-4 log/udplogger/*.log | tr '\n' ' ')" = \
		"udplogger: started udplogger: stopped " ] ||
		fail "$(cat log/udplogger/*.log)"
}

t "start and end are in the log, the end last" life
t "after a kill the next start tells of it" killed
t "after a kill at several ports, too, in whatever order they are" several
t "a free port of port=0 leaves no mark" free_port
t "by default there is nothing of it" off
t "with a file for each sender they stand in udplogger's own" per_sender
