#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=locked
# For a guest of its own, booted with lockdown=integrity.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	grep -q -- lockdown=integrity /proc/cmdline || skip "only in a guest booted with lockdown=integrity"
}

@test "lockdown: --check names it and a way on" {
	run "$KP_LOAD" --check
	assert_equal "$status" 11
	[[ $output =~ FAIL\ +lockdown\ .*-\> ]]
}

@test "lockdown: a plant is refused before anything is generated" {
	run "$KP_LOAD" --probe=version_proc_show
	assert_equal "$status" 11
	assert_contains lockdown
	[[ ! -d /sys/module/kp_version_proc_show ]]
}

@test "lockdown: the kernel's own refusal is explained with its line" {
	cd -- "$BATS_TEST_TMPDIR"
	umask 077
	RUN=$(newest kp_run)
	find_shape shape --probe=version_proc_show
	plan "$(readlink shape)" version_proc_show kp_unsigned
	run "$RUN" plan
	assert_equal "$status" 13
	assert_contains "lockdown forbids unsigned modules"
	assert_contains "Lockdown: kp_run: unsigned module loading is restricted"
}

@test "modules_disabled=1: it is named, and that only a reboot helps" {
	echo 1 >/proc/sys/kernel/modules_disabled
	run "$KP_LOAD" --check
	assert_equal "$status" 11
	assert_contains modules_disabled
	assert_contains boot
}
