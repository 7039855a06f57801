# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# trust.sh - whose files may root load or run? Needs KP_TOP.
[[ -n ${_KP_TRUST_SOURCED:-} ]] && return 0
_KP_TRUST_SOURCED=1

# kp_trust_has() { # <path>...: all of them?
# Ours, root's or the owner's of kp_load.sh itself, whom root trusts by running
# it; and nobody else may write to it, nor is it a link.
kp_trust_has() {
	local path stats owner mode ours=
	for path in "$@"; do
		[[ ! -L $path ]] || return
	done
	# One process: this is on the way of every command.
	stats=$(stat -L -c '%u %a' -- "$KP_TOP/kp_load.sh" "$@" 2>/dev/null) || return
	while read -r owner mode; do
		if [[ -z $ours ]]; then
			ours=$owner
			continue
		fi
		((owner == 0 || owner == EUID || owner == ours)) || return
		(((8#$mode & 8#022) == 0)) || return
	done <<<"$stats"
}
