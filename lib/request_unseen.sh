# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# request_unseen.sh - probes for a kernel that does not run, or in a module that is
# not loaded: files tell what they can, or else the place where they are planted.
# Needs what request.sh needs, and symbols_one.sh.
[[ -n ${_KP_REQUEST_UNSEEN_SOURCED:-} ]] && return 0
_KP_REQUEST_UNSEEN_SOURCED=1

# shellcheck source=lib/symbols_one.sh
source "$KP_TOP/lib/symbols_one.sh"

# kp_request_unseen() { # <array of what is asked for>
kp_request_unseen() {
	local -n _list=$1
	local _word
	local -A _place=()
	for _word in "${_list[@]}"; do
		kp_symbols_parse "$_word" _place || return
		if [[ -n ${KP_REQUEST_MODFILE[path]:-} ]]; then
			kp_symbols_in_object "${KP_REQUEST_MODFILE[path]}" "${_place[func]}" "$KP_RUN" || return
		fi
		if ((${_place[index]:-0} > 1)); then
			kp_err "function ${_place[func]}#${_place[index]}: only the running kernel tells the functions of one name apart"
			kp_hint "name its module: --probe=MOD:${_place[func]}"
			return "$KP_EX_USAGE"
		fi
	done
}

# kp_request_warn_unknown() { # of what other files do not have
# It may be mistyped; it may be a module's, too, or no list's, so it is not refused;
# a rehearsal finds out.
kp_request_warn_unknown() {
	local list func
	local -i i
	[[ $KP_OPT_REHEARSE == 0 && -z ${KP_REQUEST_MODFILE[path]:-} ]] || return 0
	for i in "${!KP_SYMBOLS_NAME[@]}"; do
		func=${KP_SYMBOLS_NAME[i]}
		[[ -z ${KP_SYMBOLS_MODULE[i]} ]] || continue
		if list=$(kp_symbols_map "$KP_RELEASE" "$KP_KDIR"); then
			! kp_symbols_is_in_map "$list" "$func" || continue
		elif _kp_request_is_unknown "$func"; then
			list='its types (BTF)'
		else
			continue
		fi
		kp_warn "function $func: kernel $KP_RELEASE does not have it in $list: mistyped, inlined, or a module's, which MOD:$func would name"
	done
}

# _kp_request_is_unknown() { # <function>: to the kernel's types, which were asked?
_kp_request_is_unknown() {
	# shellcheck source=lib/types.sh
	source "$KP_TOP/lib/types.sh"
	kp_types_is_unknown "$1" "${KP_REQUEST_MODFILE[path]:-}"
}
