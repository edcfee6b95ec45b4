# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# Old files: which go, which stay, and that nothing is lost meanwhile.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# file NAME KIB
file() {
	dd if=/dev/zero of="log/$1" bs=1024 count="$2" 2>/dev/null
}

removed() {
	[ "$(grep -c 'udplogger: removed ' err)" -ge "$1" ]
}

counted_files() {
	grep -q 'udplogger: retention: ' err
}

by_age() {
	mkdir log
	for days in 0 6 7 8 9; do
		file "$(old $days).log" 1
	done
	file "$(old 9).log.gz" 1
	file notes 1
	start keep=7
	wait_for "removal" removed 2
	awk -F '[ :]' '/ listening on / { from = $2 * 3600 + $3 * 60 + $4 }
		/: removed / { to = $2 * 3600 + $3 * 60 + $4 }
		END { exit !(from && to && to - from <= 3) }' err ||
		fail "late: $(cat err)"
	[ ! -f "log/$(old 9).log" ] || fail "the oldest day is there"
	[ ! -f "log/$(old 9).log.gz" ] || fail "its compressed file is there"
	grep -q "udplogger: removed $PWD/log/$(old 9).log.gz (keep=)$" err ||
		fail "$(cat err)"
	grep -q 'udplogger: retention: 6 files of 24576 bytes; 1 others' err ||
		fail "$(cat err)"
	kill -s USR1 "$PID"
	told() { grep -q 'counts: .* removed 2 ' err; }
	wait_for "counts" told
	finish
	for name in "$(old 0).log" "$(old 6).log" "$(old 7).log" \
		"$(old 8).log" notes; do
		[ -f "log/$name" ] || fail "$name is gone"
	done
}

# A day an hour, also when the clock runs far ahead.
clock_ahead() {
	has faketime
	mkdir log
	for days in 0 1 2 3 4 5; do
		file "$(old $days).log" 1
	done
	faketime -f +20y "$UDPLOGGER" --version >out 2>&1 ||
		skip "this program does not start with faketime"
	RUN="faketime -f +20y" start keep=30
	wait_for "the first removal" removed 1
	say 'one\n'
	sleep 2
	[ "$(grep -c 'udplogger: removed ' err)" -eq 1 ] || fail "$(cat err)"
	find_daemon
	kill -s TERM "$PID"
	wait_for "end" gone "$PID"
	[ ! -f "log/$(old 5).log" ] || fail "not the oldest"
	# shellcheck disable=SC2012
	[ "$(ls log | wc -l)" -eq 6 ] || fail "$(ls log)"
}

max_holds() {
	mkdir log
	for days in 1 2 3 4 5; do
		file "$(old $days).log" 400
	done
	start max=1M
	wait_for "removal" removed 3
	finish
	for days in 1 2; do
		[ -f "log/$(old $days).log" ] || fail "$days days is gone"
	done
	grep -q "removed .*/$(old 3).log (max=)$" err || fail "$(cat err)"
	# keepmin=
	for days in 1 2 3; do
		file "$(old $days).log" 600
	done
	start max=1M
	wait_for "removal" removed 1
	sleep 1
	finish
	[ "$(grep -c 'udplogger: removed ' err)" -eq 1 ] || fail "$(cat err)"
}

# The lines of a flood fill it; room is made, and none is lost.
full_disk() {
	tmpfs size=4m
	for days in 3 4 5 6; do
		file "$(old $days).log" 700
	done
	file "$(old 1).log" 300
	start free=300K keepmin=2
	numbered 1 15000
	send
	wait_lines 15000
	fill
	numbered 15001 25000
	send
	[ -f "log/$(old 3).log" ] || fail "gone before it had to"
	rm log/filler
	wait_lines 25000
	numbered 25001 40000
	send
	wait_lines 40000
	finish
	[ -f "log/$(old 1).log" ] || fail "yesterday's file is gone"
	rm log/"$(old 1)".log log/"$(old 3)".log 2>/dev/null
	rm -f log/"$(old 4)".log log/"$(old 5)".log log/"$(old 6)".log
	want_numbers 1 40000
	grep -q '(free=)$' err || fail "$(cat err)"
}

# Links, devices, and what only looks like a log file.
untouched() {
	mkdir log elsewhere
	day=$(old 100)
	echo evidence >elsewhere/kept
	ln -s ../elsewhere/kept "log/$day.log"
	ln elsewhere/kept "log/$day.1.log"
	mkfifo "log/$day.2.log"
	mkdir "log/$day.3.log"
	ln -s ../elsewhere "log/$day.4.log"
	for name in "$day.log.1" "$day.log.gz.tmp" "x$day.log" ".$day.log" \
		2020-13-01.log; do
		file "$name" 1
	done
	file "$day.5.log" 1
	find log elsewhere ! -name "$day.5.log" | sort >before
	start keep=1 max=1M free=1024T keepmin=0
	wait_for "removal" removed 1
	sleep 1
	finish
	rm "log/$(today).log"
	find log elsewhere | sort >after
	cmp before after || fail "$(diff before after)"
	[ "$(cat elsewhere/kept)" = evidence ] || fail "written to"
	! grep -q unable err || fail "$(cat err)"
	[ "$(grep -c 'removed ' err)" -eq 1 ] || fail "$(cat err)"
}

# Walking, and removing a day's 2,000 files beside it, takes turns with
# receiving.
many_files() {
	mkdir log
	day=$(old 9)
	(
		cd log &&
			awk -v day="$day" 'BEGIN {
				for (i = 1; i <= 98000; i++)
					printf "other.%06d.txt\n", i
				for (i = 1; i <= 9; i++) {
					printf "%s.%d.log\n", day, i
					printf "%s.%d.log.gz\n", day, i
				} }' | xargs touch
	) || fail "cannot make them"
	paced 1 20000 10000
	start keep=7
	send_in_background rec.dgrams
	sent_all
	rm rec.dgrams
	wait_lines 20000
	wait_for "a walk" counted_files
	wait_for "removals" removed 18
	finish
	grep -q 'retention: 19 files of .*; 98000 others' err ||
		fail "$(cat err)"
	cat log/"$(today)".log >today.log
	rm -rf log
	mkdir log
	mv today.log log/"$(today)".log
	want_numbers 1 20000
}

# What can't be removed is told once; it needs somebody who may not.
not_allowed() {
	as_root
	has_setpriv
	mkdir log
	file "$(old 9).log" 1
	file "$(old 8).log" 1
	chmod 1777 log
	: >"log/$(today).log"
	chown 65534 "log/$(today).log" "log/$(old 8).log"
	chmod 711 "$T"
	start keep=1 uid=65534 gid=65534
	wait_for "removal" removed 1
	[ -f "log/$(old 9).log" ] || fail "another's file is gone"
	[ ! -f "log/$(old 8).log" ] || fail "held up"
	sleep 1
	[ "$(grep -c 'unable to remove' err)" -eq 1 ] || fail "$(cat err)"
	say 'one\n'
	wait_for "line" grep -q one "log/$(today).log"
	finish
}

# Nothing is looked at.
off() {
	mkdir log
	file 2001-01-01.log 1
	start keep=none max=none free=none keepmin=0
	say 'one\n'
	wait_lines 1
	sleep 1
	finish
	[ -f log/2001-01-01.log ] || fail "it is gone"
	! grep -q retention err || fail "$(cat err)"
}

refused() {
	for arg in keep=-1 keep=1x max=1023K max=0 free=1 keepmin=none; do
		timeout 10 "$UDPLOGGER" dir=. ip=127.0.0.1 port=0 "$arg" \
			</dev/null >out 2>err
		[ $? -eq 64 ] || fail "$arg: not 64"
		grep -q "udplogger: $arg: not allowed" err || fail "$(cat err)"
	done
}

no_malloc() {
	mkdir log
	file "$(old 9).log" 1
	start_without_memory keep=7 max=1M free=64K
	wait_for "removal" removed 1
	say 'one\n'
	sleep 1
	finish
	[ -s "log/$(today).log" ] || fail "no line"
	asked_for_no_memory
}

t "files that are too old go, one day's at first, and are told" by_age
t "a clock that is far ahead does not empty the disk" clock_ahead
t "the oldest go for max=, and keepmin= keeps the latest" max_holds
t "on a disk that fills room is made, and no line is lost" full_disk
t "links, FIFOs, directories and other names are never touched" untouched
t "a directory of 98,000 files takes turns with receiving" many_files
t "what may not be removed holds up nothing" not_allowed
t "without a limit nothing is removed" off
t "wrong limits are refused" refused
t "no memory is asked for while old files go" no_malloc
