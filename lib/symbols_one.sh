# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_BOOT ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# symbols_one.sh - one symbol at a time: a function, an address, and what is known
# of a kernel that does not run or a module that is not loaded. Needs symbols;
# grep, and nm for object files.
[[ -n ${_KP_SYMBOLS_ONE_SOURCED:-} ]] && return 0
_KP_SYMBOLS_ONE_SOURCED=1

# kp_symbols_address() { # <symbol>: prints its address, of code or of data
# The kernel would take the first of several, and not say so. Status 10 if it
# is not the one address of one symbol, 11 where addresses are hidden.
kp_symbols_address() {
	local shown
	_kp_symbols_ask '' "@$1" || return
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
		if [[ -s $file ]] && grep --quiet --no-messages ' _stext$' "$file"; then
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

# kp_symbols_is_traceable() { # <i>: that function
# Does the kernel's list of what ftrace can trace have it? That tells one name
# of an address, which need not be the one asked for; ftrace takes the address.
#	vfs_read
#	__do_sys_getppid          __x64_sys_getppid is there, too
#	e1000_intr [e1000]
kp_symbols_is_traceable() {
	local in=${KP_SYMBOLS_MODULE[$1]} name
	local -a names=() patterns=()
	read -ra names <<<"${KP_SYMBOLS_NAME[$1]} ${KP_SYMBOLS_ALIASES[$1]}"
	for name in "${names[@]}"; do
		patterns+=(--regexp="$name${in:+ [$in]}")
	done
	grep --quiet --line-regexp --fixed-strings "${patterns[@]}" \
		"$KP_TRACEFS/available_filter_functions" 2>/dev/null
}

# kp_symbols_describe() { # <i>: prints that function as one line for people
# vfs_read at ffffffff816b89f0 in vmlinux, 464 bytes
kp_symbols_describe() {
	printf '%s at %s in %s%s\n' "$(kp_printable "${KP_SYMBOLS_NAME[$1]}")" \
		"${KP_SYMBOLS_ADDRESS[$1]:-a hidden address}" "${KP_SYMBOLS_MODULE[$1]:-vmlinux}" \
		"${KP_SYMBOLS_SIZE[$1]:+, ${KP_SYMBOLS_SIZE[$1]} bytes}"
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
	_kp_symbols_ask "$table" "$func" || return
	case ${KP_SYMBOLS_STATE[0]} in
	absent)
		kp_symbols_need symbols_tell
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
