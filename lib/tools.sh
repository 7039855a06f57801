# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# tools.sh - our programs in C (tools/): found where they are installed, or built
# once into the cache. Needs log.sh trust.sh; KP_TOP KP_WORKDIR KP_RUN.
[[ -n ${_KP_TOOLS_SOURCED:-} ]] && return 0
_KP_TOOLS_SOURCED=1

KP_TOOLS= # the directory that they are in

# kp_tools_find() { # <program>: it is in KP_TOOLS, and of the source as it is now
kp_tools_find() {
	local dir
	[[ -z $KP_TOOLS || ! -x $KP_TOOLS/$1 ]] || return 0
	if ! _kp_tools_look dir "$1"; then
		# shellcheck source=lib/tools_build.sh
		source "${BASH_SOURCE[0]%/*}/tools_build.sh"
		_kp_tools_build "$dir" "$1" || return
	fi
	if ! kp_trust_has "$dir" "$dir"/kp_*; then
		kp_err "definition compiler $KP_TRUST_BAD: $KP_TRUST_WHY"
		kp_hint "rm -r $dir"
		return "$KP_EX_BUILD"
	fi
	KP_TOOLS=$dir
}

# kp_tools_known() { # <var>: where kp_run is, to be trusted; no word if it is not
# Whether it is of the source as it is now, and the others are, it is to tell.
kp_tools_known() {
	_kp_tools_installed "$1" kp_run \
		|| { [[ -x ${!1}/kp_run ]] && _kp_tools_is_ours "${!1}"; } || return
	kp_trust_has "${!1}" "${!1}/kp_run"
}

# kp_tools_take() { # <directory>: they are there, current, and to be trusted
kp_tools_take() {
	KP_TOOLS=$1
}

# _kp_tools_look() { # <var> <program>: where it is, or 1 and where it is to be
_kp_tools_look() {
	_kp_tools_installed "$1" "$2" || { [[ -x ${!1}/$2 ]] && _kp_tools_is_current "${!1}"; }
}

# _kp_tools_installed() { # <var> <program>: where it is, or 1 and where it is built
_kp_tools_installed() {
	printf -v "$1" '%s' "${KP_LIBEXEC:-$KP_TOP/libexec}"
	[[ ! -x ${!1}/$2 ]] || return 0
	_kp_tools_directory "$1"
	return 1
}

# _kp_tools_is_ours() { # <directory>: was it built of this checkout?
_kp_tools_is_ours() {
	local built
	[[ -f $1/built ]] && read -r built 2>/dev/null <"$1/built" && [[ $built == "$KP_TOP" ]]
}

# _kp_tools_directory() { # <var>: where those of this checkout are built
# Two checkouts may share a work directory.
_kp_tools_directory() {
	local _name=${KP_TOP//[!A-Za-z0-9]/_}
	((${#_name} <= 200)) || _name=${_name: -200}
	printf -v "$1" '%s' "$KP_WORKDIR/cache/tools$_name"
}

# _kp_tools_is_current() { # <directory>: is no source newer than what is there?
# A directory is newer where a file came, went or was put in another's place.
_kp_tools_is_current() {
	local file
	_kp_tools_is_ours "$1" || return
	for file in "$KP_TOP"/tools{,/*,/*/*} "$KP_TOP/templates/include/kp_abi.h"; do
		[[ $1/built -nt $file ]] || return
	done
}
