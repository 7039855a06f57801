# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# planted.sh - what is planted: which modules are ours, and what they tell. Needs
# log.sh paths.sh.
[[ -n ${_KP_PLANTED_SOURCED:-} ]] && return 0
_KP_PLANTED_SOURCED=1

# kp_planted_is_ours() { # <name>: a loaded module that kp_load made
kp_planted_is_ours() {
	local version
	[[ -r $KP_SYSMODULE/$1/version ]] || return
	IFS= read -r version <"$KP_SYSMODULE/$1/version" || return
	[[ $version == 'kp_load '* ]]
}

# kp_planted_names() { # <array>: the names of our loaded modules
kp_planted_names() {
	local -n _names=$1
	local _dir
	_names=()
	for _dir in "$KP_SYSMODULE"/kp_*/; do
		_dir=${_dir%/}
		! kp_planted_is_ours "${_dir##*/}" || _names+=("${_dir##*/}")
	done
}

# kp_planted_param() { # <module> <parameter>: prints its value, or nothing
kp_planted_param() {
	local value=
	[[ -r $KP_SYSMODULE/$1/parameters/$2 ]] || return 0
	IFS= read -r value <"$KP_SYSMODULE/$1/parameters/$2" || :
	printf '%s\n' "$value"
}

# Calls that a return probe can follow at a time: KRETPROBE_MAXACTIVE_MAX.
readonly KP_PLANTED_MAXACTIVE=4096

# kp_planted_overrun() { # <name>: prints what to do about returns missed, or nothing
# Those that were missed because too many calls were on their way.
kp_planted_overrun() {
	local missed max more event func
	missed=$(kp_planted_param "$1" overrun)
	max=$(kp_planted_param "$1" maxactive)
	[[ $missed =~ ^[1-9][0-9]*$ ]] || return 0
	if [[ ! $max =~ ^[1-9][0-9]{0,8}$ ]]; then # of several, each has its own
		printf '%s returns were missed, for want of instances: plant them with rN:NAME, N more than 256\n' "$missed"
		return 0
	fi
	printf '%s returns were missed, over %s calls at a time: ' "$missed" "$max"
	if ((max >= KP_PLANTED_MAXACTIVE)); then
		printf 'more are not followed\n'
		return 0
	fi
	more=$((2 * max < KP_PLANTED_MAXACTIVE ? 2 * max : KP_PLANTED_MAXACTIVE))
	event=$(kp_planted_param "$1" event)
	func=$(kp_planted_param "$1" funcname)
	printf "plant it with --probe='r%d:%s %s'\n" "$more" "$event" "$func"
}

# kp_planted_require_root() { # who switches or removes
kp_planted_require_root() {
	((EUID != 0)) || return 0
	# shellcheck source=lib/trust.sh
	source "$KP_TOP/lib/trust.sh"
	# shellcheck source=lib/sanity.sh
	source "$KP_TOP/lib/sanity.sh"
	kp_sanity_require root
}
