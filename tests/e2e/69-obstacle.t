# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# A name that stays refused, or a directory that stays away: no line is lost.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# started: with lines 1 to 100 in the log; NAME is the file, BESIDE beside it.
started() {
	start "$@"
	NAME=log/$(today).log
	BESIDE=${NAME%.log}.1.log
	numbered 1 100
	send
	wait_lines 100
}

# A quarter of the queues is soon full, so nobody has to wait for ten seconds.
small() {
	started queue=1M wbuf=1024 "$@"
}

lines_of() {
	cat "$@" 2>/dev/null | grep -c ' line '
}

soon_in() {
	enough() { [ "$(lines_of "$2")" -ge "$1" ]; }
	wait_for "$2 lines in $1" enough "$2" "$1"
}

# Ends it, and nothing is lost.
well() {
	finish
	! grep -q 'gave up' err || fail "$(cat err)"
}

said() {
	grep -q "$@" err || fail "not said: $*: $(cat err)"
}

# --- what may stand at a name -------------------------------------------------

put_directory() { mkdir "$1"; }
put_link() {
	: >target
	ln -s "$T/target" "$1"
}
put_dangling() { ln -s "$T/nowhere" "$1"; }
put_fifo() { mkfifo "$1"; }
put_executable() {
	: >"$1"
	chmod 755 "$1"
}

# Nothing went through a link, nor into what is executable.
untouched() {
	[ ! -s target ] || fail "through a link"
	[ ! -e nowhere ] || fail "through a link to nowhere"
	[ ! -f "$NAME" ] || [ ! -s "$NAME" ] || fail "into $NAME"
}

# beside_at_term WHAT: the file is deleted, so lines go beside its name.
beside_at_term() {
	started
	cp "$NAME" before
	rm "$NAME"
	"put_$1" "$NAME"
	numbered 101 150
	send
	wait_for warning warned
	well
	untouched
	said "$NAME.* going on in $(basename "$BESIDE")\$"
	want_in 101 150 "$BESIDE"
}

term_directory() { beside_at_term directory; }
term_link() { beside_at_term link; }
term_dangling() { beside_at_term dangling; }
term_fifo() { beside_at_term fifo; }
term_executable() { beside_at_term executable; }

# beside_while_running WHAT: many lines, then the obstacle is gone.
beside_while_running() {
	small
	rm "$NAME"
	"put_$1" "$NAME"
	numbered 101 8100
	send
	wait_for "another file" grep -q "going on in $(basename "$BESIDE")" err
	soon_in "$BESIDE" 8000
	untouched
	rm -rf "$NAME"
	wait_for "its end" grep -q "able to write .*$NAME again" err
	numbered 8101 8200
	send
	soon_in "$NAME" 100
	well
	want_in 101 8200 "$BESIDE" "$NAME"
	[ "$(grep -c 'going on' err)" -eq 1 ] || fail "$(cat err)"
}

running_directory() { beside_while_running directory; }
running_link() { beside_while_running link; }
running_dangling() { beside_while_running dangling; }
running_fifo() { beside_while_running fifo; }
running_executable() { beside_while_running executable; }

# Nothing is beside it but what is refused, too.
several() {
	started
	rm "$NAME"
	mkdir "$NAME" "$BESIDE"
	ln -s "$T/target" "${NAME%.log}.2.log"
	mkfifo "${NAME%.log}.3.log"
	numbered 101 150
	send
	wait_for warning warned
	well
	[ ! -e target ] || fail "through a link"
	want_in 101 150 "${NAME%.log}.4.log"
}

# One that is there is added to.
appended() {
	started
	rm "$NAME"
	mkdir "$NAME"
	echo "2026-01-01 00:00:00 10.0.0.1:5001 line 000100" >"$BESIDE"
	numbered 101 150
	send
	wait_for warning warned
	well
	want_in 100 150 "$BESIDE"
}

# --- the file that is open ----------------------------------------------------

# held WHAT: the file was renamed, and something stands at its name.
held() {
	small
	mv "$NAME" old
	"put_$1" "$NAME"
	numbered 101 8100
	send
	soon_in old 8100
	said "$NAME.* going on in the file that is open\$"
	rm -rf "$NAME"
	wait_for "its end" grep -q "able to write .*$NAME again" err
	numbered 8101 8200
	send
	soon_in "$NAME" 100
	well
	want_in 1 8200 old "$NAME"
}

held_directory() { held directory; }
held_link() { held link; }

# It is removed while lines go to it: these are written again.
held_and_removed() {
	started
	mv "$NAME" old
	mkdir "$NAME"
	numbered 101 150
	send
	soon_in old 150
	rm old
	soon_in "$BESIDE" 50
	numbered 151 200
	send
	soon_in "$BESIDE" 100
	well
	want_in 101 200 "$BESIDE"
}

made_executable() {
	started
	chmod u+x "$NAME"
	numbered 101 150
	send
	wait_for warning warned
	well
	want_in 1 150 "$NAME"
}

# --- the directory ------------------------------------------------------------

directory_renamed() {
	small
	mv log away
	numbered 101 8100
	send
	soon_in "away/${NAME#log/}" 8100
	mkdir log
	wait_for "its end" grep -q "able to write .*$NAME again" err
	numbered 8101 8200
	send
	soon_in "$NAME" 100
	well
	want_in 1 8200 "away/${NAME#log/}" "$NAME"
}

directory_renamed_at_term() {
	started
	mv log away
	numbered 101 150
	send
	wait_for warning warned
	well
	want_in 1 150 "away/${NAME#log/}"
	[ ! -e log ] || fail "a directory was made"
}

directory_replaced() {
	started
	mv log away
	: >log
	numbered 101 150
	send
	wait_for warning warned
	well
	want_in 1 150 "away/${NAME#log/}"
	[ ! -s log ] || fail "it wrote to what is no directory"
}

directory_removed() {
	small perm=0640
	rm -r log
	numbered 101 8100
	send
	soon_in "$NAME" 8000
	said 'log is gone: going on in one that is made anew'
	well
	want_in 101 8100 "$NAME"
	[ "$(stat -c %a log)" = 750 ] || fail "mode $(stat -c %a log)"
}

directory_removed_at_term() {
	started
	rm -r log
	numbered 101 150
	send
	wait_for warning warned
	well
	want_in 101 150 "$NAME"
}

# Nothing is made through a link.
directory_dangles() {
	started
	mv log away
	rm away/*
	ln -s "$T/nowhere" log
	numbered 101 150
	send
	wait_for warning warned
	kill "$PID"
	await_end
	[ "$STATUS" -eq 74 ] || fail "status $STATUS"
	said 'gave up 50 lines'
	[ ! -e nowhere ] || fail "made through a link"
}

# --- midnight -----------------------------------------------------------------

# into WHAT: the next day's name is refused before it comes.
into() {
	local_time 86396
	start
	FIRST=$(today)
	NAME=log/$(old -1).log
	BESIDE=${NAME%.log}.1.log
	"put_$1" "$NAME"
	numbered 1 10
	send
	wait_lines 10
	midnight() { [ "$(today)" != "$FIRST" ]; }
	wait_for midnight midnight
	sleep 0.2
	numbered 11 20
	send
	wait_for warning warned
	well
	untouched
	want_in 1 10 "log/$FIRST.log"
	want_in 11 20 "$BESIDE"
}

midnight_directory() { into directory; }
midnight_link() { into link; }
midnight_executable() { into executable; }

midnight_renamed() {
	local_time 86396
	start
	FIRST=$(today)
	numbered 1 10
	send
	wait_lines 10
	mv log away
	midnight() { [ "$(today)" != "$FIRST" ]; }
	wait_for midnight midnight
	sleep 0.2
	numbered 11 20
	send
	wait_for warning warned
	well
	want_in 1 10 "away/$FIRST.log"
	want_in 11 20 "log/$(today).log"
}

# without_dir COMMAND: DIR is away, and the next day's lines find none.
without_dir() {
	local_time 86396
	start
	FIRST=$(today)
	numbered 1 10
	send
	wait_lines 10
	mv log away
	"$1"
	midnight() { [ "$(today)" != "$FIRST" ]; }
	wait_for midnight midnight
	sleep 0.2
	numbered 11 20
	send
	wait_for warning warned
}

put_file() { : >log; }
put_dangling_dir() { ln -s "$T/nowhere" log; }

into_yesterday() {
	without_dir "$1"
	well
	said 'going on in the file that was in use last$'
	want_in 1 20 "away/$FIRST.log"
	[ ! -e nowhere ] || fail "made through a link"
}

midnight_file() { into_yesterday put_file; }
midnight_dangling_dir() { into_yesterday put_dangling_dir; }

# While it runs, until DIR is there again.
midnight_file_running() {
	without_dir put_file
	soon_in "away/$FIRST.log" 20
	rm log
	mv away log
	wait_for "its end" grep -q 'able to write .* again' err
	numbered 21 30
	send
	soon_in "log/$(today).log" 10
	well
	want_in 1 20 "log/$FIRST.log"
	want_in 21 30 "log/$(today).log"
}

# --- a file for each sender ---------------------------------------------------

# One host's file is refused: others go on, and nothing of it is lost.
by_host() {
	start "file={host}/%Y-%m-%d.log" queue=1M wbuf=1024
	DAY=$(today)
	numbered 1 10 127.0.0.1
	TO=127.0.0.1 send
	soon_in "log/127.0.0.1/$DAY.log" 10
	rm "log/127.0.0.1/$DAY.log"
	mkdir "log/127.0.0.1/$DAY.log"
	numbered 11 8010
	send
	soon_in "log/127.0.0.1/$DAY.1.log" 8000
	well
	want_in 11 8010 "log/127.0.0.1/$DAY.1.log"
}

# A sender's directory can't be made: its lines fill no queue.
by_host_without_directory() {
	start "file={host}/%Y-%m-%d.log" queue=1M wbuf=1024
	DAY=$(today)
	numbered 1 10
	send
	soon_in "log/127.0.0.1/$DAY.log" 10
	: >log/127.0.0.2
	numbered 11 16010 10.0.0.2
	send
	soon_in "log/127.0.0.1/$DAY.log" 16010
	well
	want_in 1 16010 "log/127.0.0.1/$DAY.log"
	[ ! -s log/127.0.0.2 ] || fail "it wrote to what is no directory"
}

# At the end they go to another sender's file before they are given up.
by_host_at_term() {
	start "file={host}/%Y-%m-%d.log"
	DAY=$(today)
	: >log/127.0.0.2
	numbered 1 10
	send
	soon_in "log/127.0.0.1/$DAY.log" 10
	numbered 11 20 10.0.0.2
	send
	wait_for warning warned
	well
	said 'going on in the file that was in use last'
	want_in 1 20 "log/127.0.0.1/$DAY.log"
}

# The patience is ten seconds.
ten_seconds() {
	started
	rm "$NAME"
	mkdir "$NAME"
	numbered 101 110
	send
	wait_for warning warned
	sleep 5
	[ ! -e "$BESIDE" ] || fail "too soon"
	soon_in "$BESIDE" 10
	well
	want_in 101 110 "$BESIDE"
}

t "at the end lines go beside a directory" term_directory
t "at the end lines go beside a link" term_link
t "at the end lines go beside a link to nowhere" term_dangling
t "at the end lines go beside a FIFO" term_fifo
t "at the end lines go beside an executable file" term_executable
t "lines go beside a directory, until it is gone" running_directory
t "lines go beside a link, until it is gone" running_link
t "lines go beside a link to nowhere, until it is gone" running_dangling
t "lines go beside a FIFO, until it is gone" running_fifo
t "lines go beside an executable file, until it is gone" running_executable
t "names beside are refused as others are" several
t "a file beside that is there is added to" appended
t "a renamed file goes on while a directory is in its place" held_directory
t "a renamed file goes on while a link is in its place" held_link
t "what went to a renamed file is written again when that is removed" \
	held_and_removed
t "at the end lines go to a file that was made executable" made_executable
t "a file goes on in a directory that was renamed" directory_renamed
t "at the end lines go to a directory that was renamed" \
	directory_renamed_at_term
t "a file goes on when another is in its directory's place" directory_replaced
t "a directory that was removed is made anew" directory_removed
t "at the end a directory that was removed is made anew" \
	directory_removed_at_term
t "no directory is made through a link" directory_dangles
t "after midnight lines go beside a directory" midnight_directory
t "after midnight lines go beside a link" midnight_link
t "after midnight lines go beside an executable file" midnight_executable
t "after midnight a directory that was renamed is made anew" midnight_renamed
t "after midnight lines go to the file of yesterday if a file is in DIR's place" \
	midnight_file
t "after midnight lines go there if a link to nowhere is in DIR's place" \
	midnight_dangling_dir
t "yesterday's file goes on until DIR is there again" midnight_file_running
t "one sender's file that is refused fills no queue" by_host
t "a sender without a directory fills no queue" by_host_without_directory
t "at the end a sender without a directory has another's file" by_host_at_term
t "a name is waited for, ten seconds" ten_seconds
