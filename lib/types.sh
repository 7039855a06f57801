# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# types.sh - a kernel's types (BTF): out of its image, and what they say of a
# function. Needs log.sh facts.sh tools.sh; KP_WORKDIR KP_RELEASE.
[[ -n ${_KP_TYPES_SOURCED:-} ]] && return 0
_KP_TYPES_SOURCED=1

# kp_types_extract() { # <image> <var>: the file that has the image's BTF
kp_types_extract() {
	local _out=$KP_WORKDIR/cache/btf-$KP_RELEASE
	printf -v "$2" '%s' "$_out"
	[[ ! -s $_out || $1 -nt $_out ]] || return 0
	kp_note "reading the types of kernel $KP_RELEASE (once)"
	if ! "$KP_TOOLS/kp_def" --extract-btf="$1" "$_out.$$" 2>/dev/null; then
		# kp_def says why when it is asked for it.
		rm -f -- "$_out.$$"
		[[ -s $_out ]] || printf -v "$2" '%s' "$1"
	elif ! mv -- "$_out.$$" "$_out"; then
		kp_err "cache $_out: could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_BUILD"
	fi
}

# kp_types_prototype() { # <[MOD:]FUNC> <module's file or nothing>: prints it as C
kp_types_prototype() {
	local -a options
	kp_tools_find kp_def || return
	kp_facts_types options "$2" || return
	"$KP_TOOLS/kp_def" "${options[@]}" --prototype -- "$1"
}

# kp_types_is_unknown() { # <FUNC> <module's file or nothing>: do they not have it?
# Only where they are at hand, and were read for the request.
kp_types_is_unknown() {
	local status=0
	local -a options
	[[ -n $KP_FACTS_DIR ]] && kp_facts_types options "$2" && [[ -s ${options[0]#*=} ]] || return
	"$KP_TOOLS/kp_def" "${options[@]}" --prototype -- "$1" >/dev/null 2>&1 || status=$?
	((status == 10))
}
