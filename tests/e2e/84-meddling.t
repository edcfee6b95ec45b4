# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What people and logrotate(8) do to the files and their directory.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# started: with lines 1 to 100 in the log; NAME is the file.
started() {
	start "$@"
	NAME=log/$(today).log
	numbered 1 100
	send
	wait_lines 100
}

# lines_in FILE: how many numbered lines.
lines_in() {
	grep -c ' line ' "$1" 2>/dev/null
}

# soon_in FILE N: within two seconds, and what the machine needs, it has N.
soon_in() {
	# shellcheck disable=SC2034 # wait_for reads it
	E2E_LIMIT=6
	enough() { [ "$(lines_in "$1")" -ge "$2" ]; }
	wait_for "$2 lines in $1" enough "$1" "$2"
}

# want_each LAST FILE...: the files have lines 1 to LAST, some of them twice.
want_each() {
	last=$1
	shift
	whole "$@"
	cat "$@" | sed 's/.* line /line /' | sort -u >.texts
	awk -v last="$last" 'BEGIN {
		while (i++ < last)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
}

# Renamed without a signal, in the middle of a stream.
renamed() {
	started
	paced 101 8100 4000
	mv rec.dgrams stream
	send_in_background stream --speed=1
	sleep 0.5
	mv "$NAME" old
	soon_in "$NAME" 1
	sent_all
	finish
	want_each 8100 old "$NAME"
}

# What is sent after it was deleted is in the new file, all of it.
deleted() {
	started
	first=101
	while [ $first -lt 3000 ]; do
		rm "$NAME"
		numbered $first $((first + 99))
		send
		soon_in "$NAME" 100
		want_in $first $((first + 99)) "$NAME"
		first=$((first + 100))
	done
	finish
	! warned || fail "$(cat err)"
}

# In the middle of a stream: what is neither in the file that was deleted nor
# in the new one is lost.
deleted_in_stream() {
	started
	paced 101 20100 10000
	mv rec.dgrams stream
	send_in_background stream --speed=1
	for n in 1 2 3 4 5; do
		sleep 0.3
		exec 5<"$NAME"
		rm "$NAME"
		soon_in "$NAME" 1
		cat <&5 >"gone.$n"
		exec 5<&-
	done
	sent_all
	finish
	want_each 20100 gone.* log/*.log
}

# At any length, most of them in the middle of a line.
truncated() {
	has truncate
	started
	n=100
	for size in 0 1 50 137 1000; do
		truncate -s $size "$NAME"
		n=$((n + 1))
		numbered "$n" "$n"
		send
		last() { tail -n 1 "$NAME" | grep -q "$(printf '%06d' "$n")$"; }
		wait_for "line $n" last
		grep -q "^[-0-9]* [:0-9]* 127[.0-9]*:5001 line $(printf '%06d' "$n")$" \
			"$NAME" || fail "line $n is glued: $(tail -n 1 "$NAME")"
	done
	finish
}

# As logrotate's copytruncate does it, on a machine that is quiet then.
copied() {
	started
	cp "$NAME" old
	: >"$NAME"
	numbered 101 200
	send
	soon_in "$NAME" 100
	finish
	want_in 1 200 old "$NAME"
}

# obstacle COMMAND...: puts something in the file's place, while lines come;
# they go to the file once it can be made.
obstacle() {
	started
	mv "$NAME" old
	"$@"
	n=100
	send_until_warned
	grep -q "warning: unable to open .*$NAME: is $REASON" err ||
		fail "$(cat err)"
	rm -rf "$NAME"
	soon_in "$NAME" 1
	total=$n
	all() { [ "$(cat old "$NAME" | wc -l)" -ge "$total" ]; }
	wait_for "$n lines" all
	finish
	want_in 1 $n old "$NAME"
	[ "$(warnings | wc -l)" -eq 1 ] || fail "said again: $(cat err)"
}

by_directory() {
	REASON='a directory'
	make() { mkdir "$NAME"; }
	obstacle make
}

by_link() {
	REASON='a symbolic link'
	: >elsewhere
	make() { ln -s "$T/elsewhere" "$NAME"; }
	obstacle make
	[ ! -s elsewhere ] || fail "it wrote through the link"
}

by_dangling_link() {
	REASON='a symbolic link'
	make() { ln -s "$T/nowhere" "$NAME"; }
	obstacle make
	[ ! -e nowhere ] || fail "it made a file through the link"
}

by_fifo() {
	REASON='not a regular file'
	make() { mkfifo "$NAME"; }
	obstacle make
}

by_executable() {
	REASON='executable'
	make() {
		echo '#!/bin/sh' >"$NAME"
		chmod 755 "$NAME"
	}
	obstacle make
}

# The open file itself; lines wait until it is none any more.
made_executable() {
	started
	chmod u+x "$NAME"
	n=100
	send_until_warned
	size=$(wc -c <"$NAME")
	numbered "$((n + 1))" "$((n + 50))"
	n=$((n + 50))
	send
	sleep 0.3
	[ "$(wc -c <"$NAME")" -eq "$size" ] || fail "it was written to"
	chmod u-x "$NAME"
	soon_in "$NAME" $n
	finish
	want_in 1 $n "$NAME"
}

# Another file at the name, by rename(2): the old one has no name any more.
replaced() {
	started
	: >other
	chmod 600 other
	cp "$NAME" old
	mv other "$NAME"
	numbered 101 200
	send
	soon_in "$NAME" 100
	finish
	want_in 1 200 old "$NAME"
}

directory_renamed() {
	started
	mv log away
	n=100
	send_until_warned
	mkdir log
	numbered "$((n + 1))" "$((n + 50))"
	n=$((n + 50))
	send
	soon_in "$NAME" 50
	finish
	want_in 1 $n "away/${NAME#log/}" "$NAME"
}

# Deleted with all that is in it, and made again; at once, or after a while.
directory_deleted() {
	for pause in 0 1.5; do
		rm -rf log
		started
		rm -r log
		numbered 101 150
		send
		sleep $pause
		mkdir log
		numbered 151 200
		send
		soon_in "$NAME" 100
		finish
		want_in 101 200 "$NAME"
	done
}

# A file of yesterday's crash ends in mid-line.
no_newline() {
	mkdir log
	printf '2026-01-01 00:00:00 10.0.0.1:1 torn' >"log/$(today).log"
	start
	say 'whole\n'
	finish
	[ "$(sed -n 1p log/*.log)" = '2026-01-01 00:00:00 10.0.0.1:1 torn' ] ||
		fail "$(cat log/*.log)"
	sed -n 2p log/*.log | grep -q ' whole$' || fail "$(cat log/*.log)"
}

# Somebody adds a piece without a newline while it runs.
added_to() {
	started
	printf 'a note' >>"$NAME"
	numbered 101 110
	send
	soon_in "$NAME" 110
	finish
	grep -qx 'a note' "$NAME" || fail "glued: $(grep note "$NAME")"
	grep -vx 'a note' "$NAME" >ours
	want_in 1 110 ours
}

t "a file that is renamed without a signal loses nothing" renamed
t "what comes after a file was deleted is in a new one" deleted
t "a file that is deleted in a stream loses nothing" deleted_in_stream
t "after truncation no line begins in the middle of another" truncated
t "a file that is copied and truncated is continued" copied
t "a directory in its place is waited for" by_directory
t "nothing is written through a link in its place" by_link
t "nothing is made through a link to nowhere" by_dangling_link
t "a FIFO in its place is waited for" by_fifo
t "an executable file in its place is waited for" by_executable
t "a file that is made executable is not written to" made_executable
t "a file that is replaced by another is left" replaced
t "a directory that is renamed and made again is used" directory_renamed
t "a directory that is deleted and made again is used" directory_deleted
t "a line that a crash left unfinished is ended" no_newline
t "what somebody adds without a newline is ended" added_to
