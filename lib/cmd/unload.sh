# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/unload.sh - --unload: removes a probe, or all. With nothing that would have
# to be built first.
[[ -n ${_KP_CMD_UNLOAD_SOURCED:-} ]] && return 0
_KP_CMD_UNLOAD_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"

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
	_kp_unload_plant "$name" || status=$?
	if [[ -d $KP_SYSMODULE/$name ]]; then
		echo "$was" 2>/dev/null >"$KP_SYSMODULE/$name/parameters/enabled" || :
		return "$status"
	fi
	kp_note "removed $name${brought:+ and, loaded for it, $brought}: $footer"
	[[ -z $hint ]] || kp_hint "$hint"
	return "$status"
}

# _kp_unload_module() { # <name> [tries]
# A probe that is being read or whose target is busy is tried again, bounded.
_kp_unload_module() {
	local name=$1 tries=${2:-20} said hint='lsmod shows who uses it'
	! kp_planted_is_ours "$name" \
		|| hint="it is planted still: kp_load.sh --unload=$name, once lsmod shows no user of it"
	# Whoever follows it is told to end.
	[[ ! -w $KP_SYSMODULE/$name/parameters/ending ]] \
		|| echo 1 >"$KP_SYSMODULE/$name/parameters/ending" || :
	while :; do
		[[ -d $KP_SYSMODULE/$name ]] || return 0
		if said=$(rmmod "$name" 2>&1); then
			return 0
		fi
		(((tries -= 1) > 0)) || break
		sleep 0.1
	done
	[[ ! -w $KP_SYSMODULE/$name/parameters/ending ]] \
		|| echo 0 >"$KP_SYSMODULE/$name/parameters/ending" || :
	kp_err "module $name: cannot be removed: ${said##*: }"
	kp_hint "$hint"
	return "$KP_EX_LOAD"
}

# _kp_unload_plant() { # <name>: a probe, then what was loaded for it
# Quiet but for what cannot be removed; one that is gone is fine.
_kp_unload_plant() {
	local brought status=0
	local -a mods
	local -i i
	brought=$(kp_planted_param "$1" brought) || brought=
	_kp_unload_module "$1" || return
	IFS=, read -ra mods <<<"$brought"
	for ((i = ${#mods[@]} - 1; i >= 0; i--)); do
		[[ ${mods[i]} =~ ^[A-Za-z0-9_]+$ ]] || continue
		_kp_unload_module "${mods[i]}" || status=$KP_EX_LOAD
	done
	return "$status"
}
