# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity/load.sh - gates: may we load a module here? Needs what sanity.sh needs.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_LOAD_SOURCED:-} ]] && return 0
_KP_SANITY_LOAD_SOURCED=1

# CapEff:	000001ffffffffff
kp_sanity_gate_root() {
	local line caps=''
	if [[ -r $KP_PROC/self/status ]]; then
		while IFS= read -r line; do
			[[ $line == CapEff:* ]] && caps=${line##*[[:space:]]} && break
		done <"$KP_PROC/self/status"
	fi
	if [[ ! $caps =~ ^[0-9a-f]{1,16}$ ]]; then
		((EUID == 0)) && _kp_sanity_ok 'uid 0' && return
		_kp_sanity_fail "uid $EUID: is not root" 'run it as root: sudo, or su -'
	elif ((16#$caps >> 16 & 1)); then # CAP_SYS_MODULE
		_kp_sanity_ok "uid $EUID with CAP_SYS_MODULE"
	elif ((EUID == 0)); then
		_kp_sanity_fail 'uid 0: lacks CAP_SYS_MODULE (a container, or dropped)' \
			'run it on the host, or give the container CAP_SYS_MODULE'
	else
		_kp_sanity_fail "uid $EUID: neither root nor CAP_SYS_MODULE" \
			'run it as root: sudo, or su -'
	fi
}

kp_sanity_gate_release() {
	local running
	if [[ ! $KP_RELEASE =~ $KP_KERNEL_RELEASE_RE ]]; then
		_kp_sanity_fail "release '$KP_RELEASE': is not a kernel release" \
			'--kver=RELEASE names an installed kernel: ls /lib/modules'
	elif ! kp_paths_read running "$KP_PROC/sys/kernel/osrelease"; then
		_kp_sanity_warn "$KP_RELEASE: which kernel runs is unknown" \
			'mount -t proc proc /proc'
	elif [[ $running != "$KP_RELEASE" ]]; then
		_kp_sanity_fail "$KP_RELEASE: is not running, $running is" \
			"boot $KP_RELEASE, or --rehearse in a VM of it"
	else
		_kp_sanity_ok "$KP_RELEASE is running"
	fi
}

kp_sanity_gate_modules() {
	local value command disabled
	kp_kernel_config value MODULES
	if [[ -z $value ]] && kp_kernel_is_running; then
		[[ -e $KP_PROC/modules ]] && value=y || value=n
	fi
	kp_distro_install command kernel
	if [[ $value == n ]]; then
		_kp_sanity_fail "$KP_RELEASE: built without CONFIG_MODULES" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	elif kp_paths_read disabled "$KP_PROC/sys/kernel/modules_disabled" \
		&& [[ $disabled == 1 ]]; then
		_kp_sanity_fail 'kernel.modules_disabled=1: loading is off until reboot' \
			'reboot without nomodule and without that sysctl'
	elif [[ -z $value ]]; then
		_kp_sanity_warn "$KP_RELEASE: whether it has CONFIG_MODULES is unknown"
	else
		_kp_sanity_ok 'CONFIG_MODULES=y, loading is allowed'
	fi
}

# What says that we are in a container; empty if nothing does.
_kp_sanity_container_mark() { # <variable>
	local -n _mark=$1
	local _item
	_mark=
	for _item in /.dockerenv /run/.containerenv /run/systemd/container; do
		if [[ -e $KP_SYSROOT$_item ]]; then
			_mark=$_item
			return 0
		fi
	done
	[[ -r $KP_PROC/1/environ ]] || return 1
	while IFS= read -r -d '' _item; do
		if [[ $_item == container=?* ]]; then
			_mark="$_item of pid 1"
			return 0
		fi
	done 2>/dev/null <"$KP_PROC/1/environ"
	return 1
}

# The first namespaces of a machine have fixed numbers: PROC_PID_INIT_INO. In
# the first one a mark is a leftover, as on a VM made from a container's image.
_kp_sanity_is_first_pid_namespace() {
	local namespace
	[[ -L $KP_PROC/self/ns/pid ]] || return 1
	namespace=$(readlink -- "$KP_PROC/self/ns/pid") || return 1
	[[ $namespace == 'pid:[4026531836]' ]]
}

# A capability counts for modules only in the first user namespace, whose
# uid_map is "0 0 4294967295". In a container with the capability the module
# goes into the host's kernel: allowed, but worth knowing.
kp_sanity_gate_container() {
	local map mark
	if kp_paths_read map "$KP_PROC/self/uid_map" \
		&& [[ ! $map =~ ^\ *0\ +0\ +4294967295$ ]]; then
		_kp_sanity_fail 'user namespace: its root cannot load modules' \
			'run it outside of the container, as root of the host'
	elif ! _kp_sanity_container_mark mark; then
		_kp_sanity_ok 'no container, no user namespace'
	elif _kp_sanity_is_first_pid_namespace; then
		_kp_sanity_ok "no container: $mark is a leftover"
	elif ! kp_sanity_gate_root; then
		_kp_sanity_fail "$mark: a container without CAP_SYS_MODULE" \
			'run it on the host, or start the container --privileged'
	else
		_kp_sanity_warn "$mark: a module enters the kernel of the host"
	fi
}

kp_sanity_gate_kmod() {
	local tool dir command path
	for tool in insmod rmmod; do
		_kp_sanity_which path "$tool" && continue
		# PATH of a plain user, and of su without -, has no sbin.
		for dir in "$KP_SYSROOT/usr/sbin" "$KP_SYSROOT/sbin"; do
			[[ -x $dir/$tool ]] && continue 2
		done
		kp_distro_install command kmod
		_kp_sanity_fail "$tool: not found" "$command"
		return
	done
	_kp_sanity_ok 'insmod and rmmod are here'
}

# Without a configuration at hand, the kernel's own symbols tell; where it
# lists all of a kernel's options, one that is not mentioned is off.
kp_sanity_gate_kprobes() {
	local value modules command
	kp_kernel_config value KPROBES
	kp_kernel_config modules MODULES
	if [[ $value == y ]]; then
		_kp_sanity_ok "CONFIG_KPROBES=y in ${KP_KERNEL_CONFIG_FILE##*/}"
		return
	fi
	kp_distro_install command kernel
	if [[ -z $value && -r $KP_KALLSYMS ]] && kp_kernel_is_running; then
		if grep -q ' [Tt] register_kprobe$' "$KP_KALLSYMS" 2>/dev/null; then
			_kp_sanity_ok 'register_kprobe is in kallsyms'
			return
		fi
		_kp_sanity_fail "$KP_RELEASE: has no register_kprobe (CONFIG_KPROBES)" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	elif [[ $value == n || -z $value && -n $modules ]]; then
		_kp_sanity_fail "$KP_RELEASE: built without CONFIG_KPROBES" \
			"$command" 'boot that kernel, or --rehearse in a VM of it'
	else
		_kp_sanity_warn "$KP_RELEASE: no configuration tells of CONFIG_KPROBES"
	fi
}

# With 0 in there kprobes register, are listed, and never fire.
kp_sanity_gate_armed() {
	local enabled value
	kp_kernel_config value KPROBES
	if kp_paths_read enabled "$KP_KPROBES/enabled"; then
		[[ $enabled == 1 ]] && _kp_sanity_ok 'kprobes/enabled is 1' && return
		_kp_sanity_fail "$KP_KPROBES/enabled: $enabled, none fires" \
			"echo 1 > $KP_KPROBES/enabled"
	elif [[ $value == n ]]; then
		_kp_sanity_warn 'this kernel has none to arm'
	elif ((EUID != 0)) && [[ -d $KP_DEBUGFS && ! -x $KP_DEBUGFS ]]; then
		_kp_sanity_warn 'unknown: debugfs is for root'
	elif ! _kp_sanity_has_filesystem debugfs; then
		_kp_sanity_warn 'unknown: this kernel has no debugfs'
	elif _kp_sanity_is_empty_dir "$KP_DEBUGFS"; then
		_kp_sanity_warn 'unknown: debugfs is not mounted' \
			"mount -t debugfs none $KP_DEBUGFS"
	else
		_kp_sanity_warn 'unknown: debugfs has no kprobes/enabled'
	fi
}

kp_sanity_gate_ftrace_enabled() {
	local file=$KP_PROC/sys/kernel/ftrace_enabled enabled
	if ! kp_paths_read enabled "$file"; then
		_kp_sanity_ok 'no ftrace here: probes are breakpoints'
	elif [[ $enabled == 0 ]]; then
		_kp_sanity_fail 'kernel.ftrace_enabled=0: entry probes never fire' \
			"echo 1 > $file"
	else
		_kp_sanity_ok "kernel.ftrace_enabled=$enabled"
	fi
}

# The mode of /sys/kernel/security/lockdown is the word in brackets:
#	none [integrity] confidentiality
# Without securityfs, the command line and the configuration may tell.
_kp_sanity_lockdown_mode() { # <variable>: empty if unknown
	local -n _mode=$1
	local _text _value
	_mode=
	if kp_paths_read _text "$KP_SYS/kernel/security/lockdown"; then
		_text=${_text#*\[}
		_mode=${_text%%\]*}
		return 0
	fi
	kp_kernel_config _value SECURITY_LOCKDOWN_LSM
	if [[ $_value == n ]]; then
		_mode=none
	elif kp_paths_read _text "$KP_PROC/cmdline" \
		&& [[ " $_text " =~ \ lockdown=(integrity|confidentiality)\  ]]; then
		_mode=${BASH_REMATCH[1]}
	fi
}

kp_sanity_gate_lockdown() {
	local mode
	_kp_sanity_lockdown_mode mode
	case $mode in
	none) _kp_sanity_ok 'none' ;;
	integrity | confidentiality)
		_kp_sanity_fail "$mode: the kernel refuses unsigned modules" \
			'boot without lockdown= (mokutil --sb-state: Secure Boot sets it)' \
			'--rehearse loads nothing here'
		;;
	'')
		_kp_sanity_warn 'unknown: securityfs is not mounted' \
			"mount -t securityfs none $KP_SYS/kernel/security"
		;;
	*) _kp_sanity_warn "unknown mode '$mode'" ;;
	esac
}

kp_sanity_gate_signature() {
	local enforce value
	kp_paths_read enforce "$KP_SYSMODULE/module/parameters/sig_enforce" || :
	kp_kernel_config value MODULE_SIG_FORCE
	if [[ $enforce == [Yy1]* ]]; then
		_kp_sanity_fail 'module.sig_enforce=Y: unsigned modules are refused' \
			'boot without module.sig_enforce=1 (mokutil --sb-state: Secure Boot)' \
			'--rehearse loads nothing here'
	elif [[ -z $enforce && $value == y ]]; then
		_kp_sanity_fail 'CONFIG_MODULE_SIG_FORCE=y: unsigned modules are refused' \
			'boot a kernel without it' '--rehearse loads nothing here'
	elif [[ -n $enforce || $value == n ]]; then
		_kp_sanity_ok 'not enforced'
	else
		kp_kernel_config value MODULE_SIG
		[[ $value == n ]] && _kp_sanity_ok 'this kernel checks none' && return
		_kp_sanity_warn 'unknown: neither sysfs nor the configuration tells'
	fi
}

kp_sanity_gate_kptr_restrict() {
	local file=$KP_PROC/sys/kernel/kptr_restrict value
	if ! kp_paths_read value "$file"; then
		_kp_sanity_warn 'unknown: no kernel.kptr_restrict'
	elif [[ $value == 2 ]]; then
		_kp_sanity_warn '2: addresses are hidden even from root' \
			"echo 1 > $file"
	else
		_kp_sanity_ok "$value: root sees addresses"
	fi
}

kp_sanity_gate_panic_on_oops() {
	local file=$KP_PROC/sys/kernel/panic_on_oops value
	if ! kp_paths_read value "$file"; then
		_kp_sanity_warn 'unknown: no kernel.panic_on_oops'
	elif [[ $value != 0 ]]; then
		_kp_sanity_warn "$value: a fault in a probe takes the machine down" \
			"echo 0 > $file" '--rehearse first'
	else
		_kp_sanity_ok '0'
	fi
}
