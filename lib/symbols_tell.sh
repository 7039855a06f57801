# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_PROC ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# symbols_tell.sh - why a word names no function that can be probed, and what was
# meant perhaps. symbols.sh reads it when it has to say so.
[[ -n ${_KP_SYMBOLS_TELL_SOURCED:-} ]] && return 0
_KP_SYMBOLS_TELL_SOURCED=1

#
# The form of what was asked for
#

# _kp_symbols_refuse_form() { # <spec>: what is no [MOD:]FUNC[#N][+OFFSET]; status 2
_kp_symbols_refuse_form() {
	local spec=$1 func=$1 module index offset
	local -i column=1
	unset module index offset

	if [[ $func == *:* ]]; then
		module=${func%%:*}
		func=${func#*:}
		column=$((${#module} + 2))
	fi
	if [[ $func == *+* ]]; then
		offset=${func#*+}
		func=${func%%+*}
	fi
	if [[ $func == *'#'* ]]; then
		index=${func#*'#'}
		func=${func%%'#'*}
	fi

	if [[ -v module ]]; then
		kp_symbols_check_module "$spec" "$module" || return
	fi
	_kp_symbols_check_func "$spec" "$func" "$column" || return
	if [[ -v index && ! $index =~ ^[1-9][0-9]{0,5}$ ]]; then
		_kp_symbols_refuse_spec "$spec" \
			"the number after # is to be decimal, from 1" \
			"the form is [MOD:]FUNC[#N][+OFFSET], as in type_show#2+0x4"
		return
	fi
	_kp_symbols_check_offset "$spec" "${offset:-}"
}

# _kp_symbols_refuse_spec() { # <spec> <cause> <hint>: says so; status 2
_kp_symbols_refuse_spec() {
	local shown
	shown=$(kp_printable "$1")
	kp_err "probe ${shown:-''}: $2"
	kp_hint "$3"
	return "$KP_EX_USAGE"
}

# _kp_symbols_quote_char() { # <character>: prints it, visible
_kp_symbols_quote_char() {
	if [[ $1 == [\ -~] ]]; then
		printf "'%s'" "$1"
	else
		kp_printable "$1"
	fi
}

# kp_symbols_check_module() { # <spec> <module>
kp_symbols_check_module() {
	local spec=$1 module=$2 good char
	if [[ -z $module ]]; then
		_kp_symbols_refuse_spec "$spec" "the module before ':' is empty" \
			"for a function of the kernel itself leave out the ':'"
		return
	fi
	if ((${#module} > KP_SYMBOLS_MODULE_MAX)); then
		_kp_symbols_refuse_spec "$spec" \
			"the module's name has ${#module} characters, the limit is $KP_SYMBOLS_MODULE_MAX" \
			"lsmod shows the names of loaded modules"
		return
	fi
	if [[ ! $module =~ ^[A-Za-z0-9_-]+$ ]]; then
		good=${module%%[!A-Za-z0-9_-]*}
		char=$(_kp_symbols_quote_char "${module:${#good}:1}")
		_kp_symbols_refuse_spec "$spec" \
			"character $char at column $((${#good} + 1)) cannot be in a module's name" \
			"letters, digits, _ and - can; the module's file is given by --mod=PATH"
		return
	fi
}

# _kp_symbols_check_func() { # <spec> <func> <column it begins at>
_kp_symbols_check_func() {
	local spec=$1 func=$2 good char
	local -i column=$3
	if [[ -z $func ]]; then
		_kp_symbols_refuse_spec "$spec" "the function's name is empty" \
			"give a name, as in --probe=vfs_read"
		return
	fi
	# No function has a name of just 16 hexadecimal digits either.
	if [[ $func =~ ^(0[xX][0-9a-fA-F]*|[0-9a-fA-F]{16})$ ]]; then
		_kp_symbols_refuse_spec "$spec" "an address is never guessed, give a function's name" \
			"/proc/kallsyms, read as root, tells the name at an address"
		return
	fi
	if ((${#func} > KP_SYMBOLS_FUNC_MAX)); then
		_kp_symbols_refuse_spec "$spec" \
			"the name has ${#func} characters, the limit is $KP_SYMBOLS_FUNC_MAX" \
			"give one function's name, as in --probe=vfs_read"
		return
	fi
	if [[ ! $func =~ ^[A-Za-z_][A-Za-z0-9_.]*$ ]]; then
		good=${func%%[!A-Za-z0-9_.]*}
		[[ $func == [0-9.]* ]] && good=
		char=$(_kp_symbols_quote_char "${func:${#good}:1}")
		_kp_symbols_refuse_spec "$spec" \
			"character $char at column $((column + ${#good})) cannot be there in a function's name" \
			"letters, digits, _ and . can; the form is [MOD:]FUNC[#N][+OFFSET]"
		return
	fi
}

# _kp_symbols_check_offset() { # <spec> <offset>
_kp_symbols_check_offset() {
	local spec=$1 offset=$2
	if [[ ! $offset =~ ^(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$ ]]; then
		_kp_symbols_refuse_spec "$spec" \
			"the offset after + is to be decimal, or hexadecimal with 0x" \
			"the form is [MOD:]FUNC[#N][+OFFSET], as in vfs_read+0x1f"
		return
	fi
	if ((${#offset} > 10 || offset > _KP_SYMBOLS_UINT)); then
		_kp_symbols_refuse_spec "$spec" \
			"the offset is too large, the limit is 0xffffffff" \
			"an offset lies inside the function"
		return
	fi
}

#
# No answer
#

# _kp_symbols_refuse_answer() { # <kp_sym's status> <what it said> <file of symbols>
_kp_symbols_refuse_answer() {
	local file=${3:-$KP_PROC/kallsyms}
	case $1 in
	4)
		kp_err "blacklist $KP_BLACKLIST_LIST: our list of dangerous functions cannot be read"
		kp_hint "it is part of kp_load, beside blacklist.sh: install it again"
		;;
	5)
		_kp_symbols_refuse_file "$file" || return
		kp_err "symbols $file: cannot be read: $2"
		;;
	*)
		kp_err "symbols $file: cannot be read: ${KP_SYM:-kp_sym} ended with status $1"
		;;
	esac
	return "$KP_EX_MACHINE"
}

# _kp_symbols_refuse_file() { # <file>: told, with status 11, if it tells nothing
_kp_symbols_refuse_file() {
	if [[ ! -e $1 ]]; then
		kp_err "symbols $1: no such file"
		kp_hint "mount /proc; if it is, this kernel was built without CONFIG_KALLSYMS"
	elif [[ ! -r $1 ]]; then
		kp_err "symbols $1: this user may not read it"
		kp_hint "run as root"
	elif [[ -z $(head -c 1 -- "$1" 2>/dev/null | tr '\0' x) ]]; then
		kp_err "symbols $1: the file is empty"
		kp_hint "a security policy of this machine hides it: use the host, or another root"
	else
		return 0
	fi
	return "$KP_EX_MACHINE"
}

# _kp_symbols_tell_hidden() { # every address is zero: by what, and can we go on?
_kp_symbols_tell_hidden() {
	local restrict=unknown uid
	if [[ -r $KP_PROC/sys/kernel/kptr_restrict ]]; then
		IFS= read -r restrict <"$KP_PROC/sys/kernel/kptr_restrict" || :
	fi
	uid=$(id --user) || uid=unknown
	if [[ $uid != 0 ]]; then
		kp_err "symbols $KP_PROC/kallsyms: addresses are hidden from ordinary users (kptr_restrict is $restrict)"
		kp_hint "run as root"
		return "$KP_EX_MACHINE"
	fi
	if [[ $restrict != 2 ]]; then
		kp_err "symbols $KP_PROC/kallsyms: addresses are hidden though kptr_restrict is $restrict: this root has no CAP_SYSLOG"
		kp_hint "run on the host, not in a container or a user namespace"
		return "$KP_EX_MACHINE"
	fi
	kp_warn "symbols $KP_PROC/kallsyms: addresses are hidden (kptr_restrict is 2), functions are known by name only; sysctl kernel.kptr_restrict=1 shows them"
}

#
# Not to be had: why, and what is
#

# What kp_sym told of the function that is refused.
declare -ga _KP_SYMBOLS_VARIANTS=() # FUNC.isra.0 and its like
declare -ga _KP_SYMBOLS_MODULES=()  # where functions of the name are
declare -ga _KP_SYMBOLS_TEXT=()     # each of several: ADDRESS,MODULE,BEFORE
declare -gA _KP_SYMBOLS_WHY=()      # class -> what else was told
_KP_SYMBOLS_RELATED=                # ", NAME" of each
_KP_SYMBOLS_NEAR=

# _kp_symbols_read_detail() { # <i>
_kp_symbols_read_detail() {
	local detail class rest
	_KP_SYMBOLS_VARIANTS=() _KP_SYMBOLS_MODULES=() _KP_SYMBOLS_TEXT=() _KP_SYMBOLS_WHY=()
	_KP_SYMBOLS_RELATED='' _KP_SYMBOLS_NEAR=''
	for detail in "${KP_SYMBOLS_DETAIL[@]}"; do
		[[ $detail == "$1,"* ]] || continue
		rest=${detail#*,} class=${rest%%,*} rest=${rest#*,}
		case $class in
		variant) _KP_SYMBOLS_VARIANTS+=("$rest") ;;
		elsewhere) _KP_SYMBOLS_MODULES+=("$rest") ;;
		text) _KP_SYMBOLS_TEXT+=("$rest") ;;
		related) _KP_SYMBOLS_RELATED+=", $rest" ;;
		near) _KP_SYMBOLS_NEAR+=", $rest" ;;
		*) _KP_SYMBOLS_WHY[$class]=$rest ;;
		esac
	done
}

# _kp_symbols_refuse() { # <i>: by its state; 10, or 11 where addresses are hidden
_kp_symbols_refuse() {
	local word=${KP_SYMBOLS_WORD[$1]} func=${KP_SYMBOLS_NAME[$1]} module='' shown index
	local count=${KP_SYMBOLS_COUNT[$1]} size=${KP_SYMBOLS_SIZE[$1]}
	[[ $word != *:* ]] || module=${word%%:*} module=${module//-/_}
	shown=$(kp_printable "$func")
	_kp_symbols_read_detail "$1"
	case ${KP_SYMBOLS_STATE[$1]} in
	absent) _kp_symbols_refuse_absent "$func" "$shown" "$module" ;;
	padding)
		kp_err "function $shown: it is the padding before ${shown#__???_}, never executed"
		kp_hint "probe ${shown#__???_} itself"
		;;
	index)
		index=${KP_SYMBOLS_INDEX[$1]}
		kp_err "function ${module:+$module:}$shown: number $index was asked for, the last is $count"
		kp_hint "--probe=${module:+$module:}$shown alone lists them, if there are several"
		;;
	several) _kp_symbols_refuse_several "$shown" "$module" "$count" ;;
	past)
		printf -v index '0x%x' "${KP_SYMBOLS_OFFSET[$1]}"
		kp_err "function $shown: offset $index is past its end, it has $size bytes"
		kp_hint "an offset is from 0 to $((size - 1)), at the start of an instruction"
		;;
	hidden)
		kp_err "function $shown: other symbols have this name, and addresses are hidden (kptr_restrict is 2)"
		kp_hint "sysctl kernel.kptr_restrict=1"
		return "$KP_EX_MACHINE"
		;;
	*)
		kp_err "function $shown: other symbols have this name, and at ${KP_SYMBOLS_ADDRESS[$1]} it is out of reach from _stext"
		kp_hint "a kernel takes an offset of 32 bits, and otherwise the first function of a name"
		;;
	esac
	return "$KP_EX_TARGET"
}

# _kp_symbols_refuse_several() { # <shown> <module> <functions of the name>
_kp_symbols_refuse_several() {
	local shown=$1 module=$2 record address in='' before spec
	local -i n=0 count=$3
	spec=${module:+$module:}$shown
	kp_err "function $spec: $count functions have this name"
	for record in "${_KP_SYMBOLS_TEXT[@]}"; do
		IFS=, read -r address in before <<<"$record"
		kp_note "  $spec#$((n += 1)) ${address:+at $address }in ${in:-vmlinux}${before:+, before $before}"
	done
	((n == count)) || kp_note "  and $((count - n)) more"
	kp_hint "choose one by its number: --probe='$spec#1'"
	if [[ -z $module && -n $in ]]; then
		kp_hint "or by its module: --probe=$in:$shown"
	fi
}

# _kp_symbols_refuse_absent() { # <func> <shown> <module>
# No text symbol of the name where it was looked for; says which case it is.
_kp_symbols_refuse_absent() {
	local func=$1 shown=$2 module=$3 place
	if [[ -n $module && $module != vmlinux ]] && _kp_symbols_refuse_module "$shown" "$module"; then
		return "$KP_EX_TARGET"
	fi
	if ((${#_KP_SYMBOLS_MODULES[@]})); then
		printf -v place ', %s' "${_KP_SYMBOLS_MODULES[@]}"
		kp_err "function $shown: not in $module, but in ${place:2}"
		kp_hint "--probe=${_KP_SYMBOLS_MODULES[0]}:$shown"
	elif [[ -v _KP_SYMBOLS_WHY[init] ]]; then
		kp_err "function $shown: it ran when the kernel booted, and its memory was freed (init text)"
		kp_hint "a function of a module's init can be caught with --mod=PATH, one of the kernel's cannot"
	elif [[ -v _KP_SYMBOLS_WHY[data] ]]; then
		kp_err "function $shown: it is data (type ${_KP_SYMBOLS_WHY[data]} in kallsyms), not a function"
		kp_hint "probe a function that uses it"
	elif [[ -v _KP_SYMBOLS_WHY[pseudo] ]]; then
		kp_err "function $shown: the kernel made it while running (${_KP_SYMBOLS_WHY[pseudo]}), it cannot be probed"
		kp_hint "probe the function that it was made for"
	else
		_kp_symbols_refuse_unknown "$func" \
			"not in the running kernel; it may be inlined, or in a module that is not loaded"
	fi
	return "$KP_EX_TARGET"
}

# _kp_symbols_refuse_module() { # <shown> <module>
# True, and told, if the module itself is the reason.
_kp_symbols_refuse_module() {
	local shown=$1 module=$2
	if [[ $module == bpf || $module == __builtin__* ]]; then
		kp_err "function $module:$shown: no module, but code that the kernel made while running; it cannot be probed"
		kp_hint "probe the function that it was made for"
	elif [[ -v _KP_SYMBOLS_WHY[seen] ]]; then
		return 1
	elif [[ -d $KP_SYSMODULE/$module ]]; then
		kp_err "function $module:$shown: $module is not a module here, it is built into the kernel"
		kp_hint "leave it out: --probe=$shown"
	else
		kp_err "function $module:$shown: no module $module is loaded"
		if ((${#_KP_SYMBOLS_MODULES[@]})); then
			kp_hint "there is one in ${_KP_SYMBOLS_MODULES[0]}: --probe=${_KP_SYMBOLS_MODULES[0]}:$shown"
		fi
		kp_hint "modprobe $module, or give its file by --mod=PATH to catch its init too"
	fi
}

# _kp_symbols_refuse_unknown() { # <func> <cause>
# Copies under longer names, relatives and near names: two hints at most.
_kp_symbols_refuse_unknown() {
	local func=$1 cause=$2 shown list hint=''
	shown=$(kp_printable "$func")
	if ((${#_KP_SYMBOLS_VARIANTS[@]})); then
		printf -v list ', %s' "${_KP_SYMBOLS_VARIANTS[@]}"
		kp_err "function $shown: exists only as the compiler's ${list:2}"
		kp_hint "ask for it in full: --probe=${_KP_SYMBOLS_VARIANTS[0]}"
		kp_hint "arguments of .isra and .constprop copies are not in their usual registers"
		return "$KP_EX_TARGET"
	fi
	kp_err "function $shown: $cause"
	# tasklet_schedule() is inline and calls __tasklet_schedule()
	[[ "$_KP_SYMBOLS_RELATED," != *", __$func,"* ]] \
		|| hint="; $shown may be an inline wrapper of __$func"
	[[ -z $_KP_SYMBOLS_RELATED ]] \
		|| kp_hint "related functions: ${_KP_SYMBOLS_RELATED:2}$hint"
	[[ -z $_KP_SYMBOLS_NEAR ]] || kp_hint "nearest names: ${_KP_SYMBOLS_NEAR:2}"
	return "$KP_EX_TARGET"
}

#
# What there is to tell of those that were found
#

# _kp_symbols_tell_all() { # notes and warnings of all, or the first error
_kp_symbols_tell_all() {
	local -i i
	for i in "${!KP_SYMBOLS_STATE[@]}"; do
		if [[ ${KP_SYMBOLS_STATE[i]} != @(ok|forbidden|denied) ]]; then
			_kp_symbols_refuse "$i"
			return
		fi
		_kp_symbols_note "$i"
		if [[ " ${KP_SYMBOLS_DETAIL[*]}" == *" $i",@(list|nolist|forbidden),* ]]; then
			kp_symbols_need blacklist
			kp_blacklist_tell "$i" || return
		fi
	done
}

# _kp_symbols_note() { # <i>: what somebody who probes it ought to know
_kp_symbols_note() {
	local func=${KP_SYMBOLS_NAME[$1]} names=${KP_SYMBOLS_ALIASES[$1]} shown detail variant
	local copies=''
	shown=$func
	((${#func} <= 80)) || shown=$(kp_printable "$func")
	[[ -z $names ]] \
		|| kp_note "$shown: is also ${names// /, }, all at ${KP_SYMBOLS_ADDRESS[$1]}"
	for detail in "${KP_SYMBOLS_DETAIL[@]}"; do
		[[ $detail == "$1",variant,* ]] || continue
		variant=${detail##*,}
		if [[ $variant == "$func".cold* ]]; then
			kp_note "$shown: its unlikely branches are in $variant"
		else
			copies+=", $variant"
		fi
	done
	[[ -z $copies ]] \
		|| kp_note "$shown: the compiler also made ${copies:2}, calls to which this probe does not see"
	[[ $func != *.isra* && $func != *.constprop* ]] \
		|| kp_note "$shown: arguments of .isra and .constprop copies are not in their usual registers"
}
