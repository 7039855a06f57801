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
# shellcheck source=lib/tools.sh
source "$KP_TOP/lib/tools.sh"
# shellcheck source=lib/facts.sh
source "$KP_TOP/lib/facts.sh"
# shellcheck source=lib/types.sh
source "$KP_TOP/lib/types.sh"
# shellcheck source=lib/symbols.sh
source "$KP_TOP/lib/symbols.sh"
# shellcheck source=lib/symbols_one.sh
source "$KP_TOP/lib/symbols_one.sh"
# shellcheck source=lib/plan.sh
source "$KP_TOP/lib/plan.sh"
# shellcheck source=lib/request.sh
source "$KP_TOP/lib/request.sh"

# --check: every gate, and the functions that are named.
kp_cmd_check() {
	local -i status=0
	local word
	# shellcheck disable=SC2034 # by its name
	local -a words=()
	kp_kernel_choose || return
	# shellcheck disable=SC2119 # every gate, not our own arguments
	kp_sanity_report || status=$?
	((${#KP_OPT_PROBES[@]})) || return "$status"
	kp_workdir_begin || return
	kp_symbols_begin || return
	kp_request_mod || return
	for word in "${KP_OPT_PROBES[@]}"; do
		words=("$word")
		kp_request_read words && kp_request_find words && _kp_check_found || status=$?
	done
	return "$status"
}

# What one word of --probe stands for; of a definition, whether it is right.
_kp_check_found() {
	local -i i
	if kp_facts_is_definition "${KP_REQUEST_WORDS[0]}"; then
		kp_facts_check KP_REQUEST_WORDS KP_REQUEST_MODFILE || return
	fi
	for i in "${!KP_SYMBOLS_NAME[@]}"; do
		if kp_kernel_is_here; then
			printf 'ok    function        %s\n' "$(kp_symbols_describe "$i")"
		else
			printf 'warn  function        %s: only kernel %s itself can tell\n' \
				"${KP_SYMBOLS_TARGET[i]}" "$KP_RELEASE"
			printf '      -> --rehearse plants it there, in a VM\n'
		fi
		_kp_check_prototype "$i"
	done
}

# _kp_check_prototype() { # <i>
# How it is called, where the kernel's types tell; not needed to probe it.
_kp_check_prototype() {
	local said='' module=${KP_SYMBOLS_MODULE[$1]}
	if said=$(kp_types_prototype "${module:+$module:}${KP_SYMBOLS_NAME[$1]}" \
		"${KP_REQUEST_MODFILE[path]:-}" 2>&1 >"$KP_RUN/prototype"); then
		printf 'ok    prototype       %s\n' "$(<"$KP_RUN/prototype")"
	else
		said=$(grep -m 1 'error: ' <<<"$said") || said=
		printf 'info  prototype       not known: %s\n' "${said##*: }"
	fi
}
