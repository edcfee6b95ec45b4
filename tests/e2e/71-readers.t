# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Questions about what was written: --incidents and --show, over files as the
# daemon writes them.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# ask STATUS ARGUMENT...: the answer is in answer, what was said in err.  RUN is
# what runs the program.
ask() {
	wanted=$1
	shift
	# shellcheck disable=SC2086 # RUN is a command with its arguments
	${RUN-} "$UDPLOGGER" "$@" >answer 2>err </dev/null
	status=$?
	[ "$status" -eq "$wanted" ] || fail "$*: status $status," \
		"$(head -n 3 answer err)"
}

# answered FORMAT...: the answer is this.
# shellcheck disable=SC2059 # the format is the caller's
answered() {
	printf "$@" >.wanted
	cmp -s .wanted answer || fail "answered: $(diff .wanted answer | head -n 8)"
}

# Two days of text: 10.0.0.1 boots, oopses and panics at midnight, and boots.
two_days() {
	mkdir -p log
	cat >log/2026-11-28.incidents <<-'EOT'
		2026-11-28 10:00:00 10.0.0.1:6665 boot: 6.12.1, before that unknown
		2026-11-28 11:00:00 web1 sysrq: sysrq: Show State
		2026-11-28 11:00:02 web1 sysrq ended (silence): 3 lines, 2.0 s, 0 lost, 2 tasks
		2026-11-28 23:59:59 10.0.0.1:6665 oops: BUG: unable to handle page fault
		2026-11-28 23:59:59 10.0.0.1:6665 oops ended (panic): 2 lines, 0.1 s, 0 lost
		2026-11-28 23:59:59 10.0.0.1:6665 panic: Kernel panic - not syncing: Fatal exception
	EOT
	cat >log/2026-11-29.incidents <<-'EOT'
		2026-11-29 00:00:01 10.0.0.1:6665 panic ended (silence): 3 lines, 1.2 s, 2 lost, after oops
		2026-11-29 00:01:00 10.0.0.1:6665 boot: 6.12.1, before that panic
		2026-11-29 00:02:00 udplogger: 7 incidents not told
		2026-11-29 09:00:00 10.0.0.1:6665 shutdown: reboot: Power down
	EOT
	cat >log/2026-11-28.log <<-'EOT'
		2026-11-28 09:59:59 10.0.0.1:6665 the boot before
		2026-11-28 10:00:00 10.0.0.1:6665 its last line
		2026-11-28 10:00:00 10.0.0.10:6665 another sender
		2026-11-28 10:00:00 10.0.0.1:6665 [    0.000000] Linux version 6.12.1 (a)
		2026-11-28 11:00:00 web1 sysrq: Show State
		2026-11-28 11:00:01 web1 task:a state:D
		2026-11-28 11:00:02 web1 task:b state:S
		2026-11-28 23:59:59 10.0.0.1:6665 [   99.000000] all is well
		2026-11-28 23:59:59 10.0.0.1:6665 [   99.100000] BUG: unable to handle page fault
		2026-11-28 23:59:59 10.0.0.1:6665 [   99.100001] RIP: 0010:f+0x1/0x2
		2026-11-28 23:59:59 10.0.0.1:6665 [   99.200000] Kernel panic - not syncing: Fatal exception
	EOT
	cat >log/2026-11-29.log <<-'EOT'
		2026-11-29 00:00:00 10.0.0.1:6665 udplogger: 2 messages lost (msgid 5..6)
		2026-11-29 00:00:00 10.0.0.1:6665 [   99.200001] CPU: 0
		2026-11-29 00:00:01 10.0.0.1:6665 [  100.200000] Rebooting in 1 seconds..
		2026-11-29 00:00:01 10.0.0.1:6665 after its end
		2026-11-29 00:01:00 10.0.0.1:6665 [    0.000000] Linux version 6.12.1 (a)
		2026-11-29 09:00:00 10.0.0.1:6665 [   32.000000] reboot: Power down
	EOT
}

table() {
	two_days
	ask 0 --incidents dir=log
	cat >.wanted <<-'EOT'
		No Time                Host           Class     Lines Lost Ended   Title
		 1 2026-11-28 10:00:00 10.0.0.1:6665  boot          -    - -       6.12.1, before that unknown
		 1 2026-11-28 11:00:00 web1           sysrq         3    0 silence sysrq: Show State
		 2 2026-11-28 23:59:59 10.0.0.1:6665  oops          2    0 panic   BUG: unable to handle page fault
		 3 2026-11-28 23:59:59 10.0.0.1:6665  panic         3    2 silence Kernel panic - not syncing: Fatal exception
		 4 2026-11-29 00:01:00 10.0.0.1:6665  boot          -    - -       6.12.1, before that panic
		- 2026-11-29 00:02:00 udplogger: 7 incidents not told
		 5 2026-11-29 09:00:00 10.0.0.1:6665  shutdown      -    - -       reboot: Power down
	EOT
	sed -i 's/\(10.0.0.1:6665\|web1          \|Host          \) /\1/' .wanted
	cmp -s .wanted answer || fail "$(diff .wanted answer | head -n 6)"
}

objects() {
	export TZ=UTC0
	two_days
	ask 0 --incidents dir=log format=json class=panic
	answered '{"number":3,"time":"2026-11-28T23:59:59+00:00",%s,%s,%s,%s\n' \
		'"address":"10.0.0.1","port":6665,"class":"panic"' \
		'"title":"Kernel panic - not syncing: Fatal exception"' \
		'"lines":3,"seconds":1.2,"lost":2' \
		'"ended":"silence","after":"oops"}'
	ask 0 --incidents dir=log format=json class=boot from=2026-11-29
	answered '{"number":4,"time":"2026-11-29T00:01:00+00:00",%s,%s}\n' \
		'"address":"10.0.0.1","port":6665,"class":"boot"' \
		'"release":"6.12.1","before":"panic"'
}

choices() {
	two_days
	numbers() { awk 'NR > 1 { printf "%s%s", $1, $5 }' answer; }
	for row in "host=10.0.0.1 1boot2oops3panic4boot5shutdown" \
		"host=10.0.0.1:6665 1boot2oops3panic4boot5shutdown" \
		"host=web1 1sysrq" "class=oops 2oops" \
		"from=2026-11-29 4boot-75shutdown" \
		"to=2026-11-28T11:00 1boot1sysrq" \
		"to=2026-11-28T10:00:00 1boot"; do
		ask 0 --incidents dir=log "${row% *}"
		[ "$(numbers)" = "${row#* }" ] || fail "$row: $(numbers)"
	done
}

nothing() {
	two_days
	ask 1 --incidents dir=log host=10.0.0.1:6666
	grep -q '^udplogger: nothing found: no such incident in log$' err ||
		fail "$(cat err)"
	mkdir empty
	ask 1 --incidents dir=empty
	grep -q 'nothing found: .*incidents=yes notes them' err || fail "$(cat err)"
	for question in boot=-3 incident=6 from=2026-11-30; do
		ask 1 --show dir=log host=10.0.0.1 "$question"
		grep -q 'nothing found: ' err || fail "$(cat err)"
	done
	ask 1 --show dir=log host=10.0.0.2
	ask 1 --show dir=nowhere host=10.0.0.1
	says err 'warning: unable to read nowhere' ENOENT || fail "$(cat err)"
}

# What is wrong is said, and no more: nothing about what DIR might have.
no_directory() {
	: >file
	for dir in nowhere file; do
		ask 1 --incidents "dir=$dir"
		grep -q "warning: unable to read $dir: " err || fail "$(cat err)"
		! grep -q 'incidents=yes' err || fail "$(cat err)"
		ask 1 --show "dir=$dir" host=web1 incident=last
		! grep -q 'incidents=yes' err || fail "$(cat err)"
		timeout 10 "$UDPLOGGER" --incidents follow=yes "dir=$dir" \
			>answer 2>err </dev/null
		status=$?
		[ "$status" -eq 1 ] || fail "follow=yes: status $status"
		[ "$(wc -l <err)" -eq 1 ] || fail "said: $(cat err)"
	done
}

# A directory that goes away meanwhile is said once.
directory_goes() {
	mkdir log
	follow
	wait_for "a first line" is_following
	mv log gone
	is_missed() { [ -s err ]; }
	wait_for "a warning" is_missed
	nap
	sleep 2
	[ "$(wc -l <err)" -eq 1 ] || fail "said: $(cat err)"
	mv gone log
	followed_again() {
		echo "$(date '+%F %T') 10.0.0.9:1 shutdown: again" \
			>>"log/$(today).incidents"
		nap
		followed 2
	}
	wait_for "the next" followed_again
}

# That an answer is cut short is said; that nobody reads it is not.
full_stdout() {
	[ -w /dev/full ] || skip "no /dev/full here"
	two_days
	mkdir run
	printf 'name\taddress\tport\theard\tlines\trate\tlost\tboots\tincident\tincident_time\n' >run/senders
	for question in "--incidents dir=log" "--show dir=log host=web1" \
		"--incidents dir=log format=json" "--incidents --help" \
		"--status run=run" "--status run=run format=json" \
		"--status run=run format=html" --help --version \
		"--check ip=127.0.0.1 port=0 dir=log"; do
		# shellcheck disable=SC2086 # words
		"$UDPLOGGER" $question >/dev/full 2>err </dev/null
		status=$?
		[ "$status" -eq 1 ] || fail "$question: status $status"
		says err 'udplogger: unable to write to standard output' ENOSPC ||
			fail "$question: $(cat err)"
		# shellcheck disable=SC2086 # words
		(trap '' PIPE; "$UDPLOGGER" $question 2>err) </dev/null | :
		! grep -q 'unable to write' err || fail "$question: $(cat err)"
	done
}

# A name that is cut could be another's.
cut_hosts() {
	mkdir log
	for host in web-production-12 web-production-1; do
		echo "2026-11-29 10:00:00 $host oops: a"
	done >log/2026-11-29.incidents
	on_terminal 80 --incidents dir=log
	grep -q ' web-production-~ oops ' answer || fail "$(cat answer)"
	[ "$(grep -c ' web-production-1 ' answer)" -eq 1 ] ||
		fail "$(cat answer)"
}

# Of a directory for each sender, what has another name is no fault.
other_names() {
	mkdir -p log/web1
	: >file
	ln -s ../file log/notes
	echo '2026-11-28 10:00:00 web1 a line' >log/web1/2026-11-28.log
	ask 0 --show dir=log host=web1 'file={host}/%Y-%m-%d.log'
	[ ! -s err ] || fail "$(cat err)"
	ask 1 --show dir=log host=web1
	grep -q 'no file of .* web1 in log, as file=%Y-%m-%d.log names' err ||
		fail "$(cat err)"
}

# The daemon's own lines are the host udplogger's, in each form and file.
own_lines() {
	for how in 'text %Y-%m-%d.log' 'json %Y-%m-%d.log' \
		'text {host}/%Y-%m-%d.log' 'json {address}-%Y-%m-%d.log'; do
		rm -rf log
		start notices=yes "file=${how#* }" "format=${how% *}"
		say 'udplogger: of a stranger\n'
		finish
		ask 0 --show dir=log host=udplogger "file=${how#* }"
		[ "$(wc -l <answer)" -eq 2 ] || fail "$how: $(cat answer)"
		[ "$(grep -c -E 'udplogger: (started|stopped)|"message":"(started|stopped)' \
			answer)" -eq 2 ] || fail "$how: $(cat answer)"
	done
	ask 1 --incidents dir=log host=udplogger
}

# Also of those within a second, one begins where the other ends.
quick_boots() {
	mkdir log
	for release in 6.1 6.12; do
		echo "2026-11-28 10:00:00 web1 boot: $release, before that unknown" \
			>>log/2026-11-28.incidents
		printf '2026-11-28 10:00:00 web1 %s\n' "Linux version $release" \
			"$release goes on" >>log/2026-11-28.log
	done
	ask 0 --show dir=log host=web1 boot=0 plain=yes
	answered 'Linux version 6.12\n6.12 goes on\n'
	ask 0 --show dir=log host=web1 boot=-1 plain=yes
	answered 'Linux version 6.1\n6.1 goes on\n'
	ask 1 --show dir=log host=web1 boot=-2
}

bad() {
	ask 64 --incidents clas=oops
	grep -q 'did you mean class=?' err || fail "$(cat err)"
	ask 64 --show
	grep -q 'needs host=' err || fail "$(cat err)"
	ask 64 --incidents hosts=nowhere dir=.
	grep -q 'hosts=nowhere: unable to read it' err || fail "$(cat err)"
	ask 64 --incident
	grep -q 'did you mean --incidents?' err || fail "$(cat err)"
}

show_lines() {
	two_days
	ask 0 --show dir=log host=web1
	grep web1 log/*.log | cut -d : -f 2- >.wanted
	cmp -s .wanted answer || fail "$(diff .wanted answer)"
	ask 0 --show dir=log host=10.0.0.1 from=2026-11-29T00:01 plain=yes
	answered '[    0.000000] Linux version 6.12.1 (a)\n%s\n' \
		'[   32.000000] reboot: Power down'
}

# Stamps are whole seconds: within one, the line itself decides.
show_boots() {
	two_days
	ask 0 --show dir=log host=10.0.0.1 plain=yes boot=0
	answered '%s\n' '[    0.000000] Linux version 6.12.1 (a)' \
		'[   32.000000] reboot: Power down'
	ask 0 --show dir=log host=10.0.0.1 plain=yes boot=-1
	[ "$(head -n 1 answer)" = '[    0.000000] Linux version 6.12.1 (a)' ] ||
		fail "begins with $(head -n 1 answer)"
	[ "$(tail -n 1 answer)" = 'after its end' ] ||
		fail "ends with $(tail -n 1 answer)"
	ask 0 --show dir=log host=10.0.0.1 plain=yes boot=-2
	answered 'the boot before\nits last line\n'
}

show_incidents() {
	two_days
	ask 0 --show dir=log host=10.0.0.1 incident=2 plain=yes
	answered '%s\n' '[   99.100000] BUG: unable to handle page fault' \
		'[   99.100001] RIP: 0010:f+0x1/0x2'
	ask 0 --show dir=log host=10.0.0.1 incident=last plain=yes
	answered '%s\n' \
		'[   99.200000] Kernel panic - not syncing: Fatal exception' \
		'udplogger: 2 messages lost (msgid 5..6)' \
		'[   99.200001] CPU: 0' '[  100.200000] Rebooting in 1 seconds..'
	ask 0 --show dir=log host=10.0.0.1 incident=5 plain=yes
	answered '[   32.000000] reboot: Power down\n'
	ask 1 --show dir=log host=web1 incident=last
}

# A name that hosts= gives now finds what was written before, and the reverse.
names_now() {
	two_days
	printf '10.0.0.1 db1\n10.0.0.7 web1\n' >names
	ask 0 --show dir=log hosts=names host=db1 incident=2 plain=yes
	[ "$(wc -l <answer)" -eq 2 ] || fail "$(cat answer)"
	ask 0 --show dir=log hosts=names host=10.0.0.7
	[ "$(wc -l <answer)" -eq 3 ] || fail "$(cat answer)"
	ask 0 --incidents dir=log hosts=names host=web1 format=json
	grep -q '"address":"10.0.0.7","host":"web1"' answer || fail "$(cat answer)"
}

compressed() {
	two_days
	ask 0 --show dir=log host=10.0.0.1
	mv answer whole
	ask 0 --incidents dir=log
	mv answer all
	for packer in gzip xz zstd bzip2; do
		command -v "$packer" >/dev/null || continue
		packed="${packed-} $packer"
		"$packer" log/2026-11-28.log log/2026-11-28.incidents 2>/dev/null ||
			fail "$packer"
		rm -f log/2026-11-28.log log/2026-11-28.incidents
		ask 0 --show dir=log host=10.0.0.1
		cmp -s whole answer || fail "$packer: $(diff whole answer | head -n 3)"
		ask 0 --incidents dir=log
		cmp -s all answer || fail "$packer: $(diff all answer | head -n 3)"
		"$packer" -d log/*.incidents.* log/*.log.* 2>/dev/null ||
			fail "$packer -d"
		rm -f log/*.incidents.* log/*.log.*
	done
	[ -n "${packed-}" ] || skip "no packer here"
}

rotated() {
	two_days
	ask 0 --show dir=log host=10.0.0.1
	mv answer whole
	head -n 4 log/2026-11-28.log >log/2026-11-28.log.2
	sed -n 5,9p log/2026-11-28.log >log/2026-11-28.log.1
	sed -n '10,$p' log/2026-11-28.log >log/2026-11-28.1.log
	rm log/2026-11-28.log
	ask 0 --show dir=log host=10.0.0.1
	cmp -s whole answer || fail "$(diff whole answer | head -n 5)"
}

no_packer() {
	two_days
	has gzip
	gzip log/2026-11-28.log
	mkdir bin
	PATH=$T/bin ask 1 --show dir=log host=10.0.0.1
	grep -q 'unable to read log/2026-11-28.log.gz: there is no program gzip' \
		err || fail "$(cat err)"
	grep -q 'Power down' answer || fail "the rest is not shown"
	printf 'no gzip' >log/2026-11-28.log.gz
	ask 1 --show dir=log host=10.0.0.1
	grep -q 'unable to read log/2026-11-28.log.gz: gzip failed on it' err ||
		fail "$(cat err)"
}

torn() {
	two_days
	printf '2026-11-29 10:00:00 10.0.0.1:6665 half' >>log/2026-11-29.log
	ask 0 --show dir=log host=10.0.0.1
	! grep -q half answer || fail "half a line is shown"
}

# Files of senders: only those of the one that is asked for are read.
directories() {
	mkdir -p log/10.0.0.1 log/web1 log/others
	for host in 10.0.0.1 web1 others; do
		printf '2026-11-28 10:00:00 10.0.0.1:6665 in %s\n' "$host" \
			>"log/$host/2026-11-28.log"
	done
	ask 0 --show dir=log host=10.0.0.1 'file={host}/%Y-%m-%d.log' plain=yes
	sort -o answer answer
	answered 'in 10.0.0.1\nin others\n'
}

json_records() {
	export TZ=UTC0
	mkdir log
	printf '{"time":"2026-11-28T10:00:00.000001+00:00",%s,"message":%s,%s}\n' \
		'"host":"web1","address":"10.0.0.7","port":6665' \
		'"[    1.000000] Linux version 6.1"' '"usec":1000000' \
		'"address":"10.0.0.8","port":6665' '"other"' '"level":6' \
		'"host":"web1","address":"10.0.0.7","port":6665' \
		'"BUG: bad\n\\x1b \"quoted\""' \
		'"level":6,"facility":0,"sequnum":3,"usec":2500000,"caller":"T12"' \
		>log/2026-11-28.log
	printf '{"time":"2026-11-28T10:00:00.000001+00:00",%s,"class":%s}\n' \
		'"host":"web1","address":"10.0.0.7","port":6665' \
		'"boot","title":"Linux version 6.1","release":"6.1","before":"unknown"' \
		'"host":"web1","address":"10.0.0.7","port":6665' \
		'"oops","title":"BUG: bad"' \
		'"host":"web1","address":"10.0.0.7","port":6665' \
		'"oops","ended":"silence","lines":1,"bytes":9,"seconds":2.5,"lost":0' \
		>log/2026-11-28.incidents
	ask 0 --show dir=log host=10.0.0.7 plain=yes
	answered '%s\n' '[    1.000000] Linux version 6.1' \
		'[    2.500000][   T12] BUG: bad' \
		'[    2.500000][   T12] \x1b "quoted"'
	ask 0 --show dir=log host=web1 incident=last
	sed -n 3p log/2026-11-28.log >.wanted
	cmp -s .wanted answer || fail "$(diff .wanted answer)"
	ask 0 --incidents dir=log format=json class=oops
	answered '{"number":2,"time":"2026-11-28T10:00:00.000001+00:00",%s,%s}\n' \
		'"address":"10.0.0.7","port":6665,"host":"web1","class":"oops"' \
		'"title":"BUG: bad","lines":1,"bytes":9,"seconds":2.5,"lost":0,"ended":"silence"'
}

# on_terminal COLUMNS ARGUMENT...: the answer as a terminal of that width sees it.
on_terminal() {
	has script
	columns=$1
	shift
	script -q -c "stty cols $columns 2>/dev/null; '$UDPLOGGER' $*" \
		/dev/null </dev/null >answer 2>err || skip "script: $(head -n 1 err)"
	tr -d '\r' <answer >.answer && mv .answer answer
}

terminal() {
	two_days
	printf '2026-11-29 10:00:00 10.0.0.1:6665 a\033[2Jb\a\r\302\233c\n' \
		>>log/2026-11-29.log
	printf '2026-11-29 10:00:00 10.0.0.1:6665 oops: a\033[2Jb\n' \
		>>log/2026-11-29.incidents
	on_terminal 80 --show dir=log host=10.0.0.1 from=2026-11-29T10:00
	grep -q 'a\\x1b\[2Jb\\x07\\x0d\\xc2\\x9bc$' answer || fail "$(cat -v answer)"
	for columns in 80 60 120; do
		on_terminal "$columns" --incidents dir=log
		awk -v most="$columns" 'length($0) > most { exit 1 }' answer ||
			fail "wider than $columns"
		! grep -q "$(printf '\033')" answer || fail "an escape"
	done
	grep -q 'a\\x1b\[2Jb' answer || fail "$(cat -v answer)"
	ask 0 --show dir=log host=10.0.0.1 from=2026-11-29T10:00 plain=yes
	printf 'a\033[2Jb\a\r\302\233c\n' | cmp -s - answer ||
		fail "a pipe gets other bytes"
}

# Whatever stands in the files, a reader ends well.
garbage() {
	mkdir log
	head -c 300000 /dev/urandom >log/2026-11-28.log
	head -c 300000 /dev/urandom >log/2026-11-28.incidents
	tr '\0-\377' '{"\\[:,\n ' </dev/urandom | head -c 200000 >log/2026-11-29.log
	printf '{"time":"2026-11-29T10:00:00Z","class":"oops"}\n{\n{}\n\n' \
		>log/2026-11-29.incidents
	"$UDPLOGGER" --show dir=log host=10.0.0.1 >answer 2>err
	status=$?
	[ "$status" -le 1 ] || fail "status $status"
	ask 0 --incidents dir=log
	ask 0 --incidents dir=log format=json
}

unreadable() {
	two_days
	chmod 0 log/2026-11-28.log
	if [ "$(id -u)" -eq 0 ]; then # who reads all
		has_setpriv
		RUN="setpriv --reuid=65534 --regid=65534 --clear-groups"
		chmod 711 "$T"
		$RUN "$UDPLOGGER" --version >out 2>&1 ||
			skip "others can't run this program"
	fi
	ask 1 --show dir=log host=10.0.0.1
	says err 'unable to read log/2026-11-28.log' EACCES || fail "$(cat err)"
	grep -q 'Power down' answer || fail "the rest is not shown"
}

by_conf() {
	two_days
	echo "dir=$T/log" >conf
	cd / || exit 1
	"$UDPLOGGER" --show "conf=$T/conf" host=web1 >"$T/answer" ||
		fail "status $?"
	[ "$(wc -l <"$T/answer")" -eq 3 ] || fail "$(cat "$T/answer")"
}

# follow [OPTION]...: in the background, into followed.
follow() {
	"$UDPLOGGER" --incidents follow=yes dir=log "$@" >followed 2>err &
	FOLLOWER=$!
	PIDS="${PIDS-} $FOLLOWER"
}

followed() {
	[ "$(wc -l <followed)" -ge "$1" ]
}

# A line that is there shows that it follows: what comes then is new.
is_following() {
	echo "$(date '+%F %T') 10.0.0.9:1 shutdown: begin" \
		>>"log/$(today).incidents"
	nap
	followed 1
}

new_ones() {
	mkdir log
	day=$(today)
	echo "$day 00:00:01 10.0.0.1:6665 oops: an old one" >"log/$day.incidents"
	follow
	wait_for "a first line" is_following
	printf '%s 00:00:02 10.0.0.1:6665 panic: Kernel p' "$day" \
		>>"log/$day.incidents"
	nap
	echo "anic" >>"log/$day.incidents"
	panics() { grep -q "^2 $day 00:00:02 10.0.0.1:6665 panic Kernel panic\$" followed; }
	wait_for "the panic" panics
	! grep -q 'old one' followed || fail "an old one came"
	kill -0 "$FOLLOWER" || fail "it has ended"
}

# Across midnight, and while the file of the day before is renamed.
new_days() {
	mkdir log
	day=$(today)
	next=$(old -1)
	follow format=json host=10.0.0.1
	echo "$day 23:59:59 10.0.0.1:6665 panic: Kernel panic" \
		>"log/$day.incidents"
	begin() {
		echo "$day 23:59:58 10.0.0.1:6665 shutdown: begin" \
			>>"log/$day.incidents"
		nap
		followed 1
	}
	wait_for "a first line" begin
	mv "log/$day.incidents" "log/$day.incidents.1"
	echo "$next 00:00:01 10.0.0.1:6665 panic ended (silence): 3 lines, 1.0 s, 0 lost" \
		>"log/$next.incidents"
	ended() { grep -q '"class":"panic".*"ended":"silence"' followed; }
	wait_for "the end" ended
	[ "$(grep -c panic followed)" -eq 1 ] || fail "it came twice"
}

# The example of the manual, with commands that leave a mark.
mails() {
	two_days
	day=$(today)
	{
		echo "#!/bin/sh"
		sed -n '/^# Mails each panic/,/^done/p' "$E2E/../../man/udplogger.8" |
			sed 's/\\-/-/g'
	} >script
	[ "$(wc -l <script)" -gt 8 ] || fail "no example in the manual"
	mkdir bin
	printf '#!/bin/sh\necho $$ >>"%s/pids"\nexec "%s" "$@" "dir=%s/log"\n' \
		"$T" "$UDPLOGGER" "$T" >bin/udplogger
	printf '#!/bin/sh\necho "$*" >mailed\ncat >>mailed\n' >bin/mail
	printf '#!/bin/sh\nexec true\n' >bin/sleep
	chmod +x bin/*
	PATH=$T/bin:$PATH sh script &
	script=$!
	PIDS="${PIDS-} $script"
	# It begins at some time: the incident comes again and again.
	again() {
		echo "$day 00:00:02 10.0.0.1:6665 panic: Kernel panic" \
			>>"log/$day.incidents"
		echo "$day 00:00:02 10.0.0.1:6665 Kernel panic" \
			>>"log/$day.log"
		nap
		grep -q 'Kernel panic$' mailed 2>/dev/null
	}
	wait_for "mail" again
	# Without what it follows, the script ends.
	kill "$(head -n 1 pids)"
	wait_for "the end of the script" gone "$script"
	grep -q '^-s 10.0.0.1:6665: Kernel panic root$' mailed || fail "$(cat mailed)"
}

# 300 machines, of which 20 die: 5 panic, 5 oops and then panic, 4 have a task
# that hangs, 3 a processor that does, 3 boot again.
machines() {
	awk 'function say(text) {
			printf "@ 0 10.1.%d.%d 6665 %d\n%s\n\n", i / 100,
				i % 100 + 1, length(text) + 1, text
		}
		BEGIN {
		for (i = 0; i < 300; i++)
			say("[   10.000000] eth0: link becomes ready")
		for (i = 0; i < 20; i++) {
			if (i >= 5 && i < 10) {
				say("[   20.000000] BUG: unable to handle page fault for address: " i)
				say("[   20.000001] RIP: 0010:f+0x1/0x2 of " i)
			}
			if (i < 10) {
				say("[   20.100000] Kernel panic - not syncing: death " i)
				say("[   20.100001] CPU: 0 of " i)
			} else if (i < 14) {
				say("[   20.000000] INFO: task a:" i " blocked for more than 120 seconds.")
				say("[   20.000001] task:a state:D of " i)
			} else if (i < 17) {
				say("[   20.000000] watchdog: BUG: soft lockup - CPU#" i " stuck for 22s! [a:1]")
			} else {
				say("[   20.000000] reboot: Restarting system")
				say("[    0.000000] Linux version 6.12." i " (a@b)")
				say("[    0.000001] Command line: of " i)
			}
		}
	}' >rec.dgrams
}

# of_class CLASS: how many the answer has.
of_class() {
	grep -c "\"class\":\"$1\"" answer
}

fleet() {
	machines
	start incidents=yes
	send
	has_ended() {
		[ "$(grep -c ' ended (' "log/$(today).incidents")" -ge 22 ]
	}
	wait_for "ends of all" has_ended
	ask 0 --incidents dir=log format=json
	for row in panic=10 oops=5 hung=4 lockup=3 shutdown=3 boot=3; do
		[ "$(of_class "${row%=*}")" -eq "${row#*=}" ] ||
			fail "$row: $(of_class "${row%=*}")"
	done
	[ "$(wc -l <answer)" -eq 28 ] || fail "$(wc -l <answer) in all"
	[ "$(grep -c '"after":"oops"' answer)" -eq 5 ] || fail "after oops"
	[ "$(grep -c '"release":"6.12.1[789]"' answer)" -eq 3 ] || fail "releases"
	# While it runs: last words, and the present boot, of one that died.
	host=$(logged | awk '/death 7$/ { print $3 }')
	ask 0 --show dir=log host="$host" incident=last plain=yes
	answered '[   20.100000] Kernel panic - not syncing: death 7\n%s\n' \
		'[   20.100001] CPU: 0 of 7'
	ask 0 --show dir=log host="$host" incident=1 plain=yes
	answered '[   20.000000] BUG: %s: 7\n[   20.000001] RIP: %s\n' \
		'unable to handle page fault for address' \
		'0010:f+0x1/0x2 of 7'
	host=$(logged | awk '/6.12.18 \(a@b\)$/ { print $3 }')
	ask 0 --show dir=log host="$host" boot=0 plain=yes
	answered '[    0.000000] Linux version 6.12.18 (a@b)\n%s\n' \
		'[    0.000001] Command line: of 18'
	ask 0 --show dir=log host="$host" boot=-1 plain=yes
	answered '[   10.000000] eth0: link becomes ready\n%s\n' \
		'[   20.000000] reboot: Restarting system'
	finish
}

t "300 machines, of which 20 die, and the answers" fleet
t "a table of incidents, the newest last, over midnight" table
t "an object for each incident" objects
t "host=, class=, from= and to= choose" choices
t "nothing found is said, with status 1" nothing
t "bad questions end with status 64 and what was meant" bad
t "the lines of a sender, as they are and plain" show_lines
t "the lines of a boot" show_boots
t "the lines of an incident" show_incidents
t "names that were given later find what was before" names_now
t "compressed files are read" compressed
t "rotated files are read, in the order of time" rotated
t "without the program, or with a damaged file, the rest is shown" no_packer
t "half a line is not there yet" torn
t "files of other senders are not read" directories
t "JSON: messages, with the time of records" json_records
t "nothing acts on a terminal, and tables fit it" terminal
t "files that are no log end no reader" garbage
t "a file that can't be read is said, the rest is shown" unreadable
t "a directory that can't be read is said, and nothing else" no_directory
t "follow=yes says once that its directory is gone, and goes on" directory_goes
t "an answer that can't be written is said, with status 1" full_stdout
t "a name that is cut shows it" cut_hosts
t "names of other things below DIR are no fault" other_names
t "lines of its own are the host udplogger's" own_lines
t "boots within a second are told apart" quick_boots
t "where the files are, from conf=" by_conf
t "new incidents, and no old ones, as they come" new_ones
t "incidents that end on the next day" new_days
t "the example in the manual mails a panic" mails
