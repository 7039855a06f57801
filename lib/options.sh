# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# options.sh - the command line, parsed. Parsing only records; what makes no sense
# together is refused by options_check.sh, what needs the machine by sanity.sh.
# Needs log.sh; KP_TOP.
[[ -n ${_KP_OPTIONS_SOURCED:-} ]] && return 0
_KP_OPTIONS_SOURCED=1

# How many a module takes: a file of sysfs, a page, is to hold all their counts.
readonly KP_PROBES_MAX=32

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
KP_OPT_ENGINE=                   # auto kprobe ftrace
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

# Every option: what its value is, and where that goes. A value that is needed may
# be the next word; one that is optional is attached.
declare -gA _KP_OPTIONS=(
	['--probe']=probe
	['--mod']='once MOD'
	['--kver']='once KVER'
	['--kdir']='once KDIR'
	['--emit']='once EMIT'
	['--args']='flag ARGS'
	['--arg']=arg
	['--ret']='flag RET'
	['--errors']='flag ERRORS'
	['--filter']='once FILTER'
	['--follow']='flag FOLLOW'
	['--format']='word FORMAT text json csv folded'
	['--count']='sum COUNT hits comm ret stack'
	['--hist']='sum HIST'
	['--engine']='word ENGINE auto kprobe ftrace'
	['--budget']='number BUDGET'
	['--duration']='seconds DURATION'
	['--max-hits']='hits MAX_HITS'
	['--buffer']='size BUFFER'
	['--comm']='comm COMM'
	['--pid']='number PID'
	['--tid']='number TID'
	['--uid']='number UID'
	['--cpu']='number CPU'
	['--verbose']='flag VERBOSE'
	['--showstack']='flag SHOWSTACK'
	['--showregs']='flag SHOWREGS'
	['--build-only']='flag BUILD_ONLY'
	['--dry-run']='flag DRY_RUN'
	['--keep']='flag KEEP'
	['--force']='flag FORCE'
	['--rehearse']=rehearse
	['--check']=mode
	['--list']=mode
	['--demo']=mode
	['--help']=mode
	['--version']=mode
	['-h']=mode
	['--status']=status
	['--unload']=name
	['--enable']=name
	['--disable']=name
)

# kp_options_usage() { # prints --help
kp_options_usage() {
	printf '%s\n' "$(<"$KP_TOP/lib/usage.txt")"
}

# kp_options_parse() { # <argument>...
# Fills KP_OPT_*. Status 2 and one line for anything it does not understand.
kp_options_parse() {
	local opt value kind
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
		kind=${_KP_OPTIONS[${opt:- }]:-} # an empty one is no subscript
		case $kind in
		mode | status) ;;
		'')
			_kp_options_unknown "$opt" "$@" || return
			continue
			;;
		*)
			[[ $kind == name ]] || _KP_OPTIONS_OTHER+=("$opt")
			if [[ $kind != flag\ * && $kind != sum\ * && $kind != rehearse ]] \
				&& ((!has && $#)) && [[ $1 != --* ]]; then
				value=$1 has=1
				shift
			fi
			;;
		esac
		_kp_options_take "${kind%% *}" "${kind#* }" "$opt" "$has" "$value" "$attached" || return
	done
	[[ -n $KP_OPT_ENGINE ]] || KP_OPT_ENGINE=auto
	_kp_options_together
}

# _kp_options_take() { # <kind> <VAR and words> <option> <has value> <value> <attached>
_kp_options_take() {
	local var=KP_OPT_${2%% *}
	case $1 in
	flag)
		(($6 == 0)) || _kp_options_no_value "$3" || return
		printf -v "$var" 1
		;;
	probe)
		_kp_options_value value "$3" "$4" "$5" || return
		KP_OPT_PROBES+=("$5")
		;;
	arg)
		_kp_options_value value "$3" "$4" "$5" || return
		KP_OPT_ARG+=("$5")
		;;
	mode)
		_kp_options_mode "${3##*-}" "$3"
		(($6 == 0)) || _kp_options_no_value "$3"
		;;
	status)
		_kp_options_mode status "$3"
		(($6 == 0)) || _kp_options_value KP_OPT_NAME "$3" 1 "$5"
		;;
	name)
		_kp_options_mode "${3#--}" "$3"
		_kp_options_value KP_OPT_NAME "$3" "$4" "$5"
		;;
	rehearse)
		KP_OPT_REHEARSE=1
		(($6 == 0)) || _kp_options_value KP_OPT_REHEARSE_CMD "$3" 1 "$5"
		;;
	once) _kp_options_once "$var" "${@:3:3}" ;;
	*) # shellcheck source=lib/options_value.sh
		source "$KP_TOP/lib/options_value.sh"
		[[ $1 != sum ]] || KP_OPT_FOLLOW=1
		"_kp_options_$1" "$var" "${@:3:3}" "${2#* }"
		;;
	esac
}

# _kp_options_mode() { # <mode> <option>
_kp_options_mode() {
	_KP_OPTIONS_SEEN+=("$2")
	KP_OPT_MODE=$1
	[[ $1 != h ]] || KP_OPT_MODE=help
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

# _kp_options_no_value() { # <option>
_kp_options_no_value() {
	kp_err "option $1: takes no value"
	return "$KP_EX_USAGE"
}

# _kp_options_together() { # is there anything to be checked?
_kp_options_together() {
	# Help is given whatever else was asked.
	case " ${_KP_OPTIONS_SEEN[*]} " in
	*' --help '* | *' -h '*)
		KP_OPT_MODE=help
		return 0
		;;
	esac
	[[ $KP_OPT_MODE == plant ]] || ((${#_KP_OPTIONS_SEEN[@]} > 1 || ${#_KP_OPTIONS_OTHER[@]})) || return 0
	# shellcheck source=lib/options_check.sh
	source "$KP_TOP/lib/options_check.sh"
	kp_options_check
}

# _kp_options_unknown() { # <option or argument> <argument after it>...
_kp_options_unknown() {
	# shellcheck source=lib/options_check.sh
	source "$KP_TOP/lib/options_check.sh"
	kp_options_refuse "$@"
}
