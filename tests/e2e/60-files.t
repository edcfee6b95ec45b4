# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The log files and the table of sources.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

mode_of() {
	# shellcheck disable=SC2012 # find -printf is not everywhere
	ls -ld "$1" | cut -c 1-10
}

# mode UMASK RWX [OPTION]...
mode() {
	rm -rf log
	umask "$1"
	rwx=$2
	shift 2
	start "$@"
	finish
	umask 022
	set -- log/*.log
	[ "$(mode_of "$1")" = "-$rwx" ] || fail "$(mode_of "$1"), not $rwx"
}

modes() {
	for mask in 000 022 077; do
		mode $mask rw-------
		mode $mask rw-r--r-- perm=0644
		mode $mask rw-rw-rw- perm=0666
		mode $mask rw-r----- perm=640
	done
}

# in_place: starts with what stands at the file's name; wants exit status 1,
# one line that names the file, and no hang.
in_place() {
	timeout "$E2E_LIMIT" "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log \
		</dev/null >out 2>err
	status=$?
	[ $status -eq 1 ] || fail "exit status $status"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
	grep -q "$(basename "$name")" err || fail "no name: $(cat err)"
}

at_name() {
	mkdir log
	name=log/$(today).log
}

symlink() {
	at_name
	: >target
	ln -s "$T/target" "$name"
	in_place
	[ ! -s target ] || fail "it wrote through the link"
	rm target
	in_place
	[ ! -e target ] || fail "it made a file through the link"
}

fifo() {
	at_name
	mkfifo "$name"
	in_place
	[ -p "$name" ] || fail "the FIFO is gone"
	exec 4<>"$name" # a reader makes opening it succeed
	in_place
}

directory() {
	at_name
	mkdir "$name"
	in_place
}

device() {
	as_root
	at_name
	mknod "$name" c 1 3 2>/dev/null || skip "cannot make a device"
	in_place
}

executable() {
	at_name
	for mode in 700 610 601 755; do
		echo '#!/bin/sh' >"$name"
		chmod $mode "$name"
		in_place
		[ "$(wc -c <"$name")" -eq 10 ] || fail "it wrote to it"
	done
}

existing() {
	at_name
	printf '%s\n' '2026-01-01 00:00:00 10.0.0.1:1 older' >"$name"
	start
	say 'newer\n'
	finish
	want 'older\nnewer\n'
}

# A file whose last line was torn by a power failure, say.
torn() {
	at_name
	printf '2026-01-01 00:00:00 10.0.0.1:1 torn' >"$name"
	start
	say 'whole\n'
	finish
	grep -q '^[0-9: -]* 127\.0\.0\.1:5001 whole$' "$name" ||
		fail "a new line does not begin at a line's start"
}

# Later, what it may not write to waits for the time when it may.
in_place_later() {
	at_name
	start
	numbered 1 10
	send
	wait_lines 10
	mv "$name" old
	ln -s "$T/target" "$name"
	kill -s HUP "$PID"
	refused() { warned; }
	n=10
	refused_now() {
		n=$((n + 1))
		numbered "$n" "$n"
		send
		refused
	}
	wait_for "warning" refused_now
	alive
	[ ! -e target ] || fail "it wrote through the link"
	rm "$name"
	all() { [ "$(cat old "$name" 2>/dev/null | wc -l)" -ge "$n" ]; }
	wait_for "$n lines" all
	finish
	cat old "$name" 2>/dev/null | sed 's/^[^ ]* [^ ]* [^ ]* //' >.texts
	awk -v n="$n" 'BEGIN { while (i++ < n) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
}

# The day changes in four seconds, by a time zone made for it.
midnight() {
	local_time 86394
	start
	before=$(today)
	d 10.0.0.1 5001 'before\n'
	d 10.0.0.1 5002 'began before'
	send
	changed() { [ "$(today)" != "$before" ]; }
	if changed; then
		skip "this machine is too slow"
	fi
	wait_for "midnight" changed
	d 10.0.0.1 5001 'after\n'
	d 10.0.0.1 5002 ', ended after\n'
	d 10.0.0.1 5002 'after, too\n'
	send
	finish
	after=$(today)
	for day in "$before" "$after"; do
		[ -f "log/$day.log" ] || fail "not two files: $(ls log)"
	done
	for day in "$before" "$after"; do
		grep -v -q "^$day " "log/$day.log" &&
			fail "a line of another day in $day.log"
	done
	sed 's/^[^ ]* [^ ]* [^ ]* //' "log/$before.log" >.texts
	printf '%s\n' 'before' 'began before, ended after' >.wanted
	same .wanted .texts
	sed 's/^[^ ]* [^ ]* [^ ]* //' "log/$after.log" >.texts
	printf '%s\n' 'after' 'after, too' >.wanted
	same .wanted .texts
}

# And in a night in which nothing comes.
idle_midnight() {
	local_time 86395
	start
	before=$(today)
	changed() { [ "$(today)" != "$before" ]; }
	wait_for "midnight" changed
	say 'after\n'
	finish
	[ -f "log/$(today).log" ] || fail "no file of the new day: $(ls log)"
	grep -q 'after$' "log/$(today).log" || fail "the line is elsewhere"
}

# East of Greenwich by 14 hours and west by 12 the dates differ always.
zones() {
	for TZ in EAST-14 WEST+12; do
		export TZ
		rm -rf log
		start
		day=$(today)
		say 'x\n'
		finish
		[ "$(today)" = "$day" ] || skip "midnight"
		[ "$(ls log)" = "$day.log" ] || fail "TZ=$TZ: $(ls log)"
		grep -q "^$day $(date +%H)" "log/$day.log" ||
			grep -q "^$day " "log/$day.log" || fail "$(logged)"
	done
}

fake_clock() {
	has faketime
	faketime '2024-02-29 23:59:57' "$UDPLOGGER" --version >out 2>&1 ||
		skip "this program does not start with faketime"
	mkdir log
	faketime '2024-02-29 23:59:57' "$UDPLOGGER" ip=127.0.0.1 port=0 \
		dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	find_daemon
	[ -f log/2024-02-29.log ] || skip "the clock is not faked: $(ls log)"
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
}

# Stamps are of the first byte's arrival.
stamps() {
	start
	from=$(date '+%Y-%m-%d %H:%M:%S')
	say 'began'
	to=$(date '+%Y-%m-%d %H:%M:%S')
	later() { [ "$(date '+%Y-%m-%d %H:%M:%S')" != "$to" ]; }
	wait_for "next second" later
	say ', ended\n'
	finish
	stamp=$(logged | cut -c 1-19)
	[ "$(printf '%s\n' "$from" "$stamp" "$to" | sort)" = \
		"$(printf '%s\n' "$from" "$stamp" "$to")" ] ||
		fail "$stamp is not from $from to $to"
}

# Ten at once are known, and two more come: the first two make room.
evicted() {
	start clients=10
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		d 10.0.0.$n 5001 "began by $n"
	done
	cp rec.dgrams twelve.dgrams
	send
	wait_lines 2
	want '%s\n' 'began by 1' 'began by 2'
	finish
	same_log twelve.dgrams --clients=10
	want '%s\n' 'began by 1' 'began by 2' 'began by 3' 'began by 4' \
		'began by 5' 'began by 6' 'began by 7' 'began by 8' \
		'began by 9' 'began by 10' 'began by 11' 'began by 12'
}

# One that was silent goes, not the one that came first.
evicted_silent() {
	start clients=10
	for n in 1 2 3 4 5 6 7 8 9 10; do
		d 10.0.0.$n 5001 "by $n"
	done
	d 10.0.0.1 5001 ', again'
	d 10.0.0.2 5001 ', too'
	d 10.0.0.11 5001 'by 11'
	cp rec.dgrams silent.dgrams
	send
	wait_lines 1
	want 'by 3\n'
	finish
	same_log silent.dgrams --clients=10
}

# If all were heard again, the first makes room, and then those not heard since.
evicted_in_turn() {
	start clients=10
	for n in 1 2 3 4 5 6 7 8 9 10 9 8 7 6 5 4 3 2 1 10; do
		d 10.0.0.$n 5001 "by $n "
	done
	d 10.0.0.11 5001 'by 11'
	d 10.0.0.2 5001 'once more'
	d 10.0.0.12 5001 'by 12'
	cp rec.dgrams turn.dgrams
	send
	wait_lines 2
	want '%s\n' 'by 1 by 1 ' 'by 3 by 3 '
	finish
	same_log turn.dgrams --clients=10
}

# A thousand strangers cannot silence anyone.
flood() {
	awk 'BEGIN {
		for (i = 0; i < 1000; i++) {
			printf "@ 0 10.1.%d.%d 5001 5\nflood\n",
				i / 250, i % 250 + 1
			if (i % 5 == 0)
				printf "@ 0 10.0.0.1 5001 7\nhonest\n\n"
		}
	}' >flood.dgrams
	start clients=10
	replay --fast flood.dgrams
	finish
	same_log flood.dgrams --clients=10
	[ "$(texts | grep -cx flood)" -eq 1000 ] || fail "lines are lost"
}

# The same address, another port: another sender.
ports() {
	start
	d 10.0.0.1 5001 'a'
	d 10.0.0.1 5002 'b'
	d 10.0.0.2 5001 'c'
	d 10.0.0.1 5001 'a\n'
	d 10.0.0.1 5002 'b\n'
	d 10.0.0.2 5001 'c\n'
	send
	finish
	want 'aa\nbb\ncc\n'
}

timed_out() {
	start timeout=5
	say 'waits'
	wait_lines 1
	say ' and goes on\n'
	finish
	want 'waits\n and goes on\n'
}

t "the file's mode is perm, whatever the umask" modes
t "a symbolic link in the file's place is refused" symlink
t "a FIFO in the file's place is refused" fifo
t "a directory in the file's place is refused" directory
t "a device in the file's place is refused" device
t "an executable file is refused" executable
t "an existing file is continued" existing
t "a line is not glued to a torn one" torn
t "a link that appears later is refused, and lines wait" in_place_later
t "at midnight the file changes" midnight
t "at midnight the file changes though nothing comes" idle_midnight
t "the file is named by the local date" zones
t "a leap day has its file" fake_clock
t "the stamp is that of the first byte" stamps
t "with the table full the silent ones make room" evicted
t "a source that was silent makes room" evicted_silent
t "if all were heard again the turn decides" evicted_in_turn
t "a flood of sources silences nobody" flood
t "sources are told apart by address and port" ports
t "an unfinished line is written when it has waited" timed_out
