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
	# What is found depends on PATH, and what is ours on the checkout. No two of
	# these have one name: what is written otherwise begins with _.
	local name=$1:$EUID:$KP_RELEASE:$KP_TOP:${KP_LIBEXEC:-}:$PATH tools
	name=${name//_/__} name=${name//\//_-} name=${name//:/_+}
	_KP_CHECKED_FILE=
	[[ -z $KP_OPT_KDIR$KP_SYSROOT && $name != *[!A-Za-z0-9._+-]* ]] \
		&& ((${#name} <= 240)) || return
	kp_workdir_find 2>/dev/null || return
	_KP_CHECKED_FILE=$KP_WORKDIR/cache/$name.checked
	[[ -e $_KP_CHECKED_FILE ]] && kp_tools_known tools || return
	"$tools/kp_run" "--trust=$KP_TOP/kp_load.sh" --holds "$_KP_CHECKED_FILE" || return
	kp_tools_take "$tools"
	kp_workdir_take_as_known
}

# kp_checked_keep() { # what was looked at, now that all was well, without a warning
kp_checked_keep() {
	((!KP_WORKDIR_IS_KNOWN)) && [[ -n $_KP_CHECKED_FILE && -z $KP_LOG_WARNED ]] || return 0
	[[ -n $KP_TOOLS ]] || return 0
	_kp_checked_list | "$KP_TOOLS/kp_run" "--trust=$KP_TOP/kp_load.sh" --note "$_KP_CHECKED_FILE" || :
}

# _kp_checked_list() { # what the gates look at: files, first lines, whom we trust
_kp_checked_list() {
	local name path
	local -a places
	kp_kernel_kdir_places places "$KP_RELEASE"
	printf 'began %s\n' "$KP_RUN/began"
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
