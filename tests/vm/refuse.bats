#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

@test "a function in the kernel's blacklist is refused, --force or not" {
	local name
	name=$(awk '{ print $2 }' /sys/kernel/debug/kprobes/blacklist | grep -x kprobe_dispatcher \
		|| awk '$2 ~ /^[a-z][a-z_0-9]*$/ { print $2; exit }' /sys/kernel/debug/kprobes/blacklist)
	run "$KP_LOAD" --probe="$name"
	assert_equal "$status" 10
	assert_contains "blacklist"
	run "$KP_LOAD" --force --probe="$name"
	assert_equal "$status" 10
}

@test "a function that hangs a machine is refused, and says why" {
	run "$KP_LOAD" --probe=_raw_spin_lock_irqsave
	assert_equal "$status" 10
	assert_contains "--force"
}

@test "a name with a typo is answered with near names" {
	run "$KP_LOAD" --probe=version_proc_shwo
	assert_equal "$status" 10
	assert_contains "version_proc_show"
}

@test "an inlined function's out-of-line part is named" {
	run "$KP_LOAD" --probe=tasklet_schedule
	assert_equal "$status" 10
	assert_contains "__tasklet_schedule"
}

@test "data and freed init text are told apart from functions" {
	run "$KP_LOAD" --probe=jiffies
	assert_equal "$status" 10
	assert_contains "data"
	run "$KP_LOAD" --probe=start_kernel
	assert_equal "$status" 10
	assert_contains "init"
}

@test "an offset inside of an instruction is refused by the kernel and explained" {
	run "$KP_LOAD" --probe=version_proc_show+1
	assert_equal "$status" 13
	assert_contains "instruction"
	assert_contains "EILSEQ"
}

@test "an offset beyond the function is refused" {
	run "$KP_LOAD" --probe=version_proc_show+99999
	assert_equal "$status" 10
}

@test "unloading what is not ours, or not there, is refused" {
	run "$KP_LOAD" --unload=overlay
	assert_equal "$status" 13
	assert_contains "not a probe of kp_load's"
	run "$KP_LOAD" --unload=kp_nothing
	assert_equal "$status" 13
	assert_contains "not loaded"
	[[ -d /sys/module/overlay ]]
}

@test "without root nothing is planted, and the message says so" {
	# A copy, since others may not be able to read the checkout, or bats's own.
	local tree
	tree=$(mktemp -d /var/tmp/kp_load.XXXXXX)
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$tree"
	chmod -R a+rX "$tree"
	mkdir -m 0777 "$tree/work"
	run env KP_WORKDIR="$tree/work/mine" \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$tree/kp_load.sh" --probe=version_proc_show
	rm -r "$tree"
	assert_equal "$status" 11
	assert_contains "root"
}

@test "with kernel.ftrace_enabled=0 a probe that would never fire is refused" {
	echo 0 >/proc/sys/kernel/ftrace_enabled
	run "$KP_LOAD" --probe=version_proc_show
	echo 1 >/proc/sys/kernel/ftrace_enabled
	assert_equal "$status" 11
	assert_contains "ftrace_enabled"
}

@test "with all kprobes disarmed a plant is refused, and --check names the cure" {
	echo 0 >/sys/kernel/debug/kprobes/enabled
	run "$KP_LOAD" --probe=version_proc_show
	local planted=$status
	run "$KP_LOAD" --check
	echo 1 >/sys/kernel/debug/kprobes/enabled
	assert_equal "$planted" 11
	assert_equal "$status" 11
	assert_contains "echo 1 > /sys/kernel/debug/kprobes/enabled"
}

@test "with kptr_restrict=2 a probe is planted by name" {
	echo 2 >/proc/sys/kernel/kptr_restrict
	run "$KP_LOAD" --probe=version_proc_show
	local planted=$status
	call_it 3
	local hits
	hits=$(stat_of kp_version_proc_show hits)
	"$KP_LOAD" --unload=all
	echo 0 >/proc/sys/kernel/kptr_restrict
	assert_equal "$planted" 0
	assert_equal "$hits" 3
}

@test "without debugfs a probe is planted, with a warning" {
	umount /sys/kernel/debug
	run "$KP_LOAD" --probe=version_proc_show
	local planted=$status
	call_it 3
	local hits
	hits=$(stat_of kp_version_proc_show hits)
	"$KP_LOAD" --unload=all
	mount -t debugfs debug /sys/kernel/debug
	assert_equal "$planted" 0
	assert_equal "$hits" 3
	assert_contains "debugfs"
}

@test "--check is content with this guest" {
	run "$KP_LOAD" --check --probe=version_proc_show
	assert_equal "$status" 0
	refute_contains FAIL
	assert_contains "version_proc_show at"
}
