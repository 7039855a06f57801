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
	setsid "$KP_LOAD" --probe=$FUNC "$@" >/dev/null 2>&1 &
	pid=$!
	sleep "$((tenths / 10)).$((tenths % 10))"
	kill "-$signal" -- "-$pid" 2>/dev/null || :
	status=0
	wait "$pid" || status=$?
}

@test "Ctrl-C at any moment leaves nothing, or a probe that was planted whole" {
	local tenths
	for tenths in 1 7 13 19 25 31; do
		kill_after INT $tenths
		((status == 130 || status == 0))
		if ((status == 0)); then
			"$KP_LOAD" --unload=kp_$FUNC
		fi
		[[ ! -d /sys/module/kp_$FUNC ]]
	done
}

@test "SIGTERM ends it with 143 and cleans up" {
	kill_after TERM 8
	assert_equal "$status" 143
}

@test "after SIGKILL the next run sweeps, and what is planted can be removed" {
	local tenths
	for tenths in 3 9 15 21 27; do
		kill_after KILL $tenths
		if [[ -d /sys/module/kp_$FUNC ]]; then
			run "$KP_LOAD" --list
			assert_contains "kp_$FUNC"
			"$KP_LOAD" --unload=kp_$FUNC
		fi
	done
	"$KP_LOAD" --probe=$FUNC
	call_it 3
	assert_equal "$(stat_of kp_$FUNC hits)" 3
	"$KP_LOAD" --unload=all
}
