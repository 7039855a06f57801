# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cleanup.sh - the undo stack: each change to the system registers its undo in
# the next line; the EXIT trap runs them, last first. Needs nothing.
[[ -n ${_KP_CLEANUP_SOURCED:-} ]] && return 0
_KP_CLEANUP_SOURCED=1

_KP_CLEANUP_COUNT=0
_KP_CLEANUP_MAKES=0             # 1: kp_cleanup_mkdir is at work
declare -gA _KP_CLEANUP_CALL=() # "<n>.<i>" -> i-th word of the n-th undo
declare -ga _KP_CLEANUP_WORDS=()

# kp_cleanup_push() { # <function> [args...]
# To be called directly after the action that succeeded.
kp_cleanup_push() {
	local -i _i=0
	local _word
	for _word in "$@"; do
		_KP_CLEANUP_CALL[$_KP_CLEANUP_COUNT.$_i]=$_word
		((_i += 1))
	done
	_KP_CLEANUP_WORDS[_KP_CLEANUP_COUNT]=$_i
	((_KP_CLEANUP_COUNT += 1))
}

# kp_cleanup_forget() { # <count>: drop what was pushed since the mark <count>
# For changes that are to stay, such as a planted probe.
kp_cleanup_forget() {
	((_KP_CLEANUP_COUNT > $1)) && _KP_CLEANUP_COUNT=$1
	return 0
}

# kp_cleanup_mark() { # prints the height of the stack, for kp_cleanup_forget
kp_cleanup_mark() {
	printf '%d\n' "$_KP_CLEANUP_COUNT"
}

# kp_cleanup_mkdir() { # <directory>: made, closed to others; its undo is pushed before
# In the background, where the end can wait for it: a signal to the process group
# that comes between fork and exec ends us, but not a child that is in the front,
# which makes the directory after its undo ran.
kp_cleanup_mkdir() {
	local -i status=0
	_KP_CLEANUP_MAKES=1
	{
		mkdir -m 0700 -- "$1" &
		wait "$!" || status=$?
	} 2>/dev/null
	_KP_CLEANUP_MAKES=0
	return "$status"
}

# kp_cleanup_remove() { # <directory>: an undo: it goes, with all that is in it
# Where a signal ended us, a command that it has not ended yet may write there.
kp_cleanup_remove() {
	local -i tries
	for ((tries = 0; tries < 20; tries++)); do
		! rm -rf -- "${1:?}" 2>/dev/null || return 0
		sleep 0.1
	done
	rm -rf -- "$1"
}

# kp_cleanup_run() { # undo everything, last first; each undo runs once
# An undo that fails does not stop the others and does not change the status.
kp_cleanup_run() {
	local -a _call
	local -i _i
	((!_KP_CLEANUP_MAKES)) || wait "${!:-}" 2>/dev/null || :
	while ((_KP_CLEANUP_COUNT > 0)); do
		((_KP_CLEANUP_COUNT -= 1)) || :
		_call=()
		for ((_i = 0; _i < _KP_CLEANUP_WORDS[_KP_CLEANUP_COUNT]; _i++)); do
			_call+=("${_KP_CLEANUP_CALL[$_KP_CLEANUP_COUNT.$_i]}")
		done
		"${_call[@]}" || :
	done
}

# _kp_cleanup_exit() { # the EXIT trap
_kp_cleanup_exit() {
	local status=$?
	trap '' INT TERM HUP
	trap - ERR
	set +e
	kp_cleanup_run
	exit "$status"
}

# kp_cleanup_begin() { # from here on what ends the program undoes what it did
# No trap on INT, TERM or HUP: bash 5.2 parses the text of a trap that comes
# while it expands $(...) as a part of that, which fails, with status 2.
# Untrapped, a signal runs the EXIT trap and then ends us as itself. Bash takes the
# status of the command that the signal ended for that of the trap's first one:
# with "||" neither the ERR trap nor errexit makes an end of the trap by that.
kp_cleanup_begin() {
	trap '_kp_cleanup_exit || :' EXIT
}
