# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What the program refuses, and how.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# refused STATUS WORD... -- ARGUMENT...: it ends with that status, one line on
# stderr that has all the words, nothing on stdout, and no file left behind.
# With no dir= among the arguments, the current directory is an empty one.
refused() {
	wanted=$1
	shift
	: >.words
	while [ "$1" != -- ]; do
		echo "$1" >>.words
		shift
	done
	shift
	rm -rf empty
	mkdir empty
	(
		cd empty && exec timeout "$E2E_LIMIT" "$UDPLOGGER" "$@" \
			</dev/null >../out 2>../err
	)
	status=$?
	[ "$status" -eq "$wanted" ] ||
		fail "$*: exit status $status, not $wanted"
	[ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line on stderr"
	[ ! -s out ] || fail "$*: something on stdout"
	while read -r word; do
		grep -qF -e "$word" err || fail "$*: stderr lacks '$word'"
	done <.words
	[ -z "$(ls -A empty)" ] || fail "$*: it left $(ls -A empty)"
}

# A usage error names the option and value as they were given.
usage() {
	for argument; do
		bare=${argument#--}
		refused 64 'udplogger: ' "$bare" -- "$argument"
	done
}

both_forms() {
	for argument; do
		usage "$argument" "--$argument"
	done
}

unknown() {
	for name in nosuch por portx tim Port ''; do
		refused 64 "udplogger: $name=: unknown option; " -- "$name=1"
		refused 64 "udplogger: --$name=: unknown option; " -- \
			"--$name=1"
	done
	usage -hV ---help --hel --helpp --versio --chec stray
	refused 64 'prot=: unknown option; did you mean port=? See --help' -- \
		prot=6666
	refused 64 '--helpp: unknown option; did you mean --help? ' -- --helpp
	refused 64 'file={x}/%Y%m%d: {x} is none of %Y %m %d %H %% {host} ' -- \
		'file={x}/%Y%m%d'
}

units() {
	mkdir log
	for argument in wbuf=64k rbuf=1m queue=1g max=1t timeout=10s \
		timeout=5000ms timeout=1m reorder=10ms reorder=1s keep=7d; do
		"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log "$argument" \
			>out 2>err || fail "$argument is refused: $(cat err)"
	done
	usage timeout=1h timeout=10S timeout=4999ms reorder=2s keep=7s
}

no_value() {
	both_forms port dir ip timeout clients wbuf rbuf uid gid perm raw tee
	both_forms port= dir= ip= timeout= clients= wbuf= rbuf= uid= gid= \
		perm= raw= tee=
	usage stray ./stray --
	refused 64 'udplogger: ' -- ''
}

numbers() {
	for option in port timeout clients wbuf rbuf; do
		both_forms "$option=abc" "$option=10x" "$option=+10" \
			"$option=-1" "$option= 10" "$option=10 " \
			"$option=0x10" "$option=1e3" "$option=10.0" \
			"$option=99999999999999999999" \
			"$option=18446744073709551626" "$option=4294967306"
	done
	for option in wbuf rbuf; do
		usage "$option=K" "$option=64KB" "$option=64Ki" \
			"$option=64 K" "$option=K64" "$option=1T" \
			"$option=99999999999999999G" \
			"$option=18014398509481984K" "$option=17179869184G"
	done
	for option in port timeout clients; do
		usage "$option=10K"
	done
	usage perm=0608 perm=abc perm=+600 perm=-1 perm=0x180 'perm=0600 ' \
		perm=600x perm=777777777777777777777600
	usage uid=4294967295 gid=4294967295 uid=4294967296 gid=-1 uid=-1 \
		uid=18446744073709551616
	usage raw=maybe raw=YES raw=1x tee=sometimes tee=yess raw=ye
}

# just beyond each end
ranges() {
	both_forms port=65536 timeout=4 timeout=601 clients=9 clients=1048577 \
		wbuf=1023 wbuf=1048577 wbuf=0K wbuf=1025K wbuf=2M rbuf=65535 \
		rbuf=63K rbuf=1073741825 rbuf=2G perm=0667 perm=0700 perm=0111 \
		perm=1000 perm=4600 perm=7777
	refused 64 port=65536 65535 -- port=65536
	refused 64 timeout=4 600 -- timeout=4
	refused 64 wbuf=1023 1048576 -- wbuf=1023
	refused 64 perm=0700 0666 -- perm=0700
}

# and just inside
ranges_inside() {
	mkdir log
	for argument in port=0 port=65535 timeout=5 timeout=600 clients=10 \
		clients=1048576 wbuf=1024 wbuf=1K wbuf=1M wbuf=1048576 \
		rbuf=65536 rbuf=64K rbuf=1G rbuf=1073741824 perm=0 perm=0000 \
		perm=0666 perm=600 raw=yes raw=no tee=yes tee=no tee=auto \
		--port=0 --dir=log; do
		"$UDPLOGGER" --check ip=127.0.0.1 port=0 dir=log "$argument" \
			>out 2>err || fail "$argument is refused: $(cat err)"
	done
}

users() {
	usage uid=no-such-user-here gid=no-such-group-here
}

addresses() {
	both_forms ip=nosuch ip=1.2.3 ip=1.2.3.4.5 ip=256.0.0.1 \
		ip=127.0.0.1:6666 'ip=[::1]' ip=::g ip=localhost 'ip=1.2.3.4 '
}

# An address that may come later is waited for; these come never.
never_local() {
	refused 1 'the broadcast address' -- ip=255.255.255.255 port=0
}

directories() {
	: >file
	ln -s nowhere dangling
	refused 1 "dir=$T/missing" -- ip=127.0.0.1 port=0 "dir=$T/missing"
	[ ! -e missing ] || fail "it made the directory"
	refused 1 "dir=$T/file" -- ip=127.0.0.1 port=0 "dir=$T/file"
	refused 1 "dir=$T/dangling" -- ip=127.0.0.1 port=0 "dir=$T/dangling"
	[ ! -s file ] || fail "it wrote to a file in the directory's place"
	long=$(awk 'BEGIN { while (n++ < 5000) printf "a" }')
	refused 1 dir= -- ip=127.0.0.1 port=0 "dir=$long"
}

not_writable() {
	mkdir log
	chmod 555 log
	if [ "$(id -u)" -eq 0 ]; then
		has_setpriv
		cp "$UDPLOGGER" program
		chmod 777 .
		uid=$(id -u nobody) || skip "no user nobody"
		printf '%s\n' '#!/bin/sh' "exec setpriv --reuid=$uid \\" \
			"--regid=$uid --clear-groups $T/program \"\$@\"" >wrap
		chmod +x wrap
		UDPLOGGER=$T/wrap
	fi
	refused 1 "dir=$T/log" -- ip=127.0.0.1 port=0 "dir=$T/log"
}

port_in_use() {
	start
	refused 1 "port=$PORT" -- ip=127.0.0.1 "port=$PORT"
	refused 1 "port=$PORT" -- --check ip=127.0.0.1 "port=$PORT"
	refused 1 "port=$PORT" -- ip=0.0.0.0 "port=$PORT"
	say 'still here\n'
	wait_lines 1
	want 'still here\n'
}

# also when it would write to the same directory
second_instance() {
	start
	timeout "$E2E_LIMIT" "$UDPLOGGER" ip=127.0.0.1 "port=$PORT" dir=log \
		>out2 2>err2
	[ $? -eq 1 ] || fail "a second instance was not refused"
	[ "$(wc -l <err2)" -eq 1 ] || fail "not one line: $(cat err2)"
	say 'still here\n'
	finish
	want 'still here\n'
}

# Behind -h or -V anything may stand, and it is not more than a text.
printed() {
	"$UDPLOGGER" "$@" port=x >out 2>err </dev/null ||
		fail "$*: status $?: $(cat err)"
	[ ! -s err ] || fail "$*: $(cat err)"
}

texts_only() {
	for argument in -h --help; do
		printed $argument --check
		grep -q '^ *port=' out || fail "$argument: $(head -n 3 out)"
		printed --check $argument --version
		grep -q '^ *port=' out || fail "$argument: $(head -n 3 out)"
	done
	for argument in -V --version; do
		printed $argument x=5
		[ "$(wc -l <out)" -eq 1 ] || fail "$argument: $(cat out)"
		grep -q '^udplogger [0-9]' out || fail "$argument: $(cat out)"
	done
}

t "help and version are printed, whatever comes behind" texts_only
t "unknown options and prefixes of options are refused" unknown
t "sizes, times and days take units" units
t "options without a value are refused" no_value
t "what is not a number is refused" numbers
t "values just out of range are refused" ranges
t "values just inside the range are taken" ranges_inside
t "unknown users and groups are refused" users
t "what is not an address is refused" addresses
t "an address that can never be this machine's is refused" never_local
t "a directory that is missing or none is refused" directories
t "a directory that is not writable is refused" not_writable
t "a port in use is refused" port_in_use
t "a second instance is refused" second_instance
