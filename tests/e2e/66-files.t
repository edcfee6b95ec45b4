# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# A file for each sender: names, directories, many of them, few descriptors.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# told FILE: what stands in it, without stamps and senders.
told() { sed 's/^[^ ]* [^ ]* [^ ]* //' "$1"; }

by_host() {
	start 'file={host}/%Y/%m/%d-%H.{port}' perm=0640
	say 'one\n'
	wait_for "a file" test -e log/127.0.0.1
	finish
	file=$(find log -type f)
	case $file in
	log/127.0.0.1/[0-9][0-9][0-9][0-9]/[01][0-9]/[0-3][0-9]-[0-2][0-9].[0-9]*) ;;
	*) fail "$file" ;;
	esac
	[ "$(told "$file")" = one ] || fail "$(cat "$file")"
	[ "$(stat -c %a log/127.0.0.1)" = 750 ] || fail "mode of the directory"
	[ "$(stat -c %a "$file")" = 640 ] || fail "mode of the file"
}

by_name() {
	printf '127.0.0.1 box\n' >names
	start hosts=names 'file={host}_{address}/%Y%m%d'
	say 'one\n'
	wait_for "a file" test -e "log/box_127.0.0.1/$(date +%Y%m%d)"
	finish
}

refused_patterns() {
	for file in /%Y%m%d %Y%m .%Y%m%d a//%Y%m%d ../%Y%m%d %Y%m%d/ \
			%Y%m%d%x '{hots}%Y%m%d'; do
		"$UDPLOGGER" --check ip=127.0.0.1 port=0 "file=$file" \
			>out 2>err
		[ $? -eq 64 ] || fail "file=$file: not 64"
		[ "$(wc -l <err)" -eq 1 ] || fail "file=$file: $(cat err)"
	done
}

# senders COUNT LINES: they say so many lines, in turns.
senders() {
	awk -v count="$1" -v lines="$2" 'BEGIN {
		for (n = 1; n <= lines; n++)
			for (i = 1; i <= count; i++) {
				text = "line " n " of " i
				printf "@ 0 10.1.%d.%d 6665 %d\n%s\n\n",
					i / 250, i % 250 + 1, length(text) + 1, text
			}
	}' >rec.dgrams
}

# As many files have each LINES lines, of one sender, in order.
each_has() {
	for file in log/*/*.log; do
		awk -v lines="$2" '
			{ n = $(NF - 2); of = $NF }
			NR == 1 { first = of }
			n != NR || of != first { exit 1 }
			END { exit NR != lines }' "$file" ||
			fail "$file: $(head -n 3 "$file")"
	done
	[ "$(find log -name '*.log' | wc -l)" -eq "$1" ] ||
		fail "$(find log -name '*.log' | wc -l) files"
}

all_lines() { [ "$(cat log/*/*.log 2>/dev/null | wc -l)" -eq "$1" ]; }

many() {
	start file='{host}/%Y-%m-%d.log' "$@"
	senders 300 20
	send
	wait_for "all lines" all_lines 6000
	finish
	each_has 300 20
}

few_descriptors() {
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nulimit -n 64\nexec "%s" "$@"\n' "$UDPLOGGER" >few
	chmod +x few
	UDPLOGGER=$PWD/few
	many
	warned && fail "$(cat err)"
	:
}

# The disk is full for all of them, which is one fault, and has room again.
full_disk() {
	tmpfs size=2m
	start file='{host}/%Y-%m-%d.log'
	fill
	senders 200 10
	send
	warned() { grep -q 'No space left on device' err; }
	wait_for "a warning" warned
	nap
	rm log/filler
	wait_for "all lines" all_lines 2000
	finish
	each_has 200 10
	[ "$(grep -c 'No space' err)" -le 2 ] || fail "$(cat err)"
}

# One that is refused holds up nobody else.
one_refused() {
	start file='{host}/%Y-%m-%d.log'
	senders 20 1
	send
	wait_for "all lines" all_lines 20
	host=$(basename "$(dirname "$(find log -name '*.log' | head -n 1)")")
	today=log/$host/$(date +%Y-%m-%d).log
	mv "$today" log/kept
	mkdir "$today"
	senders 20 3
	send
	wait_for "the others" all_others
	rmdir "$today"
	wait_for "its lines" all_lines 79
	finish
}
all_others() { [ "$(cat log/*/*.log 2>/dev/null | wc -l)" -ge 76 ]; }

renamed() {
	start file='{host}/%Y-%m-%d.log'
	senders 100 2
	send
	wait_for "all lines" all_lines 200
	for file in log/*/*.log; do mv "$file" "$file.1"; done
	kill -s HUP "$PID"
	senders 100 3
	send
	wait_for "new files" all_lines 300
	finish
	[ "$(cat log/*/*.log.1 | wc -l)" -eq 200 ] || fail "old files changed"
}

few_files() {
	start files=3 'file={host}-{port}/%Y-%m-%d.log'
	senders 6 1
	send
	wait_for "six lines" all_lines 6
	finish
	[ "$(grep -c 'warning: files=3 are there' err)" -eq 1 ] ||
		fail "$(cat err)"
	[ -d log/others-0 ] || fail "no others: $(ls log)"
	[ "$(find log -mindepth 1 -type d | wc -l)" -eq 4 ] ||
		fail "$(ls log)"
}

# The files of an earlier run count, too.
after_a_restart() {
	start files=3 'file={host}/%Y-%m-%d.log'
	senders 3 1
	send
	wait_for "three lines" all_lines 3
	finish
	start files=3 'file={host}/%Y-%m-%d.log'
	senders 5 1
	send
	wait_for "five lines more" all_lines 8
	finish
	[ "$(cat log/others/*.log | wc -l)" -eq 2 ] || fail "$(ls log)"
	[ "$(find log -name '*.log' | wc -l)" -eq 4 ] || fail "$(ls log)"
}

# --check names each file of today that is refused, and leaves nothing.
checked() {
	day=$(date +%Y-%m-%d)
	mkdir -p log/a log/b "log/c/$day.log" log/d
	: >"log/a/$day.log"
	ln -s nowhere "log/b/$day.log"
	mkfifo "log/d/$day.log"
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log \
		'file={host}/%Y-%m-%d.log' >out 2>err
	[ $? -eq 1 ] || fail "not 1: $(cat out err)"
	grep -q "/log/b/$day.log: is a symbolic link$" err || fail "$(cat err)"
	grep -q "/log/c/$day.log: is a directory$" err || fail "$(cat err)"
	grep -q "/log/d/$day.log: is not a regular file$" err ||
		fail "$(cat err)"
	[ "$(wc -l <err)" -eq 3 ] || fail "$(cat err)"
	rm -r log/[bcd]
	"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log \
		'file={host}/%Y-%m-%d.log' >out 2>err || fail "$(cat err)"
	[ "$(find log | wc -l)" -eq 3 ] || fail "$(find log)"
}

too_long() {
	dir=$(printf '/%0255d' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
	for option in --check port=0; do
		"$UDPLOGGER" "$option" ip=127.0.0.1 port=0 "dir=$dir" \
			"file=%Y%m%d$(printf '%0245d' 0)" >out 2>err
		[ $? -eq 64 ] || fail "not 64: $(cat err)"
		grep -q '^udplogger: dir=.*: too long for file=' err ||
			fail "$(cat err)"
	done
}

t "--check names files of today that are refused" checked
t "paths that are too long for the system are refused" too_long
t "file= makes directories, with their modes" by_host
t "names of hosts= name files" by_name
t "what is no pattern is refused" refused_patterns
t "beyond files= senders share a file" few_files
t "300 senders have a file each" many
t "with few descriptors they take turns" few_descriptors
t "a full disk is one fault for all files" full_disk
t "a file that is refused holds up nobody else" one_refused
t "all files are renamed, and HUP has them made anew" renamed
t "files of an earlier run count for files=" after_a_restart
