# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# request.sh - from the words of --probe and --mod to a list of probes, checked.
# Needs log.sh paths.sh options.sh kernel.sh symbols.sh facts.sh plan.sh;
# KP_TOP KP_RUN.
[[ -n ${_KP_REQUEST_SOURCED:-} ]] && return 0
_KP_REQUEST_SOURCED=1

declare -gA KP_REQUEST_MODFILE=() # what --mod names
# Of each probe, in order, as of the KP_SYMBOLS_ and KP_FACTS_ arrays:
declare -ga KP_REQUEST_WORDS=()  # as --probe has it; of a pattern one that it stands for
declare -ga KP_REQUEST_EVENTS=() # the event's name
# Of each word of --probe:
declare -ga _KP_REQUEST_ASKED=() # the function, as kp_sym takes it
declare -ga _KP_REQUEST_USES=()  # what its probe does

# kp_request_read() { # <array of words>: what they say, in form
kp_request_read() {
	local -n _words=$1
	local _word _ask _use _plain=print
	# What goes to the ring costs what counting costs.
	((!KP_OPT_FOLLOW)) || _plain=count
	! kp_facts_is_return || _plain+=,return
	_KP_REQUEST_ASKED=() _KP_REQUEST_USES=()
	for _word in "${_words[@]}"; do
		_ask=$_word _use=$_plain
		if kp_facts_is_definition "$_word"; then
			_kp_request_place _ask "$_word" || return
			[[ $_word != r* && $_word != *%return* || $_use == *,return ]] || _use+=,return
		elif kp_symbols_is_pattern "$_word"; then
			kp_symbols_need glob
			kp_glob_check "$_word" && _kp_request_can_expand "$_word" || return
		elif kp_facts_is_syscall "$_word"; then
			kp_facts_place _ask "$_word" KP_REQUEST_MODFILE || return
		fi
		_kp_request_in_module _ask || return
		_KP_REQUEST_ASKED+=("$_ask")
		_KP_REQUEST_USES+=("$_use")
	done
}

# kp_request_mod() { # what --mod says
kp_request_mod() {
	[[ -n $KP_OPT_MOD ]] || return 0
	# shellcheck source=lib/modfile.sh
	source "$KP_TOP/lib/modfile.sh"
	kp_modfile_find "$KP_OPT_MOD" "$KP_RELEASE" KP_REQUEST_MODFILE
}

# kp_request_is_to_come() { # is the module of --mod to be loaded yet?
kp_request_is_to_come() {
	[[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]
}

# _kp_request_place() { # <var> <definition>: the function that it names
# kp_def knows, where it is not plainly one.
_kp_request_place() {
	local _place
	read -r _ _place _ <<<"$2"
	_place=${_place%'%return'}
	if [[ $_place =~ ^([A-Za-z0-9_-]+:)?[A-Za-z_][A-Za-z0-9_.]*([+][0-9a-fx]+)?$ ]] \
		&& ! kp_facts_is_syscall "$_place"; then
		printf -v "$1" '%s' "$_place"
	else
		kp_facts_place "$1" "$2" KP_REQUEST_MODFILE
	fi
}

# _kp_request_in_module() { # <var>: what it names is in the module of --mod
_kp_request_in_module() {
	local -n _asked=$1
	local -A _parsed=()
	kp_symbols_is_pattern "$_asked" || kp_symbols_parse "$_asked" _parsed || return
	[[ -n ${KP_REQUEST_MODFILE[name]:-} ]] || return 0
	if [[ -n ${_parsed[module]:-} && ${_parsed[module]} != "${KP_REQUEST_MODFILE[name]}" ]]; then
		kp_err "function ${_parsed[func]}: --probe names module ${_parsed[module]}, --mod ${KP_REQUEST_MODFILE[name]}"
		return "$KP_EX_USAGE"
	fi
	[[ $_asked == *:* ]] || _asked=${KP_REQUEST_MODFILE[name]}:$_asked
}

# _kp_request_can_expand() { # <[MOD:]GLOB>: is it known what matches?
_kp_request_can_expand() {
	local shown
	kp_kernel_is_running && ! kp_request_is_to_come && return
	shown=$(kp_printable "$1")
	if ! kp_kernel_is_running; then
		kp_err "probe $shown: only the running kernel tells which functions match, and $KP_RELEASE is not running here"
		kp_hint "name the functions, each by a --probe=FUNC"
	else
		kp_err "probe $shown: which functions match is known while module ${KP_REQUEST_MODFILE[name]} is loaded"
		kp_hint "modprobe ${KP_REQUEST_MODFILE[name]} first, or name the functions, each by a --probe=FUNC"
	fi
	return "$KP_EX_USAGE"
}

# kp_request_find() { # <array of words>: the functions, which may be probed
# Fills KP_REQUEST_WORDS and KP_SYMBOLS_*.
kp_request_find() {
	local -n _of=$1
	local -a _options=("--max=$KP_PROBES_MAX") _words=("${_of[@]}")
	local -i _i
	((!KP_OPT_FORCE)) || _options+=(--force)
	if kp_kernel_is_here && ! kp_request_is_to_come; then
		[[ $KP_OPT_ENGINE != ftrace ]] || kp_facts_is_return \
			|| _options+=("--traced=$KP_TRACEFS/available_filter_functions")
	else
		# shellcheck source=lib/request_unseen.sh
		source "$KP_TOP/lib/request_unseen.sh"
		_kp_request_expand _words "${_options[@]}" || return
		kp_request_unseen _KP_REQUEST_ASKED || return
		_options+=(--unseen)
	fi
	kp_symbols_resolve_all _KP_REQUEST_ASKED _KP_REQUEST_USES "${_options[@]}" || return
	KP_REQUEST_WORDS=()
	for _i in "${!KP_SYMBOLS_ASK[@]}"; do
		_kp_request_word _words "$_i"
	done
}

# _kp_request_word() { # <array of words> <i of KP_SYMBOLS_*>: adds to KP_REQUEST_WORDS
_kp_request_word() {
	local -n _from=$1
	if kp_symbols_is_pattern "${_from[KP_SYMBOLS_ASK[$2]]}"; then
		KP_REQUEST_WORDS+=("${KP_SYMBOLS_WORD[$2]}")
	else
		KP_REQUEST_WORDS+=("${_from[KP_SYMBOLS_ASK[$2]]}")
	fi
}

# _kp_request_expand() { # <array of words> [kp_sym's option]...: no patterns are left
# What is not planted here is not judged here; what matches is known here alone.
_kp_request_expand() {
	local -n _patterns=$1
	local -a _asked=() _uses=()
	local -i _i _at
	[[ " ${_KP_REQUEST_ASKED[*]} " == *[*?[]* ]] || return 0
	kp_symbols_expand _KP_REQUEST_ASKED _KP_REQUEST_USES "${@:2}" || return
	KP_REQUEST_WORDS=()
	for _i in "${!KP_SYMBOLS_ASK[@]}"; do
		_at=${KP_SYMBOLS_ASK[_i]}
		_kp_request_word _patterns "$_i"
		_uses+=("${_KP_REQUEST_USES[_at]}")
		if kp_symbols_is_pattern "${_patterns[_at]}"; then
			_asked+=("${KP_SYMBOLS_WORD[_i]}")
		else
			_asked+=("${_KP_REQUEST_ASKED[_at]}")
		fi
	done
	_patterns=("${KP_REQUEST_WORDS[@]}")
	_KP_REQUEST_ASKED=("${_asked[@]}") _KP_REQUEST_USES=("${_uses[@]}")
}

# kp_request_events() { # names of the events, which no two of the run have
kp_request_events() {
	local name base
	local -A seen=()
	local -i i n
	KP_REQUEST_EVENTS=()
	for i in "${!KP_SYMBOLS_PLAIN[@]}"; do
		name=${KP_FACTS_EVENT[i]:--} n=1
		[[ $name != - ]] || name=${KP_SYMBOLS_PLAIN[i]}
		name=${name:0:63} base=${name:0:60}
		while [[ -n ${seen[$name]:-} ]]; do
			if [[ ${KP_REQUEST_WORDS[i]} =~ ^[pr][0-9]*: ]]; then
				kp_err "event $name: two probes of that name"
				kp_hint "each is called as its definition says: p:NAME, r:NAME"
				return "$KP_EX_USAGE"
			fi
			name=${base}_$((n += 1))
		done
		seen[$name]=1
		KP_REQUEST_EVENTS+=("$name")
	done
}

# kp_request_params() { # what the options stand for that is a module's parameter
kp_request_params() {
	local option value
	for option in pid tid uid cpu comm; do
		value=KP_OPT_${option^^}
		[[ -z ${!value} ]] || kp_plan_param "$option=${!value}"
	done
	((!KP_OPT_ERRORS)) || kp_plan_param errors=1
	((${#KP_FACTS_SYMS[@]} == 0)) || ! kp_kernel_is_here || _kp_request_syms
}

# _kp_request_syms: the addresses that @SYMBOL of a definition stands for.
_kp_request_syms() {
	local sym address
	local -a addresses=()
	# shellcheck source=lib/symbols_one.sh
	source "$KP_TOP/lib/symbols_one.sh"
	for sym in "${KP_FACTS_SYMS[@]}"; do
		address=$(kp_symbols_address "$sym") || return
		addresses+=("0x$address")
	done
	kp_plan_param "syms=$(kp_join "${addresses[@]}")"
}
