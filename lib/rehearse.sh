# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# rehearse.sh - the same module in a throw-away VM of the same kernel. Outside,
# kp_rehearse boots it; inside, the very same command line runs with
# KP_REHEARSAL set, and finds the module in the cache. Needs all others.
[[ -n ${_KP_REHEARSE_SOURCED:-} ]] && return 0
_KP_REHEARSE_SOURCED=1

# What runs where no COMMAND is given: opens, reads, forks, and some time.
readonly KP_REHEARSE_COMMAND='cat /etc/hostname; ls /; sleep 1'

# kp_rehearse() { # boots, shows what comes, ends with the guest's status
kp_rehearse() {
	local vm=$KP_RUN/vm status=0 kept
	local -i began=$SECONDS
	mkdir -- "$vm" || return "$KP_EX_MACHINE"
	_kp_rehearse_job "$vm" || return "$KP_EX_MACHINE"
	kp_note "rehearsal: booting $KP_RELEASE in QEMU$(_kp_vm_has_kvm && printf ' (KVM)' || printf ', about ten seconds')"
	kp_vm_start "$KP_RELEASE" "$vm" || return
	_kp_rehearse_show "$vm"
	kp_vm_wait "$vm" || status=$?
	if ((status == 0)); then
		read -r status <"$vm/status" || status=$KP_EX_INTERNAL
	fi
	if ((status == KP_EX_FAULT)); then
		kept=$KP_WORKDIR/$KP_NAME.rehearsal.log
		cat -- "$vm/console" "$vm/dmesg" 2>/dev/null | tr -d '\r' >"$kept" || :
		kp_err "rehearsal of $KP_NAME: FAULT on $KP_RELEASE after $((SECONDS - began)) s"
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
		printf 'export KP_REHEARSAL=/run/kp_vm KP_WORKDIR=%q KP_KDIR_BUILT=%q\n' \
			"$KP_WORKDIR" "$KP_KDIR"
		printf 'exec %q' "$KP_TOP/kp_load.sh"
		printf ' %q' "${KP_ARGV[@]}"
		printf '\n'
	} >"$vm/job"
}

# _kp_rehearse_show() { # <vm dir>: the guest's output here, as it comes
# Until the guest has ended, and all it said is told.
_kp_rehearse_show() {
	# shellcheck disable=SC2034 # out and err are passed by name
	local -i out=0 err=0 alive=1
	while ((alive)); do
		kill -0 "$KP_VM_PID" 2>/dev/null || alive=0
		_kp_rehearse_more "$1/stdout" out
		_kp_rehearse_more "$1/stderr" err >&2
		((!alive)) || sleep 0.2
	done
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
# Runs with errexit on: what fails ends the guest's job with its status.
kp_rehearse_inside() {
	local mark height status=0
	kp_module_log_mark mark
	kp_events_follow "$KP_NAME" "$KP_RUN"
	plant_here
	height=$(kp_cleanup_mark)
	kp_cleanup_push kp_module_unload "$KP_NAME"
	bash -c "${KP_OPT_REHEARSE_CMD:-$KP_REHEARSE_COMMAND}" </dev/null >&2 \
		|| status=$?
	((status == 0)) || kp_warn "the command ended with status $status"
	kp_cleanup_forget "$height"
	kp_module_unload "$KP_NAME"
	kp_events_end
	_kp_rehearse_judge "$mark"
}

# _kp_rehearse_judge() { # <mark>: status 14 where the kernel complained
# A kernel that prints one of these was harmed, or warns that it will be.
_kp_rehearse_judge() {
	local log bad
	log=$(kp_module_log_since "$1") || log=
	bad=$(grep -E 'BUG:|WARNING:|Oops|Call Trace:|general protection|Unable to handle|rcu: INFO|INFO: task .* blocked|scheduling while atomic|suspicious RCU|UBSAN|KASAN' <<<"$log") || bad=
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
	if [[ $KP_MODULE_FOOTER == 'hits=0 '* ]]; then
		kp_warn "no hits: was the function called at all? The compiler may have inlined the calls to it"
	fi
	kp_note "rehearsal: loaded, ${KP_MODULE_FOOTER%% *}, ${KP_MODULE_FOOTER##* }, no warning in the kernel's log, removed"
}

# What the demonstration needs, as kp_sanity_install_command knows it.
readonly _KP_REHEARSE_THINGS=(image headers make m4 kmod compiler qemu busybox)

# kp_rehearse_demo() { # installs what is missing, then shows the main job
kp_rehearse_demo() {
	local command
	command=$(_kp_rehearse_missing) || return
	if [[ -n $command ]]; then
		if ((EUID != 0)); then
			kp_err "demonstration: programs are missing, and only root can install them"
			kp_hint "as root: $command"
			return "$KP_EX_MACHINE"
		fi
		_kp_rehearse_install "$command" || return
	fi
	printf '\n$ ./kp_load.sh --rehearse=%s --probe=do_sys_openat2 --verbose\n\n' \
		"'cat /etc/hostname'"
	"$KP_TOP/kp_load.sh" --rehearse='cat /etc/hostname' \
		--probe=do_sys_openat2 --verbose
}
