# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/demo.sh - --demo: installs what is missing, then shows the main job.
[[ -n ${_KP_CMD_DEMO_SOURCED:-} ]] && return 0
_KP_CMD_DEMO_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/trust.sh
source "$KP_TOP/lib/trust.sh"
# shellcheck source=lib/cleanup.sh
source "$KP_TOP/lib/cleanup.sh"
# shellcheck source=lib/workdir.sh
source "$KP_TOP/lib/workdir.sh"
# shellcheck source=lib/kernel.sh
source "$KP_TOP/lib/kernel.sh"
# shellcheck source=lib/sanity.sh
source "$KP_TOP/lib/sanity.sh"

kp_cmd_demo() {
	local status
	local -a missing
	kp_workdir_begin || return # of what is installed, the log
	_kp_demo_missing missing
	if ((${#missing[@]})); then
		_kp_demo_install "${missing[@]}" || return
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

# _kp_demo_missing() { # <array>: what kp_distro_install_command is to name
_kp_demo_missing() {
	local -n _missing=$1
	local _pair
	_missing=()
	for _pair in make:make m4:m4 kmod:kmod emulator:qemu busybox:busybox; do
		"kp_sanity_gate_${_pair%:*}" || _missing+=("${_pair#*:}")
	done
	# For our own programs; a kernel's headers bring a compiler without them.
	[[ -e $KP_SYSROOT/usr/include/stdio.h ]] || _missing+=(libc)
	if kp_kernel_choose_default; then
		kp_sanity_gate_headers || _missing+=(headers)
		kp_sanity_gate_compiler || (($? == 2)) || _missing+=(compiler)
	else
		_missing+=(kernel kernel-headers)
	fi
}

# _kp_demo_install() { # <thing>...: by apt; elsewhere the command is told
_kp_demo_install() {
	local command distro
	local -a packages
	command=$(kp_distro_install_command "$@")
	distro=$(kp_distro_name)
	if ((EUID != 0)) || [[ $distro != apt ]]; then
		kp_err "demonstration: programs it needs are missing"
		kp_hint "as root: $command"
		return "$KP_EX_MACHINE"
	fi
	kp_note "missing here, and installed now: $command"
	IFS=' ' read -ra packages <<<"${command#apt-get install }"
	_kp_demo_apt update \
		&& _kp_demo_apt install -y --no-install-recommends "${packages[@]}"
}

# _kp_demo_apt_left() { # <pid> <verb>: undo of starting it
# Packages that are left half installed are worse than those that nobody needs.
_kp_demo_apt_left() {
	kill -0 "$1" 2>/dev/null || return 0
	if [[ $2 == install ]]; then
		kp_warn "apt-get install goes on, as process $1: stopped, it would leave packages half installed"
	else
		kill -TERM "$1"
	fi
}

# _kp_demo_apt() { # <argument>...: told every ten seconds; log on failure
_kp_demo_apt() {
	local log pid height began=$SECONDS told=0 status=0
	height=$(kp_cleanup_mark)
	log=$KP_RUN/apt.log
	# Another may just be installing, our own last one not least.
	DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1 &
	pid=$!
	kp_cleanup_push _kp_demo_apt_left "$pid" "$1"
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
