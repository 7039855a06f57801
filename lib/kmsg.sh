# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kmsg.sh - the kernel log: marked, read since a mark, and what of it a probe
# said. Needs log.sh paths.sh.
[[ -n ${_KP_KMSG_SOURCED:-} ]] && return 0
_KP_KMSG_SOURCED=1

_KP_KMSG_BEGIN= # the line that begins it
_KP_KMSG_END=   # the line that ends it
_KP_KMSG_FD=    # the kernel log, open for writing

# What dmesg prints before a line: its time and, with CONFIG_PRINTK_CALLER, whose
# it is. Who speaks comes right behind it; all after that others may choose.
#	[    5.678901] kp_vfs_read: cat-2086 [003] ...
#	[    5.678901][ T2086] kp_vfs_read: cat-2086 [003] ...
readonly KP_KMSG_PREFIX='^\[ *[0-9]+\.[0-9]+\]( ?\[ *[CT][0-9]+\])? '

# Between kp_kmsg_begin and kp_kmsg_end nothing of ours opens, reads or
# runs, so that the events are those of the others; so the log is read when
# all is over. The guest has room for it (log_buf_len in vm.sh).

# The user's log is never cleared: what is ours begins at a line of our own.

# kp_kmsg_mark() { # <var>: writes a line to the kernel log, and notes it
# The kernel takes ten lines of user space in five seconds; so the time since
# boot is noted too, in seconds: "TIME TEXT".
kp_kmsg_mark() {
	local _mark="kp_load[$$]: mark $RANDOM$RANDOM" _up=0
	read -r _up _ <"$KP_PROC/uptime" || :
	printf '%s\n' "$_mark" 2>/dev/null >"$KP_DEV/kmsg" || :
	printf -v "$1" '%s %s' "$_up" "$_mark"
}

# kp_kmsg_since() { # <mark>: prints the kernel log's lines after it
# Lines are as dmesg prints them: [    1.234567] text
kp_kmsg_since() {
	[[ -n $1 ]] || return 0
	dmesg 2>/dev/null | MARK=${1#* } SINCE=${1%% *} awk '
		index($0, ENVIRON["MARK"]) { on = 1; next }
		on { print; next }
		match($0, /^\[ *[0-9.]+\]/) {
			t = substr($0, 2, RLENGTH - 2) + 0
			if (t >= ENVIRON["SINCE"] + 0.02)
				late[++n] = $0
		}
		END { if (!on) for (i = 1; i <= n; i++) print late[i] }'
}

# kp_kmsg_prepare() { # once, before the others
kp_kmsg_prepare() {
	_KP_KMSG_BEGIN="kp_load[$$]: begin $RANDOM$RANDOM"
	_KP_KMSG_END=${_KP_KMSG_BEGIN/begin/end}
	if ! exec {_KP_KMSG_FD}>"$KP_DEV/kmsg"; then
		kp_err "kernel log $KP_DEV/kmsg: cannot be written"
		return "$KP_EX_MACHINE"
	fi
}

kp_kmsg_begin() {
	printf '%s\n' "$_KP_KMSG_BEGIN" >&"$_KP_KMSG_FD"
}

kp_kmsg_end() {
	printf '%s\n' "$_KP_KMSG_END" >&"$_KP_KMSG_FD"
}

# kp_kmsg_print() { # <module>: its lines of the log, without time and name
# [    5.678901] kp_vfs_read: cat-2086 [003] d.h1 5.678900: vfs_read: (...)
# The kernel speaks in a module's name, too.
kp_kmsg_print() {
	_kp_kmsg_read "$1" && return
	kp_err "kernel log: cannot be read by dmesg"
	return "$KP_EX_MACHINE"
}

# _kp_kmsg_read() { # <module>
_kp_kmsg_read() {
	dmesg | NAME="$1: " PREFIX=$KP_KMSG_PREFIX BEGIN_TEXT=$_KP_KMSG_BEGIN \
		END_TEXT=$_KP_KMSG_END awk '
		BEGIN { name = ENVIRON["NAME"] }
		!sub(ENVIRON["PREFIX"], "") { next }
		$0 == ENVIRON["BEGIN_TEXT"] { on = 1; next }
		$0 == ENVIRON["END_TEXT"] { exit }
		!on || index($0, name) != 1 { next }
		{ $0 = substr($0, length(name) + 1) }
		!/^(loading out-of-tree module|module verification failed)/'
}

# kp_kmsg_others() { # <module>: stdin, the log, without the lines of its own
kp_kmsg_others() {
	NAME="$1: " PREFIX=$KP_KMSG_PREFIX awk '
		{ text = $0 }
		sub(ENVIRON["PREFIX"], "", text) && index(text, ENVIRON["NAME"]) == 1 { next }
		{ print }'
}
