# shellcheck shell=bash
# The life of a package on a machine with systemd: what the scripts that lead it
# have in common, init/debian/tests/lifecycle and rpm-life.  They are called at
# the top of the source tree, or beside this file.
#
# In WORK are the files sent (the number of the last line), refused and enough.

export LC_ALL=C
LOGS=/var/log/udplogger
CONF=/etc/udplogger.conf
exec </dev/null 2>&1

ok() {
	echo "ok: $*"
}

die() {
	echo "FAILED: $*"
	find "$LOGS" -ls
	systemctl --no-pager status udplogger.socket udplogger.service
	journalctl --no-pager -q -u udplogger | tail -n 20
	exit 1
}

# poll COMMAND...: until it succeeds, for 20 s at most.
poll() {
	local turn

	for ((turn = 0; turn < 200; turn++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

# state PROPERTY socket|service
state() {
	systemctl show -p "$1" --value "udplogger.$2"
}

# The socket that the daemon has of systemd.
socket() {
	readlink "/proc/$(state MainPID service)/fd/3"
}

send() {
	echo "$*" >/dev/udp/127.0.0.1/6666
}

logged() {
	grep -qr -- "$1" "$LOGS"
}

# Lines 000001 and so on, 200 a second, until there is a file enough.
stream() {
	local line

	exec 3>/dev/udp/127.0.0.1/6666
	for ((line = 1; ; line++)); do
		printf 'line %06d\n' "$line" >&3 || echo "$line" >>refused
		echo "$line" >sent
		[ ! -e enough ] || break
		sleep 0.005
	done
}

# How many were sent; for a moment nothing stands there.
sent() {
	local lines=

	until [ "$lines" ]; do
		lines=$(cat sent)
	done
	echo "$lines"
}

all_there() {
	grep -rh 'line [0-9]\{6\}$' "$LOGS" | sed 's/.* line //' |
		cmp -s - <(seq -f %06.0f "$(sent)")
}

more_lines() {
	[ "$(sent)" -gt $(($1 + 100)) ]
}

runs() {
	readlink /proc/[0-9]*/exe | grep -q udplogger
}

logs_a_line() {
	send 'the first line'
	poll logged 'the first line' || die "not logged"
	logged 'udplogger: started' || die "notices=yes is not in force"
	ok "the first line starts the service, and is logged"
}

# upgraded_by COMMAND...: it runs while lines come in, none of which is lost; a
# new daemon has the same socket.  stamp=iso is in force after it.
upgraded_by() {
	local socket pid

	echo 'stamp=iso' >>"$CONF"
	socket=$(socket)
	pid=$(state MainPID service)
	echo 0 >sent
	stream &
	poll more_lines 0 || die "no lines"
	"$@"
	poll more_lines "$(sent)" || die "no lines"
	touch enough
	wait
	[ ! -e refused ] || die "not sent: line $(head -n 1 refused)"
	poll all_there || die "sent $(sent) lines, logged" \
		"$(grep -rh 'line [0-9]\{6\}$' "$LOGS" | wc -l)"
	[ "$(state MainPID service)" != "$pid" ] || die "not started again"
	[ "$(socket)" = "$socket" ] || die "another socket"
	ok "upgraded, with $(sent) lines coming in; $socket stays"
	[ "$(tail -n 1 "$CONF")" = stamp=iso ] || die "the edit is gone"
	logged 'T[0-9:.]*[-+Z].* line ' || die "the edit is not in force"
}

# Neither socket nor daemon is left, but the log is.
is_removed() {
	[ "$(state ActiveState socket)" = inactive ] || die "a socket is left"
	[ "$(state ActiveState service)" != active ] || die "it still runs"
	! runs || die "it still runs"
	all_there || die "the log is gone"
}
