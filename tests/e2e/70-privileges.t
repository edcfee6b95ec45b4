# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Giving up root.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

nobody() {
	as_root
	UID_WANTED=$(id -u nobody) || skip "no user nobody"
	GID_WANTED=$(id -g nobody)
	mkdir -p log
	chmod 777 log
}

field() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$PID/status" | tr '\t' ' ' |
		sed 's/ *$//'
}

# is FIELD WANTED
is() {
	[ "$(field "$1")" = "$2" ] || fail "$1 is '$(field "$1")', not '$2'"
}

# unprivileged UID GID: nothing of root is left in PID.
unprivileged() {
	is Uid "$1 $1 $1 $1"
	is Gid "$2 $2 $2 $2"
	case $(field Groups) in
	'' | "$2") ;;
	*) fail "Groups is '$(field Groups)'" ;;
	esac
	for set in CapInh CapPrm CapEff CapAmb CapBnd; do
		is $set 0000000000000000
	done
	is NoNewPrivs 1
}

owned() {
	for file in log/*.log; do
		# shellcheck disable=SC2012 # stat(1) is not everywhere
		[ "$(ls -ln "$file" | awk '{ print $3, $4 }')" = "$1 $2" ] ||
			fail "$(ls -ln "$file")"
	done
}

# given_up UID GID OPTION...
given_up() {
	wanted_uid=$1
	wanted_gid=$2
	shift 2
	start "$@"
	unprivileged "$wanted_uid" "$wanted_gid"
	say 'x\n'
	finish
	owned "$wanted_uid" "$wanted_gid"
	want 'x\n'
	rm -f log/*.log sources
}

by_name() {
	nobody
	given_up "$UID_WANTED" "$GID_WANTED" uid=nobody
	grep -q "not the default: .* uid=nobody" err || fail "$(cat err)"
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log uid=nobody >out ||
		fail "--check refuses"
	grep -q "^uid=$UID_WANTED # " out || fail "$(cat out)"
	grep -q "^gid=$GID_WANTED # " out || fail "$(cat out)"
}

by_number() {
	nobody
	given_up "$UID_WANTED" "$GID_WANTED" "uid=$UID_WANTED"
	given_up "$UID_WANTED" 12345 "uid=$UID_WANTED" gid=12345
}

with_group() {
	nobody
	group=$(awk -F : '$3 > 0 && $3 < 60000 { print $1; exit }' /etc/group)
	gid=$(awk -F : '$3 > 0 && $3 < 60000 { print $3; exit }' /etc/group)
	given_up "$UID_WANTED" "$gid" uid=nobody "gid=$group"
	given_up "$UID_WANTED" "$gid" "gid=$group" uid=nobody
}

# A number that no user has: then there is no primary group to take.
stranger() {
	nobody
	given_up 54321 54322 uid=54321 gid=54322
}

supplementary() {
	nobody
	has_setpriv
	RUN='setpriv --groups=1,2,3,4' given_up "$UID_WANTED" "$GID_WANTED" \
		uid=nobody
}

# The file is opened and made anew by who it is now.
reopens() {
	nobody
	start uid=nobody
	say 'x\n'
	wait_lines 1
	rm log/*.log
	kill -s HUP "$PID"
	again() {
		say 'y\n'
		has_lines 1
	}
	wait_for "line in a new file" again
	owned "$UID_WANTED" "$GID_WANTED"
	finish
}

# A directory that only root may enter is found out at the start.
closed_to_it() {
	nobody
	chmod 700 log
	timeout "$E2E_LIMIT" "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log \
		uid=nobody </dev/null >out 2>err
	[ $? -eq 1 ] || fail "not exit status 1: $(cat err)"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
	[ -z "$(ls -A log)" ] || fail "it left $(ls log)"
}

# as_nobody ARGUMENT...: runs the program as somebody else.
as_nobody() {
	cp "$UDPLOGGER" program
	if [ "$(id -u)" -eq 0 ]; then
		has_setpriv
		number=$(id -u nobody) || skip "no user nobody"
		setpriv --reuid="$number" --regid="$number" --clear-groups \
			timeout "$E2E_LIMIT" ./program "$@"
	else
		timeout "$E2E_LIMIT" ./program "$@"
	fi </dev/null >out 2>err
}

not_root() {
	mkdir log
	chmod 777 log .
	for argument in uid=root uid=0 gid=0; do
		as_nobody ip=127.0.0.1 port=0 dir=log $argument
		status=$?
		[ $status -eq 1 ] || fail "$argument: exit status $status"
		[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
		grep -q "${argument%=*}=" err || fail "$(cat err)"
		[ -z "$(ls -A log)" ] || fail "$argument: it left $(ls log)"
	done
}

low_port() {
	mkdir log
	chmod 777 log .
	[ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 99 ] ||
		skip "low ports are for everybody here"
	as_nobody ip=127.0.0.1 port=99 dir=log
	status=$?
	[ $status -eq 1 ] || fail "exit status $status"
	grep -q 'port=99' err || fail "$(cat err)"
}

# Root binds a port below 1024 and reads it as nobody.
low_port_root() {
	nobody # before, as root of a namespace has no other users
	own_network
	start port=99 uid=nobody
	[ "$PORT" -eq 99 ] || fail "port $PORT"
	say 'x\n'
	finish
	want 'x\n'
}

# Without uid= root stays root, and gains nothing else.
stays_root() {
	as_root
	start
	is Uid '0 0 0 0'
	is NoNewPrivs 1
	finish
}

t "uid=NAME leaves nothing of root" by_name
t "uid=NUMBER leaves nothing of root" by_number
t "gid=NAME is taken" with_group
t "a uid and gid that nobody has are taken" stranger
t "supplementary groups do not stay" supplementary
t "HUP makes the new file as the new user" reopens
t "a directory closed to the new user is refused" closed_to_it
t "who is not root cannot ask for root" not_root
t "who is not root is refused a low port" low_port
t "root's low port stays after root is given up" low_port_root
t "without uid= it sets no_new_privs" stays_root
