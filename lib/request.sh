# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# request.sh - from the words of --probe and --mod to a list of probes, checked.
# Needs what plant.sh sources.
[[ -n ${_KP_REQUEST_SOURCED:-} ]] && return 0
_KP_REQUEST_SOURCED=1

# One of the probes, KP_OPT_PROBES[KP_WHICH]: KP_WHAT and KP_REQUEST_PROBE say it in the
# user's words, KP_REQUEST_TARGET in the kernel's. KP_REQUEST_MODFILE is what --mod names.
KP_WHICH=0 KP_WHAT=
declare -gA KP_REQUEST_PROBE=() KP_REQUEST_TARGET=() KP_REQUEST_MODFILE=()

# All of them, in order: their names, their options on a command line, what the
# kernel's list of kprobes shows for them, and how their module is called.
declare -ga KP_REQUEST_TARGETS=() KP_REQUEST_WORDS=() KP_REQUEST_PLACES=()
declare -ga KP_MODULE_PARAMS=()                    # what the module is given when it is loaded
declare -ga KP_PROBE_FUNCNAME=() KP_PROBE_EVENT=() # each as the module's parameter
KP_ENGINE=kprobe                                   # or ftrace, which takes those at an entry
declare -ga KP_PLAN_PARAMS=()                      # of them, those that the request asks for
KP_REQUEST_NAME=
KP_REQUEST_UNTRACEABLE= # the first that ftrace does not take, and why

# kp_request_resolve: what every --probe says, checked.
kp_request_resolve() {
	kp_request_mod || return
	kp_request_expand || return
	for KP_WHICH in "${!KP_OPT_PROBES[@]}"; do
		KP_WHAT=${KP_OPT_PROBES[KP_WHICH]}
		kp_request_probe || return
		_kp_request_add || return
	done
	_kp_request_params
	_kp_request_syms || return
	kp_module_choose_engine
}

kp_request_mod() {
	[[ -n $KP_OPT_MOD ]] || return 0
	# shellcheck source=lib/modfile.sh
	source "$KP_TOP/lib/modfile.sh"
	kp_modfile_find "$KP_OPT_MOD" "$KP_RELEASE" KP_REQUEST_MODFILE
}

# _kp_request_read_symbols: once a run
_kp_request_read_symbols() {
	[[ -n $KP_SYMBOLS_FILE ]] || kp_symbols_snapshot "$KP_RUN/kallsyms"
}

# kp_request_expand: a pattern is the functions that match it now. Also called where
# errexit is off, by --check.
kp_request_expand() {
	local spec word
	local -a words=() globs=()
	local -A seen=()
	local -i before
	for spec in "${KP_OPT_PROBES[@]}"; do
		if kp_glob_is "$spec"; then
			globs+=("$spec")
		else
			seen[.$spec]=1
		fi
	done
	((${#globs[@]})) || return 0
	for spec in "${KP_OPT_PROBES[@]}"; do
		if ! kp_glob_is "$spec"; then
			words+=("$spec")
			continue
		fi
		_kp_request_expand_one "$spec" || return
		# What is asked for by its name, too, is one probe.
		before=${#words[@]}
		for word in "${KP_GLOB_WORDS[@]}"; do
			[[ -n ${seen[.$word]:-} ]] || words+=("$word")
			seen[.$word]=1
		done
		((${#words[@]} <= KP_PROBES_MAX)) \
			|| kp_glob_refuse_many "$spec" "$before" || return
		kp_glob_tell "$spec"
	done
	KP_OPT_PROBES=("${words[@]}")
	_kp_request_name_probes
}

# _kp_request_expand_one <[MOD:]GLOB>
_kp_request_expand_one() {
	local spec=$1 shown release
	shown=$(kp_printable "$spec")
	release=$(kp_paths_release)
	if [[ $KP_RELEASE != "$release" ]]; then
		kp_err "probe $shown: only the running kernel tells which functions match, and $KP_RELEASE is not running here"
		kp_hint "name the functions, each by a --probe=FUNC"
		return "$KP_EX_USAGE"
	fi
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]; then
		kp_err "probe $shown: which functions match is known while module ${KP_REQUEST_MODFILE[name]} is loaded"
		kp_hint "modprobe ${KP_REQUEST_MODFILE[name]} first, or name the functions, each by a --probe=FUNC"
		return "$KP_EX_USAGE"
	fi
	[[ -z ${KP_REQUEST_MODFILE[name]:-} || $spec == *:* ]] || spec=${KP_REQUEST_MODFILE[name]}:$spec
	_kp_request_read_symbols || return
	kp_glob_expand "$spec"
}

# _kp_request_name_probes: a rehearsal is handed the same probes, whatever matches there.
_kp_request_name_probes() {
	local word
	local -a others=()
	local -i value=0
	for word in "${KP_ARGV[@]}"; do
		if ((value)); then
			value=0
		elif [[ $word == --probe ]]; then
			value=1
		elif [[ $word != --probe=* ]]; then
			others+=("$word")
		fi
	done
	KP_ARGV=("${KP_OPT_PROBES[@]/#/--probe=}" "${others[@]}")
}

# Also called where errexit is off, by --check.
kp_request_probe() {
	local here=0 use=print
	_kp_request_parse || return
	if [[ -n $KP_OPT_MOD ]]; then
		if [[ -n ${KP_REQUEST_PROBE[module]} && ${KP_REQUEST_PROBE[module]} != "${KP_REQUEST_MODFILE[name]}" ]]; then
			kp_err "function ${KP_REQUEST_PROBE[func]}: --probe names module ${KP_REQUEST_PROBE[module]}, --mod ${KP_REQUEST_MODFILE[name]}"
			return "$KP_EX_USAGE"
		fi
		KP_REQUEST_PROBE[module]=${KP_REQUEST_MODFILE[name]}
	fi
	if kp_kernel_is_here && [[ -z ${KP_REQUEST_MODFILE[name]:-} || ${KP_REQUEST_MODFILE[loaded]} == 1 ]]; then
		here=1
		_kp_request_read_symbols || return
		kp_symbols_resolve KP_REQUEST_PROBE KP_REQUEST_TARGET || return
	else
		_kp_request_unseen || return
		_kp_request_warn_unknown
	fi
	# What goes to the ring costs what counting costs.
	if ((KP_OPT_FOLLOW)); then
		use=count
	fi
	kp_blacklist_check KP_REQUEST_TARGET "$use" "$KP_OPT_FORCE" "$here" || return
	[[ ${KP_FACTS_KIND[KP_WHICH]} == p ]] \
		|| kp_blacklist_check KP_REQUEST_TARGET return "$KP_OPT_FORCE" "$here"
}

# _kp_request_add: what was resolved is one more of the module's.
_kp_request_add() {
	local event
	_kp_request_event event || return
	kp_module_check_traceable || return
	[[ -n $KP_REQUEST_NAME ]] || KP_REQUEST_NAME=$(kp_request_plain_name)
	KP_REQUEST_TARGETS+=("$(kp_request_target_name)")
	KP_REQUEST_WORDS+=("$(_kp_request_word)")
	KP_REQUEST_PLACES+=("$(kp_module_listed_as)")
	KP_PROBE_FUNCNAME+=("$(_kp_request_plant_name)")
	KP_PROBE_EVENT+=("$event")
}

# _kp_request_params: the parameters that the options stand for, once
_kp_request_params() {
	local option value
	for option in pid tid uid cpu comm; do
		value=KP_OPT_${option^^}
		[[ -z ${!value} ]] || KP_PLAN_PARAMS+=("$option=${!value}")
	done
	((!KP_OPT_ERRORS)) || KP_PLAN_PARAMS+=(errors=1)
}

# _kp_request_syms: the addresses that @SYMBOL of a definition stands for.
_kp_request_syms() {
	local sym address
	local -a addresses=()
	((${#KP_FACTS_SYMS[@]})) && kp_kernel_is_here || return 0
	_kp_request_read_symbols || return
	for sym in "${KP_FACTS_SYMS[@]}"; do
		address=$(kp_symbols_address "$sym") || return
		addresses+=("0x$address")
	done
	KP_PLAN_PARAMS+=("syms=$(kp_join "${addresses[@]}")")
}

# _kp_request_parse: what --probe says, whatever its form.
_kp_request_parse() {
	KP_REQUEST_PROBE=([func]='' [module]='' [index]='' [offset]=0)
	if ! kp_facts_is_definition "$KP_WHAT"; then
		kp_symbols_parse "$KP_WHAT" KP_REQUEST_PROBE || return
	fi
	kp_facts_make KP_OPT_PROBES KP_REQUEST_MODFILE \
		"${KP_BUILD_WITH[@]/#/--with=}" "${KP_BUILD_STATE[@]/#/--state=}" || return
	[[ -n $KP_FACTS_DIR ]] || return 0
	KP_REQUEST_PROBE[func]=${KP_FACTS_FUNC[KP_WHICH]} KP_REQUEST_PROBE[offset]=${KP_FACTS_OFFSET[KP_WHICH]}
	[[ ${KP_FACTS_MODULE[KP_WHICH]} == - ]] || KP_REQUEST_PROBE[module]=${KP_FACTS_MODULE[KP_WHICH]}
}

# For a kernel that does not run, or a module that is not loaded: its file
# tells, or else the place where the probe is planted.
_kp_request_unseen() {
	local module=${KP_REQUEST_PROBE[module]}
	[[ $module != vmlinux ]] || module=
	if [[ -n ${KP_REQUEST_MODFILE[path]:-} ]]; then
		kp_symbols_in_object "${KP_REQUEST_MODFILE[path]}" "${KP_REQUEST_PROBE[func]}" "$KP_RUN" || return
	fi
	if ((${KP_REQUEST_PROBE[index]:-0} > 1)); then
		kp_err "function ${KP_REQUEST_PROBE[func]}#${KP_REQUEST_PROBE[index]}: only the running kernel tells the functions of one name apart"
		kp_hint "name its module: --probe=MOD:${KP_REQUEST_PROBE[func]}"
		return "$KP_EX_USAGE"
	fi
	KP_REQUEST_TARGET=([symbol]=${KP_REQUEST_PROBE[func]} [module]=$module [address]='' [type]=t
		[offset]=${KP_REQUEST_PROBE[offset]:-0} [count]=1 [index]=1 [aliases]='' [size]=''
		[plant]=${module:+$module:}${KP_REQUEST_PROBE[func]} [plant_offset]=0)
}

# _kp_request_warn_unknown: what another kernel's files do not have may be mistyped. It may
# be a module's, too, or no list's, so it is not refused; a rehearsal finds out.
_kp_request_warn_unknown() {
	local list
	[[ $KP_OPT_REHEARSE == 0 && -z ${KP_REQUEST_TARGET[module]} && -z ${KP_REQUEST_MODFILE[path]:-} ]] || return 0
	if list=$(kp_symbols_map "$KP_RELEASE" "$KP_KDIR"); then
		! kp_symbols_is_in_map "$list" "${KP_REQUEST_TARGET[symbol]}" || return 0
	elif _kp_request_is_unknown; then
		list='its types (BTF)'
	else
		return 0
	fi
	kp_warn "function ${KP_REQUEST_TARGET[symbol]}: kernel $KP_RELEASE does not have it in $list: mistyped, inlined, or a module's, which MOD:${KP_REQUEST_TARGET[symbol]} would name"
}

# Do the types of the kernel, which were asked, not have the function?
_kp_request_is_unknown() {
	# shellcheck source=lib/types.sh
	source "$KP_TOP/lib/types.sh"
	kp_types_is_unknown "${KP_REQUEST_PROBE[func]}" "${KP_REQUEST_MODFILE[path]:-}"
}

# kprobe's symbol_name and offset, as the module's parameter takes them.
_kp_request_plant_name() {
	local -i offset=$((KP_REQUEST_TARGET[plant_offset] + KP_REQUEST_TARGET[offset]))
	printf '%s' "${KP_REQUEST_TARGET[plant]}"
	((offset)) && printf '+0x%x' "$offset"
	return 0
}

# The probe as people write it: [MOD:]FUNC[+0xOFF].
kp_request_target_name() {
	printf '%s' "${KP_REQUEST_TARGET[module]:+${KP_REQUEST_TARGET[module]}:}${KP_REQUEST_TARGET[symbol]}"
	((KP_REQUEST_TARGET[offset])) && printf '+0x%x' "${KP_REQUEST_TARGET[offset]}"
	return 0
}

# FUNC[_0xOFF], of which the names of the event and the module are made.
kp_request_plain_name() {
	printf '%s' "${KP_REQUEST_TARGET[symbol]//[!A-Za-z0-9_]/_}"
	((KP_REQUEST_TARGET[offset])) && printf '_0x%x' "${KP_REQUEST_TARGET[offset]}"
	return 0
}

# _kp_request_event <var>: the event's name, which no other probe of the run has.
_kp_request_event() {
	local name=${KP_FACTS_EVENT[KP_WHICH]:-} base
	local -i i=1
	[[ -n $name ]] || name=$(kp_request_plain_name)
	name=${name:0:63} base=${name:0:60}
	while [[ " ${KP_PROBE_EVENT[*]} " == *" $name "* ]]; do
		if [[ $KP_WHAT =~ ^[pr][0-9]*: ]]; then
			kp_err "event $name: two probes of that name"
			kp_hint "each is called as its definition says: p:NAME, r:NAME"
			return "$KP_EX_USAGE"
		fi
		name=${base}_$((i += 1))
	done
	printf -v "$1" '%s' "$name"
}

# _kp_request_word: --probe as the generated C tells it, in words that were checked.
_kp_request_word() {
	local word offset
	word="--probe=${KP_REQUEST_PROBE[module]:+${KP_REQUEST_PROBE[module]}:}${KP_REQUEST_PROBE[func]}"
	[[ ${KP_REQUEST_PROBE[index]:-0} == 0 ]] || word+="#${KP_REQUEST_PROBE[index]}"
	printf -v offset '+0x%x' "${KP_REQUEST_PROBE[offset]:-0}"
	[[ ${KP_REQUEST_PROBE[offset]:-0} == 0 ]] || word+=$offset
	if kp_facts_is_definition "$KP_WHAT" && kp_generate_is_plain "$KP_WHAT"; then
		word="--probe='$KP_WHAT'"
	fi
	printf '%s\n' "$word"
}
