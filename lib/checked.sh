# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# checked.sh - what the machine's gates, and the trust in our own files, looked at
# when all was well: as long as it is the same, nobody has to look again. kp_run
# compares. Needs log.sh paths.sh trust.sh workdir.sh tools.sh kernel.sh options.sh.
[[ -n ${_KP_CHECKED_SOURCED:-} ]] && return 0
_KP_CHECKED_SOURCED=1

_KP_CHECKED_FILE= # of this question

# kp_checked_holds() { # <what was asked>: all was well, and is the same
# Where it tells no file is fine: then all is checked.
kp_checked_holds() {
	local top=${KP_TOP//[!A-Za-z0-9]/_} tools
	_KP_CHECKED_FILE=
	[[ -z $KP_OPT_KDIR$KP_SYSROOT && $KP_RELEASE != *[!A-Za-z0-9._+-]* ]] || return
	# Two checkouts may have one name here: the notes tell all of it.
	((${#top} <= 60)) || top=${top: -60}
	kp_workdir_find 2>/dev/null || return
	_KP_CHECKED_FILE=$KP_WORKDIR/cache/$1_${EUID}_${KP_RELEASE}_$top.checked
	[[ -e $_KP_CHECKED_FILE ]] && kp_tools_known tools \
		&& _kp_checked_ask "$tools" --holds || return
	kp_tools_take "$tools"
	kp_workdir_take_as_known
}

# kp_checked_keep() { # what was looked at, now that all was well, without a warning
kp_checked_keep() {
	((!KP_WORKDIR_IS_KNOWN)) && [[ -n $_KP_CHECKED_FILE && -z $KP_LOG_WARNED ]] || return 0
	[[ -n $KP_TOOLS ]] || return 0
	_kp_checked_list | _kp_checked_ask "$KP_TOOLS" --note || :
}

# _kp_checked_ask() { # <directory of kp_run> <--holds|--note>
# What is found depends on PATH, and what is ours on the checkout.
_kp_checked_ask() {
	"$1/kp_run" "--trust=$KP_TOP/kp_load.sh" "--asked=$KP_TOP:${KP_LIBEXEC:-}:$PATH" \
		"$2" "$_KP_CHECKED_FILE"
}

# _kp_checked_list() { # what the gates look at: files, first lines, whom we trust
_kp_checked_list() {
	local name path
	local -a places
	kp_kernel_kdir_places places "$KP_RELEASE"
	printf 'began %s\n' "$KP_RUN/began"
	printf 'asked for\n'
	for path in "$KP_TOP"/{kp_load.sh,lib{,/*},templates{,/*},tools{,/*}}{,/*}; do
		[[ ! -e $path ]] || printf 'source %s\n' "$path"
	done | sort -u
	printf 'trusted %s\n' "$KP_WORKDIR" "$KP_WORKDIR/cache" "$KP_TOOLS" "$KP_TOOLS"/kp_*
	for name in make m4 insmod rmmod strip pahole "${KP_KERNEL_CC:-cc}"; do
		! path=$(type -P -- "$name") || printf 'file %s\n' "$path"
	done
	printf 'file %s\n' "$KP_BOOT/config-$KP_RELEASE" "$KP_BOOT/vmlinuz-$KP_RELEASE" \
		"${places[@]}" "$KP_KDIR" "$KP_KDIR"/{scripts,.config,Makefile,Module.symvers,scripts/mod/modpost,vmlinux} \
		"$KP_KDIR"/include/{generated/utsrelease.h,config/auto.conf} \
		/.dockerenv /run/.containerenv /run/systemd/container
	printf 'line %s\n' "$KP_PROC/sys/kernel"/{random/boot_id,osrelease,ftrace_enabled,kptr_restrict,panic_on_oops,modules_disabled} \
		"$KP_KPROBES/enabled" "$KP_PROC/self/uid_map" "$KP_SYS/kernel/security/lockdown" \
		"$KP_SYSMODULE/module/parameters/sig_enforce"
}
