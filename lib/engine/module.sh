# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# engine/module.sh - plants by a kernel module of our own. The only file that
# runs insmod, modprobe and rmmod. Needs what plant.sh sources.
[[ -n ${_KP_ENGINE_MODULE_SOURCED:-} ]] && return 0
_KP_ENGINE_MODULE_SOURCED=1

# kp_module_plant: plants the probe under the first free name. With --mod of a module that
# is not loaded the probe comes first, so that the module's init is caught. The
# undo stays with us: it is forgotten by who lets the probe stay, or removed it.
kp_module_plant() {
	local base=$KP_NAME
	local -a armed=()
	local -i i=1
	while [[ -d $KP_SYSMODULE/$KP_NAME ]]; do
		if (((i += 1) >= 1000)); then
			kp_err "module $base: 999 of that name are planted"
			kp_hint "kp_load.sh --list shows them; kp_load.sh --unload=NAME"
			return "$KP_EX_LOAD"
		fi
		KP_NAME=${base}_$i
	done
	((i == 1)) || kp_note "$base is planted already; this one is $KP_NAME"
	kp_build || return
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]; then
		_kp_module_depends || return
	fi
	KP_MODULE_PARAMS=(dyndbg=+p)
	((!KP_OPT_FOLLOW)) || KP_MODULE_PARAMS=(${KP_OPT_BUFFER:+"ring_kb=$KP_OPT_BUFFER"} ${KP_OPT_BUDGET:+"budget=$KP_OPT_BUDGET"})
	KP_MODULE_PARAMS+=("${KP_PLAN_PARAMS[@]}")
	((${#KP_MODULE_TO_GO[@]} == 0)) || KP_MODULE_PARAMS+=("brought=$(kp_join "${KP_MODULE_TO_GO[@]}")")
	[[ ! -r $KP_KPROBES/list ]] || _kp_module_count_armed armed || return
	kp_module_insert "$KP_RUN/module.ko" "$KP_NAME on $(kp_join "${KP_REQUEST_TARGETS[@]}")" "${KP_MODULE_PARAMS[@]}" || return
	kp_cleanup_push kp_module_remove "$KP_NAME"
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]; then
		kp_module_insert "${KP_REQUEST_MODFILE[path]}" "${KP_REQUEST_MODFILE[name]}" || return
		kp_cleanup_push kp_module_remove "${KP_REQUEST_MODFILE[name]}"
	fi
	_kp_module_verify_armed "${armed[@]}"
}

# _kp_module_depends: what the target needs, before the probe; KP_MODULE_TO_GO is all that
# goes when the probe goes.
declare -a KP_MODULE_TO_GO=()
_kp_module_depends() {
	local -a depends
	IFS=, read -ra depends <<<"${KP_REQUEST_MODFILE[depends]}"
	kp_cleanup_push kp_module_unbring
	kp_module_bring "${depends[@]}" || return
	KP_MODULE_TO_GO=("${KP_MODULE_BROUGHT[@]}" "${KP_REQUEST_MODFILE[name]}")
}

# kp_module_listed_as: where the kernel's list of kprobes has this one: at an address, or
# its entry behind ENDBR; where that is not known, by its name.
kp_module_listed_as() {
	local at
	if [[ -z ${KP_REQUEST_TARGET[address]:-} ]]; then
		printf '%s+\n' "${KP_REQUEST_TARGET[symbol]}"
		return 0
	fi
	at=$((16#${KP_REQUEST_TARGET[address]} + ${KP_REQUEST_TARGET[offset]:-0}))
	printf '%016x/%016x\n' "$at" "$((at + 4))"
}

# _kp_module_count_armed <array>: for each probe, how many that list shows armed there.
#	ffffffff812f0a30  k  vfs_read+0x0    [FTRACE]
_kp_module_count_armed() {
	local -n _armed=$1
	printf '%s\n' "${KP_REQUEST_PLACES[@]}" | awk '
		FNR == NR { want[n++] = $1; next }
		/\[DISABLED\]|\[GONE\]/ { next }
		{
			for (i = 0; i < n; i++)
				if (want[i] ~ /\// ? index(want[i], $1) : index($3, want[i]) == 1)
					count[i]++
		}
		END { for (i = 0; i < n; i++) print count[i] + 0 }' - "$KP_KPROBES/list" \
		| mapfile -t _armed
}

# _kp_module_verify_armed <count before>...: since 6.14 register_kprobe() returns 0 although
# arming failed (kprobes.c, __register_kprobe()): only the kernel's list tells.
_kp_module_verify_armed() {
	local -a was=("$@") now=()
	local -i i
	if [[ ! -r $KP_KPROBES/list ]]; then
		kp_warn "probe $KP_NAME: whether it is armed cannot be seen, debugfs is not mounted"
		return 0
	fi
	# An init function is gone by now, and its probe with it: its hit is not.
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 && $(kp_planted_param "$KP_NAME" stats) != 'hits=0 '* ]]; then
		return 0
	fi
	_kp_module_count_armed now
	for ((i = 0; i < ${#KP_REQUEST_PLACES[@]}; i++)); do
		# register_ftrace_function() does say so.
		[[ $KP_ENGINE/${KP_FACTS_KIND[i]} != ftrace/p ]] || continue
		((now[i] <= was[i])) || continue
		kp_err "probe $KP_NAME: ${KP_REQUEST_TARGETS[i]} is registered, but the kernel's list does not show it armed"
		kp_hint "another user of ftrace may hold the function; try FUNC+OFFSET beyond its first instruction"
		return "$KP_EX_LOAD"
	done
}

# kp_module_check_traceable: can ftrace take this one? Only the running kernel knows.
kp_module_check_traceable() {
	((KP_OPT_FOLLOW)) && [[ ${KP_FACTS_KIND[KP_WHICH]} == p && -z $KP_REQUEST_UNTRACEABLE ]] || return 0
	if ((KP_REQUEST_TARGET[offset] || KP_REQUEST_TARGET[plant_offset] || KP_FACTS_KPROBE[KP_WHICH])); then
		KP_REQUEST_UNTRACEABLE="option --engine=ftrace: it probes the entry of a function, and has no %ip"
	elif kp_kernel_is_here && ! kp_symbols_is_traceable KP_REQUEST_TARGET; then
		KP_REQUEST_UNTRACEABLE="function ${KP_REQUEST_TARGET[symbol]}: ftrace cannot trace it"
	fi
}

# kp_module_choose_engine: ftrace for entries that can be traced, all of them, where
# events go to the ring.
kp_module_choose_engine() {
	((KP_OPT_FOLLOW)) && [[ " ${KP_FACTS_KIND[*]} " == *' p '* ]] || return 0
	if [[ $KP_OPT_ENGINE == ftrace && -n $KP_REQUEST_UNTRACEABLE ]]; then
		kp_err "$KP_REQUEST_UNTRACEABLE"
		kp_hint "--engine=kprobe needs no place that the compiler left, and probes any instruction"
		return "$KP_EX_TARGET"
	fi
	KP_ENGINE=$KP_OPT_ENGINE
	[[ $KP_OPT_ENGINE == auto ]] || return 0
	KP_ENGINE=kprobe
	[[ -n $KP_REQUEST_UNTRACEABLE ]] || KP_ENGINE=ftrace
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
	kp_kmsg_mark mark
	if said=$(insmod "$file" "$@" 2>&1); then
		return 0
	fi
	log=$(kp_kmsg_since "$mark") || log=
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
	! kp_planted_is_ours "$name" \
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
	brought=$(kp_planted_param "$1" brought) || brought=
	kp_module_remove "$1" || return
	IFS=, read -ra mods <<<"$brought"
	for ((i = ${#mods[@]} - 1; i >= 0; i--)); do
		[[ ${mods[i]} =~ ^[A-Za-z0-9_]+$ ]] || continue
		kp_module_remove "${mods[i]}" || status=$KP_EX_LOAD
	done
	return "$status"
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
