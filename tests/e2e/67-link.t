# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# link=: the symbolic link to the day's file, as tail -F follows it.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

leads_to() {
	[ "$(readlink "$1")" = "$2" ] ||
		fail "$1 leads to $(readlink "$1"): $(ls -la "$(dirname "$1")")"
}

# tail(1) goes on from one day's file to the next.
over_midnight() {
	local_time 86392
	start link=current
	before=$(today)
	leads_to log/current "$before.log"
	tail -F log/current >tailed 2>/dev/null &
	PIDS="$PIDS $!"
	say 'before\n'
	tailed() { grep -q "$1\$" tailed; }
	wait_for "the first line in tail -F" tailed before
	changed() { [ "$(today)" != "$before" ]; }
	if changed; then
		skip "this machine is too slow"
	fi
	wait_for "midnight" changed
	say 'after\n'
	wait_for "the new day's line in tail -F" tailed after
	leads_to log/current "$(today).log"
	finish
	[ "$(wc -l <tailed)" -eq 2 ] || fail "tail -F has $(cat tailed)"
	warned && fail "$(cat err)"
	[ "$(find log | wc -l)" -eq 4 ] || fail "$(ls -la log)"
}

# A line that began before midnight, and ends after the new day's first.
late_line() {
	local_time 86394
	start link=current
	before=$(today)
	d 10.0.0.1 5001 'began before'
	send
	changed() { [ "$(today)" != "$before" ]; }
	if changed; then
		skip "this machine is too slow"
	fi
	wait_for "midnight" changed
	d 10.0.0.1 5002 'after\n'
	d 10.0.0.1 5001 ', ended after\n'
	send
	wait_lines 2
	leads_to log/current "$(today).log"
	finish
	grep -q 'began before, ended after' "log/$before.log" || fail "$(lines)"
}

each_sender() {
	printf '127.0.0.1 box\n' >names
	start link=current hosts=names 'file=all/{host}/%Y/%m-%d.log'
	say 'one\n'
	linked() { [ -s log/all/box/current ]; }
	wait_for "a link" linked
	leads_to log/all/box/current "$(date +%Y/%m-%d.log)"
	finish
	grep -q 'one$' log/all/box/current || fail "$(cat log/all/box/current)"
}

# Only what is opened first in its day asks for the link.
many() {
	traced readlinkat,readlink,symlinkat,symlink,renameat,renameat2,rename \
		symlinkat:error=EIO:when=1000 link=now \
		'file={host}/%Y-%m-%d.log'
	awk 'BEGIN {
		for (n = 1; n <= 10; n++)
			for (i = 1; i <= 100; i++)
				printf "@ 0 10.1.1.%d 6665 5\nline\n\n", i
	}' >rec.dgrams
	send
	kill -s TERM "$PID"
	wait_for "the end of the trace" grep -q '+++ exited with 0' trace
	asked=$(grep 'readlink' trace | grep -vc '\.udplogger-')
	made=$(grep -c 'symlink' trace)
	dirs=$(find log -mindepth 1 -type d | wc -l)
	[ "$asked" -eq "$dirs" ] || fail "$asked looks for $dirs directories"
	[ "$made" -eq "$dirs" ] || fail "$made links for $dirs directories"
	for link in log/*/now; do
		[ -e "$link" ] || fail "$link leads to $(readlink "$link")"
	done
}

# What is no link is never replaced, and holds up no line.
obstacles() {
	for obstacle in file directory fifo; do
		rm -rf log
		mkdir log
		case $obstacle in
		file) echo precious >log/current ;;
		directory) mkdir log/current ;;
		fifo) mkfifo log/current ;;
		esac
		kind=$(stat -c '%F %i' log/current)
		start link=current
		say 'one\n'
		wait_lines 1
		say 'two\n'
		wait_lines 2
		[ "$(stat -c '%F %i' log/current)" = "$kind" ] ||
			fail "the $obstacle is gone"
		[ "$(grep -c 'warning: unable to link ' err)" -eq 1 ] ||
			fail "$(cat err)"
		rm -rf log/current
		kill -s HUP "$PID"
		linked() { [ -L log/current ]; }
		wait_for "a link after HUP" linked
		leads_to log/current "$(today).log"
		again() { grep -q 'able to link .*/log/current again' err; }
		wait_for "the end of it on stderr" again
		finish
		[ "$(wc -l <log/current)" -eq 2 ] || fail "$(ls -la log)"
	done
}

rotated() {
	start link=current
	say 'one\n'
	wait_lines 1
	mv "log/$(today).log" log/old
	say 'two\n'
	wait_lines 1
	leads_to log/current "$(today).log"
	finish
	grep -q 'two$' log/current || fail "$(cat log/current)"
	warned && fail "$(cat err)"
	:
}

# One that is right stays; one that a killed run left half made is replaced.
restarted() {
	start link=current
	finish
	inode=$(stat -c %i log/current)
	start link=current
	finish
	[ "$(stat -c %i log/current)" = "$inode" ] || fail "made anew"
	ln -sfn 1999-01-01.log log/current
	ln -s 1999-01-02.log log/.current.new
	start link=current
	leads_to log/current "$(today).log"
	finish
	[ ! -L log/.current.new ] || fail "$(ls -la log)"
	warned && fail "$(cat err)"
	:
}

refuses() {
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 "$@" >out 2>err
	[ $? -eq 64 ] || fail "$*: not 64"
	[ "$(wc -l <err)" -eq 1 ] || fail "$*: $(cat err)"
	grep -q 'link=' err || fail "$*: $(cat err)"
}

refused() {
	for name in .current ../current a/b 'a b' "$(printf '%0251d' 0)" \
			2026-11-29.log 2026-11-29.1.log.gz; do
		refuses "link=$name"
	done
	refuses link=current 'file={host}-%Y-%m-%d.log'
	refuses link=current 'file={host}/{port}-%Y-%m-%d.log'
	refuses link=current 'file=%Y/{host}/%m-%d.log'
	refuses 'file={host}-%Y/%m-%d.log' link=current
	refuses link=2026 'file=%Y/%m-%d.log'
}

none() {
	: >names
	start hosts=names hosts=none link=current link=none keep=1 keep=none \
		max=1M max=none free=1M free=none limit=9 limit=none
	finish
	for option in hosts link keep max free limit; do
		! grep -q " $option=" err || fail "$option=: $(cat err)"
	done
	[ ! -L log/current ] || fail "a link"
}

# A directory with nothing but the link in it goes with its last file.
removed() {
	for host in 10.0.0.1 10.0.0.2; do
		mkdir -p "log/$host/2001"
		echo old >"log/$host/2001/01-02.log"
		ln -s 2001/01-02.log "log/$host/current"
	done
	echo mine >log/10.0.0.2/notes
	start keep=30 link=current 'file={host}/%Y/%m-%d.log'
	went() { [ ! -e log/10.0.0.1 ] && [ ! -e log/10.0.0.2/2001 ]; }
	wait_for "the end of old files" went
	finish
	[ -L log/10.0.0.2/current ] || fail "$(ls -la log/10.0.0.2)"
}

t "tail -F goes on after midnight" over_midnight
t "a late line does not turn the link back" late_line
t "each sender's directory has a link" each_sender
t "a link costs calls only when a file is opened first" many
t "what is no link is not replaced, and is said once" obstacles
t "the link outlives a rotation" rotated
t "a restart leaves a link that is right alone" restarted
t "what can be no link is refused" refused
t "none turns options off that were set before" none
t "an empty directory goes with its link" removed
