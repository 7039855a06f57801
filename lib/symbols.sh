# shellcheck shell=bash disable=SC2034,SC2154 # others read KP_SYMBOLS_*, and set KP_PROC ...
# SPDX-License-Identifier: GPL-2.0-only
# symbols.sh - which functions are meant, and may they be probed. kp_sym looks
# them up and checks them, all probes of a run at once; here is told what it
# found. Needs log, paths and KP_SYM. Read only when there is something to
# tell: symbols_tell.sh, glob.sh, glob_tell.sh, blacklist.sh. symbols_one.sh is
# for one function at a time.
#
#	words=('e1000:*_open' vfs_read+4) uses=(count print,return)
#	kp_symbols_resolve_all words uses --max=32 [--force] [--unseen] [--traced=FILE]
#
# Words are those that kp_symbols_parse and kp_glob_check passed. Afterwards
# element i of each KP_SYMBOLS_ array below is of function i; a pattern is all
# functions that it stands for.
[[ -n ${_KP_SYMBOLS_SOURCED:-} ]] && return 0
_KP_SYMBOLS_SOURCED=1

KP_SYM=${KP_SYM:-}                                            # kp_sym's path
: "${KP_BLACKLIST_LIST:=${BASH_SOURCE[0]%/*}/blacklist.list}" # ours; tests name another
KP_SYMBOLS_CACHE=                                             # the directory of their index; empty: none is kept
KP_SYMBOLS_HIDDEN=0                                           # 1: there are names, but every address is zero

# WORD     as asked for, or as the pattern made it
# STATE    ok, or why not: see sym_answer.h
# NAME     FUNC
# MODULE   empty: the kernel itself
# ADDRESS  as kallsyms has it; empty: hidden
# TYPE     t T w W
# SIZE     up to the next symbol; empty: not known
# OFFSET   decimal
# COUNT    functions of the name
# INDEX    which of them
# ALIASES  other names of its address, parted by blanks
# PLANT    kprobe's symbol_name[+0xoffset], all added up
# TARGET   as people write it: [MOD:]FUNC[+0xOFF]
# PLAIN    for names of events and modules: FUNC[_0xOFF]
# PLACE    in the kernel's list of kprobes: AT/AT, or FUNC+
# ASK      number of the word that it is of
declare -ga KP_SYMBOLS_{WORD,STATE,NAME,MODULE,ADDRESS,TYPE,SIZE,OFFSET,COUNT,INDEX}
declare -ga KP_SYMBOLS_{ALIASES,PLANT,TARGET,PLAIN,PLACE,ASK}
declare -ga KP_SYMBOLS_GLOB   # of each pattern ten fields: see glob.sh
declare -ga KP_SYMBOLS_DETAIL # I,CLASS,...: what there is to tell

readonly KP_SYMBOLS_FUNC_MAX=511           # KSYM_NAME_LEN without the NUL
readonly KP_SYMBOLS_MODULE_MAX=55          # MODULE_NAME_LEN without the NUL
readonly _KP_SYMBOLS_UINT=$((2 ** 32 - 1)) # kprobe.offset is an unsigned int
readonly _KP_SYMBOLS_FORM='^(([A-Za-z0-9_-]+):)?([A-Za-z_][A-Za-z0-9_.]*)(#([1-9][0-9]{0,5}))?(\+(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*))?$'

# kp_symbols_begin() { # kp_sym is there, and where its index is kept
kp_symbols_begin() {
	if [[ -z $KP_SYM ]]; then
		kp_tools_find kp_sym || return
		KP_SYM=$KP_TOOLS/kp_sym
	fi
	KP_SYMBOLS_CACHE=$KP_WORKDIR/cache/symbols
}

# kp_symbols_is_pattern() { # <--probe's value>: a pattern, and no definition?
kp_symbols_is_pattern() {
	[[ $1 == *[*?[]* ]] && ! kp_facts_is_definition "$1"
}

# kp_symbols_need() { # <symbols_tell|glob|glob_tell|blacklist>: seldom needed, read then
kp_symbols_need() {
	case $1 in
	symbols_tell)
		# shellcheck source=lib/symbols_tell.sh
		source "${BASH_SOURCE[0]%/*}/symbols_tell.sh"
		;;
	glob)
		# shellcheck source=lib/glob.sh
		source "${BASH_SOURCE[0]%/*}/glob.sh"
		;;
	glob_tell)
		# shellcheck source=lib/glob_tell.sh
		source "${BASH_SOURCE[0]%/*}/glob_tell.sh"
		;;
	*)
		# shellcheck source=lib/blacklist.sh
		source "${BASH_SOURCE[0]%/*}/blacklist.sh"
		;;
	esac
}

# kp_symbols_parse() { # <spec> <assoc>
# Checks [MOD:]FUNC[#N][+OFFSET] and fills [func] [module] [index] [offset];
# module and index are empty where not given, the offset is decimal. Status 2.
kp_symbols_parse() {
	local LC_ALL=C
	local -n _kp_symbols_parsed=$2
	local _module _func _offset
	if [[ ! $1 =~ $_KP_SYMBOLS_FORM ]]; then
		kp_symbols_need symbols_tell
		_kp_symbols_refuse_form "$1"
		return
	fi
	_module=${BASH_REMATCH[2]} _func=${BASH_REMATCH[3]} _offset=${BASH_REMATCH[7]:-0}
	# No function has a name of just 16 hexadecimal digits.
	if ((${#_module} > KP_SYMBOLS_MODULE_MAX || ${#_func} > KP_SYMBOLS_FUNC_MAX || \
		${#_offset} > 10 || _offset > _KP_SYMBOLS_UINT)) \
			|| [[ ${#_func} == 16 && $_func != *[!0-9a-fA-F]* ]]; then
		kp_symbols_need symbols_tell
		_kp_symbols_refuse_form "$1"
		return
	fi
	_kp_symbols_parsed=([func]=$_func [module]=${_module//-/_}
		[index]=${BASH_REMATCH[5]} [offset]=$((_offset)))
}

# kp_symbols_resolve_all() { # <array of words> <array of uses> [kp_sym's option]...
# What each probe does is of count, print, return, by commas. Told: notes and
# warnings, or the first error. Status 10 if one cannot be probed, 2 if a
# pattern stands for too many, 11 if the symbols or our list cannot be read.
kp_symbols_resolve_all() {
	kp_symbols_expand "$@" || return
	((_KP_SYMBOLS_TOLD)) || return 0
	kp_symbols_need symbols_tell
	_kp_symbols_tell_all
}

# kp_symbols_expand() { # as kp_symbols_resolve_all; only patterns are judged, and told
kp_symbols_expand() {
	local -n _kp_symbols_words=$1 _kp_symbols_uses=$2
	local -a _asked=()
	local -i _i
	local _of=$1
	shift 2
	[[ " $* " == *' --unseen '* ]] || _asked=("--forbidden=$KP_KPROBES/blacklist")
	_asked+=("--denied=$KP_BLACKLIST_LIST" "$@")
	for _i in "${!_kp_symbols_words[@]}"; do
		_asked+=("--use=${_kp_symbols_uses[_i]}" "${_kp_symbols_words[_i]}")
	done
	_kp_symbols_ask '' "${_asked[@]}" || return
	((${#KP_SYMBOLS_GLOB[@]})) || return 0
	kp_symbols_need glob
	kp_glob_tell_all "$_of"
}

# _kp_symbols_ask() { # <file, or nothing: the running kernel> <kp_sym's argument>...
# Fills the arrays. _KP_SYMBOLS_TOLD is 1 if there is something to tell of them.
_kp_symbols_ask() {
	local answer file=$1 was=$KP_SYMBOLS_HIDDEN
	local -a from=("--symbols=$1")
	local -i status=0
	shift
	[[ -n $file ]] \
		|| from=("--proc=$KP_PROC" "--sys=$KP_SYS" ${KP_SYMBOLS_CACHE:+"--cache=$KP_SYMBOLS_CACHE"})
	answer=$("$KP_SYM" "${from[@]}" "$@") || status=$?
	_KP_SYMBOLS_TOLD=$((status == 3))
	if ((status != 0 && status != 3)) || [[ $answer != *';end' ]]; then
		kp_symbols_need symbols_tell
		_kp_symbols_refuse_answer "$status" "$answer" "$file"
		return
	fi
	_kp_symbols_take "$answer"
	if [[ -n $file ]]; then
		KP_SYMBOLS_HIDDEN=$was
	elif ((KP_SYMBOLS_HIDDEN && !was)); then
		kp_symbols_need symbols_tell
		_kp_symbols_tell_hidden
	fi
}

# _kp_symbols_take() { # <kp_sym's answer>: its columns; see kp_sym.c
# Splitting costs a tenth of what slices of one long array do.
# shellcheck disable=SC2206 # it is to be split, and nothing in it expands
_kp_symbols_take() {
	local - IFS=';'
	local -a all
	set -f
	all=($1)
	IFS='|'
	KP_SYMBOLS_HIDDEN=${all[0]#*|} KP_SYMBOLS_HIDDEN=${KP_SYMBOLS_HIDDEN%%|*}
	KP_SYMBOLS_WORD=(${all[1]})
	KP_SYMBOLS_STATE=(${all[2]})
	KP_SYMBOLS_NAME=(${all[3]})
	KP_SYMBOLS_MODULE=(${all[4]})
	KP_SYMBOLS_ADDRESS=(${all[5]})
	KP_SYMBOLS_TYPE=(${all[6]})
	KP_SYMBOLS_SIZE=(${all[7]})
	KP_SYMBOLS_OFFSET=(${all[8]})
	KP_SYMBOLS_COUNT=(${all[9]})
	KP_SYMBOLS_INDEX=(${all[10]})
	KP_SYMBOLS_ALIASES=(${all[11]})
	KP_SYMBOLS_PLANT=(${all[12]})
	KP_SYMBOLS_TARGET=(${all[13]})
	KP_SYMBOLS_PLAIN=(${all[14]})
	KP_SYMBOLS_PLACE=(${all[15]})
	KP_SYMBOLS_ASK=(${all[16]})
	KP_SYMBOLS_GLOB=(${all[17]})
	KP_SYMBOLS_DETAIL=(${all[18]})
}
