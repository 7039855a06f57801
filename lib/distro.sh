# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# distro.sh - which distribution this is, and how it calls a package. Needs
# paths.sh kernel.sh.
# shellcheck disable=SC2154 # the paths are paths.sh's
[[ -n ${_KP_DISTRO_SOURCED:-} ]] && return 0
_KP_DISTRO_SOURCED=1

# Which package manager, from os-release, which is read and never sourced:
#	ID=fedora
#	ID_LIKE="rhel centos fedora"
kp_distro_find() { # <variable> [variable for ID]
	local -n _distro=$1
	local _file _line _id='' _like='' _names
	_distro=unknown
	for _file in "$KP_ETC/os-release" "$KP_SYSROOT/usr/lib/os-release"; do
		[[ -r $_file ]] || continue
		while IFS= read -r _line || [[ -n $_line ]]; do
			case $_line in
			ID=*) _id=${_line#ID=} ;;
			ID_LIKE=*) _like=${_line#ID_LIKE=} ;;
			esac
		done <"$_file"
		break
	done
	_id=${_id//[\"\']/}
	if (($# > 1)); then
		printf -v "$2" '%s' "$_id"
	fi
	for _names in "$_id" "${_like//[\"\']/}"; do
		case " $_names " in
		*' debian '* | *' ubuntu '* | *' raspbian '*) _distro=apt ;;
		*' fedora '* | *' rhel '* | *' centos '* | *' amzn '*) _distro=dnf ;;
		*' suse '* | *' opensuse'* | *' sles '*) _distro=zypper ;;
		*' arch '* | *' manjaro '*) _distro=pacman ;;
		*' alpine '*) _distro=apk ;;
		*) continue ;;
		esac
		return 0
	done
}

# Prints apt, dnf, zypper, pacman, apk or unknown.
kp_distro_name() {
	local distro
	kp_distro_find distro
	printf '%s\n' "$distro"
}

# Does KP_RELEASE look like one that the distribution packaged? For a kernel
# of your own (6.18.44-fc-v657) no package will do.
kp_distro_is_packaged() {
	local distro flavours
	kp_distro_find distro
	case $distro in
	apt)
		flavours='amd64|arm64|arm64-16k|686|686-pae|armmp|armmp-lpae'
		flavours+='|s390x|ppc64el|powerpc64le|riscv64|loong64|marvell'
		flavours+='|generic|generic-lpae|generic-64k|lowlatency|kvm|aws'
		flavours+='|azure|gcp|oracle|gke|ibm|oem|nvidia|raspi|realtime'
		flavours+='|rpi-[a-z0-9]+|pve'
		[[ $KP_RELEASE =~ ^[0-9]+\.[0-9].*-($flavours)$ ]]
		;;
	dnf) [[ $KP_RELEASE =~ ^[0-9]+\.[0-9].*\.(fc|el|amzn|ol)[0-9] ]] ;;
	zypper)
		flavours='default|preempt|rt|azure|kvmsmall|longterm|64kb|debug|vanilla'
		[[ $KP_RELEASE =~ ^[0-9]+\.[0-9].*-($flavours)$ ]]
		;;
	pacman) [[ $KP_RELEASE =~ -arch[0-9]|-(lts|zen|hardened|rt|MANJARO)$ ]] ;;
	apk) [[ $KP_RELEASE =~ ^[0-9]+\.[0-9].*-(lts|virt|edge|stable|rpi)$ ]] ;;
	*) return 1 ;;
	esac
}

# The headers or the image of KP_RELEASE, by the distribution's naming.
kp_distro_kernel_package() { # <variable> <distro> headers|image
	local -n _kernel=$1
	local _release=$KP_RELEASE _flavour=${KP_RELEASE##*-} _v
	[[ $_release =~ $KP_KERNEL_RELEASE_RE ]] || _release=RELEASE
	case $2:$3 in
	apt:headers)
		_kernel=linux-headers-$_release
		[[ $_flavour != pve ]] || _kernel=proxmox-headers-$_release
		;;
	apt:image)
		_kernel=linux-image-$_release
		[[ $_flavour != pve ]] || _kernel=proxmox-kernel-$_release
		;;
	dnf:*) # 5.14.0-427.el9.x86_64+debug: kernel-debug-devel-5.14.0-...
		_v=kernel-
		[[ $_release != *+* ]] || _v=kernel-${_release#*+}-
		_kernel=${_v}core-${_release%%+*}
		[[ $3 == image ]] || _kernel=${_v}devel-${_release%%+*}
		;;
	zypper:*) # 6.4.0-150600.23.25-default: kernel-default-devel=6.4.0-...
		_v="=${_release%-*}"
		kp_distro_is_packaged || { _flavour=default && _v=; }
		_kernel=kernel-$_flavour$_v
		[[ $3 == image ]] || _kernel=kernel-$_flavour-devel$_v
		;;
	pacman:*)
		_kp_distro_pacman_kernel _kernel "$_flavour" "$_release"
		[[ $3 == image ]] || _kernel+=-headers
		;;
	apk:*)
		kp_distro_is_packaged || _flavour=lts
		_kernel=linux-$_flavour
		[[ $3 == image ]] || _kernel+=-dev
		;;
	*) _kernel="the kernel $3 of $_release" ;;
	esac
}

# _kp_distro_pacman_kernel() { # <variable> <flavour> <release>
_kp_distro_pacman_kernel() {
	local -n _pacman=$1
	local _minor=${3#*.}
	case $2 in
	lts | zen | hardened | rt) _pacman=linux-$2 ;;
	MANJARO) _pacman=linux${3%%.*}${_minor%%.*} ;; # 6.6.32-1-MANJARO: linux66
	*) _pacman=linux ;;
	esac
}

# The emulator of this machine's architecture.
_kp_distro_qemu_package() { # <variable> <distro>
	local -n _qemu=$1
	local _arch=$HOSTTYPE
	case $2:$_arch in
	apt:x86_64 | apt:i?86 | pacman:x86_64) _qemu='qemu-system-x86' ;;
	apt:aarch64 | apt:arm*) _qemu='qemu-system-arm' ;;
	apt:powerpc*) _qemu='qemu-system-ppc' ;;
	apt:*) _qemu='qemu-system-misc' ;;
	dnf:x86_64) _qemu='qemu-system-x86-core' ;;
	dnf:*) _qemu="qemu-system-$_arch-core" ;;
	zypper:x86_64) _qemu='qemu-x86' ;;
	zypper:aarch64) _qemu='qemu-arm' ;;
	zypper:*) _qemu='qemu-extra' ;;
	*) _qemu="qemu-system-$_arch" ;;
	esac
}

# The distribution's own kernel, whatever KP_RELEASE is.
_kp_distro_stock_kernel() { # <variable> <distro> <ID>
	local -n _stock=$1
	case $2 in
	apt)
		_stock=linux-image-$HOSTTYPE
		case $3:$HOSTTYPE in
		ubuntu:*) _stock=linux-image-generic ;;
		*:x86_64) _stock=linux-image-amd64 ;;
		*:aarch64) _stock=linux-image-arm64 ;;
		*:i?86) _stock=linux-image-686 ;;
		esac
		;;
	dnf) _stock=kernel ;;
	zypper) _stock=kernel-default ;;
	pacman) _stock=linux ;;
	apk) _stock=linux-lts ;;
	*) _stock="the distribution's kernel" ;;
	esac
}

_kp_distro_package() { # <variable> <distro> <ID> <thing>
	local -n _package=$1
	case $2:$4 in
	*:headers | *:image) kp_distro_kernel_package "$1" "$2" "$4" ;;
	*:kernel) _kp_distro_stock_kernel "$1" "$2" "$3" ;;
	*:kernel-headers)
		_kp_distro_stock_kernel "$1" "$2" "$3"
		case $2 in
		apt) _package=${_package/image/headers} ;;
		pacman) _package+=-headers ;;
		apk) _package+=-dev ;;
		*) _package+=-devel ;;
		esac
		;;
	*:qemu) _kp_distro_qemu_package "$1" "$2" ;;
	*:compiler)
		# Only Debian and its children keep one package per major version.
		_package=${KP_KERNEL_CC:-gcc}
		if [[ $2 != apt || ! $_package =~ ^(gcc|clang)(-[0-9]+)?$ ]]; then
			[[ $_package == *clang* ]] && _package=clang || _package=gcc
		fi
		;;
	dnf:busybox | pacman:busybox) _package=busybox ;; # static there
	*:busybox) _package=busybox-static ;;
	dnf:libbpf | zypper:libbpf) _package=libbpf-devel ;;
	apt:libbpf | apk:libbpf) _package=libbpf-dev ;;
	apt:libc) _package=libc6-dev ;;
	dnf:libc) _package='glibc-devel glibc-static' ;;
	zypper:libc) _package='glibc-devel glibc-devel-static' ;;
	pacman:libc) _package=glibc ;;
	apk:libc) _package=musl-dev ;;
	dnf:pahole | zypper:pahole) _package=dwarves ;;
	*) _package=$4 ;; # make, m4, kmod: one name everywhere
	esac
}

kp_distro_install() { # <variable> <thing>...
	local -n _command=$1
	local _manager _os _name _thing
	shift
	kp_distro_find _manager _os
	case $_manager in
	apt) _command='apt-get install' ;;
	dnf) _command='dnf install' ;;
	zypper) _command='zypper install' ;;
	pacman) _command='pacman -S' ;;
	apk) _command='apk add' ;;
	*) _command=install ;;
	esac
	for _thing in "$@"; do
		_kp_distro_package _name "$_manager" "$_os" "$_thing"
		_command+=" $_name"
	done
}

# Prints the one command that installs the things: headers, image (both of
# KP_RELEASE), kernel, kernel-headers (the distribution's), make, m4, kmod,
# compiler, libc (its headers), qemu, busybox, libbpf, pahole.
kp_distro_install_command() { # <thing>...
	local command
	kp_distro_install command "$@"
	printf '%s\n' "$command"
}
