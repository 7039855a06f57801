# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/guest.sh - in the guest of a rehearsal: the very same command line runs
# here, with KP_REHEARSAL set, and finds the module in the cache. It is believed
# in a guest of ours alone. Needs what plant.sh sources, and place/here.sh.
[[ -n ${_KP_PLACE_GUEST_SOURCED:-} ]] && return 0
_KP_PLACE_GUEST_SOURCED=1

# What runs where no COMMAND is given: opens, reads, forks, and some time.
readonly KP_GUEST_COMMAND='cat /etc/hostname >/dev/null; ls -l / >/dev/null; sleep 1'

KP_GUEST_NAME=   # of the module: nobody else plants here
KP_GUEST_FOOTER= # the counts of what was shown
KP_GUEST_STATUS= # of the command
_KP_GUEST_STUCK= # not empty: it could not be removed, which was told

# kp_guest_run() { # <name>: in the guest: plant, run, show, remove, judge
# What is shown and counted is what happens while COMMAND runs, or since the
# module of --mod was loaded; not our own doings before and after.
kp_guest_run() {
	local mark
	KP_GUEST_NAME=$1
	kp_kmsg_mark mark
	# Before it is planted: a signal may end us meanwhile.
	kp_cleanup_push _kp_guest_undo
	if ((KP_OPT_FOLLOW)); then
		_kp_guest_follow || return
	else
		_kp_guest_log || return
	fi
	_kp_guest_judge "$mark"
}

# _kp_guest_undo() { # what is gone is fine
_kp_guest_undo() {
	local status=0
	if [[ -z $_KP_GUEST_STUCK ]]; then
		"$KP_TOOLS/kp_run" --undo "$KP_GUEST_NAME" || status=$?
		((status == 0)) || _kp_guest_told
	elif [[ -d $KP_SYSMODULE/$KP_GUEST_NAME ]]; then
		# The end tries again what failed before.
		"$KP_TOOLS/kp_run" --undo "$KP_GUEST_NAME" 2>/dev/null || return
		kp_note "removed $KP_GUEST_NAME at last"
	fi
	return "$status"
}

# _kp_guest_told() { # kp_run said why it failed, and what it could not remove
_kp_guest_told() {
	kp_log_tell
	[[ ! -d $KP_SYSMODULE/$KP_GUEST_NAME ]] || _KP_GUEST_STUCK=1
}

# _kp_guest_log() { # plants, runs COMMAND, shows the log, removes
_kp_guest_log() {
	local hint stats_before='' stats_after parameters=$KP_SYSMODULE/$KP_GUEST_NAME/parameters
	kp_kmsg_prepare || return
	! kp_request_is_to_come || kp_kmsg_begin || return
	kp_here_plan "$KP_GUEST_NAME" || return
	kp_here_run "$KP_RUN/plan" || return
	# Opened before and read after: an open may be what is probed.
	exec {stats_before}<"$parameters/stats" && exec {stats_after}<"$parameters/stats" \
		|| _kp_guest_lost || return
	if kp_request_is_to_come; then
		stats_before=
	else
		IFS= read -r -u "$stats_before" stats_before || _kp_guest_lost || return
		kp_kmsg_begin || return
	fi
	_kp_guest_command
	kp_kmsg_end || return
	IFS= read -r -u "$stats_after" stats_after || _kp_guest_lost || return
	kp_kmsg_print "$KP_GUEST_NAME" || return
	_kp_guest_tell_command
	hint=$(kp_planted_overrun "$KP_GUEST_NAME") || hint=
	_kp_guest_undo || return
	_kp_guest_footer "$stats_before" "$stats_after"
	[[ -z $hint ]] || kp_hint "$hint"
}

# _kp_guest_follow() { # the same, through the ring
# The probe is switched on while COMMAND runs: what is counted is what is shown.
_kp_guest_follow() {
	local followed=0 switch run parameters=$KP_SYSMODULE/$KP_GUEST_NAME/parameters
	_kp_guest_begin_following run || return
	kp_note "following $KP_GUEST_NAME on $(kp_join "${KP_SYMBOLS_TARGET[@]}"), by $KP_ENGINE"
	exec {switch}>"$parameters/enabled" || _kp_guest_lost || return
	printf 1 >&"$switch" || _kp_guest_lost || return
	_kp_guest_command
	printf 0 >&"$switch" || _kp_guest_lost || return
	exec {switch}>&-
	KP_GUEST_FOOTER=$(kp_planted_param "$KP_GUEST_NAME" stats) || KP_GUEST_FOOTER=
	echo 1 >"$parameters/ending" || _kp_guest_lost || return
	wait "$run" || followed=$?
	_kp_guest_tell_command
	cat -- "$KP_RUN/footer" >&2
	case $followed in
	0) return 0 ;;
	2 | 1[0-3])
		_kp_guest_told
		return "$followed"
		;;
	esac
	kp_err "rehearsal of $KP_GUEST_NAME: the viewer ended with status $followed"
	return "$KP_EX_LOAD"
}

# _kp_guest_begin_following() { # <var>: the process that follows, its viewer ready
# Its own beginnings, and the shell's, are not of interest.
_kp_guest_begin_following() {
	local _run _count _status
	while :; do
		kp_here_plan "$KP_GUEST_NAME" || return
		kp_here_run "$KP_RUN/plan" 2>"$KP_RUN/footer" &
		_run=$! _status=0
		while kill -0 "$_run" 2>/dev/null; do
			if kp_paths_read _count "$KP_SYSMODULE/$KP_GUEST_NAME/refcnt" && ((_count)); then
				printf -v "$1" %d "$_run"
				return 0
			fi
			sleep 0.05
		done
		wait "$_run" || _status=$?
		if ((_status != KP_PLAN_FALLBACK)); then
			cat -- "$KP_RUN/footer" >&2
			kp_log_tell
			return $((_status ? _status : KP_EX_LOAD))
		fi
		kp_module_fall_back || return
	done
}

# _kp_guest_command() { # runs COMMAND; its status to KP_GUEST_STATUS
_kp_guest_command() {
	KP_GUEST_STATUS=0
	bash -c "${KP_OPT_REHEARSE_CMD:-$KP_GUEST_COMMAND}" </dev/null >&2 \
		|| KP_GUEST_STATUS=$?
}

# _kp_guest_tell_command() { # not before all events were
_kp_guest_tell_command() {
	((KP_GUEST_STATUS == 0)) \
		|| kp_warn "the command ended with status $KP_GUEST_STATUS"
}

# _kp_guest_lost() { # somebody else removed it
_kp_guest_lost() {
	kp_err "rehearsal of $KP_GUEST_NAME: the probe is gone while it was rehearsed"
	return "$KP_EX_LOAD"
}

# _kp_guest_footer() { # <stats before, or nothing> <stats after>
# The counts of what was shown; also to KP_GUEST_FOOTER.
_kp_guest_footer() {
	local word key
	local -A before=()
	local -a footer=()
	for word in $1; do
		before[${word%%=*}]=${word#*=}
	done
	for word in $2; do
		key=${word%%=*}
		footer+=("$key=$((${word#*=} - ${before[$key]:-0}))")
	done
	KP_GUEST_FOOTER=${footer[*]}
	printf '%s\n' "$KP_GUEST_FOOTER" >&2
}

# _kp_guest_judge() { # <mark>: status 14 where the kernel complained
# A kernel that prints one of these was harmed, or warns that it will be. What
# our events say is what programs said.
_kp_guest_judge() {
	local log bad
	if ! log=$(kp_kmsg_since "$1"); then
		kp_err "rehearsal of $KP_GUEST_NAME: whether the kernel complained is not known: its log cannot be read"
		return "$KP_EX_MACHINE"
	fi
	bad=$(kp_kmsg_others "$KP_GUEST_NAME" <<<"$log" | grep -E 'BUG:|WARNING:|Oops|Call Trace:|general protection|Unable to handle|rcu: INFO|INFO: task .* blocked|scheduling while atomic|suspicious RCU|UBSAN|KASAN') \
		|| (($? == 1)) || bad="grep cannot search the log"
	if [[ -n $bad ]]; then
		kp_err "rehearsal of $KP_GUEST_NAME: the kernel complained while it was planted"
		head -n 5 <<<"$bad" | sed 's/^/  /' >&2
		return "$KP_EX_FAULT"
	fi
	if [[ -d $KP_SYSMODULE/$KP_GUEST_NAME ]] \
		|| grep -q . "$KP_KPROBES/list" 2>/dev/null; then
		kp_err "rehearsal of $KP_GUEST_NAME: something of it is left in the kernel"
		return "$KP_EX_FAULT"
	fi
	if [[ $KP_GUEST_FOOTER =~ ^hits=([1-9][0-9]*)\ shown=0\ filtered=([0-9]+)\  &&
		${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]; then
		kp_warn "nothing was shown: all hits were filtered: is what --comm, --pid, --filter or the like ask for what you mean?"
	elif [[ $KP_GUEST_FOOTER == 'hits=0 '* ]]; then
		kp_warn "nothing was caught: does COMMAND of --rehearse=COMMAND call the function? The compiler may have inlined it where it is called"
	fi
	kp_note "rehearsal: loaded, ${KP_GUEST_FOOTER%% *}, ${KP_GUEST_FOOTER##* }, no warning in the kernel's log, removed"
}
