# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# define.sh - from a probe definition and its options to facts for the
# generator: runs kp_def, which knows the language and BTF. Needs log.sh
# paths.sh trust.sh sanity.sh cleanup.sh; KP_TOP KP_WORKDIR KP_RELEASE KP_WHAT KP_WHICH.
[[ -n ${_KP_DEFINE_SOURCED:-} ]] && return 0
_KP_DEFINE_SOURCED=1

# Of the run, and so of the module.
KP_DEFINE_FRAME=helper_kp.c.in  # the template around its probes
KP_DEFINE_ENGINE=kprobe         # or ftrace, which takes those at an entry
KP_DEFINE_DEFINED=0             # 1: kp_def was asked about the probes
KP_DEFINE_SUMS=0                # 1: what is hit is added up
KP_DEFINE_SUMSTACK=0            # 1: by stack
KP_DEFINE_MODE=events           # as in kp_abi.h
KP_DEFINE_AREA='kp_ring_size()' # bytes of it that a CPU has
KP_DEFINE_FTRACEFLAGS=KP_FTRACE_FLAGS
KP_DEFINE_GUARD=0                 # 1: what handles a hit by ftrace may be what it hits
KP_DEFINE_CONTEXT=0               # 1: it needs the context of the probed code, too
declare -ga KP_DEFINE_PARAMS=()   # the module's parameters
declare -ga KP_DEFINE_SYMS=()     # symbols whose addresses it is given, in order
declare -gA KP_DEFINE_TOLD=()     # .module -> what kp_def said of its probes
KP_DEFINE_STRUCTS=0               # 1: a probe shows what kp_struct.h reads
KP_DEFINE_NEEDSKPROBE=0           # 1: a probe asks for what ftrace does not give
readonly KP_DEFINE_STACK_DEPTH=16 # as in helper_ring.c.in
readonly KP_DEFINE_ARGS_MAX=64    # the same, KP_ARGS_MAX
readonly KP_DEFINE_SUM_MAX=1024   # bytes of the arguments where hits are added up

# Of the probe that was compiled last.
KP_DEFINE_PLACE=0                  # which of KP_DEFINE_TOLD
KP_DEFINE_KIND=p                   # p or r
KP_DEFINE_PART=part_log_plain.c.in # the template of its C
declare -ga KP_DEFINE_NAMES=()     # of the arguments
declare -ga KP_DEFINE_IS_NUMBER=()
KP_DEFINE_BYTES=0                           # of the arguments that are numbers
KP_DEFINE_NAME=                             # the event's, where the definition names it
declare -gA KP_DEFINE_FACTS=([FILTERCTX]=0) # TPL_ name -> text of m4

# kp_define_is_definition() { # <--probe's value>: kprobetrace's own form
kp_define_is_definition() {
	[[ $1 =~ ^[pr][0-9]*(:[^[:space:]]+)?[[:space:]] ]]
}

# kp_define_is_syscall() { # <--probe's value>: sys_NAME, of a system call?
# What its function is called depends on the architecture: kp_def knows.
kp_define_is_syscall() {
	[[ $1 =~ ^sys_([a-z0-9_]+)$ ]] \
		&& grep -q "^SYSCALL(${BASH_REMATCH[1]}[,)]" -- "$KP_TOP/tools/def/def_syscalls.h"
}

# kp_define_is_needed() { # does the request go beyond where and when?
kp_define_is_needed() {
	local probe
	for probe in "${KP_OPT_PROBES[@]}"; do
		! kp_define_is_definition "$probe" || return 0
		! kp_define_is_syscall "$probe" || return 0
	done
	((KP_OPT_FOLLOW)) \
		|| ((KP_OPT_ARGS || KP_OPT_RET || KP_OPT_ERRORS || ${#KP_OPT_ARG[@]})) \
		|| [[ -n $KP_OPT_FILTER$KP_OPT_COMM$KP_OPT_PID$KP_OPT_TID$KP_OPT_UID$KP_OPT_CPU ]]
}

# kp_define_is_return() { # do the options ask for the return of a function?
kp_define_is_return() {
	case $KP_OPT_COUNT/$KP_OPT_HIST in
	ret/ | /duration | /ret) return 0 ;;
	esac
	((KP_OPT_RET || KP_OPT_ERRORS))
}

# kp_define_tool() { # builds kp_def and kp_view once
# Their paths are KP_DEFINE_TOOL and KP_DEFINE_VIEWER.
kp_define_tool() {
	local dir
	_kp_define_place dir || return
	KP_DEFINE_TOOL=$dir/kp_def
	# shellcheck disable=SC2034 # for events.sh
	KP_DEFINE_VIEWER=$dir/kp_view
	# kp_def comes last: it tells that all is there.
	_kp_define_make "$dir" kp_view kp_def || return
	_kp_define_trust "$dir"
}

# kp_define_sym() { # builds kp_sym once, which needs no more than a compiler
# Its path is KP_SYM, unless that names one already.
kp_define_sym() {
	local dir
	[[ -z $KP_SYM ]] || return 0
	_kp_define_place dir || return
	_kp_define_make "$dir" kp_sym || return
	_kp_define_trust "$dir" || return
	KP_SYM=$dir/kp_sym
}

# _kp_define_place() { # <var>: where the programs of this source are kept
_kp_define_place() {
	local _key
	if ! _key=$(cd -- "$KP_TOP/tools" && cat -- */*.[ch] Makefile ../templates/include/kp_abi.h | sha256sum); then
		kp_err "definition compiler: its source, in $KP_TOP/tools, cannot be read"
		return "$KP_EX_BUILD"
	fi
	printf -v "$1" '%s' "$KP_WORKDIR/cache/kp_def-${_key:0:16}"
}

# _kp_define_trust() { # <dir>
_kp_define_trust() {
	! kp_trust_has "$1" "$1"/kp_* || return 0
	kp_err "definition compiler $KP_TRUST_BAD: $KP_TRUST_WHY"
	kp_hint "rm -r $1"
	return "$KP_EX_BUILD"
}

# _kp_define_unwritten() { # <file of the cache>
_kp_define_unwritten() {
	kp_err "cache $1: could not be written"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}

# _kp_define_make() { # <dir> <program>...: makes them there, if the last is not
_kp_define_make() {
	local dir=$1 fd log cc name last=${*: -1} what='definition compiler and the viewer'
	shift
	[[ ! -x $dir/$last ]] || return 0
	if ! (umask 077 && mkdir -p -- "$dir") || ! exec {fd}<"$dir" || ! flock -w 120 "$fd"; then
		kp_err "cache $dir: cannot be made"
		return "$KP_EX_BUILD"
	fi
	if [[ ! -x $dir/$last ]]; then
		[[ $last != kp_sym ]] || what='search for symbols'
		kp_note "building the $what (once)"
		log=$KP_RUN/$last.log
		# The package of the kernel's own compiler may bring no cc.
		cc=$(type -P cc || type -P gcc || type -P "${KP_SANITY_CC:-clang}") || cc=cc
		if ! (umask 077 && kp_log_while building env -i PATH="$PATH" LC_ALL=C \
			make -C "$KP_TOP/tools" OUT="$KP_RUN/tools" CC="$cc" "${@/#/$KP_RUN/tools/}") >"$log" 2>&1; then
			grep -E ' error: |No such file' "$log" | head -n 5 | sed 's/^/  /' >&2
			kp_err "definition compiler: cannot be built"
			kp_hint "$(kp_sanity_install_command libbpf compiler make) libelf-dev zlib1g-dev"
			return "$KP_EX_MACHINE"
		fi
		for name in "$@"; do
			if ! mv -- "$KP_RUN/tools/$name" "$dir/$name"; then
				_kp_define_unwritten "$dir"
				return
			fi
		done
	fi
	exec {fd}<&-
}

# _kp_define_btf() { # <array>: kp_def's options that name the BTF to use
# The running kernel's, or that of the image of another kernel, taken out once.
_kp_define_btf() {
	local -n _btf=$1
	local _out=$KP_WORKDIR/cache/btf-$KP_RELEASE _image _release _module
	_btf=()
	_release=$(kp_paths_release)
	if [[ $KP_RELEASE == "$_release" && -r $KP_SYS/kernel/btf/vmlinux ]]; then
		_btf+=("--btf=$KP_SYS/kernel/btf/vmlinux")
	elif _image=$(kp_vm_image "$KP_RELEASE"); then
		if [[ ! -s $_out || $_image -nt $_out ]]; then
			kp_note "reading the types of kernel $KP_RELEASE (once)"
			if "$KP_DEFINE_TOOL" --extract-btf="$_image" "$_out.$$" 2>/dev/null; then
				mv -- "$_out.$$" "$_out" || _kp_define_unwritten "$_out" || return
			else
				rm -f -- "$_out.$$"
			fi
		fi
		# Where it cannot be taken out, kp_def says why when it is asked for.
		[[ -s $_out ]] || _out=$_image
		_btf+=("--btf=$_out")
	fi
	# Without any, kp_def says what to write instead of names.
	((${#_btf[@]})) || _btf=("--btf=$_out")
	_module=$(_kp_define_module)
	if [[ -n ${MODFILE[path]:-} ]]; then
		_btf+=("--module-btf=${MODFILE[path]}")
	elif [[ -n $_module && $KP_RELEASE == "$_release" && -r $KP_SYS/kernel/btf/$_module ]]; then
		_btf+=("--module-btf=$KP_SYS/kernel/btf/$_module")
	fi
}

# _kp_define_module() { # prints the module that holds the function, if one is named
_kp_define_module() {
	local word=$KP_WHAT
	if [[ -n ${MODFILE[name]:-} ]]; then
		word=${MODFILE[name]}:
	elif kp_define_is_definition "$word"; then
		read -r _ word _ <<<"$word"
	fi
	[[ ! $word =~ ^([A-Za-z0-9_]+): ]] || printf '%s\n' "${BASH_REMATCH[1]}"
}

# kp_define_prototype() { # prints the C prototype of PROBE's function
kp_define_prototype() {
	local -a options=()
	kp_define_tool || return
	_kp_define_btf options || return
	"$KP_DEFINE_TOOL" "${options[@]}" --prototype -- \
		"${PROBE[module]:+${PROBE[module]}:}${PROBE[func]}"
}

# kp_define_is_unknown() { # do the kernel's types not have PROBE's function?
# Only where they are at hand, and were read for the request.
kp_define_is_unknown() {
	local status=0
	local -a options=()
	kp_define_is_needed && _kp_define_btf options && [[ -s ${options[0]#*=} ]] || return
	"$KP_DEFINE_TOOL" "${options[@]}" --prototype -- "${PROBE[func]}" >/dev/null 2>&1 || status=$?
	((status == 10))
}

# _kp_define_run() { # <definition>...: prints what kp_def says of them
_kp_define_run() {
	local arg status=0
	local -a options=()
	_kp_define_btf options || return
	((KP_OPT_ARGS)) && options+=(--args)
	! kp_define_is_return || options+=(--ret)
	for arg in "${KP_OPT_ARG[@]}"; do
		options+=("--arg=$arg")
	done
	[[ -z $KP_OPT_FILTER ]] || options+=("--filter=$KP_OPT_FILTER")
	"$KP_DEFINE_TOOL" "${options[@]}" -- "$@" || status=$?
	# Its own statuses are ours, and explained.
	case $status in
	0) return 0 ;;
	2 | 10 | 11)
		kp_log_tell
		return "$status"
		;;
	126)
		kp_err "work directory $KP_WORKDIR: what is built there cannot be run"
		kp_hint "is it mounted noexec? KP_WORKDIR=DIR names another place"
		return "$KP_EX_MACHINE"
		;;
	esac
	kp_err "definition compiler $KP_DEFINE_TOOL: ended with status $status"
	return "$KP_EX_BUILD"
}

# _kp_define_ask() { # <which> <module>: facts of all probes in its module
# Asked once, as reading the types is what takes the time; to
# KP_DEFINE_TOLD[.module]. KP_DEFINE_PLACE is which of those it is.
_kp_define_ask() {
	local KP_WHAT word told
	local -a words=()
	local -i i
	for ((i = 0; i < ${#KP_OPT_PROBES[@]}; i++)); do
		KP_WHAT=${KP_OPT_PROBES[i]}
		[[ $(_kp_define_module) == "$2" ]] || continue
		((i != $1)) || KP_DEFINE_PLACE=${#words[@]}
		word=$KP_WHAT
		if ! kp_define_is_definition "$word"; then
			word=${word%%#*}
			[[ -z ${MODFILE[name]:-} || $word == *:* ]] || word=${MODFILE[name]}:$word
		fi
		words+=("$word")
	done
	[[ -z ${KP_DEFINE_TOLD[.$2]:-} ]] || return 0
	KP_WHAT=${KP_OPT_PROBES[$1]}
	told=$(_kp_define_run "${words[@]}") || return
	KP_DEFINE_TOLD[.$2]=$told
}

# kp_define_compile() { # fills KP_DEFINE_* and PROBE, of KP_OPT_PROBES[KP_WHICH]
kp_define_compile() {
	local module
	kp_define_tool || return
	module=$(_kp_define_module)
	_kp_define_ask "$KP_WHICH" "$module" || return
	KP_DEFINE_FACTS=([FIELDS]='' [CAPTURES_ENTRY]='' [CAPTURES_RETURN]=''
		[SHOWS]='' [ENUMS]='' [FILTER]=true [MAXACTIVE]=256
		[HASARGS]=0 [HASDATA]=0 [HASFILTER]=0 [ROOM]=0 [DESCS]='' [FACTS]=''
		[RETURNS]=long [FILTERCTX]=0)
	KP_DEFINE_NAMES=() KP_DEFINE_IS_NUMBER=() KP_DEFINE_BYTES=0
	KP_DEFINE_DEFINED=1
	_kp_define_read "${KP_DEFINE_TOLD[.$module]}" "$KP_DEFINE_PLACE" || return
	if ((!KP_OPT_FOLLOW)); then
		KP_DEFINE_PART=part_log_kp.c.in
		[[ $KP_DEFINE_KIND == p ]] || KP_DEFINE_PART=part_log_ret.c.in
		return 0
	fi
	_kp_define_check_ring || return
	KP_DEFINE_FRAME=helper_ring.c.in
	KP_DEFINE_PART=part_ring_kp.c.in
	[[ $KP_DEFINE_KIND == p ]] || KP_DEFINE_PART=part_ring_ret.c.in
	if [[ -n $KP_OPT_COUNT$KP_OPT_HIST ]]; then
		KP_DEFINE_PART=${KP_DEFINE_PART/_ring_/_sum_}
		_kp_define_sum || return
	fi
	_kp_define_ring || return
}

# kp_define_params() { # the parameters that the options stand for, once
kp_define_params() {
	local option value
	for option in pid tid uid cpu comm; do
		value=KP_OPT_${option^^}
		[[ -z ${!value} ]] || KP_DEFINE_PARAMS+=("$option=${!value}")
	done
	((!KP_OPT_ERRORS)) || KP_DEFINE_PARAMS+=(errors=1)
}

# _kp_define_check_ring() { # is there room for the arguments?
# A record has a bit for each, and what is added up lies on the kernel's stack.
_kp_define_check_ring() {
	if ((${#KP_DEFINE_NAMES[@]} > KP_DEFINE_ARGS_MAX)); then
		kp_err "event ${KP_DEFINE_NAME:-$KP_WHAT}: ${#KP_DEFINE_NAMES[@]} arguments: at most $KP_DEFINE_ARGS_MAX can be followed"
		kp_hint "leave some out, or plant it without following: the log takes 128"
		return "$KP_EX_USAGE"
	fi
	if [[ -n $KP_OPT_COUNT$KP_OPT_HIST ]] && ((KP_DEFINE_BYTES > KP_DEFINE_SUM_MAX)); then
		kp_err "options --count, --hist: $KP_DEFINE_BYTES bytes of arguments: at most $KP_DEFINE_SUM_MAX can be looked at"
		kp_hint "leave out what is not added up or filtered by"
		return "$KP_EX_USAGE"
	fi
}

# _kp_define_sum() { # facts of what is added up in the kernel
_kp_define_sum() {
	KP_DEFINE_FACTS+=([SUM]='' [SUMFACTS]='' [HISTARG]=0 [TIMED]=0)
	KP_DEFINE_SUMS=1
	KP_DEFINE_AREA=PAGE_SIZE
	if [[ -n $KP_OPT_HIST ]]; then
		_kp_define_hist
	else
		_kp_define_count
	fi
}

_kp_define_hist() {
	local field
	local -i n
	KP_DEFINE_MODE=hist
	# One for each probe: a page may be too small.
	((${#KP_OPT_PROBES[@]} == 1)) \
		|| KP_DEFINE_AREA='KP_PROBES * KP_HIST_LEN * sizeof(u64)'
	if [[ $KP_OPT_HIST == duration ]]; then
		KP_DEFINE_FACTS[TIMED]=1
		KP_DEFINE_FACTS[SUM]='TPL_LINE(<|kp_hist_add(cpu, TPL_NUMBER, kp_clock_ns(r->duration));|>)'
		KP_DEFINE_FACTS[SUMFACTS]='TPL_LINE(<|kp_fact(text, "hist\t<||>TPL_NUMBER\tduration\n");|>)'
		return 0
	fi
	_kp_define_number n "--hist=$KP_OPT_HIST" "$KP_OPT_HIST" || return
	field=$(_kp_define_field "$KP_OPT_HIST")
	KP_DEFINE_FACTS[HISTARG]=1
	KP_DEFINE_FACTS[SUM]="TPL_LINE(<|kp_hist_add(cpu, TPL_NUMBER, r->$field);|>)"
	KP_DEFINE_FACTS[SUMFACTS]="TPL_LINE(<|kp_fact_fields(text, TPL_NUMBER, kp_fields_P, ARRAY_SIZE(kp_fields_P));|>)"
	KP_DEFINE_FACTS[SUMFACTS]+="TPL_LINE(<|kp_fact(text, \"hist\\t<||>TPL_NUMBER\\t$n\\n\");|>)"
}

# _kp_define_number() { # <var> <option> <name>: which argument that is, a number
_kp_define_number() {
	local -i _n
	for ((_n = 0; _n < ${#KP_DEFINE_NAMES[@]}; _n++)); do
		if [[ ${KP_DEFINE_NAMES[_n]}/${KP_DEFINE_IS_NUMBER[_n]} == "$3/1" ]]; then
			printf -v "$1" %d "$_n"
			return 0
		fi
	done
	kp_err "option $2: no number of that name is among the arguments: ${KP_DEFINE_NAMES[*]:-there are none}"
	if [[ $3 == ret ]]; then
		kp_hint "a function that returns nothing has none; in a definition it is ret=\$retval"
	else
		kp_hint "add --arg=$3, or --arg=$3=FETCHARG where there is no BTF"
	fi
	return "$KP_EX_USAGE"
}

_kp_define_count() {
	local -i n
	KP_DEFINE_MODE=keys
	case $KP_OPT_COUNT in
	hits)
		KP_DEFINE_MODE=count
		KP_DEFINE_FACTS[SUM]='TPL_LINE(<|KP_COUNT(cpu, TPL_NUMBER, shown);|>)'
		return 0
		;;
	comm)
		KP_DEFINE_FACTS[SUM]='TPL_LINE(<|kp_keys_add(cpu, TPL_NUMBER, current->comm, TASK_COMM_LEN);|>)'
		n=16
		;;
	ret)
		_kp_define_number n --count=ret ret || return
		KP_DEFINE_FACTS[SUM]='TPL_LINE(<|kp_keys_add_value(cpu, TPL_NUMBER, r->'$(_kp_define_field ret)');|>)'
		n=8
		;;
	stack)
		KP_DEFINE_SUMSTACK=1
		KP_DEFINE_FACTS[SUM]='TPL_LINE(<|kp_stack_save(stack, hit->regs);|>)'
		KP_DEFINE_FACTS[SUM]+='TPL_LINE(<|kp_keys_add(cpu, TPL_NUMBER, stack, sizeof(stack));|>)'
		n=$((8 * KP_DEFINE_STACK_DEPTH))
		;;
	esac
	KP_DEFINE_AREA="KP_SLOTS * $((8 + n))"
	((${#KP_OPT_PROBES[@]} == 1)) || KP_DEFINE_AREA="KP_PROBES * $KP_DEFINE_AREA"
	KP_DEFINE_FACTS[SUMFACTS]="TPL_LINE(<|kp_fact(text, \"keys\\t$KP_OPT_COUNT\\t$n\\t%u\\n\", KP_SLOTS);|>)"
}

# _kp_define_ring() { # facts that follow from the others, for the ring
_kp_define_ring() {
	local beyond='kp_stack|kp_reg\(regs, ([^dscr]|sp|ss|cs|r1)'
	local entry=${KP_DEFINE_FACTS[CAPTURES_ENTRY]} back=${KP_DEFINE_FACTS[CAPTURES_RETURN]}
	local -A next=([ROOM]=0 [HASENTRY]=0 [HASRETURN]=0 [VARIES]=0
		[HASRECORD]=0 [PLAINDATA]=0
		[ATENTRY]=0 [ATRETURN]=0)
	local -i timed=${KP_DEFINE_FACTS[TIMED]:-0} filter=${KP_DEFINE_FACTS[HASFILTER]}
	local fact
	if [[ $entry$back == *TPL_STRING* ]]; then
		next[ROOM]=KP_DATA_LEN
		[[ $KP_DEFINE_KIND == p ]] || next[ROOM]=KP_RETURN_DATA_LEN
	elif ((KP_DEFINE_FACTS[HASDATA])); then
		next[ROOM]=KP_DATA_TAIL
	fi
	if ((KP_DEFINE_SUMS)) && [[ ${next[ROOM]} == *LEN ]]; then
		kp_err "options --count, --hist: they cannot look at strings"
		kp_hint "leave out --args and what is a string, or filter by --comm"
		return "$KP_EX_USAGE"
	fi
	[[ -z $entry && ${KP_DEFINE_FACTS[HASDATA]} == 0 ]] || next[HASENTRY]=1
	[[ -z $back ]] || next[HASRETURN]=1
	# What is added up may need no record, or only at one end of the call.
	next[HASRECORD]=$((timed || filter || KP_DEFINE_FACTS[HASARGS]))
	next[PLAINDATA]=$((next[HASRECORD] && !KP_DEFINE_FACTS[HASDATA]))
	next[ATENTRY]=$((timed || next[HASENTRY]))
	next[ATRETURN]=$((timed || filter || next[HASRETURN]))
	next[SUMVARS]=$((KP_DEFINE_SUMSTACK || KP_DEFINE_FACTS[FILTERCTX]))
	if [[ $KP_DEFINE_KIND == p ]]; then
		next[SUMVARS]=$((next[SUMVARS] || next[HASRECORD]))
	else
		next[SUMVARS]=$((next[SUMVARS] || next[ATRETURN]))
	fi
	# What only counts calls nothing, and so cannot run into itself.
	if [[ $KP_DEFINE_MODE != count ]] || ((!KP_DEFINE_SUMS || next[SUMVARS])); then
		KP_DEFINE_GUARD=1
	fi
	next[VARIES]=$((KP_DEFINE_FACTS[HASDATA] || KP_OPT_SHOWSTACK))
	# Registers beyond those of arguments, and what the unwinder begins from.
	if ((KP_OPT_SHOWSTACK)) || [[ $KP_OPT_COUNT == stack || $entry =~ $beyond ]]; then
		KP_DEFINE_FTRACEFLAGS=KP_FTRACE_FLAGS_ALL
	fi
	# %ip at a kprobe is not what it is in ftrace.
	[[ $KP_DEFINE_KIND == r || $entry != *'kp_reg(regs, ip)'* ]] || KP_DEFINE_NEEDSKPROBE=1
	KP_DEFINE_CONTEXT=$((!KP_DEFINE_SUMS || KP_DEFINE_FACTS[FILTERCTX]))
	for fact in "${!next[@]}"; do
		KP_DEFINE_FACTS[$fact]=${next[$fact]}
	done
}

# _kp_define_read() { # <facts> <n>: those of probe n; see tools/def/def_facts.c
_kp_define_read() {
	local what index rest enums=''
	local -A known=()
	local -i n=0
	local -a f
	while IFS=$'\t' read -r what index rest; do
		if [[ ! $index =~ ^[0-9]+$ || $rest == *[\$\`]* || $rest == *'<|'* || $rest == *'|>'* ]]; then
			kp_err "definition: the fact $(kp_printable "$what $index $rest") is not allowed in generated code"
			return "$KP_EX_BUILD"
		fi
		((index == $2)) || continue
		IFS=$'\t' read -ra f <<<"$rest"
		case $what in
		probe)
			_kp_define_probe "${f[@]}"
			;;
		arg)
			[[ -z $enums ]] || _kp_define_enum_end
			enums=
			_kp_define_arg "$n" "${f[@]}" || return
			n=$((n + 1))
			# An array shows its elements as numbers.
			[[ ${f[3]} != enum || ${f[5]} != 0 ]] || {
				enums=${f[1]} known=()
				_kp_define_enum_begin "$enums"
			}
			;;
		enum)
			[[ -n $enums && -z ${known[${f[1]}]:-} ]] || continue # a second name of it
			known[${f[1]}]=1
			KP_DEFINE_FACTS[FACTS]+="TPL_LINE(<|kp_fact_enum(text, TPL_NUMBER, $((n - 1)), ${f[1]}, \"${f[2]}\");|>)"
			KP_DEFINE_FACTS[ENUMS]+="TPL_LINE(<|case ${f[1]}:|>)TPL_LINE(<|	return \"${f[2]}\";|>)"
			;;
		filter)
			_kp_define_filter "$rest" || return
			KP_DEFINE_FACTS[HASFILTER]=1
			;;
		returns)
			_kp_define_returns "$rest" || return
			;;
		save)
			[[ ${KP_DEFINE_FACTS[FIELDS]} == *saved* ]] \
				|| KP_DEFINE_FACTS[FIELDS]+='TPL_LINE(<|unsigned long saved[KP_SAVED_MAX]; /* arguments, at the entry */|>)'
			KP_DEFINE_FACTS[CAPTURES_ENTRY]+="TPL_LINE(<|r->saved[$rest] = kp_arg(regs, $rest);|>)"
			;;
		sym) [[ " ${KP_DEFINE_SYMS[*]} " == *" $rest "* ]] || KP_DEFINE_SYMS+=("$rest") ;;
		*)
			kp_err "definition: $what is not supported yet"
			return "$KP_EX_USAGE"
			;;
		esac
	done <<<"$1"
	[[ -z $enums ]] || _kp_define_enum_end
}

# kp_define_syms() { # prints the fact for the parameter that takes addresses
# The names of symbols are in the C, their addresses are not: KASLR moves them.
kp_define_syms() {
	local names syms=''
	if ((${#KP_DEFINE_SYMS[@]})); then
		printf -v names ', %s' "${KP_DEFINE_SYMS[@]}"
		syms="TPL_TOP(<|static unsigned long syms[${#KP_DEFINE_SYMS[@]}];|>)"
		syms+="TPL_TOP(<|module_param_array(syms, ulong, NULL, 0400);|>)"
		syms+="TPL_TOP(<|MODULE_PARM_DESC(syms, \"addresses of: ${names:2}\");|>)TPL_TOP(<||>)"
	fi
	printf 'm4_define(<|TPL_SYMS|>, <|%s|>)m4_dnl\n' "$syms"
}

# _kp_define_expr() { # <expression>: a symbol is a place in syms
_kp_define_expr() {
	local expr=$1
	local -i i
	for ((i = 0; i < ${#KP_DEFINE_SYMS[@]}; i++)); do
		expr=${expr//"kp_sym(\"${KP_DEFINE_SYMS[i]}\")"/"kp_sym(&err, syms[$i])"}
	done
	printf '%s\n' "$expr"
}

# _kp_define_field() { # <name>: the record's field for it
# No word of C, field of ours or macro of the kernel's begins so.
_kp_define_field() {
	printf 'a_%s\n' "$1"
}

# _kp_define_filter() { # <condition>: its strings are texts of the record
# What text is compared with may look like anything: it is matched first, and
# left as it is. Of C's words only these are followed by "()".
_kp_define_filter() {
	local context='(kp_cur_flags|kp_cur_preempt|kp_probe_ip|kp_probe_ret_ip)\(\)'
	[[ ! $1 =~ $context ]] || KP_DEFINE_FACTS[FILTERCTX]=1
	KP_DEFINE_FACTS[FILTER]=$(sed -E -e 's/("[^"]*")|r->([A-Za-z0-9_]+)/\1\x01\2\x01/g' \
		-e "s/\\x01\\x01//g; s/\\x01([^\\x01]*)\\x01/r->$(_kp_define_field '\1')/g" \
		-e "s/$context/\\1(ctx)/g" \
		-e 's/(kp_glob|kp_streq)\(r->([A-Za-z0-9_]+),/\1(kp_text(\&r->data, r->\2),/g' <<<"$1")
}

# _kp_define_probe() { # p|r GROUP NAME MODULE|- SYMBOL OFFSET MAXACTIVE
_kp_define_probe() {
	KP_DEFINE_KIND=$1
	KP_DEFINE_NAME=$3
	[[ $4 == - ]] || PROBE[module]=$4
	PROBE[func]=$5 PROBE[offset]=$6
	(($7 == 0)) || KP_DEFINE_FACTS[MAXACTIVE]=$7
}

# _kp_define_returns() { # short|int|long|none: what may be an error
_kp_define_returns() {
	if [[ $1 != none ]]; then
		KP_DEFINE_FACTS[RETURNS]=$1
	elif ((KP_OPT_ERRORS)); then
		kp_err "option --errors: what ${PROBE[func]} returns cannot be an error"
		kp_hint "kp_load.sh --check --probe=${PROBE[func]} shows its prototype"
		return "$KP_EX_USAGE"
	fi
}

_kp_define_enum_begin() { # <name>
	KP_DEFINE_FACTS[ENUMS]+="TPL_TOP(<|static const char *kp_enum_${1}_P(s64 value)|>)TPL_TOP(<|{|>)TPL_LINE(<|switch (value) {|>)"
}

_kp_define_enum_end() {
	KP_DEFINE_FACTS[ENUMS]+="TPL_LINE(<|}|>)TPL_LINE(<|return NULL;|>)TPL_TOP(<|}|>)TPL_TOP(<||>)"
}

# _kp_define_arg() { # N entry|return NAME CTYPE KIND EXPR COUNT FORMAT DECL|-
_kp_define_arg() {
	local n=$1 when=${2^^} name=$3 ctype=$4 kind=$5 expr=$6 count=$7 format=$8 decl=$9
	local get='' field value show='' quoted=true described=$8
	local -i reads=0
	field=$(_kp_define_field "$name")
	expr=$(_kp_define_expr "$expr")
	value="r->$field"
	((count == 0)) || value+='[i]'
	case $kind in
	string | autostring | comm | text) get='kp_str_get, false' ;;
	ustring) get='kp_str_get, true' ;;
	symstr) get=kp_str_symbol ;;
	file) get='kp_str_file, 1' ;;
	file_path) get='kp_str_file, KP_PATH_DEPTH' ;;
	dentry) get='kp_str_dentry, 1' ;;
	dentry_path) get='kp_str_dentry, KP_PATH_DEPTH' ;;
	task) get=kp_str_task quoted=false ;;
	sockaddr | sockaddr_len | bio) get=kp_str_$kind quoted=false KP_DEFINE_STRUCTS=1 ;;
	symbol) value="(void *)(unsigned long)$value" ;;
	gfp) value="(gfp_t *)&$value" ;;
	dev) value="MAJOR($value), MINOR($value)" ;;
	bool) format=%s value="$value ? \"true\" : \"false\"" ;;
	enum) show="kp_show_enum(line, \"$name\", kp_enum_${name}_P($value), $value);" ;;
	errno) show="kp_show_errno(line, \"$name\", $value);" ;;
	errptr) show="kp_show_errptr(line, \"$name\", $value);" ;;
	esac
	KP_DEFINE_FACTS[HASARGS]=1
	KP_DEFINE_NAMES+=("$name")
	KP_DEFINE_IS_NUMBER+=("$((count == 0 && ${#get} == 0))")
	[[ -n $get ]] || KP_DEFINE_BYTES=$((KP_DEFINE_BYTES + (count ? count : 1) * ${ctype#[us]} / 8))
	KP_DEFINE_FACTS[DESCS]+="TPL_DESC(<|$name|>, <|$kind|>, <|$ctype|>, <|$count|>, <|$described|>, <|$field|>)"
	[[ $kind != gfp ]] || KP_DEFINE_FACTS[FACTS]+="TPL_LINE(<|kp_fact_gfp(text);|>)"
	# Reading may fail, of memory or of a system call's registers.
	[[ $expr != *@('&err'|kp_sysarg)* ]] || reads=1
	if [[ -n $get || $count != 0 ]] || ((reads)); then
		KP_DEFINE_FACTS[HASDATA]=1
	fi
	KP_DEFINE_FACTS[FIELDS]+="TPL_FIELD(<|$ctype|>, <|$field|>, <|$count|>, <|$decl|>)"
	if [[ -n $get ]]; then
		KP_DEFINE_FACTS[CAPTURES_$when]+="TPL_STRING(<|$n|>, <|$field|>, <|$count|>, <|$expr|>, <|$get|>)"
	elif ((count == 0 && !reads)); then
		KP_DEFINE_FACTS[CAPTURES_$when]+="TPL_SET(<|$field|>, <|$expr|>)"
	else
		KP_DEFINE_FACTS[CAPTURES_$when]+="TPL_VALUE(<|$n|>, <|$field|>, <|$count|>, <|$expr|>)"
	fi
	if [[ $KP_DEFINE_KIND$2 == rentry && $kind == *string ]]; then
		KP_DEFINE_FACTS[CAPTURES_RETURN]+="TPL_LINE(<|KP_AGAIN_STR(r, $n, $field, ${get#*, });|>)"
	fi
	if [[ -n $show && $count == 0 ]]; then
		KP_DEFINE_FACTS[SHOWS]+="TPL_LINE(<|$show|>)"
	elif [[ -n $get && $count == 0 ]]; then
		KP_DEFINE_FACTS[SHOWS]+="TPL_LINE(<|kp_show_str(line, &r->data, $n, \"$name\", r->$field, $quoted);|>)"
	elif [[ -n $get ]]; then
		KP_DEFINE_FACTS[SHOWS]+="TPL_SHOW(<|$n|>, <|$name|>, <|$count|>, <|\\\"%s\\\"|>, <|kp_text(&r->data, $value)|>, <|$field|>)"
	else
		KP_DEFINE_FACTS[SHOWS]+="TPL_SHOW(<|$n|>, <|$name|>, <|$count|>, <|$format|>, <|$value|>, <|$field|>)"
	fi
}
