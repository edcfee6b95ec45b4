# Completes command lines of udplogger in bash.  What is below "made from here
# on" comes from the program's own tables, by init/completion.c.
# shellcheck shell=bash disable=SC2154 # _udplogger_modes is made

# _udplogger_add WORD KIND...: those that begin with WORD, of each kind: a word,
# or one of <file> <directory> <user> <group>.
_udplogger_add()
{
	local begin=$1 kind
	local found=()

	shift
	for kind; do
		case $kind in
		'<file>') mapfile -t found < <(compgen -f -- "$begin") ;;
		'<directory>') mapfile -t found < <(compgen -d -- "$begin") ;;
		'<user>') mapfile -t found < <(compgen -u -- "$begin") ;;
		'<group>') mapfile -t found < <(compgen -g -- "$begin") ;;
		"$begin"*) found=("$kind") ;;
		*) found=() ;;
		esac
		COMPREPLY+=("${found[@]}")
		case $kind in
		'<file>' | '<directory>') compopt -o filenames 2>/dev/null ;;
		esac
	done
}

_udplogger()
{
	local word=${COMP_WORDS[COMP_CWORD]} mode='' name='' before='' other
	local known=()

	COMPREPLY=()
	for other in "${COMP_WORDS[@]:1}"; do
		case " ${_udplogger_modes[*]} " in
		*" $other "*) mode=$other ;;
		esac
	done
	# "=" is a word of its own, unless somebody has changed COMP_WORDBREAKS.
	if [ "$word" = = ]; then
		name=${COMP_WORDS[COMP_CWORD - 1]} word=''
	elif [ "$COMP_CWORD" -gt 1 ] && [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]
	then
		name=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $word = *=* ]]; then
		before=${word%%=*}= name=${word%%=*} word=${word#*=}
	fi

	if [ -n "$name" ]; then
		read -r -a known < <(_udplogger_values "$mode:${name#--}")
		_udplogger_add "$word" "${known[@]}"
		COMPREPLY=("${COMPREPLY[@]/#/$before}")
		return
	fi
	read -r -a known < <(_udplogger_options "$mode")
	if [[ $word = -* ]]; then
		known=("${known[@]/#/--}")
	fi
	[ -n "$mode" ] || known+=(--check --version "${_udplogger_modes[@]}")
	_udplogger_add "$word" "${known[@]}" --help
	case ${COMPREPLY[*]} in
	*=) compopt -o nospace 2>/dev/null ;;
	esac
}

complete -F _udplogger udplogger

# Made from here on.
