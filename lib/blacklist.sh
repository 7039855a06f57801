# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KPROBES are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# blacklist.sh - may it be probed: the kernel's own blacklist, which is final,
# then blacklist.list beside this file, which --force overrides.
# Needs log, paths, and what symbols.sh resolved; awk.
[[ -n ${_KP_BLACKLIST_SOURCED:-} ]] && return 0
_KP_BLACKLIST_SOURCED=1

KP_BLACKLIST_LIST=${BASH_SOURCE[0]%/*}/blacklist.list # tests name another

# What _kp_blacklist_find found.
_KP_BLACKLIST_SEVERITY= # refuse, warn, or empty: not listed
_KP_BLACKLIST_USES=     # count,print,return of the group
_KP_BLACKLIST_REASON=
_KP_BLACKLIST_PATTERN=

# kp_blacklist_check() { # <result assoc> <count|print|return> <force: 0|1> [here: 0|1]
# <result assoc> is kp_symbols_resolve's. here is 0 where the probe is for
# another kernel than the running one, whose list we do not see. Status 10 if the function may not be
# probed for that use, 11 if our list is not there.
kp_blacklist_check() {
	local -n _kp_blacklist_result=$1
	local _use=$2 _force=$3 _here=${4:-1}
	local _symbol=${_kp_blacklist_result[symbol]} _module=${_kp_blacklist_result[module]}
	local _address=${_kp_blacklist_result[address]} _aliases=${_kp_blacklist_result[aliases]}
	local _offset=${_kp_blacklist_result[offset]} _count=${_kp_blacklist_result[count]}

	if [[ -n $_address ]]; then
		printf -v _address '%0*x' "${#_address}" $((16#$_address + _offset))
	fi
	if ((_here)); then
		_kp_blacklist_check_kernel "$_symbol" "$_address" "$_count" || return
	fi
	_kp_blacklist_find "$_symbol" "$_module" "$_aliases" "$_use" || return
	_kp_blacklist_judge "$_symbol" "$_use" "$_force" && return
	if [[ $_use != count ]] \
		&& _kp_blacklist_find "$_symbol" "$_module" "$_aliases" count \
		&& [[ $_KP_BLACKLIST_SEVERITY != refuse ]]; then
		kp_hint "counting its hits is not on the list"
	fi
	return "$KP_EX_TARGET"
}

#
# The kernel's
#

# _kp_blacklist_check_kernel() { # <symbol> <address or empty> <count>
_kp_blacklist_check_kernel() {
	local symbol=$1 address=$2 count=$3 list=$KP_KPROBES/blacklist shown name
	local -i status=0
	shown=$(kp_printable "$symbol")
	if [[ -f $list && -r $list ]]; then
		name=$(_kp_blacklist_awk_kernel "$symbol" "$address" "$count" <"$list") || status=$?
	else
		kp_warn "blacklist $list: cannot be read (debugfs, root only); the kernel has the last word"
		name=$(_kp_blacklist_section "$address") || status=$?
	fi
	if ((status != 0)); then
		return 0
	fi
	if [[ $name == "$symbol" ]]; then
		kp_err "function $shown: the kernel forbids to probe it: it is in its own blacklist"
	else
		kp_err "function $shown: the kernel forbids to probe it: it lies in $name, which is in its own blacklist"
	fi
	kp_hint "probe a caller of it; --force overrides our list, never the kernel's"
	return "$KP_EX_TARGET"
}

# _kp_blacklist_awk_kernel() { # <symbol> <address or empty> <count>
# The kernel's list on stdin; prints the entry's name if it covers the address,
# or, where the addresses do not tell, the name. The addresses are zero for
# those who may not see them. The kernel also looks up FUNC for FUNC.isra.0.
#	0xffffffff82003a10-0xffffffff82003a40<TAB>exc_int3
_kp_blacklist_awk_kernel() {
	# shellcheck disable=SC2016 # awk's $1, not ours
	KP_AWK_SYMBOL=$1 KP_AWK_ADDRESS=${2:+0x$2} KP_AWK_COUNT=$3 LC_ALL=C awk '
	BEGIN {
		symbol = ENVIRON["KP_AWK_SYMBOL"]
		address = ENVIRON["KP_AWK_ADDRESS"] ""
		unique = ENVIRON["KP_AWK_COUNT"] <= 1
		whole = symbol
		sub(/\..*/, "", whole)
		status = 1
	}
	{
		hidden = address == "" || $1 ~ /^0x0*-/
		split($1, range, "-")
	}
	!hidden && address >= range[1] "" && address < range[2] "" {
		status = 0
	}
	$2 == symbol && (hidden || unique) { status = 0 }
	whole != symbol && $2 == whole { status = 0 }
	status == 0 {
		print $2
		exit
	}
	END { exit status }'
}

# _kp_blacklist_section() { # <address or empty>
# Without the kernel's list: prints the section of the address, if it is one of
# those that are on that list as a whole.
_kp_blacklist_section() {
	[[ -n $1 && -r ${KP_SYMBOLS_FILE:-} ]] || return
	# shellcheck disable=SC2016 # awk's $1, not ours
	KP_AWK_ADDRESS=$1 LC_ALL=C awk '
	BEGIN {
		address = ENVIRON["KP_AWK_ADDRESS"] ""
		n = split("__entry_text __noinstr_text __kprobes_text", section, " ")
		for (i = 1; i <= n; i++) wanted[section[i] "_start"] = wanted[section[i] "_end"] = 1
	}
	$3 in wanted { at[$3] = $1 "" }
	END {
		for (i = 1; i <= n; i++)
			if (section[i] "_start" in at && address >= at[section[i] "_start"] \
				&& address < at[section[i] "_end"]) {
				print section[i]
				exit 0
			}
		exit 1
	}' <"$KP_SYMBOLS_FILE"
}

#
# Ours
#

# What _kp_blacklist_select found: patterns, as MODULE:NAME, and of each what
# its group begins with.
declare -ga _KP_BLACKLIST_NAMES=() _KP_BLACKLIST_HEADS=()

# _kp_blacklist_select() { # <use>: what our list says is bad for it, in order
#	[count,print] refuse the reason
#	pattern
_kp_blacklist_select() {
	local line head='' uses
	local -i on=0
	local -a lines=()
	_KP_BLACKLIST_NAMES=() _KP_BLACKLIST_HEADS=()
	if [[ ! -f $KP_BLACKLIST_LIST || ! -r $KP_BLACKLIST_LIST ]]; then
		kp_err "blacklist $KP_BLACKLIST_LIST: our list of dangerous functions cannot be read"
		kp_hint "it is part of kp_load, beside blacklist.sh: install it again"
		return "$KP_EX_MACHINE"
	fi
	mapfile -t lines <"$KP_BLACKLIST_LIST"
	for line in "${lines[@]}"; do
		case $line in
		'' | '#'*) continue ;;
		'['*']'*)
			head=${line#'['} uses=${head%%]*} on=0
			[[ ,$uses, != *,"$1",* ]] || on=1
			continue
			;;
		*) ;;
		esac
		((on)) || continue
		[[ $line == *:* ]] || line=vmlinux:$line
		_KP_BLACKLIST_NAMES+=("$line")
		_KP_BLACKLIST_HEADS+=("$head")
	done
}

# _kp_blacklist_find() { # <symbol> <module> <aliases> <use>
# Fills _KP_BLACKLIST_*: the first refusal, or else the first warning.
_kp_blacklist_find() {
	local symbol=$1 module=${2:-vmlinux} name head
	local -i i
	local -a aliases=()
	local -A names=()
	_KP_BLACKLIST_SEVERITY='' _KP_BLACKLIST_USES='' _KP_BLACKLIST_REASON=''
	_KP_BLACKLIST_PATTERN=''
	_kp_blacklist_select "$4" || return
	IFS=' ' read -r -a aliases <<<"$3"
	for name in "$symbol" "${aliases[@]}"; do
		names["$module:$name"]=1
		names["$module:${name%%.*}"]=1 # a copy is as bad as the whole
	done

	for ((i = 0; i < ${#_KP_BLACKLIST_NAMES[@]}; i++)); do
		head=${_KP_BLACKLIST_HEADS[i]}
		[[ -z $_KP_BLACKLIST_SEVERITY || $head == *'] refuse '* ]] || continue
		for name in "${!names[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			if [[ $name == ${_KP_BLACKLIST_NAMES[i]} ]]; then
				IFS=' ' read -r _KP_BLACKLIST_SEVERITY _KP_BLACKLIST_REASON <<<"${head#*]}"
				_KP_BLACKLIST_USES=${head%%]*}
				_KP_BLACKLIST_PATTERN=${_KP_BLACKLIST_NAMES[i]#vmlinux:}
				[[ $_KP_BLACKLIST_SEVERITY != refuse ]] || return 0
				break
			fi
		done
	done
}

# kp_blacklist_patterns() { # <array> <use>: adds what our list refuses for it
# As MODULE:NAME: the list of many functions at a time.
kp_blacklist_patterns() {
	local -n _kp_blacklist_list=$1
	local -i _i
	_kp_blacklist_select "$2" || return
	for ((_i = 0; _i < ${#_KP_BLACKLIST_NAMES[@]}; _i++)); do
		[[ ${_KP_BLACKLIST_HEADS[_i]} != *'] refuse '* ]] \
			|| _kp_blacklist_list+=("${_KP_BLACKLIST_NAMES[_i]}")
	done
}

# _kp_blacklist_judge() { # <symbol> <use> <force>: on what was found; 0 or 10
_kp_blacklist_judge() {
	local use=$2 force=$3 shown doing
	local uses=${_KP_BLACKLIST_USES//,/, }
	shown=$(kp_printable "$1")
	case $use in
	count) doing="dangerous to count" ;;
	print) doing="dangerous to print from" ;;
	*) doing="dangerous to probe the return of" ;;
	esac
	case $_KP_BLACKLIST_SEVERITY in
	'') return 0 ;;
	warn)
		kp_warn "function $shown: $_KP_BLACKLIST_REASON"
		return 0
		;;
	*) ;;
	esac
	if [[ $force == 1 ]]; then
		kp_warn "function $shown: forced, though $doing: $_KP_BLACKLIST_REASON"
		return 0
	fi
	kp_err "function $shown: $doing: $_KP_BLACKLIST_REASON [blacklist.list: $_KP_BLACKLIST_PATTERN, bad for $uses]"
	kp_hint "--force overrides this list, never the kernel's; --rehearse shows in a VM what happens"
	return "$KP_EX_TARGET"
}
