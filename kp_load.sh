#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kp_load.sh - from a function's name to a native kernel probe, in one command:
# checks the machine and the function, writes a kernel module in C, builds it
# with the kernel's own Kbuild, loads it, and says what it catches.

# main ends by exit, which shellcheck takes for code that nothing reaches.
# shellcheck disable=SC2317

# Any shell can read as far as this.
# shellcheck disable=SC2292 # [[ ]] is what older shells may lack
if [ -z "${BASH_VERSINFO:-}" ] || [ "${BASH_VERSINFO[0]}" -lt 4 ] \
	|| { [ "${BASH_VERSINFO[0]}" -eq 4 ] && [ "${BASH_VERSINFO[1]}" -lt 4 ]; }; then
	echo "kp_load: error: this shell: bash 4.4 or newer is needed" >&2
	exit 11
fi

set -Eeuo pipefail
shopt -s inherit_errexit lastpipe
export LC_ALL=C
umask 077
unset POSIXLY_CORRECT # what it makes of options, of "--" not least, is not ours
# Nor what the environment makes of patterns and functions, or knows as read.
set +fk
shopt -u failglob nullglob dotglob nocaseglob nocasematch
unset FUNCNEST GLOBIGNORE "${!_KP_@}"
[[ :$PATH: == *:/usr/sbin:* ]] || PATH+=:/usr/sbin:/sbin # of who is not root

# shellcheck disable=SC2034 # for generate.sh
KP_VERSION=0.1

# find_top: KP_TOP, with no link on the way to it. realpath(1) is one process more
# on every run's way, and mostly has nothing to do.
find_top() {
	local at
	KP_TOP=${BASH_SOURCE[0]}
	[[ $KP_TOP == /* ]] || KP_TOP=$PWD/${KP_TOP#./}
	at=$KP_TOP
	while [[ -n $at && ! -L $at ]]; do
		at=${at%/*}
	done
	[[ -z $at && $KP_TOP != *//* && $KP_TOP != */./* && $KP_TOP != */../* ]] \
		|| KP_TOP=$(realpath -- "$KP_TOP")
	KP_TOP=${KP_TOP%/*}
}

find_top

# shellcheck source=lib/log.sh
source "$KP_TOP/lib/log.sh"
# shellcheck source=lib/options.sh
source "$KP_TOP/lib/options.sh"

# An unexpected failure: the only message without an object to name. Our own
# statuses were explained where they came from; those of grep or make look like
# them, and were not.
on_error() {
	local status=$? line=$1 command=$2 told
	((BASH_SUBSHELL == 0)) || return "$status"
	((status > 128)) || trap '' INT TERM HUP # as at the end of main
	((status != 141)) || exit "$status"      # nobody reads our output any more
	told=$status
	((status > 128)) || kp_log_is_told || told=not
	case $told in
	2 | 1[0-4] | 20 | 129 | 130 | 143) return "$status" ;;
	esac
	kp_err "internal error: ${BASH_SOURCE[1]##*/}:$line: $command (status $status)"
	exit "$KP_EX_INTERNAL"
}

# verb: what was asked for, with only what that needs.
verb() {
	case $KP_OPT_MODE in
	plant)
		# shellcheck source=lib/cmd/plant.sh
		source "$KP_TOP/lib/cmd/plant.sh"
		kp_cmd_plant
		;;
	check)
		# shellcheck source=lib/cmd/check.sh
		source "$KP_TOP/lib/cmd/check.sh"
		kp_cmd_check
		;;
	demo)
		# shellcheck source=lib/cmd/demo.sh
		source "$KP_TOP/lib/cmd/demo.sh"
		kp_cmd_demo
		;;
	list)
		# shellcheck source=lib/cmd/list.sh
		source "$KP_TOP/lib/cmd/list.sh"
		"kp_cmd_$KP_OPT_MODE"
		;;
	status)
		# shellcheck source=lib/cmd/status.sh
		source "$KP_TOP/lib/cmd/status.sh"
		"kp_cmd_$KP_OPT_MODE"
		;;
	unload)
		# shellcheck source=lib/cmd/unload.sh
		source "$KP_TOP/lib/cmd/unload.sh"
		"kp_cmd_$KP_OPT_MODE"
		;;
	enable | disable)
		# shellcheck source=lib/cmd/switch.sh
		source "$KP_TOP/lib/cmd/switch.sh"
		"kp_cmd_$KP_OPT_MODE"
		;;
	esac
}

main() {
	trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR
	# shellcheck disable=SC2034 # for place/rehearse.sh
	KP_ARGV=("$@") # a rehearsal hands them on
	kp_options_parse "$@"
	case $KP_OPT_MODE in
	help) kp_options_usage ;;
	version) printf 'kp_load %s\n' "$KP_VERSION" ;;
	*) verb ;;
	esac
	# No signal ends us between here and the EXIT trap, which would not run again.
	trap '' INT TERM HUP
	# Bash would read on here, in a file that may have changed meanwhile.
	exit "$KP_EX_OK"
}

main "$@"
