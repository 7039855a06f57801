# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity.sh - can this machine and kernel do it? One function a gate, each
# with its remedy for this distribution. Nothing is changed, and no
# remedy is carried out. Needs log.sh paths.sh trust.sh.
#
# A gate kp_sanity_gate_<name> sets what is below and returns 0 (fine),
# 1 (fails) or 2 (a warning or information: the run may go on). Call it where
# errexit is off (if, ||): its status is an answer.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_SOURCED:-} ]] && return 0
_KP_SANITY_SOURCED=1

# Given by the caller.
: "${KP_RELEASE:=}" # the kernel the module is for
: "${KP_KDIR:=}"    # its header tree; empty: kp_sanity_find_kdir
: "${KP_WORKDIR:=}" # where modules are generated and built; may not exist yet

# Set by every gate.
KP_SANITY_DETAIL=  # one line: object and cause, or the good news
KP_SANITY_REMEDY=  # one command or instruction; may be empty
KP_SANITY_INSTEAD= # the other way out; may be empty

# Set by the compiler gate: the command that Kbuild runs.
# shellcheck disable=SC2034 # read by build.sh
KP_SANITY_CC=

# What must hold to load a module, to build one, to try one in a VM, and what
# is good to know.
KP_SANITY_LOAD=(root release modules container kmod kprobes armed
	ftrace_enabled lockdown signature kptr_restrict panic_on_oops)
KP_SANITY_BUILD=(make m4 headers compiler pahole proc workdir)
# shellcheck disable=SC2034 # read by kp_load.sh
KP_SANITY_REHEARSE=(emulator busybox image)
KP_SANITY_INFO=(btf ftrace tracefs debugfs optimization qemu)

# Warnings that are worth a line before every plant.
_KP_SANITY_RISKY=(container armed compiler kptr_restrict panic_on_oops)

# How an error calls the gate, where its name alone does not tell.
declare -gA _KP_SANITY_WHAT=(
	[root]=user
	[release]=kernel
	[armed]=kprobes
	[ftrace_enabled]=ftrace
	[signature]='module signature'
	[kmod]='module tools'
	[workdir]='work directory'
	[image]='kernel image'
	[btf]=BTF
)

# Read from the configuration in one go; any other option costs a grep.
_KP_SANITY_OPTIONS=(MODULES KPROBES MODULE_SIG MODULE_SIG_FORCE
	SECURITY_LOCKDOWN_LSM LOCK_DOWN_KERNEL_FORCE_INTEGRITY
	LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY CC_IS_CLANG CC_VERSION_TEXT
	GCC_VERSION CLANG_VERSION OBJTOOL STACK_VALIDATION DEBUG_INFO_BTF
	DEBUG_INFO_BTF_MODULES FUNCTION_TRACER DEBUG_FS)
declare -gA _KP_SANITY_CONFIG=() # option -> value; empty: not mentioned
_KP_SANITY_CONFIG_KEY=           # what the cache was read for
_KP_SANITY_CONFIG_FILE=          # and from

# A release becomes part of paths and of printed commands.
_KP_SANITY_RELEASE_RE='^[A-Za-z0-9][A-Za-z0-9._+~-]*$'

# A build of one module leaves about 1 MiB; a build per shape stays cached.
_KP_SANITY_ROOM_KIB=8192

# ---------------------------------------------------------------- small tools

_kp_sanity_ok() { # <detail>
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY='' KP_SANITY_INSTEAD=''
}

_kp_sanity_fail() { # <detail> [remedy [instead]]
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY=${2:-} KP_SANITY_INSTEAD=${3:-}
	return 1
}

_kp_sanity_warn() { # <detail> [remedy [instead]]
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY=${2:-} KP_SANITY_INSTEAD=${3:-}
	return 2
}

# The first line of a file, without a fork; fails if there is none.
_kp_sanity_read() { # <variable> <file>
	local -n _line=$1
	_line=
	[[ -r $2 && ! -d $2 ]] || return 1
	{ IFS= read -r _line <"$2"; } 2>/dev/null || [[ -n $_line ]]
}

_kp_sanity_is_running() { # is KP_RELEASE the running kernel?
	local running
	_kp_sanity_read running "$KP_PROC/sys/kernel/osrelease" || return 1
	[[ $running == "$KP_RELEASE" ]]
}

# Where PATH finds a command; of make and gcc we want to know which one.
_kp_sanity_which() { # <variable> <command>
	local -n _path=$1
	_path=
	hash -- "$2" 2>/dev/null || return 1
	_path=${BASH_CMDS[$2]:-}
	[[ -n $_path ]]
}

_kp_sanity_has() { # <word> <list>...: is the word in the list?
	local word=$1 item
	shift
	for item in "$@"; do
		[[ $item == "$word" ]] && return 0
	done
	return 1
}

# Can this kernel mount it? Unknown counts as yes: then mount says.
_kp_sanity_has_filesystem() { # <type>
	local line
	[[ -r $KP_PROC/filesystems ]] || return 0
	while IFS= read -r line; do
		[[ ${line##*$'\t'} == "$1" ]] && return 0
	done <"$KP_PROC/filesystems"
	return 1
}

_kp_sanity_is_empty_dir() { # <directory>: nothing in it that we can see
	local entry
	for entry in "$1"/*; do
		[[ -e $entry || -L $entry ]] && return 1
	done
	return 0
}

# ------------------------------------------------- distribution and packages

# Which package manager, from os-release, which is read and never sourced:
#	ID=fedora
#	ID_LIKE="rhel centos fedora"
_kp_sanity_distro() { # <variable> [variable for ID]
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
kp_sanity_distro() {
	local distro
	_kp_sanity_distro distro
	printf '%s\n' "$distro"
}

# Does KP_RELEASE look like one that the distribution packaged? For a kernel
# of your own (6.18.44-fc-v657) no package will do.
kp_sanity_is_packaged() {
	local distro flavours
	_kp_sanity_distro distro
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
_kp_sanity_kernel_package() { # <variable> <distro> headers|image
	local -n _kernel=$1
	local _release=$KP_RELEASE _flavour=${KP_RELEASE##*-} _v
	[[ $_release =~ $_KP_SANITY_RELEASE_RE ]] || _release=RELEASE
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
		kp_sanity_is_packaged || { _flavour=default && _v=; }
		_kernel=kernel-$_flavour$_v
		[[ $3 == image ]] || _kernel=kernel-$_flavour-devel$_v
		;;
	pacman:*)
		case $_flavour in
		lts | zen | hardened | rt) _kernel=linux-$_flavour ;;
		MANJARO) # 6.6.32-1-MANJARO: linux66
			_v=${_release#*.}
			_kernel=linux${_release%%.*}${_v%%.*}
			;;
		*) _kernel=linux ;;
		esac
		[[ $3 == image ]] || _kernel+=-headers
		;;
	apk:*)
		kp_sanity_is_packaged || _flavour=lts
		_kernel=linux-$_flavour
		[[ $3 == image ]] || _kernel+=-dev
		;;
	*) _kernel="the kernel $3 of $_release" ;;
	esac
}

# The emulator of this machine's architecture.
_kp_sanity_qemu_package() { # <variable> <distro>
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
_kp_sanity_stock_kernel() { # <variable> <distro> <ID>
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

_kp_sanity_package() { # <variable> <distro> <ID> <thing>
	local -n _package=$1
	case $2:$4 in
	*:headers | *:image) _kp_sanity_kernel_package "$1" "$2" "$4" ;;
	*:kernel) _kp_sanity_stock_kernel "$1" "$2" "$3" ;;
	*:kernel-headers)
		_kp_sanity_stock_kernel "$1" "$2" "$3"
		case $2 in
		apt) _package=${_package/image/headers} ;;
		pacman) _package+=-headers ;;
		apk) _package+=-dev ;;
		*) _package+=-devel ;;
		esac
		;;
	*:qemu) _kp_sanity_qemu_package "$1" "$2" ;;
	*:compiler)
		# Only Debian and its children keep one package per major version.
		_package=${KP_SANITY_CC:-gcc}
		if [[ $2 != apt || ! $_package =~ ^(gcc|clang)(-[0-9]+)?$ ]]; then
			[[ $_package == *clang* ]] && _package=clang || _package=gcc
		fi
		;;
	dnf:busybox | pacman:busybox) _package=busybox ;; # static there
	*:busybox) _package=busybox-static ;;
	dnf:libbpf | zypper:libbpf) _package=libbpf-devel ;;
	apt:libbpf | apk:libbpf) _package=libbpf-dev ;;
	dnf:pahole | zypper:pahole) _package=dwarves ;;
	*) _package=$4 ;; # make, m4, kmod: one name everywhere
	esac
}

_kp_sanity_install() { # <variable> <thing>...
	local -n _command=$1
	local _manager _os _name _thing
	shift
	_kp_sanity_distro _manager _os
	case $_manager in
	apt) _command='apt-get install' ;;
	dnf) _command='dnf install' ;;
	zypper) _command='zypper install' ;;
	pacman) _command='pacman -S' ;;
	apk) _command='apk add' ;;
	*) _command=install ;;
	esac
	for _thing in "$@"; do
		_kp_sanity_package _name "$_manager" "$_os" "$_thing"
		_command+=" $_name"
	done
}

# Prints the one command that installs the things: headers, image (both of
# KP_RELEASE), kernel, kernel-headers (the distribution's), make, m4, kmod,
# compiler, qemu, busybox, libbpf, pahole.
kp_sanity_install_command() { # <thing>...
	local command
	_kp_sanity_install command "$@"
	printf '%s\n' "$command"
}

# ------------------------------------------- header tree and configuration

_kp_sanity_find_kdir() { # <variable> <release>
	local -n _kdir=$1
	local _dir
	_kdir=
	[[ $2 =~ $_KP_SANITY_RELEASE_RE ]] || return 1
	for _dir in "$KP_LIB_MODULES/$2/build" \
		"$KP_SYSROOT/usr/src/linux-headers-$2" \
		"$KP_SYSROOT/usr/src/kernels/$2"; do
		if [[ -d $_dir ]]; then # a dangling link is no tree
			_kdir=$_dir
			return 0
		fi
	done
	return 1
}

# Prints the header tree of a release; 1 if there is none.
kp_sanity_find_kdir() { # <release>
	local kdir
	_kp_sanity_find_kdir kdir "$1" || return
	printf '%s\n' "$kdir"
}

_kp_sanity_kdir() { # <variable>: the caller's tree, or the one we find
	if [[ -n $KP_KDIR ]]; then
		printf -v "$1" '%s' "$KP_KDIR"
		return 0
	fi
	_kp_sanity_find_kdir "$1" "$KP_RELEASE"
}

# The configuration of KP_RELEASE: the first that exists.
_kp_sanity_config_find() { # sets _KP_SANITY_CONFIG_FILE
	local file kdir
	local -a files=()
	_KP_SANITY_CONFIG_FILE=
	if [[ $KP_RELEASE =~ $_KP_SANITY_RELEASE_RE ]]; then
		files+=("$KP_BOOT/config-$KP_RELEASE"
			"$KP_LIB_MODULES/$KP_RELEASE/config")
		# /proc knows the running kernel only.
		if _kp_sanity_is_running; then
			files+=("$KP_PROC/config.gz")
		fi
	fi
	if _kp_sanity_kdir kdir; then
		files+=("$kdir/.config")
	fi
	for file in "${files[@]}"; do
		if [[ -r $file && -s $file || -r $file && $file == *.gz ]]; then
			_KP_SANITY_CONFIG_FILE=$file
			return 0
		fi
	done
	return 1
}

# Lines look like
#	CONFIG_KPROBES=y
#	# CONFIG_KPROBES is not set
#	CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
_kp_sanity_config_parse() { # <text>
	local line name
	while [[ -n $1 ]]; do
		line=${1%%$'\n'*}
		name=${line#'# '}
		name=${name#CONFIG_}
		case $line in
		'# CONFIG_'*' is not set')
			_KP_SANITY_CONFIG[${name%' is not set'}]=n
			;;
		CONFIG_*=*)
			name=${name%%=*}
			line=${line#*=}
			line=${line#\"}
			_KP_SANITY_CONFIG[$name]=${line%\"}
			;;
		esac
		[[ $1 == *$'\n'* ]] || break
		set -- "${1#*$'\n'}"
	done
}

_kp_sanity_config_read() { # <option>...: one grep for all of them
	local option names text
	for option in "$@"; do
		_KP_SANITY_CONFIG[$option]=
		names+="${names:+|}$option"
	done
	[[ -n $_KP_SANITY_CONFIG_FILE ]] || return 0
	names="^(# )?CONFIG_($names)[= ]"
	if [[ $_KP_SANITY_CONFIG_FILE == *.gz ]]; then
		text=$(gzip -dc -- "$_KP_SANITY_CONFIG_FILE" 2>/dev/null \
			| grep -E -- "$names") || :
	else
		text=$(grep -E -- "$names" "$_KP_SANITY_CONFIG_FILE" 2>/dev/null) || :
	fi
	_kp_sanity_config_parse "$text"
}

# Reads the options of interest once a release and header tree. Call it in the
# main shell before kp_sanity_config is used in $(...), which forgets.
kp_sanity_config_load() {
	local key=$KP_SYSROOT:$KP_RELEASE:$KP_KDIR
	[[ $key == "$_KP_SANITY_CONFIG_KEY" ]] && return 0
	_KP_SANITY_CONFIG_KEY=$key
	_KP_SANITY_CONFIG=()
	_kp_sanity_config_find || :
	_kp_sanity_config_read "${_KP_SANITY_OPTIONS[@]}"
}

_kp_sanity_config() { # <variable> <option>
	local _option=${2#CONFIG_}
	printf -v "$1" ''
	[[ $_option =~ ^[A-Za-z0-9_]+$ ]] || return 1
	kp_sanity_config_load
	if [[ -z ${_KP_SANITY_CONFIG[$_option]+known} ]]; then
		_kp_sanity_config_read "$_option"
	fi
	printf -v "$1" '%s' "${_KP_SANITY_CONFIG[$_option]}"
}

# Prints y, m, n, the value of an option that is none of these, or nothing if
# no configuration is at hand or it does not mention the option.
kp_sanity_config() { # <option>, with or without CONFIG_
	local value
	_kp_sanity_config value "$1" || return
	printf '%s\n' "$value"
}

# --------------------------------------------------------- gates: may we load

# CapEff:	000001ffffffffff
kp_sanity_gate_root() {
	local line caps=''
	if [[ -r $KP_PROC/self/status ]]; then
		while IFS= read -r line; do
			[[ $line == CapEff:* ]] && caps=${line##*[[:space:]]} && break
		done <"$KP_PROC/self/status"
	fi
	if [[ ! $caps =~ ^[0-9a-f]{1,16}$ ]]; then
		((EUID == 0)) && _kp_sanity_ok 'uid 0' && return
		_kp_sanity_fail "uid $EUID: is not root" 'run it as root: sudo, or su -'
	elif ((16#$caps >> 16 & 1)); then # CAP_SYS_MODULE
		_kp_sanity_ok "uid $EUID with CAP_SYS_MODULE"
	elif ((EUID == 0)); then
		_kp_sanity_fail 'uid 0: lacks CAP_SYS_MODULE (a container, or dropped)' \
			'run it on the host, or give the container CAP_SYS_MODULE'
	else
		_kp_sanity_fail "uid $EUID: neither root nor CAP_SYS_MODULE" \
			'run it as root: sudo, or su -'
	fi
}

kp_sanity_gate_release() {
	local running
	if [[ ! $KP_RELEASE =~ $_KP_SANITY_RELEASE_RE ]]; then
		_kp_sanity_fail "release '$KP_RELEASE': is not a kernel release" \
			'--kver=RELEASE names an installed kernel: ls /lib/modules'
	elif ! _kp_sanity_read running "$KP_PROC/sys/kernel/osrelease"; then
		_kp_sanity_warn "$KP_RELEASE: which kernel runs is unknown" \
			'mount -t proc proc /proc'
	elif [[ $running != "$KP_RELEASE" ]]; then
		_kp_sanity_fail "$KP_RELEASE: is not running, $running is" \
			"boot $KP_RELEASE, or --rehearse in a VM of it"
	else
		_kp_sanity_ok "$KP_RELEASE is running"
	fi
}

kp_sanity_gate_modules() {
	local value command disabled
	_kp_sanity_config value MODULES
	if [[ -z $value ]] && _kp_sanity_is_running; then
		[[ -e $KP_PROC/modules ]] && value=y || value=n
	fi
	_kp_sanity_install command kernel
	if [[ $value == n ]]; then
		_kp_sanity_fail "$KP_RELEASE: built without CONFIG_MODULES" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	elif _kp_sanity_read disabled "$KP_PROC/sys/kernel/modules_disabled" \
		&& [[ $disabled == 1 ]]; then
		_kp_sanity_fail 'kernel.modules_disabled=1: loading is off until reboot' \
			'reboot without nomodule and without that sysctl'
	elif [[ -z $value ]]; then
		_kp_sanity_warn "$KP_RELEASE: whether it has CONFIG_MODULES is unknown"
	else
		_kp_sanity_ok 'CONFIG_MODULES=y, loading is allowed'
	fi
}

# What says that we are in a container; empty if nothing does.
_kp_sanity_container_mark() { # <variable>
	local -n _mark=$1
	local _item
	_mark=
	for _item in /.dockerenv /run/.containerenv /run/systemd/container; do
		if [[ -e $KP_SYSROOT$_item ]]; then
			_mark=$_item
			return 0
		fi
	done
	[[ -r $KP_PROC/1/environ ]] || return 1
	while IFS= read -r -d '' _item; do
		if [[ $_item == container=?* ]]; then
			_mark="$_item of pid 1"
			return 0
		fi
	done 2>/dev/null <"$KP_PROC/1/environ"
	return 1
}

# The first namespaces of a machine have fixed numbers: PROC_PID_INIT_INO. In
# the first one a mark is a leftover, as on a VM made from a container's image.
_kp_sanity_is_first_pid_namespace() {
	local namespace
	[[ -L $KP_PROC/self/ns/pid ]] || return 1
	namespace=$(readlink -- "$KP_PROC/self/ns/pid") || return 1
	[[ $namespace == 'pid:[4026531836]' ]]
}

# A capability counts for modules only in the first user namespace, whose
# uid_map is "0 0 4294967295". In a container with the capability the module
# goes into the host's kernel: allowed, but worth knowing.
kp_sanity_gate_container() {
	local map mark
	if _kp_sanity_read map "$KP_PROC/self/uid_map" \
		&& [[ ! $map =~ ^\ *0\ +0\ +4294967295$ ]]; then
		_kp_sanity_fail 'user namespace: its root cannot load modules' \
			'run it outside of the container, as root of the host'
	elif ! _kp_sanity_container_mark mark; then
		_kp_sanity_ok 'no container, no user namespace'
	elif _kp_sanity_is_first_pid_namespace; then
		_kp_sanity_ok "no container: $mark is a leftover"
	elif ! kp_sanity_gate_root; then
		_kp_sanity_fail "$mark: a container without CAP_SYS_MODULE" \
			'run it on the host, or start the container --privileged'
	else
		_kp_sanity_warn "$mark: a module enters the kernel of the host"
	fi
}

kp_sanity_gate_kmod() {
	local tool dir command path
	for tool in insmod rmmod; do
		_kp_sanity_which path "$tool" && continue
		# PATH of a plain user, and of su without -, has no sbin.
		for dir in "$KP_SYSROOT/usr/sbin" "$KP_SYSROOT/sbin"; do
			[[ -x $dir/$tool ]] && continue 2
		done
		_kp_sanity_install command kmod
		_kp_sanity_fail "$tool: not found" "$command"
		return
	done
	_kp_sanity_ok 'insmod and rmmod are here'
}

# Without a configuration at hand, the kernel's own symbols tell; where it
# lists all of a kernel's options, one that is not mentioned is off.
kp_sanity_gate_kprobes() {
	local value modules command
	_kp_sanity_config value KPROBES
	_kp_sanity_config modules MODULES
	if [[ $value == y ]]; then
		_kp_sanity_ok "CONFIG_KPROBES=y in ${_KP_SANITY_CONFIG_FILE##*/}"
		return
	fi
	_kp_sanity_install command kernel
	if [[ -z $value && -r $KP_KALLSYMS ]] && _kp_sanity_is_running; then
		if grep -q ' [Tt] register_kprobe$' "$KP_KALLSYMS" 2>/dev/null; then
			_kp_sanity_ok 'register_kprobe is in kallsyms'
			return
		fi
		_kp_sanity_fail "$KP_RELEASE: has no register_kprobe (CONFIG_KPROBES)" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	elif [[ $value == n || -z $value && -n $modules ]]; then
		_kp_sanity_fail "$KP_RELEASE: built without CONFIG_KPROBES" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	else
		_kp_sanity_warn "$KP_RELEASE: no configuration tells of CONFIG_KPROBES"
	fi
}

# With 0 in there kprobes register, are listed, and never fire.
kp_sanity_gate_armed() {
	local enabled value
	_kp_sanity_config value KPROBES
	if _kp_sanity_read enabled "$KP_KPROBES/enabled"; then
		[[ $enabled == 1 ]] && _kp_sanity_ok 'kprobes/enabled is 1' && return
		_kp_sanity_fail "$KP_KPROBES/enabled: $enabled, none fires" \
			"echo 1 > $KP_KPROBES/enabled"
	elif [[ $value == n ]]; then
		_kp_sanity_warn 'this kernel has none to arm'
	elif ((EUID != 0)) && [[ -d $KP_DEBUGFS && ! -x $KP_DEBUGFS ]]; then
		_kp_sanity_warn 'unknown: debugfs is for root'
	elif ! _kp_sanity_has_filesystem debugfs; then
		_kp_sanity_warn 'unknown: this kernel has no debugfs'
	elif _kp_sanity_is_empty_dir "$KP_DEBUGFS"; then
		_kp_sanity_warn 'unknown: debugfs is not mounted' \
			"mount -t debugfs none $KP_DEBUGFS"
	else
		_kp_sanity_warn 'unknown: debugfs has no kprobes/enabled'
	fi
}

kp_sanity_gate_ftrace_enabled() {
	local file=$KP_PROC/sys/kernel/ftrace_enabled enabled
	if ! _kp_sanity_read enabled "$file"; then
		_kp_sanity_ok 'no ftrace here: probes are breakpoints'
	elif [[ $enabled == 0 ]]; then
		_kp_sanity_fail 'kernel.ftrace_enabled=0: entry probes never fire' \
			"echo 1 > $file"
	else
		_kp_sanity_ok "kernel.ftrace_enabled=$enabled"
	fi
}

# The mode of /sys/kernel/security/lockdown is the word in brackets:
#	none [integrity] confidentiality
# Without securityfs, the command line and the configuration may tell.
_kp_sanity_lockdown_mode() { # <variable>: empty if unknown
	local -n _mode=$1
	local _text _value
	_mode=
	if _kp_sanity_read _text "$KP_SYS/kernel/security/lockdown"; then
		_text=${_text#*\[}
		_mode=${_text%%\]*}
		return 0
	fi
	_kp_sanity_config _value SECURITY_LOCKDOWN_LSM
	if [[ $_value == n ]]; then
		_mode=none
	elif _kp_sanity_read _text "$KP_PROC/cmdline" \
		&& [[ " $_text " =~ \ lockdown=(integrity|confidentiality)\  ]]; then
		_mode=${BASH_REMATCH[1]}
	fi
}

kp_sanity_gate_lockdown() {
	local mode
	_kp_sanity_lockdown_mode mode
	case $mode in
	none) _kp_sanity_ok 'none' ;;
	integrity | confidentiality)
		_kp_sanity_fail "$mode: the kernel refuses unsigned modules" \
			'boot without lockdown= (mokutil --sb-state: Secure Boot sets it)' \
			'--rehearse loads nothing here'
		;;
	'')
		_kp_sanity_warn 'unknown: securityfs is not mounted' \
			"mount -t securityfs none $KP_SYS/kernel/security"
		;;
	*) _kp_sanity_warn "unknown mode '$mode'" ;;
	esac
}

kp_sanity_gate_signature() {
	local enforce value
	_kp_sanity_read enforce "$KP_SYSMODULE/module/parameters/sig_enforce" || :
	_kp_sanity_config value MODULE_SIG_FORCE
	if [[ $enforce == [Yy1]* ]]; then
		_kp_sanity_fail 'module.sig_enforce=Y: unsigned modules are refused' \
			'boot without module.sig_enforce=1 (mokutil --sb-state: Secure Boot)' \
			'--rehearse loads nothing here'
	elif [[ -z $enforce && $value == y ]]; then
		_kp_sanity_fail 'CONFIG_MODULE_SIG_FORCE=y: unsigned modules are refused' \
			'boot a kernel without it' '--rehearse loads nothing here'
	elif [[ -n $enforce || $value == n ]]; then
		_kp_sanity_ok 'not enforced'
	else
		_kp_sanity_config value MODULE_SIG
		[[ $value == n ]] && _kp_sanity_ok 'this kernel checks none' && return
		_kp_sanity_warn 'unknown: neither sysfs nor the configuration tells'
	fi
}

kp_sanity_gate_kptr_restrict() {
	local file=$KP_PROC/sys/kernel/kptr_restrict value
	if ! _kp_sanity_read value "$file"; then
		_kp_sanity_warn 'unknown: no kernel.kptr_restrict'
	elif [[ $value == 2 ]]; then
		_kp_sanity_warn '2: addresses are hidden even from root' \
			"echo 1 > $file"
	else
		_kp_sanity_ok "$value: root sees addresses"
	fi
}

kp_sanity_gate_panic_on_oops() {
	local file=$KP_PROC/sys/kernel/panic_on_oops value
	if ! _kp_sanity_read value "$file"; then
		_kp_sanity_warn 'unknown: no kernel.panic_on_oops'
	elif [[ $value != 0 ]]; then
		_kp_sanity_warn "$value: a fault in a probe takes the machine down" \
			"echo 0 > $file" '--rehearse first'
	else
		_kp_sanity_ok '0'
	fi
}

# -------------------------------------------------------- gates: can we build

_kp_sanity_gate_command() { # <command> <thing>
	local path command
	_kp_sanity_which path "$1" && _kp_sanity_ok "$path" && return
	_kp_sanity_install command "$2"
	_kp_sanity_fail "$1: not found" "$command"
}

kp_sanity_gate_make() { _kp_sanity_gate_command make make; }
kp_sanity_gate_m4() { _kp_sanity_gate_command m4 m4; }

# Some other release that has headers here; 1 if none.
_kp_sanity_other_headers() { # <variable>
	local -n _other=$1
	local _makefile _dir
	_other=
	for _makefile in "$KP_LIB_MODULES"/*/build/Makefile \
		"$KP_SYSROOT"/usr/src/linux-headers-*/Makefile \
		"$KP_SYSROOT"/usr/src/kernels/*/Makefile; do
		_dir=${_makefile%/Makefile}
		# Debian's -common and Ubuntu's shared half are no tree of a release.
		[[ -e $_dir/include/generated ]] || continue
		_dir=${_dir%/build}
		_dir=${_dir##*/}
		_other=${_dir#linux-headers-}
		[[ $_other != "$KP_RELEASE" ]] && return 0
	done
	_other=
	return 1
}

_kp_sanity_headers_absent() {
	local other detail command remedy instead=''
	_kp_sanity_install command headers
	remedy=$command
	if [[ $KP_RELEASE =~ $_KP_SANITY_RELEASE_RE ]] \
		&& ! kp_sanity_is_packaged; then
		remedy='self-built kernel: --kdir=DIR, the tree it was built in'
		instead="packaged kernel: $command"
	fi
	detail="$KP_RELEASE: none here"
	if _kp_sanity_other_headers other; then
		detail="$KP_RELEASE: only those of another release, $other"
		: "${instead:="boot $other, or --kver=$other --rehearse"}"
	fi
	_kp_sanity_fail "$detail" "$remedy" "$instead"
}

# Debian's Makefile has one line, which reaches the other half of the tree:
#	include /usr/src/linux-headers-6.1.0-56-common/Makefile
# One that was made by O= has such a line too.
_kp_sanity_included_makefile() { # <variable> <Makefile>
	local -n _included=$1
	local _line
	local -i _n=0
	_included=
	while IFS= read -r _line && ((++_n <= 20)); do
		if [[ $_line =~ ^include\ +(/[^\$[:space:]]+)$ ]]; then
			_included=$KP_SYSROOT${BASH_REMATCH[1]}
			return 0
		fi
	done <"$2"
	return 1
}

# The first piece that a module build needs and the tree lacks; 1 if complete.
_kp_sanity_missing_header() { # <variable> <tree>
	local -n _missing=$1
	local _piece _value
	local -a _pieces=(Makefile include/generated/autoconf.h
		include/generated/utsrelease.h include/config/auto.conf
		Module.symvers)
	for _piece in "${_pieces[@]}"; do
		_missing=$_piece
		[[ -f $2/$_piece && -r $2/$_piece ]] || return 0
	done
	if _kp_sanity_included_makefile _missing "$2/Makefile"; then
		[[ -r $_missing ]] || return 0
	fi
	_pieces=(scripts/mod/modpost)
	for _piece in OBJTOOL STACK_VALIDATION; do # the old name until 5.18
		_kp_sanity_config _value "$_piece"
		[[ $_value == y ]] || continue
		_pieces+=(tools/objtool/objtool)
		break
	done
	for _piece in "${_pieces[@]}"; do
		_missing=$_piece
		[[ -f $2/$_piece && -x $2/$_piece ]] || return 0
	done
	_missing=
	return 1
}

# How to complete a tree that lacks a piece.
_kp_sanity_mend_headers() { # <variable> <tree> <missing piece>
	local -n _mend=$1
	local _manager _package
	if ! kp_sanity_is_packaged; then
		_mend="make -C $2 modules_prepare"
		[[ $3 != Module.symvers ]] || _mend="make -C $2" # all of it
		return 0
	fi
	_kp_sanity_distro _manager
	_kp_sanity_kernel_package _package "$_manager" headers
	case $_manager:$3 in
	apt:/*) # the half that the Makefile includes is a package of its own
		_package=${3%/*}
		_package=${_package##*/}
		;;
	apt:scripts/* | apt:tools/*) # and so are the tools: .../linux-kbuild-6.1
		if [[ -L $2/${3%%/*} ]]; then
			_mend=$(readlink -- "$2/${3%%/*}") || _mend=
			[[ $_mend =~ (linux-kbuild-[0-9A-Za-z.+~-]+) ]] \
				&& _package=${BASH_REMATCH[1]}
		fi
		;;
	esac
	case $_manager in
	apt) _mend="apt-get install --reinstall $_package" ;;
	dnf) _mend="dnf reinstall $_package" ;;
	zypper) _mend="zypper install --force $_package" ;;
	pacman) _mend="pacman -S $_package" ;;
	*) _mend="apk fix $_package" ;;
	esac
}

# #define UTS_RELEASE "6.1.0-56-amd64"
# This is what a module built there says it is for; kernel.release of Debian's
# trees (6.1.192) is not.
_kp_sanity_tree_release() { # <variable> <tree>
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

# Prints the release that modules built in this tree are for; 1 if unknown.
kp_sanity_tree_release() { # <tree>
	local release
	_kp_sanity_tree_release release "$1" || return
	printf '%s\n' "$release"
}

# What is run of a header tree: as root, only what root can trust.
_kp_sanity_is_runnable() { # <tree>
	local path
	((EUID == 0)) || return 0
	for path in "$1" "$1/Makefile" "$1/scripts"; do
		[[ -e $path ]] || continue
		path=$(realpath -- "$path") && kp_trust_above "$path/." || return
	done
}

kp_sanity_gate_headers() {
	local kdir missing='' release command
	if ! _kp_sanity_kdir kdir; then
		_kp_sanity_headers_absent
		return
	elif [[ ! -d $kdir ]]; then
		_kp_sanity_fail "$kdir: no such directory" \
			'--kdir=DIR names the tree the kernel was built in'
		return
	elif _kp_sanity_missing_header missing "$kdir"; then
		_kp_sanity_mend_headers command "$kdir" "$missing"
		if [[ -e $kdir/$missing && $missing == */modpost ]]; then
			_kp_sanity_fail "$kdir: incomplete, $missing is not executable" \
				"$command"
			return
		fi
		_kp_sanity_fail "$kdir: incomplete, no $missing" "$command"
		return
	fi
	if ! _kp_sanity_is_runnable "$kdir"; then
		_kp_sanity_fail "$kdir: root would run what is in it, and not root alone can write to $KP_TRUST_BAD" \
			'run it as its owner (--build-only), or copy it as root: --kdir=COPY'
		return
	fi
	_kp_sanity_tree_release release "$kdir" || :
	if [[ $release != "$KP_RELEASE" ]]; then
		_kp_sanity_install command headers
		_kp_sanity_fail "$kdir: is for '$release', not $KP_RELEASE" \
			"$command" '--kdir=DIR names another tree'
	else
		_kp_sanity_ok "$kdir (complete)"
	fi
}

# The command that Kbuild will run. Debian's .kernelvariables is make's, so it
# is read, not sourced:
#	CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12
_kp_sanity_compiler() { # <variable>
	local -n _cc=$1
	local _tree _line _value
	_cc=gcc
	_kp_sanity_config _value CC_IS_CLANG
	[[ $_value != y ]] || _cc=clang
	_kp_sanity_kdir _tree && [[ -r $_tree/.kernelvariables ]] || return 0
	while IFS= read -r _line; do
		[[ $_line =~ ^(override[[:space:]]+)?CC[[:space:]]*:?=(.*)$ ]] || continue
		_line=${BASH_REMATCH[2]}
		_line=${_line%"${_line##*[![:space:]]}"}
		_line=${_line##*[[:space:]\)]}
		_line=${_line#-} # what is left of $(DEB_HOST_GNU_TYPE)-gcc-16
		# Nothing but a compiler's name, for it is going to be run.
		[[ $_line =~ ^([a-z0-9_]+-)*(gcc|clang)(-[0-9]+)?$ ]] && _cc=$_line
	done <"$_tree/.kernelvariables"
}

# Prints the command that Kbuild will run for KP_RELEASE's headers.
kp_sanity_compiler() {
	local compiler
	_kp_sanity_compiler compiler
	printf '%s\n' "$compiler"
}

# The major version of the compiler that built the kernel; empty if unknown.
_kp_sanity_built_by() { # <variable> <GCC|CLANG>
	local -n _major=$1
	local _value
	_major=
	_kp_sanity_config _value "$2_VERSION"
	if [[ $_value =~ ^[1-9][0-9]{4,6}$ ]]; then
		_major=$((_value / 10000))
		return 0
	fi
	_kp_sanity_config _value CC_VERSION_TEXT
	if [[ $_value =~ [[:space:]]([0-9]+)\.[0-9]+(\.[0-9]+)? ]]; then
		_major=${BASH_REMATCH[1]}
	fi
}

kp_sanity_gate_compiler() {
	local kind=GCC built version command path
	_kp_sanity_compiler KP_SANITY_CC
	_kp_sanity_install command compiler
	if ! _kp_sanity_which path "$KP_SANITY_CC"; then
		_kp_sanity_fail "$KP_SANITY_CC: not found" "$command"
		return
	fi
	if [[ $KP_SANITY_CC == *clang* ]]; then
		kind=CLANG
		version=$("$path" -dumpversion 2>/dev/null) || version=
	else
		version=$("$path" -dumpfullversion -dumpversion 2>/dev/null) || version=
	fi
	_kp_sanity_built_by built "$kind"
	if [[ ! $version =~ ^[0-9]+(\.[0-9]+)*$ ]]; then
		_kp_sanity_fail "$KP_SANITY_CC: does not tell its version" "$command"
	elif [[ -z $built ]]; then
		_kp_sanity_ok "$KP_SANITY_CC $version"
	elif [[ ${version%%.*} == "$built" ]]; then
		_kp_sanity_ok "$KP_SANITY_CC $version, as for the kernel"
	else
		_kp_sanity_warn \
			"$KP_SANITY_CC $version: the kernel was built by version $built" \
			"if it fails to build: --emit=DIR, and make CC=... in there"
	fi
}

# From 6.12 on header packages bring a vmlinux with BTF, and Kbuild then wants
# pahole for every module; without that vmlinux it skips BTF.
kp_sanity_gate_pahole() {
	local kdir value path command
	_kp_sanity_config value DEBUG_INFO_BTF_MODULES
	if ! _kp_sanity_kdir kdir || [[ $value != y || ! -e $kdir/vmlinux ]]; then
		_kp_sanity_ok 'not needed for these headers'
	elif _kp_sanity_which path pahole; then
		_kp_sanity_ok "$path"
	else
		_kp_sanity_install command pahole
		_kp_sanity_fail "pahole: not found, and $kdir/vmlinux asks for it" \
			"$command"
	fi
}

# objtool of 7.2 opens /proc/self/maps; a bare chroot has none.
kp_sanity_gate_proc() {
	if _kp_sanity_is_empty_dir "$KP_PROC"; then
		_kp_sanity_fail "$KP_PROC: not mounted" "mount -t proc proc $KP_PROC"
	else
		_kp_sanity_ok "$KP_PROC is mounted"
	fi
}

# Is the work directory to be trusted, or what will be above it?
_kp_sanity_is_trusted() { # <work directory, or the nearest above it>
	local path
	if [[ $1 -ef $KP_WORKDIR ]]; then
		kp_trust_path path "$1" && kp_trust_has "$path"
	else
		kp_trust_path path "$1/." && kp_trust_above "$path"
	fi
}

# Room, rights, and trust.sh's word that nobody else can write to it.
kp_sanity_gate_workdir() {
	local dir=$KP_WORKDIR stat command
	local another='KP_WORKDIR=DIR names another place'
	local -i avail size inodes free kib
	if [[ -z $dir ]]; then
		_kp_sanity_fail 'KP_WORKDIR: is empty' "$another"
		return
	fi
	[[ $dir == /* ]] || dir=./$dir
	while [[ ! -e $dir && ! -L $dir && $dir == */* ]]; do
		dir=${dir%/*} # the nearest that exists: there we make it
	done
	[[ -n $dir ]] || dir=/
	if [[ ! -d $dir ]]; then
		_kp_sanity_fail "$dir: is not a directory" "$another"
		return
	elif [[ ! -w $dir || ! -x $dir ]]; then
		if ((EUID == 0)); then # nothing else stops root
			_kp_sanity_fail "$dir: read-only file system" "$another"
		else
			_kp_sanity_fail "$dir: uid $EUID may not write there" "$another"
		fi
		return
	elif ! _kp_sanity_is_trusted "$dir"; then
		command=$(kp_trust_mend)
		_kp_sanity_fail "$KP_WORKDIR: $KP_TRUST_WHY" "${command:-$another}" \
			"${command:+$another}"
		return
	fi
	stat=$(stat -f -c '%a %S %c %d' -- "$dir" 2>/dev/null) || stat=
	if [[ ! $stat =~ ^([0-9]+)\ ([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]]; then
		_kp_sanity_warn "$dir: how much room there is, is unknown"
		return
	fi
	avail=${BASH_REMATCH[1]} size=${BASH_REMATCH[2]}
	inodes=${BASH_REMATCH[3]} free=${BASH_REMATCH[4]}
	kib=$((avail * (size / 256) / 4))
	if ((kib < _KP_SANITY_ROOM_KIB)); then
		_kp_sanity_fail \
			"$dir: full, $kib KiB free of $_KP_SANITY_ROOM_KIB needed" \
			'free some room there' "$another"
	elif ((inodes > 0 && free < 100)); then # btrfs counts none
		_kp_sanity_fail "$dir: full, $free inodes free of 100 needed" \
			'remove some files there' "$another"
	else
		_kp_sanity_ok "$dir ($((kib / 1024)) MiB free)"
	fi
}

# ----------------------------------------------------- gates: can we rehearse

kp_sanity_gate_emulator() {
	local arch=$HOSTTYPE
	[[ $arch != i?86 ]] || arch=i386
	_kp_sanity_gate_command "qemu-system-$arch" qemu
}

# The initramfs holds nothing but busybox, so it must not need libraries. A
# dynamic program names its loader near its start: /lib64/ld-linux-x86-64.so.2
kp_sanity_gate_busybox() {
	local path command
	local -a strings=()
	_kp_sanity_gate_command busybox busybox || return
	path=$KP_SANITY_DETAIL
	mapfile -t -d '' -n 400 strings <"$path"
	[[ " ${strings[*]} " == */lib*/ld-* ]] || return 0
	_kp_sanity_install command busybox
	_kp_sanity_fail "$path: is not static" "$command"
}

kp_sanity_gate_image() {
	local file command
	for file in "$KP_BOOT/vmlinuz-$KP_RELEASE" \
		"$KP_LIB_MODULES/$KP_RELEASE/vmlinuz"; do
		[[ -f $file ]] || continue
		[[ -r $file ]] && _kp_sanity_ok "$file" && return
		_kp_sanity_fail "$file: uid $EUID may not read it" "chmod a+r $file"
		return
	done
	if kp_sanity_is_packaged; then
		_kp_sanity_install command image
	else
		_kp_sanity_install command kernel
	fi
	_kp_sanity_fail "$KP_RELEASE: no vmlinuz in $KP_BOOT" "$command" \
		'--kver=RELEASE names an installed kernel'
}

# --------------------------------------------------------- gates: good to know

kp_sanity_gate_btf() {
	[[ -e $KP_SYS/kernel/btf/vmlinux ]] \
		&& _kp_sanity_ok "$KP_SYS/kernel/btf/vmlinux" && return
	_kp_sanity_warn 'none: arguments have no names and types'
}

kp_sanity_gate_ftrace() {
	local value
	_kp_sanity_config value FUNCTION_TRACER
	if [[ $value == y || -e $KP_PROC/sys/kernel/ftrace_enabled ]]; then
		_kp_sanity_ok 'function entries are traceable'
	else
		_kp_sanity_warn 'none: probes are breakpoints, which cost more'
	fi
}

kp_sanity_gate_tracefs() {
	local dir
	for dir in "$KP_TRACEFS" "$KP_DEBUGFS/tracing"; do
		[[ -e $dir/kprobe_events ]] && _kp_sanity_ok "$dir" && return
		[[ -e $dir/trace ]] || continue
		_kp_sanity_warn "$dir: has no kprobe_events"
		return
	done
	if ! _kp_sanity_has_filesystem tracefs; then
		_kp_sanity_warn 'none in this kernel'
	else
		_kp_sanity_warn 'not mounted' "mount -t tracefs none $KP_TRACEFS"
	fi
}

kp_sanity_gate_debugfs() {
	if ! _kp_sanity_has_filesystem debugfs; then
		_kp_sanity_warn 'none in this kernel'
	elif [[ -d $KP_DEBUGFS && ! -x $KP_DEBUGFS ]]; then
		_kp_sanity_ok "$KP_DEBUGFS, for root"
	elif _kp_sanity_is_empty_dir "$KP_DEBUGFS"; then
		_kp_sanity_warn 'not mounted' "mount -t debugfs none $KP_DEBUGFS"
	else
		_kp_sanity_ok "$KP_DEBUGFS"
	fi
}

kp_sanity_gate_optimization() {
	local file=$KP_PROC/sys/debug/kprobes-optimization value
	if ! _kp_sanity_read value "$file"; then
		_kp_sanity_warn 'none: probes inside of functions are breakpoints'
	elif [[ $value == 0 ]]; then
		_kp_sanity_warn 'off: probes inside of functions are breakpoints' \
			"echo 1 > $file"
	else
		_kp_sanity_ok 'on'
	fi
}

kp_sanity_gate_qemu() {
	kp_sanity_gate_emulator && return
	_kp_sanity_warn "$KP_SANITY_DETAIL, so no --rehearse" "$KP_SANITY_REMEDY"
}

# ----------------------------------------------------------- running the gates

# Runs one gate and leaves its three lines fit for a terminal.
_kp_sanity_run() { # <gate>
	local -i status=0
	if ! declare -F "kp_sanity_gate_$1" >/dev/null; then
		_kp_sanity_fail 'no such check' || status=$?
	else
		"kp_sanity_gate_$1" || status=$?
	fi
	local -n _text
	for _text in KP_SANITY_DETAIL KP_SANITY_REMEDY KP_SANITY_INSTEAD; do
		if [[ $_text == *[!\ -~]* ]]; then
			_text=$(kp_printable "$_text" 400)
		fi
	done
	return "$status"
}

# All of them are run: silent when fine. 11 if any failed: an error for each,
# with its remedy, and where it is the only one with the other way out too.
# Where none failed, a warning where going on is risky.
kp_sanity_require() { # <gate>...
	local gate what
	local -i status i
	local -a failed=() warned=()
	for gate in "$@"; do
		status=0
		_kp_sanity_run "$gate" || status=$?
		what=${_KP_SANITY_WHAT[$gate]:-$gate}
		# "headers 6.1.0: none", but not "make make: not found"
		if [[ $KP_SANITY_DETAIL == "$what"[:\ ]* ]]; then
			what=
		elif [[ $KP_SANITY_DETAIL == *:* ]]; then
			what+=' '
		else
			what+=': '
		fi
		if ((status == 1)); then
			failed+=("$what$KP_SANITY_DETAIL" "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD")
		elif ((status == 2)) \
			&& _kp_sanity_has "$gate" "${_KP_SANITY_RISKY[@]}"; then
			warned+=("$what$KP_SANITY_DETAIL" "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD")
		fi
	done
	if ((${#failed[@]} == 0)); then
		for ((i = 0; i < ${#warned[@]}; i += 3)); do
			kp_warn "${warned[i]}"
			_kp_sanity_hints "${warned[@]:i+1:2}"
		done
		return "$KP_EX_OK"
	fi
	for ((i = 0; i < ${#failed[@]}; i += 3)); do
		kp_err "${failed[i]}"
		if ((${#failed[@]} == 3)); then
			_kp_sanity_hints "${failed[@]:i+1:2}"
		else
			_kp_sanity_hints "${failed[i + 1]}"
		fi
	done
	return "$KP_EX_MACHINE"
}

_kp_sanity_hints() { # <hint>...
	local hint
	for hint in "$@"; do
		[[ -z $hint ]] || kp_hint "$hint"
	done
}

# Prints a text in lines of 80 columns, the second and later ones indented;
# a word that is longer than a line (a path) is left whole.
_kp_sanity_fold() { # <columns used> <indent> <text>
	local word line='' indent
	local -i room=$((80 - $1))
	printf -v indent '%*s' "$2" ''
	set -- "$3 "
	while [[ -n $1 ]]; do
		word=${1%% *}
		if [[ -n $line ]] && ((${#line} + 1 + ${#word} > room)); then
			printf '%s\n%s' "$line" "$indent"
			room=$((80 - ${#indent}))
			line=$word
		else
			line+="${line:+ }$word"
		fi
		set -- "${1#* }"
	done
	printf '%s\n' "$line"
}

# One line of the table:
#	ok    headers         /lib/modules/6.1.0-56-amd64/build (complete)
_kp_sanity_row() { # <word> <gate>
	local colour='' plain='' line
	if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
		plain=$'\e[0m'
		case $1 in
		ok) colour=$'\e[32m' ;;
		warn) colour=$'\e[33m' ;;
		FAIL) colour=$'\e[1;31m' ;;
		*) plain= ;;
		esac
	fi
	printf '%s%-4s%s  %-14s  ' "$colour" "$1" "$plain" "$2"
	_kp_sanity_fold 22 22 "$KP_SANITY_DETAIL"
	[[ $1 != ok ]] || return 0
	for line in "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD"; do
		[[ -z $line ]] || printf '      -> %s\n' "$line" # whole, to be copied
	done
}

# The table of --check on stdout; 11 if any gate failed. Without arguments all
# gates; what only a rehearsal needs is then information.
# shellcheck disable=SC2120 # no gates means all of them
kp_sanity_report() { # [gate...]
	local gate word
	local -a gates=("$@") rehearsal=()
	local -A count=([ok]=0 [FAIL]=0 [warn]=0 [info]=0)
	local -i status
	if ((${#gates[@]} == 0)); then
		rehearsal=(busybox image) # its emulator is in the last list as qemu
		gates=("${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}"
			"${rehearsal[@]}" "${KP_SANITY_INFO[@]}")
	fi
	for gate in "${gates[@]}"; do
		status=0
		_kp_sanity_run "$gate" || status=$?
		word=ok
		if ((status != 0)) && _kp_sanity_has "$gate" "${rehearsal[@]}" \
			"${KP_SANITY_INFO[@]}"; then
			word=info
		elif ((status == 1)); then
			word=FAIL
		elif ((status == 2)); then
			word=warn
		fi
		((count[$word] += 1))
		_kp_sanity_row "$word" "$gate"
	done
	printf '%d checks: %d ok, %d failed, %d warnings, %d for information\n' \
		"${#gates[@]}" "${count[ok]}" "${count[FAIL]}" "${count[warn]}" \
		"${count[info]}"
	if ((count[FAIL])); then
		kp_log_tell # by its row
		return "$KP_EX_MACHINE"
	fi
}
