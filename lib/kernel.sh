# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel.sh - which kernel is probed, its header tree and the compiler that this
# wants. The only file that writes KP_RELEASE and KP_KDIR. Needs log.sh paths.sh.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_KERNEL_SOURCED:-} ]] && return 0
_KP_KERNEL_SOURCED=1

KP_RELEASE=${KP_RELEASE:-} # the kernel that is probed
KP_KDIR=${KP_KDIR:-}       # its header tree; empty: where releases have theirs
# shellcheck disable=SC2034 # for build.sh
KP_KERNEL_CC= # the command that Kbuild runs, once the compiler gate was passed

# A release becomes part of paths and of printed commands.
KP_KERNEL_RELEASE_RE='^[A-Za-z0-9][A-Za-z0-9._+~-]*$'

# On the command line of every guest's kernel, and of no other.
readonly KP_KERNEL_GUEST_WORD=kp_load.guest=1

kp_kernel_is_running() { # is KP_RELEASE the running kernel?
	local running
	kp_paths_read running "$KP_PROC/sys/kernel/osrelease" || return 1
	[[ $running == "$KP_RELEASE" ]]
}

# Which kernel, and where its headers are.
kp_kernel_choose() {
	if [[ -n $KP_OPT_KVER ]]; then
		KP_RELEASE=$KP_OPT_KVER
		_kp_kernel_require_installed || return
	elif [[ -n $KP_OPT_KDIR ]]; then
		_kp_kernel_read_kdir || return
	elif ((KP_OPT_REHEARSE)) && [[ -z ${KP_REHEARSAL:-} ]]; then
		if ! KP_RELEASE=$(kp_kernel_default); then
			# shellcheck source=lib/distro.sh
			source "$KP_TOP/lib/distro.sh"
			kp_err "kernel to rehearse on: none is installed in $KP_BOOT"
			kp_hint "$(kp_distro_install_command kernel), or kp_load.sh --demo"
			return "$KP_EX_MACHINE"
		fi
	else
		kp_paths_read KP_RELEASE "$KP_PROC/sys/kernel/osrelease" || KP_RELEASE=$(uname -r) || return
	fi
	_kp_kernel_require_name || return
	if [[ -n $KP_OPT_KDIR ]]; then
		if ! KP_KDIR=$(realpath -e -- "$KP_OPT_KDIR" 2>/dev/null) \
			|| [[ ! -d $KP_KDIR ]]; then
			kp_err "header tree $(kp_printable "$KP_OPT_KDIR"): no such directory"
			return "$KP_EX_USAGE"
		fi
	else
		kp_kernel_find_kdir KP_KDIR "$KP_RELEASE" || KP_KDIR=
	fi
}

# kp_kernel_choose_default() { # the one to rehearse on; 1 if none is installed
kp_kernel_choose_default() {
	KP_RELEASE=$(kp_kernel_default) && return
	KP_RELEASE=
	return 1
}

_kp_kernel_require_name() {
	[[ ! $KP_RELEASE =~ $KP_KERNEL_RELEASE_RE ]] || return 0
	kp_err "kernel release $(kp_printable "$KP_RELEASE"): not a release's name"
	return "$KP_EX_USAGE"
}

# A release that nothing is installed of is most likely a typo.
_kp_kernel_require_installed() {
	local installed kdir
	_kp_kernel_require_name || return
	[[ -z $KP_OPT_KDIR && ! -d $KP_LIB_MODULES/$KP_RELEASE ]] || return 0
	! kp_kernel_find_kdir kdir "$KP_RELEASE" || return 0
	installed=$(find "$KP_LIB_MODULES/" -mindepth 1 -maxdepth 1 -printf '%f ' 2>/dev/null) || :
	kp_err "kernel $(kp_printable "$KP_RELEASE"): not installed"
	kp_hint "installed: ${installed:-none}"
	return "$KP_EX_MACHINE"
}

# The release that the header tree of --kdir is for.
_kp_kernel_read_kdir() {
	if ! kp_kernel_tree_release KP_RELEASE "$KP_OPT_KDIR"; then
		kp_err "header tree $(kp_printable "$KP_OPT_KDIR"): no include/generated/utsrelease.h in it"
		kp_hint "name the release too: --kver=RELEASE"
		return "$KP_EX_USAGE"
	fi
}

# Is the kernel to be probed the one that runs here?
kp_kernel_is_here() {
	[[ -n ${KP_REHEARSAL:-} ]] && return 0
	kp_kernel_is_running || return 1
	((!KP_OPT_DRY_RUN && !KP_OPT_BUILD_ONLY && !KP_OPT_REHEARSE)) \
		&& [[ -z $KP_OPT_EMIT ]]
}

kp_kernel_find_kdir() { # <variable> <release>: its header tree; 1 if there is none
	local -n _kdir=$1
	local _dir
	local -a _places
	_kdir=
	[[ $2 =~ $KP_KERNEL_RELEASE_RE ]] || return 1
	kp_kernel_kdir_places _places "$2"
	for _dir in "${_places[@]}"; do
		if [[ -d $_dir ]]; then # a dangling link is no tree
			_kdir=$_dir
			return 0
		fi
	done
	return 1
}

# kp_kernel_kdir_places() { # <array> <release>: where its header tree may be
kp_kernel_kdir_places() {
	local -n _found=$1
	# shellcheck disable=SC2034 # by its name
	_found=("$KP_LIB_MODULES/$2/build" "$KP_SYSROOT/usr/src/linux-headers-$2"
		"$KP_SYSROOT/usr/src/kernels/$2")
}

kp_kernel_kdir() { # <variable>: the caller's tree, or the one we find
	if [[ -n $KP_KDIR ]]; then
		printf -v "$1" '%s' "$KP_KDIR"
		return 0
	fi
	kp_kernel_find_kdir "$1" "$KP_RELEASE"
}

# #define UTS_RELEASE "6.1.0-56-amd64"
# This is what a module built there says it is for; kernel.release of Debian's
# trees (6.1.192) is not.
kp_kernel_tree_release() { # <variable> <tree>; 1 if unknown
	local -n _of=$1
	local _line
	_of=
	[[ -r $2/include/generated/utsrelease.h ]] || return 1
	while IFS= read -r _line; do
		[[ $_line =~ ^#define\ +UTS_RELEASE\ +\"(.*)\" ]] || continue
		_of=${BASH_REMATCH[1]}
		return 0
	done <"$2/include/generated/utsrelease.h"
	return 1
}

# The command that Kbuild will run: Debian's trees say it, of others the
# configuration knows the kind. .kernelvariables is make's, so it is read, not
# sourced:
#	CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12
kp_kernel_compiler() { # <variable>
	local -n _cc=$1
	local _tree _line _value
	_cc=
	if kp_kernel_kdir _tree && [[ -r $_tree/.kernelvariables ]]; then
		while IFS= read -r _line; do
			[[ $_line =~ ^(override[[:space:]]+)?CC[[:space:]]*:?=(.*)$ ]] || continue
			_line=${BASH_REMATCH[2]}
			_line=${_line%"${_line##*[![:space:]]}"}
			_line=${_line##*[[:space:]\)]}
			_line=${_line#-} # what is left of $(DEB_HOST_GNU_TYPE)-gcc-16
			# Nothing but a compiler's name, for it is going to be run.
			[[ $_line =~ ^([a-z0-9_]+-)*(gcc|clang)(-[0-9]+)?$ ]] && _cc=$_line
		done <"$_tree/.kernelvariables"
	fi
	[[ -z $_cc ]] || return 0
	_cc=gcc
	# shellcheck source=lib/kernel_config.sh
	source "${BASH_SOURCE[0]%/*}/kernel_config.sh"
	kp_kernel_config _value CC_IS_CLANG
	[[ $_value != y ]] || _cc=clang
}

# kp_kernel_is_guest() { # is this kernel one that we booted?
kp_kernel_is_guest() {
	local line=''
	IFS= read -r line 2>/dev/null <"$KP_PROC/cmdline" || [[ -n $line ]] || return
	[[ " $line " == *" $KP_KERNEL_GUEST_WORD "* ]]
}

# kp_kernel_image() { # <release>: prints the path of the kernel's image
kp_kernel_image() {
	local path
	for path in "$KP_BOOT/vmlinuz-$1" "$KP_LIB_MODULES/$1/vmlinuz"; do
		if [[ -r $path ]]; then
			printf '%s\n' "$path"
			return 0
		fi
	done
	return 1
}

# kp_kernel_default() { # prints the release to rehearse on
# The running kernel if its image is installed, else the newest that is.
kp_kernel_default() {
	local release image
	release=$(kp_paths_release) || return
	if _kp_kernel_is_installed "$release"; then
		printf '%s\n' "$release"
		return 0
	fi
	release=$(
		for image in "$KP_BOOT"/vmlinuz-* "$KP_LIB_MODULES"/*/vmlinuz; do
			image=${image#"$KP_BOOT/vmlinuz-"} image=${image%/vmlinuz}
			image=${image##*/}
			if _kp_kernel_is_installed "$image"; then
				printf '%s\n' "$image"
			fi
		done | sort -V | tail -n 1
	) || return
	[[ -n $release ]] || return 1
	printf '%s\n' "$release"
}

# _kp_kernel_is_installed() { # <release>: image and modules
_kp_kernel_is_installed() {
	kp_kernel_image "$1" >/dev/null && [[ -d $KP_LIB_MODULES/$1/kernel ]]
}

# Set elsewhere, what is to be rehearsed would be planted here.
[[ -z ${KP_REHEARSAL:-} ]] || kp_kernel_is_guest || unset KP_REHEARSAL
