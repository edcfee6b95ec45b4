# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# Extended netconsole of real kernels, replayed to the real program, against
# what the machines' own ring buffers said.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# without_pairs: the texts, without what the ring does not have.
without_pairs() {
	texts >.texts || exit 1
	sed 's/ {[A-Za-z]*=.*}$//' .texts
}

# missing: the lines of .ring that are not in .have, in its order.
missing() {
	diff .ring .have | sed -n 's/^< //p'
}

received() {
	recording "$1"
	shift
	start "$@"
	replay --fast "$FILE"
	finish
	ring ttyS1 >.ring
	[ "$(wc -l <.ring)" -gt 100 ] || fail "no truth in $NAME"
	without_pairs >.have
}

oom_hung() {
	received ext-612-oom-hung
	missing >.missing
	[ ! -s .missing ] || fail "not in the log: $(cat .missing)"
	! texts | grep -q 'bytes missing' || fail "something is missing"
}

# The ring has records above the console's level, which were not sent.
loglevel() {
	recording ext-61-loglevel
	start
	replay --fast "$FILE"
	finish
	without_pairs | sort >.have
	gzip -dc "$DATA/$NAME.ttyS1.log.gz" | awk -F ';' '
		/^[0-9]+,[0-9]+,[0-9]+,/ {
			split($0, field, ",")
			text = substr($0, index($0, ";") + 1)
			gsub(/\\x5c/, "\\", text)
			time = sprintf("[%5d.%06d] ", field[3] / 1000000, \
				field[3] % 1000000)
			gsub(/\\x0a/, "\n" time, text)
			print time text
		}' | sort >.ring
	comm -23 .have .ring | grep -v -e '\\x' -e '	' >.more
	[ ! -s .more ] || fail "not in the ring: $(head -n 3 .more)"
	[ "$(wc -l <.have)" -ge 460 ] || fail "lines are lost"
}

# dmesg cuts long records of several lines, and shows bytes in another way.
odd() {
	received "$1"
	missing | LC_ALL=C grep -v -e 'capmod ml' -e '\\x' -e '[^ -~]' \
		-e '.\{900\}' >.missing
	[ ! -s .missing ] || fail "not in the log: $(head -n 3 .missing)"
	! texts | grep -q 'bytes missing' || fail "something is missing"
	# None is left with its header; what a record says looks like anything.
	! grep '^[0-9.a-z+-]*,*[0-9]*,[0-9]*,[0-9]*,[-c+]' .texts ||
		fail "a header"
	logged | grep -a -q '	' || fail "no tab"
}

odd_61() { odd ext-61-odd; }
odd_612() { odd extr-612-odd; }

dictionary() {
	recording ext-61-odd
	start level=yes
	replay --fast "$FILE"
	finish
	texts | grep -q '^<6>\[ .*\] .* {SUBSYSTEM=[a-z]* DEVICE=[+a-z].*}$' ||
		fail "no dictionary"
}

# Records that the kernel cut have their user data all the same.
userdata() {
	recording userdata-612
	start
	replay --fast "$FILE"
	finish
	texts >.texts
	grep -q '\\x01\\x0| {rack=r12-u07 asset=' .texts ||
		fail "user data of a cut record"
	! grep 'rack=r12-u07' .texts | grep -v ' {[^{]*rack=r12-u07[^{]*}$' ||
		fail "user data in the text"
	! grep -q 'bytes missing' .texts || fail "something is missing"
}

# A line of text that looks like a record, in a stream without times.
looks_like() {
	recording legacy-61-notime
	start
	replay --fast "$FILE"
	finish
	same_log "$FILE"
}

# The sender of text and that of records do not disturb each other.
mixed() {
	recording two-mixed
	start
	replay --fast "$FILE"
	finish
	lines >.lines
	"$EXPECT" --sources=sources "$FILE" | grep '^127\.99\.0\.2:' >.wanted
	grep '^127\.99\.0\.2:' .lines >.have
	[ "$(wc -l <.wanted)" -ge 3000 ] || fail "the model is short"
	same .wanted .have
	[ "$(grep -c '^127\.99\.0\.3:6665 \[' .lines)" -ge 3500 ] ||
		fail "records are missing"
	! grep ' 6\.12[^ ]*,[0-9]*,' .lines || fail "a header"
}

extended="ext-61-loglevel ext-61-odd ext-61-sysrq ext-612-audit ext-612-off-on
	ext-612-oom-hung extr-612-odd userdata-612 ext-72-caller ext-72-dropped
	ext-72-oops ext-72-panic ext-72-panic0 ext-72-sysdata-all
	ext-72-targets ext-72-warn"

# The slow way to the same lines, from the same datagrams.
as_the_model() {
	has python3
	for name in $extended; do
		recording "$name"
		rm -rf log
		start
		replay --fast "$FILE"
		finish
		"$E2E/../tools/ext-lines" "$FILE" >.wanted || fail "ext-lines"
		texts >.texts
		same .wanted .texts
	done
}

# Datagrams swapped with others close by, and doubled.
swapped() {
	has python3
	for name in $extended; do
		recording "$name"
		rm -rf log
		"$E2E/../tools/ext-lines" --shuffle 1 "$FILE" >swapped.dgrams ||
			fail "ext-lines"
		start reorder=1000
		replay --fast swapped.dgrams
		finish
		"$E2E/../tools/ext-lines" "$FILE" >.wanted || fail "ext-lines"
		texts >.texts
		same .wanted .texts
	done
}

# The same scenario, printed by two consoles: but for a record that the kernel
# cut in one of them, and for bytes that are too many for both.
both_consoles() {
	for name in legacy-61-odd ext-61-odd; do
		recording "$name"
		rm -rf log
		start
		replay --fast "$FILE"
		finish
		without_pairs | sed -n 's/^\[ *[0-9.]*\] \(capmod.*\)/\1/p' |
			grep -v -e 'capmod ml [23]' -e '.\{500\}' |
			sort >.$name
	done
	[ "$(wc -l <.ext-61-odd)" -ge 1000 ] || fail "too few lines"
	same .legacy-61-odd .ext-61-odd
}

numbered_record() {
	d 10.0.0.1 5001 '6,%d,%d000,-;record %d\n msgid=%d\n' "$1" \
		"$((5000 + $1))" "$1" "$2"
}

loss() {
	start
	numbered_record 0 16
	numbered_record 1 17
	numbered_record 5 21
	numbered_record 4 20
	send
	wait_lines 5
	finish
	texts | sed 's/ {.*//; s/^\[.*\] //' >.have
	printf '%s\n' 'record 0' 'record 1' \
		'udplogger: 2 messages lost (msgid 18..19)' 'record 4' \
		'record 5' >.want
	same .want .have
	lines | grep -q '^127\.[0-9.]*:5001 udplogger: 2 messages lost' ||
		fail "not of the source"
}

# The same machine, booted three times.
boots() {
	has python3
	recording ext-612-oom-hung
	python3 -c '
import sys
data = open(sys.argv[1], "rb").read()
out = []
for boot in range(3):
	at = 0
	while at < len(data):
		end = data.index(b"\n", at)
		head = data[at:end].split()
		length = int(head[4])
		head[1] = b"%d" % len(out)
		out.append(b" ".join(head) + data[end:end + length + 2])
		at = end + length + 2
sys.stdout.buffer.write(b"".join(out))' "$FILE" >boots.dgrams || fail "python3"
	start
	replay --fast boots.dgrams
	finish
	[ "$(texts | grep -c '^udplogger: sender booted$')" -eq 2 ] ||
		fail "$(texts | grep -c booted) boots"
	texts | grep -A 1 booted | grep -c 'Linux version' >.after
	[ "$(cat .after)" -eq 2 ] || fail "not before the first record"
}

counts() {
	start
	numbered_record 0 16
	numbered_record 0 16
	numbered_record 5 21
	send
	wait_lines 3
	kill -USR1 "$PID"
	told() {
		grep -q ' messages-lost 4 gaps 4 doubles 1 removed 0 ' err
	}
	wait_for "counts" told
	finish
}

# Every recording, text and serial consoles too, read by python's own parser.
json() {
	has python3
	for file in "$DATA"/*.dgrams*; do
		name=${file##*/}
		recording "${name%%.dgrams*}"
		rm -rf log
		start format=json
		replay --fast "$FILE"
		finish
		logged >.all
		"$E2E/../tools/json-lines" <.all >.said || fail "$NAME: $(cat .said)"
		[ -s .all ] || fail "nothing of $NAME"
	done
}

json_notices() {
	start format=json
	numbered_record 0 16
	numbered_record 2 18
	send
	wait_lines 3
	finish
	logged | grep -q '"port":5001,"program":"udplogger","notice":"messages-lost","lost":1,"boot":"[-0-9T:.]*+00:00","first":17,"last":17,"between":\[0,2\],"message":"1 messages lost (msgid 17..17)"}$' ||
		fail "$(logged)"
}

# What a store can join on: each record of a boot has the same, and its number
# once; and what is lost is between numbers.
identity() {
	has python3
	recording ext-72-reboot
	start format=json
	replay --fast "$FILE"
	numbered_record 0 16
	numbered_record 5 21
	send
	told() { grep -q ' 4 messages lost ' err; }
	wait_for "loss" told
	# It came after all.
	numbered_record 2 18
	send
	finish
	logged >.all
	python3 -c '
import collections, datetime, json, sys
records = collections.defaultdict(list)
time = datetime.datetime.fromisoformat
notices = {}
for line in sys.stdin:
    o = json.loads(line)
    if "sequnum" in o:
        records[o["address"], o["boot"]].append(o)
    else:
        notices.setdefault(o["notice"], o)
assert [len(r) for r in records.values()] == [456, 458, 3], records.keys()
for (sender, boot), r in records.items():
    assert len({o["sequnum"] for o in r}) == len(r), boot
    first = time(r[0]["time"]) - datetime.timedelta(microseconds=r[0]["usec"])
    assert time(boot) == first, (boot, first)
    assert boot.endswith("+00:00"), boot
boots = [boot for sender, boot in records]
assert boots[0] < boots[1] and notices["booted"]["boot"] == boots[1]
lost, late = notices["messages-lost"], notices["message-late"]
assert (lost["boot"], lost["lost"], lost["first"], lost["last"], lost["between"]) == \
    (boots[2], 4, 17, 20, [0, 5]), lost
assert (late["boot"], late["first"], late["last"], late["came"]) == \
    (boots[2], 18, 18, 2), late
' <.all >.said 2>&1 || fail "$(tail -n 1 .said)"
	# Readers take them as they took those without.
	sender=$(sed -n '1s/.*"address":"\([^"]*\)".*/\1/p' .all)
	for boot in with without; do
		mkdir "$boot"
		if [ $boot = with ]; then cat .all; else
			sed 's/"boot":"[^"]*",//; s/"first":.*,"message"/"message"/' .all
		fi >"$boot/$(today).log"
		"$UDPLOGGER" --show dir=$boot host="$sender" plain=yes \
			>"$boot.shown" 2>err || fail "$(cat err)"
	done
	[ "$(wc -l <with.shown)" -gt 900 ] || fail "few are shown"
	same without.shown with.shown
}

# Of text nothing tells the boot.
text_has_no_boot() {
	recording two-mixed
	start format=json
	replay --fast "$FILE"
	finish
	logged >.all
	! grep -v '"sequnum":' .all | grep '"boot":' || fail "a boot of text"
	! grep '"sequnum":' .all | grep -v '"boot":' || fail "a record without"
	[ "$(grep -c '"boot":' .all)" -gt 3000 ] || fail "few records"
	grep -v -q '"boot":' .all || fail "no text"
}

not_raw() {
	"$UDPLOGGER" raw=yes format=json --check 2>err >out
	[ $? -eq 64 ] || fail "not refused"
	grep -q 'raw=yes: not allowed with format=json' err || fail "$(cat err)"
}

# Microseconds are those of the kernel, not of a second that all share.
iso() {
	TZ=NST3:30
	export TZ
	start stamp=iso
	numbered 1 3000
	send
	finish
	logged >.all
	! grep -v '^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]\{6\}-03:30 127\.[0-9.]*:[0-9]* line [0-9]\{6\}$' .all ||
		fail "not such a line"
	[ "$(wc -l <.all)" -eq 3000 ] || fail "lines are lost"
	cut -d ' ' -f 1 .all | sort -c || fail "time goes back"
	[ "$(cut -d ' ' -f 1 .all | uniq | wc -l)" -gt 100 ] ||
		fail "few different times"
}

# The last fragment never comes.
incomplete() {
	start timeout=5
	say '6,416,1758426,-,ncfrag=0/31;the first chunk,'
	wait_lines 1
	finish
	want '%s\n' '[    1.758426] the first chunk,<15 bytes missing>'
}

turned_off() {
	start extended=no
	say '6,416,1758426,-;text\n'
	wait_lines 1
	finish
	want '%s\n' '6,416,1758426,-;text'
}

# Each leaves a fragment; an honest sender's record is whole.
flood() {
	can_make 60000
	start clients=65536
	{
		printf '@ 0 10.0.0.1 6665 900\n6,1,5,-,ncfrag=0/2000;'
		printf '%0878d\n' 0
	} >flood.dgrams
	"$LOAD" port="$PORT" sources=60000 recording=flood.dgrams rate=100000 \
		>load.out || fail "load: $(cat load.out)"
	d 10.0.0.1 5001 '6,416,1758426,-,ncfrag=0/31;the first chunk,'
	d 10.0.0.1 5001 '6,416,1758426,-,ncfrag=16/31; the 2nd chunk.'
	send
	last() { logged | grep -q 'the first chunk, the 2nd chunk.'; }
	wait_for "the honest record" last
	# Of libc and the program as much is there as the kernel likes.
	rss=$(sed -n "s/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$PID/status")
	[ -n "$rss" ] || skip "this kernel does not count such memory"
	[ "$rss" -lt 40000 ] || fail "resident: $rss KiB"
	finish
	[ "$(logged | grep -c '0<1122 bytes missing>$')" -eq 60000 ] ||
		fail "of 60000: $(logged | grep -c 'bytes missing>')"
}

# Linux of about 4.2 to 4.9: the pieces of a line are records.
pieces() {
	start
	d 10.0.0.1 5001 '6,0,1000000,-;PM: suspend entry\n'
	d 10.0.0.1 5001 '6,1,1000100,c;Freezing user space processes ... \n'
	d 10.0.0.1 5001 '6,2,1000900,+;(elapsed 0.001 seconds) \n'
	d 10.0.0.1 5001 '6,3,1001000,+;done.\n'
	d 10.0.0.1 5001 '6,4,1002000,-;PM: next\n'
	send
	finish
	want '%s\n' '[    1.000000] PM: suspend entry' \
		'[    1.000100] Freezing user space processes ... (elapsed 0.001 seconds) done.' \
		'[    1.002000] PM: next'
}

# A whole line with flag c is there soon, without anything that follows.
piece_alone() {
	start
	d 10.0.0.1 5001 '6,0,1000100,c;a whole line\n'
	send
	wait_for "the line" grep -q 'a whole line$' log/*.log
	finish
}

t "an OOM report and hung tasks: every line of the ring buffer" oom_hung
t "with another console level there is no line too many" loglevel
t "odd records of Linux 6.1 are what the ring buffer has" odd_61
t "odd records of Linux 6.12 with release, too" odd_612
t "dictionaries and levels are shown" dictionary
t "user data is shown, also that of records that were cut" userdata
t "text that looks like a record is text" looks_like
t "senders of both kinds do not disturb each other" mixed
t "all records are as a slow model has them" as_the_model
t "swapped and doubled datagrams change nothing" swapped
t "both kinds of console show the same lines" both_consoles
t "loss is told in its place, by the msgid" loss
t "a boot of the sender is told" boots
t "loss, gaps and doubles are counted" counts
t "JSON of every recording is read by another program" json
t "notices are JSON, too" json_notices
t "a store can join objects by sender, boot and sequnum" identity
t "text has no boot" text_has_no_boot
t "format=json cannot be raw" not_raw
t "stamp=iso has microseconds and the offset" iso
t "what is missing of a record is told" incomplete
t "with extended=no it is text like any other" turned_off
t "60,000 senders of a fragment each harm nobody" flood
t "the pieces of a line are one line" pieces
t "a piece alone is soon written" piece_alone
