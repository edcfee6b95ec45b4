# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153,SC2034
# make rpm: that it builds, what rpmlint says, what is in it, and its life in a
# clean Debian with a systemd of its own, see rpm-life.  A machine whose packages
# are rpm's is not here: what it needs of others is not proved.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

made() {
	has rpmbuild
	has rpm2cpio
	built rpm
	PACKAGE=$(echo rpm/RPMS/*/udplogger-[0-9]*.rpm)
}

unpacked() {
	has cpio
	mkdir to
	rpm2cpio "$PACKAGE" | (cd to && cpio -id --quiet) ||
		fail "cannot unpack"
}

rpmlint_is_content() {
	has rpmlint
	made
	rpmlint -c "$INIT/rpm/rpmlint.toml" "$PACKAGE" rpm/SRPMS/*.rpm \
		rpm/udplogger.spec >said 2>&1 || fail "$(grep ': [EW]: ' said)"
	grep -q ' 0 errors, 0 warnings' said || fail "$(tail -n 20 said)"
}

has_all() {
	made
	unpacked
	for file in etc/udplogger.conf usr/lib/sysusers.d/udplogger.conf \
		usr/lib/systemd/system/udplogger.service \
		usr/lib/systemd/system/udplogger.socket \
		usr/lib/tmpfiles.d/udplogger.conf usr/sbin/udplogger \
		usr/share/bash-completion/completions/udplogger \
		usr/share/doc/udplogger/README \
		usr/share/doc/udplogger/examples/udplogger.logrotate; do
		[ -f "to/$file" ] || fail "no $file"
	done
	for page in "$TOP"/man/*.[1-8]; do
		page=${page##*/}
		[ -f "to/usr/share/man/man${page##*.}/$page" ] ||
			[ -f "to/usr/share/man/man${page##*.}/$page.gz" ] ||
			fail "no page $page"
	done
	! grep -rI '/usr/local/.*udplogger' to || fail "another place"
	[ "$(to/usr/sbin/udplogger --version)" = "udplogger $VERSION" ] ||
		fail "another version"
	to/usr/sbin/udplogger --check conf=to/etc/udplogger.conf port=0 \
		dir="$T" run="$T" >said 2>&1 || fail "the settings: $(cat said)"
	rpm -qp --configfiles "$PACKAGE" | grep -qx /etc/udplogger.conf ||
		fail "the settings are not the administrator's"
}

# What the scripts call is written down.
scripts() {
	has rpm
	made
	mkdir bin
	for tool in systemctl systemd-sysusers systemd-tmpfiles; do
		printf '#!/bin/sh\necho "%s $*" >>called\n' $tool >bin/$tool
		chmod +x bin/$tool
	done
	PATH=$T/bin:$PATH
	for script in postin preun postun; do
		rpm -qp --qf "%{$script}" "$PACKAGE" >$script 2>/dev/null ||
			fail "no $script"
	done
	for call in 'postin 1' 'postin 2' 'preun 0' 'preun 1' 'postun 0' \
		'postun 1'; do
		echo "$call:" >>called
		# shellcheck disable=SC2086 # a script and its argument
		sh -e $call || fail "$call: status $?"
	done
	cat >wanted <<-'END'
		postin 1:
		systemd-sysusers udplogger.conf
		systemd-tmpfiles --create udplogger.conf
		systemctl --no-reload preset udplogger.socket
		postin 2:
		systemd-sysusers udplogger.conf
		systemd-tmpfiles --create udplogger.conf
		preun 0:
		systemctl --no-reload disable --now udplogger.socket udplogger.service
		preun 1:
		postun 0:
		postun 1:
		systemctl daemon-reload
		systemctl try-restart udplogger.service
	END
	diff wanted called || fail "other calls"
	rpm -qp --qf '[%{REQUIREFLAGS:deptype} %{REQUIRENAME}\n]' "$PACKAGE" \
		>needed 2>/dev/null
	for script in post preun postun; do
		grep -q "^[a-z,]*\<$script\>[a-z,]* systemd\$" needed ||
			fail "systemd may come after %$script: $(cat needed)"
	done
}

# before.rpm: the same files, of a version before, with settings and a unit of
# its own, and all that the spec says.
version_before() {
	unpacked
	rm -r to/usr/share/licenses
	echo '# of the version before' >>to/etc/udplogger.conf
	sed -i 's/^Description=.*/Description=the version before/' \
		to/usr/lib/systemd/system/udplogger.service
	sed -e 's/^Release: .*/Release: 0/' -e '/^%license/d' \
		-e '/^%prep/,/^%post$/{/^%post$/!d}' \
		-e "/^%post\$/i %install\ncp -a $T/to/. %{buildroot}\n" \
		rpm/udplogger.spec >before.spec
	rpmbuild -bb --nodeps --define "_topdir $T/before" \
		--define '_unitdir /usr/lib/systemd/system' \
		--define '_sysusersdir /usr/lib/sysusers.d' \
		--define '_tmpfilesdir /usr/lib/tmpfiles.d' before.spec \
		>said 2>&1 || fail "no version before: $(tail -n 5 said)"
	cp before/RPMS/*/udplogger-*.rpm root/out/before.rpm
}

# As into an image: no systemd runs there yet.
lives() {
	has rpm
	made
	clean_root
	version_before
	cp "$PACKAGE" root/out/new.rpm
	cp "$E2E/../packages/life.bash" "$E2E/../packages/rpm-life" root/out
	rpm --root "$T/root" --dbpath /var/lib/rpm -i --nodeps \
		root/out/before.rpm >said 2>&1 ||
		fail "not installed: $(cat said)"
	boot_root 300 out '' /out/rpm-life
	came_to_its_end 9
}

t "make rpm makes a package that rpmlint is content with" rpmlint_is_content
t "the package has all files" has_all
t "an upgrade starts the service anew, and not the socket" scripts
t "the package is installed, upgraded under load, and removed" lives
