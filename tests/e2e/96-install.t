# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# make run, make install and make uninstall, in a copy of the source tree, of
# which every case begins with one that is built.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

TOP=$E2E/../..
COPY=$E2E_SCRATCH/install-copy
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# Fast to compile; what is installed doesn't depend on it.
make_it() {
	make CFLAGS=-O0 HARDEN= LTO= "$@"
}

# The source tree src, built in src/build/release.
source_tree() {
	has make
	if [ ! -d "$COPY" ]; then
		mkdir "$COPY"
		for part in Makefile ChangeLog.md LICENSE README init lib man \
			udplogger.c; do
			cp -R "$TOP/$part" "$COPY" || fail "cannot copy $part"
		done
		make_it -C "$COPY" -j2 >built 2>&1 || {
			mv "$COPY" "$COPY.bad"
			fail "cannot build: $(tail -n 5 built)"
		}
	fi
	cp -Rp "$COPY" "${1-src}"
}

# unchanged COMMAND...: with a source tree that can't be written.  For root no
# tree is, so whatever is new there is looked for.
unchanged() {
	chmod -R a-w src
	find src | sort >before
	: >mark
	"$@" >made 2>&1 || fail "status $?: $(tail -n 5 made)"
	find src | sort >after
	diff before after || fail "the source tree is not what it was"
	[ -z "$(find src -newer mark)" ] ||
		fail "changed: $(find src -newer mark | head -n 3)"
}

# in_place DIR [PREFIX]: all files are there, with their modes, and name this
# PREFIX.
in_place() {
	(cd "$1" && find . -type f -exec ls -l {} + |
		sed 's/^\(.\{10\}\).* \(\.\/.*\)/\1 \2/' | sort -k 2) >files
	prefix=${2-usr/local}
	doc=$prefix/share/doc/udplogger
	cat >wanted <<-EOF
		-rw-r--r-- ./etc/udplogger.conf
		-rwxr-xr-x ./$prefix/sbin/udplogger
		-rw-r--r-- ./$prefix/lib/systemd/system/udplogger.service
		-rw-r--r-- ./$prefix/lib/systemd/system/udplogger.socket
		-rw-r--r-- ./$prefix/lib/sysusers.d/udplogger.conf
		-rw-r--r-- ./$prefix/lib/tmpfiles.d/udplogger.conf
		-rw-r--r-- ./$doc/ChangeLog.md
		-rw-r--r-- ./$doc/LICENSE
		-rw-r--r-- ./$doc/README
		-rw-r--r-- ./$doc/pipelines/kafka.conf
		-rw-r--r-- ./$doc/pipelines/postgresql.conf
		-rw-r--r-- ./$doc/pipelines/postgresql.sql
		-rw-r--r-- ./$doc/pipelines/relp-receiver.conf
		-rw-r--r-- ./$doc/pipelines/relp-sender.conf
		-rw-r--r-- ./$doc/prometheus-rules.yml
		-rw-r--r-- ./$doc/udplogger.conf
		-rw-r--r-- ./$doc/udplogger.firewalld.xml
		-rw-r--r-- ./$doc/udplogger.logrotate
		-rwxr-xr-x ./$doc/udplogger.openrc
		-rw-r--r-- ./$doc/udplogger.sysctl
		-rwxr-xr-x ./$doc/udplogger.sysv
		-rw-r--r-- ./$prefix/share/bash-completion/completions/udplogger
		-rw-r--r-- ./$prefix/share/man/man7/netconsole-setup.7
		-rw-r--r-- ./$prefix/share/man/man7/udplogger-fleet.7
		-rw-r--r-- ./$prefix/share/man/man7/udplogger-pipelines.7
		-rw-r--r-- ./$prefix/share/man/man8/udplogger.8
	EOF
	sort -k 2 wanted | diff - files || fail "other files, or modes"
	"$1/$prefix/sbin/udplogger" --version >said || fail "it doesn't run"
	grep -q "^\.Os $(cat said)$" "$1/$prefix/share/man/man8/udplogger.8" ||
		fail "another version at the foot of the manual page"
	grep -q "^ExecStart=/$prefix/sbin/udplogger conf=/etc/udplogger.conf" \
		"$1/$prefix/lib/systemd/system/udplogger.service" ||
		fail "the unit names another program"
}

# nothing_in DIR: not a file is left.
nothing_in() {
	[ -z "$(find "$1" ! -type d)" ] || fail "left: $(find "$1" ! -type d)"
}

# install_and_back DESTDIR: twice in a row each.
install_and_back() {
	for turn in first second; do
		make_it -C src install DESTDIR="$1" >made 2>&1 ||
			fail "$turn install: $(tail -n 3 made)"
		in_place "$2"
	done
	for turn in first second; do
		make_it -C src uninstall DESTDIR="$1" >made 2>&1 ||
			fail "$turn uninstall: $(tail -n 3 made)"
		nothing_in "$2"
	done
}

destinations() {
	source_tree
	install_and_back "$T/absolute" "$T/absolute"
	install_and_back relative src/relative
	install_and_back ../up/here up/here
	install_and_back "$T/with a space" "$T/with a space"
	install_and_back "relative space" "src/relative space"
}

tree_with_a_space() {
	source_tree 'src tree'
	make_it -C 'src tree' install DESTDIR="$T/to" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	in_place to
	make_it -C 'src tree' run ARGS='ip=127.0.0.1 port=0 --check' \
		>made 2>&1 || fail "run: status $?: $(tail -n 3 made)"
}

# What is installed is for everybody, whatever root's umask.
narrow_umask() {
	source_tree
	(umask 077 && make_it -C src install DESTDIR="$T/to/here") >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	in_place to/here
	[ -z "$(find to -type d ! -perm 755)" ] ||
		fail "closed: $(find to -type d ! -perm 755)"
}

other_prefix() {
	source_tree
	make_it -C src install DESTDIR="$T/to" PREFIX=/usr >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	in_place to usr
	grep -q '/usr/sbin/udplogger' to/usr/share/doc/udplogger/udplogger.sysv ||
		fail "the SysV script names another program"
	make_it -C src uninstall DESTDIR="$T/to" PREFIX=/usr >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	nothing_in to
}

# Nothing that is installed names a path that is not the builder's.
other_places() {
	source_tree
	set -- DESTDIR="$T/to" PREFIX=/opt SBINDIR=/opt/bin SYSCONFDIR=/opt/etc \
		UNITDIR=/units SYSUSERSDIR=/users TMPFILESDIR=/tmpfiles \
		MANDIR=/man DOCDIR=/doc COMPLETIONDIR=/completions
	make_it -C src install "$@" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	for file in opt/bin/udplogger opt/etc/udplogger.conf \
		units/udplogger.service units/udplogger.socket \
		users/udplogger.conf tmpfiles/udplogger.conf \
		man/man7/netconsole-setup.7 man/man8/udplogger.8 \
		completions/udplogger doc/README; do
		[ -f "to/$file" ] || fail "no $file"
	done
	! grep -r -I -e '/usr/local/.*udplogger' -e '[^t]/etc/udplogger' \
		-e '[^t]/etc/default/udplogger' to --include='udplogger*' \
		--exclude-dir=bin || fail "another path"
	make_it -C src uninstall "$@" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	nothing_in to
}

# install_again: once more, with settings that are new in this version.
install_again() {
	chmod u+w src/init/udplogger.conf
	echo '# new' >>src/init/udplogger.conf
	make_it -C src install DESTDIR="$T/to" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
}

# An edited file of settings is the administrator's, for ever; the new one lies
# beside.  One that nobody has edited is ours.
settings_stay() {
	source_tree
	install_again
	conf=to/etc/udplogger.conf new=to/usr/local/share/doc/udplogger
	chmod 600 $conf
	install_again
	[ "$(grep -c '# new' $conf)" -eq 2 ] || fail "unedited, but not renewed"
	[ "$(stat -c %a $conf)" = 600 ] || fail "its mode was changed"
	echo 'port=7777' >>$conf
	cp $conf edited
	install_again
	cmp edited $conf || fail "overwritten"
	grep -q 'stays as it was edited' made || fail "not told: $(cat made)"
	cmp src/init/udplogger.conf $new/udplogger.conf || fail "no new one"
	make_it -C src uninstall DESTDIR="$T/to" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	cmp edited $conf || fail "removed"
	[ "$(find to -type f)" = $conf ] || fail "left: $(find to -type f)"
	install_again
	cmp edited $conf || fail "overwritten after uninstall"
}

# A link may lead to where settings are kept; it is left alone.
linked_settings() {
	source_tree
	install_again
	mv to/etc/udplogger.conf to/kept
	ln -s ../kept to/etc/udplogger.conf
	install_again
	[ -h to/etc/udplogger.conf ] || fail "the link was replaced"
	ln -sf ../nowhere to/etc/udplogger.conf
	install_again
	make_it -C src uninstall DESTDIR="$T/to" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	[ -h to/etc/udplogger.conf ] || fail "the link was removed"
}

# What others have put beside ours stays, and is no failure.
with_company() {
	source_tree
	make_it -C src install DESTDIR="$T/to" >made 2>&1 || fail "$(cat made)"
	find to -type d -exec touch '{}/other' ';'
	find to -name other | sort >before
	make_it -C src uninstall DESTDIR="$T/to" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	find to ! -type d | sort | diff before - || fail "not what was there"
}

built_elsewhere() {
	source_tree
	mv src/build/release out
	rm -r src/build src/udplogger
	for build in "$T/out" ../out; do
		unchanged make_it -C src BUILD="$build" all
		unchanged make_it -C src BUILD="$build" run \
			ARGS='ip=127.0.0.1 port=0 --check'
		grep -q "writing .*/out/logs/" \
			made || fail "it did not run: $(cat made)"
		unchanged make_it -C src BUILD="$build" DESTDIR="$T/to" install
		in_place to
		unchanged make_it -C src BUILD="$build" DESTDIR="$T/to" \
			uninstall
		nothing_in to
	done
}

by_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# root_installs WANTED [FLAG]...: after a user built, and the user cleans.
root_installs() {
	make_it -C src install DESTDIR="$T/to" "$@" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	in_place to
	make_it -C src uninstall DESTDIR="$T/to" "$@" >made 2>&1 ||
		fail "status $?: $(tail -n 3 made)"
	by_user make -C src clean >made 2>&1 ||
		fail "the user's clean: $(tail -n 3 made)"
	if [ -e src/build ] || [ -e src/udplogger ]; then
		fail "not clean"
	fi
}

# The second time root has other flags, and compiles anew.
root_after_user() {
	as_root
	has_setpriv
	for flags in CFLAGS=-O0 CFLAGS=-O0\ -g; do
		rm -rf src
		source_tree
		chown -R 65534:65534 src
		root_installs "$flags"
	done
}

t "install and uninstall, twice each, wherever DESTDIR is" destinations
t "the source tree may have a space in its name" tree_with_a_space
t "what is installed is for everybody" narrow_umask
t "PREFIX goes into the files that are installed" other_prefix
t "all paths go into the files that are installed" other_places
t "settings that were edited stay, others are renewed" settings_stay
t "settings that are a link stay as they are" linked_settings
t "uninstall leaves what is not ours" with_company
t "with BUILD= elsewhere the source tree is only read" built_elsewhere
t "root may install what a user built, and the user may clean" root_after_user
