# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# tools.sh - our programs in C (tools/): found where they are installed, or built
# once into the cache. Needs log.sh paths.sh trust.sh kernel.sh; KP_TOP KP_WORKDIR KP_RUN.
[[ -n ${_KP_TOOLS_SOURCED:-} ]] && return 0
_KP_TOOLS_SOURCED=1

KP_TOOLS= # the directory that they are in

# kp_tools_find() { # <program>: it is in KP_TOOLS, and of the source as it is now
kp_tools_find() {
	local dir
	[[ -z $KP_TOOLS || ! -x $KP_TOOLS/$1 ]] || return 0
	_kp_tools_look dir "$1" || _kp_tools_build "$dir" "$1" || return
	if ! kp_trust_has "$dir" "$dir"/kp_*; then
		kp_err "definition compiler $KP_TRUST_BAD: $KP_TRUST_WHY"
		kp_hint "rm -r $dir"
		return "$KP_EX_BUILD"
	fi
	KP_TOOLS=$dir
}

# kp_tools_are_known() { # they are there, current, and to be trusted; no word if not
kp_tools_are_known() {
	local dir
	_kp_tools_look dir kp_run && kp_trust_has "$dir" "$dir"/kp_* || return
	KP_TOOLS=$dir
}

# _kp_tools_look() { # <var> <program>: where it is, or 1 and where it is to be
_kp_tools_look() {
	local -n _dir=$1
	_dir=${KP_LIBEXEC:-$KP_TOP/libexec}
	[[ ! -x $_dir/$2 ]] || return 0
	_kp_tools_directory "$1"
	[[ -x $_dir/$2 ]] && _kp_tools_is_current "$_dir"
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
	local file built
	read -r built 2>/dev/null <"$1/built" && [[ $built == "$KP_TOP" ]] || return
	for file in "$KP_TOP"/tools{,/*,/*/*} "$KP_TOP/templates/include/kp_abi.h"; do
		[[ $1/built -nt $file ]] || return
	done
}

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
	kp_hint "$(kp_distro_install_command ${packages:+libbpf} compiler make)$packages"
	return "$KP_EX_MACHINE"
}

# _kp_tools_unwritten() { # <directory>
_kp_tools_unwritten() {
	kp_err "cache $1: could not be written"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}
