#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # definitions are meant as they stand
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

@test "more calls than a return probe follows: said at once, in the status and at the end" {
	local i pids=() hint="hint: 4 returns were missed, over 3 calls at a time: plant it with --probe='r6:o hrtimer_nanosleep'"
	"$KP_LOAD" --probe='r3:o hrtimer_nanosleep $retval'
	for ((i = 0; i < 7; i++)); do
		sleep 6 &
		pids+=($!)
	done
	run "$KP_LOAD" --status=kp_hrtimer_nanosleep
	assert_contains "$hint"
	assert_contains 'maxactive   3'
	wait "${pids[@]}"
	run kernel_log
	# Once, though three returns came by.
	assert_equal "$(grep -c "more than 3 calls at a time: .* r6:" <<<"$output")" 1
	run "$KP_LOAD" --unload=all
	assert_contains "$hint"
}

@test "a return probe that follows every call says nothing of room" {
	"$KP_LOAD" --probe='r3:o hrtimer_nanosleep $retval'
	sleep 0.1
	run "$KP_LOAD" --status=kp_hrtimer_nanosleep
	refute_contains hint
	run "$KP_LOAD" --unload=all
	refute_contains hint
	run kernel_log
	refute_contains 'calls at a time'
}
