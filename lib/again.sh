# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# again.sh - a command that was run before begins at once. Needs trust.sh.
[[ -n ${_KP_AGAIN_SOURCED:-} ]] && return 0
_KP_AGAIN_SOURCED=1

# kp_again_begin() { # <argument>...: does not return where it can be tried
# The viewer compares what remember.sh kept with what is, and runs kp_load.sh
# anew where they differ.
kp_again_begin() {
	local work dir
	kp_trust_path work "${KP_WORKDIR:-$KP_TOP/tmp}" || return 0
	dir=$work/again
	[[ -x $dir/kp_view ]] || return 0
	kp_trust_has "$work" "$dir" "$dir/kp_view" || return 0
	exec "$dir/kp_view" --again="$dir" --script="$KP_TOP/kp_load.sh" -- "$@"
}
