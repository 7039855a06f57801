# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/here.sh - this machine: what is planted here, and followed. Needs what
# plant.sh sources.
[[ -n ${_KP_PLACE_HERE_SOURCED:-} ]] && return 0
_KP_PLACE_HERE_SOURCED=1

# kp_here_follow: plants the probe, shows what it catches, removes it.
kp_here_follow() {
	local status=0 height pilot=1
	kp_tools_find kp_view || return
	# The init function of a module that is being loaded does not wait.
	[[ ${KP_REQUEST_MODFILE[loaded]:-1} != 0 ]] || pilot=0
	((!pilot)) || KP_PLAN_PARAMS+=(enabled=0)
	height=$(kp_cleanup_mark)
	kp_module_plant || return
	kp_here_options "$KP_NAME" "$pilot" \
		"following $KP_NAME on $(kp_join "${KP_REQUEST_TARGETS[@]}"), by $KP_ENGINE; Ctrl-C ends it"
	kp_remember "${KP_MODULE_PARAMS[*]}"
	kp_here_view || status=$?
	# Whoever ended it by --unload may have been first.
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	return "$status"
}

kp_here_plant() {
	local height
	height=$(kp_cleanup_mark)
	kp_module_plant || return
	kp_cleanup_forget "$height"
	kp_here_tell_planted
	_kp_here_tell_where
}

kp_here_tell_planted() {
	kp_note "planted $KP_NAME on $(kp_join "${KP_REQUEST_TARGETS[@]}")"
}

# kp_here_warn_of_readers: values and registers hold addresses of the kernel as they are.
kp_here_warn_of_readers() {
	local restrict=''
	[[ -n $KP_FACTS_DIR ]] || ((KP_OPT_SHOWREGS)) || return 0
	read -r restrict 2>/dev/null <"$KP_PROC/sys/kernel/dmesg_restrict" || :
	[[ $restrict == 0 ]] || return 0
	kp_warn "kernel log: every user here can read it, and the kernel's addresses in it: sysctl kernel.dmesg_restrict=1, or --follow"
}

_kp_here_tell_where() {
	kp_note "its hits go to the kernel log:   dmesg -w | grep '$KP_NAME: '"
	kp_note "its counts:                      kp_load.sh --status=$KP_NAME"
	kp_note "remove it:                       kp_load.sh --unload=$KP_NAME"
}

# kp_here_options() { # <module> <pilot> [<note>]: fills KP_HERE_OPTIONS
# The viewer's, for this run; it gives the note when it begins. With a pilot the
# module is switched off: the viewer sees how often it is hit, and switches it
# on. What a hit costs is what the budget takes it for (kp_budget.h), without
# what it has measured.
declare -ga KP_HERE_OPTIONS=()
kp_here_options() {
	local -i cost=100
	[[ $KP_ENGINE == ftrace ]] || cost=150
	[[ " ${KP_FACTS_KIND[*]} " != *' r '* ]] || cost=400
	KP_HERE_OPTIONS=("--stats=$KP_SYSMODULE/$1/parameters/stats")
	((!$2)) || KP_HERE_OPTIONS+=("--pilot=$cost")
	[[ -z ${3:-} ]] || KP_HERE_OPTIONS+=("--note=$3")
	[[ -z $KP_OPT_FORMAT ]] || KP_HERE_OPTIONS+=("--format=$KP_OPT_FORMAT")
	[[ -z $KP_OPT_DURATION ]] || KP_HERE_OPTIONS+=("--duration=$KP_OPT_DURATION")
	[[ -z $KP_OPT_MAX_HITS ]] || KP_HERE_OPTIONS+=("--max-hits=$KP_OPT_MAX_HITS")
	KP_HERE_OPTIONS+=(-- "$KP_DEV/kp/$1")
}

# kp_here_view() { # shows the events as they come, then the counts
# Ends by itself when the probe is being removed. Its status: 0, that of the
# signal that ended it, or one of ours, and told. Signals end the viewer, and then
# no other ends us before our undo is done: timeout(1) sends two, one to us and one
# to our group, and the shell died of the second.
kp_here_view() {
	local viewer signal self=$BASHPID status=0
	# Killed, we cannot end it; in the background we are not $$.
	"$KP_TOOLS/kp_view" "--parent=$self" "${KP_HERE_OPTIONS[@]}" <&0 &
	viewer=$!
	# No $(...) is expanded here, of which bash would read the traps as a part.
	for signal in INT TERM HUP; do
		# shellcheck disable=SC2064 # each is to hand on its own
		trap "kill -$signal $viewer 2>/dev/null || :" "$signal"
	done
	while :; do
		status=0
		wait "$viewer" || status=$?
		# Its own end, or a signal that came to us?
		if ((status <= 128)) || ! kill -0 "$viewer" 2>/dev/null; then
			break
		fi
	done
	trap '' INT TERM HUP
	case $status in
	0 | 129 | 130 | 141 | 143) return "$status" ;;
	2 | 1[0-3])
		kp_log_tell
		return "$status"
		;;
	esac
	kp_err "viewer $KP_TOOLS/kp_view: ended with status $status"
	return "$KP_EX_LOAD"
}
