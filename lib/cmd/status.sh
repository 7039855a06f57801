# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/status.sh - --status: one probe or all, parameters and counts.
[[ -n ${_KP_CMD_STATUS_SOURCED:-} ]] && return 0
_KP_CMD_STATUS_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"

kp_cmd_status() {
	local name
	local -a planted=()
	if [[ -n $KP_OPT_NAME ]]; then
		_kp_status_one "$KP_OPT_NAME"
		return
	fi
	kp_planted_names planted
	((${#planted[@]})) || kp_note "no probes planted"
	for name in "${planted[@]}"; do
		_kp_status_one "$name" || return
	done
}

# _kp_status_one() { # <name>: one probe, its parameters and counts
_kp_status_one() {
	local name=$1 param value hint
	if [[ ! $name =~ ^[A-Za-z0-9_]+$ ]] || ! kp_planted_is_ours "$name"; then
		kp_err "probe $(kp_printable "$name"): not planted"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	printf '%s\n' "$name"
	for param in funcname event brought verbose show_stack show_regs rate maxactive; do
		value=$(kp_planted_param "$name" "$param")
		[[ -z $value ]] || printf '  %-11s %s\n' "$param" "$value"
	done
	sed 's/^/  /' -- "$KP_SYSMODULE/$name/parameters/stats" || :
	hint=$(kp_planted_overrun "$name")
	[[ -z $hint ]] || kp_hint "$hint"
}
