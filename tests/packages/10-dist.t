# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# make dist: what it refuses, and that the tarball is whole.
# shellcheck source=/dev/null
. "$E2E/lib.sh"
# shellcheck source=/dev/null
. "$E2E/../packages/lib.sh"

NAME=udplogger-$VERSION
TARBALL=$NAME.tar.gz

# The user's settings of git are not for these repositories.
git() {
	HOME=$T GIT_CONFIG_NOSYSTEM=1 command git -c user.name=test \
		-c user.email=test@example.org "$@"
}

# The source tree src is a repository with one commit, of a fixed time.
repository() {
	has git
	source_tree src
	GIT_AUTHOR_DATE='2026-01-02 03:04:05 +0000'
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git -C src init -q
	git -C src add .
	git -C src commit -q -m 'all of it' || fail "no repository"
}

# The tag is there, and what ChangeLog.md has to say.
release() {
	repository
	sed -i "s/^## Unreleased\$/## $VERSION, 2026-01-02/" src/ChangeLog.md
	git -C src commit -q -a --amend --no-edit
	git -C src tag "v$VERSION"
}

dist() {
	make -C src dist "$@" >said 2>&1
}

# refused WORDS: and no tarball.
refused() {
	if dist; then
		fail "it made a tarball"
	fi
	grep -q "^dist: .*$1" said || fail "no '$1' in: $(cat said)"
	[ ! -e "src/$TARBALL" ] || fail "a tarball is there"
}

what_is_no_release() {
	repository
	refused "has not the tag v$VERSION.*it has: none"
	git -C src tag v0.0.1
	refused "has not the tag v$VERSION.*it has: v0.0.1"
	git -C src tag "v$VERSION"
	sed -i "/^## $VERSION,/d" src/ChangeLog.md
	refused "not committed: ChangeLog.md"
	git -C src commit -q -a --amend --no-edit
	git -C src tag -f "v$VERSION" >/dev/null
	refused "ChangeLog.md has no line '## $VERSION, YYYY-MM-DD'"
	rm -rf src/.git
	refused 'no git repository'
}

one_to_try() {
	repository
	dist UNTAGGED=yes || fail "status $?: $(cat said)"
	[ -s "src/$TARBALL" ] || fail "no tarball"
}

# Whatever the day, the place and the umask.
same_bytes() {
	release
	dist || fail "status $?: $(cat said)"
	(cd src && sha256sum -c "$TARBALL.sha256") >said 2>&1 ||
		fail "the checksum: $(cat said)"
	mkdir once
	mv "src/$TARBALL" "src/$TARBALL.sha256" once
	mv src elsewhere
	git clone -q elsewhere src || fail "cannot clone"
	git -C src config tar.umask 0077
	(umask 077 && TZ=UTC+12 dist) || fail "status $?: $(cat said)"
	cmp "once/$TARBALL" "src/$TARBALL" || fail "other bytes"
	cmp "once/$TARBALL.sha256" "src/$TARBALL.sha256" || fail "another sum"
}

# Without git, and with a source tree that nothing was built in before.
whole() {
	release
	dist || fail "status $?: $(cat said)"
	mkdir apart
	tar -C apart -xzf "src/$TARBALL" || fail "cannot unpack"
	[ "$(ls apart)" = "$NAME" ] || fail "in it: $(ls apart)"
	rm -rf src
	make_it -C "apart/$NAME" -j2 all check >said 2>&1 ||
		fail "make check: $(grep -A 30 FAILED said | head -n 40)"
	grep -q '^[0-9]* passed, 0 failed$' said || fail "$(tail -n 3 said)"
	[ "$("apart/$NAME/udplogger" --version)" = "udplogger $VERSION" ] ||
		fail "another version"
}

t "make dist says what a release lacks" what_is_no_release
t "UNTAGGED=yes makes a tarball to try" one_to_try
t "the same commit makes the same bytes" same_bytes
t "the tarball builds and passes by itself" whole
