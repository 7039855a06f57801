#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() { call_build; }
setup() { guest_setup; }
teardown() { guest_teardown; }

# errors_of() { # <function> <action> [argument...]: what --errors shows of it
errors_of() {
	local function=$1
	shift
	call_begin "$@"
	"$KP_LOAD" --probe="$function" --args --errors --pid="$CALLER"
	call_end
	"$KP_LOAD" --unload=all
	run kernel_log
}

@test "--errors of a function that returns int: its 32 bits are an error" {
	errors_of user_path_at_empty try /etc/hostname /nonexistent /etc/hostname/x
	[[ $output =~ name=\"/nonexistent\"\ .*\ ret=-ENOENT\  ]]
	[[ $output =~ name=\"/etc/hostname/x\"\ .*\ ret=-ENOTDIR\  ]]
	refute_contains 'name="/etc/hostname" '
}

@test "--errors of a function that returns a pointer: an error in its place" {
	errors_of do_filp_open try /etc/hostname /nonexistent
	[[ $output =~ pathname=\"/nonexistent\"\ .*\ ret=-ENOENT\  ]]
	refute_contains 'pathname="/etc/hostname"'
}

@test "--errors of a function that returns 64 bits: 0xfffffff0 is a place in a file" {
	errors_of shmem_file_llseek seek /dev/shm/seek $((0xfffffff0)) -1 $((0x1fffffffe))
	[[ $output =~ offset=-1\ .*\ ret=-EINVAL\  ]]
	refute_contains offset=4294967280
	refute_contains offset=8589934590
	rm /dev/shm/seek
}

@test "--errors of a function that returns nothing is refused, and nothing is planted" {
	run "$KP_LOAD" --probe=fput --errors
	assert_equal "$status" 2
	assert_contains 'error: option --errors: what fput returns cannot be an error'
	[[ ! -d /sys/module/kp_fput ]]
}
