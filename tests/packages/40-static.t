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

# Built as its first lines say; it is not run here, as that takes more of a
# machine than its root.
container() {
	made
	as_root
	has buildah
	mkdir context
	cp "$STATIC" context/udplogger
	storage="--root $T/storage --runroot $T/runroot --storage-driver vfs"
	# shellcheck disable=SC2086 # words
	buildah $storage bud --isolation chroot -t try \
		-f "$INIT/Containerfile" context >said 2>&1 ||
		fail "status $?: $(tail -n 5 said)"
	# shellcheck disable=SC2086
	buildah $storage inspect --type image try >said 2>&1 ||
		fail "$(tail -n 3 said)"
	for word in '"User": "6666:6666"' '"StopSignal": "SIGTERM"' \
		'"/udplogger"' '"6666/udp"'; do
		grep -q "$word" said || fail "no $word in: $(cat said)"
	done
}

t "make static makes a program that needs nothing" nothing_but_itself
t "the static program receives" receives
t "it works in an empty root directory, as a user by number" in_a_bare_root
t "a user by name is refused there" names_need_files
t "the container of it can be built" container
