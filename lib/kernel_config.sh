# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel_config.sh - how the kernel that is probed was configured. Needs kernel.sh.
[[ -n ${_KP_KERNEL_CONFIG_SOURCED:-} ]] && return 0
_KP_KERNEL_CONFIG_SOURCED=1

# Read from the configuration in one go; any other option costs a grep.
declare -ga _KP_KERNEL_OPTIONS=(MODULES KPROBES MODULE_SIG MODULE_SIG_FORCE
	SECURITY_LOCKDOWN_LSM LOCK_DOWN_KERNEL_FORCE_INTEGRITY
	LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY CC_IS_CLANG CC_VERSION_TEXT
	GCC_VERSION CLANG_VERSION OBJTOOL STACK_VALIDATION DEBUG_INFO_BTF
	DEBUG_INFO_BTF_MODULES FUNCTION_TRACER DEBUG_FS)
declare -gA _KP_KERNEL_CONFIG=() # option -> value; empty: not mentioned
_KP_KERNEL_CONFIG_KEY=           # what the cache was read for
KP_KERNEL_CONFIG_FILE=           # and from

# The configuration of KP_RELEASE: the first that exists.
_kp_kernel_config_find() { # sets KP_KERNEL_CONFIG_FILE
	local file kdir
	local -a files=()
	KP_KERNEL_CONFIG_FILE=
	if [[ $KP_RELEASE =~ $KP_KERNEL_RELEASE_RE ]]; then
		files+=("$KP_BOOT/config-$KP_RELEASE"
			"$KP_LIB_MODULES/$KP_RELEASE/config")
		# /proc knows the running kernel only.
		if kp_kernel_is_running; then
			files+=("$KP_PROC/config.gz")
		fi
	fi
	if kp_kernel_kdir kdir; then
		files+=("$kdir/.config")
	fi
	for file in "${files[@]}"; do
		if [[ -r $file && -s $file || -r $file && $file == *.gz ]]; then
			KP_KERNEL_CONFIG_FILE=$file
			return 0
		fi
	done
	return 1
}

# Lines look like
#	CONFIG_KPROBES=y
#	# CONFIG_KPROBES is not set
#	CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
_kp_kernel_config_parse() { # <text>
	local line name
	while [[ -n $1 ]]; do
		line=${1%%$'\n'*}
		name=${line#'# '}
		name=${name#CONFIG_}
		case $line in
		'# CONFIG_'*' is not set')
			_KP_KERNEL_CONFIG[${name%' is not set'}]=n
			;;
		CONFIG_*=*)
			name=${name%%=*}
			line=${line#*=}
			line=${line#\"}
			_KP_KERNEL_CONFIG[$name]=${line%\"}
			;;
		esac
		[[ $1 == *$'\n'* ]] || break
		set -- "${1#*$'\n'}"
	done
}

_kp_kernel_config_read() { # <option>...: one grep for all of them
	local option names text
	for option in "$@"; do
		_KP_KERNEL_CONFIG[$option]=
		names+="${names:+|}$option"
	done
	[[ -n $KP_KERNEL_CONFIG_FILE ]] || return 0
	names="^(# )?CONFIG_($names)[= ]"
	if [[ $KP_KERNEL_CONFIG_FILE == *.gz ]]; then
		text=$(gzip -dc -- "$KP_KERNEL_CONFIG_FILE" 2>/dev/null \
			| grep -E -- "$names") || :
	else
		text=$(grep -E -- "$names" "$KP_KERNEL_CONFIG_FILE" 2>/dev/null) || :
	fi
	_kp_kernel_config_parse "$text"
}

# Reads the options of interest once a release and header tree.
kp_kernel_config_load() {
	local key=$KP_SYSROOT:$KP_RELEASE:$KP_KDIR
	[[ $key == "$_KP_KERNEL_CONFIG_KEY" ]] && return 0
	_KP_KERNEL_CONFIG_KEY=$key
	_KP_KERNEL_CONFIG=()
	_kp_kernel_config_find || :
	_kp_kernel_config_read "${_KP_KERNEL_OPTIONS[@]}"
}

# y, m, n, the value of an option that is none of these, or nothing if no
# configuration is at hand or it does not mention the option.
kp_kernel_config() { # <variable> <option>, with or without CONFIG_
	local _option=${2#CONFIG_}
	printf -v "$1" ''
	[[ $_option =~ ^[A-Za-z0-9_]+$ ]] || return 1
	kp_kernel_config_load
	if [[ -z ${_KP_KERNEL_CONFIG[$_option]+known} ]]; then
		_kp_kernel_config_read "$_option"
	fi
	printf -v "$1" '%s' "${_KP_KERNEL_CONFIG[$_option]}"
}

# The major version of the compiler that built the kernel; empty if unknown.
kp_kernel_built_by() { # <variable> <GCC|CLANG>
	local -n _major=$1
	local _value
	_major=
	kp_kernel_config _value "$2_VERSION"
	if [[ $_value =~ ^[1-9][0-9]{4,6}$ ]]; then
		_major=$((_value / 10000))
		return 0
	fi
	kp_kernel_config _value CC_VERSION_TEXT
	if [[ $_value =~ [[:space:]]([0-9]+)\.[0-9]+(\.[0-9]+)? ]]; then
		_major=${BASH_REMATCH[1]}
	fi
}
