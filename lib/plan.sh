# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# plan.sh - writes the plan of a run, which kp_run does and undoes. What its words
# mean is said in tools/run/run_plan.h. Needs log.sh.
[[ -n ${_KP_PLAN_SOURCED:-} ]] && return 0
_KP_PLAN_SOURCED=1

# kp_run's status where ftrace refused and the plan has a fallback: nothing was
# told, nothing is planted.
# shellcheck disable=SC2034 # for who runs it
readonly KP_PLAN_FALLBACK=75

# Written here alone: words that a plan has once, lines of the others, and what
# the module is given when it is loaded.
declare -gA KP_PLAN_ONCE=()
declare -ga KP_PLAN_LINES=() KP_PLAN_PARAMS=()

# kp_plan_begin() { # a new one, of nothing
kp_plan_begin() {
	KP_PLAN_ONCE=() KP_PLAN_LINES=() KP_PLAN_PARAMS=()
}

# kp_plan_set() { # <word> <text>: engine, name, shape, viewer, pilot, ...
# Said again it takes the place of what was said; an empty text takes it back.
kp_plan_set() {
	if [[ -n $2 ]]; then
		KP_PLAN_ONCE[$1]=$2
	else
		unset -v "KP_PLAN_ONCE[$1]"
	fi
}

# kp_plan_add() { # <word> <text>...: a line each: bring, note, view
kp_plan_add() {
	local word=$1
	shift
	KP_PLAN_LINES+=("${@/#/"$word "}")
}

# kp_plan_param() { # <NAME=VALUE>...: of the module
kp_plan_param() {
	KP_PLAN_PARAMS+=("$@")
}

# kp_plan_probes() { # <array>...: of all probes their kind, how people write
# them, funcname, event, and where they are listed, which may be empty
kp_plan_probes() {
	local -n _kind=$1 _shown=$2 _func=$3 _event=$4 _listed=$5
	local -i _n
	for _n in "${!_kind[@]}"; do
		KP_PLAN_LINES+=("probe ${_kind[_n]} ${_shown[_n]}" "funcname ${_func[_n]}"
			"event ${_event[_n]}" ${_listed[_n]:+"listed ${_listed[_n]}"})
	done
}

# kp_plan_write() { # <file>: replaces it
kp_plan_write() {
	local word
	local -a lines=('kp_plan 1')
	for word in "${!KP_PLAN_ONCE[@]}"; do
		lines+=("$word ${KP_PLAN_ONCE[$word]}")
	done
	lines+=("${KP_PLAN_LINES[@]}" "${KP_PLAN_PARAMS[@]/#/param }")
	if [[ ${lines[*]} == *$'\n'* ]]; then
		kp_err "plan $1: a text of two lines"
		return "$KP_EX_INTERNAL"
	fi
	if ! printf '%s\n' "${lines[@]}" 2>/dev/null >"$1"; then
		kp_err "plan $1: could not be written"
		kp_hint "is the disk full? see df ${1%/*}"
		return "$KP_EX_BUILD"
	fi
}
