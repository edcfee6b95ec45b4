# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034,SC2154,SC2016
# make apk, as far as it goes without Alpine: what abuild gets, and what the
# functions of APKBUILD do.
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

# As abuild calls them.
functions() {
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
	for file in etc/init.d/udplogger etc/udplogger.conf usr/sbin/udplogger \
		usr/share/man/man8/udplogger.8 \
		usr/share/bash-completion/completions/udplogger \
		usr/share/doc/udplogger/examples/udplogger.logrotate; do
		[ -f "pkg/$file" ] || fail "no $file"
	done
	[ ! -e pkg/usr/lib ] || fail "systemd's files are there"
	grep -q '^command=/usr/sbin/udplogger$' pkg/etc/init.d/udplogger ||
		fail "the script names another program"
	[ "$(pkg/usr/sbin/udplogger --version)" = "udplogger $VERSION" ] ||
		fail "another version"
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
t "make apk says that abuild is missing" without_abuild
