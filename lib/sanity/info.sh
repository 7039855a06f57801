# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity/info.sh - gates: what is good to know. Needs what sanity.sh needs.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_INFO_SOURCED:-} ]] && return 0
_KP_SANITY_INFO_SOURCED=1

kp_sanity_gate_btf() {
	[[ -e $KP_SYS/kernel/btf/vmlinux ]] \
		&& _kp_sanity_ok "$KP_SYS/kernel/btf/vmlinux" && return
	_kp_sanity_warn 'none: arguments have no names and types'
}

kp_sanity_gate_ftrace() {
	local value
	kp_kernel_config value FUNCTION_TRACER
	if [[ $value == y || -e $KP_PROC/sys/kernel/ftrace_enabled ]]; then
		_kp_sanity_ok 'function entries are traceable'
	else
		_kp_sanity_warn 'none: probes are breakpoints, which cost more'
	fi
}

kp_sanity_gate_tracefs() {
	local dir
	for dir in "$KP_TRACEFS" "$KP_DEBUGFS/tracing"; do
		[[ -e $dir/kprobe_events ]] && _kp_sanity_ok "$dir" && return
		[[ -e $dir/trace ]] || continue
		_kp_sanity_warn "$dir: has no kprobe_events"
		return
	done
	if ! _kp_sanity_has_filesystem tracefs; then
		_kp_sanity_warn 'none in this kernel'
	else
		_kp_sanity_warn 'not mounted' "mount -t tracefs none $KP_TRACEFS"
	fi
}

kp_sanity_gate_debugfs() {
	if ! _kp_sanity_has_filesystem debugfs; then
		_kp_sanity_warn 'none in this kernel'
	elif [[ -d $KP_DEBUGFS && ! -x $KP_DEBUGFS ]]; then
		_kp_sanity_ok "$KP_DEBUGFS, for root"
	elif _kp_sanity_is_empty_dir "$KP_DEBUGFS"; then
		_kp_sanity_warn 'not mounted' "mount -t debugfs none $KP_DEBUGFS"
	else
		_kp_sanity_ok "$KP_DEBUGFS"
	fi
}

kp_sanity_gate_optimization() {
	local file=$KP_PROC/sys/debug/kprobes-optimization value
	if ! kp_paths_read value "$file"; then
		_kp_sanity_warn 'none: probes inside of functions are breakpoints'
	elif [[ $value == 0 ]]; then
		_kp_sanity_warn 'off: probes inside of functions are breakpoints' \
			"echo 1 > $file"
	else
		_kp_sanity_ok 'on'
	fi
}

kp_sanity_gate_qemu() {
	kp_sanity_gate_emulator && return
	_kp_sanity_warn "$KP_SANITY_DETAIL, so no --rehearse" "$KP_SANITY_REMEDY"
}
