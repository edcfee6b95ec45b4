# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# The files of incidents: written, kept and removed as those of the log are.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

INCIDENTS='.incidents'

oops() {
	d "${2-10.0.0.1}" 5001 '[    1.000000] BUG: unable to handle %s\n' "$1"
	send
}

# told FILE TITLE...: each of them began, in this order.
told() {
	file=$1
	shift
	printf '%s\n' "$@" >.titles
	sed -n 's/^.* [a-z]*: \(Kernel panic - not syncing: \|BUG: unable to handle \)//p' \
		"$file" >.told
	cmp -s .titles .told || fail "not $*: $(cat "$file")"
}

# soon FILE COUNT: so many lines are there.
soon() {
	enough() { [ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
	wait_for "$2 lines in $1" enough "$1" "$2"
}

# Bytes are those of the manual.
is_whole() {
	[ -z "$(tail -c 1 "$1")" ] || fail "no LF at the end: $(cat "$1")"
	! grep -v '^[0-9-]* [0-9:]* [0-9.]*:[0-9]* [a-z]*\(:\| ended ([a-z]*): [0-9]* lines, [0-9.]* s, [0-9]* lost\)' \
		"$1" || fail "other lines"
}

begin_and_end() {
	start incidents=yes perm=0640
	d 10.0.0.1 5001 'Kernel panic - not syncing: one\n'
	d 10.0.0.1 5001 'its trace\n'
	send
	FILE=log/$(today)$INCIDENTS
	soon "$FILE" 2
	finish
	is_whole "$FILE"
	told "$FILE" one
	grep -q ' panic ended (silence): 2 lines, [0-9.]* s, 0 lost$' "$FILE" ||
		fail "$(cat "$FILE")"
	# shellcheck disable=SC2012
	[ "$(ls -l "$FILE" | cut -c 1-10)" = -rw-r----- ] ||
		fail "$(ls -l "$FILE")"
	# The log has the lines alone.
	[ "$(wc -l <"log/$(today).log")" -eq 2 ] || fail "in the log"
}

json() {
	start incidents=yes format=json
	say 'Kernel panic - not syncing: one "quoted"\033[2J\t\377\n'
	finish
	FILE=log/$(today)$INCIDENTS
	has python3
	"$E2E/../tools/json-lines" <"$FILE" >.said || fail "$(cat .said)"
	grep -q '"class":"panic","title":"Kernel panic - not syncing: one \\"quoted\\"\\\\x1b\[2J\\t\\\\xff"}$' \
		"$FILE" || fail "$(cat "$FILE")"
	grep -q '"class":"panic","ended":"open","lines":1,"bytes":[0-9]*,"seconds":0.0,"lost":0}$' \
		"$FILE" || fail "$(cat "$FILE")"
}

# Whatever file= is, they are in DIR itself; and the end is written at TERM.
senders() {
	start incidents=yes file='{host}/%Y/%m-%d.log'
	oops one
	oops two 10.0.0.2
	finish
	FILE=log/$(today)$INCIDENTS
	told "$FILE" one two
	[ "$(grep -c ' oops ended (open): 1 lines' "$FILE")" -eq 2 ] ||
		fail "$(cat "$FILE")"
	# shellcheck disable=SC2012
	[ "$(find log -name "*$INCIDENTS" | wc -l)" -eq 1 ] || fail "several"
}

nothing_to_tell() {
	start incidents=yes
	numbered 1 100
	send
	wait_lines 100
	finish
	[ ! -e "log/$(today)$INCIDENTS" ] || fail "$(cat log/*$INCIDENTS)"
}

# An incident that began yesterday ends there, if its last line was there.
midnight() {
	local_time 86397
	start incidents=yes
	YESTERDAY=log/$(today)$INCIDENTS
	oops one
	next_day() { [ "log/$(today)$INCIDENTS" != "$YESTERDAY" ]; }
	wait_for midnight next_day
	oops two 10.0.0.2
	finish
	told "$YESTERDAY" one
	told "log/$(today)$INCIDENTS" two
	is_whole "$YESTERDAY"
	[ "$(cat log/*$INCIDENTS | wc -l)" -eq 4 ] || fail "not four lines"
}

restart() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	finish
	# A line that a kill has torn gets its LF.
	printf 'torn' >>"$FILE"
	start incidents=yes
	oops two
	finish
	told "$FILE" one two
	grep -qx torn "$FILE" || fail "$(cat "$FILE")"
	[ "$(wc -l <"$FILE")" -eq 5 ] || fail "$(cat "$FILE")"
}

killed() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	soon "$FILE" 1
	kill -s KILL "$PID"
	wait_for end gone "$PID"
	start incidents=yes
	oops two
	finish
	told "$FILE" one two
	is_whole "$FILE"
}

rotation() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	soon "$FILE" 1
	mv "$FILE" "$FILE.1"
	# By the name, without HUP.
	oops two 10.0.0.2
	soon "$FILE" 1
	mv "$FILE" "$FILE.2"
	kill -s HUP "$PID"
	oops three 10.0.0.3
	soon "$FILE" 1
	finish
	for n in 1 2; do
		is_whole "$FILE.$n"
	done
	cat "$FILE.1" "$FILE.2" "$FILE" >all
	told all one two three
	[ "$(wc -l <all)" -eq 6 ] || fail "$(cat all)"
}

# logrotate truncates in place, others replace.
truncated() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	soon "$FILE" 1
	cp "$FILE" copy
	: >"$FILE"
	oops two 10.0.0.2
	soon "$FILE" 1
	finish
	cat copy "$FILE" >all
	told all one two
}

deleted_directory() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	soon "$FILE" 1
	cp "$FILE" copy
	rm -r log
	oops two 10.0.0.2
	# The log is refused for ten seconds before DIR is made anew.
	again() { [ -s "$FILE" ]; }
	wait_for "$FILE" again
	finish
	cat copy "$FILE" >all
	grep -q two all || fail "$(cat all)"
	grep -q 'log is gone: going on in one that is made anew' err ||
		fail "$(cat err)"
}

full_disk() {
	tmpfs size=256k
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	oops one
	soon "$FILE" 1
	fill
	# More than the last page of each file has room for.
	numbered 1 1000
	send
	set --
	for n in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		title=$(printf '%0200d' $n)
		oops "$title" "10.0.0.$n"
		set -- "$@" "$title"
	done
	wait_for warning warned
	rm log/filler
	wait_lines 1020
	finish
	is_whole "$FILE"
	told "$FILE" one "$@"
	[ "$(wc -l <"$FILE")" -eq 40 ] || fail "$(wc -l "$FILE")"
	! grep -q 'gave up' err || fail "$(cat err)"
}

# A name that is refused for long has others beside it.
obstacle() {
	FILE=log/$(today)$INCIDENTS
	start incidents=yes
	mkdir "$FILE"
	oops one
	wait_for warning warned
	finish
	told "log/$(today).1$INCIDENTS" one
	grep -q "going on in $(today).1$INCIDENTS\$" err || fail "$(cat err)"
}

refused_at_start() {
	mkdir -p "log/$(today)$INCIDENTS"
	for mode in --check ''; do
		# shellcheck disable=SC2086 # it may be none
		timeout "$E2E_LIMIT" "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log \
			incidents=yes $mode </dev/null >out 2>err
		[ $? -eq 1 ] || fail "exit status $? with $mode: $(cat err)"
		grep -q "dir=log: unable to open .*/log/$(today)$INCIDENTS: is a directory" \
			err || fail "$(cat err)"
	done
	"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log --check </dev/null >out 2>err ||
		fail "without incidents: $(cat err)"
}

no_such_names() {
	for file in '%Y-%m-%d.incidents' '%Y-%m-%d.{host}'; do
		"$UDPLOGGER" port=0 dir=. incidents=yes "file=$file" --check \
			</dev/null >out 2>err
		[ $? -eq 64 ] || fail "allowed: $file"
		grep -q "incidents=yes: not allowed with file=" err ||
			fail "$(cat err)"
	done
	printf 'incidents=yes\nfile=%%Y-%%m-%%d.{host}\n' >conf
	"$UDPLOGGER" port=0 dir=. conf=conf --check </dev/null >out 2>err
	[ $? -eq 64 ] || fail "allowed in a file"
	grep -q '^udplogger: conf:2: incidents=yes: not allowed with file=' \
		err || fail "$(cat err)"
}

retention() {
	mkdir log
	for days in 1 5 9; do
		echo x >"log/$(old $days).log"
		echo x >"log/$(old $days)$INCIDENTS"
	done
	gzip -c conf >"log/$(old 9).1$INCIDENTS.gz" 2>/dev/null ||
		echo x >"log/$(old 9).1$INCIDENTS.gz"
	mkdir "log/$(old 8)$INCIDENTS"
	start incidents=yes keep=7
	removed() { [ "$(grep -c 'udplogger: removed ' err)" -ge 3 ]; }
	wait_for removals removed
	oops one
	finish
	for days in 1 5; do
		[ -f "log/$(old $days)$INCIDENTS" ] || fail "$days days is gone"
	done
	[ -d "log/$(old 8)$INCIDENTS" ] || fail "a directory is gone"
	# shellcheck disable=SC2010
	! ls log | grep "$(old 9)" || fail "it is there"
	grep -q "udplogger: removed .*/log/$(old 9)$INCIDENTS (keep=)\$" err ||
		fail "$(cat err)"
	told "log/$(today)$INCIDENTS" one
}

for_room() {
	mkdir log
	for days in 0 5 6 7; do
		dd if=/dev/zero of="log/$(old $days).log" bs=1024 count=400 \
			2>/dev/null
		dd if=/dev/zero of="log/$(old $days)$INCIDENTS" bs=1024 count=1 \
			2>/dev/null
	done
	start incidents=yes max=1300K
	removed() { [ "$(grep -c 'udplogger: removed ' err)" -ge 2 ]; }
	wait_for removals removed
	sleep 1
	finish
	[ "$(sed -n 's/^.*removed .*\/log\///p' err | tr '\n' ' ')" = \
		"$(old 7).log (max=) $(old 7)$INCIDENTS (max=) " ] ||
		fail "$(cat err)"
}

t "an incident's begin and end are told, in the mode of perm=" begin_and_end
t "with format=json they are objects" json
t "with a file for each sender they stand in DIR itself" senders
t "without incidents there is no such file" nothing_to_tell
t "the day of a line decides, over midnight" midnight
t "a new run appends, behind a LF" restart
t "after a kill no line is torn" killed
t "a renamed file is left, at HUP and without" rotation
t "a truncated file goes on from its begin" truncated
t "a deleted directory is made anew" deleted_directory
t "a full disk loses none of it" full_disk
t "a refused name has others beside it" obstacle
t "--check and the start name a file that is refused" refused_at_start
t "file= can't make such names" no_such_names
t "they are kept and removed by age with their day" retention
t "for room they go with the log of their day" for_room
