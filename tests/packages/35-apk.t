# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034,SC2154,SC2016
# make apk, as far as it goes without Alpine: what abuild gets, what the functions
# of APKBUILD do, and what OpenRC makes of the script, see openrc-life.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

# apk/ has what abuild gets.
prepared() {
	source_tree src
	mkdir bin
	printf '#!/bin/sh\necho "$PWD: $*" >>"%s/called"\n' "$T" >bin/abuild
	chmod +x bin/abuild
	PATH=$T/bin:$PATH make -C src BUILD="$T/build" apk >said 2>&1 ||
		fail "status $?: $(tail -n 5 said)"
	mv build/packages/apk .
}

what_abuild_gets() {
	prepared
	grep -q "^.*/build/packages/apk: -r -P " called || fail "$(cat called)"
	[ "$(cd apk && echo *)" = \
		"APKBUILD udplogger-$VERSION.tar.gz udplogger.pre-install" ] ||
		fail "there is $(cd apk && echo *)"
	(cd apk && . ./APKBUILD && echo "$sha512sums" | sed '/^$/d' |
		sha512sum -c) >said 2>&1 || fail "the checksum: $(cat said)"
}

by_shellcheck() {
	has shellcheck
	prepared
	shellcheck apk/APKBUILD apk/udplogger.pre-install >said 2>&1 ||
		fail "$(cat said)"
}

by_own_tools() {
	has apkbuild-lint
	prepared
	apkbuild-lint apk/APKBUILD >said 2>&1 || fail "$(cat said)"
}

# pkg/ has what build and package make, as abuild calls them.
packaged() {
	prepared
	mkdir src2 pkg
	tar -C src2 -xzf "apk/udplogger-$VERSION.tar.gz" || fail "no tarball"
	(
		srcdir=$T/src2
		pkgdir=$T/pkg
		CFLAGS=-O0
		set -e
		. apk/APKBUILD
		build
		package
	) >said 2>&1 || fail "$(tail -n 5 said)"
}

functions() {
	packaged
	for file in etc/init.d/udplogger etc/udplogger.conf usr/sbin/udplogger \
		usr/share/man/man8/udplogger.8 \
		usr/share/bash-completion/completions/udplogger \
		usr/share/doc/udplogger/examples/udplogger.logrotate; do
		[ -f "pkg/$file" ] || fail "no $file"
	done
	[ ! -e pkg/usr/lib ] || fail "systemd's files are there"
	# abuild moves to the subpackages what it has names for.
	(cd pkg && find . -type f ! -path './usr/share/doc/*' \
		! -path './usr/share/man/*' ! -path './etc/init.d/*' \
		! -path './usr/share/bash-completion/*') | sort >main
	printf './etc/udplogger.conf\n./usr/sbin/udplogger\n' | cmp -s - main ||
		fail "in the main package: $(cat main)"
	grep -q '^command=/usr/sbin/udplogger$' pkg/etc/init.d/udplogger ||
		fail "the script names another program"
	[ "$(pkg/usr/sbin/udplogger --version)" = "udplogger $VERSION" ] ||
		fail "another version"
}

# Not every release of Debian has an OpenRC that can be installed.
openrc_root() {
	clean_root
	[ -x root/sbin/openrc-run ] || timeout 120 chroot root sh -c \
		'apt-get update && apt-get install -y --no-install-recommends \
		openrc' >said 2>&1 || skip "no openrc here: $(tail -n 1 said)"
}

# Debian's OpenRC, with the package's files, and in place of Alpine's other
# scripts one that does nothing.
by_openrc() {
	as_root
	[ -d root ] || openrc_root # before the network is gone
	own_namespace -nm
	has ip
	ip link set lo up || skip "cannot set up loopback"
	packaged
	cp -R pkg/. root
	rm -f root/etc/init.d/*
	cp pkg/etc/init.d/udplogger root/etc/init.d
	printf '#!/sbin/openrc-run\nstart() { :; }\n' \
		>root/etc/init.d/localmount
	chmod 755 root/etc/init.d/localmount
	chroot root useradd -r -M -d / -s /sbin/nologin -g adm udplogger ||
		fail "no user"
	cp "$E2E/../packages/life.bash" "$E2E/../packages/openrc-life" root/out
	unshare -pf --kill-child chroot root sh -c \
		'cd /out && exec ./openrc-life' >root/out/out 2>&1
	came_to_its_end 6
}

without_abuild() {
	! command -v abuild >/dev/null || skip "abuild is here"
	source_tree src
	if make -C src BUILD="$T/build" apk >said 2>&1; then
		fail "it says nothing"
	fi
	grep -q 'needs abuild' said || fail "$(cat said)"
}

t "make apk gives abuild what it needs" what_abuild_gets
t "shellcheck is content with it" by_shellcheck
t "apkbuild-lint is content with it" by_own_tools
t "APKBUILD builds, and packages all files" functions
t "OpenRC starts, reloads, restarts, revives and stops it" by_openrc
t "make apk says that abuild is missing" without_abuild
