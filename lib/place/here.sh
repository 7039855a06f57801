# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/here.sh - this machine: a plan is made, and kp_run does it. Needs log.sh
# paths.sh options.sh facts.sh symbols.sh request.sh build.sh plan.sh tools.sh engine/module.sh;
# KP_RUN.
[[ -n ${_KP_PLACE_HERE_SOURCED:-} ]] && return 0
_KP_PLACE_HERE_SOURCED=1

# kp_here_plant() { # <name>: plants what was asked for, and follows it or not
kp_here_plant() {
	local status
	while :; do
		status=0
		kp_here_plan "$1" || return
		kp_here_run "$KP_RUN/plan" || status=$?
		((status == KP_PLAN_FALLBACK)) || return "$status"
		kp_module_fall_back || return
	done
}

# kp_here_plan() { # <name>: $KP_RUN/plan
# In the guest of a rehearsal it is switched on while COMMAND runs, and told there.
kp_here_plan() {
	kp_build_shape "$KP_ENGINE" "$1" || return
	kp_plan_begin
	((!KP_OPT_FOLLOW)) || _kp_here_view
	if [[ -n ${KP_REHEARSAL:-} ]]; then
		if ((!KP_OPT_FOLLOW)); then
			kp_plan_add note "planted %n on $(kp_join "${KP_SYMBOLS_TARGET[@]}")"
		else
			kp_request_is_to_come || kp_plan_param enabled=0
		fi
	elif ((KP_OPT_FOLLOW)); then
		kp_plan_add note "following %n on $(kp_join "${KP_SYMBOLS_TARGET[@]}"), by $KP_ENGINE; Ctrl-C ends it"
		# The init function of a module that is being loaded does not wait.
		kp_request_is_to_come || _kp_here_pilot
	else
		_kp_here_warn_of_readers
		kp_plan_add note "planted %n on $(kp_join "${KP_SYMBOLS_TARGET[@]}")" \
			"its hits go to the kernel log:   dmesg -w | grep '%n: '" \
			"its counts:                      kp_load.sh --status=%n" \
			"remove it:                       kp_load.sh --unload=%n"
	fi
	! kp_request_is_to_come || kp_module_target || return
	kp_module_plan "$KP_RUN/plan" "$1"
}

# _kp_here_view() { # what the viewer is to show
_kp_here_view() {
	kp_plan_set viewer "$KP_TOOLS/kp_view"
	[[ -z $KP_OPT_FORMAT ]] || kp_plan_add view "--format=$KP_OPT_FORMAT"
	[[ -z $KP_OPT_DURATION ]] || kp_plan_add view "--duration=$KP_OPT_DURATION"
	[[ -z $KP_OPT_MAX_HITS ]] || kp_plan_add view "--max-hits=$KP_OPT_MAX_HITS"
}

# _kp_here_pilot() { # first it is seen how often it is hit
# What a hit costs, in ns: roughly, and at least. The budget measures.
_kp_here_pilot() {
	local -i cost=100
	[[ $KP_ENGINE == ftrace ]] || cost=150
	[[ " ${KP_FACTS_KIND[*]} " != *' r '* ]] || cost=400
	kp_plan_set pilot "$cost"
}

# Values and registers hold addresses of the kernel as they are.
_kp_here_warn_of_readers() {
	local restrict=''
	[[ -n $KP_FACTS_DIR ]] || ((KP_OPT_SHOWREGS)) || return 0
	read -r restrict 2>/dev/null <"$KP_PROC/sys/kernel/dmesg_restrict" || :
	[[ $restrict == 0 ]] || return 0
	kp_warn "kernel log: every user here can read it, and the kernel's addresses in it: sysctl kernel.dmesg_restrict=1, or --follow"
}

# kp_here_run() { # <plan>: until it is done, and undone
# Its status: 0, that of the signal that ended it, or one of ours, and told. Signals
# end it, and then no other ends us before that is done: timeout(1) sends two, one
# to us and one to our group, and the shell died of the second.
kp_here_run() {
	local run signal self=$BASHPID status=0
	# Killed, we cannot end it; in the background we are not $$.
	"$KP_TOOLS/kp_run" "--trust=$KP_TOP/kp_load.sh" "--parent=$self" "$1" <&0 &
	run=$!
	# No $(...) is expanded here, of which bash would read the traps as a part.
	for signal in INT TERM HUP; do
		# shellcheck disable=SC2064 # each is to hand on its own
		trap "kill -$signal $run 2>/dev/null || :" "$signal"
	done
	while :; do
		status=0
		wait "$run" || status=$?
		# Its own end, or a signal that came to us?
		if ((status <= 128)) || ! kill -0 "$run" 2>/dev/null; then
			break
		fi
	done
	trap '' INT TERM HUP
	case $status in
	0 | 129 | 130 | 141 | 143 | "$KP_PLAN_FALLBACK") ;;
	2 | 1[0-3]) kp_log_tell ;;
	*)
		kp_err "program $KP_TOOLS/kp_run: ended with status $status"
		status=$KP_EX_LOAD
		;;
	esac
	return "$status"
}
