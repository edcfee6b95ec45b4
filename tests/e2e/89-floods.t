# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Floods of forged senders, each with an unfinished line.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

SPOOFED=60000

# flood FIRST COUNT: of the unfinished lines.
flood() {
	"$LOAD" port="$PORT" sources=$SPOOFED open=yes first="$1" \
		count="$2" >>load.out || fail "load: $(cat load.out)"
}

# honest FIRST LAST: their lines come in two pieces, with a flood between.
honest_begin() {
	d 10.0.0.1 5001 'line %06d, begun' "$1"
	send
}

honest_end() {
	d 10.0.0.1 5001 ', ended\n'
	send
}

# What the flood sent is all in the log, once; the honest one's lines apart.
check_flood() {
	logged | grep -v ' 127\.0\.0\.1:5001 ' >flood.log
	"$CHECK" sources=$SPOOFED lines="$1" open=yes flood.log >checked ||
		fail "the flood: $(cat checked)"
}

# check_honest WANTED: the text of all lines of the honest one, put together.
check_honest() {
	logged | sed -n 's/^[^ ]* [^ ]* 127\.0\.0\.1:5001 //p' |
		tr -d '\n' >honest
	[ "$(cat honest)" = "$1" ] || fail "the honest one said: $(cut -b 1-200 honest)"
}

resident_kb() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$PID/status"
}

# Its bound: what the options take in all.
within_bound() {
	[ "$(resident_kb)" -lt "$1" ] || fail "it has $(resident_kb) kB"
}

# Room for all of them: the honest one's line stays whole, whether it began
# before the flood or after it, and each fragment is written in time.
below_clients() {
	can_make $SPOOFED
	start clients=65536 timeout=5
	honest_begin 1
	flood 0 30000
	honest_end
	flood 30000 30000
	honest_begin 2
	honest_end
	sent=$(date +%s)
	want_first() { logged | grep -q ' line 000002, begun, ended$'; }
	wait_for "honest line" want_first
	wait_lines $((SPOOFED + 2))
	took=$(($(date +%s) - sent))
	[ $took -le 9 ] || fail "timeouts of 5 s took $took s"
	within_bound 49152
	finish
	check_flood $SPOOFED
	check_honest 'line 000001, begun, endedline 000002, begun, ended'
	logged | grep -q ' line 000001, begun, ended$' || fail "torn: $(cat honest)"
}

# A table for a thousand: lines are written early, and nothing is lost.
above_clients() {
	can_make $SPOOFED
	start clients=1024 timeout=5
	honest_begin 1
	flood 0 20000
	honest_end
	flood 20000 20000
	honest_begin 2
	flood 40000 20000
	honest_end
	wait_lines $((SPOOFED + 4))
	within_bound 24576
	finish
	check_flood $SPOOFED
	check_honest 'line 000001, begun, endedline 000002, begun, ended'
}

# While honest ones send whole lines all the time, none is missing.
beside_honest() {
	can_make $SPOOFED
	start clients=1024 timeout=5
	paced 1 20000 10000
	mv rec.dgrams stream
	send_in_background stream --speed=1
	for n in 0 1 2 3 4 5; do
		flood $((n * 10000)) 10000
	done
	sent_all
	wait_lines $((SPOOFED + 20000))
	finish
	check_flood $SPOOFED
	logged | sed -n 's/^.* 127\.0\.0\.1:5001 //p' >.texts
	awk 'BEGIN { while (i++ < 20000) printf "line %06d\n", i }' >.wanted
	same .wanted .texts
	[ "$(told_lost)" -eq 0 ] || fail "$(told_lost) lost"
}

# The pool of unfinished lines is spent: the oldest are written early, long
# before their time, and all bytes are there.
pool_spent() {
	start timeout=600 wbuf=131072
	awk 'BEGIN {
		for (i = 0; i < 2000; i++)
			printf "@ 0 10.0.%d.%d 5001 50006\nbegun%d%050000d\n",
				i % 1000 / 250, i % 250 + 1, i / 1000, 0
	}' >rec.dgrams
	send
	wait_lines 100
	logged | wc -l >early
	within_bound 147456
	finish
	[ "$(texts | tr -d '\n' | wc -c)" -eq $((2000 * 50006)) ] ||
		fail "$(texts | tr -d '\n' | wc -c) bytes are there"
	[ "$(cat early)" -lt 900 ] || fail "all were written early"
}

# Two lines of each of 200,000, in order, none missing, none twice; and 160 bytes
# for each, besides 20 MiB that do not grow with them.
very_many() {
	many=200000
	"$LOAD" probe=yes sources=1000 send=raw >probe 2>&1 ||
		skip "can make no raw socket"
	start clients=262144 timeout=600
	for n in 0 1 2 3; do
		"$LOAD" port="$PORT" sources=$many header=text \
			first=$((n * 100000)) count=100000 >>load.out ||
			fail "load: $(cat load.out)"
		wait_lines $(((n + 1) * 100000))
	done
	within_bound $((many * 160 / 1024 + 20480))
	finish
	logged >flood.log
	"$CHECK" sources=$many lines=$((many * 2)) header=text flood.log >checked ||
		fail "$(cat checked)"
}

t "60,000 unfinished lines fit, and are written in time" below_clients
t "60,000 senders are too many, and no byte is lost" above_clients
t "a flood takes nothing from those who send whole lines" beside_honest
t "200,000 senders are known, each line of theirs in its place" very_many
t "unfinished lines that are too much are written early" pool_spent
