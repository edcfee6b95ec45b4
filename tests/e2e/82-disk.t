# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# A disk that refuses: at start, in the middle, at the change of day, at the
# end; and nothing but what the log counts is lost.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

able_again() {
	grep -q 'able to write .* again, after [0-9]* failures in [0-9]* s' err
}

# Warnings and their ends, not one for each line.
# few_messages MOST: the first counts, but not the others of start and end.
few_messages() {
	grep -v 'udplogger: \(writing\|receive buffer\|times are\|not the def\|warning: runs as root\|ran \)' \
		err >.messages
	[ "$(wc -l <.messages)" -le "$1" ] || fail "messages: $(cat .messages)"
}

# Room comes back a page at a time.
by_pages() {
	tmpfs size=256k
	start
	numbered 1 10
	send
	wait_lines 10
	n=0
	while dd if=/dev/zero of="log/page.$n" bs=4096 count=1 2>/dev/null; do
		n=$((n + 1))
	done
	numbered 11 1500
	send
	wait_for "warning" warned
	while [ $n -gt 0 ]; do
		n=$((n - 1))
		rm "log/page.$n"
		sleep 0.02
	done
	rm -f log/page.*
	wait_lines 1500
	finish
	want_numbers 1 1500
	few_messages 12
}

# No inode is free when the file is to be made at start.
no_inodes() {
	tmpfs size=1m,nr_inodes=3
	: >log/a
	: >log/b
	start
	says err 'warning: unable to open .*' ENOSPC ||
		fail "no warning: $(cat err)"
	[ "$(warnings | wc -l)" -eq 1 ] || fail "said twice: $(cat err)"
	numbered 1 100
	send
	nap
	alive
	rm log/a
	wait_lines 100
	wait_for "end of the warning" able_again
	finish
	want_numbers 1 100
}

# A file system that is read-only while the machine boots.
read_only_at_start() {
	tmpfs size=1m
	mount -o remount,ro log || skip "cannot remount"
	start
	says err 'warning: unable to open .*' EROFS ||
		fail "no warning: $(cat err)"
	numbered 1 100
	send
	mount -o remount,rw log
	wait_lines 100
	finish
	want_numbers 1 100
}

# What lasts is refused at once, with one line.
refused_at_start() {
	timeout "$E2E_LIMIT" "$UDPLOGGER" ip=127.0.0.1 port=0 dir=nowhere \
		</dev/null >out 2>err
	status=$?
	[ $status -eq 1 ] || fail "exit status $status"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
	says err 'dir=nowhere: .*' ENOENT ||
		fail "$(cat err)"
}

# Errors that no small file system gives; each for a while.
injected_writes() {
	for error in EIO EROFS EDQUOT EFBIG EAGAIN ENOMEM EUNATCH ENOSPC; do
		rm -rf log err
		traced writev "writev:error=$error:when=2..6"
		numbered 1 500
		cp rec.dgrams all.dgrams
		send
		wait_lines 500
		kill -s TERM "$PID"
		wait_for "end" gone "$PID"
		want_numbers 1 500
		[ "$(grep -c INJECTED trace)" -eq 5 ] || fail "not injected"
		told "$error"
	done
}

# told ERROR: once, and its end; not for EINTR, which is no failure yet.
told() {
	[ "$(grep -c 'warning: unable to ' err)" -eq 1 ] ||
		fail "$1 was told $(grep -c 'warning: ' err) times"
	able_again || fail "the end of $1 was not told"
	few_messages 4
}

# Interrupted in the middle, again and again.
interrupted_writes() {
	traced writev,openat "writev,openat:error=EINTR:when=10..20"
	numbered 1 5000
	send
	wait_lines 5000
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	want_numbers 1 5000
	! warned || fail "$(cat err)"
}

# The file is gone, and the new one can't be opened for a while.
injected_opens() {
	for error in EMFILE ENFILE ENOSPC EDQUOT EIO EROFS ENOMEM EACCES \
		ETXTBSY EUNATCH EPERM; do
		rm -rf log err old
		mkdir log
		ONLY=$T/log/$(today).log
		traced openat,open "openat,open:error=$error:when=2..7"
		numbered 1 100
		send
		wait_lines 100
		mv "$ONLY" old
		kill -s HUP "$PID"
		numbered 101 200
		send
		wait_lines 100
		kill -s TERM "$PID"
		wait_for "end" gone "$PID"
		cat old log/*.log | sed 's/.* line /line /' >.texts
		awk 'BEGIN { while (i++ < 200) printf "line %06d\n", i }' \
			>.wanted
		same .wanted .texts
		[ "$(grep -c INJECTED trace)" -eq 6 ] || fail "not injected"
		told "$error"
	done
}

# The day changes in a few seconds, and the new day's file can't be opened.
midnight_without() {
	local_time 86394
	before=$(today)
	"$@"
	numbered 1 100
	send
	changed() { [ "$(today)" != "$before" ]; }
	if changed; then
		skip "this machine is too slow"
	fi
	wait_for "midnight" changed
	after=$(today)
}

after_midnight() {
	grep -h " line " "log/$before.log" | sed 's/.* line /line /' >.texts
	grep -h " line " "log/$after.log" | sed 's/.* line /line /' >>.texts
	grep -v -q "^$before " "log/$before.log" &&
		fail "another day's line in $before.log"
	grep -v -q "^$after " "log/$after.log" &&
		fail "another day's line in $after.log"
	awk -v n="$1" 'BEGIN { while (i++ < n) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
}

inodes_at_midnight() {
	tmpfs size=1m,nr_inodes=3
	midnight_without start
	: >log/a
	numbered 101 200
	send
	wait_for "warning" warned
	[ ! -e "log/$after.log" ] || fail "there is a file"
	rm log/a
	wait_lines 200
	wait_for "end of the warning" able_again
	finish
	after_midnight 200
	few_messages 5
}

descriptors_at_midnight() {
	has prlimit
	midnight_without start
	prlimit --pid "$PID" --nofile=3: 2>/dev/null || skip "may not limit"
	numbered 101 200
	send
	wait_for "warning" warned
	prlimit --pid "$PID" --nofile=64:
	wait_lines 200
	finish
	after_midnight 200
	few_messages 5
}

# Exactly as many as there are: the reserve makes that harmless.
reserve_at_midnight() {
	has prlimit
	midnight_without start
	# shellcheck disable=SC2012 # numbers
	highest=$(ls "/proc/$PID/fd" | sort -n | tail -n 1)
	prlimit --pid "$PID" --nofile=$((highest + 1)): 2>/dev/null ||
		skip "may not limit"
	numbered 101 200
	send
	wait_lines 200
	! warned || fail "$(cat err)"
	finish
	after_midnight 200
}

injected_at_midnight() {
	local_time 86394
	ONLY=$T/log/$(TZ="$TZ" date -d @$(($(date +%s) + 20)) +%Y-%m-%d).log
	midnight_without traced openat,open "openat,open:error=ENFILE:when=1..9"
	[ "$ONLY" = "$T/log/$after.log" ] || fail "$ONLY is not $after"
	numbered 101 200
	send
	wait_lines 200
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	after_midnight 200
	[ "$(grep -c INJECTED trace)" -eq 9 ] || fail "not injected"
	told ENFILE
}

# More than the queue holds, and than the socket does.
overflowing_queue() {
	tmpfs size=64k
	start queue=1M rbuf=64K
	fill
	queue_full() { grep -q 'warning: unable to receive: the queue is full' err; }
	sent=0
	until queue_full || [ "$sent" -ge 400000 ]; do # slow machines lose more
		numbered $((sent + 1)) $((sent + 20000))
		send --window=0
		sent=$((sent + 20000))
	done
	numbered $((sent + 1)) $((sent + 20000))
	send --window=0
	sent=$((sent + 20000))
	wait_for "warning of a full queue" queue_full
	kill -s USR1 "$PID"
	counted() { grep -q 'counts: ' err; }
	wait_for "counts" counted
	larger_disk
	again() { grep -q 'able to receive again' err; }
	wait_for "its end" again
	say 'line 000000\n'
	last() { logged | grep -q 'line 000000'; }
	wait_for "last line" last
	finish
	lost=$(told_lost)
	have=$(texts | grep -c '^line ')
	[ $((lost + have)) -eq $((sent + 1)) ] ||
		fail "$have lines and $lost lost are not $sent and one"
	[ "$lost" -gt 0 ] || fail "nothing was lost; this proves nothing"
	grep -q " lost $lost waiting " err || fail "counts: $(grep counts err)"
	whole log/*.log
	texts | grep '^line ' | sed '$d' | sort -c || fail "out of order"
}

# Rotated while the disk is full in the middle of a line.
rotated_when_full() {
	tmpfs size=64k
	start
	numbered 1 10
	send
	wait_lines 10
	fill
	numbered 11 500
	send
	wait_for "warning" warned
	for file in log/*.log; do
		mv "$file" log/rotated
	done
	rm log/filler
	all() { [ "$(cat log/* | grep -c ' line ')" -ge 500 ]; }
	wait_for "500 lines" all
	finish
	whole log/rotated
	whole log/*.log
	cat log/rotated log/*.log | sed 's/.* line /line /' >.texts
	awk 'BEGIN { while (i++ < 500) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
}

# Given up at the end: counted, and no piece of a line is left.
given_up() {
	tmpfs size=64k
	start
	fill
	numbered 1 500
	send
	wait_for "warning" warned
	kill -s TERM "$PID"
	await_end
	[ "$STATUS" -eq 74 ] || fail "exit status $STATUS"
	whole log/*.log
	gave=$(sed -n 's/.*gave up \([0-9]*\) lines .*/\1/p' err)
	[ "$(($(logged | wc -l) + gave))" -eq 500 ] ||
		fail "$(logged | wc -l) lines, gave up $gave"
}

# The end waits for a disk that takes a little now and then.
slow_end() {
	tmpfs size=256k
	start
	n=0
	while dd if=/dev/zero of="log/page.$n" bs=4096 count=1 2>/dev/null; do
		n=$((n + 1))
	done
	numbered 1 600
	send
	wait_for "warning" warned
	kill -s TERM "$PID"
	while [ $n -gt 0 ] && ! gone "$PID"; do
		n=$((n - 1))
		rm "log/page.$n"
		sleep 0.2
	done
	await_end
	[ "$STATUS" -eq 0 ] || fail "exit status $STATUS: $(tail -n 2 err)"
	want_numbers 1 600
}

t "room that comes back a page at a time tears no line" by_pages
t "without inodes at start lines wait, with one warning" no_inodes
t "a disk that is read-only at start is waited for" read_only_at_start
t "a directory that does not exist is refused at once" refused_at_start
t "every error of a write is waited out" injected_writes
t "an interrupted call is no error" interrupted_writes
t "every error of open is waited out" injected_opens
t "without inodes at midnight lines wait for the new day's file" \
	inodes_at_midnight
t "without descriptors at midnight they wait, too" descriptors_at_midnight
t "at the limit of descriptors midnight is no event" reserve_at_midnight
t "an error of open at midnight is waited out" injected_at_midnight
t "what neither queue nor socket can hold is counted" overflowing_queue
t "a rotation on a full disk leaves no piece of a line" rotated_when_full
t "what is given up at the end is given up whole" given_up
t "the end waits while the disk takes something" slow_end
