# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The init script and the systemd unit.
# shellcheck source=/dev/null
. "$E2E/lib.sh"


sysv() {
	env DEFAULTS=/nonexistent DAEMON="$UDPLOGGER" DIR="${DIR_NOW-$T/log}" \
		LOGFILE="$T/err" PIDFILE="$T/pid" \
		OPTIONS="${OPTIONS_NOW-ip=127.0.0.1 port=0}" sh "$INIT/udplogger.sysv" "$@" \
		>>said 2>&1
}

# wants STATUS WORD: what the script says to WORD.
wants() {
	sysv "$2"
	status=$?
	[ $status -eq "$1" ] || fail "$2: exit status $status: $(tail -n 3 said)"
}

script() {
	[ -f "$INIT/udplogger.sysv" ] || skip "no init/udplogger.sysv"
	mkdir log
	wants 3 status
	wants 0 start
	PID=$(cat pid)
	PIDS="${PIDS-} $PID"
	wants 0 status
	listens || fail "no start line"
	wants 0 start
	[ "$(cat pid)" = "$PID" ] || fail "started twice"
	say 'whole\nunfinished'
	wait_lines 1
	mv log/*.log old
	wants 0 reload
	again() {
		d 10.0.0.1 5002 'again\n'
		send
		has_lines 1
	}
	wait_for "line in a new file" again
	wants 0 restart
	[ "$(cat pid)" != "$PID" ] || fail "not restarted"
	gone "$PID" || fail "the old one is still there"
	cat old log/*.log | grep -q 'unfinished$' || fail "a line is lost"
	PID=$(cat pid)
	PIDS="$PIDS $PID"
	wants 0 status
	wants 0 stop
	gone "$PID" || fail "it does not stop"
	[ ! -e pid ] || fail "the pid file stays"
	wants 0 stop
	wants 3 status
	wants 2 nonsense
}

# /var/log may be empty after each boot: the directory is made for the user.
script_makes_directory() {
	as_root
	has setpriv
	getent passwd daemon >/dev/null || skip "no user daemon"
	chmod 755 "$E2E_SCRATCH" .
	for user in uid=daemon "uid=daemon gid=daemon" "--uid=$(id -u daemon)"; do
		rm -rf new
		OPTIONS_NOW="ip=127.0.0.1 port=0 $user" DIR_NOW=$T/new/log
		wants 0 start
		[ "$(stat -c %U:%a new/log)" = daemon:750 ] ||
			fail "$(stat -c %U:%a new/log)"
		wants 0 stop
	done
}

# A pid file that was left behind, with the number of somebody else.
stale() {
	[ -f "$INIT/udplogger.sysv" ] || skip "no init/udplogger.sysv"
	mkdir log
	sleep 300 &
	PIDS="${PIDS-} $!"
	echo $! >pid
	wants 1 status
	wants 0 start
	PIDS="$PIDS $(cat pid)"
	wants 0 stop
	kill -0 $! || fail "it ended a stranger"
}

script_fails() {
	[ -f "$INIT/udplogger.sysv" ] || skip "no init/udplogger.sysv"
	mkdir log
	if OPTIONS_NOW=port=abc sysv start; then
		fail "port=abc is a success"
	fi
	grep -q 'port=abc' said || fail "the reason is not told: $(cat said)"
	[ ! -e pid ] || fail "a pid file stays"
}

lint() {
	has shellcheck
	for file in "$INIT"/*.sysv "$E2E"/*.t "$E2E/lib.sh" "$E2E/run"; do
		[ -f "$file" ] || continue
		shellcheck "$file" || fail "shellcheck does not like $file"
	done
}

# The unit as it will be, but for the path of the program.
unit() {
	has systemd-analyze
	[ -f "$INIT/udplogger.service" ] || skip "no unit"
	mkdir unit
	sed "s,/usr/local/sbin/udplogger,$UDPLOGGER," \
		"$INIT/udplogger.service" >unit/udplogger.service
	systemd-analyze verify --man=no "$T/unit/udplogger.service" >said 2>&1 ||
		fail "systemd-analyze verify: $(head -n 3 said)"
	[ ! -s said ] || fail "systemd-analyze verify: $(head -n 3 said)"
}

t "the init script starts, reloads, restarts and stops it" script
t "the init script makes its directory for uid=" script_makes_directory
t "the init script leaves strangers alone" stale
t "the init script tells why it could not start" script_fails
t "shellcheck has nothing to say" lint
t "systemd-analyze verify has nothing to say" unit
