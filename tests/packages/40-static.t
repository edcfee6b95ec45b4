# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# make static: one file that works where nothing else is, and the container of
# it.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

# STATIC is the program, built once for all cases.
made() {
	has musl-gcc
	STATIC=$E2E_SCRATCH/static-udplogger
	[ -x "$STATIC" ] && return
	source_tree src
	make -C src static >said 2>&1 || fail "status $?: $(tail -n 5 said)"
	cp src/build/static/udplogger "$STATIC"
}

# That it loads elsewhere each time is what Linux does with the type DYN.
nothing_but_itself() {
	made
	! grep -q '/ld-' "$STATIC" || fail "it asks for a dynamic linker"
	[ "$(od -An -tu1 -j16 -N1 "$STATIC" | tr -d ' ')" -eq 3 ] ||
		fail "it is loaded at a fixed address"
	[ "$("$STATIC" --version)" = "udplogger $VERSION" ] ||
		fail "another version"
}

receives() {
	made
	UDPLOGGER=$STATIC
	start stamp=traditional
	say 'one\ntwo\n'
	want 'one\ntwo\n'
	finish
}

# A root directory with the program, an empty directory and hosts=.
bare_root() {
	made
	as_root
	has chroot
	mkdir -p root/log
	cp "$STATIC" root/udplogger
	ln -s root/log log
	echo '127.0.0.1 here' >root/hosts
	chown 6666:6666 root/log
	RUN='chroot root'
	UDPLOGGER=/udplogger
}

# No /etc/passwd, /proc, /dev, nor rules of zones.
in_a_bare_root() {
	bare_root
	TZ=TRY-5:30
	export TZ
	start uid=6666 gid=6666 hosts=/hosts stamp=iso
	grep -q '^Uid:[[:space:]]*6666' "/proc/$PID/status" ||
		fail "it runs as $(grep '^Uid:' "/proc/$PID/status")"
	say 'a line\n'
	wait_lines 1
	finish
	grep -q '^....-..-..T[0-9:.]*+05:30 here a line$' log/*.log ||
		fail "the log: $(cat log/*.log)"
	[ -f "log/$(today).log" ] || fail "another day: $(ls log)"
	! warned || fail "it warns: $(warnings)"
}

names_need_files() {
	bare_root
	mkdir -p out
	if chroot root /udplogger dir=/log uid=somebody --check 2>err >out/said
	then
		fail "it knows somebody"
	fi
	grep -q 'uid=somebody' err || fail "said: $(cat err)"
}

# podman with nothing of the machine's: its storage, its limits, its cgroups.  It
# refuses the hierarchy of cgroups that old hosts have.
podman_here() {
	as_root
	has podman
	own_namespace -nm
	has ip
	ip link set lo up || skip "cannot set up loopback"
	[ -e /sys/fs/cgroup/cgroup.procs ] ||
		mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null ||
		skip "cannot mount cgroup2"
	PORT=6666
}

podman() {
	command podman --root "$T/storage" --runroot "$T/runroot" \
		--tmpdir "$T/tmp" --storage-driver vfs \
		--cgroup-manager cgroupfs --events-backend none "$@"
}

# The image, by the command that stands in the Containerfile.
image() {
	podman_here
	made
	mkdir context
	cp "$STATIC" context/udplogger
	podman build --isolation chroot -t udplogger \
		-f "$INIT/Containerfile" context >said 2>&1 ||
		fail "status $?: $(tail -n 5 said)"
}

image_says() {
	image
	podman image inspect udplogger >said 2>&1 || fail "$(tail -n 3 said)"
	for word in '"User": "6666:6666"' '"StopSignal": "SIGTERM"' \
		'"/udplogger"' '"6666/udp"'; do
		grep -q "$word" said || fail "no $word in: $(cat said)"
	done
}

heard() {
	podman logs udplogger >err 2>&1
	grep -q 'listening on \[::\]:6666' err
}

# runs OPTION... udplogger SETTING...: as the manual says.
runs() {
	install -d -m 2750 -o 6666 -g adm log
	podman run -d --name udplogger --cgroups=disabled \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
		--network host --stop-timeout 45 -v "$T/log:/log" "$@" \
		>said 2>&1 || skip "no container here: $(tail -n 1 said)"
	PID=$(podman inspect --format '{{.State.Pid}}' udplogger)
	PIDS="${PIDS-} $PID"
	wait_for "start line" heard
}

stops() {
	podman stop udplogger >said 2>&1 || fail "podman stop: $(cat said)"
	STATUS=$(podman inspect --format '{{.State.ExitCode}}' udplogger)
	[ "$STATUS" -eq 0 ] ||
		fail "exit status $STATUS: $(podman logs udplogger 2>&1)"
}

has_line() {
	grep -q "$1" log/*.log
}

container() {
	image
	runs udplogger perm=0640 notices=yes
	grep -q '^Uid:[[:space:]]*6666[[:space:]]*6666' "/proc/$PID/status" ||
		fail "it runs as $(grep '^Uid:' "/proc/$PID/status")"
	grep -q '^CapEff:[[:space:]]*0*$' "/proc/$PID/status" ||
		fail "it may do more: $(grep '^Cap' "/proc/$PID/status")"
	say 'a line\n'
	wait_for "line" has_line ' 127\.[0-9.:]* a line$'
	say 'without an end'
	wait_for "datagram" none_waits
	stops
	has_line 'without an end' || fail "the last line: $(cat log/*)"
	has_line 'udplogger: stopped' || fail "no notice: $(cat log/*)"
	[ "$(stat -c '%a %u %G' "log/$(date -u +%Y-%m-%d).log")" = \
		'640 6666 adm' ] || fail "the file: $(ls -l log)"
	podman start udplogger >said 2>&1 || fail "podman start: $(cat said)"
	PIDS="$PIDS $(podman inspect --format '{{.State.Pid}}' udplogger)"
	wait_for "second start" has_two_lines 'udplogger: started'
	stops
}

# The kernel has nothing for it any more.
none_waits() {
	! awk '$2 ~ /:1A0A$/ && $5 !~ /:00000000$/ { found = 1 }
		END { exit !found }' /proc/net/udp /proc/net/udp6
}

has_two_lines() {
	[ "$(grep -c "$1" log/*.log)" -eq 2 ]
}

# Rules of a zone, and the host's file of them.
zones() {
	zone=/usr/share/zoneinfo/Asia/Kolkata
	[ -f $zone ] || skip "no zones here"
	image
	runs -e TZ=TRY-4:30 udplogger stamp=iso
	say 'by rules\n'
	wait_for "line" has_line '+04:30 .* by rules$'
	stops
	podman rm udplogger >said 2>&1 || fail "podman rm: $(cat said)"
	runs -v $zone:/etc/localtime:ro udplogger stamp=iso
	say 'by a file\n'
	wait_for "line" has_line '+05:30 .* by a file$'
	stops
}

t "make static makes a program that needs nothing" nothing_but_itself
t "the static program receives" receives
t "it works in an empty root directory, as a user by number" in_a_bare_root
t "a user by name is refused there" names_need_files
t "the image of it says how it runs" image_says
t "the container of it receives, ends, and starts again" container
t "the container has rules of a zone, or those of the host" zones
