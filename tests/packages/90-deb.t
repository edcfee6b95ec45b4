# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The package in a clean Debian with a systemd of its own: it is installed,
# started, upgraded, removed and purged, see init/debian/tests/lifecycle, which
# autopkgtest calls there, as debian/tests/control says.
#
# With SUITE the package is also built there, and a root directory of DEB_ROOT
# has what builds it.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

BUILDS=build-essential,debhelper,libcmocka-dev,lintian

container() {
	systemd-nspawn -q --register=no --keep-unit --private-network \
		-D "$T/root" "$@" </dev/null >console 2>&1
}

# deb/, built in the root directory.
built_there() {
	source_tree root/out/src
	container --chdir=/out/src \
		--setenv=DEB_BUILD_OPTIONS=nocheck --setenv=LC_ALL=C make deb ||
		fail "no package: $(tail -n 15 console)"
	container --chdir=/out/src/build/release/packages/deb sh -c \
		'lintian --allow-root --fail-on error,warning *.changes' ||
		fail "lintian: $(cat console)"
	mv root/out/src/build/release/packages/deb .
}

# The root directory is a container of its own, and is thrown away afterwards,
# which autopkgtest can't know.
lives() {
	clean_root ${SUITE:+"$BUILDS"}
	if [ -n "${SUITE-}" ]; then
		built_there
	else
		has dh_installsysusers
		built deb
	fi
	[ -x root/usr/bin/autopkgtest ] || skip "no autopkgtest in DEB_ROOT"
	cp deb/udplogger_* root/out
	boot_root 300 out '' /bin/sh -c "'exec autopkgtest -o /out/result" \
		"--ignore-restrictions=breaks-testbed,isolation-container" \
		"/out/udplogger_*.deb /out/udplogger_*.dsc -- null'"
	came_to_its_end 8
	grep -q '^lifecycle  *PASS$' root/out/result/summary ||
		fail "autopkgtest: $(cat root/out/result/summary)"
}

t "the package is installed, upgraded under load, removed and purged" lives
