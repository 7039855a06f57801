# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# tools_build.sh - builds what tools.sh did not find. Needs tools.sh; KP_TOP KP_RUN.
[[ -n ${_KP_TOOLS_BUILD_SOURCED:-} ]] && return 0
_KP_TOOLS_BUILD_SOURCED=1

# _kp_tools_build() { # <directory> <program that is wanted>
_kp_tools_build() {
	local dir=$1 fd
	if ! (umask 077 && mkdir -p -- "$dir") || ! exec {fd}<"$dir" || ! flock -w 120 "$fd"; then
		kp_err "cache $dir: cannot be made"
		return "$KP_EX_BUILD"
	fi
	# Another run may have built them meanwhile.
	if [[ ! -x $dir/$2 ]] || ! _kp_tools_is_current "$dir"; then
		_kp_tools_make "$dir" "$2" || return
	fi
	exec {fd}<&-
}

# _kp_tools_make() { # <directory> <program that is wanted>
# The others are built without what one of them needs.
_kp_tools_make() {
	local dir=$1 cc log=$KP_RUN/tools.log
	if [[ ! -r $KP_TOP/tools/Makefile ]]; then
		kp_err "kp_load's own programs: their source, in $KP_TOP/tools, cannot be read"
		return "$KP_EX_BUILD"
	fi
	kp_note "building kp_load's own programs (once)"
	# The package of the kernel's own compiler may bring no cc.
	cc=$(type -P cc || type -P gcc || type -P "${KP_KERNEL_CC:-clang}") || cc=cc
	printf '%s\n' "$KP_TOP" >"$KP_RUN/built" || _kp_tools_unwritten "$dir" || return
	(umask 077 && kp_log_while building env -i PATH="$PATH" LC_ALL=C \
		make -k -C "$KP_TOP/tools" OUT="$KP_RUN/tools" CC="$cc" all) >"$log" 2>&1 || :
	if [[ ! -x $KP_RUN/tools/$2 ]]; then
		_kp_tools_failed "$2" "$log"
		return
	fi
	_kp_tools_drop "$dir"
	# That they are current is told when all are there.
	if ! mv -- "$KP_RUN"/tools/kp_* "$dir" || ! mv -- "$KP_RUN/built" "$dir/built"; then
		_kp_tools_unwritten "$dir"
	fi
}

# _kp_tools_drop() { # <directory>: what was built before, and could not be now
_kp_tools_drop() {
	local file
	for file in "$1"/kp_*; do
		[[ -x $KP_RUN/tools/${file##*/} ]] || rm -f -- "$file"
	done
}

# _kp_tools_failed() { # <program> <make's output>
_kp_tools_failed() {
	local what=$1 packages=''
	[[ $1 != kp_def ]] || what='definition compiler' packages=' libelf-dev zlib1g-dev'
	grep -E ' error: |No such file' "$2" | head -n 5 | sed 's/^/  /' >&2
	# shellcheck source=lib/distro.sh
	source "$KP_TOP/lib/distro.sh"
	kp_err "$what: cannot be built"
	kp_hint "$(kp_distro_install_command ${packages:+libbpf} compiler libc make)$packages"
	return "$KP_EX_MACHINE"
}

# _kp_tools_unwritten() { # <directory>
_kp_tools_unwritten() {
	kp_err "cache $1: could not be written"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}
