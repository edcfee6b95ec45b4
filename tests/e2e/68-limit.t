# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What one sender may write: limit=.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# told ADDRESS:PORT: how many lines of it the log says were left out.
told() {
	lines | awk -v who="$1" '$1 == who && $2 == "udplogger:" &&
		/ lines left out \(limit=\)$/ { sum += $3 } END { print sum + 0 }'
}

# written ADDRESS:PORT: how many lines of it are there.
written() {
	lines | awk -v who="$1" '$1 == who && $2 == "line"' | wc -l
}

# Sources in the order in which replay first sent for them.
flooder() { lines | awk '/line 000001$/ { print $1 }'; }
quiet() { lines | awk '/line 900000$/ { print $1 }'; }

flood() {
	start limit=10
	numbered 900000 900004 10.0.0.2
	numbered 1 3000
	numbered 900005 900009 10.0.0.2
	numbered 3001 5000
	send
	all() { [ "$(($(written "$(flooder)") + $(told "$(flooder)")))" -eq 5000 ]; }
	wait_for "all lines, or their number" all
	[ "$(written "$(flooder)")" -lt 4000 ] || fail "nothing is left out"
	[ "$(written "$(flooder)")" -ge 100 ] || fail "the burst is too small"
	[ "$(written "$(quiet)")" -eq 10 ] || fail "lines of the quiet one"
	[ "$(told "$(quiet)")" -eq 0 ] || fail "told of the quiet one"
	finish
	all || fail "$(written "$(flooder)") and $(told "$(flooder)")"
}

end() {
	start limit=1
	numbered 1 2000
	send
	wait_lines 10
	finish
	[ "$(($(written "$(flooder)") + $(told "$(flooder)")))" -eq 2000 ] ||
		fail "$(written "$(flooder)") and $(told "$(flooder)")"
	lines | tail -n 1 | grep -q ' lines left out (limit=)$' ||
		fail "$(lines | tail -n 1)"
}

counts() {
	start limit=1
	numbered 1 2000
	send
	wait_lines 10
	kill -s USR1 "$PID"
	said() { grep -q 'counts: .* left-out [0-9]*$' err; }
	wait_for "counts" said
	finish
	[ "$(sed -n 's/.* left-out //p' err)" -eq "$(told "$(flooder)")" ] ||
		fail "$(grep counts err)"
}

json() {
	start limit=1 format=json
	numbered 1 2000
	send
	notice() { grep -q '"program":"udplogger","notice":"lines-left-out","lost":[0-9]*,"message":"[0-9]* lines left out (limit=)"}$' log/*.log; }
	wait_for "the notice" notice
	finish
	n=$(grep -c '"message":"line ' log/*.log)
	lost=$(sed -n 's/.*"lines-left-out","lost":\([0-9]*\),.*/\1/p' log/*.log |
		awk '{ sum += $1 } END { print sum }')
	[ "$((n + lost))" -eq 2000 ] || fail "$n and $lost"
}

restart() {
	sent=0
	for _ in 1 2 3; do
		start limit=1
		numbered $((sent + 1)) $((sent + 500))
		sent=$((sent + 500))
		send
		wait_lines $((sent / 50))
		finish
	done
	n=$(lines | grep -c ' line ')
	left=$(lines | sed -n 's/.* udplogger: \([0-9]*\) lines left out.*/\1/p' |
		awk '{ sum += $1 } END { print sum }')
	[ "$((n + left))" -eq $sent ] || fail "$n and $left"
}

off() {
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 limit=5 limit=none >out ||
		fail "--check refuses"
	grep -q '^limit=none # command line$' out || fail "$(cat out)"
	start limit=5 limit=none
	numbered 1 3000
	send
	wait_lines 3000
	finish
	want_numbers 1 3000
}

refused() {
	for value in 0 100001 1K -1 no ''; do
		"$UDPLOGGER" limit="$value" dir=. >out 2>err
		[ $? -eq 64 ] || fail "limit=$value: not 64"
		grep -q '^udplogger: limit=.*allowed is 1 to 100000, or none' \
			err || fail "$(cat err)"
	done
}

t "of a flood, what is left out is told; others are heard wholly" flood
t "what was left out is told at the end" end
t "SIGUSR1 tells how many lines were left out" counts
t "JSON tells what is left out" json
t "over restarts, every line is written or told of" restart
t "limit=none turns it off" off
t "bad values of limit= are refused" refused
