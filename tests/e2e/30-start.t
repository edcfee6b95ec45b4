# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What it says when it starts, and where it listens.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# informs ARGUMENT...: status 0, text on stdout, nothing on stderr or on disk.
informs() {
	mkdir -p empty
	(cd empty && exec timeout "$E2E_LIMIT" "$UDPLOGGER" "$@") \
		</dev/null >out 2>err || fail "$*: exit status $?"
	[ -s out ] || fail "$*: nothing on stdout"
	[ ! -s err ] || fail "$*: something on stderr"
	[ -z "$(ls -A empty)" ] || fail "$*: it left $(ls -A empty)"
}

help() {
	informs --help
	for option in ip port dir timeout clients wbuf rbuf uid gid perm raw \
		tee; do
		grep -q "$option=" out || fail "--help does not tell of $option="
	done
	for option in --help --version --check; do
		grep -qe "$option" out || fail "--help does not tell of $option"
	done
}

version() {
	informs --version
	grep -q '^udplogger .*[0-9]' out || fail "no version: $(cat out)"
	[ "$(wc -l <out)" -eq 1 ] || fail "more than one line"
}

check() {
	mkdir logs
	informs --check ip=127.0.0.1 port=0 dir=../logs
	[ -z "$(ls -A logs)" ] || fail "--check left $(ls -A logs)"
	informs --check ip=127.0.0.1 port=0
	for bad in port=1x dir=/nonexistent ip=255.255.255.255 nosuch=1; do
		if "$UDPLOGGER" --check ip=127.0.0.1 port=0 "$bad" \
			>out 2>err; then
			fail "--check takes $bad"
		fi
		[ "$(wc -l <err)" -eq 1 ] || fail "--check $bad: not one line"
	done
	[ -z "$(ls -A logs)" ] || fail "--check left $(ls -A logs)"
}

# --check says what would stop it: a link where its file should be
check_file() {
	mkdir log
	ln -s /nowhere "log/$(date +%Y-%m-%d).log"
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log >out 2>err
	[ $? -eq 1 ] || fail "--check is content with a symbolic link"
}

start_lines() {
	start timeout=7 clients=20 wbuf=2K rbuf=64K perm=0640
	day=$(date +%Y-%m-%d)
	for part in "listening on 127.0.0.1:$PORT\$" \
		"writing $T/log/YYYY-MM-DD.log\$" \
		"receive buffer rbuf=65536 (granted [0-9]*)\$" \
		'times are .*UTC' \
		"not the default: ip=127.0.0.1 port=$PORT timeout=7 clients=20 wbuf=2048 rbuf=65536 perm=0640\$"; do
		grep -q "udplogger: $part" err || fail "no '$part' in $(cat err)"
	done
	if [ "$(id -u)" -eq 0 ]; then
		grep -q 'warning: runs as root' err || fail "root is not warned"
	fi
	! grep -q modprobe err || fail "a line for a sender on loopback"
	[ ! -s out ] || fail "something on stdout"
	[ "$(port_of "$PID")" = "$PORT" ] || fail "it listens elsewhere"
	[ -f "log/$day.log" ] || [ -f "log/$(date +%Y-%m-%d).log" ] ||
		fail "the log file is not open when it says so"
}

# The buffer's warning names the sysctl; where it may, it gets what it asks.
granted() {
	start rbuf=1G
	granted=$(sed -n 's/.*(granted \([0-9]*\)).*/\1/p' err)
	[ -n "$granted" ] || fail "not said how much was granted"
	if [ "$granted" -lt 500000000 ]; then
		grep -q 'warning: .*net\.core\.rmem_max' err ||
			fail "granted $granted of 1 GiB without a warning"
	fi
}

# The kernel may know IPv6, and lo have no address of it.
has_ipv6() {
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null
}

# The default listens on everything: there only the start is tried.
default_address() {
	mkdir log
	"$UDPLOGGER" port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	say 'over IPv4\n'
	wait_lines 1
	lines | grep -q '^127\.0\.0\.1:5001 over IPv4$' ||
		fail "not as IPv4: $(lines)"
	if has_ipv6; then
		grep -q 'listening on \[::\]:' err || fail "$(cat err)"
		TO=::1 say 'over IPv6\n'
		wait_lines 2
		lines | grep -q '^\[::1\]:5001 over IPv6$' ||
			fail "not as IPv6: $(lines)"
	fi
	finish
}

any_ipv4() {
	mkdir log
	"$UDPLOGGER" ip=0.0.0.0 port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	grep -q 'listening on 0\.0\.0\.0:[0-9]*$' err || fail "$(cat err)"
	d 10.1.2.3 5001 'x\n'
	send
	finish
	[ "$(lines)" = '127.1.2.3:5001 x' ] || fail "$(lines)"
}

ipv6() {
	has_ipv6 || skip "no IPv6 here"
	mkdir log
	"$UDPLOGGER" ip=::1 port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	grep -q 'listening on \[::1\]:[0-9]*$' err || fail "$(cat err)"
	TO=::1 say 'x\n'
	finish
	[ "$(lines)" = '[::1]:5001 x' ] || fail "$(lines)"
}

# Global addresses of IPv6, as the kernel writes them.
ipv6_addresses() {
	own_network
	add_address 2001:db8::1/64 lo
	add_address 2001:db8:0:1::c0a8:1/64 lo
	mkdir log
	"$UDPLOGGER" port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	d 2001:db8:0:1:0:0:c0a8:1 700 'x\n'
	TO=2001:db8::1 send --map=asis
	finish
	[ "$(lines)" = '[2001:db8:0:1::c0a8:1]:700 x' ] || fail "$(lines)"
}

ipv4_alone() {
	own_network
	[ -w /proc/sys/net/ipv6/conf/all/disable_ipv6 ] ||
		skip "cannot switch IPv6 off"
	echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
	mkdir log
	"$UDPLOGGER" port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	say 'x\n'
	finish
	[ "$(lines)" = '127.0.0.1:5001 x' ] || fail "$(lines)"
}

# A kernel without IPv6 refuses the very first socket.
no_ipv6_at_all() {
	has strace
	strace -o /dev/null -e trace=socket true 2>/dev/null ||
		skip "strace may not trace"
	mkdir log
	strace -f -o trace -e trace=socket \
		-e inject=socket:error=EAFNOSUPPORT:when=1 \
		"$UDPLOGGER" port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	PID=$(awk '{ print $1; exit }' trace)
	PIDS="$PIDS $PID"
	grep -q 'AF_INET6.*EAFNOSUPPORT' trace || skip "nothing was injected"
	grep -q 'listening on 0\.0\.0\.0:' err || fail "$(cat err)"
	say 'x\n'
	wait_lines 1
	[ "$(lines)" = '127.0.0.1:5001 x' ] || fail "$(lines)"
	kill -TERM "$PID"
	wait_for "end" gone "$PID"
}

link_local() {
	own_network
	ip link add nc0 type veth peer name nc1 2>/dev/null ||
		skip "cannot make a veth pair"
	for device in nc0 nc1; do
		echo 0 >/proc/sys/net/ipv6/conf/$device/accept_dad 2>/dev/null
		ip link set $device up
	done
	add_address fe80::aa:1/64 nc0
	add_address fe80::aa:2/64 nc0
	mkdir log
	"$UDPLOGGER" port=0 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	TO=fe80::aa:1%nc0 say 'x\n'
	wait_lines 1
	finish
	lines | grep -q '^\[fe80::[0-9a-f:]*%nc0\]:[0-9]* x$' ||
		fail "no scope: $(lines)"
}

t "--help tells of every option" help
t "--version tells the version" version
t "--check tests the settings and leaves nothing" check
t "--check finds a symbolic link in the log file's place" check_file
t "the start lines say where, and what is not the default" start_lines
t "a receive buffer that is not granted is warned of" granted
t "one socket listens on IPv6 and IPv4" default_address
t "ip=0.0.0.0 listens on IPv4" any_ipv4
t "ip=::1 listens on IPv6" ipv6
t "IPv6 addresses are written in brackets and short" ipv6_addresses
t "without IPv6 addresses it listens on IPv4" ipv4_alone
t "without IPv6 in the kernel it listens on IPv4" no_ipv6_at_all
t "a link-local source has its scope" link_local
