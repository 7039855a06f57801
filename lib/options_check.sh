# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# options_check.sh - the options that make no sense together, in one place, and
# what is said to those that there are none of. Sourced by options.sh where there
# is something to check. Needs log.sh paths.sh.
[[ -n ${_KP_OPTIONS_CHECK_SOURCED:-} ]] && return 0
_KP_OPTIONS_CHECK_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"

# kp_options_check() { # status 2 and one line for what makes no sense
kp_options_check() {
	local -a planting=()
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
	if [[ -n $KP_OPT_EMIT && ! $KP_OPT_EMIT =~ $KP_PATHS_MAKE ]]; then
		kp_err "directory $(kp_printable "$KP_OPT_EMIT"): make cannot build with such characters in a path"
		kp_hint "letters, digits and ._/+=@~- can be in it"
		return "$KP_EX_USAGE"
	fi
	_kp_options_followed || return
	case $KP_OPT_MODE in
	plant)
		_kp_options_plantable "${#planting[@]}"
		;;
	check)
		_kp_options_no_effect --probe --mod --kver --kdir --force
		;;
	*)
		_kp_options_no_effect
		;;
	esac
}

# What is there to plant, and for which kernel. <ways to go no further>
_kp_options_plantable() {
	if ((${#KP_OPT_PROBES[@]} == 0)); then
		kp_err "command line: no --probe"
		kp_hint "name the function: --probe=FUNC"
		return "$KP_EX_USAGE"
	fi
	if ((${#KP_OPT_PROBES[@]} > KP_PROBES_MAX)); then
		kp_err "options --probe: more than $KP_PROBES_MAX in one module"
		return "$KP_EX_USAGE"
	fi
	if [[ -n $KP_OPT_KVER$KP_OPT_KDIR ]] && (($1 == 0)); then
		kp_err "options --kver, --kdir: a module for another kernel cannot be loaded here"
		kp_hint "add --build-only, --dry-run, --emit=DIR or --rehearse"
		return "$KP_EX_USAGE"
	fi
}

# How it is followed, or not.
_kp_options_followed() {
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

# kp_options_refuse() { # <option or argument> <argument after it>...
kp_options_refuse() {
	case $1 in
	--)
		(($# > 1)) || return 0
		kp_err "argument $(kp_printable "$2"): not expected"
		kp_hint "name the function with --probe=FUNC"
		;;
	-*)
		kp_err "option $(kp_printable "$1"): unknown"
		_kp_options_hint_near "$1"
		;;
	*)
		kp_err "argument $(kp_printable "$1"): not expected"
		_kp_options_hint_argument "$1"
		;;
	esac
	return "$KP_EX_USAGE"
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
