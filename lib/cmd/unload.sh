# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/unload.sh - --unload: removes a probe, or all.
[[ -n ${_KP_CMD_UNLOAD_SOURCED:-} ]] && return 0
_KP_CMD_UNLOAD_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"
# shellcheck source=lib/kmsg.sh
source "$KP_TOP/lib/kmsg.sh"
# shellcheck source=lib/engine/module.sh
source "$KP_TOP/lib/engine/module.sh"

kp_cmd_unload() {
	local name
	local -i status=0
	local -a probes=("$KP_OPT_NAME")
	kp_planted_require_root || return
	if [[ $KP_OPT_NAME == all ]]; then
		kp_planted_names probes
		((${#probes[@]})) || kp_note "no probes planted"
	fi
	for name in "${probes[@]}"; do
		_kp_unload_one "$name" || status=$?
	done
	return "$status"
}

# _kp_unload_one() { # <name>: a probe, then what was loaded for it
# Tells its last counts: as no hit counts any more, and not what the log says,
# where any user can have a line that looks like the module's.
_kp_unload_one() {
	local name=$1 brought footer hint was status=0
	if [[ ! $name =~ ^[A-Za-z0-9_]+$ || ! -d $KP_SYSMODULE/$name ]]; then
		kp_err "probe $(kp_printable "$name"): not loaded"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	if ! kp_planted_is_ours "$name"; then
		kp_err "module $name: not a probe of kp_load's"
		kp_hint "kp_load.sh --list shows what is; rmmod removes others"
		return "$KP_EX_LOAD"
	fi
	brought=$(kp_planted_param "$name" brought)
	was=$(kp_planted_param "$name" enabled)
	echo 0 2>/dev/null >"$KP_SYSMODULE/$name/parameters/enabled" || :
	footer=$(kp_planted_param "$name" stats)
	hint=$(kp_planted_overrun "$name")
	kp_module_unplant "$name" || status=$?
	if [[ -d $KP_SYSMODULE/$name ]]; then
		echo "$was" 2>/dev/null >"$KP_SYSMODULE/$name/parameters/enabled" || :
		return "$status"
	fi
	kp_note "removed $name${brought:+ and, loaded for it, $brought}: $footer"
	[[ -z $hint ]] || kp_hint "$hint"
	return "$status"
}
