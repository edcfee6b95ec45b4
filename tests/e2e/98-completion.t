# shellcheck shell=sh disable=SC2119,SC2120,SC2317,SC2153
# What bash completes in command lines: the function is called as bash does it,
# and compared with --help, which is made from the tables in another way.
# shellcheck source=/dev/null
. "$E2E/lib.sh"

COMPLETION=$TOOLS/../udplogger.bash

# completes WORD...: what may stand in place of the last of them, sorted; "=" is
# a word of its own, as bash has it.
completes() {
	has bash
	[ -f "$COMPLETION" ] || fail "$COMPLETION was not made"
	# shellcheck disable=SC2016 # for bash
	bash --norc -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_udplogger "$1" "${@: -1}" "${@: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$COMPLETION" udplogger "$@" >completed 2>errors ||
		fail "status $?: $(cat errors)"
	[ ! -s errors ] || fail "it says: $(cat errors)"
	sort -o completed completed
}

# offers WORDS WORD...: these and nothing else.
offers() {
	echo "$1" | tr ' ' '\n' | sort >wanted
	shift
	completes "$@"
	diff wanted completed || fail "after $*: not these"
}

# --help of the daemon, and what it says of questions.
helped() {
	"$UDPLOGGER" --help >help || fail "no help"
	sed '/^Questions about/,$d' help >help.daemon
	sed -n '/^Questions about/,$p' help >help.questions
}

names() {
	helped
	sed -n 's/^  \([a-z][a-z]*=\)[^ ].*/\1/p' help.daemon | sort >wanted
	[ "$(wc -l <wanted)" -gt 30 ] || fail "nothing is in --help"
	completes ''
	grep -v '^--' completed | diff wanted - || fail "not what --help has"
	for flag in --check --help --version; do
		grep -qx -e $flag completed || fail "no $flag"
	done
	offers 'keep= keepmin=' kee
	offers '--keep= --keepmin=' --kee
	offers '--check' --ch
	offers 'timeout=' dir = logs ti
	offers '' nosuch
}

# Each choice that --help offers: "default no; yes or no".
values() {
	"$UDPLOGGER" --help | awk '
		sub(/^  [a-z]*=/, "&") { split($1, part, "="); name = part[1] }
		/^ *default [a-z]*; [a-z]*(, [a-z]*)* or [a-z]*$/ {
			sub(/.*; /, "")
			gsub(/, | or /, " ")
			print name, $0 }' >choices
	[ "$(wc -l <choices)" -ge 8 ] || fail "only $(cat choices)"
	while read -r name words; do
		offers "$words" "$name" =
		offers "$words" "$name" = ''
		offers "${words%% *}" "$name" = "${words%% *}"
	done <choices
	offers 'json' --format = j
	offers 'format=json' format=j
	offers 'none' limit = ''
	offers '' port = ''
}

files() {
	mkdir 'a dir' another
	: >'a file'
	: >'b file'
	for option in conf hosts; do
		completes "$option" = a
		printf '%s\n' 'a dir' 'a file' another | diff - completed ||
			fail "$option=: not these files"
	done
	completes dir = a
	printf '%s\n' 'a dir' another | diff - completed ||
		fail "dir=: not these directories"
	completes uid = roo
	grep -qx root completed || fail "no user"
}

# Questions have options of their own, for which help says "for --incidents,
# --show"; where it does not, an option is for all.
questions() {
	helped
	sed -n 's/^  \(--[a-z]*\) .*/\1/p' help.questions | sort >modes
	[ -s modes ] || skip "the program takes no questions"
	completes --
	for flag in check help version; do
		echo "--$flag"
	done | sort - modes >wanted
	grep -v '=$' completed | diff wanted - || fail "other questions"
	while read -r mode; do
		awk -v mode="$mode" '
			function tell() { if (name && !others) print name }
			/^  [a-z]+=/ { tell(); sub(/=.*/, "=", $1)
				name = $1; others = 0; next }
			/^ .* for --/ && index($0 ",", mode ",") == 0 {
				others = 1 }
			END { tell() }' help.questions | sort >wanted
		completes "$mode" ''
		grep -v '^--help$' completed | diff wanted - ||
			fail "$mode: not what help has"
		grep -qx 'dir=' wanted || fail "$mode: no dir= in help"
	done <modes
	completes --incidents class = o
	printf '%s\n' oom oops | diff - completed || fail "not these classes"
}

t "each option of --help is completed, and no other" names
t "choices are completed, with and without = as a word" values
t "files, directories and users are completed where they belong" files
t "questions are completed with what may be asked" questions
