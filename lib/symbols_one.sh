# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KALLSYMS ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# symbols_one.sh - one symbol at a time: a function, an address, and what is known
# of a kernel that does not run or a module that is not loaded. Needs symbols;
# grep, and nm for object files.
[[ -n ${_KP_SYMBOLS_ONE_SOURCED:-} ]] && return 0
_KP_SYMBOLS_ONE_SOURCED=1

# [MODULE:]FUNC -> 1: a pattern stood for it, which is no question for its copies
declare -gA KP_SYMBOLS_KNOWN=()

# kp_symbols_snapshot() { # <file>
# Reads kallsyms, once, into the file; sets KP_SYMBOLS_FILE, KP_SYMBOLS_HIDDEN.
# Status 11 when there is nothing to resolve by.
kp_symbols_snapshot() {
	local file=$1 said
	KP_SYMBOLS_HIDDEN=0
	_kp_symbols_need symbols_tell
	_kp_symbols_refuse_file "$KP_KALLSYMS" || return
	if ! said=$(cp -- "$KP_KALLSYMS" "$file" 2>&1); then
		rm --force -- "$file"
		kp_err "symbols $KP_KALLSYMS: cannot be copied to $file: ${said##*: }"
		return "$KP_EX_MACHINE"
	fi
	# ffffffff816b89f0 T vfs_read; hidden ones are 0000000000000000
	if ! LC_ALL=C grep --quiet '^0*[1-9a-f]' "$file"; then
		_kp_symbols_tell_hidden || return
		KP_SYMBOLS_HIDDEN=1
	fi
	KP_SYMBOLS_FILE=$file
}

# kp_symbols_resolve() { # <parsed assoc> <result assoc>
# Fills [symbol] [module] [address] [type] [offset] [count] [index] [aliases]
# [size] [plant] [plant_offset]. Register at plant + plant_offset + offset.
# Status 10 if the name is not one function that can be probed, 11 if it cannot
# be told because addresses are hidden.
kp_symbols_resolve() {
	local -n _kp_symbols_in=$1 _kp_symbols_result=$2
	local _module=${_kp_symbols_in[module]} _index=${_kp_symbols_in[index]} _word _plant
	_word=${_module:+$_module:}${_kp_symbols_in[func]}
	_kp_symbols_ask "$_word${_index:+#$_index}+${_kp_symbols_in[offset]}" || return
	[[ ! -v KP_SYMBOLS_KNOWN["$_word"] ]] || KP_SYMBOLS_DETAIL=()
	((!_KP_SYMBOLS_TOLD)) || _kp_symbols_tell_all || return
	_plant=${KP_SYMBOLS_PLANT[0]}
	_kp_symbols_result=(
		[symbol]=${KP_SYMBOLS_NAME[0]}
		[module]=${KP_SYMBOLS_MODULE[0]}
		[address]=${KP_SYMBOLS_ADDRESS[0]}
		[type]=${KP_SYMBOLS_TYPE[0]}
		[offset]=${KP_SYMBOLS_OFFSET[0]}
		[count]=${KP_SYMBOLS_COUNT[0]}
		[index]=${KP_SYMBOLS_INDEX[0]}
		[aliases]=${KP_SYMBOLS_ALIASES[0]}
		[size]=${KP_SYMBOLS_SIZE[0]}
		[plant]=${_plant%%+*}
		[plant_offset]=0
	)
	[[ $_plant != *+* ]] || _kp_symbols_result[plant_offset]=$((${_plant#*+} - KP_SYMBOLS_OFFSET[0]))
}

# kp_symbols_address() { # <symbol>: prints its address, of code or of data
# The kernel would take the first of several, and not say so. Status 10 if it
# is not the one address of one symbol, 11 where addresses are hidden.
kp_symbols_address() {
	local shown
	_kp_symbols_ask "@$1" || return
	shown=$(kp_printable "$1")
	case ${KP_SYMBOLS_STATE[0]} in
	ok)
		printf '%s\n' "${KP_SYMBOLS_ADDRESS[0]}"
		return 0
		;;
	absent)
		kp_err "symbol @$shown: not in the running kernel"
		kp_hint "grep $shown /proc/kallsyms; a module's symbols are there while it is loaded"
		;;
	hidden)
		kp_err "symbol @$shown: its address is hidden (kptr_restrict is 2)"
		kp_hint "sysctl kernel.kptr_restrict=1"
		return "$KP_EX_MACHINE"
		;;
	several)
		kp_err "symbol @$shown: ${KP_SYMBOLS_COUNT[0]} symbols have this name"
		kp_hint "tell the one that is meant by its distance from a name that is one's own: @_stext+OFFSET"
		;;
	*)
		kp_err "symbol @$shown: each CPU has its own, it is not at one address (type ${KP_SYMBOLS_TYPE[0]} in kallsyms)"
		kp_hint "an argument or a register of the function may point to it"
		;;
	esac
	return "$KP_EX_TARGET"
}

# kp_symbols_map() { # <release> <header tree>: prints the System.map of a kernel
# Debian's in /boot is one line that tells where the real one is.
kp_symbols_map() {
	local file
	for file in "$KP_BOOT/System.map-$1" "$KP_SYSROOT/usr/lib/debug/boot/System.map-$1" \
		"$2/System.map"; do
		if grep --quiet --no-messages ' _stext$' "$file"; then
			printf '%s\n' "$file"
			return 0
		fi
	done
	return 1
}

# kp_symbols_is_in_map() { # <System.map> <function>: whole, or a copy of it
#	ffffffff812f0a30 T vfs_read
kp_symbols_is_in_map() {
	local lines
	lines=$(grep --fixed-strings -e " $2" -- "$1") || return
	[[ $lines$'\n' == *" $2"[$'\n.']* ]]
}

# kp_symbols_is_traceable() { # <result assoc>
# Does the kernel's list of what ftrace can trace have it? That tells one name
# of an address, which need not be the one asked for; ftrace takes the address.
#	vfs_read
#	__do_sys_getppid          __x64_sys_getppid is there, too
#	e1000_intr [e1000]
kp_symbols_is_traceable() {
	local -n _kp_symbols_traced=$1
	local _in=${_kp_symbols_traced[module]} _name
	local -a _names=() _patterns=()
	read -ra _names <<<"${_kp_symbols_traced[symbol]} ${_kp_symbols_traced[aliases]}"
	for _name in "${_names[@]}"; do
		_patterns+=(--regexp="$_name${_in:+ [$_in]}")
	done
	grep --quiet --line-regexp --fixed-strings "${_patterns[@]}" \
		"$KP_TRACEFS/available_filter_functions" 2>/dev/null
}

# kp_symbols_describe() { # <result assoc>: prints it as one line for people
# vfs_read at ffffffff816b89f0 in vmlinux, 464 bytes
kp_symbols_describe() {
	local -n _kp_symbols_described=$1
	local _shown
	_shown=$(kp_printable "${_kp_symbols_described[symbol]}")
	printf '%s at %s in %s%s\n' \
		"$_shown" \
		"${_kp_symbols_described[address]:-a hidden address}" \
		"${_kp_symbols_described[module]:-vmlinux}" \
		"${_kp_symbols_described[size]:+, ${_kp_symbols_described[size]} bytes}"
}

#
# A module that is not loaded yet
#

# kp_symbols_in_object() { # <file.ko> <func> <run directory>
# Is the function in the module's file, packed (.gz .xz .zst) or not? Status 0;
# 10 with near names if it is not; 2 if the file is none; 11 without the tools.
kp_symbols_in_object() {
	local file=$1 func=$2 rundir=$3 shown where table
	local -i status=0
	where=$(kp_printable "$file" 200)
	shown=$(kp_printable "$func")
	if [[ ! -f $file || ! -r $file ]]; then
		kp_err "module $where: not a file that can be read"
		return "$KP_EX_USAGE"
	fi
	if ! table=$(mktemp -- "$rundir/object.XXXXXX" 2>&1); then
		kp_err "directory $rundir: no file can be made in it: ${table##*: }"
		return "$KP_EX_MACHINE"
	fi
	_kp_symbols_object_table "$file" "$where" "$table" || status=$?
	if ((status == 0)); then
		_kp_symbols_check_object "$table" "$func" "$shown" "$where" || status=$?
	fi
	rm --force -- "$table" "$table.ko"
	return "$status"
}

# _kp_symbols_object_table() { # <file> <where> <table>: nm's lines to <table>
#	0000000000000a10 T e1000_intr
_kp_symbols_object_table() {
	local file=$1 where=$2 table=$3 object said
	local -a unpack=()
	case $file in
	*.gz) unpack=(gzip --decompress --stdout) ;;
	*.xz) unpack=(xz --decompress --stdout) ;;
	*.zst) unpack=(zstd --decompress --stdout --quiet) ;;
	*) ;;
	esac
	_kp_symbols_has_tools nm "${unpack[@]:0:1}" || return
	object=$file
	if ((${#unpack[@]})); then
		object=$table.ko
		if ! said=$("${unpack[@]}" -- "$file" 2>&1 >"$object"); then
			kp_err "module $where: cannot be unpacked: ${said##*: }"
			return "$KP_EX_USAGE"
		fi
	fi
	# nm says "no symbols" with status 0, and nothing of what is no object.
	if ! nm --defined-only --numeric-sort -- "$object" >"$table" 2>/dev/null \
		|| [[ ! -s $table ]]; then
		kp_err "module $where: not a kernel module: no object file with symbols"
		return "$KP_EX_USAGE"
	fi
}

# _kp_symbols_has_tools() { # <tool>...
_kp_symbols_has_tools() {
	local tool
	for tool in "$@"; do
		if ! command -v "$tool" >/dev/null; then
			kp_err "tool $tool: not installed"
			kp_hint "nm is in binutils; gzip, xz (xz-utils) and zstd unpack modules"
			return "$KP_EX_MACHINE"
		fi
	done
}

# _kp_symbols_check_object() { # <table> <func> <shown> <where>
_kp_symbols_check_object() {
	local table=$1 func=$2 shown=$3 where=$4
	local KP_SYMBOLS_HIDDEN=0 KP_SYMBOLS_FILE=$table # whatever they are for kallsyms
	_kp_symbols_ask "$func" || return
	case ${KP_SYMBOLS_STATE[0]} in
	absent)
		_kp_symbols_need symbols_tell
		_kp_symbols_read_detail 0
		if [[ -v _KP_SYMBOLS_WHY[data] ]]; then
			kp_err "function $shown: it is data in $where, not a function"
		else
			_kp_symbols_refuse_unknown "$func" "not in $where; it may be inlined" || :
		fi
		;;
	several)
		kp_err "function $shown: ${KP_SYMBOLS_COUNT[0]} functions of $where have this name"
		kp_hint "load the module, then choose one: --probe='MOD:$shown#1'"
		;;
	*) return 0 ;;
	esac
	return "$KP_EX_TARGET"
}
