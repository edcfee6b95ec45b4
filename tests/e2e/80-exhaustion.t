# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# A full disk, and no more descriptors.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# The last page of the log has room yet: one line is written in part.
full_disk() {
	tmpfs size=64k
	start
	numbered 1 10
	send
	wait_lines 10
	fill
	numbered 11 500
	send
	wait_for "warning" warned
	alive "on a full disk"
	rm log/filler
	wait_lines 500
	finish
	want_numbers 1 500
}

# It is full when the file is to be made; the start is not refused for it.
full_then_hup() {
	tmpfs size=64k
	start
	numbered 1 10
	send
	wait_lines 10
	fill
	mv log/*.log old
	kill -s HUP "$PID"
	numbered 11 500
	send
	wait_for "warning" warned
	rm log/filler
	all() { [ "$(cat old log/*.log | wc -l)" -ge 500 ]; }
	wait_for "500 lines" all
	finish
	cat old log/*.log | sed 's/^[^ ]* [^ ]* [^ ]* //' | sort >.texts
	awk 'BEGIN { while (i++ < 500) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
}

# Again and again, while lines keep coming.
comes_and_goes() {
	tmpfs size=256k
	start
	last=0
	for _ in 1 2 3 4; do
		fill
		numbered $((last + 1)) $((last + 400))
		last=$((last + 400))
		send
		rm log/filler
		numbered $((last + 1)) $((last + 200))
		last=$((last + 200))
		send
		wait_lines $last
	done
	finish
	want_numbers 1 2400
}

# TERM while the disk is full: it says that lines are lost, and exits 74.
full_at_exit() {
	tmpfs size=64k
	start
	fill
	numbered 1 500
	send
	wait_for "warning" warned
	kill -s TERM "$PID"
	await_end
	[ "$STATUS" -eq 74 ] || fail "exit status $STATUS: $(tail -n 2 err)"
	grep -q 'gave up [1-9][0-9]* lines' err ||
		fail "not told: $(tail -n 2 err)"
}

# The directory may not be written to when the file is to be made anew.
no_permission() {
	if [ "$(id -u)" -eq 0 ]; then
		id -u nobody >/dev/null 2>&1 || skip "no user nobody"
		mkdir log
		chown nobody log
		start uid=nobody
	else
		start
	fi
	numbered 1 10
	send
	wait_lines 10
	mv log/*.log old
	chmod 555 log
	kill -s HUP "$PID"
	n=10
	send_until_warned
	chmod 755 log
	all() { [ "$(cat old log/*.log 2>/dev/null | wc -l)" -ge "$n" ]; }
	wait_for "$n lines" all
	finish
	cat old log/*.log | sed 's/^[^ ]* [^ ]* [^ ]* //' >.texts
	awk -v n="$n" 'BEGIN { while (i++ < n) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
	grep -c warning err >.warnings
	[ "$(cat .warnings)" -le 3 ] || fail "$(cat .warnings) warnings for one"
}

missing_directory() {
	start
	mv log gone
	mkdir other
	kill -s HUP "$PID"
	numbered 1 10
	send
	nap
	alive "without its directory"
	mv gone log
	all() { [ "$(cat log/*.log 2>/dev/null | wc -l)" -ge 10 ]; }
	wait_for "10 lines" all
	finish
	want_numbers 1 10
}

# Nothing is sent; whoever sends HUP wants to know whether that went well.
missing_directory_in_silence() {
	start
	mv log gone
	kill -s HUP "$PID"
	missing() { says err 'unable to open .*' ENOENT; }
	wait_for "a warning" missing
	mv gone log
	over() { grep -q 'able to write .* again, after' err; }
	wait_for "its end" over
	finish
}

no_descriptors() {
	has prlimit
	start
	numbered 1 10
	send
	wait_lines 10
	prlimit --pid "$PID" --nofile=3:4096 2>/dev/null ||
		prlimit --pid "$PID" --nofile=3: || skip "may not limit"
	for file in log/*.log; do
		mv "$file" old
	done
	kill -s HUP "$PID"
	n=10
	send_until_warned
	alive "without descriptors"
	prlimit --pid "$PID" --nofile=64:
	all() { [ "$(cat old log/*.log 2>/dev/null | wc -l)" -ge "$n" ]; }
	wait_for "$n lines" all
	finish
	cat old log/*.log | sed 's/^[^ ]* [^ ]* [^ ]* //' >.texts
	awk -v n="$n" 'BEGIN { while (i++ < n) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
}

# A file may grow no more: EFBIG, and XFSZ is not the end.  The log is larger than
# err, for which the limit is, too.
file_size() {
	has prlimit
	start
	numbered 1 200
	send
	wait_lines 200
	size=$(logged | wc -c)
	prlimit --pid "$PID" --fsize=$((size + 100)): || skip "may not limit"
	numbered 201 300
	send
	wait_for "warning" warned
	alive "after XFSZ"
	prlimit --pid "$PID" --fsize=unlimited:
	wait_lines 300
	finish
	want_numbers 1 300
}

# While it is stopped the kernel's buffer overflows; the log says by how much.
overflow() {
	start rbuf=64K
	kill -s STOP "$PID"
	numbered 1 5000
	send --window=0
	kill -s CONT "$PID"
	say 'after\n'
	lost() { logged | grep -q ' udplogger: [0-9]* datagrams lost'; }
	wait_for "line about the loss" lost
	finish
	said=$(logged | sed -n 's/.* udplogger: \([0-9]*\) datagrams lost.*/\1/p' |
		awk '{ n += $1 } END { print n }')
	have=$(texts | grep -c '^line ')
	[ $((said + have)) -eq 5000 ] ||
		fail "$have lines and $said lost are not 5000"
}

t "on a full disk lines wait, and come whole and once" full_disk
t "a file that cannot be made for want of space is made later" full_then_hup
t "a disk that is full again and again loses nothing" comes_and_goes
t "at exit with a full disk it says so" full_at_exit
t "a directory that may not be written to is waited for" no_permission
t "a directory that goes and comes back is waited for" missing_directory
t "a directory that is missing is told also in silence" \
	missing_directory_in_silence
t "without descriptors lines wait" no_descriptors
t "a file that may grow no more is waited for" file_size
t "what the kernel drops is counted in the log" overflow
