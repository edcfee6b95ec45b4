# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# Restarts under load, with and without a socket that somebody holds, and the
# end by KILL.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# held [OPTION]...: the daemon, with a socket that hold keeps.  PID is hold's,
# and daemon_pid tells the daemon's.
held() {
	mkdir -p log
	"$HOLD" "$UDPLOGGER" dir=log "$@" </dev/null >held 2>err &
	began
	has_started() { grep -q 'listening on ' err; }
	wait_for "start line" has_started
	PORT=$(head -n 1 held)
}

daemon_pid() {
	tail -n 1 held
}

starts() {
	grep -c 'listening on ' err
}

# restart SIGNAL: and wait until the next one listens.
restart() {
	old=$(daemon_pid) before=$(starts)
	kill -s "$1" "$old" || fail "the daemon is gone"
	PIDS="$PIDS $old"
	next() { [ "$(starts)" -gt "$before" ]; }
	wait_for "next start" next
}

# 20,000 lines a second, and ten restarts.
held_by_manager() {
	held
	paced 1 100000 20000
	mv rec.dgrams stream
	send_in_background stream --speed=1
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.3
		restart TERM
	done
	! gone "$SENDER" || fail "all was sent before the last restart"
	E2E_LIMIT=60
	sent_all
	wait_lines 100000
	finish
	want_numbers 1 100000
	[ "$(told_lost)" -eq 0 ] || fail "$(told_lost) lost"
}

# Stopped for longer than a small buffer lasts: what the kernel drops meanwhile
# is counted by the one that comes after.
drops_between() {
	HOLD_BYTES=262144 held rbuf=256K
	kill -s STOP "$PID"
	old=$(daemon_pid)
	kill -s TERM "$old"
	wait_for "end" gone "$old"
	numbered 1 20000
	send --window=0
	before=$(starts)
	kill -s CONT "$PID"
	next() { [ "$(starts)" -gt "$before" ]; }
	wait_for "next start" next
	say 'line 020001\n'
	last() { logged | grep -q 'line 020001'; }
	wait_for "last line" last
	restart TERM
	say 'line 020002\n'
	last() { logged | grep -q 'line 020002'; }
	wait_for "last line" last
	finish
	have=$(texts | grep -c '^line ')
	[ $(($(told_lost) + have)) -eq 20002 ] ||
		fail "$have lines and $(told_lost) lost are not 20002"
	[ "$(told_lost)" -gt 0 ] || fail "nothing was lost; this proves nothing"
}

# Who may not go beyond rmem_max leaves a larger buffer as it is.
buffer_stays() {
	as_root
	has_setpriv
	mkdir -p log
	chown 65534 log
	HOLD_BYTES=67108864 "$HOLD" setpriv --reuid=65534 --regid=65534 \
		--clear-groups --inh-caps=-all --bounding-set=-all \
		"$UDPLOGGER" dir=log rbuf=128M </dev/null >held 2>err &
	began
	has_started() { grep -q 'listening on ' err; }
	wait_for "start line" has_started
	find_daemon
	grep -q 'rbuf=134217728 (granted 67108864)' err || fail "$(cat err)"
}

# So much that the kernel drops all the time; whoever has the socket, each drop
# is counted, once.
restarts_in_flood() {
	HOLD_BYTES=65536 held rbuf=64K
	numbered 1 400000
	mv rec.dgrams stream
	send_in_background stream --fast
	for _ in 1 2 3 4 5; do
		restart TERM
	done
	! gone "$SENDER" || skip "this machine is too fast"
	sent_all
	say 'line 400001\n'
	last() { logged | grep -q 'line 400001'; }
	wait_for "last line" last
	finish
	! grep 'gave up\|not tell' err || fail "it gave something up"
	have=$(texts | grep -c '^line ')
	[ $(($(told_lost) + have)) -eq 400001 ] ||
		fail "$have lines and $(told_lost) lost are not 400001"
	[ "$(told_lost)" -gt 0 ] || skip "nothing was lost"
}

# A full disk: what is still in the socket is for the next one.
full_disk_between() {
	tmpfs size=64k
	held queue=1M
	fill
	numbered 1 30000
	cp rec.dgrams all.dgrams
	rm rec.dgrams
	replay --fast --window=0 all.dgrams
	full() { grep -q 'the queue is full' err; }
	wait_for "full queue" full
	restart TERM
	grep -q 'gave up [0-9]* lines ' err || fail "not told: $(cat err)"
	gave=$(sed -n 's/.*gave up \([0-9]*\) lines .* \([0-9]*\) datagrams .*/\1 \2/p' err |
		awk '{ n += $1 + $2 } END { print n + 0 }')
	larger_disk
	all() { [ $(($(logged | grep -c ' line ') + gave)) -ge 30000 ]; }
	wait_for "the rest" all
	finish
	[ $(($(logged | grep -c ' line ') + gave)) -eq 30000 ] ||
		fail "$(logged | grep -c ' line ') lines, gave up $gave"
	whole log/*.log
}

# Without one that holds it, the sender is refused once the socket is gone: all
# that was sent before must be there.  It may learn of it one datagram late.
term_under_load() {
	for _ in 1 2 3 4 5; do
		rm -rf log rec.dgrams
		start
		numbered 1 400000
		mv rec.dgrams stream
		"$REPLAY" --fast --window=0 stream 127.0.0.1 "$PORT" \
			>.replayed 2>&1 &
		SENDER=$!
		PIDS="$PIDS $SENDER"
		wait_lines 20000
		finish
		wait "$SENDER" && skip "this machine is too fast"
		says .replayed send ECONNREFUSED ||
			fail "$(cat .replayed)"
		sent=$(sed -n 's/^sent \([0-9]*\) .*/\1/p' .replayed)
		lost=$(told_lost)
		have=$(logged | grep -c ' line ')
		[ $((have + lost)) -ge $((sent - 2)) ] ||
			fail "$sent were sent, $have are there, $lost lost"
		if [ "$lost" -eq 0 ]; then
			want_numbers 1 "$have"
		else # which only a small buffer may
			grep -q 'grants a receive buffer' err || fail "$lost lost"
			texts | grep '^line ' | LC_ALL=C sort -c -u ||
				fail "disordered, or doubled"
		fi
	done
}

# without_cut FILE: the kernel may cut the write that is under way at the end of a
# page, as the manual says; and so the last line.
without_cut() {
	[ -n "$(tail -c 1 "$1")" ] || return
	[ $(($(wc -c <"$1") % $(getconf PAGESIZE))) -eq 0 ] || return
	sed '$d' "$1" >uncut && mv uncut "$1"
}

# No line that was complete is lost but those of the last batch, none is torn,
# none is there twice.
killed() {
	paced 1 100000 20000
	mv rec.dgrams stream
	for n in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf log
		start
		send_in_background stream --speed=1
		wait_lines $((n * 500))
		before=$(logged | wc -l)
		kill -s KILL "$PID"
		wait "$PID" 2>/dev/null
		kill -s KILL "$SENDER" 2>/dev/null
		wait "$SENDER" 2>/dev/null
		[ "$(logged | wc -l)" -ge "$before" ] || fail "a line is gone"
		without_cut log/*.log
		whole log/*.log
		want_numbers 1 "$(logged | wc -l)"
	done
}

# With a held socket KILL loses at most what was taken out of it.
killed_with_holder() {
	held
	paced 1 40000 20000
	mv rec.dgrams stream
	send_in_background stream --speed=1
	for _ in 1 2 3 4 5; do
		sleep 0.2
		restart KILL
	done
	sent_all
	last() { logged | grep -q 'line 040000'; }
	wait_for "last line" last
	finish
	whole log/*.log
	texts | grep '^line ' >.texts
	sort -c .texts || fail "out of order"
	[ -z "$(uniq -d .texts)" ] || fail "doubled: $(uniq -d .texts | head -n 1)"
	[ "$(wc -l <.texts)" -ge $((40000 - 5 * 64)) ] ||
		fail "only $(wc -l <.texts) lines are there"
}

t "ten restarts at 20,000 lines a second lose nothing" held_by_manager
t "what is dropped while nobody has the socket is counted" drops_between
t "a larger receive buffer that was passed is never cut down" buffer_stays
t "in a flood each drop is counted once, over restarts" restarts_in_flood
t "on a full disk the socket's datagrams are for the next" full_disk_between
t "TERM under load loses only what finds no socket" term_under_load
t "KILL at 20,000 lines a second tears and doubles none" killed
t "KILL with a held socket loses no more than a batch" killed_with_holder
