# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The package in a clean Debian with a systemd of its own: it is installed,
# started, upgraded, removed and purged, see init/debian/tests/lifecycle.
#
# SUITE names the release, if not this machine's; then the package is also built
# there.  DEB_ROOT=DIR is a root directory that debootstrap(8) has made before,
# with systemd-sysv and dbus, and for another SUITE what builds; it is copied.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

BOOTS=systemd-sysv,dbus
BUILDS=build-essential,debhelper,libcmocka-dev,lintian

# The release of this machine, or nothing where it isn't Debian.
own_suite() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release | grep . || echo sid
}

may_run() {
	as_root
	has systemd-nspawn
	[ -n "${DEB_ROOT-}" ] || has debootstrap
	[ -n "${SUITE-}" ] || has dh_installsysusers
}

make_root() {
	if [ -n "${DEB_ROOT-}" ]; then
		cp -a "$DEB_ROOT" root || fail "cannot copy $DEB_ROOT"
		return
	fi
	debootstrap --variant=minbase \
		--include="$BOOTS${SUITE:+,$BUILDS}" \
		"${SUITE:-$(own_suite)}" root >bootstrap 2>&1 ||
		skip "no clean Debian: $(grep -E '^[EW]:' bootstrap | head -n 1)"
}

container() {
	systemd-nspawn -q --register=no --keep-unit --private-network \
		-D "$T/root" "$@" </dev/null >console 2>&1
}

# The package new.deb, built here or in the root directory.
build() {
	if [ -z "${SUITE-}" ]; then
		source_tree src
		DEB_BUILD_OPTIONS=nocheck make -C src BUILD="$T/build" deb \
			>said 2>&1 || fail "status $?: $(tail -n 5 said)"
		cp build/packages/deb/udplogger_*.deb root/out/new.deb
		return
	fi
	source_tree root/out/src
	container --chdir=/out/src \
		--setenv=DEB_BUILD_OPTIONS=nocheck --setenv=LC_ALL=C make deb ||
		fail "no package: $(tail -n 15 console)"
	cp root/out/src/build/release/packages/deb/udplogger_*.deb \
		root/out/new.deb
	container --chdir=/out/src/build/release/packages/deb sh -c \
		'lintian --allow-root --fail-on error,warning *.changes' ||
		fail "lintian: $(cat console)"
}

boot() {
	cp "$INIT/debian/tests/lifecycle" root/out
	cat >root/etc/systemd/system/try.service <<-END
		[Unit]
		After=basic.target
		[Service]
		Type=oneshot
		StandardOutput=file:/out/out
		StandardError=file:/out/out
		ExecStart=/out/lifecycle /out/new.deb
		ExecStopPost=/bin/systemctl --force --force poweroff
	END
	cat >root/etc/systemd/system/try.target <<-END
		[Unit]
		Requires=basic.target try.service
	END
	# A newer systemd refuses the hierarchy of cgroups that old hosts have.
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout 300 systemd-nspawn -q \
		--register=no --keep-unit --private-network -D "$T/root" \
		-b systemd.unit=try.target </dev/null >console 2>&1
	[ -s root/out/out ] ||
		skip "no container here: $(grep -v '^$' console | head -n 1)"
}

lives() {
	may_run
	make_root
	mkdir root/out
	build
	boot
	! grep -q '^FAILED' root/out/out || fail "$(grep -A 30 '^FAILED' \
		root/out/out)"
	[ "$(grep -c '^ok: ' root/out/out)" -eq 8 ] ||
		fail "it has not come to its end: $(cat root/out/out)"
}

t "the package is installed, upgraded under load, removed and purged" lives
