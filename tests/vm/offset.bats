#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

@test "an offset inside of an instruction is refused with the two around it, which can be probed" {
	local offset=1 before after
	# The function begins with the five bytes of a call, or a nop, to ftrace.
	run "$KP_LOAD" --probe="version_proc_show+$offset"
	assert_equal "$status" 13
	assert_contains 'hint: instructions begin at +0x0 and +0x5'
	# From there on, the first offset that is in one.
	for ((offset = 6; offset < 20; offset++)); do
		run "$KP_LOAD" --probe="version_proc_show+$offset"
		((status)) && break
		"$KP_LOAD" --unload=all
	done
	assert_equal "$status" 13
	[[ $output =~ 'hint: instructions begin at +'(0x[0-9a-f]+)' and +'(0x[0-9a-f]+) ]]
	before=${BASH_REMATCH[1]} after=${BASH_REMATCH[2]}
	((before < offset && offset < after))
	for offset in "$before" "$after"; do
		run "$KP_LOAD" --probe="version_proc_show+$offset"
		assert_equal "$status" 0
	done
	"$KP_LOAD" --unload=all
}
