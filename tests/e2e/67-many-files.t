# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Very many senders with a file each: floods, midnight, disks that fill.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

PATTERN='{host}_{port}/%Y-%m-%d.log'

# Raw sockets make so many senders.  Their files are in memory.
spoofed() {
	can_make "$1"
	tmpfs size=600m
}

# flood SENDERS FIRST COUNT: lines, in turns; FIRST counts from 0.
flood() {
	can_make "$1"
	"$LOAD" port="$PORT" sources="$1" first="$2" count="$3" \
		rate="${RATE-25000}" >load.out || fail "load: $(cat load.out)"
}

count_lines() {
	find log -name '*.log' -exec cat {} + | wc -l
}

have_lines() { [ "$(count_lines)" -ge "$1" ]; }

# All files, those of the day before first.
all_files() {
	find log -name "${before-none}.log" -exec cat {} +
	find log -name '*.log' ! -name "${before-none}.log" -exec cat {} +
}

files_of() {
	find "$@" -name '*.log' | wc -l
}

# A look at so many takes a while itself.
have_files() {
	sleep 1
	[ "$(files_of log)" -ge "$1" ]
}

# check_flood SENDERS LINES: all are there, once, whole, in order.
check_flood() {
	grep -q 'datagrams lost' err && skip "lines did not get in"
	all_files >flood.log
	"$CHECK" sources="$1" lines="$2" flood.log >checked ||
		fail "$(cat checked)"
}

# Each file has lines of one sender alone, that of its directory.
check_places() {
	find log -name '*.log' -exec awk '
		{ split(FILENAME, part, "/"); sub(":", "_", $3) }
		part[2] != "others_0" && part[2] != $3 {
			print FILENAME ": " $0
			exit 1
		}' {} + >misplaced || fail "$(head -n 2 misplaced)"
}

sixty_thousand() {
	spoofed 60000
	start "file=$PATTERN" files=65536 clients=65536 rbuf=256M
	flood 60000 0 60000
	export E2E_LIMIT=120
	wait_for "all files" have_files 60000
	finish
	check_flood 60000 60000
	[ "$(files_of log)" -eq 60000 ] || fail "$(files_of log) files"
	warned && fail "$(head -n 5 err)"
	:
}

# The default of files= holds; the others share one.
beyond_files() {
	spoofed 11000
	start "file=$PATTERN" clients=65536 rbuf=256M
	flood 11000 0 22000
	finish
	check_flood 11000 22000
	[ "$(files_of log)" -eq 10001 ] || fail "$(files_of log) files"
	[ "$(cat log/others_0/*.log | wc -l)" -eq 2000 ] || fail "of others"
	[ "$(grep -c 'files=10000 are there' err)" -eq 1 ] || fail "$(cat err)"
	check_places
}

# The day changes in a few seconds, with 10,000 files.
midnight() {
	spoofed 10000
	local_time 86390
	before=$(today)
	start "file=$PATTERN" clients=65536 rbuf=256M "$@"
	flood 10000 0 10000
	changed() { [ "$(today)" != "$before" ]; }
	changed && skip "this machine is too slow"
	wait_for "midnight" changed
	flood 10000 10000 10000
	finish
	check_flood 10000 20000
	[ "$(find log -name "$before.log" | wc -l)" -eq 10000 ] ||
		fail "$(find log -name "$before.log" | wc -l) files before"
	[ "$(find log -name "$(today).log" | wc -l)" -eq 10000 ] ||
		fail "$(find log -name "$(today).log" | wc -l) files after"
}

few_descriptors() {
	spoofed 3000
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nulimit -n 64\nexec "%s" "$@"\n' "$UDPLOGGER" >few
	chmod +x few
	UDPLOGGER=$PWD/few
	start "file=$PATTERN" clients=65536 rbuf=256M
	flood 3000 0 9000
	finish
	check_flood 3000 9000
	check_places
	warned && fail "$(head -n 5 err)"
	:
}

# image KIND MKFS...: a file system of that kind at log/.
image() {
	own_namespace -m
	kind=$1
	shift
	PATH=$PATH:/usr/sbin:/sbin
	has "$1"
	truncate -s "$SIZE" image || skip "no sparse files here"
	"$@" image >made 2>&1 || skip "$1: $(tail -n 1 made)"
	mkdir -p log
	mount -t "$kind" -o loop image log 2>/dev/null ||
		skip "cannot mount $kind by a loop"
	chmod 755 log
}

# A disk is full before the hosts have their directories, and has room again:
# one fault, however many files.
fills() {
	start "file=$PATTERN" clients=1000
	flood 600 0 300
	wait_for "first lines" have_lines 300
	fill
	flood 600 300 2700
	wait_for "a warning" warned
	nap
	rm log/filler
	wait_for "all lines" have_lines 3000
	finish
	check_flood 600 3000
	check_places
	[ "$(grep -c 'warning' err)" -le 4 ] || fail "$(cat err)"
}

SIZE=64M

small_tmpfs() {
	tmpfs size=4m
	fills
}

few_inodes() {
	tmpfs size=64m,nr_inodes=500
	start "file=$PATTERN" clients=1000
	flood 600 0 3000
	wait_for "a warning" warned
	nap
	mount -o remount,nr_inodes=5000 log || skip "cannot remount"
	wait_for "all lines" have_lines 3000
	finish
	check_flood 600 3000
	check_places
	[ "$(grep -c 'warning' err)" -le 2 ] || fail "$(cat err)"
}

on_ext4() {
	image ext4 mkfs.ext4 -q -F -m 0 -N 4096
	fills
}

on_xfs() {
	SIZE=320M image xfs mkfs.xfs -q
	fills
}

on_btrfs() {
	SIZE=128M image btrfs mkfs.btrfs -q -M
	fills
}

# Old files go, for age and for room, while today's are written.
removal() {
	past=$(old 3)
	mkdir log
	for host in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		mkdir "log/old${host}_1"
		dd if=/dev/zero of="log/old${host}_1/$past.log" bs=1024 \
			count=200 2>/dev/null
		: >"log/old${host}_1/2001-02-03.log"
	done
	start "file=$PATTERN" clients=1000 keep=30 max=1M
	RATE=3000 flood 300 0 6000
	# Five of them take less than max=, if nothing else is there yet.
	few_old() { [ "$(find log/old* -type f 2>/dev/null | wc -l)" -le 5 ]; }
	wait_for "removal" few_old
	finish
	[ "$(find log -name "$(today).log" | wc -l)" -ge 300 ] ||
		fail "today's files are gone"
	rm -rf log/old*
	check_flood 300 6000
	grep -q 'removed .*/log/old[0-9_]*/2001-02-03.log (keep=)' err ||
		fail "$(head -n 5 err)"
	grep -q "removed .*/log/old[0-9_]*/$past.log (max=)" err ||
		fail "$(head -n 5 err)"
}

t "60,000 senders have a file each" sixty_thousand
t "beyond files= the others share a file" beyond_files
t "at midnight 10,000 files change" midnight
t "64 descriptors serve 3,000 files" few_descriptors
t "a full tmpfs is one fault for all hosts" small_tmpfs
t "no inode for directories is one fault for all hosts" few_inodes
t "a full ext4 is one fault for all hosts" on_ext4
t "a full xfs is one fault for all hosts" on_xfs
t "a full btrfs is one fault for all hosts" on_btrfs
t "old files go while lines come" removal
