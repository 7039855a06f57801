# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/check.sh - --check: every gate, and what is asked to be probed.
[[ -n ${_KP_CMD_CHECK_SOURCED:-} ]] && return 0
_KP_CMD_CHECK_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/trust.sh
source "$KP_TOP/lib/trust.sh"
# shellcheck source=lib/cleanup.sh
source "$KP_TOP/lib/cleanup.sh"
# shellcheck source=lib/workdir.sh
source "$KP_TOP/lib/workdir.sh"
# shellcheck source=lib/kernel.sh
source "$KP_TOP/lib/kernel.sh"
# shellcheck source=lib/sanity.sh
source "$KP_TOP/lib/sanity.sh"
# shellcheck source=lib/symbols.sh
source "$KP_TOP/lib/symbols.sh"
# shellcheck source=lib/blacklist.sh
source "$KP_TOP/lib/blacklist.sh"
# shellcheck source=lib/tools.sh
source "$KP_TOP/lib/tools.sh"
# shellcheck source=lib/facts.sh
source "$KP_TOP/lib/facts.sh"
# shellcheck source=lib/glob.sh
source "$KP_TOP/lib/glob.sh"
# shellcheck source=lib/build.sh
source "$KP_TOP/lib/build.sh"
# shellcheck source=lib/request.sh
source "$KP_TOP/lib/request.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"
# shellcheck source=lib/engine/module.sh
source "$KP_TOP/lib/engine/module.sh"

# --check: every gate, and the function if one is named.
kp_cmd_check() {
	local -i status=0
	kp_kernel_choose || return
	# shellcheck disable=SC2119 # every gate, not our own arguments
	kp_sanity_report || status=$?
	if ((${#KP_OPT_PROBES[@]})); then
		kp_workdir_begin || return
		kp_request_mod || return
		kp_request_expand || return
	fi
	for KP_WHICH in "${!KP_OPT_PROBES[@]}"; do
		KP_WHAT=${KP_OPT_PROBES[KP_WHICH]}
		_kp_check_probe || status=$?
	done
	return "$status"
}

_kp_check_probe() {
	local where
	kp_request_probe || return
	if kp_kernel_is_here; then
		where=$(kp_symbols_describe KP_REQUEST_TARGET)
		printf 'ok    function        %s\n' "$where"
	else
		printf 'warn  function        %s: only kernel %s itself can tell\n' \
			"$(kp_request_target_name)" "$KP_RELEASE"
		printf '      -> --rehearse plants it there, in a VM\n'
	fi
	_kp_check_prototype
}

# How it is called, where the kernel's types tell; not needed to probe it.
_kp_check_prototype() {
	local said=''
	# shellcheck source=lib/types.sh
	source "$KP_TOP/lib/types.sh"
	if said=$(kp_types_prototype "${KP_REQUEST_PROBE[module]:+${KP_REQUEST_PROBE[module]}:}${KP_REQUEST_PROBE[func]}" \
		"${KP_REQUEST_MODFILE[path]:-}" 2>&1 >"$KP_RUN/prototype"); then
		printf 'ok    prototype       %s\n' "$(<"$KP_RUN/prototype")"
	else
		said=$(grep -m 1 'error: ' <<<"$said") || said=
		printf 'info  prototype       not known: %s\n' "${said##*: }"
	fi
}
