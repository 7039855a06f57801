# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# log.sh - messages and exit statuses. Needs nothing.
[[ -n ${_KP_LOG_SOURCED:-} ]] && return 0
_KP_LOG_SOURCED=1

# Exit statuses: one table, repeated in the man page, walked by log.bats.
readonly KP_EX_OK=0       # done
readonly KP_EX_INTERNAL=1 # a bug: only the ERR trap produces it
readonly KP_EX_USAGE=2    # the command line is wrong
readonly KP_EX_TARGET=10  # this function cannot be probed
readonly KP_EX_MACHINE=11 # this machine or kernel cannot do it
readonly KP_EX_BUILD=12   # generation or build failed
readonly KP_EX_LOAD=13    # load or unload failed
readonly KP_EX_FAULT=14   # the rehearsal found a fault
# shellcheck disable=SC2034 # for --expect
readonly KP_EX_EXPECT=20 # an expectation was not met

KP_LOG_TOLD=   # not empty: an error was told
KP_LOG_WARNED= # not empty: a warning was

# kp_log_tell() { # an error is told, by us or by a program of ours
# Of one in $(...) the main shell learns by a file of the run directory, which is
# emptied: that works on a full disk, too.
kp_log_tell() {
	KP_LOG_TOLD=1
	((BASH_SUBSHELL == 0)) || [[ -z ${KP_RUN:-} || ! -s $KP_RUN/untold ]] || : >"$KP_RUN/untold"
}

# kp_log_is_told() { # was the user told why this run ends as it does?
kp_log_is_told() {
	[[ -n $KP_LOG_TOLD || (-n ${KP_RUN:-} && -e $KP_RUN/untold && ! -s $KP_RUN/untold) ]]
}

# kp_err() { # <what object: cause>...
# One line on stderr: "kp_load: error: WHAT OBJECT: CAUSE".
kp_err() {
	kp_log_tell
	printf 'kp_load: error: %s\n' "$*" >&2
}

# kp_hint() { # <what to do>...
# Follows an error; at most two of them.
kp_hint() {
	printf 'kp_load: hint: %s\n' "$*" >&2
}

# kp_warn() { # <what we noticed and go on after>...
kp_warn() {
	KP_LOG_WARNED=1
	printf 'kp_load: warning: %s\n' "$*" >&2
}

# kp_note() { # <text>...
# Progress and results meant for people: stderr, so that stdout stays data.
kp_note() {
	printf 'kp_load: %s\n' "$*" >&2
}

# kp_log_while() { # <what goes on> <command>...: the command, and its status
# On a terminal it is told every ten seconds how long that has gone on.
kp_log_while() {
	local what=$1 ticker='' status=0
	shift
	if [[ -t 2 ]]; then
		(
			trap - ERR EXIT
			# No sleep(1), which would go on with our locks open.
			exec {never}<> <(:)
			began=$SECONDS
			until read -r -t 10 -u "$never" || ! kill -0 "$$" 2>/dev/null; do
				kp_note "$what: $((SECONDS - began)) s"
			done
		) >/dev/null &
		ticker=$!
	fi
	"$@" || status=$?
	if [[ -n $ticker ]]; then
		kill "$ticker" || :
		wait "$ticker" 2>/dev/null || :
	fi
	return "$status"
}

# kp_printable() { # <text> [max]
# The text as one safe line for a message: what is not printable ASCII is
# written as bash would quote it, and long text is cut with a mark.
kp_printable() {
	local text=$1 max=${2:-80}
	if [[ $text == *[!\ -~]* ]]; then
		printf -v text '%q' "$text"
	fi
	if ((${#text} > max)); then
		text="${text:0:max}... (${#1} characters)"
	fi
	printf '%s' "$text"
}

# kp_join() { # <word>...: prints them with commas between
kp_join() {
	local IFS=,
	printf '%s' "$*"
}
