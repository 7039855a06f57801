# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/switch.sh - --enable, --disable: whether a planted probe sees its hits.
[[ -n ${_KP_CMD_SWITCH_SOURCED:-} ]] && return 0
_KP_CMD_SWITCH_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"

kp_cmd_enable() { _kp_switch 1; }
kp_cmd_disable() { _kp_switch 0; }

# _kp_switch() { # <0|1>: --disable, --enable
_kp_switch() {
	kp_planted_require_root || return
	_kp_switch_one "$KP_OPT_NAME" "$1"
}

# _kp_switch_one() { # <name> <0|1>: whether a planted probe sees its hits
_kp_switch_one() {
	local switch=$KP_SYSMODULE/$1/parameters/enabled
	if [[ ! $1 =~ ^[A-Za-z0-9_]+$ ]] || ! kp_planted_is_ours "$1"; then
		kp_err "probe $(kp_printable "$1"): not loaded"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	if ! echo "$2" 2>/dev/null >"$switch"; then
		kp_err "probe $1: cannot be switched"
		return "$KP_EX_LOAD"
	fi
	if (($2)); then
		kp_note "enabled $1"
	else
		kp_note "disabled $1: what is hit is not counted until --enable=$1"
	fi
}
