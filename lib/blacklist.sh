# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_SYMBOLS_* are log.sh's and symbols.sh's
# SPDX-License-Identifier: GPL-2.0-only
# blacklist.sh - it may not be probed: what is told of the kernel's own blacklist,
# which is final, and of blacklist.list beside this file, which --force overrides.
# kp_sym matches both. Needs log, symbols, which reads it when it has to say so.
[[ -n ${_KP_BLACKLIST_SOURCED:-} ]] && return 0
_KP_BLACKLIST_SOURCED=1

# kp_blacklist_tell() { # <i>: of that function; 0 or 10
kp_blacklist_tell() {
	local detail class rest shown
	shown=$(kp_printable "${KP_SYMBOLS_NAME[$1]}")
	for detail in "${KP_SYMBOLS_DETAIL[@]}"; do
		[[ $detail == "$1",* ]] || continue
		rest=${detail#*,} class=${rest%%,*} rest=${rest#*,}
		case $class in
		nolist)
			kp_warn "blacklist $KP_KPROBES/blacklist: cannot be read (debugfs, root only); the kernel has the last word"
			;;
		forbidden)
			_kp_blacklist_refuse_kernel "${KP_SYMBOLS_NAME[$1]}" "$shown" "$rest"
			return
			;;
		list) _kp_blacklist_judge "$shown" "$rest" || return ;;
		*) ;;
		esac
	done
}

# _kp_blacklist_refuse_kernel() { # <symbol> <shown> <entry of the kernel's list>
_kp_blacklist_refuse_kernel() {
	if [[ $3 == "$1" ]]; then
		kp_err "function $2: the kernel forbids to probe it: it is in its own blacklist"
	else
		kp_err "function $2: the kernel forbids to probe it: it lies in $3, which is in its own blacklist"
	fi
	kp_hint "probe a caller of it; --force overrides our list, never the kernel's"
	return "$KP_EX_TARGET"
}

# _kp_blacklist_judge() { # <shown> <what kp_sym found in our list>: 0 or 10
#	print,refuse,vfs_*,print+return,1,it prints
_kp_blacklist_judge() {
	local shown=$1 use severity pattern uses free reason doing
	IFS=, read -r use severity pattern uses free reason <<<"$2"
	case $use in
	count) doing="dangerous to count" ;;
	print) doing="dangerous to print from" ;;
	*) doing="dangerous to probe the return of" ;;
	esac
	case $severity in
	warn)
		kp_warn "function $shown: $reason"
		return 0
		;;
	forced)
		kp_warn "function $shown: forced, though $doing: $reason"
		return 0
		;;
	*) ;;
	esac
	kp_err "function $shown: $doing: $reason [blacklist.list: $pattern, bad for ${uses//+/, }]"
	kp_hint "--force overrides this list, never the kernel's; --rehearse shows in a VM what happens"
	((!free)) || kp_hint "counting its hits is not on the list"
	return "$KP_EX_TARGET"
}
