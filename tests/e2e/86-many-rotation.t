# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Files and directories of hosts that are rotated, renamed, removed, locked and
# replaced in the middle of a stream.  No line may be missing, but those that
# were removed; a line may stand twice.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

ROUNDS=5
RATE=3000
LAST=9000 # lines that a case sends
HOSTS=20

# streaming: with a stream of RATE lines a second of HOSTS senders.
streaming() {
	start 'file={host}/%Y-%m-%d.log' "$@"
	echo "$PID" >pid
	awk -v last=$LAST -v gap=$((1000000 / RATE)) -v hosts=$HOSTS 'BEGIN {
		for (i = 1; i <= last; i++)
			printf "@ %d 10.0.0.%d 5001 12\nline %06d\n\n",
				(i - 1) * gap, i % hosts + 1, i
	}' >stream
	send_in_background stream --speed=1
	wait_for "first lines" each_has_one
	# Some host that is there.
	for HOST in log/*; do :; done
	HOST=${HOST#log/}
}

each_has_one() {
	[ "$(find log -name '*.log' | wc -l)" -eq $HOSTS ]
}

# gather: all lines, of files that may be compressed.
gather() {
	sent_all
	finish
	find -L log gone* -name '*.gz' -exec gzip -d {} + 2>/dev/null
	find -L log gone* -type f -exec cat {} + >everything 2>/dev/null
	sed 's/ a[01] line / 127.0.0.1:5001 line /' everything >plain
	whole plain
	sed 's/.* line /line /' everything | sort -u >.texts
}

# want_each: all are in some file, each with those of one sender.
want_each() {
	gather
	awk -v last=$LAST 'BEGIN {
		for (i = 1; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
	twice=$(($(wc -l <everything) - LAST))
	[ "$twice" -le $((LAST / 20)) ] || fail "$twice lines stand twice"
	find -L log -type f -exec awk '
		FNR == 1 { sender = $3 }
		$3 != sender { print FILENAME ": " $0; exit 1 }' {} + \
		>misplaced || fail "$(cat misplaced)"
}

# rotating LINE...: logrotate with these lines in its configuration.
rotating() {
	LOGROTATE=$(PATH=$PATH:/usr/sbin:/sbin command -v logrotate) ||
		skip "no logrotate here"
	has gzip
	streaming
	{
		echo "$T/log/*/*.log {"
		printf ' rotate 100\n size 1\n missingok\n'
		printf ' %s\n' "$@"
		echo "}"
	} >rotate.conf
	chmod 644 rotate.conf
	chmod 755 log log/*
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		"$LOGROTATE" -s "$T/state" -f "$T/rotate.conf" 2>said ||
			fail "logrotate: $(cat said)"
	done
	want_each
	warned && fail "$(cat err)"
	:
}

compressed() {
	rotating compress nocreate
}

created() {
	rotating nocompress 'create 600'
}

compressed_and_created() {
	rotating compress 'create 600'
}

# shellcheck disable=SC2016 # expanded when logrotate runs it
signalled() {
	rotating compress nocreate sharedscripts postrotate \
		'kill -HUP $(cat '"$T/pid"')' endscript
}

# meddling COMMAND...: some times in the middle of the stream.
meddling() {
	streaming
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.2
		"$@" || fail "$*"
	done
}

move_directory() {
	mv "log/$HOST" "gone.$round"
}

directory_moved() {
	meddling move_directory
	want_each
}

lock_directory() {
	chmod 000 "log/$HOST"
	sleep 0.2
	chmod 700 "log/$HOST"
}

# Not as root, who may do all.
directory_locked() {
	if [ "$(id -u)" -eq 0 ]; then
		has_setpriv
		mkdir log
		chown 65534:65534 log
		chmod 711 . || fail "chmod"
		set -- uid=65534 gid=65534
	fi
	streaming "$@"
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.2
		lock_directory
		kill -s HUP "$PID"
	done
	want_each
}

# What was in it is gone, and nothing else.
remove_directory() {
	rm -rf "log/$HOST"
}

directory_removed() {
	meddling remove_directory
	gather
	tail -n 1 "log/$HOST"/*.log | grep -q line || fail "no new directory"
	# All of other hosts are there.
	sed 's/.* line //' everything | sort -u |
		awk -v hosts=$HOSTS '
			{ n[$1 % hosts]++ }
			END { for (i in n) print n[i] }' | sort -n >each
	[ "$(sed -n '2,$p' each | sort -u)" = $((LAST / HOSTS)) ] ||
		fail "of others: $(uniq -c each)"
}

# A file in place of a directory holds up that host alone.
occupied() {
	streaming
	stopped() { grep -q '^State:.*T' "/proc/$PID/status"; }
	kill -s STOP "$PID"
	wait_for "it to stop" stopped
	mv "log/$HOST" "gone"
	: >"log/$HOST"
	kill -s CONT "$PID"
	sleep 0.3
	rm "log/$HOST"
	want_each
}

stop_and_go() {
	kill -s STOP "$PID"
	sleep 0.1
	mv "log/$HOST" "gone.$round"
	kill -s CONT "$PID"
}

stopped() {
	meddling stop_and_go
	want_each
}

# Directories may be elsewhere; it is their files that must be no links.
linked() {
	mkdir elsewhere
	streaming
	kill -s STOP "$PID"
	mv "log/$HOST" "elsewhere/$HOST"
	ln -s "../elsewhere/$HOST" "log/$HOST"
	kill -s CONT "$PID"
	sleep 0.3
	mv "elsewhere/$HOST/$(today).log" "elsewhere/$HOST/before"
	want_each
	[ -s "elsewhere/$HOST/$(today).log" ] || fail "$(ls -R elsewhere)"
}

# change_names: the same host has other names, and shares one with another.
change_names() {
	printf '%s a%d\n127.0.0.1 a%d\n' "$HOST" $((round % 2)) \
		$((round % 2)) >names
	kill -s HUP "$PID"
}

renamed_by_hosts() {
	: >names
	streaming hosts=names
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.2
		change_names
	done
	gather
	awk -v last=$LAST 'BEGIN {
		for (i = 1; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
	[ "$(wc -l <everything)" -eq $LAST ] || fail "lines stand twice"
	cat log/a[01]/*.log >named || fail "no such names: $(ls log)"
	grep -v ' a[01] line ' named && fail "another name"
	find log -path 'log/127*' -type f -exec grep -l ' a[01] ' {} + >misplaced
	[ ! -s misplaced ] || fail "$(cat misplaced)"
}

t "logrotate that compresses the files of hosts loses nothing" compressed
t "logrotate that makes their new files loses nothing" created
t "logrotate that does both loses nothing" compressed_and_created
t "logrotate that sends HUP loses nothing of hosts" signalled
t "a host's directory that is moved away is made anew" directory_moved
t "a host's directory may be locked for a while" directory_locked
t "a host's directory that is removed is made anew" directory_removed
t "a file may stand in place of a directory for a while" occupied
t "a directory is moved while the daemon is stopped" stopped
t "a host's directory may be elsewhere, by a symbolic link" linked
t "a host's name may change while lines come" renamed_by_hosts
