# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# A disk that doesn't answer: write() hangs, and the receive buffer is the
# cushion.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

thaw() {
	fsfreeze -u "$T/log" 2>/dev/null
}

# ext4 on a loop device at log/.
freezable() {
	as_root
	has fsfreeze
	has mkfs.ext4
	own_namespace -m
	mkdir -p log
	dd if=/dev/zero of=image bs=1048576 count=100 2>/dev/null
	mkfs.ext4 -q -F image >/dev/null 2>&1 || skip "cannot make ext4"
	mount -o loop image log 2>/dev/null || skip "no loop devices here"
	# A frozen file system would outlive us.
	trap 'thaw; clean_up; umount -l "$T/log"' EXIT
	fsfreeze -f log 2>/dev/null || skip "cannot freeze"
	thaw
}

granted() {
	sed -n 's/.*(granted \([0-9]*\)).*/\1/p' err
}

# 20,000 lines a second for more than ten seconds, with the default buffer.
frozen() {
	freezable
	start
	[ "$(granted)" -eq 134217728 ] || skip "granted only $(granted)"
	numbered 1 100
	send
	wait_lines 100
	paced 101 210100 20000
	mv rec.dgrams stream
	fsfreeze -f log
	from=$(date '+%Y-%m-%d %H:%M:%S')
	send_in_background stream --speed=1
	# shellcheck disable=SC2034 # wait_for reads it
	E2E_LIMIT=60
	wait_for "end of the stream" gone "$SENDER"
	until=$(date '+%Y-%m-%d %H:%M:%S')
	thaw
	sent_all
	wait_lines 210100
	finish
	want_numbers 1 210100
	[ "$(told_lost)" -eq 0 ] || fail "$(told_lost) lost"
	arrivals
}

# The stamps are those of the ten seconds, a good part of the lines in each.
arrivals() {
	logged | sed 1,100d | cut -c 1-19 >.stamps
	sort -c .stamps || fail "stamps out of order"
	first=$(head -n 1 .stamps) last=$(tail -n 1 .stamps)
	[ "$(printf '%s\n' "$from" "$first" "$last" "$until" | sort)" = \
		"$(printf '%s\n' "$from" "$first" "$last" "$until")" ] ||
		fail "$first to $last is not in $from to $until"
	[ "$(uniq .stamps | wc -l)" -ge 10 ] ||
		fail "stamps: $(uniq -c .stamps)"
}

# More than the buffer holds: the log counts what the kernel dropped.
frozen_too_long() {
	freezable
	start rbuf=256K
	numbered 1 20000
	fsfreeze -f log
	send --window=0
	thaw
	say 'line 020001\n'
	last() { logged | grep -q 'line 020001'; }
	wait_for "last line" last
	finish
	have=$(texts | grep -c '^line ')
	[ $(($(told_lost) + have)) -eq 20001 ] ||
		fail "$have lines and $(told_lost) lost are not 20001"
	[ "$(told_lost)" -gt 0 ] || fail "nothing was lost; this proves nothing"
	whole log/*.log
}

# TERM has to wait, and nothing is lost by it.
ended_while_frozen() {
	freezable
	start
	fsfreeze -f log
	numbered 1 1000
	send --window=0
	kill -s TERM "$PID"
	sleep 1
	alive "in a write that hangs"
	thaw
	await_end
	[ "$STATUS" -eq 0 ] || fail "exit status $STATUS"
	want_numbers 1 1000
}

t "a disk that is frozen for ten seconds loses nothing" frozen
t "what comes while it is frozen too long is counted" frozen_too_long
t "TERM while it is frozen loses nothing" ended_while_frozen
