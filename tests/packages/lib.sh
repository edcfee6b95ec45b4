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
