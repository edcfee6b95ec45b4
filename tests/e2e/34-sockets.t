# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# Several sockets: ports, those that a manager passes, and multicast groups.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# Sets A, B and C, the ports in the order of the start lines.
find_ports() {
	# shellcheck disable=SC2046 # a list of numbers
	set -- $(sed -n 's/.*udplogger: listening on .*://p' err)
	A=$1 B=$2 C=${3-}
}

# three [OPTION]...: on three free ports.
three() {
	start port=0,0,0 "$@"
	listening() { [ "$(grep -c 'listening on ' err)" -eq 3 ]; }
	wait_for "three start lines" listening
	find_ports
}

# to PORT FORMAT...: one datagram to that port, now.
to() {
	PORT=$1
	shift
	say "$@"
}

each_has_a_socket() {
	three
	to "$A" 'to the first\n'
	to "$B" 'to the second\n'
	to "$C" 'to the third\n'
	wait_lines 3
	finish
	texts | sort >.texts
	printf 'to the %s\n' first second third | same - .texts
}

# The same sender at two ports is two: their lines do not mix.
two_senders() {
	three
	d 10.0.0.1 5001 'begun at the first, '
	d 10.0.0.1 5001 'ended there\n'
	mv rec.dgrams both
	head -n 2 both >first
	tail -n 3 both >last
	for part in first last; do
		PORT=$A
		replay --fast $part
		PORT=$B
		replay --fast $part
	done
	wait_lines 2
	finish
	[ "$(texts | grep -c '^begun at the first, ended there$')" -eq 2 ] ||
		fail "$(logged)"
}

a_directory_each() {
	three 'file={lport}/%Y-%m-%d.log'
	to "$A" 'to the first\n'
	to "$B" 'to the second\n'
	both() { cat log/*/*.log 2>/dev/null | grep -q second; }
	wait_for "lines" both
	finish
	grep -q 'to the first' log/"$A"/*.log || fail "not in $A"
	grep -q 'to the second' log/"$B"/*.log || fail "not in $B"
	[ ! -d log/"$C" ] || fail "a directory for $C"
}

members() {
	three format=json
	to "$B" 'to the second\n'
	wait_lines 1
	finish
	logged | grep -q "\"lport\":$B," || fail "$(logged)"
	rm -rf log
	start format=json
	say 'to the only one\n'
	wait_lines 1
	finish
	! logged | grep lport || fail "lport, of one"
}

# Each counts its own drops, and they are told as those of its port.
drops_of_each() {
	three rbuf=64K
	kill -s STOP "$PID"
	numbered 1 5000
	PORT=$A
	send --window=0
	numbered 5001 6000
	PORT=$B
	send --window=0
	kill -s CONT "$PID"
	emptied() {
		have=$(texts | grep -c '^line ')
		[ $(($(told_lost) + have)) -eq 6000 ]
	}
	wait_for "6000 lines and losses" emptied
	finish
	logged | grep -q "datagrams lost at 127.0.0.1:$A" || fail "not of $A"
	! logged | grep "datagrams lost at 127.0.0.1:$C" || fail "of $C"
}

# What waits in each at TERM is taken in.
waiting_at_term() {
	three
	kill -s STOP "$PID"
	for PORT in "$A" "$B" "$C"; do
		numbered 1 700
		send --window=0
	done
	kill -s TERM "$PID"
	kill -s CONT "$PID"
	await_end
	[ "$STATUS" -eq 0 ] || fail "status $STATUS"
	[ "$(texts | grep -c '^line ')" -eq 2100 ] || fail "$(logged | wc -l)"
}

# One who sends as fast as he can keeps nobody else waiting for long.
a_flood_at_one() {
	three
	numbered 1 400000
	mv rec.dgrams stream
	PORT=$A
	send_in_background stream --fast
	to "$B" 'heard\n'
	heard() { logged | grep -q ' heard$'; }
	wait_for "another socket" heard
	sent_all
	finish
}

# LISTEN_FDS=2; they stay open over restarts.
passed() {
	mkdir -p log
	HOLD_SOCKETS=2 "$HOLD" "$UDPLOGGER" dir=log </dev/null >held 2>err &
	began
	starts() { [ "$(grep -c 'listening on ' err)" -ge "$1" ]; }
	wait_for "two start lines" starts 2
	find_ports
	to "$A" 'line 000001\n'
	to "$B" 'line 000002\n'
	wait_lines 2
	kill -s STOP "$PID"
	old=$(tail -n 1 held)
	kill -s TERM "$old"
	wait_for "end" gone "$old"
	for PORT in "$A" "$B"; do
		d 10.0.0.1 5001 'line %s\n' "$PORT"
		send --window=0
	done
	kill -s CONT "$PID"
	wait_for "next start" starts 4
	wait_lines 4
	finish
	texts | sort >.texts
	printf 'line %s\n' 000001 000002 "$A" "$B" | sort | same - .texts
}

# What is set beside them has no effect, and is warned of.
passed_beside() {
	mkdir -p log
	echo port=7 >my.conf
	"$HOLD" "$UDPLOGGER" ip=127.0.0.2 conf=my.conf dir=log </dev/null \
		>held 2>err &
	began
	wait_for "start line" listens
	say 'one\n'
	wait_lines 1
	finish
	grep -q 'warning: ip= has no effect, as LISTEN_FDS passes' err ||
		fail "ip=: $(cat err)"
	grep -q 'warning: my.conf:1: port= has no effect, as LISTEN_FDS' err ||
		fail "port=: $(cat err)"
}

refused() {
	"$UDPLOGGER" dir=. "$1" </dev/null >out 2>err
	[ $? -eq 64 ] || fail "$1 is not refused"
	[ "$(wc -l <err)" -eq 1 ] || fail "$1: $(cat err)"
	grep -q "$1: $2; allowed is 0 to 65535; up to 16, with commas" \
		err || fail "$1: $(cat err)"
}

bad_ports() {
	refused port=6666,6666 'a port stands there twice'
	refused port=6666,06666 'a port stands there twice'
	refused port=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 'too many ports'
	for port in '6666,' ',6666' '6666,,6667' '6666, 6667' 6666,65536 6666-6669 x; do
		refused "port=$port" 'not allowed'
	done
}

# One that cannot be had is one too few: nothing is listened on.
taken() {
	start
	"$UDPLOGGER" ip=127.0.0.1 "port=0,$PORT" dir=log </dev/null >out 2>err2
	status=$?
	[ "$status" -eq 1 ] || fail "status $status"
	grep -q "ip=127.0.0.1 port=$PORT: unable to listen there: " err2 ||
		fail "$(cat err2)"
	finish
}

# The sender's command has each port; addresses but loopback have one.
commands() {
	own_network
	ip link add e2e0 type veth peer name e2e1 2>/dev/null ||
		skip "cannot make an interface"
	ip addr add 192.0.2.7/24 dev e2e0 && ip link set e2e0 up
	mkdir -p log
	"$UDPLOGGER" ip=192.0.2.7 port=6666,6667 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	finish
	mac=$(ip link show e2e0 | sed -n 's/.*link\/ether \([^ ]*\) .*/\1/p')
	for port in 6666 6667; do
		grep -qF "udplogger: on a sender: modprobe netconsole netconsole=@/eth0,$port@192.0.2.7/$mac" err ||
			fail "no command for $port"
	done
}

# receive_group GROUP DESTINATION MAC: from the other end of a cable, in a
# network of our own.
receive_group() {
	own_network
	has python3
	has nsenter
	# The other end has a network of its own: the kernel takes nothing from
	# outside that has an address of this one.
	unshare -n sleep 60 &
	other=$!
	PIDS="${PIDS-} $other"
	ip link add e2e0 type veth peer name e2e1 2>/dev/null ||
		skip "cannot make an interface"
	is_apart() {
		[ "$(readlink "/proc/$other/ns/net")" != \
			"$(readlink /proc/self/ns/net)" ]
	}
	wait_for "other network" is_apart
	ip link set e2e1 netns "$other" 2>/dev/null ||
		skip "cannot move an interface"
	ip addr add 192.0.2.7/24 dev e2e0
	ip link set e2e0 up
	there="nsenter -t $other -n"
	$there ip addr add 192.0.2.8/24 dev e2e1
	$there ip link set e2e1 up
	mkdir -p log
	"$UDPLOGGER" "ip=$1%e2e0" port=6666 dir=log </dev/null >out 2>err &
	began
	wait_for "start line" listens
	grep -q "eth0,6666@$1/$3\$" err || fail "the command: $(cat err)"
	arrives() {
		$there python3 -c '
import socket, sys
family, *to = socket.getaddrinfo(sys.argv[1], 6666, type=socket.SOCK_DGRAM)[0]
s = socket.socket(family, socket.SOCK_DGRAM)
if family == socket.AF_INET:
    s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.8"))
s.sendto(b"to the group\n", to[-1])' "$2" || return 1
		logged | grep -q 'to the group'
	}
	wait_for "line" arrives "$@"
	finish
	! grep 'unable to join' err || fail "it could not join"
}

group4() {
	receive_group 239.129.2.3 239.129.2.3 01:00:5e:01:02:03
}

group6() {
	[ -f /proc/net/if_inet6 ] || skip "no IPv6 here"
	receive_group ff02::1:3 ff02::1:3%e2e1 33:33:00:01:00:03
}

# Without a route there is no interface to join it on; it may come.
no_join() {
	own_network
	mkdir -p log
	"$UDPLOGGER" ip=239.255.0.100 port=6666,6667 dir=log \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
	[ "$(grep -c 'warning: ip=239.255.0.100: unable to join this multicast group: .*; it is tried again$' err)" -eq 1 ] ||
		fail "$(cat err)"
	ip route add 224.0.0.0/4 dev lo
	joined() { grep -q 'udplogger: joined multicast group 239' err; }
	wait_for "group" joined
	grep -q '6400FFEF\|EFFF0064' /proc/net/igmp || fail "not joined"
	finish
	[ "$(grep -c 'joined multicast' err)" -eq 1 ] || fail "$(cat err)"
}

# Of those that were passed, each is looked at.
passed_group() {
	own_network
	has python3
	mkdir -p log
	python3 -c '
import os, socket, sys
for fd, ip in ((3, "127.0.0.1"), (4, "239.255.0.100")):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((ip, 6666))
    n = s.detach()
    if n != fd:
        os.dup2(n, fd)
        os.close(n)
    os.set_inheritable(fd, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
os.execv(sys.argv[1], sys.argv[1:])' "$UDPLOGGER" dir=log \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
	grep -q 'warning: LISTEN_FDS: unable to join multicast group 239.255.0.100: .*; it is tried again$' err ||
		fail "$(cat err)"
	ip route add 224.0.0.0/4 dev lo
	joined() { grep -q 'udplogger: joined multicast group 239' err; }
	wait_for "group" joined
	finish
}

t "three ports have a socket and a start line each" each_has_a_socket
t "a sender to two ports is two" two_senders
t "{lport} in file= is a directory for each port" a_directory_each
t "lport is in JSON where there are several" members
t "drops are counted, and told, of each" drops_of_each
t "what waits in each at TERM is taken in" waiting_at_term
t "a flood at one does not silence another" a_flood_at_one
t "two sockets that were passed stay open over restarts" passed
t "ip= and port= beside sockets that were passed are warned of" passed_beside
t "ports that cannot be are refused" bad_ports
t "a port that is taken is told, and none is kept" taken
t "the command for a sender is printed for each port" commands
t "a multicast group is joined" group4
t "a multicast group of IPv6 is joined" group6
t "a group that cannot be joined is warned of, and joined later" no_join
t "a group of a second socket that was passed, too" passed_group
