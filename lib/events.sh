# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# events.sh - what a probe catches, as it comes. Needs log.sh paths.sh
# cleanup.sh.
[[ -n ${_KP_EVENTS_SOURCED:-} ]] && return 0
_KP_EVENTS_SOURCED=1

_KP_EVENTS_READER= # pid of the one who reads the kernel log
_KP_EVENTS_FILTER= # pid of the one who prints
_KP_EVENTS_END=    # the line that ends it

# kp_events_follow() { # <module> <dir>
# Prints the module's lines of the kernel log, without time and name, from now
# on, in the background. <dir> takes a pipe.
kp_events_follow() {
	local fifo=$2/events begin="kp_load[$$]: begin $RANDOM$RANDOM"
	_KP_EVENTS_END=${begin/begin/end}
	if ! mkfifo -- "$fifo" || ! printf '%s\n' "$begin" >"$KP_DEV/kmsg"; then
		kp_err "kernel log $KP_DEV/kmsg: cannot be followed"
		return "$KP_EX_MACHINE"
	fi
	_kp_events_filter "$1" "$begin" "$_KP_EVENTS_END" <"$fifo" &
	_KP_EVENTS_FILTER=$!
	# Each read gives one record at once; dmesg -w would keep them back.
	cat -- "$KP_DEV/kmsg" >"$fifo" 2>/dev/null &
	_KP_EVENTS_READER=$!
	kp_cleanup_push kp_events_stop
}

# _kp_events_filter() { # <module> <begin> <end>
# 6,1234,5678901,-;kp_vfs_read: cat-2086 [003] d.h1 5.678900: vfs_read: (...)
# Our begin is followed by the kernel's own words in the module's name.
_kp_events_filter() {
	local name="$1: " begin=$2 end=$3 line on=0
	grep -a --line-buffered -F -e ";$name" -e "$begin" -e "$end" \
		| while IFS= read -r line; do
			line=${line#*;}
			case $line in
			"$begin") on=1 ;;
			"$end") break ;;
			"${name}loading out-of-tree module"*) ;;
			"${name}module verification failed"*) ;;
			"${name}hits="*) ;;
			*) ((!on)) || printf '%s\n' "${line#"$name"}" ;;
			esac
		done
}

# kp_events_end() { # print what is in the log by now, then stop
kp_events_end() {
	local -i tries=100
	printf '%s\n' "$_KP_EVENTS_END" >"$KP_DEV/kmsg" || :
	while kill -0 "$_KP_EVENTS_FILTER" 2>/dev/null; do
		(((tries -= 1) > 0)) || break
		sleep 0.05
		# grep notices that nobody reads when it writes again.
		printf '%s\n' "$_KP_EVENTS_END" >"$KP_DEV/kmsg" || :
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
