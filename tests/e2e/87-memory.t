# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# Memory: all is taken at the start, and nothing can make it more.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# All that it can be made to do: lines whole, in pieces, escaped and very long,
# many sources, HUP, USR1, a new file, a file that can't be made, timeouts.
exercise() {
	numbered 1 500
	d 10.0.0.2 5002 'in pie'
	d 10.0.0.2 5002 'ces\n'
	d 10.0.0.3 5003 'esc \033[31m\001\377\n'
	d 10.0.0.4 5004 '%060000d\n' 7
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		d 10.0.1.$n 5005 "unfinished $n"
	done
	send
	wait_lines 514
	kill -s USR1 "$PID"
	kill -s HUP "$PID"
	file=$(ls log/*.log)
	mv "$file" old
	mkdir "$file"
	kill -s HUP "$PID"
	numbered 501 600
	send
	wait_for "warning" warned
	rmdir "$file"
	wait_lines 100
	sleep 6
}

no_malloc() {
	RUN="env LD_PRELOAD=$NOMALLOC"
	start clients=10 timeout=5
	numbered 1 1
	send
	begun() { grep -q 'nomalloc: begins' err; }
	E2E_LIMIT=3
	(wait_for "hook" begun) || skip "this program can't be hooked into"
	E2E_LIMIT=20
	wait_lines 1
	exercise
	finish
	! grep 'nomalloc: memory' err || fail "it asked for memory"
}

# kibibytes NAME: of the process, as it is now.
kibibytes() {
	sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$PID/status"
}

# Not a byte more of address space than it has at the start.
address_space() {
	has prlimit
	start clients=10 timeout=5
	prlimit --pid "$PID" --as=$(($(kibibytes VmSize) * 1024)): ||
		skip "may not limit"
	exercise
	alive
	finish
}

# Each option that is named can make it less.
too_little() {
	has prlimit
	timeout "$E2E_LIMIT" prlimit --as=20000000 "$UDPLOGGER" ip=127.0.0.1 \
		port=0 </dev/null >out 2>err
	status=$?
	[ $status -eq 1 ] || fail "exit status $status"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
	says err 'clients=, wbuf=, held= and queue=' ENOMEM || fail "$(cat err)"
}

# group LIMIT_KB: moves the daemon into a memory control group of its own.
group() {
	as_root
	name=udplogger-e2e.$$
	if [ -d /sys/fs/cgroup/memory ]; then
		GROUP=/sys/fs/cgroup/memory/$name
		limit=memory.limit_in_bytes
	else
		GROUP=/sys/fs/cgroup/$name
		limit=memory.max
	fi
	mkdir "$GROUP" 2>/dev/null || skip "cannot make a control group"
	trap 'clean_up; sleep 0.2; rmdir "$GROUP"' EXIT
	[ -e "$GROUP/$limit" ] || skip "no memory control groups here"
	echo "$PID" >"$GROUP/cgroup.procs" || skip "cannot move into a group"
	echo $(($1 * 1024)) >"$GROUP/$limit" || skip "cannot limit it"
}

# A little above what it has at the start; what it writes counts as well, as
# page cache, but can be taken away.
control_group() {
	start
	numbered 1 1
	send
	wait_lines 1
	group $(($(kibibytes VmRSS) + 4096))
	numbered 2 200000
	send
	wait_lines 200000
	alive "in its control group"
	finish
	want_numbers 1 200000
}

t "after the start nothing asks for memory" no_malloc
t "the address space never grows" address_space
t "too little address space is refused, with what would help" too_little
t "it lives in a control group a little above its size" control_group
