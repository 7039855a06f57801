# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# events.sh - what a probe catches, as it comes. Needs log.sh paths.sh
# cleanup.sh.
[[ -n ${_KP_EVENTS_SOURCED:-} ]] && return 0
_KP_EVENTS_SOURCED=1

_KP_EVENTS_READER= # pid of the one who reads the kernel log
_KP_EVENTS_FILTER= # pid of the one who prints
_KP_EVENTS_BEGIN=  # the line that begins it
_KP_EVENTS_END=    # the line that ends it
_KP_EVENTS_KMSG=   # the kernel log, open for writing

# Between kp_events_begin and kp_events_end nothing of ours opens a file, so
# that the events are those of the others.

# kp_events_prepare() { # <module> <dir>
# Prints the module's lines of the kernel log, without time and name, in the
# background, from kp_events_begin to kp_events_end. <dir> takes a pipe.
kp_events_prepare() {
	local fifo=$2/events
	_KP_EVENTS_BEGIN="kp_load[$$]: begin $RANDOM$RANDOM"
	_KP_EVENTS_END=${_KP_EVENTS_BEGIN/begin/end}
	if ! mkfifo -- "$fifo" || ! exec {_KP_EVENTS_KMSG}>"$KP_DEV/kmsg"; then
		kp_err "kernel log $KP_DEV/kmsg: cannot be followed"
		return "$KP_EX_MACHINE"
	fi
	_kp_events_filter "$1" <"$fifo" &
	_KP_EVENTS_FILTER=$!
	# Each read gives one record at once; dmesg -w would keep them back.
	cat -- "$KP_DEV/kmsg" >"$fifo" 2>/dev/null &
	_KP_EVENTS_READER=$!
	kp_cleanup_push kp_events_stop
}

# _kp_events_filter() { # <module>
# 6,1234,5678901,-;kp_vfs_read: cat-2086 [003] d.h1 5.678900: vfs_read: (...)
# Its begin may be followed by the kernel's own words in the module's name.
_kp_events_filter() {
	local name="$1: " line on=0
	grep -a --line-buffered -F -e ";$name" -e "$_KP_EVENTS_BEGIN" \
		-e "$_KP_EVENTS_END" | while IFS= read -r line; do
		line=${line#*;}
		case $line in
		"$_KP_EVENTS_BEGIN") on=1 ;;
		"$_KP_EVENTS_END") break ;;
		"${name}loading out-of-tree module"*) ;;
		"${name}module verification failed"*) ;;
		*) ((!on)) || printf '%s\n' "${line#"$name"}" ;;
		esac
	done
}

kp_events_begin() {
	printf '%s\n' "$_KP_EVENTS_BEGIN" >&"$_KP_EVENTS_KMSG"
}

kp_events_end() {
	printf '%s\n' "$_KP_EVENTS_END" >&"$_KP_EVENTS_KMSG"
}

# kp_events_finish() { # what came before kp_events_end is printed, then stop
kp_events_finish() {
	local -i tries=100
	while kill -0 "$_KP_EVENTS_FILTER" 2>/dev/null; do
		(((tries -= 1) > 0)) || break
		# grep notices that nobody reads when it writes again.
		kp_events_end
		sleep 0.05
	done
	kp_events_stop
}

# kp_events_stop() { # at once
kp_events_stop() {
	local pid
	for pid in "$_KP_EVENTS_READER" "$_KP_EVENTS_FILTER"; do
		[[ -n $pid ]] || continue
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	_KP_EVENTS_READER='' _KP_EVENTS_FILTER=''
}
