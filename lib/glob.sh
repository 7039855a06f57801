# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KPROBES ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# glob.sh - which functions a pattern stands for, [MOD:]GLOB as in vfs_*: all
# that match and that can be probed. kp_sym finds them. Needs log facts symbols.
[[ -n ${_KP_GLOB_SOURCED:-} ]] && return 0
_KP_GLOB_SOURCED=1

declare -gA KP_GLOB_LEFT=() # why not -> how many match besides
KP_GLOB_TOTAL=0             # functions that it stands for

# kp_glob_check() { # <[MOD:]GLOB>: is it one? Status 2
kp_glob_check() {
	local pattern=${1#*:} module=''
	[[ $1 != *:* ]] || module=${1%%:*}
	if ((${#pattern} > KP_SYMBOLS_FUNC_MAX || ${#module} > KP_SYMBOLS_MODULE_MAX)) \
		|| [[ $1 == :* || $module == *[!A-Za-z0-9_-]* ]] \
		|| [[ ! $pattern =~ ^([A-Za-z0-9_.*?]|\[[!^]?[A-Za-z0-9_.-]+\])+$ ]]; then
		kp_symbols_need glob_tell
		kp_glob_refuse_form "$1"
	fi
}

# kp_glob_tell_all() { # <array of words>: what each pattern of them stands for
kp_glob_tell_all() {
	local -n _kp_glob_words=$1
	local -i _at
	local _spec
	for ((_at = 0; _at < ${#KP_SYMBOLS_GLOB[@]}; _at += 10)); do
		_kp_glob_take "$_at"
		_spec=${_kp_glob_words[KP_SYMBOLS_GLOB[_at]]}
		if ((!KP_GLOB_TOTAL || KP_SYMBOLS_GLOB[_at + 2])); then
			kp_symbols_need glob_tell
			kp_glob_refuse "$_spec" "${KP_SYMBOLS_GLOB[_at + 3]}"
			return
		fi
		kp_glob_tell "$_spec"
	done
}

# _kp_glob_take() { # <where in KP_SYMBOLS_GLOB>
# NUMBER OF THE WORD, FUNCTIONS, 1 if too many, FUNCTIONS BEFORE; what is left out.
_kp_glob_take() {
	local -a left=("${KP_SYMBOLS_GLOB[@]:$1:10}")
	KP_GLOB_TOTAL=${left[1]}
	KP_GLOB_LEFT=([forbidden]=${left[4]} [denied]=${left[5]} [shared]=${left[6]}
		[untraced]=${left[7]} [copy]=${left[8]} [alias]=${left[9]})
}

# kp_glob_tell() { # <[MOD:]GLOB>: how many, and how many not
kp_glob_tell() {
	local left
	_kp_glob_left left
	kp_note "$1: $KP_GLOB_TOTAL functions$left"
}

# _kp_glob_left() { # <var>: "; left out: ..." if something is
_kp_glob_left() {
	local _why _text=''
	local -A _says=(
		[forbidden]='that the kernel forbids'
		[denied]='that are dangerous (--force takes them)'
		[shared]='whose name several share'
		[untraced]='that ftrace cannot trace'
		[copy]='made by the compiler'
		[alias]='that are other names of these'
	)
	for _why in forbidden denied shared untraced copy alias; do
		((KP_GLOB_LEFT[$_why] == 0)) || _text+=", ${KP_GLOB_LEFT[$_why]} ${_says[$_why]}"
	done
	printf -v "$1" '%s' "${_text:+; left out: ${_text:2}}"
}
