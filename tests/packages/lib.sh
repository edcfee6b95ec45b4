# shellcheck shell=sh
# What the tests of packages have in common, besides those of e2e/lib.sh.

TOP=$E2E/../..
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export VERSION
VERSION=$(sed -n 's/^VERSION = //p' "$TOP/Makefile")

# Fast to compile, where it doesn't matter how.
make_it() {
	make CFLAGS=-O0 HARDEN= LTO= "$@"
}

# source_tree DIR: a copy of ours, without what was built in it.
source_tree() {
	has make
	mkdir "$1"
	(cd "$TOP" && tar -cf - --exclude=./.git --exclude=./build \
		--exclude=./udplogger --exclude=./logs \
		--exclude='./udplogger-*.tar.gz*' .) | tar -C "$1" -xf - ||
		fail "cannot copy the source tree"
}

# built deb|rpm: the directory of that name has what make made of a copy of our
# source tree; it is built once for all cases.
built() {
	if [ ! -d "$E2E_SCRATCH/$1" ]; then
		source_tree src
		DEB_BUILD_OPTIONS=nocheck RPMBUILD='rpmbuild --nocheck' \
			make -C src BUILD="$T/build" "$1" >said 2>&1 ||
			fail "status $?: $(tail -n 5 said)"
		mv "build/packages/$1" "$E2E_SCRATCH"
	fi
	cp -R "$E2E_SCRATCH/$1" .
}

# --- a clean Debian with a systemd of its own --------------------------------

# SUITE names the release, if not this machine's.  DEB_ROOT=DIR is a root
# directory that was made before, with what stands here.
IN_ROOT=systemd-sysv,dbus,autopkgtest,dpkg-dev,dpkg-repack,rpm

# The release of this machine, or sid where it isn't Debian.
own_suite() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release | grep . || echo sid
}

# bootstrap DIR [PACKAGES]: mmdebstrap takes half as long as debootstrap.
bootstrap() {
	set -- --variant=minbase --include="$IN_ROOT${2:+,$2}" \
		"${SUITE:-$(own_suite)}" "$1"
	if command -v mmdebstrap >/dev/null; then
		timeout 300 mmdebstrap "$@" >bootstrap 2>&1
	else
		has debootstrap
		timeout 300 debootstrap "$@" >bootstrap 2>&1
	fi || skip "no clean Debian: $(grep -E '^[EW]:' bootstrap | head -n 1)"
}

# clean_root [PACKAGES]: root/, with out/ in it; made once for all cases.
clean_root() {
	as_root
	has systemd-nspawn
	clean=${DEB_ROOT:-$E2E_SCRATCH/clean}
	if [ ! -d "$clean" ]; then
		bootstrap made ${1:+"$1"}
		mv made "$clean"
	fi
	cp -a "$clean" root || fail "cannot copy $clean"
	mkdir root/out
}

# came_to_its_end STEPS: each of them was told as ok.
came_to_its_end() {
	! grep -q '^FAILED' root/out/out ||
		fail "$(grep -A 30 '^FAILED' root/out/out)"
	[ "$(grep -c '^ok: ' root/out/out)" -eq "$1" ] ||
		fail "it has not come to its end: $(cat root/out/out)"
}
