#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

# kill_after() { # <signal> <tenths of a second> [options]: the tool's status
kill_after() {
	local signal=$1 tenths=$2 pid
	shift 2
	# What runs in the background of a script ignores SIGINT: undo that.
	setsid env --default-signal=INT "$KP_LOAD" --probe=version_proc_show "$@" >/dev/null 2>&1 &
	pid=$!
	sleep "$((tenths / 10)).$((tenths % 10))"
	kill "-$signal" -- "-$pid" 2>/dev/null || :
	status=0
	wait "$pid" || status=$?
}

@test "Ctrl-C at any moment leaves nothing, or a probe that was planted whole" {
	local tenths interrupted=0
	for tenths in 1 2 3 5 7 9 14 20; do
		kill_after INT "$tenths"
		((status == 130 || status == 0))
		((status == 0)) || interrupted=$((interrupted + 1))
		if ((status == 0)); then
			"$KP_LOAD" --unload=kp_version_proc_show
		fi
		[[ ! -d /sys/module/kp_version_proc_show ]]
	done
	((interrupted >= 3))
}

@test "SIGTERM ends it with 143 and cleans up" {
	local tenths interrupted=0
	for tenths in 1 2 3 4 6 8; do
		kill_after TERM "$tenths"
		((status == 143 || status == 0))
		((status == 0)) || interrupted=$((interrupted + 1))
		((status)) || "$KP_LOAD" --unload=kp_version_proc_show
		[[ ! -d /sys/module/kp_version_proc_show ]]
	done
	((interrupted >= 2))
}

@test "after SIGKILL the next run sweeps, and what is planted can be removed" {
	local tenths
	for tenths in 3 9 15 21 27; do
		kill_after KILL "$tenths"
		if [[ -d /sys/module/kp_version_proc_show ]]; then
			run "$KP_LOAD" --list
			assert_contains "kp_version_proc_show"
			"$KP_LOAD" --unload=kp_version_proc_show
		fi
	done
	"$KP_LOAD" --probe=version_proc_show
	call_it 3
	assert_equal "$(stat_of kp_version_proc_show hits)" 3
	"$KP_LOAD" --unload=all
}
