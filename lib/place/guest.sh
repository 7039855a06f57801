# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/guest.sh - in the guest of a rehearsal: the very same command line runs
# here, with KP_REHEARSAL set, and finds the module in the cache. It is believed
# in a guest of ours alone. Needs what plant.sh sources, and place/here.sh.
[[ -n ${_KP_PLACE_GUEST_SOURCED:-} ]] && return 0
_KP_PLACE_GUEST_SOURCED=1

# What runs where no COMMAND is given: opens, reads, forks, and some time.
readonly KP_GUEST_COMMAND='cat /etc/hostname >/dev/null; ls -l / >/dev/null; sleep 1'

# kp_guest_run() { # in the guest: plant, run, show, remove, judge
# What is shown and counted is what happens while COMMAND runs, or since the
# module of --mod was loaded; not our own doings before and after.
kp_guest_run() {
	local mark
	kp_kmsg_mark mark
	if ((KP_OPT_FOLLOW)); then
		_kp_guest_follow || return
	else
		_kp_guest_log || return
	fi
	_kp_guest_judge "$mark"
}

# _kp_guest_log() { # plants, runs COMMAND, shows the log, removes
_kp_guest_log() {
	local height hint stats_before stats_after
	kp_kmsg_prepare || return
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]; then
		kp_kmsg_begin || return
	fi
	height=$(kp_cleanup_mark)
	kp_module_plant || return
	kp_here_tell_planted
	# Opened before and read after: an open may be what is probed.
	exec {stats_before}<"$KP_SYSMODULE/$KP_NAME/parameters/stats" \
		&& exec {stats_after}<"$KP_SYSMODULE/$KP_NAME/parameters/stats" \
		|| _kp_guest_lost || return
	if [[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]]; then
		stats_before=
	else
		IFS= read -r -u "$stats_before" stats_before || _kp_guest_lost || return
		kp_kmsg_begin || return
	fi
	_kp_guest_command
	kp_kmsg_end || return
	IFS= read -r -u "$stats_after" stats_after || _kp_guest_lost || return
	kp_kmsg_print "$KP_NAME" || return
	_kp_guest_tell_command
	hint=$(kp_planted_overrun "$KP_NAME") || hint=
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	_kp_guest_footer "$stats_before" "$stats_after"
	[[ -z $hint ]] || kp_hint "$hint"
}

# _kp_guest_follow() { # the same, through the ring
# The probe is switched on while COMMAND runs: what is counted is what is shown.
_kp_guest_follow() {
	local height followed=0 switch viewer parameters
	kp_tools_find kp_view || return
	[[ ${KP_REQUEST_MODFILE[loaded]:-1} == 0 ]] || KP_PLAN_PARAMS+=(enabled=0)
	height=$(kp_cleanup_mark)
	kp_module_plant || return
	kp_note "following $KP_NAME on $(kp_join "${KP_REQUEST_TARGETS[@]}"), by $KP_ENGINE"
	parameters=$KP_SYSMODULE/$KP_NAME/parameters
	exec {switch}>"$parameters/enabled" || _kp_guest_lost || return
	kp_here_options "$KP_NAME" 0
	kp_here_view 2>"$KP_RUN/footer" &
	viewer=$!
	# Its own beginnings, and the shell's, are not of interest.
	while kill -0 "$viewer" 2>/dev/null \
		&& [[ $(<"$KP_SYSMODULE/$KP_NAME/refcnt") == 0 ]]; do
		sleep 0.05
	done
	printf 1 >&"$switch" || _kp_guest_lost || return
	_kp_guest_command
	printf 0 >&"$switch" || _kp_guest_lost || return
	exec {switch}>&-
	echo 1 >"$parameters/ending" || _kp_guest_lost || return
	wait "$viewer" || followed=$?
	_kp_guest_tell_command
	cat -- "$KP_RUN/footer" >&2
	KP_GUEST_FOOTER=$(kp_planted_param "$KP_NAME" stats) || KP_GUEST_FOOTER=
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	if ((followed)); then
		kp_err "rehearsal of $KP_NAME: the viewer ended with status $followed"
		return "$KP_EX_LOAD"
	fi
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
	kp_err "rehearsal of $KP_NAME: the probe is gone while it was rehearsed"
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
		kp_err "rehearsal of $KP_NAME: whether the kernel complained is not known: its log cannot be read"
		return "$KP_EX_MACHINE"
	fi
	bad=$(kp_kmsg_others "$KP_NAME" <<<"$log" | grep -E 'BUG:|WARNING:|Oops|Call Trace:|general protection|Unable to handle|rcu: INFO|INFO: task .* blocked|scheduling while atomic|suspicious RCU|UBSAN|KASAN') \
		|| (($? == 1)) || bad="grep cannot search the log"
	if [[ -n $bad ]]; then
		kp_err "rehearsal of $KP_NAME: the kernel complained while it was planted"
		head -n 5 <<<"$bad" | sed 's/^/  /' >&2
		return "$KP_EX_FAULT"
	fi
	if [[ -d $KP_SYSMODULE/$KP_NAME ]] \
		|| grep -q . "$KP_KPROBES/list" 2>/dev/null; then
		kp_err "rehearsal of $KP_NAME: something of it is left in the kernel"
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
