# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The init script and the systemd unit.
# shellcheck source=/dev/null
. "$E2E/lib.sh"


sysv() {
	env DEFAULTS=/nonexistent DAEMON="$UDPLOGGER" CONF="${CONF_NOW-}" \
		DIR="${DIR_NOW-$T/log}" LOGFILE="$T/err" PIDFILE="$T/pid" \
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

# Settings stand in a file, as in init/udplogger.conf; what the script must know
# of them it reads there, too.
script_reads_settings() {
	sed "s|^dir=.*|dir = $T/there # a comment|;s|^run=.*|run=$T/run|" \
		"$INIT/udplogger.conf" >conf
	printf ' port=0\nip = 127.0.0.1\n' >>conf
	CONF_NOW=$T/conf DIR_NOW='' OPTIONS_NOW=''
	wants 0 start
	PIDS="${PIDS-} $(cat pid)"
	listens || fail "no start line"
	[ "$(stat -c %a "there/$(today).log")" = 640 ] || fail "$(ls -l there)"
	wants 0 stop
	[ "$(stat -c %a run)" = 755 ] || fail "$(ls -l run)"
	[ -s run/udplogger.prom ] || fail "nothing below run="
	OPTIONS_NOW='perm=0600'
	wants 0 start
	PIDS="$PIDS $(cat pid)"
	wants 0 stop
	[ "$(stat -c %a "there/$(today).log")" = 600 ] ||
		fail "OPTIONS do not go before them"
	wants 0 start
	PID=$(cat pid)
	PIDS="$PIDS $PID"
	echo 'prot=1' >>conf
	wants 6 restart
	! gone "$PID" || fail "a wrong setting ends what runs"
	wants 0 stop
	wants 6 start
	grep -q "$T/conf:[0-9]*: prot=" said || fail "no reason: $(cat said)"
	CONF_NOW=$T/nowhere DIR_NOW=$T/there OPTIONS_NOW='ip=127.0.0.1 port=0'
	wants 0 start
	PIDS="$PIDS $(cat pid)"
	wants 0 stop
}

# The file of settings tells of each option, with its default.
settings_are_complete() {
	sed "s|^dir=.*|dir=.|;s|^run=.*|run=.|" "$INIT/udplogger.conf" >conf
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 conf=conf >said 2>&1 ||
		fail "it is refused: $(cat said)"
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 | sed -n 's/ # .*//p' |
		grep -v '^# \|^[ug]id=' >all
	sed 's/^ip=.*/ip=::/;s/^port=.*/port=6666/;s/^dir=.*/dir=/' all |
		while IFS='=' read -r name default; do
		case $name in
		dir | free | keepmin | perm | notices | incidents | run)
			wanted="$name="
			;;
		*) wanted="#$name=$default" ;;
		esac
		[ "$(grep -c "^#*$name=" conf)" -eq 1 ] || echo "$name="
		grep -q "^$wanted" conf || echo "not $wanted"
	done >missing
	[ ! -s missing ] || fail "udplogger.conf: $(cat missing)"
	for name in uid gid; do
		grep -q "^#$name=" conf || fail "udplogger.conf: no #$name="
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
	for file in "$INIT"/*.sysv "$INIT"/*.openrc "$E2E"/*.t "$E2E/lib.sh" "$E2E/run"; do
		[ -f "$file" ] || continue
		shellcheck "$file" || fail "shellcheck does not like $file"
	done
}

# The unit as it will be, but for the path of the program.
make_unit() {
	mkdir unit
	sed "s,/usr/local/sbin/udplogger,\"$UDPLOGGER\"," \
		"$INIT/udplogger.service" >unit/udplogger.service
	cp "$INIT/udplogger.socket" unit
}

unit() {
	has systemd-analyze
	[ -f "$INIT/udplogger.service" ] || skip "no unit"
	make_unit
	systemd-analyze verify --man=no "$T/unit/udplogger.service" >said 2>&1 ||
		fail "systemd-analyze verify: $(head -n 3 said)"
	[ ! -s said ] || fail "systemd-analyze verify: $(head -n 3 said)"
}

# The exposure of which systemd speaks, times ten, is at most 12.
unit_is_shut() {
	has systemd-analyze
	make_unit
	systemd-analyze --help | grep -q -e --offline ||
		skip "systemd-analyze knows no --offline"
	systemd-analyze security --offline=yes --threshold=12 --no-pager \
		"$T/unit/udplogger.service" >said 2>&1 ||
		fail "$(tail -n 1 said)"
	tail -n 1 said | grep -q 'exposure level' || fail "$(tail -n 1 said)"
}

# The example lets the kernel grant what rbuf= asks for by default.
sysctl_example() {
	has sysctl
	sysctl --help | grep -q -e --dry-run || skip "sysctl has no --dry-run"
	rbuf=$("$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=. 2>/dev/null |
		sed -n 's/^rbuf=\([0-9]*\) .*/\1/p')
	sysctl --dry-run -p "$INIT/udplogger.sysctl" >said 2>&1 ||
		fail "sysctl: $(cat said)"
	[ "$(cat said)" = "net.core.rmem_max = $rbuf" ] ||
		fail "not rbuf=$rbuf: $(cat said)"
}

# It opens the port of the socket, and none else.
firewalld_example() {
	has xmllint
	xml=$INIT/udplogger.firewalld.xml
	xmllint --noout "$xml" 2>said || fail "xmllint: $(cat said)"
	port=$(sed -n 's/^ListenDatagram=//p' "$INIT/udplogger.socket")
	[ "$(xmllint --xpath 'count(/service/port)' "$xml")" = 1 ] ||
		fail "not one port"
	[ "$(xmllint --xpath 'string(/service/port/@port)' "$xml")" = \
		"$port" ] || fail "not port $port"
	[ "$(xmllint --xpath 'string(/service/port/@protocol)' "$xml")" = \
		udp ] || fail "not UDP"
	[ -n "$(xmllint --xpath 'string(/service/short)' "$xml")" ] ||
		fail "it has no name"
}

t "the init script starts, reloads, restarts and stops it" script
t "the init script makes its directory for uid=" script_makes_directory
t "the init script reads the file of settings" script_reads_settings
t "the file of settings has all options and their defaults" settings_are_complete
t "the init script leaves strangers alone" stale
t "the init script tells why it could not start" script_fails
t "shellcheck has nothing to say" lint
t "systemd-analyze verify has nothing to say" unit
t "systemd-analyze finds little that the unit may do" unit_is_shut
t "sysctl reads its example, which is for the default of rbuf=" sysctl_example
t "the example for firewalld opens the port of the socket" firewalld_example
