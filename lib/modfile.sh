# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# modfile.sh - the module that holds the function (--mod), by its file or its name.
# Needs log.sh paths.sh.
[[ -n ${_KP_MODFILE_SOURCED:-} ]] && return 0
_KP_MODFILE_SOURCED=1

# kp_modfile_find() { # <path or name> <release> <assoc>
# What --mod names: [name], [path] (empty where it is only a loaded name),
# [loaded] 0 or 1, [depends]. Status 2 for what is not a module, 10 for one of
# another kernel.
kp_modfile_find() {
	local _path=''
	local -n _file=$3
	_file=([name]='' [path]='' [loaded]=0 [depends]='')
	if [[ $1 == */* || $1 == *.ko || $1 == *.ko.* ]]; then
		_kp_modfile_by_path "$1" || return
	elif [[ $1 =~ ^[A-Za-z0-9_-]+$ ]]; then
		if [[ -d $KP_SYSMODULE/${1//-/_} ]]; then
			_file[name]=${1//-/_} _file[loaded]=1
			return 0
		fi
		_kp_modfile_by_name "$1" "$2" || return
	else
		kp_err "module $(kp_printable "$1"): neither a path nor a module's name"
		return "$KP_EX_USAGE"
	fi
	_kp_modfile_read "$2"
}

# _kp_modfile_by_path() { # <path>: sets _path, real
_kp_modfile_by_path() {
	if [[ ! -e $1 ]]; then
		kp_err "module $(kp_printable "$1"): no such file"
		return "$KP_EX_USAGE"
	fi
	if [[ ! -f $1 || ! -r $1 ]]; then
		kp_err "module $(kp_printable "$1"): not a readable file"
		return "$KP_EX_USAGE"
	fi
	if ! _path=$(realpath -- "$1"); then
		kp_err "module $(kp_printable "$1"): where its links lead is not known"
		return "$KP_EX_USAGE"
	fi
	if [[ $_path == *[!\ -~]* || $_path == *[\;\`\"\'\$\\]* ]]; then
		kp_err "module $(kp_printable "$_path"): its path holds characters we do not hand on"
		return "$KP_EX_USAGE"
	fi
}

# _kp_modfile_by_name() { # <name> <release>: sets _path
_kp_modfile_by_name() {
	if ! _path=$(modinfo -k "$2" -n -- "$1" 2>/dev/null); then
		kp_err "module $(kp_printable "$1"): neither loaded nor in /lib/modules/$2"
		kp_hint "give its file: --mod=PATH.ko"
		return "$KP_EX_TARGET"
	fi
	if [[ $_path == '(builtin)' ]]; then
		kp_err "module $1: built into this kernel"
		kp_hint "leave --mod away"
		return "$KP_EX_USAGE"
	fi
}

# _kp_modfile_read() { # <release>: fills _file from what _path is
_kp_modfile_read() {
	local name magic
	if ! name=$(modinfo -F name "$_path" 2>/dev/null) \
		|| ! magic=$(modinfo -F vermagic "$_path" 2>/dev/null) \
		|| [[ -z $magic ]]; then
		kp_err "module $(kp_printable "$_path"): not a kernel module"
		return "$KP_EX_USAGE"
	fi
	# Modules before 4.17 do not tell their name; their file does.
	if [[ ! $name =~ ^[A-Za-z0-9_]+$ ]]; then
		name=${_path##*/} name=${name%%.ko*} name=${name//-/_}
	fi
	_file[name]=$name _file[path]=$_path
	_file[depends]=$(modinfo -F depends "$_path" 2>/dev/null) || :
	if [[ -d $KP_SYSMODULE/$name ]]; then
		_file[loaded]=1
		return 0
	fi
	if [[ ${magic%% *} != "$1" ]]; then
		kp_err "module $(kp_printable "$_path"): built for kernel ${magic%% *}, not $1"
		kp_hint "build it for this kernel, or name the kernel: --kver=${magic%% *} --rehearse"
		return "$KP_EX_TARGET"
	fi
}
