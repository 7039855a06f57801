#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() {
	rmmod e1000 2>/dev/null || :
	guest_teardown
}

E1000=$(modinfo -n e1000 2>/dev/null || :)

@test "a module's init function is caught though the module was not loaded" {
	run "$KP_LOAD" --mod="$E1000" --probe=e1000_init_module
	assert_equal "$status" 0
	[[ -d /sys/module/e1000 ]]
	assert_equal "$(stat_of kp_e1000_init_module hits)" 1
	run "$KP_LOAD" --unload=kp_e1000_init_module
	assert_equal "$status" 0
	assert_contains "removed kp_e1000_init_module and, loaded for it, e1000"
	[[ ! -d /sys/module/e1000 ]]
}

@test "a module that was loaded before stays when the probe goes" {
	modprobe e1000
	"$KP_LOAD" --mod=e1000 --probe=e1000_open
	ip link set eth0 up
	assert_equal "$(stat_of kp_e1000_open hits)" 1
	"$KP_LOAD" --unload=all
	[[ -d /sys/module/e1000 ]]
}

@test "MOD:FUNC plants in that module, and survives its reload" {
	modprobe e1000
	"$KP_LOAD" --probe=e1000:e1000_open
	ip link set eth0 up
	assert_equal "$(stat_of kp_e1000_open hits)" 1
	rmmod e1000
	run ! grep e1000_open /sys/kernel/debug/kprobes/list
	modprobe e1000
	ip link set eth0 up
	assert_equal "$(stat_of kp_e1000_open hits)" 2
	"$KP_LOAD" --unload=all
}

was_hit() {
	(($(stat_of "$1" hits) > 0))
}

@test "an interrupt handler shows hard interrupt context and its stack" {
	"$KP_LOAD" --mod=e1000 --probe=e1000_intr --verbose --showstack
	ip link set eth0 up
	loop_until 50 was_hit kp_e1000_intr
	run kernel_log
	[[ $output =~ \|\ d.[hH].\ /\*\ handler_pre\(\)\ \*/ ]]
	[[ $output =~ =\>\ e1000_intr\+0x0.*=\>\ .*handle_irq_event.*=\>\ asm_common_interrupt ]]
	"$KP_LOAD" --unload=all
}

@test "a function that the module does not have is refused, and nothing is loaded" {
	run "$KP_LOAD" --mod="$E1000" --probe=e1000_itnr
	assert_equal "$status" 10
	assert_contains "e1000_intr"
	[[ ! -d /sys/module/e1000 ]]
}

@test "a target whose loading fails takes the probe with it" {
	# A module of the same kernel that needs a parameter it does not get.
	modprobe e1000
	run "$KP_LOAD" --mod=/nonexistent.ko --probe=e1000_intr
	assert_equal "$status" 2
	rmmod e1000
	# Loaded already by another name: insmod says File exists.
	cp "$E1000" "$BATS_TEST_TMPDIR/broken.ko"
	printf 'x' | dd of="$BATS_TEST_TMPDIR/broken.ko" bs=1 seek=18 conv=notrunc 2>/dev/null
	run "$KP_LOAD" --mod="$BATS_TEST_TMPDIR/broken.ko" --probe=e1000_intr
	((status == 2 || status == 13))
	[[ ! -d /sys/module/kp_e1000_intr ]]
}
