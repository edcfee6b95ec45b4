# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Files that are renamed, compressed and removed in the middle of a stream, by
# logrotate(8) and by others.  No line may be missing; a line may stand twice.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

ROUNDS=10
RATE=3000
LAST=13000 # lines that a case sends at most

# streaming: with a stream of RATE lines a second.
streaming() {
	start "$@"
	echo "$PID" >pid
	NAME=log/$(today).log
	paced 1 $LAST $RATE
	mv rec.dgrams stream
	send_in_background stream --speed=1
	wait_for "first line" test -s "$NAME"
}

# want_each: the lines are all in some file, compressed or not, whole.
want_each() {
	sent_all
	finish
	for file in log/* gone*; do
		case $file in
		*.gz) gzip -d "$file" ;;
		esac
	done
	cat log/* gone* 2>/dev/null >everything
	whole everything
	sed 's/.* line /line /' everything | sort -u >.texts
	awk -v last=$LAST 'BEGIN {
		for (i = 1; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
	twice=$(($(wc -l <everything) - LAST))
	[ "$twice" -le $((LAST / 20)) ] || fail "$twice lines stand twice"
	! warned || fail "$(cat err)"
}

# rotating: logrotate with the configuration rotate.conf.
rotating() {
	LOGROTATE=$(PATH=$PATH:/usr/sbin:/sbin command -v logrotate) ||
		skip "no logrotate here"
	has gzip
	chmod 644 rotate.conf
	streaming
	chmod 755 log
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.3
		"$LOGROTATE" -s "$T/state" -f "$T/rotate.conf" 2>said ||
			fail "logrotate: $(cat said)"
	done
}

# rotating_with LINE...: these lines are in the configuration.
rotating_with() {
	cat >rotate.conf <<-EOF
		$T/log/*.log {
			rotate 100
			size 1
			$(printf '%s\n' "$@")
		}
	EOF
	rotating
	want_each
}

# as_in_log FILE: rotate.conf is FILE, for log/.
as_in_log() {
	sed "s|^/var/log/udplogger|$T/log|;s|^[[:space:]]su .*||" \
		"$1" >rotate.conf
	chmod 644 rotate.conf
}

# What comes of it has names by which udplogger removes it in time.
as_installed() {
	as_in_log "$INIT/udplogger.logrotate"
	rotating
	for file in log/*; do
		case $file in
		*/????-??-??.log | */????-??-??.*[0-9].log.gz) ;;
		*) fail "it makes $file" ;;
		esac
	done
	[ "$(find log -name '*.gz' | wc -l)" -eq $ROUNDS ] ||
		fail "not rotated $ROUNDS times: $(ls log)"
	want_each
}

# Each sender has one incident, which is told of once, in whatever file it is.
incidents_as_installed() {
	LOGROTATE=$(PATH=$PATH:/usr/sbin:/sbin command -v logrotate) ||
		skip "no logrotate here"
	has gzip
	as_in_log "$INIT/udplogger.logrotate"
	start incidents=yes
	chmod 755 log
	FILE=log/$(today).incidents
	seen() { grep -q "BUG: unable to handle $round\$" "$FILE"; }
	round=0
	while [ $((round += 1)) -le 9 ]; do
		d "10.0.0.$round" 5001 'BUG: unable to handle %d\n' $round
		send
		wait_for "incident $round" seen
		"$LOGROTATE" -s "$T/state" -f "$T/rotate.conf" 2>said ||
			fail "logrotate: $(cat said)"
	done
	finish
	for file in log/*.incidents*; do
		case $file in
		*/????-??-??.incidents | */????-??-??.[1-9].incidents.gz) ;;
		*) fail "it makes $file" ;;
		esac
	done
	[ "$(find log -name '*.incidents.gz' | wc -l)" -eq 9 ] ||
		fail "not rotated 9 times: $(ls log)"
	"$UDPLOGGER" --incidents dir=log format=json >told ||
		fail "status $?: $(ls log)"
	sed -n 's/.*"title":"\(BUG: [^"]*\)".*/\1/p' told | sort >numbers
	round=0
	while [ $((round += 1)) -le 9 ]; do
		echo "BUG: unable to handle $round"
	done >wanted
	same wanted numbers
	! warned || fail "$(cat err)"
}

compressed() {
	rotating_with compress nocreate
}

compressed_later() {
	rotating_with compress delaycompress nocreate
}

not_compressed() {
	rotating_with nocompress nocreate
}

# The new file is there before us.
created() {
	rotating_with compress 'create 600'
}

signalled() {
	# shellcheck disable=SC2016 # expanded when logrotate runs it
	rotating_with compress nocreate postrotate 'kill -HUP $(cat '"$T/pid"')' \
		endscript
}

# moved PAUSE: renamed, read to the end, and removed a while later.
moved() {
	streaming
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.3
		mv "$NAME" log/old
		cat log/old >>gone
		sleep "$1"
		rm log/old
	done
	want_each
}

moved_fast() {
	moved 0
}

moved_slowly() {
	moved 0.4
}

# What is read is what the file had at first, as tar(1) does it.
moved_by_size() {
	streaming
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.3
		mv "$NAME" log/old
		size=$(wc -c <log/old)
		sleep 0.05
		head -c "$size" log/old >>gone
		rm log/old
	done
	# A size in mid-line can't be: lines are written whole.
	want_each
}

# The second name is compressed away, as a backup by hard links is.
linked() {
	streaming
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.3
		ln "$NAME" log/old || skip "no hard links here"
		rm "$NAME"
		cat log/old >>gone
		rm log/old
	done
	want_each
}

# Another file takes its place.
replaced() {
	streaming
	round=0
	while [ $((round += 1)) -le $ROUNDS ]; do
		sleep 0.3
		ln "$NAME" "log/old.$round" || skip "no hard links here"
		: >log/new
		mv log/new "$NAME"
	done
	want_each
}

t "logrotate that compresses at once loses nothing" compressed
t "logrotate as it is installed loses nothing" as_installed
t "logrotate as it is installed leaves incidents that are still told" \
	incidents_as_installed
t "logrotate that compresses at the next time loses nothing" compressed_later
t "logrotate that does not compress loses nothing" not_compressed
t "logrotate that makes the new file loses nothing" created
t "logrotate that sends HUP loses nothing" signalled
t "a mover that is faster than any look loses nothing" moved_fast
t "a mover that takes its time loses nothing" moved_slowly
t "a mover that reads no more than there was at first loses nothing" \
	moved_by_size
t "a file that loses its names one by one loses nothing" linked
t "a file that is replaced under its name loses nothing" replaced
