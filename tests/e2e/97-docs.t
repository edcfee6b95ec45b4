# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What the manual pages tell people to type: is it so?
# shellcheck source=/dev/null
. "$E2E/lib.sh"

TOP=$E2E/../..
PAGES=$(cd "$TOP/man" && echo *.[0-9])

# --- what stands there ------------------------------------------------------

# The displays of a page, as people read them, each ended by a line of %%.
examples() {
	awk '/^\.Bd / { inside = 1; next }
		/^\.Ed/ { inside = 0; print "%%"; next }
		sub(/^\.Dl /, "") { print; print "%%"; next }
		inside' "$TOP/man/$1" |
		sed -e "s/\\\\(aq/'/g" -e 's/\\(ha/^/g' -e 's/\\(ti/~/g' \
			-e 's/\\-/-/g' -e 's/\\&//g' -e 's/\\e/\\/g'
}

# example PAGE WORDS: the first display that has them.
example() {
	examples "$1" | awk -v words="$2" '
		index($0, words) { found = 1 }
		!/^%%$/ { block = block $0 "\n"; next }
		found { printf "%s", block; exit }
		{ block = "" }' >.example
	[ -s .example ] || fail "$1 has no example with $2"
	cat .example
}

# Lines that end in a backslash go on in the next one.
whole_lines() {
	sed -e ':more' -e '/\\$/{
		N
		s/\\\n *//
		b more
	}'
}

# --- options ----------------------------------------------------------------

# Each word that is set as an option or a value is one of --help.
names() {
	"$UDPLOGGER" --help | tr -c 'a-z0-9' '\n' | sort -u >known
	for page in udplogger.8 netconsole-setup.7; do
		sed -n 's/^\.\(It \)*Cm \([a-z]*\).*/\2/p' "$TOP/man/$page"
	done | sort -u >named
	[ "$(wc -l <named)" -gt 30 ] || fail "only $(wc -l <named) found"
	comm -23 named known >unknown
	[ ! -s unknown ] || fail "not in --help: $(tr '\n' ' ' <unknown)"
}

# Each command line is tried, with a directory that is there.
command_lines() {
	for page in $PAGES; do
		examples "$page" | whole_lines | grep '^udplogger ' |
			grep -v -e '--help' -e '|'
	done >commands
	readme udplogger >>commands
	[ "$(wc -l <commands)" -ge 5 ] || fail "only $(wc -l <commands) found"
	mkdir log logs run
	sed 's/^run=.*/run=run/' "$INIT/udplogger.conf" >conf
	while read -r _ options; do
		options=$(echo "$options" | sed -e "s|/var/log/udplogger|log|g" \
			-e "s|/etc/udplogger.conf|conf|" -e 's/uid=udplogger//')
		case $options in
		--check*) ;;
		--*) # a question; 64: it is none
			# shellcheck disable=SC2086 # words
			timeout 10 "$UDPLOGGER" $options dir=log >out 2>err
			[ $? -ne 64 ] || fail "$options: $(cat err)"
			continue
			;;
		esac
		# shellcheck disable=SC2086 # words, as a shell would see them
		"$UDPLOGGER" $options dir=log ip=127.0.0.1 port=0 --check \
			>out 2>err || fail "$options: status $?: $(cat err)"
	done <commands
}

# --- README -----------------------------------------------------------------

# The commands of README: lines of their own that begin with WORD.
readme() {
	sed -n "s/^  \\($1 .*\\)/\\1/p" "$TOP/README" | sed 's/   .*//'
}

# Its log is the recording's, but for what is left out where it says so.
readme_log() {
	recording legacy-61-panic
	start
	replay --fast "$FILE"
	finish
	texts >.texts
	sed -n '/^2026-.*6665/,/^$/p' "$TOP/README" | sed '/^$/d' |
		sed 's/^2026-[^ ]* [^ ]* 10\.99\.0\.2:6665 //' >shown
	[ "$(wc -l <shown)" -gt 8 ] || fail "no log in README"
	awk 'NR == FNR { text[NR] = $0; next }
		$0 == "..." { gap = 1; next }
		{ while (text[++at] != $0)
			if ((!gap && FNR > 1) || !(at in text)) {
				print; exit 1 }
		  gap = 0 }' .texts shown >other ||
		fail "the log has not, there: $(cat other)"
}

# The daemon prints this very line where the log host is README's.
readme_sender() {
	own_network
	{ ip link add loghost type dummy || ip link add loghost type bridge ||
		ip tuntap add dev loghost mode tap; } 2>/dev/null ||
		skip "no interface for tests"
	ip link set loghost address 02:00:00:00:00:01
	ip addr add 192.0.2.1/24 dev loghost
	ip link set loghost up
	ip route add default via 192.0.2.254 || skip "no route for tests"
	start ip=0.0.0.0 port=6666
	finish
	readme modprobe | head -n 1 >line
	grep -qx ".*on a sender: $(cat line)" err ||
		fail "not printed: $(cat line)"
}

readme_names() {
	has make
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	readme make | sed 's/^make *//' >targets
	# shellcheck disable=SC2016 # no command
	grep -o '`make [^`]*`' "$TOP/README" | tr -d '`' | sed 's/^make *//' \
		>>targets
	[ "$(wc -l <targets)" -ge 4 ] || fail "only $(wc -l <targets) found"
	while read -r target; do
		# shellcheck disable=SC2086 # there may be none
		make -n -C "$TOP" BUILD="$T/build" $target >said 2>&1 ||
			grep -q "can't link a static program" said ||
			fail "make $target: $(tail -n 2 said)"
	done <targets
	sed -n '/^Where to read on/,$p' "$TOP/README" |
		sed -n 's/^  \([^ ][^ ]*\) .*/\1/p' >files
	[ "$(wc -l <files)" -ge 6 ] || fail "only $(wc -l <files) files found"
	while read -r file; do
		[ -e "$TOP/$file" ] || fail "no $file"
	done <files
}

# --- the page that one begins with ------------------------------------------

shown() {
	mandoc -Tascii -O width=80 "$TOP/man/$1" | col -b | expand
}

quick_start() {
	has mandoc
	shown udplogger.8 >page
	grep '^[A-Z]' page | sed -n 2,5p | tr '\n' , |
		grep -qx 'NAME,SYNOPSIS,QUICK START,DESCRIPTION,' ||
		fail "not at the top: $(grep '^[A-Z]' page | sed -n 2,5p)"
	sed -n '/^QUICK START/,/^DESCRIPTION/p' page | sed '$d' >screen
	[ "$(wc -l <screen)" -le 24 ] ||
		fail "$(wc -l <screen) lines are no screen"
	shown netconsole-setup.7 | cat screen - | awk 'length > 80' >wide
	[ ! -s wide ] || fail "too wide: $(head -n 1 wide)"
}

apropos_finds() {
	has mandb
	for page in $PAGES; do
		mkdir -p "man/man${page##*.}"
		cp "$TOP/man/$page" "man/man${page##*.}"
	done
	mandb -c -q man 2>err || skip "mandb: $(head -n 1 err)"
	MANPATH=$T/man apropos -l netconsole >found 2>err
	for page in udplogger.8 netconsole-setup.7; do
		grep -q "^${page%.*} (${page##*.}) " found ||
			fail "no ${page%.*}: $(cat found err)"
	done
}

# --- examples for reading the log -------------------------------------------

# answers WORDS FORMAT...: the example with these words, in log/, prints that.
# shellcheck disable=SC2059 # the format is the caller's
answers() {
	example udplogger.8 "$1" >asked
	shift
	printf "$@" >wanted
	(cd log && sh -e ../asked) >answer 2>errors ||
		fail "status $?: $(cat asked errors)"
	diff wanted answer || fail "another answer of $(cat asked)"
}

readers() {
	mkdir log
	cat >log/2026-11-22.log <<-EOF
		2026-11-22 12:59:59 192.0.2.10:6665 early
		2026-11-22 13:00:00 192.0.2.10:6665 [    1.000000] Kernel panic - not syncing: x
		2026-11-22 13:14:59 192.0.2.110:6665 of 192.0.2.10:6665
		2026-11-22 13:15:00 udplogger: 5 datagrams lost, receive buffer full
	EOF
	sed -e "s/^2026-11-22/$(today)/" -e 4d log/2026-11-22.log \
		>"log/$(today).log"
	answers '192\.0\.2\.10' '%s\n' "$(head -n 2 "log/$(today).log")"
	answers "13:00:00" '%s\n' "$(sed -n 2,3p log/2026-11-22.log)"
	answers 'sort -rn' '%s\n' '2 192.0.2.10' '1 192.0.2.110'
	answers 'n[FILENAME]' '%s\n' '2026-11-22.log 5'
	answers 'grep -B 50' '%s\n' \
		"2026-11-22.log:$(sed -n 2p log/2026-11-22.log)" \
		"$(today).log:$(sed -n 2p "log/$(today).log")" \
		"$(cat log/2026-11-22.log)"
}

# Real notices: three of five messages lost, one of them late.
lost() {
	d 10.0.0.1 5001 '4,10,100,-;first\n msgid=1\n'
	d 10.0.0.1 5001 '3,14,104,-;fifth\n msgid=5\n'
	d 10.0.0.1 5001 '4,12,102,-;third\n msgid=3\n'
	start reorder=0 "$@"
	send
	finish
}

counts_lost() {
	lost
	source=$(sed -n 's/.* -> //p' sources)
	# shellcheck disable=SC2016 # as it stands there
	answers '$7 == "lost"' '2 %s\n' "$source"
}

counts_lost_in_json() {
	has jq
	lost format=json
	source=$(sed -n 's/.* -> //p' sources)
	answers 'jq -rn' '2 %s\nfifth\n' "${source%:*}"
}

# --- scripts ----------------------------------------------------------------

# What is meant for a file, or a unit, is at least well formed.
well_formed() {
	for page in $PAGES; do
		examples "$page"
	done | awk '
		/^%%$/ { kind = ""; next }
		/^#!\/bin\/sh/ { kind = "sh"; n++ }
		kind { print >("script-" n) }'
	[ -f script-3 ] || fail "only $(ls) found"
	for script in script-*; do
		sh -n "$script" || fail "no script: $(head -n 2 "$script")"
	done
	has shellcheck
	shellcheck -s sh -e SC2034 script-* || fail "shellcheck"
}

# The script that has all tasks printed: of two tasks that hang at once, one
# dump comes; ten minutes later another.
dumps_once() {
	example netconsole-setup.7 'dmesg --follow-new' |
		sed -e 's|/proc/uptime|uptime|' -e 's|> /proc/sysrq-trigger|>>keys|' \
			>script
	mkdir bin
	cat >bin/dmesg <<-'EOF'
		#!/bin/sh
		hangs="[  242.1] INFO: task kworker/0:1:12 blocked for more than 120 seconds."
		echo "1000.25 900.00" >uptime
		echo "$hangs"
		echo "[  242.2] something else"
		echo "$hangs"
		until [ -s keys ]; do sleep 0.1; done
		sleep 0.3
		echo "1700.25 900.00" >uptime
		echo "$hangs"
	EOF
	chmod +x bin/dmesg
	PATH=$T/bin:$PATH timeout 20 sh script || fail "status $?"
	[ "$(tr -d '\n' <keys)" = tt ] || fail "not two dumps: $(cat keys)"
}

# The script that makes a target, with all that it asks replaced.
makes_a_target() {
	example netconsole-setup.7 'netconsole-to ADDRESS' |
		sed -e "s|/sys/kernel/config|$T/config|" >script
	mkdir bin config
	for program in modprobe mountpoint ping; do
		printf '#!/bin/sh\necho %s "$@" >>called\n' $program \
			>bin/$program
	done
	cat >bin/ip <<-'EOF'
		#!/bin/sh
		case "$*" in
		*'route get 192.0.2.1') echo '192.0.2.1 via 192.0.2.254 dev eth7 src 192.0.2.10 uid 0 \    cache' ;;
		*'route get 192.0.2.2') echo '192.0.2.2 dev eth8 src 192.0.2.10 uid 0 \    cache' ;;
		*'neigh show 192.0.2.254') echo '192.0.2.254 dev eth7 lladdr 02:00:00:00:00:fe REACHABLE' ;;
		*'neigh show 192.0.2.2') echo '192.0.2.2 dev eth8 lladdr 02:00:00:00:00:02 STALE' ;;
		esac
	EOF
	# mkdir in configfs fills what it makes
	printf '#!/bin/sh\n/bin/mkdir -p "$@"\n' >bin/mkdir
	chmod +x bin/*
	mkdir -p config/netconsole/192.0.2.1/userdata
	: >config/netconsole/192.0.2.1/userdata/msgid_enabled
	PATH=$T/bin:$PATH sh script 192.0.2.1 7777 || fail "status $?"
	PATH=$T/bin:$PATH sh script 192.0.2.2 || fail "status $?"
	(cd config/netconsole && grep -r . . | sort) >made
	grep -v -e boot_id -e userdata/host made >settled
	sort >wanted <<-EOF
		./192.0.2.1/dev_name:eth7
		./192.0.2.1/enabled:1
		./192.0.2.1/extended:1
		./192.0.2.1/local_ip:192.0.2.10
		./192.0.2.1/remote_ip:192.0.2.1
		./192.0.2.1/remote_mac:02:00:00:00:00:fe
		./192.0.2.1/remote_port:7777
		./192.0.2.1/userdata/msgid_enabled:1
		./192.0.2.2/dev_name:eth8
		./192.0.2.2/enabled:1
		./192.0.2.2/extended:1
		./192.0.2.2/local_ip:192.0.2.10
		./192.0.2.2/remote_ip:192.0.2.2
		./192.0.2.2/remote_mac:02:00:00:00:00:02
		./192.0.2.2/remote_port:6666
	EOF
	diff wanted settled || fail "another target"
	grep -q "^./192.0.2.1/userdata/host/value:$(hostname)\$" made ||
		fail "no host: $(cat made)"
	cmp /proc/sys/kernel/random/boot_id \
		config/netconsole/192.0.2.1/userdata/boot_id/value ||
		fail "no boot_id"
}

# --- a converter that speaks only TCP ---------------------------------------

# In a network of our own the recipes run as they stand there.
converter() {
	own_network
	has socat
	ip addr add 192.0.2.20/32 dev lo || skip "cannot set up an address"
	start port=6666
	example netconsole-setup.7 "$1" >recipe
	(exec setsid sh recipe) >recipe.out 2>&1 &
	RECIPE=$!
	PIDS="$PIDS $RECIPE"
}

# The recipe is a group of processes, which $$ can't reach one by one.
end_recipe() {
	kill -KILL "-$RECIPE" 2>/dev/null
}

# As a serial console sends it, with an end of line in the middle of a piece.
console() {
	printf 'boot %s\r\nlogin: ' "$1"
	nap
	printf 'root\r\n'
}

came() {
	texts | grep -q "^boot $1\$" && texts | grep -q '^login: root$'
}

converter_listens() {
	converter 'TCP:192.0.2.20:4001'
	for boot in one two; do
		console $boot | socat -u - \
			TCP-LISTEN:4001,bind=192.0.2.20,reuseaddr ||
			fail "the converter failed"
		wait_for "boot $boot" came $boot
	done
	end_recipe
	finish
	[ "$(lines | grep -c -v '^127\.0\.0\.1:4001 ')" -eq 0 ] ||
		fail "another source: $(lines)"
	want 'boot one\nlogin: root\nboot two\nlogin: root\n'
}

# The first connection hangs, as after a power cut, while the second comes.
converter_connects() {
	converter TCP-LISTEN:4001
	mkfifo hangs
	connects() { console "$1" | socat -u - TCP:127.0.0.1:4001 2>/dev/null; }
	wait_for "connection" connects one
	socat -u PIPE:hangs TCP:127.0.0.1:4001 2>/dev/null &
	PIDS="$PIDS $!"
	connects two || fail "no second connection"
	wait_for "boot two" came two
	end_recipe
	finish
	[ "$(lines | grep -c -v '^127\.0\.0\.1:4001 ')" -eq 0 ] ||
		fail "another source: $(lines)"
	want 'boot one\nlogin: root\nboot two\nlogin: root\n'
}

t "the manual names no option or value that is none" names
t "command lines of README and the manual are taken" command_lines
t "the log in README is that of a recording" readme_log
t "the line for a sender in README is the one that is printed" readme_sender
t "README names targets of make, and files, that are there" readme_names
t "QUICK START is one screen, at the top" quick_start
t "apropos netconsole finds both pages about it" apropos_finds
t "examples that read the log say what is there" readers
t "the example that counts lost messages does" counts_lost
t "so does the one for JSON" counts_lost_in_json
t "scripts of the manual are well formed" well_formed
t "of tasks that hang, one dump comes in ten minutes" dumps_once
t "the script for a target finds out what it needs" makes_a_target
t "socat takes from a converter that listens" converter_listens
t "socat takes from a converter that connects" converter_connects
