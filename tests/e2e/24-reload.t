# shellcheck shell=sh disable=SC2034,SC2119,SC2120,SC2317,SC2153
# HUP reads the settings again.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

said() {
	grep -aq "$1" err
}

# reload PATTERN: HUP, until stderr has the pattern in a line after it
reload() {
	: >err
	kill -s HUP "$PID"
	wait_for "'$1'" said "$1"
}

each_option() {
	echo 'perm=0640' >my.conf
	start conf=my.conf
	say 'one\n'
	wait_lines 1
	printf '127.0.0.1 box\n' >names
	printf '%s\n' perm=0644 format=json hosts=names timeout=5s \
		reorder=0 line=cr limit=1000 keep=5 keepmin=1 max=1G \
		free=64K >my.conf
	reload 'from now on: hosts=names timeout=5 line=cr limit=1000 keep=5 '
	two() { say 'two\r'; grep -q '"host":"box".*"message":"two"' log/*.log; }
	wait_for "the second form" two
	[ "$(stat -c %a log/*.log)" = 644 ] || fail "not perm=0644"
	printf '%s\n' stamp=iso level=yes ansi=hide "file={host}/%Y%m%d" \
		link=now >my.conf
	reload 'from now on: file={host}/%Y%m%d link=now '
	three() {
		say '\033[1mthree\033[0m\n'
		grep -q 'T..:..:..\.......[-+].* 127.0.0.1:5001 three$' \
			log/127.0.0.1/now
	}
	wait_for "the third form" three
	echo >my.conf
	reload 'from now on: file=%Y-%m-%d.log link=none '
	four() { say 'four\n'; grep -q ' 127.0.0.1:5001 four$' log/*.log; }
	wait_for "the fourth form" four
	finish
	head -n 1 log/*.log | grep -q ' 127.0.0.1:5001 one$' ||
		fail "the first form is gone"
}

# A link that is to be elsewhere, or nowhere, does not stay where it was.
former_link() {
	echo link=now >my.conf
	start conf=my.conf
	say 'one\n'
	wait_lines 1
	[ -h log/now ] || fail "no link"
	echo link=today >my.conf
	reload 'from now on: link=today$'
	wait_for "link" test -h log/today
	[ ! -h log/now ] || fail "the former link stays"
	rm log/today && echo mine >log/today
	printf 'link=now\nfile=%%Y%%m%%d\n' >my.conf
	reload 'from now on: file=%Y%m%d link=now$'
	wait_for "link" test -h log/now
	[ "$(cat log/today)" = mine ] || fail "somebody's file is gone"
	printf 'link=now\nfile={host}/%%Y%%m%%d\n' >my.conf
	reload 'from now on: file={host}/%Y%m%d$'
	[ ! -h log/now ] || fail "the link in DIR stays"
	linked() { say 'two\n'; [ -h log/127.0.0.1/now ]; }
	wait_for "link" linked
	ln -s elsewhere log/other
	printf 'link=other\n' >my.conf
	reload 'from now on: file=%Y-%m-%d.log link=other$'
	wait_for "link" test -f log/other
	rm log/other && ln -s elsewhere log/other
	echo >my.conf
	reload 'from now on: link=none$'
	[ -h log/other ] || fail "somebody's link is gone"
	finish
}

# Files that are there count, whatever made them.
counted_anew() {
	echo files=2 >my.conf
	start conf=my.conf source=port
	mkdir log/5001 log/5002
	: >"log/5001/$(today)" && : >"log/5002/$(today)"
	printf 'files=2\nfile={port}/%%Y-%%m-%%d\n' >my.conf
	reload 'from now on: file={port}/%Y-%m-%d$'
	# A walk takes milliseconds; who comes before its end may have a file.
	wait_for "the end of the walk" walked
	d 10.0.0.1 5003 'one\n'
	send
	shared() { grep -q one log/0/* 2>/dev/null; }
	wait_for "the file of others" shared
	[ ! -d log/5003 ] || fail "a third file"
	finish
}

# No directory is open any more.
walked() {
	for fd in "/proc/$PID/fd"/*; do
		[ ! -d "$fd" ] || return 1
	done
}

restart_needed() {
	echo perm=0600 >my.conf
	start conf=my.conf
	printf 'perm=0640\nqueue=8M\nport=7\nsource=address\n' >my.conf
	reload 'warning: queue=: needs a restart$'
	wait_for "the last" said 'warning: source=: needs a restart$'
	! said port= || fail "the command line's port is another"
	say 'one\n'
	wait_lines 1
	[ "$(stat -c %a log/*.log)" = 640 ] || fail "the rest did not change"
}

broken() {
	echo perm=0640 >my.conf
	start conf=my.conf
	say 'one\n'
	wait_lines 1
	mv log/*.log away
	printf 'perm=0600\n\nport=abc\n' >my.conf
	reload 'warning: my.conf:3: port=abc: not allowed; .* stay as they were'
	anew() { say 'two\n'; grep -q 'two$' log/*.log 2>/dev/null; }
	wait_for "the file made anew" anew
	[ "$(stat -c %a log/*.log)" = 640 ] || fail "perm= changed"
	printf 'raw=yes\nformat=json\n' >my.conf
	reload 'warning: my.conf:2: raw=yes: not allowed with format=json'
	rm my.conf
	reload 'warning: conf=my.conf: unable to read it: '
	printf 'perm=0600\nhosts=nix\n' >my.conf
	reload 'warning: my.conf:2: hosts=nix: unable to read it: .* stay as'
	kill -s USR1 "$PID"
	wait_for "counts" said 'counts: '
	[ "$(wc -l <err)" -eq 2 ] || fail "not said once: $(cat err)"
	echo 'perm=0600' >my.conf
	reload 'from now on: perm=0600'
	finish
}

no_malloc() {
	echo perm=0640 >my.conf
	start_without_memory conf=my.conf
	say 'one\n'
	wait_lines 1
	printf '127.0.0.1 box\n' >names
	printf '%s\n' format=json hosts=names keep=5 "file={host}/%Y%m%d" \
		link=now >my.conf
	reload 'from now on: file={host}/%Y%m%d link=now '
	two() { say 'two\n'; grep -q '"message":"two"' log/box/now; }
	wait_for "the second form" two
	echo prot=1 >my.conf
	reload 'did you mean port=?'
	finish
	asked_for_no_memory
}

# What lines say, whatever their form, in order of name.
texts() {
	find log -type f -exec cat {} + | sed '
		s/.*"message":"\(.*\)","level":[^"]*".*}$/\1/
		t
		s/.*"message":"\(.*\)"}$/\1/
		t
		s/^[0-9-]* [0-9:]* [^ ]* //
		t record
		s/^[^ ]* [^ ]* //
		: record
		s/^\(<[0-9]*>\)*\[ *[0-9.]*\] //' | sort
}

# reload_often SECONDS HEADER: under load, each live option there and back
reload_often() {
	[ -x "$TOOLS/bench/load" ] || skip "no load; make bench"
	printf '127.0.0.1 box\n' >names
	printf '%s\n' timeout=20 perm=0640 format=json stamp=iso level=yes \
		reorder=5 line=cr ansi=hide "file={host}-{port}/%Y%m%d-%H" \
		hosts=names link=now keep=30 keepmin=3 max=1T free=64K \
		limit=100000 >there
	printf '%s\n' perm=0644 format=json "file=%Y%m%d.log" >other
	echo >my.conf
	start conf=my.conf
	"$TOOLS/bench/load" "port=$PORT" sources=20 first=0 rate=20000 \
		"header=$2" "count=$(($1 * 20000))" >sent 2>&1 &
	load=$!
	PIDS="${PIDS-} $load"
	n=0
	while kill -0 "$load" 2>/dev/null; do
		case $((n % 4)) in
		0) cp there my.conf.new ;;
		2) cp other my.conf.new ;;
		*) echo >my.conf.new ;;
		esac
		mv my.conf.new my.conf
		kill -s HUP "$PID"
		n=$((n + 1))
		sleep 0.05
	done
	wait "$load" || skip "load: $(cat sent)"
	finish
	grep -q 'counts:\|gave up\|datagrams lost' err &&
		skip "this machine is too slow: $(grep lost err)"
	[ "$(grep -c 'from now on:' err)" -ge $((n / 2)) ] ||
		fail "$n reloads, but $(grep -c 'from now on:' err) were said"
	texts >got
	[ "$(wc -l <got)" -eq $(($1 * 20000)) ] ||
		fail "$(wc -l <got) lines of $(($1 * 20000)), $n reloads"
	[ -z "$(uniq -d got)" ] || fail "twice: $(uniq -d got | head -n 3)"
	echo "$n reloads" >&2
}

under_load() {
	reload_often "${E2E_RELOAD_SECONDS:-3}" no
}

records_under_load() {
	reload_often "${E2E_RELOAD_SECONDS:-3}" extended
	said ' 0 datagrams and 0 messages lost$' || fail "$(tail -n 1 err)"
}

t "each live option changes at HUP, in the same file where it can" each_option
t "a former link goes, if it is ours" former_link
t "with another file= the files that are there count for files=" counted_anew
t "what needs a restart is said, and the rest changes" restart_needed
t "a broken file changes nothing, and files are opened anew" broken
t "a reload asks for no memory" no_malloc
t "reloads under load lose no line and double none" under_load
t "nor a record of extended netconsole" records_under_load
