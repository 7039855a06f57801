#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=locked
# For a guest of its own, booted with module.sig_enforce=1.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	grep -q -- module.sig_enforce=1 /proc/cmdline || skip "only in a guest booted with module.sig_enforce=1"
}

@test "signatures enforced: --check names it and a way on" {
	run "$KP_LOAD" --check
	assert_equal "$status" 11
	[[ $output =~ FAIL\ +signature\ .*-\> ]]
}

@test "signatures enforced: a plant is refused before anything is generated" {
	run "$KP_LOAD" --probe=version_proc_show
	assert_equal "$status" 11
	assert_contains sign
	[[ ! -d /sys/module/kp_version_proc_show ]]
}

@test "signatures enforced: the kernel's own refusal is explained" {
	# The distribution's own module is signed, and goes.
	modprobe e1000
	rmmod e1000
	cd -- "$BATS_TEST_TMPDIR"
	umask 077
	RUN=$(newest kp_run)
	find_shape shape --probe=version_proc_show
	plan "$(readlink shape)" version_proc_show kp_unsigned
	run "$RUN" plan
	assert_equal "$status" 13
	assert_contains "Key was rejected"
}
