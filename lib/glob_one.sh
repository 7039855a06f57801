# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KPROBES ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# glob_one.sh - one pattern by itself, as the options have it. Needs paths glob.
[[ -n ${_KP_GLOB_ONE_SOURCED:-} ]] && return 0
_KP_GLOB_ONE_SOURCED=1

declare -ga KP_GLOB_WORDS=() # what it stands for, as --probe takes them

# kp_glob_uses() { # <var>: what the probes of a pattern do, as the options say
kp_glob_uses() {
	local -n _kp_glob_uses=$1
	_kp_glob_uses=print
	# What goes to the ring costs what counting costs.
	((!KP_OPT_FOLLOW)) || _kp_glob_uses=count
	! kp_define_is_return || _kp_glob_uses+=,return
}

# kp_glob_options() { # <array>: kp_sym's options that are a pattern's own
kp_glob_options() {
	local -n _kp_glob_options=$1
	_kp_glob_options=()
	((!KP_OPT_FORCE)) || _kp_glob_options+=(--force)
	if ((KP_OPT_FOLLOW)) && [[ $KP_OPT_ENGINE == ftrace ]] && ! kp_define_is_return; then
		_kp_glob_options+=("--traced=$KP_TRACEFS/available_filter_functions")
	fi
}

# kp_glob_expand() { # <[MOD:]GLOB>: fills KP_GLOB_WORDS and KP_GLOB_LEFT
# Of one pattern. Status 2 if it is none, 10 if nothing is left.
kp_glob_expand() {
	local uses
	local -a options
	KP_GLOB_WORDS=() KP_GLOB_LEFT=()
	kp_glob_check "$1" || return
	kp_glob_uses uses
	kp_glob_options options
	_kp_symbols_ask "--forbidden=$KP_KPROBES/blacklist" "--denied=$KP_BLACKLIST_LIST" \
		"${options[@]}" "--use=$uses" "$1" || return
	KP_GLOB_WORDS=("${KP_SYMBOLS_WORD[@]}")
	_kp_glob_take 0
	if ((!KP_GLOB_TOTAL)); then
		_kp_symbols_need symbols_tell
		_kp_glob_refuse "$1" 0
	fi
}

# kp_glob_refuse_many() { # <[MOD:]GLOB> <other probes>
kp_glob_refuse_many() {
	_kp_symbols_need symbols_tell
	_kp_glob_refuse_many "$@"
}
