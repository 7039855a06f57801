# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity/build.sh - gates: can we build one? Needs what sanity.sh needs.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_BUILD_SOURCED:-} ]] && return 0
_KP_SANITY_BUILD_SOURCED=1

# A build of one module leaves about 1 MiB; a build per shape stays cached.
_KP_SANITY_ROOM_KIB=8192

_kp_sanity_gate_command() { # <command> <thing>
	local path command
	_kp_sanity_which path "$1" && _kp_sanity_ok "$path" && return
	kp_distro_install command "$2"
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
	kp_distro_install command headers
	remedy=$command
	if [[ $KP_RELEASE =~ $KP_KERNEL_RELEASE_RE ]] \
		&& ! kp_distro_is_packaged; then
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
		kp_kernel_config _value "$_piece"
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
	if ! kp_distro_is_packaged; then
		_mend="make -C $2 modules_prepare"
		[[ $3 != Module.symvers ]] || _mend="make -C $2" # all of it
		return 0
	fi
	kp_distro_find _manager
	kp_distro_kernel_package _package "$_manager" headers
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
	if ! kp_kernel_kdir kdir; then
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
	kp_kernel_tree_release release "$kdir" || :
	if [[ $release != "$KP_RELEASE" ]]; then
		kp_distro_install command headers
		_kp_sanity_fail "$kdir: is for '$release', not $KP_RELEASE" \
			"$command" '--kdir=DIR names another tree'
	else
		_kp_sanity_ok "$kdir (complete)"
	fi
}

kp_sanity_gate_compiler() {
	local kind=GCC built version command path
	kp_kernel_compiler KP_KERNEL_CC
	kp_distro_install command compiler
	if ! _kp_sanity_which path "$KP_KERNEL_CC"; then
		_kp_sanity_fail "$KP_KERNEL_CC: not found" "$command"
		return
	fi
	if [[ $KP_KERNEL_CC == *clang* ]]; then
		kind=CLANG
		version=$("$path" -dumpversion 2>/dev/null) || version=
	else
		version=$("$path" -dumpfullversion -dumpversion 2>/dev/null) || version=
	fi
	kp_kernel_built_by built "$kind"
	if [[ ! $version =~ ^[0-9]+(\.[0-9]+)*$ ]]; then
		_kp_sanity_fail "$KP_KERNEL_CC: does not tell its version" "$command"
	elif [[ -z $built ]]; then
		_kp_sanity_ok "$KP_KERNEL_CC $version"
	elif [[ ${version%%.*} == "$built" ]]; then
		_kp_sanity_ok "$KP_KERNEL_CC $version, as for the kernel"
	else
		_kp_sanity_warn \
			"$KP_KERNEL_CC $version: the kernel was built by version $built" \
			"if it fails to build: --emit=DIR, and make CC=... in there"
	fi
}

# From 6.12 on header packages bring a vmlinux with BTF, and Kbuild then wants
# pahole for every module; without that vmlinux it skips BTF.
kp_sanity_gate_pahole() {
	local kdir value path command
	kp_kernel_config value DEBUG_INFO_BTF_MODULES
	if ! kp_kernel_kdir kdir || [[ $value != y || ! -e $kdir/vmlinux ]]; then
		_kp_sanity_ok 'not needed for these headers'
	elif _kp_sanity_which path pahole; then
		_kp_sanity_ok "$path"
	else
		kp_distro_install command pahole
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
	local dir=$KP_WORKDIR command
	local another='KP_WORKDIR=DIR names another place'
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
	_kp_sanity_room "$dir" "$another"
}

# _kp_sanity_room() { # <directory> <other way out>: what is free in there
_kp_sanity_room() {
	local dir=$1 stat
	local -i avail size inodes free kib
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
			'free some room there' "$2"
	elif ((inodes > 0 && free < 100)); then # btrfs counts none
		_kp_sanity_fail "$dir: full, $free inodes free of 100 needed" \
			'remove some files there' "$2"
	else
		_kp_sanity_ok "$dir ($((kib / 1024)) MiB free)"
	fi
}
