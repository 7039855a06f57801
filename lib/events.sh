# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# events.sh - what a probe caught: followed through its ring, or from the kernel
# log. Needs log.sh paths.sh options.sh facts.sh tools.sh.
[[ -n ${_KP_EVENTS_SOURCED:-} ]] && return 0
_KP_EVENTS_SOURCED=1

_KP_EVENTS_BEGIN= # the line that begins it
_KP_EVENTS_END=   # the line that ends it
_KP_EVENTS_KMSG=  # the kernel log, open for writing

# What dmesg prints before a line: its time and, with CONFIG_PRINTK_CALLER, whose
# it is. Who speaks comes right behind it; all after that others may choose.
#	[    5.678901] kp_vfs_read: cat-2086 [003] ...
#	[    5.678901][ T2086] kp_vfs_read: cat-2086 [003] ...
readonly KP_EVENTS_PREFIX='^\[ *[0-9]+\.[0-9]+\]( ?\[ *[CT][0-9]+\])? '

# Between kp_events_begin and kp_events_end nothing of ours opens, reads or
# runs, so that the events are those of the others; so the log is read when
# all is over. The guest has room for it (log_buf_len in vm.sh).

# kp_events_prepare() { # once, before the others
kp_events_prepare() {
	_KP_EVENTS_BEGIN="kp_load[$$]: begin $RANDOM$RANDOM"
	_KP_EVENTS_END=${_KP_EVENTS_BEGIN/begin/end}
	if ! exec {_KP_EVENTS_KMSG}>"$KP_DEV/kmsg"; then
		kp_err "kernel log $KP_DEV/kmsg: cannot be written"
		return "$KP_EX_MACHINE"
	fi
}

kp_events_begin() {
	printf '%s\n' "$_KP_EVENTS_BEGIN" >&"$_KP_EVENTS_KMSG"
}

kp_events_end() {
	printf '%s\n' "$_KP_EVENTS_END" >&"$_KP_EVENTS_KMSG"
}

# kp_events_print() { # <module>: its lines of the log, without time and name
# [    5.678901] kp_vfs_read: cat-2086 [003] d.h1 5.678900: vfs_read: (...)
# The kernel speaks in a module's name, too.
kp_events_print() {
	_kp_events_read "$1" && return
	kp_err "kernel log: cannot be read by dmesg"
	return "$KP_EX_MACHINE"
}

# _kp_events_read() { # <module>
_kp_events_read() {
	dmesg | NAME="$1: " PREFIX=$KP_EVENTS_PREFIX BEGIN_TEXT=$_KP_EVENTS_BEGIN \
		END_TEXT=$_KP_EVENTS_END awk '
		BEGIN { name = ENVIRON["NAME"] }
		!sub(ENVIRON["PREFIX"], "") { next }
		$0 == ENVIRON["BEGIN_TEXT"] { on = 1; next }
		$0 == ENVIRON["END_TEXT"] { exit }
		!on || index($0, name) != 1 { next }
		{ $0 = substr($0, length(name) + 1) }
		!/^(loading out-of-tree module|module verification failed)/'
}

# kp_events_others() { # <module>: stdin, the log, without the lines of its own
kp_events_others() {
	NAME="$1: " PREFIX=$KP_EVENTS_PREFIX awk '
		{ text = $0 }
		sub(ENVIRON["PREFIX"], "", text) && index(text, ENVIRON["NAME"]) == 1 { next }
		{ print }'
}

# kp_events_options() { # <module> <pilot> [<note>]: fills KP_EVENTS_OPTIONS
# The viewer's, for this run; it gives the note when it begins. With a pilot the
# module is switched off: the viewer sees how often it is hit, and switches it
# on. What a hit costs is what the budget takes it for (kp_budget.h), without
# what it has measured.
declare -ga KP_EVENTS_OPTIONS=()
kp_events_options() {
	local -i cost=100
	[[ $KP_ENGINE == ftrace ]] || cost=150
	[[ " ${KP_FACTS_KIND[*]} " != *' r '* ]] || cost=400
	KP_EVENTS_OPTIONS=("--stats=$KP_SYSMODULE/$1/parameters/stats")
	((!$2)) || KP_EVENTS_OPTIONS+=("--pilot=$cost")
	[[ -z ${3:-} ]] || KP_EVENTS_OPTIONS+=("--note=$3")
	[[ -z $KP_OPT_FORMAT ]] || KP_EVENTS_OPTIONS+=("--format=$KP_OPT_FORMAT")
	[[ -z $KP_OPT_DURATION ]] || KP_EVENTS_OPTIONS+=("--duration=$KP_OPT_DURATION")
	[[ -z $KP_OPT_MAX_HITS ]] || KP_EVENTS_OPTIONS+=("--max-hits=$KP_OPT_MAX_HITS")
	KP_EVENTS_OPTIONS+=(-- "$KP_DEV/kp/$1")
}

# kp_events_follow() { # shows the events as they come, then the counts
# Ends by itself when the probe is being removed. Its status: 0, that of the
# signal that ended it, or one of ours, and told. Signals end the viewer, and then
# no other ends us before our undo is done: timeout(1) sends two, one to us and one
# to our group, and the shell died of the second.
kp_events_follow() {
	local viewer signal self=$BASHPID status=0
	# Killed, we cannot end it; in the background we are not $$.
	"$KP_TOOLS/kp_view" "--parent=$self" "${KP_EVENTS_OPTIONS[@]}" <&0 &
	viewer=$!
	# No $(...) is expanded here, of which bash would read the traps as a part.
	for signal in INT TERM HUP; do
		# shellcheck disable=SC2064 # each is to hand on its own
		trap "kill -$signal $viewer 2>/dev/null || :" "$signal"
	done
	while :; do
		status=0
		wait "$viewer" || status=$?
		# Its own end, or a signal that came to us?
		if ((status <= 128)) || ! kill -0 "$viewer" 2>/dev/null; then
			break
		fi
	done
	trap '' INT TERM HUP
	case $status in
	0 | 129 | 130 | 141 | 143) return "$status" ;;
	2 | 1[0-3])
		kp_log_tell
		return "$status"
		;;
	esac
	kp_err "viewer $KP_TOOLS/kp_view: ended with status $status"
	return "$KP_EX_LOAD"
}
