# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_GLOB_* are log.sh's and glob.sh's
# SPDX-License-Identifier: GPL-2.0-only
# glob_tell.sh - why a pattern stands for nothing that can be probed, or for too
# much. glob.sh reads it when it has to say so.
[[ -n ${_KP_GLOB_TELL_SOURCED:-} ]] && return 0
_KP_GLOB_TELL_SOURCED=1

# kp_glob_refuse_form() { # <[MOD:]GLOB>: that is none
kp_glob_refuse_form() {
	if [[ $1 == *:* ]]; then
		kp_symbols_need symbols_tell
		kp_symbols_check_module "$1" "${1%%:*}" || return
	fi
	kp_err "probe $(kp_printable "$1"): not a pattern of functions' names"
	kp_hint "letters, digits, _ and ., and * ? [a-z] [!a-z]; no +OFFSET and no #N can follow"
	return "$KP_EX_USAGE"
}

# kp_glob_refuse() { # <[MOD:]GLOB> <other probes>: stands for none, or too many
kp_glob_refuse() {
	local left
	if ((KP_GLOB_TOTAL)); then
		_kp_glob_refuse_many "$@"
		return
	fi
	_kp_glob_left left
	kp_err "function $(kp_printable "$1"): no function that can be probed matches$left"
	kp_hint "kp_load.sh --check --probe=FUNC says why one cannot; a module's are there while it is loaded"
	return "$KP_EX_TARGET"
}

# _kp_glob_refuse_many() { # <[MOD:]GLOB> <other probes>
_kp_glob_refuse_many() {
	local others=''
	(($2 == 0)) || others=", and $2 others are asked for"
	kp_err "function $(kp_printable "$1"): $KP_GLOB_TOTAL match$others, a module probes $KP_PROBES_MAX"
	kp_hint "narrow it, as in $(kp_printable "${1%%[*?[]*}")[a-m]*, or in MOD:GLOB"
	return "$KP_EX_USAGE"
}
