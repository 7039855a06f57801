# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# rehearse.sh - the same module in a throw-away VM of the same kernel. Outside,
# kp_rehearse boots it; inside, the very same command line runs with
# KP_REHEARSAL set, and finds the module in the cache. It is believed in a guest
# of ours alone. Needs all others.
[[ -n ${_KP_REHEARSE_SOURCED:-} ]] && return 0
_KP_REHEARSE_SOURCED=1

# What runs where no COMMAND is given: opens, reads, forks, and some time.
readonly KP_REHEARSE_COMMAND='cat /etc/hostname >/dev/null; ls -l / >/dev/null; sleep 1'

# kp_rehearse() { # boots, shows what comes, ends with the guest's status
kp_rehearse() {
	local vm=$KP_RUN/vm status=0 kept
	local -i began=$SECONDS
	if ! mkdir -- "$vm" || ! _kp_rehearse_job "$vm"; then
		kp_err "rehearsal of $KP_NAME: its files in $vm could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_MACHINE"
	fi
	kp_note "rehearsal: booting $KP_RELEASE in QEMU; the whole takes 20 seconds, or a minute or more without KVM"
	kp_vm_start "$KP_RELEASE" "$vm" || return
	kp_vm_wait "$vm" _kp_rehearse_show "$vm" || status=$?
	if ((status == 0)); then
		read -r status <"$vm/status" || status=$KP_EX_INTERNAL
		# It was told there, and so here.
		((status == 0)) || kp_log_tell
	fi
	if ((status == KP_EX_FAULT)); then
		kept=$KP_WORKDIR/$KP_NAME.rehearsal.log
		cat -- "$vm/console" "$vm/dmesg" 2>/dev/null | tr -d '\r' >"$kept" || :
		kp_note "rehearsal: FAULT on $KP_RELEASE after $((SECONDS - began)) s"
		kp_hint "the guest's log is kept: $kept"
	elif ((status == 0)); then
		kp_note "rehearsal: PASS on $KP_RELEASE in $((SECONDS - began)) s; nothing was changed here"
		kp_note "the same kernel, but not the same load or hardware"
	fi
	return "$status"
}

# _kp_rehearse_job() { # <vm dir>: the same command line, for the guest
_kp_rehearse_job() {
	local vm=$1
	cp -- "$KP_TOP/lib/vm_init.sh" "$vm/init" && chmod 0755 "$vm/init" || return
	pwd >"$vm/cwd" || return
	{
		printf 'export KP_REHEARSAL=/run/kp_vm KP_WORKDIR=%q\n' "$KP_WORKDIR"
		printf 'exec %q' "$KP_TOP/kp_load.sh"
		printf ' %q' "${KP_ARGV[@]}"
		printf '\n'
	} >"$vm/job"
}

# How much of the guest's output was told here, in bytes.
_KP_REHEARSE_OUT=0
_KP_REHEARSE_ERR=0
_KP_REHEARSE_TOLD=0 # SECONDS when anything was last

# _kp_rehearse_show() { # <vm dir>: what the guest has said since
# On a terminal also, now and then, that the guest goes on without a word.
_kp_rehearse_show() {
	local had=$_KP_REHEARSE_OUT.$_KP_REHEARSE_ERR
	_kp_rehearse_more "$1/stdout" _KP_REHEARSE_OUT
	_kp_rehearse_more "$1/stderr" _KP_REHEARSE_ERR >&2
	if [[ $_KP_REHEARSE_OUT.$_KP_REHEARSE_ERR != "$had" ]] || ((!_KP_REHEARSE_TOLD)); then
		_KP_REHEARSE_TOLD=$SECONDS
	elif ((SECONDS >= _KP_REHEARSE_TOLD + 10)) && [[ -t 2 ]]; then
		_KP_REHEARSE_TOLD=$SECONDS
		if [[ -s $1/alive ]]; then
			kp_note "rehearsal: $SECONDS s: the guest runs"
		else
			kp_note "rehearsal: $SECONDS s: the guest is booting"
		fi
	fi
}

# _kp_rehearse_more() { # <file> <var>: what it holds beyond <var> bytes
_kp_rehearse_more() {
	local -n _told=$2
	local _size
	_size=$(stat -c %s -- "$1") || return 0
	((_size > _told)) || return 0
	tail -c "+$((_told + 1))" -- "$1" | head -c "$((_size - _told))" || :
	_told=$_size
}

# kp_rehearse_inside() { # in the guest: plant, run, show, remove, judge
# What is shown and counted is what happens while COMMAND runs, or since the
# module of --mod was loaded; not our own doings before and after.
kp_rehearse_inside() {
	local mark
	kp_module_log_mark mark
	if ((KP_OPT_FOLLOW)); then
		_kp_rehearse_follow || return
	else
		_kp_rehearse_log || return
	fi
	_kp_rehearse_judge "$mark"
}

# _kp_rehearse_log() { # plants, runs COMMAND, shows the log, removes
_kp_rehearse_log() {
	local height hint stats_before stats_after
	kp_events_prepare || return
	if [[ ${MODFILE[loaded]:-1} == 0 ]]; then
		kp_events_begin || return
	fi
	height=$(kp_cleanup_mark)
	load || return
	say_planted
	# Opened before and read after: an open may be what is probed.
	exec {stats_before}<"$KP_SYSMODULE/$KP_NAME/parameters/stats" \
		&& exec {stats_after}<"$KP_SYSMODULE/$KP_NAME/parameters/stats" \
		|| _kp_rehearse_lost || return
	if [[ ${MODFILE[loaded]:-1} == 0 ]]; then
		stats_before=
	else
		IFS= read -r -u "$stats_before" stats_before || _kp_rehearse_lost || return
		kp_events_begin || return
	fi
	_kp_rehearse_command
	kp_events_end || return
	IFS= read -r -u "$stats_after" stats_after || _kp_rehearse_lost || return
	kp_events_print "$KP_NAME" || return
	_kp_rehearse_tell_command
	hint=$(kp_module_overrun "$KP_NAME") || hint=
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	_kp_rehearse_footer "$stats_before" "$stats_after"
	[[ -z $hint ]] || kp_hint "$hint"
}

# _kp_rehearse_follow() { # the same, through the ring
# The probe is switched on while COMMAND runs: what is counted is what is shown.
_kp_rehearse_follow() {
	local height followed=0 switch viewer parameters
	kp_tools_find kp_view || return
	[[ ${MODFILE[loaded]:-1} == 0 ]] || KP_PLAN_PARAMS+=(enabled=0)
	height=$(kp_cleanup_mark)
	load || return
	kp_note "following $KP_NAME on $(join_comma "${TARGETS[@]}"), by $KP_ENGINE"
	parameters=$KP_SYSMODULE/$KP_NAME/parameters
	exec {switch}>"$parameters/enabled" || _kp_rehearse_lost || return
	kp_events_options "$KP_NAME" 0
	kp_events_follow 2>"$KP_RUN/footer" &
	viewer=$!
	# Its own beginnings, and the shell's, are not of interest.
	while kill -0 "$viewer" 2>/dev/null \
		&& [[ $(<"$KP_SYSMODULE/$KP_NAME/refcnt") == 0 ]]; do
		sleep 0.05
	done
	printf 1 >&"$switch" || _kp_rehearse_lost || return
	_kp_rehearse_command
	printf 0 >&"$switch" || _kp_rehearse_lost || return
	exec {switch}>&-
	echo 1 >"$parameters/ending" || _kp_rehearse_lost || return
	wait "$viewer" || followed=$?
	_kp_rehearse_tell_command
	cat -- "$KP_RUN/footer" >&2
	KP_REHEARSE_FOOTER=$(kp_module_param "$KP_NAME" stats) || KP_REHEARSE_FOOTER=
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	if ((followed)); then
		kp_err "rehearsal of $KP_NAME: the viewer ended with status $followed"
		return "$KP_EX_LOAD"
	fi
}

# _kp_rehearse_command() { # runs COMMAND; its status to KP_REHEARSE_STATUS
_kp_rehearse_command() {
	KP_REHEARSE_STATUS=0
	bash -c "${KP_OPT_REHEARSE_CMD:-$KP_REHEARSE_COMMAND}" </dev/null >&2 \
		|| KP_REHEARSE_STATUS=$?
}

# _kp_rehearse_tell_command() { # not before all events were
_kp_rehearse_tell_command() {
	((KP_REHEARSE_STATUS == 0)) \
		|| kp_warn "the command ended with status $KP_REHEARSE_STATUS"
}

# _kp_rehearse_lost() { # somebody else removed it
_kp_rehearse_lost() {
	kp_err "rehearsal of $KP_NAME: the probe is gone while it was rehearsed"
	return "$KP_EX_LOAD"
}

# _kp_rehearse_footer() { # <stats before, or nothing> <stats after>
# The counts of what was shown; also to KP_REHEARSE_FOOTER.
_kp_rehearse_footer() {
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
	KP_REHEARSE_FOOTER=${footer[*]}
	printf '%s\n' "$KP_REHEARSE_FOOTER" >&2
}

# _kp_rehearse_judge() { # <mark>: status 14 where the kernel complained
# A kernel that prints one of these was harmed, or warns that it will be. What
# our events say is what programs said.
_kp_rehearse_judge() {
	local log bad
	if ! log=$(kp_module_log_since "$1"); then
		kp_err "rehearsal of $KP_NAME: whether the kernel complained is not known: its log cannot be read"
		return "$KP_EX_MACHINE"
	fi
	bad=$(kp_events_others "$KP_NAME" <<<"$log" | grep -E 'BUG:|WARNING:|Oops|Call Trace:|general protection|Unable to handle|rcu: INFO|INFO: task .* blocked|scheduling while atomic|suspicious RCU|UBSAN|KASAN') \
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
	if [[ $KP_REHEARSE_FOOTER =~ ^hits=([1-9][0-9]*)\ shown=0\ filtered=([0-9]+)\  &&
		${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]; then
		kp_warn "nothing was shown: all hits were filtered: is what --comm, --pid, --filter or the like ask for what you mean?"
	elif [[ $KP_REHEARSE_FOOTER == 'hits=0 '* ]]; then
		kp_warn "nothing was caught: does COMMAND of --rehearse=COMMAND call the function? The compiler may have inlined it where it is called"
	fi
	kp_note "rehearsal: loaded, ${KP_REHEARSE_FOOTER%% *}, ${KP_REHEARSE_FOOTER##* }, no warning in the kernel's log, removed"
}

# kp_rehearse_demo() { # installs what is missing, then shows the main job
kp_rehearse_demo() {
	local status
	local -a missing
	_kp_rehearse_missing missing
	if ((${#missing[@]})); then
		_kp_rehearse_install "${missing[@]}" || return
	fi
	kp_note "demonstration: who opens which files while cat runs?"
	printf '\n$ ./kp_load.sh %s\n\n' \
		"--rehearse='cat /etc/hostname' --probe=do_sys_openat2 --verbose"
	"$KP_TOP/kp_load.sh" --rehearse='cat /etc/hostname' \
		--probe=do_sys_openat2 --verbose && return
	status=$?
	kp_log_tell # it has said why
	return "$status"
}

# _kp_rehearse_missing() { # <array>: what kp_sanity_install_command is to name
_kp_rehearse_missing() {
	local -n _missing=$1
	local _pair
	_missing=()
	for _pair in make:make m4:m4 kmod:kmod emulator:qemu busybox:busybox; do
		"kp_sanity_gate_${_pair%:*}" || _missing+=("${_pair#*:}")
	done
	if KP_RELEASE=$(kp_vm_default_release); then
		kp_sanity_gate_headers || _missing+=(headers)
		kp_sanity_gate_compiler || (($? == 2)) || _missing+=(compiler)
	else
		KP_RELEASE=
		_missing+=(kernel kernel-headers)
	fi
}

# _kp_rehearse_install() { # <thing>...: by apt; elsewhere the command is told
_kp_rehearse_install() {
	local command distro
	local -a packages
	command=$(kp_sanity_install_command "$@")
	distro=$(kp_sanity_distro)
	if ((EUID != 0)) || [[ $distro != apt ]]; then
		kp_err "demonstration: programs it needs are missing"
		kp_hint "as root: $command"
		return "$KP_EX_MACHINE"
	fi
	kp_note "missing here, and installed now: $command"
	IFS=' ' read -ra packages <<<"${command#apt-get install }"
	_kp_rehearse_apt update \
		&& _kp_rehearse_apt install -y --no-install-recommends "${packages[@]}"
}

# _kp_rehearse_apt_left() { # <pid> <verb>: undo of starting it
# Packages that are left half installed are worse than those that nobody needs.
_kp_rehearse_apt_left() {
	kill -0 "$1" 2>/dev/null || return 0
	if [[ $2 == install ]]; then
		kp_warn "apt-get install goes on, as process $1: stopped, it would leave packages half installed"
	else
		kill -TERM "$1"
	fi
}

# _kp_rehearse_apt() { # <argument>...: told every ten seconds; log on failure
_kp_rehearse_apt() {
	local log pid height began=$SECONDS told=0 status=0
	height=$(kp_cleanup_mark)
	log=$KP_RUN/apt.log
	# Another may just be installing, our own last one not least.
	DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1 &
	pid=$!
	kp_cleanup_push _kp_rehearse_apt_left "$pid" "$1"
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		if ((SECONDS - began >= told + 10)); then
			told=$((SECONDS - began))
			# In 80 columns; and not its warnings, which look like faults.
			kp_note "apt-get $1: $told s: $(grep -v '^W:' -- "$log" | tail -n 1 | cut -c -44)"
		fi
	done
	wait "$pid" || status=$?
	kp_cleanup_forget "$height"
	((status == 0)) && return 0
	tail -n 8 -- "$log" | sed 's/^/  /' >&2
	kp_err "apt-get $1: ended with status $status"
	return "$KP_EX_MACHINE"
}
