# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What `make check` does before and after the unit tests: which cmocka it wants,
# who brings it, how cases are counted.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

TOP=$E2E/../..

# script NAME: a program of that name comes first in PATH.
script() {
	mkdir -p bin
	{
		echo '#!/bin/sh'
		cat
	} >"bin/$1"
	chmod +x "bin/$1"
}

# compiler LINKER: a compiler whose programs name that dynamic linker, and which
# finds cmocka as soon as the file installed is there.
compiler() {
	script fakecc <<-EOF
		case \$* in
		*-lcmocka) [ -f installed ] || {
			echo 'error: no cmocka' >&2; exit 1; } ;;
		esac
		while [ "\$1" != -o ]; do shift; done
		printf '\\1$1\\0' >"\$2"
	EOF
}

# A package manager, and root, that only write down what they are told.
managers() {
	for manager in apt-get dnf apk pacman zypper; do
		script $manager <<-'EOF'
			echo "${0##*/} $*" >>called
			case $* in *install*) : >installed ;; esac
		EOF
	done
	script sudo <<-'EOF'
		[ "$1" != -n ] || shift
		"$@"
	EOF
	: >called
}

need_cmocka() {
	PATH=$T/bin:$PATH CC=fakecc CPPFLAGS='' CFLAGS='' LDFLAGS='' \
		"$TOP/tests/ci/need-cmocka" >said 2>&1
}

linker_of_sh() {
	LC_ALL=C tr -c '[:alnum:]/._-' '\n' </bin/sh |
		grep '^/.*/ld[-0-9.a-z_]*\.so[.0-9]*$' | head -n 1
}

own_cmocka_is_brought() {
	linker=$(linker_of_sh)
	[ -n "$linker" ] || skip "the shell is static"
	managers
	compiler "$linker"
	need_cmocka || fail "status $?: $(cat said)"
	grep -q '^apt-get .* install libcmocka-dev$' called ||
		fail "called: $(cat called)"
	: >called
	need_cmocka || fail "the second time: $(cat said)"
	[ ! -s called ] || fail "brought twice: $(cat called)"
	[ "$(grep -c . said)" -eq 0 ] || fail "said: $(cat said)"
}

# other LINKER WORDS: nothing is brought, and these words name what is missing.
other() {
	compiler "$1"
	if need_cmocka; then
		fail "it passes with $1"
	fi
	[ ! -s called ] || fail "$1: called $(cat called)"
	grep -q "$2" said || fail "$1: $(cat said)"
}

other_cmocka_is_named() {
	[ -n "$(linker_of_sh)" ] || skip "the shell is static"
	managers
	case $(linker_of_sh) in
	*/ld-linux.so.2) ;;
	*) other /lib/ld-linux.so.2 'need the 32-bit cmocka for fakecc' ;;
	esac
	case $(linker_of_sh) in
	*/ld-musl*) ;;
	*) other /lib/ld-musl-x86_64.so.1 'need a cmocka for musl' ;;
	esac
	other /lib/ld-none.so.9 'need a cmocka for ld-none.so.9'
	other '' 'need a static cmocka'
}

no_compiler() {
	managers
	script fakecc <<-'EOF'
		echo "fakecc: error: what a day" >&2
		exit 1
	EOF
	if need_cmocka; then
		fail "it passes"
	fi
	[ ! -s called ] || fail "called: $(cat called)"
	grep -q 'unable to make a program with fakecc' said || fail "$(cat said)"
	grep -q 'what a day' said || fail "no reason: $(cat said)"
}

# unit NAME STATUS: a unit test that says what comes on standard input.
unit() {
	script "$1" <<-EOF
		cat "$T/$1.said"
		exit $2
	EOF
	cat >"$1.said"
}

# cases TITLE: a good case, a skipped one, and the sum, as cmocka says them; the
# TITLE of the group stands in the sum since 1.1.6.
cases() {
	cat <<-EOF
		[==========] ${1}Running 2 test(s).
		[ RUN      ] test_good
		[       OK ] test_good
		[ RUN      ] test_moon
		SKIP: no moon
		[  SKIPPED ] test_moon
		[==========] ${1}2 test(s) run.
		[  PASSED  ] 1 test(s).
		[  SKIPPED ] ${1}1 test(s), listed below:
		[  SKIPPED ] test_moon

		 1 SKIPPED TEST(S)
	EOF
}

counting() {
	cases '' | unit test_old 0
	cases 'tests: ' | unit test_new 0
	for name in test_old test_new; do
		"$TOP/tests/ci/run-units" bin/$name >said 2>&1 ||
			fail "$name: status $?: $(cat said)"
		cat >wanted <<-EOF
			$name: 1 passed, 1 skipped
			    SKIP: no moon
			1 skipped
			1 passed, 0 failed
		EOF
		diff wanted said || fail "$name: counted otherwise"
	done
	"$TOP/tests/ci/run-units" bin/test_old bin/test_new >said 2>&1 ||
		fail "status $?: $(cat said)"
	tail -n 2 said | tr '\n' ' ' | grep -qx '2 skipped 2 passed, 0 failed ' ||
		fail "all together: $(cat said)"
}

# A case that ends the program has no end of its own.
counting_failures() {
	cases '' | sed 3q | sed 3d | unit test_crash 139
	cases '' | unit test_leak 23
	unit test_nothing 0 </dev/null
	for name in test_crash test_leak test_nothing; do
		if "$TOP/tests/ci/run-units" "bin/$name" >said 2>&1; then
			fail "$name passes"
		fi
		grep -q ' passed, 1 failed$' said || fail "$name: $(cat said)"
	done
}

# make hands jobs on only to what it knows as another make, and -n shows by what
# it runs which that is.
jobs_are_shared() {
	has make
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	make -n -j3 -C "$TOP" BUILD="$T/build" check >said 2>&1 ||
		fail "status $?: $(tail -n 3 said)"
	grep -q 'unit/test_outq' said || fail "make check is not a make of its own"
}

t "make check brings the system's cmocka, once" own_cmocka_is_brought
t "make check names a cmocka that no package brings" other_cmocka_is_named
t "make check says that there is no compiler" no_compiler
t "skipped cases are counted alike, whatever cmocka says at the end" counting
t "a case that did not end well has failed" counting_failures
t "the jobs of make -j are shared" jobs_are_shared
