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
	timed_out() {
		[ "$(cat old log/*.log | grep -c ' unfinished [0-9]*$')" -ge 20 ]
	}
	wait_for "unfinished lines" timed_out
}

no_malloc() {
	start_without_memory clients=10 timeout=5
	numbered 1 1
	send
	wait_lines 1
	exercise
	finish
	asked_for_no_memory
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

LEAST="rbuf=64K clients=10 queue=1M wbuf=1024 held=64K"

# small OPTION...: in an address space of 40 MiB.
small() {
	has prlimit
	RUN="prlimit --as=$((40 << 20))"
	start "$@"
	RUN=
}

least() {
	# shellcheck disable=SC2086 # options
	small $LEAST
	numbered 1 1000
	d 10.0.0.2 5002 '6,1,5,-,ncfrag=0/900;%0500d' 7
	d 10.0.0.2 5002 '6,1,5,-,ncfrag=500/900;%0399d\n' 8
	send
	wait_lines 1001
	alive
	finish
	logged | grep -q ' \[    0.000005\] 000.*0008$' || fail "no record"
}

least_json() {
	# shellcheck disable=SC2086 # options
	small $LEAST format=json tee=yes
	numbered 1 1000
	send
	wait_lines 1000
	finish
}

# refused LIMIT_MIB NAMES OPTION...: memory can't be had; the message has NAMES.
refused() {
	limit=$(($1 << 20))
	small="unable to take [0-9]* MiB of memory$2"
	shift 2
	mkdir -p log
	timeout "$E2E_LIMIT" prlimit --as=$limit "$UDPLOGGER" ip=127.0.0.1 \
		port=0 dir=log "$@" </dev/null >out 2>err
	status=$?
	[ $status -eq 1 ] || fail "status $status, $*: $(cat err)"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
	says err "udplogger: $small" ENOMEM || fail "$*: $(cat err)"
}

# What is at its least, or small, is not to blame.
named() {
	has prlimit
	less=' (less with smaller'
	refused 40 "$less queue=, held=, clients=)"
	refused 40 "$less queue=)" clients=10 held=64K
	refused 40 "$less held=)" clients=10 queue=1M
	refused 40 "$less clients=)" held=64K queue=1M clients=65536
	refused 40 "$less queue=, held=)" clients=100
	echo '192.0.2.1 one' >hosts
	# shellcheck disable=SC2086 # options
	refused 20 "$less hosts=)" $LEAST hosts=hosts
	# shellcheck disable=SC2086 # options
	refused 8 '' $LEAST
}

# As the manual has it; the disk refuses each name there is, and all that can hold
# something does.
ten_machines() {
	start clients=16 held=1M queue=4M rbuf=512K
	numbered 1 1
	send
	wait_lines 1
	group 16384
	file=$(ls log/*.log)
	rm "$file"
	mkdir "$file"
	for n in 1 2 3 4 5 6 7 8 9; do
		mkdir "${file%.log}.$n.log"
	done
	numbered 2 45000
	for n in 1 2 3 4 5 6 7 8 9 10; do
		d 10.0.1.$n 5002 '%050000d' $n
		d 10.0.1.$n 5002 '%050000d' $n
		d 10.0.1.$n 5003 '6,1,5,-,ncfrag=0/60000;%050000d' $n
		d 10.0.1.$n 5003 '6,2,5,-,ncfrag=0/60000;%050000d' $n
	done
	send
	wait_for "warning" warned
	alive "in its control group"
	rmdir "$file"
	all() { [ "$(grep -c ' line ' "$file")" -ge 44999 ]; }
	wait_for "all lines" all
	alive "in its control group"
	finish
	sed -n 's/.* line /line /p' "$file" >.texts
	awk 'BEGIN { for (i = 2; i <= 45000; i++) printf "line %06d\n", i }' \
		>.wanted
	same .wanted .texts
}

t "after the start nothing asks for memory" no_malloc
t "with the least options 40 MiB of address space are enough" least
t "and for JSON on a terminal, too" least_json
t "where memory can't be had it says what takes it" named
t "a control group of 16 MiB is enough for ten machines" ten_machines
t "the address space never grows" address_space
t "it lives in a control group a little above its size" control_group
