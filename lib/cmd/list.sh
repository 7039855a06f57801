# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/list.sh - --list: a table of what is planted.
[[ -n ${_KP_CMD_LIST_SOURCED:-} ]] && return 0
_KP_CMD_LIST_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"

# kp_cmd_list() { # a table of what is planted; status 0 also for none
kp_cmd_list() {
	local name format='%-24s %-32s %s\n'
	local -a names=()
	kp_planted_names names
	if ((${#names[@]} == 0)); then
		kp_note "no probes planted"
		return 0
	fi
	# shellcheck disable=SC2059 # the format is ours, used twice
	printf "$format" NAME PROBES COUNTS
	for name in "${names[@]}"; do
		# shellcheck disable=SC2059 # as above
		printf "$format" "$name" "$(kp_planted_param "$name" funcname)" \
			"$(kp_planted_param "$name" stats)"
	done
}
