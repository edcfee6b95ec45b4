# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# The file of conf=.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

# refused PATTERN [ARGUMENT]...: 64, and one line that the pattern is all of.
refused() {
	pattern=$1
	shift
	"$UDPLOGGER" ip=127.0.0.1 port=0 dir=. "$@" >out 2>err </dev/null
	status=$?
	[ "$status" -eq 64 ] || fail "$*: exit status $status: $(cat err)"
	[ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line: $(cat err)"
	grep -qx "udplogger: $pattern" err || fail "$*: $(cat err)"
}

settings() {
	printf '# a log host\n\n port = 1\nperm=0640  # for adm\ntimeout=7s\n' \
		>my.conf
	start conf=my.conf
	grep -q ' timeout=7 .*perm=0640$' err || fail "$(cat err)"
	say 'one\n'
	wait_lines 1
	finish
	[ "$(stat -c %a log/*.log)" = 640 ] || fail "not perm=0640"
}

crlf() {
	printf '\357\273\277perm=0640\r\ntimeout=8' >my.conf
	start conf=my.conf
	grep -q ' timeout=8 .*perm=0640$' err || fail "$(cat err)"
}

wrong() {
	printf 'perm=0640\n\nport=abc\n' >my.conf
	refused 'my.conf:3: port=abc: not allowed; allowed is 0 to 65535; up to 16, with commas' \
		conf=my.conf
	refused 'my.conf:3: port=abc: .*' conf=my.conf --check
	refused "$T/my.conf:3: port=abc: .*" "conf=$T/my.conf"
	printf 'prot=7\n' >my.conf
	refused 'my.conf:1: prot=: unknown option; did you mean port=? See --help' \
		conf=my.conf
	printf 'conf=other\n' >my.conf
	refused 'my.conf:1: conf=other: not allowed .*' conf=my.conf
	printf 'perm=0640\0\n' >my.conf
	refused 'my.conf:1: .* NUL .*' conf=my.conf
	printf 'raw=yes\n' >my.conf
	refused 'my.conf:1: raw=yes: not allowed with format=json.*' \
		conf=my.conf format=json
}

unreadable() {
	refused 'conf=nosuch: .*No such file or directory.*' conf=nosuch
	refused 'conf=.: .*not a regular file.*' conf=.
	refused 'conf=/dev/zero: .*not a regular file.*' conf=/dev/zero
	mkfifo fifo
	refused 'conf=fifo: .*not a regular file.*' conf=fifo
	awk 'BEGIN { while (n++ < 65537) printf "#" }' >large
	refused 'conf=large: .*more than 65536 bytes.*' conf=large
	[ "$(id -u)" -ne 0 ] || return 0
	: >secret
	chmod 0 secret
	refused 'conf=secret: .*Permission denied.*' conf=secret
}

# checked ARGUMENT...: --check is content
checked() {
	"$UDPLOGGER" --check ip=127.0.0.1 "$@" >out 2>err || fail "$(cat err)"
}

listed() {
	grep -qx "$1" out || fail "no '$1' in $(cat out)"
}

lists() {
	mkdir log
	printf '\nport = 0\ndir=log\nqueue=8m\n' >my.conf
	checked conf=my.conf queue=9M
	[ ! -s err ] || fail "$(cat err)"
	listed 'port=0 # my.conf:2'
	listed 'dir=.*/log # my.conf:3'
	listed 'queue=9437184 # command line'
	listed 'perm=0600 # default'
	listed 'ip=127.0.0.1 # command line'
	grep -v ^udplogger: out >again.conf
	cp out first
	checked conf=again.conf
	grep -v '^udplogger:\|^# conf=' out | sed 's/ #.*//' >second
	grep -v '^udplogger:\|^# conf=' first | sed 's/ #.*//' | cmp - second ||
		fail "another list: $(cat second)"
}

doubled() {
	mkdir log
	printf 'perm=0644\nport=0\nperm=0640\n' >my.conf
	checked conf=my.conf dir=log
	grep -q 'warning: my.conf:1: perm= has no effect, .* line 3' err ||
		fail "$(cat err)"
	listed 'perm=0640 # my.conf:3'
}

not_for_its_user() {
	as_root
	mkdir log
	chown nobody log || skip "no user nobody"
	chmod 711 .
	printf 'port=0\nuid=nobody\n' >my.conf
	chmod 600 my.conf
	checked conf=my.conf dir=log
	grep -q "warning: conf=my.conf: user .*can't read it" err ||
		fail "$(cat err)"
	chmod 644 my.conf
	checked conf=my.conf dir=log
	[ ! -s err ] || fail "$(cat err)"
}

help_first() {
	"$UDPLOGGER" conf=nosuch -h >out 2>err || fail "$(cat err)"
	grep -q '^  conf=FILE' out || fail "no help"
	"$UDPLOGGER" -V conf=nosuch >out 2>err || fail "$(cat err)"
	grep -q '^udplogger ' out || fail "no version"
}

t "a file has options, and the command line goes before it" settings
t "line ends of Windows, a byte order mark and no end do no harm" crlf
t "what is wrong is named with file, line and what is allowed" wrong
t "a file that cannot be read is refused" unreadable
t "--check lists each setting and its origin, as such a file" lists
t "an option that a file sets twice is warned of" doubled
t "it is said if the user of uid= cannot read the file" not_for_its_user
t "help and version need no file" help_first
