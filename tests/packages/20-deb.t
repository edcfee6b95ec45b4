# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# make deb, on this machine: that it builds, what lintian says, what is in it.
# 90-deb.t installs it.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

may_build() {
	for tool in dpkg-buildpackage dh dh_installsysusers; do
		has $tool
	done
	dpkg -s libcmocka-dev >/dev/null 2>&1 || skip "no libcmocka-dev here"
}

made() {
	may_build
	built deb
	PACKAGE=$(echo deb/udplogger_*.deb)
}

# Warnings are not the only thing that counts.
# Without systemd somebody has to say which user it becomes, so the script for
# /etc/init.d is among the examples.  Debian 12 says so as an information; later
# releases have no such tag, and an override of it is an error there.
KNOWN=package-supports-alternative-init-but-no-init.d-script

lintian_is_content() {
	has lintian
	made
	lintian -I --pedantic --allow-root deb/*.changes >said 2>&1
	! grep '^[EWIP]:' said | grep -v "$KNOWN" >found || fail "$(cat found)"
}

# The same as make install, but for what Debian has elsewhere.
has_all() {
	made
	dpkg-deb -x "$PACKAGE" to || fail "cannot unpack"
	for file in etc/udplogger.conf usr/lib/sysusers.d/udplogger.conf \
		usr/lib/tmpfiles.d/udplogger.conf usr/sbin/udplogger \
		usr/share/bash-completion/completions/udplogger \
		usr/share/doc/udplogger/README.gz \
		usr/share/doc/udplogger/changelog.gz \
		usr/share/doc/udplogger/copyright \
		usr/share/doc/udplogger/examples/udplogger.logrotate \
		usr/share/doc/udplogger/examples/udplogger.sysv; do
		[ -f "to/$file" ] || fail "no $file"
	done
	for page in "$TOP"/man/*.[1-8]; do
		page=${page##*/}
		[ -f "to/usr/share/man/man${page##*.}/$page.gz" ] ||
			fail "no page $page"
	done
	[ "$(find to -name 'udplogger.so*' -o -name 'udplogger.service' |
		grep -c '/lib/systemd/system/')" -eq 2 ] || fail "no units"
	! grep -rI '/usr/local/.*udplogger' to || fail "names of another place"
	[ "$(to/usr/sbin/udplogger --version)" = "udplogger $VERSION" ] ||
		fail "another version"
	to/usr/sbin/udplogger --check conf=to/etc/udplogger.conf port=0 \
		dir="$T" run="$T" >said 2>&1 || fail "the settings: $(cat said)"
}

# Everything has the time of the last commit.
same_bytes() {
	made
	source_tree src
	DEB_BUILD_OPTIONS=nocheck make -C src BUILD="$T/build" deb \
		>said 2>&1 || fail "status $?: $(tail -n 5 said)"
	cmp "$PACKAGE" build/packages/deb/udplogger_*.deb || fail "other bytes"
}

t "make deb makes a package that lintian is content with" lintian_is_content
t "the package has all files" has_all
t "the same tree makes the same package" same_bytes
