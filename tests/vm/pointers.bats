#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # definitions are meant as they stand
# bats file_tags=vm
# Pointers that programs hand to the kernel may be anything.

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() { call_build; }
setup() { guest_setup; }
teardown() { guest_teardown; }

# shown() { # <event>: what its lines say of arguments
shown() {
	kernel_log | sed -nE "s/^.*: $1: \([^)]*\) ?//p"
}

# log_all() { # <module>: no line is left out
log_all() {
	echo 1000000 >"/sys/module/$1/parameters/rate"
}

@test "10,000 bad pointers as a file's name: each is shown as (fault), and nothing breaks" {
	call_begin hostile 10000
	"$KP_LOAD" --probe='p:o do_sys_openat2 file=+0($arg2):ustring' --pid="$CALLER"
	log_all kp_do_sys_openat2
	call_end
	assert_equal "$(stat_of kp_do_sys_openat2 shown)" 10000
	assert_equal "$(stat_of kp_do_sys_openat2 missed)" 0
	"$KP_LOAD" --unload=all
	assert_equal "$(shown o | sort | uniq -c | xargs)" '10000 file=(fault)'
}

@test "a system call's --args show a bad pointer as (fault), at the return too" {
	local options
	for options in '' --ret; do
		call_begin hostile 140
		"$KP_LOAD" --probe=__x64_sys_openat --args --pid="$CALLER" ${options:+"$options"}
		log_all kp___x64_sys_openat
		call_end
		assert_equal "$(stat_of kp___x64_sys_openat shown)" 140
		"$KP_LOAD" --unload=all
	done
	assert_equal "$(shown __x64_sys_openat | sed 's/ ns=.*//' | sort | uniq -c | xargs)" \
		'140 dfd=-100 filename=(fault) flags=0 mode=00 140 dfd=-100 filename=(fault) flags=0 mode=00 ret=-EFAULT'
}

@test "a name that ends where a page does, or all of user memory, is shown whole" {
	call_begin edges
	"$KP_LOAD" --probe='p:o do_sys_openat2 file=+0($arg2):ustring' --pid="$CALLER"
	log_all kp_do_sys_openat2
	call_end
	"$KP_LOAD" --unload=all
	assert_equal "$(shown o | awk -F '"' '{ printf "%d ", length($2) }')" \
		"$(printf '%d ' {0..20} {0..20})"
	assert_equal "$(shown o | tail -n 1)" 'file="aaaaaaaaaaaaaaaaaaaa"'
}

# absent() { # <kp_load option>...: opens a path in a page nobody has touched
absent() {
	printf '/etc/hostname\0' >"$BATS_TEST_TMPDIR/path"
	call_begin absent "$BATS_TEST_TMPDIR/path"
	"$KP_LOAD" --pid="$CALLER" "$@"
	call_end
	"$KP_LOAD" --unload=all
}

@test "a path whose page is not in memory is (not present), at the entry" {
	absent --probe=__x64_sys_openat --args
	run shown __x64_sys_openat
	assert_contains 'dfd=-100 filename=(not present) flags=0'
	refute_contains '(fault)'
}

@test "it is not present to numbers and arrays either" {
	absent --probe='p:o do_sys_openat2 file=+0($arg2):ustring first=+0($arg2):u8 both=+0($arg2):u8[2]'
	# Before it, the same of the file that holds the path.
	assert_equal "$(shown o | tail -n 1)" 'file=(not present) first=(not present) both=(not present)'
	run shown o
	assert_contains 'path" first=47 both={47,'
}

@test "with --ret it is tried again at the return, and shown" {
	absent --probe=__x64_sys_openat --args --ret
	run shown __x64_sys_openat
	[[ $output =~ dfd=-100\ filename=\"/etc/hostname\"\ flags=0\ mode=00\ ret=[0-9]+\ ns=[0-9]+ ]]
	refute_contains '(not present)'
}

@test "a probe by breakpoint cannot tell, and says (fault)" {
	# As a jump, which some become after a while, it can.
	echo 0 >/proc/sys/debug/kprobes-optimization
	absent --probe='p:o do_sys_openat2+5 file=+0(%si):ustring'
	echo 1 >/proc/sys/debug/kprobes-optimization
	run shown o
	assert_contains 'file=(fault)'
	refute_contains '(not present)'
}
