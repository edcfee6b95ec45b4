# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Names of senders, from the file of hosts=.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

named() {
	printf '127.0.0.1 box.example box\n::1 six\n' >names
	start hosts=names
	say 'one\n'
	wait_lines 1
	finish
	lines | grep -q '^box\.example one$' || fail "$(lines)"
	grep -Eq ' hosts=names( |$)' err || fail "not in the start line"
}

named_json() {
	printf '127.0.0.1 box\n' >names
	start hosts=names format=json
	say 'one\n'
	wait_lines 1
	finish
	cat log/*.log >all
	grep -q '"host":"box","address":"127.0.0.1","port":[0-9]*,"message":"one"' \
		all || fail "$(cat all)"
}

new_names() {
	printf '127.0.0.1 old\n' >names
	start hosts=names
	say 'one\n'
	wait_lines 1
	printf '127.0.0.1 new\n' >names
	kill -s HUP "$PID"
	renamed() { say 'two\n'; lines | grep -q '^new two$'; }
	wait_for "the new name" renamed
	printf 'bad\n127.0.0.1 newer\n' >names
	kill -s HUP "$PID"
	told() { grep -q 'hosts=: names:1: ' err; }
	wait_for "the bad line" told
	say 'three\n'
	third() { lines | grep -q 'three$'; }
	wait_for "the third line" third
	finish
	lines | grep -q '^old one$' || fail "$(lines)"
	lines | grep -q '^new three$' || fail "$(lines)"
}

bad_names() {
	printf '127.0.0.1 good\n127.0.0.2 bad/name\n' >names
	start hosts=names
	grep -q 'warning: hosts=: names:2: ' err || fail "$(cat err)"
	say 'one\n'
	wait_lines 1
	finish
	lines | grep -q '^good one$' || fail "$(lines)"
	"$UDPLOGGER" --check hosts=names ip=127.0.0.1 port=0 dir=log \
		>out 2>err
	[ $? -eq 64 ] || fail "--check: not 64"
	grep -q 'hosts=names: a bad line$' err || fail "$(cat err)"
	for file in nosuch log; do
		"$UDPLOGGER" hosts=$file ip=127.0.0.1 port=0 dir=log >out 2>err
		[ $? -eq 64 ] || fail "hosts=$file: not 64"
		grep -q "udplogger: hosts=$file: " err || fail "$(cat err)"
	done
}

t "a sender with a name has it in place of its address" named
t "JSON has the name beside address and port" named_json
t "names are read again on HUP, and kept if the file is bad" new_names
t "bad names are told, and left out" bad_names
