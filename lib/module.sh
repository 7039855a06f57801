# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# module.sh - load, unload and list probe modules. The only file that runs
# insmod, modprobe and rmmod. Needs log.sh paths.sh.
[[ -n ${_KP_MODULE_SOURCED:-} ]] && return 0
_KP_MODULE_SOURCED=1

# kp_module_is_ours() { # <name>: a loaded module that kp_load made
kp_module_is_ours() {
	local version
	[[ -r $KP_SYSMODULE/$1/version ]] || return
	IFS= read -r version <"$KP_SYSMODULE/$1/version" || return
	[[ $version == 'kp_load '* ]]
}

# kp_module_names() { # prints the names of our loaded modules, a line each
kp_module_names() {
	local dir
	for dir in "$KP_SYSMODULE"/kp_*/; do
		dir=${dir%/}
		if kp_module_is_ours "${dir##*/}"; then
			printf '%s\n' "${dir##*/}"
		fi
	done
}

# kp_module_param() { # <module> <parameter>: prints its value, or nothing
kp_module_param() {
	local value=
	[[ -r $KP_SYSMODULE/$1/parameters/$2 ]] || return 0
	IFS= read -r value <"$KP_SYSMODULE/$1/parameters/$2" || :
	printf '%s\n' "$value"
}

# Calls that a return probe can follow at a time: KRETPROBE_MAXACTIVE_MAX.
readonly KP_MODULE_MAXACTIVE=4096

# The user's log is never cleared: what is ours begins at a line of our own.

# kp_module_log_mark() { # <var>: writes a line to the kernel log, and notes it
# The kernel takes ten lines of user space in five seconds; so the time since
# boot is noted too, in seconds: "TIME TEXT".
kp_module_log_mark() {
	local _mark="kp_load[$$]: mark $RANDOM$RANDOM" _up=0
	read -r _up _ <"$KP_PROC/uptime" || :
	printf '%s\n' "$_mark" 2>/dev/null >"$KP_DEV/kmsg" || :
	printf -v "$1" '%s %s' "$_up" "$_mark"
}

# kp_module_log_since() { # <mark>: prints the kernel log's lines after it
# Lines are as dmesg prints them: [    1.234567] text
kp_module_log_since() {
	[[ -n $1 ]] || return 0
	dmesg 2>/dev/null | MARK=${1#* } SINCE=${1%% *} awk '
		index($0, ENVIRON["MARK"]) { on = 1; next }
		on { print; next }
		match($0, /^\[ *[0-9.]+\]/) {
			t = substr($0, 2, RLENGTH - 2) + 0
			if (t >= ENVIRON["SINCE"] + 0.02)
				late[++n] = $0
		}
		END { if (!on) for (i = 1; i <= n; i++) print late[i] }'
}

# _kp_module_explain() { # <error text of insmod> <kernel log>
# The error in words, and what can be done, as two lines: cause, hint.
_kp_module_explain() {
	case "$1 $2" in
	*'Invalid module format'* | *'version magic'* | *'disagrees about version'*)
		printf '%s\n' "it was built for another kernel (Invalid module format)" \
			"install the headers of this very release: kp_load.sh --check"
		;;
	*'Key was rejected'*)
		printf '%s\n' "this kernel takes only signed modules (Key was rejected)" \
			"kp_load.sh --check says which setting demands it; --rehearse needs no key"
		;;
	*'Lockdown:'* | *'ockdown'*)
		printf '%s\n' "lockdown forbids unsigned modules" \
			"kp_load.sh --check; --rehearse works here all the same"
		;;
	*'Operation not permitted'*)
		printf '%s\n' "not permitted" \
			"it takes root with CAP_SYS_MODULE and kernel.modules_disabled=0: kp_load.sh --check"
		;;
	*'File exists'*)
		printf '%s\n' "a module of this name is loaded" \
			"kp_load.sh --list; kp_load.sh --unload=NAME"
		;;
	*'EILSEQ'* | *'invalid or incomplete multibyte'* | *'Invalid or incomplete multibyte'*)
		printf '%s\n' "the offset is not at the beginning of an instruction (EILSEQ)" \
			"$(_kp_module_instructions "$2")"
		;;
	*'cannot probe'*'ENOENT'* | *'Unknown symbol in module'*'cannot probe'*)
		printf '%s\n' "the kernel does not know this symbol (ENOENT)" \
			"grep it in /proc/kallsyms: it may be inlined, or in a module that is not loaded (--mod=PATH)"
		;;
	*'cannot probe'*'EINVAL'* | 'Invalid parameters'*'cannot probe'*)
		printf '%s\n' "the kernel refuses a probe there (EINVAL)" \
			"it is in the kernel's blacklist, in entry code, or in init text that is gone: kp_load.sh --check --probe=FUNC"
		;;
	*'cannot probe'*'EBUSY'* | *'resource busy'*'cannot probe'*)
		printf '%s\n' "the function is being live-patched (EBUSY)" \
			"probe without --verbose, which needs a post handler"
		;;
	*'Unknown symbol'*)
		printf '%s\n' "it needs a symbol that this kernel does not export" \
			"rebuild with the headers of this very release: kp_load.sh --check"
		;;
	*'Cannot allocate memory'*)
		printf '%s\n' "out of memory" "free some, and try again"
		;;
	*)
		printf '%s\n' "${1:-insmod failed}" "the kernel's own words, if any, are above; see dmesg"
		;;
	esac
}

# _kp_module_instructions() { # <kernel log>: where instructions begin, as a hint
# Our module tried:	kp_new: an instruction begins at vfs_read+0x5/0x2c0
_kp_module_instructions() {
	local line around='' place=': an instruction begins at [^ ]*([+]0x[0-9a-f]+)/'
	while IFS= read -r line; do
		[[ ! $line =~ $place ]] || around+=${around:+ and }${BASH_REMATCH[1]}
	done <<<"$1"
	if [[ -n $around ]]; then
		printf 'instructions begin at %s\n' "$around"
	else
		printf 'objdump -d shows where instructions begin; +0 is always one\n'
	fi
}

# kp_module_insert() { # <file.ko> <what> [parameter...]
# Loads it; on failure says why, with the kernel's own lines since our mark.
kp_module_insert() {
	local file=$1 what=$2 mark said log why
	shift 2
	kp_module_log_mark mark
	if said=$(insmod "$file" "$@" 2>&1); then
		return 0
	fi
	log=$(kp_module_log_since "$mark") || log=
	why=$(_kp_module_explain "${said##*: }" "$log")
	kp_err "module $what: ${why%%$'\n'*}"
	if [[ -n $log ]]; then
		printf '%s\n' "$log" | tail -n 6 | sed 's/^/  /' >&2
	fi
	kp_hint "${why#*$'\n'}"
	return "$KP_EX_LOAD"
}

declare -gA _KP_MODULE_STUCK=() # those that could not be removed, which was told

# kp_module_remove() { # <name> [tries]
# A probe that is being read or whose target is busy is tried again, bounded.
kp_module_remove() {
	local name=$1 tries=${2:-20} said hint='lsmod shows who uses it'
	! kp_module_is_ours "$name" \
		|| hint="it is planted still: kp_load.sh --unload=$name, once lsmod shows no user of it"
	# Whoever follows it is told to end.
	[[ ! -w $KP_SYSMODULE/$name/parameters/ending ]] \
		|| echo 1 >"$KP_SYSMODULE/$name/parameters/ending" || :
	while :; do
		[[ -d $KP_SYSMODULE/$name ]] || return 0
		if said=$(rmmod "$name" 2>&1); then
			[[ -z ${_KP_MODULE_STUCK[$name]:-} ]] || kp_note "removed $name at last"
			return 0
		fi
		(((tries -= 1) > 0)) || break
		sleep 0.1
	done
	[[ ! -w $KP_SYSMODULE/$name/parameters/ending ]] \
		|| echo 0 >"$KP_SYSMODULE/$name/parameters/ending" || :
	# The undo at the end tries again what failed before.
	[[ -z ${_KP_MODULE_STUCK[$name]:-} ]] || return "$KP_EX_LOAD"
	_KP_MODULE_STUCK[$name]=1
	kp_err "module $name: cannot be removed: ${said##*: }"
	kp_hint "$hint"
	return "$KP_EX_LOAD"
}

# kp_module_unplant() { # <name>: a probe, then what was loaded for it
# Quiet but for what cannot be removed; one that is gone is fine.
kp_module_unplant() {
	local brought status=0
	local -a mods
	local -i i
	brought=$(kp_module_param "$1" brought) || brought=
	kp_module_remove "$1" || return
	IFS=, read -ra mods <<<"$brought"
	for ((i = ${#mods[@]} - 1; i >= 0; i--)); do
		[[ ${mods[i]} =~ ^[A-Za-z0-9_]+$ ]] || continue
		kp_module_remove "${mods[i]}" || status=$KP_EX_LOAD
	done
	return "$status"
}

# kp_module_overrun() { # <name>: prints what to do about returns missed, or nothing
# Those that were missed because too many calls were on their way.
kp_module_overrun() {
	local missed max more event func
	missed=$(kp_module_param "$1" overrun)
	max=$(kp_module_param "$1" maxactive)
	[[ $missed =~ ^[1-9][0-9]*$ ]] || return 0
	if [[ ! $max =~ ^[1-9][0-9]{0,8}$ ]]; then # of several, each has its own
		printf '%s returns were missed, for want of instances: plant them with rN:NAME, N more than 256\n' "$missed"
		return 0
	fi
	printf '%s returns were missed, over %s calls at a time: ' "$missed" "$max"
	if ((max >= KP_MODULE_MAXACTIVE)); then
		printf 'more are not followed\n'
		return 0
	fi
	more=$((2 * max < KP_MODULE_MAXACTIVE ? 2 * max : KP_MODULE_MAXACTIVE))
	event=$(kp_module_param "$1" event)
	func=$(kp_module_param "$1" funcname)
	printf "plant it with --probe='r%d:%s %s'\n" "$more" "$event" "$func"
}

# kp_module_unload() { # <name>: a probe, then what was loaded for it
# Tells its last counts: as no hit counts any more, and not what the log says,
# where any user can have a line that looks like the module's.
kp_module_unload() {
	local name=$1 brought footer hint was status=0
	if [[ ! $name =~ ^[A-Za-z0-9_]+$ || ! -d $KP_SYSMODULE/$name ]]; then
		kp_err "probe $(kp_printable "$name"): not loaded"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	if ! kp_module_is_ours "$name"; then
		kp_err "module $name: not a probe of kp_load's"
		kp_hint "kp_load.sh --list shows what is; rmmod removes others"
		return "$KP_EX_LOAD"
	fi
	brought=$(kp_module_param "$name" brought)
	was=$(kp_module_param "$name" enabled)
	echo 0 2>/dev/null >"$KP_SYSMODULE/$name/parameters/enabled" || :
	footer=$(kp_module_param "$name" stats)
	hint=$(kp_module_overrun "$name")
	kp_module_unplant "$name" || status=$?
	if [[ -d $KP_SYSMODULE/$name ]]; then
		echo "$was" 2>/dev/null >"$KP_SYSMODULE/$name/parameters/enabled" || :
		return "$status"
	fi
	kp_note "removed $name${brought:+ and, loaded for it, $brought}: $footer"
	[[ -z $hint ]] || kp_hint "$hint"
	return "$status"
}

# kp_module_switch() { # <name> <0|1>: whether a planted probe sees its hits
kp_module_switch() {
	local switch=$KP_SYSMODULE/$1/parameters/enabled
	if [[ ! $1 =~ ^[A-Za-z0-9_]+$ ]] || ! kp_module_is_ours "$1"; then
		kp_err "probe $(kp_printable "$1"): not loaded"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	if ! echo "$2" 2>/dev/null >"$switch"; then
		kp_err "probe $1: cannot be switched"
		return "$KP_EX_LOAD"
	fi
	if (($2)); then
		kp_note "enabled $1"
	else
		kp_note "disabled $1: what is hit is not counted until --enable=$1"
	fi
}

# kp_module_list() { # a table of what is planted; status 0 also for none
kp_module_list() {
	local name format='%-24s %-32s %s\n'
	local -a names
	kp_module_names | mapfile -t names
	if ((${#names[@]} == 0)); then
		kp_note "no probes planted"
		return 0
	fi
	# shellcheck disable=SC2059 # the format is ours, used twice
	printf "$format" NAME PROBES COUNTS
	for name in "${names[@]}"; do
		# shellcheck disable=SC2059 # as above
		printf "$format" "$name" "$(kp_module_param "$name" funcname)" \
			"$(kp_module_param "$name" stats)"
	done
}

# kp_module_status() { # <name>: one probe, its parameters and counts
kp_module_status() {
	local name=$1 param value hint
	if [[ ! $name =~ ^[A-Za-z0-9_]+$ ]] || ! kp_module_is_ours "$name"; then
		kp_err "probe $(kp_printable "$name"): not planted"
		kp_hint "kp_load.sh --list shows what is"
		return "$KP_EX_LOAD"
	fi
	printf '%s\n' "$name"
	for param in funcname event brought verbose show_stack show_regs rate maxactive; do
		value=$(kp_module_param "$name" "$param")
		[[ -z $value ]] || printf '  %-11s %s\n' "$param" "$value"
	done
	sed 's/^/  /' -- "$KP_SYSMODULE/$name/parameters/stats" || :
	hint=$(kp_module_overrun "$name")
	[[ -z $hint ]] || kp_hint "$hint"
}

# The module that holds the function (--mod).

# kp_module_file() { # <path or name> <release> <assoc>
# What --mod names: [name], [path] (empty where it is only a loaded name),
# [loaded] 0 or 1, [depends]. Status 2 for what is not a module, 10 for one of
# another kernel.
kp_module_file() {
	local _arg=$1 _release=$2 _path _magic _name
	local -n _file=$3
	_file=([name]='' [path]='' [loaded]=0 [depends]='')
	if [[ $_arg == */* || $_arg == *.ko || $_arg == *.ko.* ]]; then
		_path=$_arg
		if [[ ! -e $_path ]]; then
			kp_err "module $(kp_printable "$_path"): no such file"
			return "$KP_EX_USAGE"
		fi
		if [[ ! -f $_path || ! -r $_path ]]; then
			kp_err "module $(kp_printable "$_path"): not a readable file"
			return "$KP_EX_USAGE"
		fi
		if ! _path=$(realpath -- "$_path"); then
			kp_err "module $(kp_printable "$_arg"): where its links lead is not known"
			return "$KP_EX_USAGE"
		fi
		if [[ $_path == *[!\ -~]* || $_path == *[\;\`\"\'\$\\]* ]]; then
			kp_err "module $(kp_printable "$_path"): its path holds characters we do not hand on"
			return "$KP_EX_USAGE"
		fi
	elif [[ $_arg =~ ^[A-Za-z0-9_-]+$ ]]; then
		if [[ -d $KP_SYSMODULE/${_arg//-/_} ]]; then
			_file[name]=${_arg//-/_} _file[loaded]=1
			return 0
		fi
		if ! _path=$(modinfo -k "$_release" -n -- "$_arg" 2>/dev/null); then
			kp_err "module $(kp_printable "$_arg"): neither loaded nor in /lib/modules/$_release"
			kp_hint "give its file: --mod=PATH.ko"
			return "$KP_EX_TARGET"
		fi
		if [[ $_path == '(builtin)' ]]; then
			kp_err "module $_arg: built into this kernel"
			kp_hint "leave --mod away"
			return "$KP_EX_USAGE"
		fi
	else
		kp_err "module $(kp_printable "$_arg"): neither a path nor a module's name"
		return "$KP_EX_USAGE"
	fi
	if ! _name=$(modinfo -F name "$_path" 2>/dev/null) \
		|| ! _magic=$(modinfo -F vermagic "$_path" 2>/dev/null) \
		|| [[ -z $_magic ]]; then
		kp_err "module $(kp_printable "$_path"): not a kernel module"
		return "$KP_EX_USAGE"
	fi
	# Modules before 4.17 do not tell their name; their file does.
	if [[ ! $_name =~ ^[A-Za-z0-9_]+$ ]]; then
		_name=${_path##*/} _name=${_name%%.ko*} _name=${_name//-/_}
	fi
	_file[name]=$_name _file[path]=$_path
	_file[depends]=$(modinfo -F depends "$_path" 2>/dev/null) || :
	if [[ -d $KP_SYSMODULE/$_name ]]; then
		_file[loaded]=1
		return 0
	fi
	if [[ ${_magic%% *} != "$_release" ]]; then
		kp_err "module $(kp_printable "$_path"): built for kernel ${_magic%% *}, not $_release"
		kp_hint "build it for this kernel, or name the kernel: --kver=${_magic%% *} --rehearse"
		return "$KP_EX_TARGET"
	fi
}

# kp_module_bring() { # <module...>: modprobe what is not loaded, of the target
# Adds the names it loaded to KP_MODULE_BROUGHT, in order.
KP_MODULE_BROUGHT=()
kp_module_bring() {
	local name said
	local -a before
	for name in "$@"; do
		name=${name//-/_}
		[[ -n $name && ! -d $KP_SYSMODULE/$name ]] || continue
		_kp_module_loaded | mapfile -t before
		if ! said=$(modprobe "$name" 2>&1); then
			kp_err "module $name: cannot be loaded: ${said##*: }"
			return "$KP_EX_LOAD"
		fi
		_kp_module_note_new "${before[@]}"
	done
}

# _kp_module_loaded() { # prints the names of all loaded modules, newest last
_kp_module_loaded() {
	[[ -r $KP_PROC/modules ]] || return 0
	tac -- "$KP_PROC/modules" | cut -d' ' -f1
}

# _kp_module_note_new() { # <name before>...
_kp_module_note_new() {
	local name
	local -A old=()
	local -a now
	for name in "$@"; do
		old[$name]=1
	done
	_kp_module_loaded | mapfile -t now
	for name in "${now[@]}"; do
		[[ -n ${old[$name]:-} ]] || KP_MODULE_BROUGHT+=("$name")
	done
	return 0
}

# kp_module_unbring() { # undo of kp_module_bring, last first
kp_module_unbring() {
	local -i i
	for ((i = ${#KP_MODULE_BROUGHT[@]} - 1; i >= 0; i--)); do
		kp_module_remove "${KP_MODULE_BROUGHT[i]}" || :
	done
	KP_MODULE_BROUGHT=()
}
