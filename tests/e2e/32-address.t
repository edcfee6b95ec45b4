# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Addresses that are not there yet, that nobody can have, and those that it
# tells senders.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# started OPTION...: the daemon with these options alone, and port 6666.
started() {
	mkdir -p log
	"$UDPLOGGER" port=6666 dir=log "$@" </dev/null >out 2>err &
	began
}

# interface NAME ADDRESS...: a new one, with a peer, up.
interface() {
	ip link add "$1" type veth peer name "$1p" 2>/dev/null ||
		skip "cannot make a veth pair"
	ip link set "$1p" up
	ip link set "$1" up
	name=$1
	shift
	for address; do
		add_address "$address" "$name"
	done
}

comes_later() {
	own_network
	started ip=192.0.2.1
	wait_for "start line" listens
	grep -q 'warning: ip=192\.0\.2\.1: .*waited for' err || fail "no warning"
	interface nc0 192.0.2.1/24
	TO=192.0.2.1 say 'at last\n'
	wait_lines 1
	finish
	lines | grep -q ' at last$' || fail "$(lines)"
}

comes_later_ipv6() {
	own_network
	[ -d /proc/sys/net/ipv6 ] || skip "no IPv6 here"
	started ip=2001:db8::1
	wait_for "start line" listens
	grep -q 'warning: ip=2001:db8::1: .*waited for' err || fail "no warning"
	add_address 2001:db8::1/64 lo
	TO=2001:db8::1 say 'at last\n'
	wait_lines 1
	finish
}

interface_comes_later() {
	own_network
	[ -d /proc/sys/net/ipv6 ] || skip "no IPv6 here"
	started ip=fe80::aa:1%nc0
	wait_for "warning" grep -q 'warning: ip=fe80::aa:1%nc0.*again' err
	interface nc0 fe80::aa:1/64
	wait_for "start line" listens
	finish
}

# Told to stop while it waits, it stops, and that is no fault.
stops_waiting() {
	started ip=fe80::1%nosuchif
	wait_for "warning" grep -q 'warning: .*again' err
	finish
}

broadcast_refused() {
	"$UDPLOGGER" ip=255.255.255.255 dir=. </dev/null >out 2>err &&
		fail "it listens there"
	[ "$(wc -l <err)" -eq 1 ] || fail "$(cat err)"
	grep -q "ip=255.255.255.255.*receives broadcasts" err ||
		fail "no hint: $(cat err)"
}

# A group that the machine has joined itself.
groups_hint() {
	own_network
	interface nc0 192.0.2.1/24
	ip address add 239.255.0.100/32 dev nc0 autojoin 2>/dev/null ||
		skip "cannot join a group"
	has python3
	has nsenter
	unshare -n sleep 60 &
	peer=$!
	PIDS="${PIDS-} $peer"
	wait_for "the other network" other_network "$peer"
	ip link set nc0p netns "$peer" || skip "cannot move an interface"
	nsenter -t "$peer" -n sh -c 'ip address add 192.0.2.10/24 dev nc0p &&
		ip link set nc0p up' || skip "cannot set up the sender"
	started ip=0.0.0.0
	wait_for "start line" listens
	wait_for "a route" nsenter -t "$peer" -n python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.10"))
s.sendto(b"to the group\n", ("239.255.0.100", 6666))'
	wait_lines 1
	finish
}

other_network() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# senders WANTED...: the addresses in the commands for senders, in order.
senders() {
	started
	wait_for "start line" listens
	finish
	sed -n 's/^.*udplogger: on a sender: .*,6666@//p' err >found
	printf '%s\n' "$@" | sed '/^$/d' | diff - found || fail "other senders"
}

mac_of() {
	cat "/sys/class/net/$1/address" 2>/dev/null ||
		ip link show "$1" | sed -n 's|.*link/ether \([^ ]*\).*|\1|p'
}

# virbr0 comes first; the default route is by another.
default_route_wins() {
	own_network
	interface virbr0 192.168.122.1/24
	interface nc0 192.0.2.1/24 2001:db8::1/64
	ip route add default via 192.0.2.254 || skip "cannot add a route"
	ip -6 route add default via 2001:db8::fe dev nc0 2>/dev/null ||
		skip "cannot add an IPv6 route"
	senders "192.0.2.1/$(mac_of nc0)" "2001:db8::1/$(mac_of nc0)"
	grep -q 'there, eth0 is .*gateway' err || fail "no hint"
}

# Without a default route each address may be the one.
each_address() {
	own_network
	interface nc0 192.0.2.1/24 169.254.7.7/16
	interface nc1 198.51.100.1/24
	senders "192.0.2.1/$(mac_of nc0)" "198.51.100.1/$(mac_of nc1)"
}

link_local_last() {
	own_network
	interface nc0 169.254.7.7/16
	senders "169.254.7.7/$(mac_of nc0)"
}

none_for_loopback() {
	own_network
	senders ''
	! grep -q 'there, eth0' err || fail "a hint without an address"
}

t "an address that comes later is waited for" comes_later
t "an IPv6 address that comes later is waited for" comes_later_ipv6
t "an interface that comes later is waited for" interface_comes_later
t "a signal ends waiting for an interface" stops_waiting
t "the broadcast address is refused with a hint" broadcast_refused
t "a group that the machine joined is received with ip=0.0.0.0" groups_hint
t "senders are told the address of the default route" default_route_wins
t "without a default route senders are told each address" each_address
t "169.254.0.0/16 is told only if there is no other" link_local_last
t "no sender is told loopback" none_for_loopback
