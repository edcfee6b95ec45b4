# shellcheck shell=sh disable=SC2119,SC2120 # optional arguments
# What the end-to-end tests have in common.  A file FILE.t reads this, defines
# functions, and calls `t "SENTENCE" FUNCTION` for each.  A function runs in a
# subshell, in a directory of its own, and ends with status 0, or by fail or
# skip.  Whatever it started is killed at its end.
#
# E2E_LIMIT seconds is how long anything is waited for.

E2E_LIMIT=${E2E_LIMIT:-20}
export INIT="$E2E/../../init"
umask 022

# --- cases ------------------------------------------------------------------

t() {
	[ -z "${E2E_CASE-}" ] || [ "$E2E_CASE" = "$2" ] || return 0
	if [ -n "${E2E_INSIDE-}" ]; then
		# own_namespace started this file again for this case
		trap clean_up EXIT
		"$2"
		exit
	fi
	T=$E2E_SCRATCH/$2
	mkdir "$T" || exit 1
	export T
	at_noon
	(
		E2E_CASE=$2
		export E2E_CASE
		trap clean_up EXIT
		trap 'exit 1' HUP INT TERM
		cd "$T" && "$2"
	) >"$T/.said" 2>&1
	verdict $? "$1" "$2"
	chmod -R u+rwx "$T" && rm -rf "$T"
}

verdict() {
	if [ "$1" -eq 0 ]; then
		echo "PASS $2"
	elif [ -s "$T/.skip" ]; then
		echo "SKIP $2: $(cat "$T/.skip")"
	else
		echo "FAIL $2: $(cat "$T/.fail" 2>/dev/null || echo "status $1")"
		echo "     E2E_CASE=$3"
		sed 's/^/     | /' "$T/.said" | tail -n 15
		[ ! -f "$T/err" ] || sed 's/^/     stderr| /' "$T/err" |
			cut -b 1-300 | tail -n 15
	fi
}

fail() {
	echo "$*" >"$T/.fail"
	exit 1
}

skip() {
	echo "$*" >"$T/.skip"
	exit 2
}

# Everything that was started in the background, once more by force.
clean_up() {
	for pid in ${PIDS-}; do
		kill -CONT "$pid" 2>/dev/null
		kill -KILL "$pid" 2>/dev/null
	done
}

as_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

has() {
	command -v "$1" >/dev/null || skip "no $1 here"
}

# setpriv(1) of util-linux; that of busybox cannot change who it is.
has_setpriv() {
	setpriv --reuid="$(id -u)" true 2>/dev/null || skip "no setpriv here"
}

# own_namespace -n|-m|-nm: the rest of the case runs in namespaces of its own,
# where it is root and can break nothing.
own_namespace() {
	if [ -n "${E2E_INSIDE-}" ]; then
		return 0
	fi
	has unshare
	[ "$(id -u)" -eq 0 ] || set -- -r "$@"
	unshare "$@" true 2>/dev/null || skip "may not make a namespace"
	E2E_INSIDE=1
	export E2E_INSIDE
	trap - EXIT
	exec unshare "$@" sh "$0"
}

# tmpfs [OPTIONS]: a small file system at log/, in a namespace of its own.
tmpfs() {
	own_namespace -m
	mkdir -p log
	mount -t tmpfs -o "$1" tmpfs log 2>/dev/null || skip "cannot mount"
	chmod 755 log
}

# Instead of the full one, in one step: without the first there would be a
# moment in which lines go into the directory below, which is hidden then.
larger_disk() {
	mount -t tmpfs -o size=64m tmpfs log
}

# fill [FILE]: no block of the file system at log/ is free any more.
fill() {
	dd if=/dev/zero of="log/${1-filler}" bs=1024 2>/dev/null
}

# traced CALLS INJECTION [OPTION]...: the daemon, with faults by strace(1).
# ONLY is the file whose calls are meant, if not those of all.
traced() {
	has strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace"
	mkdir -p log
	calls=$1 injection=$2
	shift 2
	strace -f -o trace ${ONLY:+-P "$ONLY"} -e trace="$calls" \
		-e inject="$injection" \
		"$UDPLOGGER" ip=127.0.0.1 port=0 dir=log "$@" \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
	find_daemon
}

own_network() {
	own_namespace -n
	has ip
	ip link set lo up || skip "cannot set up loopback"
}

has_local_route() {
	ip -6 route show table local | grep -q "^local $1 "
}

# add_address ADDRESS/BITS INTERFACE: of IPv6 the kernel makes the route a little
# later; what is sent to the address before is lost.
add_address() {
	ip address add "$1" dev "$2" nodad 2>/dev/null ||
		ip address add "$1" dev "$2" 2>/dev/null ||
		skip "cannot add the address $1"
	case $1 in
	*:*) wait_for "route to $1" has_local_route "${1%/*}" ;;
	esac
}

# --- waiting ----------------------------------------------------------------

nap() {
	sleep 0.05 2>/dev/null || sleep 1
}

# how_far COMMAND...: what its last test was, with the values of the moment, as
# `[ 39998 -ge 40000 ]`; of a command without one, the last step.
how_far() {
	(
		PS4='+ '
		set -x
		"$@"
	) 2>&1 >/dev/null | sed -n 's/^++* //p' | awk '
		/^\[ / { test = $0 }
		{ step = $0 }
		END { print test ? test : step }' | cut -b 1-200
}

# wait_for WHAT COMMAND...: until the command succeeds.
wait_for() {
	what=$1
	shift
	deadline=$(($(date +%s) + E2E_LIMIT))
	until "$@"; do
		[ "$(date +%s)" -le "$deadline" ] || fail "no $what" \
			"within $E2E_LIMIT s: $(how_far "$@")"
		nap
	done
}

# at_noon: sets TZ, to a zone of whole hours at most 12 from UTC, so that it is
# noon or within an hour of it.  Each case begins so, and no midnight comes into
# one that does not want it.
at_noon() {
	utc=$(TZ=UTC0 date +%H)
	TZ=TST$((${utc#0} - 12))
	export TZ
}

# local_time SECONDS: sets TZ so that so many of the local day have passed.  It
# is at most 12 hours from UTC, as zones are: PostgreSQL refuses those of 16.
local_time() {
	TZ=$(TZ=UTC0 date +%H:%M:%S | awk -F : -v wanted="$1" '{
		east = (wanted - ($1 * 3600 + $2 * 60 + $3) + 86400) % 86400
		sign = east > 43200 ? "+" : "-"
		if (sign == "+")
			east = 86400 - east
		printf "TST%s%02d:%02d:%02d", sign, east / 3600, east / 60 % 60, east % 60
	}')
	export TZ
}

today() {
	date +%Y-%m-%d
}

# old DAYS: the date of so many days ago; -1 is tomorrow.
old() {
	ago=$(($(date +%s) - $1 * 86400))
	date -d "@$ago" +%Y-%m-%d 2>/dev/null || date -r "$ago" +%Y-%m-%d
}

gone() {
	[ ! -d "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# --- the daemon -------------------------------------------------------------

# port_of PROCESS [tcp]: the port that it receives on, or those on which it
# listens by TCP, from the kernel's own tables.
port_of() {
	# shellcheck disable=SC2012 # readlink of many is not everywhere
	ls -l "/proc/$1/fd" 2>/dev/null |
		sed -n 's/.* -> socket:\[\([0-9]*\)]$/\1/p' >"$T/.inodes"
	cat "/proc/net/${2-udp}" "/proc/net/${2-udp}6" 2>/dev/null |
		while read -r _ local _ state _ _ _ _ _ inode _; do
			[ "${2-udp}" = udp ] || [ "$state" = 0A ] || continue
			grep -qx "$inode" "$T/.inodes" || continue
			printf '%d\n' "0x${local##*:}"
			[ "${2-udp}" = tcp ] || break
		done
}

find_port() {
	PORT=$(port_of "$PID")
	[ -n "$PORT" ]
}

listens() {
	PORT=$(sed -n '/udplogger: listening on /{
		s/.*://p
		}' err)
	[ -n "$PORT" ] && return 0
	if gone "$PID"; then
		fail "the daemon ended: $(head -n 3 err)"
	fi
	return 1
}

# start OPTION...: on a free port of 127.0.0.1, files in log/, messages in err,
# standard output in out.  Sets PID and PORT.  RUN is what runs the program.
start() {
	mkdir -p log
	: >err
	# shellcheck disable=SC2086 # RUN is a command with its arguments
	${RUN-} "$UDPLOGGER" ip=127.0.0.1 port=0 dir=log "$@" \
		</dev/null >out 2>err &
	began
	wait_for "start line" listens
}

# start_without_memory OPTION...: as start; what asks for memory afterwards is
# told in err.  LD_PRELOAD takes no path with a space or a colon.
start_without_memory() {
	cp "$NOMALLOC" nomalloc.so || skip "this program can't be hooked into"
	RUN="env LD_PRELOAD=./nomalloc.so"
	start "$@"
	(E2E_LIMIT=3 && wait_for "hook" grep -aq 'nomalloc: begins' err) ||
		skip "this program can't be hooked into"
}

asked_for_no_memory() {
	! grep -a 'nomalloc: memory' err || fail "it asked for memory"
}

# Takes the process that was just started as the daemon.
began() {
	PID=$!
	PIDS="${PIDS-} $PID"
}

# Some programs start the daemon as a child and stay: then PID is theirs.  The
# daemon is the one that runs our program in this case's directory.
find_daemon() {
	program=$(readlink -f "$UDPLOGGER")
	for exe in /proc/[0-9]*/exe; do
		process=${exe%/exe}
		[ "$(readlink "$exe" 2>/dev/null)" = "$program" ] || continue
		[ "$(readlink "$process/cwd")" = "$T" ] || continue
		PID=${process#/proc/}
		PIDS="$PIDS $PID"
		return
	done
	fail "cannot find the daemon"
}

# finish [SIGNAL]: ends the daemon, and wants status 0.
finish() {
	kill -s "${1:-TERM}" "$PID" || fail "the daemon is gone"
	await_end
	[ "$STATUS" -eq 0 ] || fail "exit status $STATUS after ${1:-TERM}"
}

await_end() {
	wait_for "end of the daemon" gone "$PID"
	wait "$PID"
	STATUS=$?
}

alive() {
	! gone "$PID" || fail "the daemon is gone${1+ $1}"
}

# --- sending ----------------------------------------------------------------

# d ADDRESS PORT FORMAT [ARGUMENT]...: adds a datagram to the recording
# rec.dgrams; its bytes are what printf makes of the rest.  CLOCK is its time.
# shellcheck disable=SC2059 # the format is the caller's
d() {
	d_from="$1 $2"
	shift 2
	printf "$@" >.bytes
	d_len=$(wc -c <.bytes)
	{
		printf '@ %d %s %d\n' "${CLOCK-0}" "$d_from" "$d_len"
		cat .bytes
		echo
	} >>rec.dgrams
}

# numbered FIRST LAST [ADDRESS [PORT]]: adds lines `line 000001` and so on.
numbered() {
	awk -v first="$1" -v last="$2" -v from="${3-10.0.0.1} ${4-5001}" '
		BEGIN {
			for (i = first; i <= last; i++)
				printf "@ 0 %s 12\nline %06d\n\n", from, i
		}' >>rec.dgrams
}

# paced FIRST LAST RATE: numbered, with times so that RATE come in a second.
paced() {
	awk -v first="$1" -v last="$2" -v gap="$((1000000 / $3))" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "@ %d 10.0.0.1 5001 12\nline %06d\n\n",
				(i - first) * gap, i
	}' >>rec.dgrams
}

# send_in_background FILE [OPTION]...: at its own pace, whether somebody takes
# it or not.  Sets SENDER.
send_in_background() {
	paced_file=$1
	shift
	"$REPLAY" --window=0 "$@" "$paced_file" 127.0.0.1 "$PORT" \
		>.replayed 2>&1 &
	SENDER=$!
	PIDS="$PIDS $SENDER"
}

sent_all() {
	wait "$SENDER" || fail "replay failed: $(tail -n 2 .replayed)"
}

# send [OPTION]...: sends rec.dgrams, and begins a new one.
send() {
	replay --fast "$@" rec.dgrams
	rm -f rec.dgrams
}

# can_make SENDERS: load can be so many: raw sockets make 60,000, without them
# each is a socket.
can_make() {
	able=$("$LOAD" probe=yes sources="$1" | sed 's/^sources //;s/ .*//')
	[ "${able:-0}" -ge "$1" ] || skip "can make only $able senders"
}

# replay OPTION... FILE: to the daemon.  Adds to the file sources.
replay() {
	if ! "$REPLAY" "$@" "${TO-127.0.0.1}" "$PORT" >.replayed 2>.refused; then
		! says .refused 'replay: .*socket' EMFILE ||
			skip "too few descriptors for so many senders"
		fail "replay failed: $(tail -n 2 .replayed)" \
			"$(tail -n 2 .refused)"
	fi
	cat .replayed >>sources
}

# say FORMAT...: one datagram from the usual source, now.
say() {
	d 10.0.0.1 5001 "$@"
	send
}

# recording NAME: sets NAME, and FILE, which is not compressed.
recording() {
	NAME=$1
	FILE=$DATA/$NAME.dgrams
	if [ -f "$FILE.gz" ]; then
		gzip -dc "$FILE.gz" >recording.dgrams || fail "gzip"
		FILE=$T/recording.dgrams
	fi
	[ -f "$FILE" ] || skip "$FILE is missing"
}

# ring PART: the lines of `dmesg -r` in that part of its truth, without
# <priority>.
ring() {
	gzip -dc "$DATA/$NAME.$1.log.gz" |
		sed -n '/^=== dmesg -r/,/^=== end/{ /^===/d; s/^<[0-9]*>//p; }'
}

# --- the log ----------------------------------------------------------------

logged() {
	cat log/????-??-??.log 2>/dev/null
}

# Lines without the stamp, which is checked.
lines() {
	logged >.all
	if grep -a -v -q '^[0-9]\{4\}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] [0-9a-z[]' .all; then
		fail "a line without a stamp: $(grep -a -v '^[0-9]\{4\}-..-.. ..:..:.. ' .all | head -n 1)"
	fi
	cut -b 21- .all
}

# Lines without stamp and source.
texts() {
	lines >.lines
	sed 's/^[^ ]* //' .lines
}

has_lines() {
	[ "$(logged | wc -l)" -ge "$1" ]
}

wait_lines() {
	wait_for "$1 lines in the log" has_lines "$1"
}

# want FORMAT...: the texts of the log are these.
# shellcheck disable=SC2059 # the format is the caller's
want() {
	printf "$@" >.wanted
	texts >.texts || exit 1
	same .wanted .texts
}

# same WANTED HAVE
same() {
	cmp -s "$1" "$2" && return
	diff "$1" "$2" | cut -b 1-300 | head -n 12
	fail "the log differs: $(diff "$1" "$2" | grep -c '^<') lines missing," \
		"$(diff "$1" "$2" | grep -c '^>') too many"
}

# same_log FILE [OPTION]...: after it was sent, the log is what expect says.
# Sources are compared one by one: between them only the time decides.
same_log() {
	file=$1
	shift
	"$EXPECT" --sources=sources "$@" "$file" >.model ||
		fail "expect failed"
	lines >.lines || exit 1
	sort -s -k 1,1 .model >.wanted
	sort -s -k 1,1 .lines >.sorted
	same .wanted .sorted
}

# All that is warned of, but what the machine is like: that the tests run as
# root, or as somebody for whom it has no large buffer.
warnings() {
	grep 'udplogger: warning: ' err | grep -v -e 'runs as root' \
		-e 'the kernel grants a receive buffer'
}

warned() {
	[ -n "$(warnings)" ]
}

sends_next_warned() {
	n=$((n + 1))
	numbered "$n" "$n"
	send
	warned
}

# Lines behind the one of number n, one by one; n is then the last that went.
send_until_warned() {
	wait_for "warning" sends_next_warned
}

# says FILE PATTERN ERROR: a line that ends in this libc's words for ERROR.
says() {
	grep -q "$2: $("$ERRORNAME" "$3")\$" "$1"
}

# told_lost: how many datagrams the log says that the kernel has dropped.
told_lost() {
	logged | awk '$3 == "udplogger:" && $6 ~ /^lost/ { n += $4 }
		END { print n + 0 }'
}

# whole FILE...: every line is one of ours or of the daemon's, and whole.
whole() {
	cat "$@" >.whole
	[ -z "$(tail -c 1 .whole)" ] || fail "an unfinished line:" \
		"$(tail -n 1 .whole | cut -b 1-80)"
	if grep -a -v -q -E '^[-0-9]{10} [:0-9]{8} ([.0-9]+:[0-9]+ line [0-9]{6}|udplogger: [0-9]+ datagrams lost, receive buffer full)$' .whole; then
		fail "a torn line: $(grep -a -v -E '^[-0-9]{10} [:0-9]{8} ([.0-9]+:[0-9]+ line [0-9]{6}|udplogger: .*)$' .whole | head -n 1)"
	fi
}

# want_in FIRST LAST FILE...: the files have these lines, in order.
want_in() {
	first=$1 last=$2
	shift 2
	whole "$@"
	cat "$@" | sed 's/.* line /line /' >.texts
	awk -v first="$first" -v last="$last" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	same .wanted .texts
}

# boot_root SECONDS ERR OPTION COMMAND...: root/ is booted for that alone, by
# systemd-nspawn with OPTION, or none if it is empty, in our time zone.  What it
# says is in root/out/out, and on its standard error in root/out/ERR.
boot_root() {
	boot_seconds=$1 boot_err=$2 boot_option=$3
	shift 3
	cat >root/etc/systemd/system/try.service <<-END
		[Unit]
		After=basic.target
		[Service]
		Type=oneshot
		WorkingDirectory=/out
		StandardOutput=append:/out/out
		StandardError=append:/out/$boot_err
		ExecStart=$*
		ExecStopPost=/bin/systemctl --force --force poweroff
	END
	cat >root/etc/systemd/system/try.target <<-END
		[Unit]
		Requires=basic.target try.service
	END
	# A newer systemd refuses the hierarchy of cgroups that old hosts have.
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout "$boot_seconds" \
		systemd-nspawn -q --register=no --keep-unit --private-network \
		-D "$T/root" ${boot_option:+"$boot_option"} \
		-b systemd.unit=try.target "systemd.setenv=TZ=$TZ" \
		</dev/null >console 2>&1
	[ -s root/out/out ] ||
		skip "no container here: $(grep -v '^$' console | head -n 1)"
}

# numbers FIRST LAST: the numbered lines are all there, once, in order.
want_numbers() {
	awk -v first="$1" -v last="$2" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "line %06d\n", i
	}' >.wanted
	texts >.texts || exit 1
	same .wanted .texts
}
