# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# options_value.sh - values of options that are more than a text: what is allowed,
# and what becomes of it. Sourced by options.sh where there is one.
[[ -n ${_KP_OPTIONS_VALUE_SOURCED:-} ]] && return 0
_KP_OPTIONS_VALUE_SOURCED=1

# _kp_options_number() { # <var> <option> <has value> <value>
_kp_options_number() {
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^(0|[1-9][0-9]{0,8})$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a number"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_hits() { # <var> <option> <has value> <value>
_kp_options_hits() {
	_kp_options_number "$@" || return
	if (($4 == 0)); then
		kp_err "option $2: 0 hits are none to follow"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_word() { # <var> <option> <has value> <value> <allowed words>
_kp_options_word() {
	_kp_options_once "${@:1:4}" || return
	[[ $4 == *" "* || " $5 " != *" $4 "* ]] || return 0
	kp_err "option $2: $(kp_printable "$4") is not one of: $5"
	return "$KP_EX_USAGE"
}

# _kp_options_sum() { # <var> <option> <has value> <value> <allowed words>
# --count and --hist, which have no need of a value, and are followed.
_kp_options_sum() {
	local value=$4
	if [[ $2 == --count ]]; then
		(($3)) || value=hits
		_kp_options_word "$1" "$2" 1 "$value" "$5" || return
	else
		(($3)) || value=duration
		_kp_options_once "$1" "$2" 1 "$value" || return
		if [[ ! $value =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
			kp_err "option $2: $(kp_printable "$value") is not the name of an argument"
			return "$KP_EX_USAGE"
		fi
	fi
}

# _kp_options_seconds() { # <var> <option> <has value> <value>
_kp_options_seconds() {
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^[0-9]{1,7}(\.[0-9]{1,3})?$ || $4 =~ ^[0.]+$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a time in seconds"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_size() { # <var> <option> <has value> <value>: K, M or G; in KiB
_kp_options_size() {
	local -i kib
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^([1-9][0-9]{0,6})([KMG])$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a size, as 64K, 4M, 1G"
		return "$KP_EX_USAGE"
	fi
	kib=${BASH_REMATCH[1]}
	case ${BASH_REMATCH[2]} in
	M) kib=$((kib * 1024)) ;;
	G) kib=$((kib * 1024 * 1024)) ;;
	esac
	if ((kib < 4 || kib > 1024 * 1024)); then
		kp_err "option $2: $4 a CPU is not between 4K and 1G"
		return "$KP_EX_USAGE"
	fi
	printf -v "$1" '%d' "$kib"
}

# _kp_options_comm() { # <var> <option> <has value> <value>: it becomes a parameter
_kp_options_comm() {
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^[A-Za-z0-9_./:@+~-]{1,15}$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a thread's name that can be passed on"
		kp_hint "it has 15 characters at most: letters, digits and _./:@+~-"
		return "$KP_EX_USAGE"
	fi
}
