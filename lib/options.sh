# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# options.sh - usage text and command line parser. Parsing only records; what
# needs the machine is checked by sanity.sh. Needs log.sh generate.sh.
[[ -n ${_KP_OPTIONS_SOURCED:-} ]] && return 0
_KP_OPTIONS_SOURCED=1

# What was asked for; written here alone.
KP_OPT_MODE=plant                # plant check list status unload enable disable demo help version
declare -ga KP_OPT_PROBES=()     # FUNC, MOD:FUNC, FUNC#N, or a definition
KP_OPT_MOD=                      # module that holds the function: path or name
KP_OPT_NAME=                     # of --status and --unload
KP_OPT_VERBOSE=0                 # context line for each hit
KP_OPT_SHOWSTACK=0               # kernel stack for each hit
KP_OPT_SHOWREGS=0                # registers at each hit
KP_OPT_ARGS=0                    # every argument by name and type
declare -ga KP_OPT_ARG=()        # fetch arguments
KP_OPT_RET=0                     # the return too: value and duration
KP_OPT_ERRORS=0                  # only returns that are errors
KP_OPT_FILTER=                   # expression over arguments
KP_OPT_FOLLOW=0                  # stream the events, then remove the probe
KP_OPT_COUNT=                    # add up: hits comm ret stack
KP_OPT_HIST=                     # log2 histogram: duration, ret, an argument
KP_OPT_FORMAT=                   # text json csv folded
KP_OPT_DURATION=                 # seconds to follow
KP_OPT_MAX_HITS=                 # events to follow
KP_OPT_ENGINE=auto               # kprobe ftrace
KP_OPT_BUDGET=                   # percent of a CPU that the probe may cost
KP_OPT_BUFFER=                   # KiB of events a CPU
KP_OPT_COMM=                     # only this thread's name
KP_OPT_PID=                      # only this process
KP_OPT_TID=                      # only this thread
KP_OPT_UID=                      # only this user
KP_OPT_CPU=                      # only this processor
KP_OPT_KVER=                     # another installed kernel
KP_OPT_KDIR=                     # another header tree
KP_OPT_EMIT=                     # directory for the module's source
KP_OPT_BUILD_ONLY=0              # build, do not load
KP_OPT_DRY_RUN=0                 # generate, do not build
KP_OPT_KEEP=0                    # keep the run directory
KP_OPT_REHEARSE=0                # in a throw-away VM, not here
KP_OPT_REHEARSE_CMD=             # what to run there
KP_OPT_FORCE=0                   # override our own list of dangerous functions
declare -ga _KP_OPTIONS_SEEN=()  # those that say what to do
declare -ga _KP_OPTIONS_OTHER=() # those that say how

# kp_options_usage() { # prints --help
kp_options_usage() {
	cat <<'USAGE'
Usage: kp_load.sh [OPTIONS] --probe=WHAT...   plant a probe, or several
       kp_load.sh --check [--probe=WHAT]      run every check, plant nothing
       kp_load.sh --list | --status[=NAME]    what is planted, with its counts
       kp_load.sh --enable=NAME | --disable=NAME   switch it, planted as it is
       kp_load.sh --unload=NAME|all           remove
       kp_load.sh --demo                      see it work, in a throw-away VM

From a function's name to a native kernel probe: checks, writes a kernel
module in C, builds it, loads it. Hits go to the kernel log (dmesg).

WHAT is FUNC, MOD:FUNC, or FUNC#N where several functions share a name;
+OFFSET may follow; or sys_NAME, a system call; or a pattern, quoted, such as
'vfs_r*' or 'MOD:*_open': all that match. Or a definition as in kprobetrace:
'p:NAME FUNC ARGS', 'r:NAME FUNC $retval'. Several are planted, followed and
removed as one.

What is probed and shown:
  --mod=PATH.ko|NAME   the module that holds the function; if it is not loaded
                       it is, after the probe, and goes again with it
  --verbose            a line of context for each hit, before and after the
                       probed instruction
  --showstack          the kernel stack for each hit
  --showregs           the registers at each hit
  --args               every argument, by name and type (BTF)
  --arg=FETCHARG       one fetch argument, as in kprobetrace; repeatable
  --ret                the return instead: value, duration, caller, and with
                       --args what it was called with

Following:
  --follow             print the events as they come, until Ctrl-C; then remove
                       the probe and tell its counts
  --duration=SEC, --max-hits=N
                       follow no longer than that
  --count[=comm|ret|stack]
                       count hits in the kernel: all, or by key; told at the
                       end
  --hist[=FIELD]       a log2 histogram, in the kernel: of the duration, ret, or
                       an argument
  --format=text|json|csv, and folded for --count=stack (flame graphs)
  --buffer=SIZE        of events that a CPU holds for the viewer: 4K to 1G,
                       default 1M
  --budget=PERCENT     of one CPU that the probe may cost: over it fewer hits
                       are shown, then none but all counted, then it rests;
                       default 25, 0 is no limit
  --engine=auto|ftrace|kprobe
                       how an entry is probed; auto takes ftrace, the cheaper,
                       where the function can be traced

Which hits:
  --comm=NAME, --pid=N, --tid=N, --uid=N, --cpu=N
                       only those; changeable in /sys/module while planted
  --filter=EXPR        an event filter over arguments: 'dfd == -100 &&
                       file ~ "*stat"'
  --errors             only returns that are error values
  --force              overrides kp_load's list of dangerous functions, never
                       the kernel's

Where and how far:
  --rehearse[=COMMAND] plant it in a throw-away VM of the same kernel, run
                       COMMAND there, show what was caught (on standard
                       output, the rest on standard error); nothing changes
                       here
  --build-only         build the module, print its path, load nothing
  --dry-run            write the module's source, print its path, build nothing
  --emit=DIR           write the module's source to DIR, which must not exist
  --keep               keep the run directory and say where it is
  --kver=RELEASE       for another installed kernel
  --kdir=DIR           with another tree of kernel headers

Other:
  --check              one line for each requirement, with its remedy
  --help, --version

Environment: KP_WORKDIR  directory for generated modules and the cache of
                         built ones; default: tmp beside kp_load.sh
             KP_AGAIN    no: a command that follows and was run before is
                         checked as if it were new

Exit status: 0 done, 2 usage, 10 the function cannot be probed, 11 this
machine or kernel cannot do it, 12 generation or build failed, 13 load or
unload failed, 14 the rehearsal found a fault, 20 an expectation was not met
(no option asks for one yet); 129, 130, 143 a signal; 1 a bug.

Examples:
  kp_load.sh --probe=do_sys_openat2 --verbose   # who opens files?
  kp_load.sh --probe=ext4:ext4_file_open --showstack
  kp_load.sh --status; kp_load.sh --unload=all
  kp_load.sh --rehearse='cat /etc/hostname' --probe=vfs_read  # safely first
  kp_load.sh --check --probe=tasklet_schedule   # why does it not work?
USAGE
}

# _kp_options_value() { # <var> <option> <has value> <value>
_kp_options_value() {
	if ((!$3)); then
		kp_err "option $2: needs a value"
		kp_hint "try kp_load.sh --help"
		return "$KP_EX_USAGE"
	fi
	if [[ -z $4 ]]; then
		kp_err "option $2: its value is empty"
		kp_hint "try kp_load.sh --help"
		return "$KP_EX_USAGE"
	fi
	printf -v "$1" '%s' "$4"
}

# _kp_options_once() { # <var> <option> <has value> <value>: not given twice
_kp_options_once() {
	if [[ -n ${!1} ]]; then
		kp_err "option $2: given more than once"
		return "$KP_EX_USAGE"
	fi
	_kp_options_value "$@"
}

# _kp_options_flag() { # <var> <option> <value was attached>
_kp_options_flag() {
	if (($3)); then
		kp_err "option $2: takes no value"
		return "$KP_EX_USAGE"
	fi
	printf -v "$1" '%s' 1
}

# _kp_options_number() { # <var> <option> <has value> <value>
_kp_options_number() {
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^(0|[1-9][0-9]{0,8})$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a number"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_word() { # <var> <option> <has value> <value> <allowed>...
_kp_options_word() {
	_kp_options_once "${@:1:4}" || return
	[[ $4 == *" "* || " ${*:5} " != *" $4 "* ]] || return 0
	kp_err "option $2: $(kp_printable "$4") is not one of: ${*:5}"
	return "$KP_EX_USAGE"
}

# _kp_options_seconds() { # <var> <option> <has value> <value>
_kp_options_seconds() {
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^[0-9]{1,7}(\.[0-9]{1,3})?$ || $4 =~ ^[0.]+$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a time in seconds"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_size() { # <var> <option> <has value> <value>: K, M or G; in KiB
_kp_options_size() {
	local -i kib
	_kp_options_once "$@" || return
	if [[ ! $4 =~ ^([1-9][0-9]{0,6})([KMG])$ ]]; then
		kp_err "option $2: $(kp_printable "$4") is not a size, as 64K, 4M, 1G"
		return "$KP_EX_USAGE"
	fi
	kib=${BASH_REMATCH[1]}
	case ${BASH_REMATCH[2]} in
	M) kib=$((kib * 1024)) ;;
	G) kib=$((kib * 1024 * 1024)) ;;
	esac
	if ((kib < 4 || kib > 1024 * 1024)); then
		kp_err "option $2: $4 a CPU is not between 4K and 1G"
		return "$KP_EX_USAGE"
	fi
	printf -v "$1" '%d' "$kib"
}

# _kp_options_comm() { # <option> <has value> <value>: it becomes a parameter
_kp_options_comm() {
	_kp_options_once KP_OPT_COMM "$@" || return
	if [[ ! $3 =~ ^[A-Za-z0-9_./:@+~-]{1,15}$ ]]; then
		kp_err "option $1: $(kp_printable "$3") is not a thread's name that can be passed on"
		kp_hint "it has 15 characters at most: letters, digits and _./:@+~-"
		return "$KP_EX_USAGE"
	fi
}

# _kp_options_mode() { # <mode> <option>
_kp_options_mode() {
	_KP_OPTIONS_SEEN+=("$2")
	KP_OPT_MODE=$1
}

# _kp_options_hint_near() { # <option>: the one it begins like, if any
_kp_options_hint_near() {
	local known near='' usage
	local -a all=()
	usage=$(kp_options_usage | grep -oE -- '--[a-z-]+' | sort -u) || usage=
	[[ -z $usage ]] || mapfile -t all <<<"$usage"
	for known in "${all[@]}"; do
		if [[ ${#1} -ge 4 && ($known == "$1"* || $1 == "$known"*) ]] \
			|| [[ ${#1} -ge 6 && ${known:0:6} == "${1:0:6}" ]]; then
			near+=" $known"
		fi
	done
	kp_hint "${near:+is it$near? }try kp_load.sh --help"
}

# _kp_options_hint_argument() { # <argument>: whose value it was meant to be
_kp_options_hint_argument() {
	local last=
	((${#_KP_OPTIONS_OTHER[@]} == 0)) || last=${_KP_OPTIONS_OTHER[-1]}
	[[ $KP_OPT_MODE != status ]] || last=--status
	case $last in
	--rehearse) kp_hint "a command is given as --rehearse='COMMAND'" ;;
	--status) kp_hint "a probe is named as --status=NAME" ;;
	*)
		if [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_.:+#]*$ ]]; then
			kp_hint "name the function with --probe: --probe=$(kp_printable "$1")"
		else
			kp_hint "name the function with --probe=FUNC"
		fi
		;;
	esac
}

# kp_options_parse() { # <argument>...
# Fills KP_OPT_*. Status 2 and one line for anything it does not understand.
kp_options_parse() {
	local opt value
	local -i has attached

	if (($# == 0)); then
		kp_err "command line: nothing to do"
		kp_hint "try kp_load.sh --help, or kp_load.sh --demo"
		return "$KP_EX_USAGE"
	fi
	while (($#)); do
		opt=$1 value='' has=0 attached=0
		shift
		if [[ $opt == --*=* ]]; then
			value=${opt#*=} opt=${opt%%=*} has=1 attached=1
		fi
		case $opt in
		--probe | --mod | --kver | --kdir | --emit | --unload | --arg | --filter | --comm | --pid | --tid | --uid | --cpu | --format | --duration | --max-hits | --engine | --buffer | --budget | --enable | --disable)
			if ((!has && $#)) && [[ $1 != --* ]]; then
				value=$1 has=1
				shift
			fi
			;;
		esac
		case $opt in
		--check | --list | --status | --unload | --enable | --disable | --demo | --help | -h | --version) ;;
		-*) _KP_OPTIONS_OTHER+=("$opt") ;;
		esac
		case $opt in
		--probe)
			_kp_options_value value "$opt" "$has" "$value" || return
			KP_OPT_PROBES+=("$value")
			;;
		--mod) _kp_options_once KP_OPT_MOD "$opt" "$has" "$value" ;;
		--kver) _kp_options_once KP_OPT_KVER "$opt" "$has" "$value" ;;
		--kdir) _kp_options_once KP_OPT_KDIR "$opt" "$has" "$value" ;;
		--emit) _kp_options_once KP_OPT_EMIT "$opt" "$has" "$value" ;;
		--args) _kp_options_flag KP_OPT_ARGS "$opt" "$attached" ;;
		--arg)
			_kp_options_value value "$opt" "$has" "$value" || return
			KP_OPT_ARG+=("$value")
			;;
		--ret) _kp_options_flag KP_OPT_RET "$opt" "$attached" ;;
		--errors) _kp_options_flag KP_OPT_ERRORS "$opt" "$attached" ;;
		--filter) _kp_options_once KP_OPT_FILTER "$opt" "$has" "$value" ;;
		--follow) _kp_options_flag KP_OPT_FOLLOW "$opt" "$attached" ;;
		--format) _kp_options_word KP_OPT_FORMAT "$opt" "$has" "$value" text json csv folded ;;
		--count)
			((has)) || value=hits
			_kp_options_word KP_OPT_COUNT "$opt" 1 "$value" hits comm ret stack || return
			KP_OPT_FOLLOW=1
			;;
		--hist)
			((has)) || value=duration
			_kp_options_once KP_OPT_HIST "$opt" 1 "$value" || return
			if [[ ! $value =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
				kp_err "option $opt: $(kp_printable "$value") is not the name of an argument"
				return "$KP_EX_USAGE"
			fi
			KP_OPT_FOLLOW=1
			;;
		--engine)
			KP_OPT_ENGINE=
			_kp_options_word KP_OPT_ENGINE "$opt" "$has" "$value" auto kprobe ftrace
			;;
		--budget) _kp_options_number KP_OPT_BUDGET "$opt" "$has" "$value" ;;
		--duration) _kp_options_seconds KP_OPT_DURATION "$opt" "$has" "$value" ;;
		--max-hits)
			_kp_options_number KP_OPT_MAX_HITS "$opt" "$has" "$value" || return
			if ((value == 0)); then
				kp_err "option $opt: 0 hits are none to follow"
				return "$KP_EX_USAGE"
			fi
			;;
		--buffer) _kp_options_size KP_OPT_BUFFER "$opt" "$has" "$value" ;;
		--comm) _kp_options_comm "$opt" "$has" "$value" ;;
		--pid) _kp_options_number KP_OPT_PID "$opt" "$has" "$value" ;;
		--tid) _kp_options_number KP_OPT_TID "$opt" "$has" "$value" ;;
		--uid) _kp_options_number KP_OPT_UID "$opt" "$has" "$value" ;;
		--cpu) _kp_options_number KP_OPT_CPU "$opt" "$has" "$value" ;;
		--verbose) _kp_options_flag KP_OPT_VERBOSE "$opt" "$attached" ;;
		--showstack) _kp_options_flag KP_OPT_SHOWSTACK "$opt" "$attached" ;;
		--showregs) _kp_options_flag KP_OPT_SHOWREGS "$opt" "$attached" ;;
		--build-only) _kp_options_flag KP_OPT_BUILD_ONLY "$opt" "$attached" ;;
		--dry-run) _kp_options_flag KP_OPT_DRY_RUN "$opt" "$attached" ;;
		--keep) _kp_options_flag KP_OPT_KEEP "$opt" "$attached" ;;
		--force) _kp_options_flag KP_OPT_FORCE "$opt" "$attached" ;;
		--rehearse)
			KP_OPT_REHEARSE=1
			if ((attached)); then
				_kp_options_value KP_OPT_REHEARSE_CMD "$opt" 1 "$value"
			fi
			;;
		--status)
			_kp_options_mode status "$opt" || return
			if ((attached)); then
				_kp_options_value KP_OPT_NAME "$opt" 1 "$value"
			fi
			;;
		--unload | --enable | --disable)
			_kp_options_mode "${opt#--}" "$opt" || return
			_kp_options_value KP_OPT_NAME "$opt" "$has" "$value"
			;;
		--check | --list | --demo | --help | --version)
			_kp_options_mode "${opt#--}" "$opt" || return
			if ((attached)); then
				kp_err "option $opt: takes no value"
				return "$KP_EX_USAGE"
			fi
			;;
		-h) _kp_options_mode help "$opt" ;;
		--)
			if (($#)); then
				kp_err "argument $(kp_printable "$1"): not expected"
				kp_hint "name the function with --probe=FUNC"
				return "$KP_EX_USAGE"
			fi
			;;
		-*)
			kp_err "option $(kp_printable "$opt"): unknown"
			_kp_options_hint_near "$opt"
			return "$KP_EX_USAGE"
			;;
		*)
			kp_err "argument $(kp_printable "$opt"): not expected"
			_kp_options_hint_argument "$opt"
			return "$KP_EX_USAGE"
			;;
		esac || return
	done
	_kp_options_conflicts
}

# The options that make no sense together, in one place.
_kp_options_conflicts() {
	local -a planting=()
	# Help is given whatever else was asked.
	case " ${_KP_OPTIONS_SEEN[*]} " in
	*' --help '* | *' -h '*)
		KP_OPT_MODE=help
		return 0
		;;
	esac
	if ((${#_KP_OPTIONS_SEEN[@]} > 1)); then
		kp_err "options ${_KP_OPTIONS_SEEN[*]}: only one of them at a time"
		return "$KP_EX_USAGE"
	fi
	((KP_OPT_REHEARSE)) && planting+=(--rehearse)
	((KP_OPT_BUILD_ONLY)) && planting+=(--build-only)
	((KP_OPT_DRY_RUN)) && planting+=(--dry-run)
	[[ -n $KP_OPT_EMIT ]] && planting+=(--emit)
	if ((${#planting[@]} > 1)); then
		kp_err "options ${planting[*]}: only one of them at a time"
		return "$KP_EX_USAGE"
	fi
	# What is emitted is there to be built, and Kbuild takes no other paths.
	if [[ -n $KP_OPT_EMIT && ! $KP_OPT_EMIT =~ $KP_BUILD_PATH ]]; then
		kp_err "directory $(kp_printable "$KP_OPT_EMIT"): make cannot build with such characters in a path"
		kp_hint "letters, digits and ._/+=@~- can be in it"
		return "$KP_EX_USAGE"
	fi
	if [[ -n $KP_OPT_COUNT && -n $KP_OPT_HIST ]]; then
		kp_err "options --count --hist: only one of them at a time"
		return "$KP_EX_USAGE"
	fi
	if [[ $KP_OPT_FORMAT == folded && $KP_OPT_COUNT != stack ]]; then
		kp_err "option --format=folded: only with --count=stack"
		return "$KP_EX_USAGE"
	fi
	if [[ -n $KP_OPT_COUNT$KP_OPT_HIST ]]; then
		_kp_options_no_events || return
	fi
	if ((!KP_OPT_FOLLOW)); then
		_kp_options_only_follow || return
	elif ((KP_OPT_VERBOSE)); then
		kp_err "options --follow --verbose: the events that are followed have their context"
		return "$KP_EX_USAGE"
	elif ((KP_OPT_SHOWREGS)); then
		kp_err "options --follow --showregs: registers are shown in the kernel log only"
		kp_hint "fetch the ones of interest: --arg=%ax"
		return "$KP_EX_USAGE"
	fi
	case $KP_OPT_MODE in
	plant)
		if ((${#KP_OPT_PROBES[@]} == 0)); then
			kp_err "command line: no --probe"
			kp_hint "name the function: --probe=FUNC"
			return "$KP_EX_USAGE"
		fi
		if ((${#KP_OPT_PROBES[@]} > KP_PROBES_MAX)); then
			kp_err "options --probe: more than $KP_PROBES_MAX in one module"
			return "$KP_EX_USAGE"
		fi
		if [[ -n $KP_OPT_KVER$KP_OPT_KDIR ]] && ((${#planting[@]} == 0)); then
			kp_err "options --kver, --kdir: a module for another kernel cannot be loaded here"
			kp_hint "add --build-only, --dry-run, --emit=DIR or --rehearse"
			return "$KP_EX_USAGE"
		fi
		;;
	check)
		_kp_options_no_effect --probe --mod --kver --kdir --force
		;;
	*)
		_kp_options_no_effect
		;;
	esac
}

# What only the ring has.
_kp_options_only_follow() {
	local option
	for option in "${_KP_OPTIONS_OTHER[@]}"; do
		case $option in
		--format | --duration | --max-hits | --engine | --buffer | --budget)
			kp_err "option $option: only with --follow"
			return "$KP_EX_USAGE"
			;;
		esac
	done
}

# What is added up in the kernel has no events of its own.
_kp_options_no_events() {
	local option
	for option in "${_KP_OPTIONS_OTHER[@]}"; do
		case $option in
		--showstack | --buffer)
			kp_err "option $option: has no effect with ${KP_OPT_COUNT:+--count}${KP_OPT_HIST:+--hist}"
			[[ $option != --showstack ]] || kp_hint "--count=stack counts by stack"
			return "$KP_EX_USAGE"
			;;
		esac
	done
}

# _kp_options_no_effect() { # <option that has one>...
# What would be ignored is refused.
_kp_options_no_effect() {
	local option
	for option in "${_KP_OPTIONS_OTHER[@]}"; do
		if [[ " $* " != *" $option "* ]]; then
			kp_err "option $option: has no effect with ${_KP_OPTIONS_SEEN[0]}"
			return "$KP_EX_USAGE"
		fi
	done
}
