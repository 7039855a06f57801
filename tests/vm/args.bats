#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see args.shapes.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

@test "--args shows every argument by name: the pathname of a file that is opened" {
	caller_begin
	"$KP_LOAD" --probe=do_sys_openat2 --args --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ do_sys_openat2:\ \(do_sys_openat2\+0x[04]/0x[0-9a-f]+\)\ dfd=-100\ filename=\"/etc/hostname\"\ how=0x[0-9a-f]+ ]]
	[[ $output =~ dfd=-100\ filename=\"/nonexistent\" ]]
	"$KP_LOAD" --unload=all
}

@test "a system call is probed by its own name, with the program's arguments" {
	caller_begin
	"$KP_LOAD" --probe=sys_openat --args --pid="$CALLER"
	"$KP_LOAD" --probe=sys_openat --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ \ sys_openat:\ \(__x64_sys_openat\+0x[04]/0x[0-9a-f]+\)\ dfd=-100\ filename=\"/etc/hostname\"\ flags=[0-9]+\ mode=00 ]]
	[[ $output =~ \ sys_openat:\ \(__x64_sys_openat\+0x[04]/0x[0-9a-f]+\)$'\n' ]]
	"$KP_LOAD" --unload=all
}

@test "--filter shows what matches, and counts the rest as filtered" {
	caller_begin
	"$KP_LOAD" --probe=do_sys_openat2 --args --pid="$CALLER" \
		--filter='filename ~ "*host*" && dfd == -100'
	caller_end
	# Read once: the reading opens a file too.
	[[ $(</sys/module/kp_do_sys_openat2/parameters/stats) =~ ^hits=([0-9]+)\ shown=1\ filtered=([0-9]+)\  ]]
	assert_equal "${BASH_REMATCH[1]}" $((BASH_REMATCH[2] + 1))
	((BASH_REMATCH[2] >= 2))
	run kernel_log
	assert_contains 'filename="/etc/hostname"'
	refute_contains /nonexistent
	"$KP_LOAD" --unload=all
}

@test "--ret tells the return value, the arguments and the file's path" {
	caller_begin
	"$KP_LOAD" --probe=vfs_read --args --ret --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ \<-\ vfs_read\)\ file=\"/etc/hostname\"\ buf=0x[0-9a-f]+\ count=[0-9]+\ pos=0x[0-9a-f]+\ ret=[0-9]+\ ns=[0-9]+ ]]
	"$KP_LOAD" --unload=all
}

@test "--ret on a sleep of one second says one second" {
	"$KP_LOAD" --probe=hrtimer_nanosleep --ret
	sleep 1
	run kernel_log
	[[ $output =~ sleep-[0-9]+\ .*\<-\ hrtimer_nanosleep\).*\ ns=(1[0-9]{9})$'\n'? ]]
	"$KP_LOAD" --unload=all
}

@test "25 sleepers at once: every return is shown" {
	local i pids=()
	"$KP_LOAD" --probe=hrtimer_nanosleep --ret
	for ((i = 0; i < 25; i++)); do
		sleep 5 &
		pids+=($!)
	done
	wait "${pids[@]}"
	assert_equal "$(stat_of kp_hrtimer_nanosleep shown)" 25
	assert_equal "$(stat_of kp_hrtimer_nanosleep missed)" 0
	"$KP_LOAD" --unload=all
}

@test "25 sleepers at once with r1: one is shown, and 24 are reported missed" {
	local i pids=()
	# shellcheck disable=SC2016 # the definition's $retval
	"$KP_LOAD" --probe='r1:o hrtimer_nanosleep $retval'
	for ((i = 0; i < 25; i++)); do
		sleep 8 &
		pids+=($!)
	done
	wait "${pids[@]}"
	assert_equal "$(stat_of kp_hrtimer_nanosleep shown)" 1
	assert_equal "$(stat_of kp_hrtimer_nanosleep missed)" 24
	"$KP_LOAD" --unload=all
}

@test "--errors shows only the calls that failed, with the error's name" {
	caller_begin
	"$KP_LOAD" --probe=do_sys_openat2 --ret --errors --args --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ filename=\"/nonexistent\"\ how=0x[0-9a-f]+\ ret=-ENOENT\ ns= ]]
	refute_contains 'filename="/proc/version"'
	"$KP_LOAD" --unload=all
}

@test "--comm can be changed while the probe is planted" {
	"$KP_LOAD" --probe=version_proc_show --comm=nobody
	call_it 5
	assert_equal "$(stat_of kp_version_proc_show filtered)" 5
	echo >/sys/module/kp_version_proc_show/parameters/comm
	call_it 7
	assert_equal "$(stat_of kp_version_proc_show shown)" 7
	assert_equal "$(stat_of kp_version_proc_show hits)" 12
	"$KP_LOAD" --unload=all
}

@test "a filter may ask for the context of the probed code, and for where it is" {
	"$KP_LOAD" --probe='p:o version_proc_show' --filter='common_preempt_count == 0 && !(common_flags & 0x59) && __probe_ip >= 0xffffffff80000000'
	call_it 7
	assert_equal "$(stat_of kp_version_proc_show shown)" 7
	"$KP_LOAD" --unload=all
	"$KP_LOAD" --probe='r:o version_proc_show' --filter='__probe_func >= 0xffffffff80000000 && __probe_ret_ip >= 0xffffffff80000000 && __probe_ret_ip != 0'
	call_it 5
	assert_equal "$(stat_of kp_version_proc_show shown)" 5
	"$KP_LOAD" --unload=all
	"$KP_LOAD" --probe='r:o version_proc_show' --filter='__probe_ret_ip == 0 || common_flags & 0x40'
	call_it 3
	assert_equal "$(stat_of kp_version_proc_show shown)" 0
	assert_equal "$(stat_of kp_version_proc_show filtered)" 3
	"$KP_LOAD" --unload=all
}

@test "what programs call themselves and their files is text: no event of its own, none lost" {
	export FORGED='[    1.000000] kp_do_sys_openat2: root-1 [000] .... 1.000000: do_sys_openat2: (do_sys_openat2+0x0/0xe0) filename="FORGED'
	local escaped=${FORGED//\"/\\\"}
	# shellcheck disable=SC2016 # for the caller's shell
	caller_begin 'printf "\177q\n" >/proc/self/comm
		printf -v long "\n%.0s" {1..250}
		for file in /x$'\''\n'\''"$FORGED" "/a\" mode=\"FORGED\\" /$'\''\n\t'\'' "/$long"; do
			read -r _ <"$file"
		done'
	"$KP_LOAD" --verbose --probe=do_sys_openat2 --args --pid="$CALLER"
	"$KP_LOAD" --probe=do_sys_openat2 --ret --errors --args --pid="$CALLER"
	"$KP_LOAD" --probe='p:chars do_sys_openat2 a=+u0(%si):char b=+u1(%si):char c=+u2(%si):char d=+u3(%si):char' --pid="$CALLER"
	caller_end
	"$KP_LOAD" --unload=all
	kernel_log >"$BATS_TEST_TMPDIR/text"
	cat "$BATS_TEST_TMPDIR/text"
	# Every line is one that somebody printed.
	run ! grep -v '^\[' "$BATS_TEST_TMPDIR/text"
	# Two probes show it, an entry and a return.
	run -0 grep -c 'filename="/x' "$BATS_TEST_TMPDIR/text"
	assert_equal "$output" 2
	run -0 cat "$BATS_TEST_TMPDIR/text"
	assert_contains ": \\x7fq\\x0a-$CALLER ["
	assert_contains ") \\x7fq\\x0a:$CALLER | "
	assert_contains " filename=\"/x\\x0a$escaped\" how="
	assert_contains ' filename="/a\" mode=\"FORGED\\" how='
	assert_contains " a='/' b='\\x0a' c='\\x09' d='\\x00'"
	# A line that is full says so.
	run -0 grep -cE 'filename="/(\\x0a){150,}[\\x0a]*\.\.\.$' "$BATS_TEST_TMPDIR/text"
	assert_equal "$output" 2
}

# ticked() { # <times>: so many interrupts of the timer were seen
ticked() {
	local hits
	hits=$(stat_of kp_update_process_times hits)
	((hits >= $1))
}

@test "the timer's interrupt is one, with interrupts off, to a filter too" {
	"$KP_LOAD" --probe='p:o update_process_times' --filter='common_flags & 0x8 && common_flags & 0x1 && common_preempt_count < 15'
	loop_until 50 ticked 20
	assert_equal "$(stat_of kp_update_process_times filtered)" 0
	"$KP_LOAD" --unload=all
}

@test "where every user can read the log, a probe that writes values there warns of it" {
	local was
	was=$(</proc/sys/kernel/dmesg_restrict)
	echo 0 >/proc/sys/kernel/dmesg_restrict
	run -0 --separate-stderr "$KP_LOAD" --probe=do_sys_openat2 --args
	"$KP_LOAD" --unload=all
	[[ $stderr == *'warning: kernel log: every user here can read it'*'kernel.dmesg_restrict=1'* ]]
	echo 1 >/proc/sys/kernel/dmesg_restrict
	run -0 --separate-stderr "$KP_LOAD" --probe=do_sys_openat2 --args
	"$KP_LOAD" --unload=all
	[[ $stderr != *'every user'* ]]
	echo "$was" >/proc/sys/kernel/dmesg_restrict
}
