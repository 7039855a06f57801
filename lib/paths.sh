# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# paths.sh - every path of the kernel and the distribution that we read or
# write. Tests point KP_SYSROOT at a fixture tree. Needs nothing.
[[ -n ${_KP_PATHS_SOURCED:-} ]] && return 0
_KP_PATHS_SOURCED=1

KP_SYSROOT=${KP_SYSROOT:-}

KP_PROC=$KP_SYSROOT/proc
KP_SYS=$KP_SYSROOT/sys
KP_BOOT=$KP_SYSROOT/boot
KP_LIB_MODULES=$KP_SYSROOT/lib/modules
KP_ETC=$KP_SYSROOT/etc
KP_DEV=$KP_SYSROOT/dev

KP_KALLSYMS=$KP_PROC/kallsyms
KP_SYSMODULE=$KP_SYS/module
KP_DEBUGFS=$KP_SYS/kernel/debug
KP_TRACEFS=$KP_SYS/kernel/tracing
KP_KPROBES=$KP_DEBUGFS/kprobes # enabled, list, blacklist: root only

# The release of the running kernel; a fixture tree brings its own.
# kp_paths_release() { # prints it
kp_paths_release() {
	local _release
	if IFS= read -r _release <"$KP_PROC/sys/kernel/osrelease"; then
		printf '%s\n' "$_release"
	else
		uname -r
	fi
}

# Paths that Kbuild builds in; tried: a blank, comma, colon, quote, # % or $
# breaks it.
# shellcheck disable=SC2034 # for who is given one
readonly KP_PATHS_MAKE='^[A-Za-z0-9_./+=@~-]+$'

# The first line of a file, without a fork; fails if there is none.
kp_paths_read() { # <variable> <file>
	local -n _line=$1
	_line=
	[[ -r $2 && ! -d $2 ]] || return 1
	{ IFS= read -r _line <"$2"; } 2>/dev/null || [[ -n $_line ]]
}
