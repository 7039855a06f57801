#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

@test "a probe is absent, then catches each of 97 calls, then is absent" {
	call_it 13
	run "$KP_LOAD" --probe=version_proc_show
	assert_equal "$status" 0
	assert_contains "planted kp_version_proc_show on version_proc_show"
	assert_contains "--unload=kp_version_proc_show"
	call_it 97
	assert_equal "$(stat_of kp_version_proc_show hits)" 97
	assert_equal "$(stat_of kp_version_proc_show shown)" 97
	assert_equal "$(stat_of kp_version_proc_show missed)" 0
	assert_equal "$(event_lines kp_version_proc_show version_proc_show)" 97
	run "$KP_LOAD" --unload=kp_version_proc_show
	assert_equal "$status" 0
	assert_contains "hits=97 shown=97 filtered=0 dropped=0 missed=0"
	call_it 11
	assert_equal "$(event_lines kp_version_proc_show version_proc_show)" 97
}

@test "an event tells task, process, CPU, context and function as ftrace does" {
	"$KP_LOAD" --probe=version_proc_show
	call_it 1
	run kernel_log
	[[ $output =~ kp_version_proc_show:\ bats-exec-test-$BASHPID\ \[00[01]\]\ \.[.N]\.\.\ [0-9]+\.[0-9]{6}:\ version_proc_show:\ \(version_proc_show\+0x[04]/0x[0-9a-f]+\) ]] \
		|| [[ $output =~ kp_version_proc_show:\ bash-$BASHPID\ \[00[01]\]\ \.[.N]\.\.\ [0-9]+\.[0-9]{6}:\ version_proc_show: ]]
	"$KP_LOAD" --unload=all
}

@test "verbose can be switched off and on while planted" {
	"$KP_LOAD" --probe=version_proc_show --verbose
	call_it 7
	assert_equal "$(kernel_log | grep -c 'handler_pre() \*/')" 7
	assert_equal "$(kernel_log | grep -c 'handler_post() \*/ +[0-9]* ns (one instruction')" 7
	echo 0 >/sys/module/kp_version_proc_show/parameters/verbose
	call_it 5
	assert_equal "$(kernel_log | grep -c 'handler_pre() \*/')" 7
	echo 1 >/sys/module/kp_version_proc_show/parameters/verbose
	call_it 3
	assert_equal "$(kernel_log | grep -c 'handler_pre() \*/')" 10
	assert_equal "$(stat_of kp_version_proc_show hits)" 15
	"$KP_LOAD" --unload=kp_version_proc_show
}

@test "a probe without --verbose shows its context once that is switched on" {
	"$KP_LOAD" --probe=version_proc_show
	echo 1 >/sys/module/kp_version_proc_show/parameters/verbose
	call_it 3
	assert_equal "$(kernel_log | grep -c 'handler_pre() \*/')" 3
	run ! grep -q handler_post <(kernel_log)
	"$KP_LOAD" --unload=kp_version_proc_show
}

@test "the stack begins at the function and names none of the probe's machinery" {
	"$KP_LOAD" --probe=version_proc_show --showstack
	call_it 1
	run kernel_log
	[[ $output =~ \ =\>\ version_proc_show\+0x.*\ =\>\ seq_read_iter\+0x.*\ =\>\ vfs_read\+0x ]]
	refute_contains handler_pre
	refute_contains kprobe_ftrace_handler
	refute_contains arch_rethook
	echo 0 >/sys/module/kp_version_proc_show/parameters/show_stack
	call_it 1
	assert_equal "$(kernel_log | grep -c " => version_proc_show+")" 1
	"$KP_LOAD" --unload=all
}

@test "a probe behind the first instruction sees the same context through a breakpoint" {
	local offset
	for offset in 4 5 9; do
		"$KP_LOAD" --probe="version_proc_show+$offset" 2>/dev/null && break
	done
	call_it 5
	assert_equal "$(stat_of "kp_version_proc_show_0x$offset" hits)" 5
	# Neither NMI nor hard interrupt nor interrupts off: that is the probe's.
	assert_equal "$(kernel_log | grep -cE "\[00[01]\] \.[.N]\.\. [0-9.]+: version_proc_show_0x$offset: ")" 5
	"$KP_LOAD" --unload=all
}

@test "more hits than the rate are counted, not logged, and that is told" {
	"$KP_LOAD" --probe=version_proc_show
	echo 10 >/sys/module/kp_version_proc_show/parameters/rate
	call_it 1009
	sleep 2
	call_it 1
	assert_equal "$(stat_of kp_version_proc_show hits)" 1010
	local shown dropped
	shown=$(stat_of kp_version_proc_show shown) dropped=$(stat_of kp_version_proc_show dropped)
	assert_equal $((shown + dropped)) 1010
	((dropped > 0))
	assert_equal "$(event_lines kp_version_proc_show version_proc_show)" "$shown"
	assert_equal "$(kernel_log | sed -n "s/.*kp_version_proc_show: \([0-9]*\) hits not logged (rate=10)/\1/p" | awk '{ n += $1 } END { print n + 0 }')" "$dropped"
	"$KP_LOAD" --unload=all
}

@test "a hit inside a probe's own handler is counted as missed" {
	# The event line prints its symbol by this one.
	local inner
	inner=$(awk '$3 ~ /^__sprint_symbol(\.isra\.0|\.constprop\.0)?$/ { print $3; exit }' /proc/kallsyms)
	"$KP_LOAD" --probe=version_proc_show
	"$KP_LOAD" --probe="$inner" --force
	inner=kp_${inner//./_}
	local before after
	before=$(stat_of "$inner" missed)
	call_it 17
	after=$(stat_of "$inner" missed)
	# printk formats a line once for its length, and once more for its text.
	((after - before == 17 || after - before == 34))
	assert_equal "$(stat_of kp_version_proc_show hits)" 17
	"$KP_LOAD" --unload=all
}

@test "--list and --status show what is planted and its counts" {
	run "$KP_LOAD" --list
	assert_contains "no probes planted"
	"$KP_LOAD" --probe=version_proc_show
	call_it 5
	run "$KP_LOAD" --list
	assert_contains "kp_version_proc_show"
	assert_contains "hits=5 "
	run "$KP_LOAD" --status=kp_version_proc_show
	assert_equal "$status" 0
	assert_contains "hits=5 shown=5 filtered=0 dropped=0 missed=0"
	run "$KP_LOAD" --status
	assert_contains "kp_version_proc_show"
	"$KP_LOAD" --unload=all
}

@test "one function can be planted twice, and each catches every call" {
	"$KP_LOAD" --probe=version_proc_show
	run "$KP_LOAD" --probe=version_proc_show
	assert_contains "planted kp_version_proc_show_2"
	call_it 7
	assert_equal "$(stat_of kp_version_proc_show hits)" 7
	assert_equal "$(stat_of kp_version_proc_show_2 hits)" 7
	run "$KP_LOAD" --unload=all
	assert_equal "$status" 0
	assert_contains "removed kp_version_proc_show"
	assert_contains "removed kp_version_proc_show_2"
}

@test "two runs at the same time plant one probe each" {
	"$KP_LOAD" --probe=version_proc_show 2>"$BATS_TEST_TMPDIR/1" &
	local one=$!
	"$KP_LOAD" --probe=loadavg_proc_show 2>"$BATS_TEST_TMPDIR/2" &
	local two=$!
	wait "$one"
	wait "$two"
	call_it 3
	read -r _ </proc/loadavg
	assert_equal "$(stat_of kp_version_proc_show hits)" 3
	assert_equal "$(stat_of kp_loadavg_proc_show hits)" 1
	"$KP_LOAD" --unload=all
}

@test "a probe on FUNC#N sits on the function of that number" {
	run "$KP_LOAD" --probe=type_show
	assert_equal "$status" 10
	assert_contains "type_show#2"
	local address
	address=$(awk '$3 == "type_show" && ++n == 2 { print $1 }' /proc/kallsyms)
	"$KP_LOAD" --probe=type_show#2
	# 6.12 and newer move it behind ENDBR.
	run cat /sys/kernel/debug/kprobes/list
	[[ $output == *"$address"* || $output == *"$(printf %x $((16#$address + 4)))"* ]]
	"$KP_LOAD" --unload=all
}

@test "eight readers hammer the function while it is planted and removed" {
	local pids=()
	# They have one CPU for themselves, but leave the tool its share of the other.
	for _ in 1 2 3 4 5 6 7 8; do
		timeout 300 nice bash -c "while :; do read -r _ </proc/version; done" &
		pids+=($!)
	done
	for _ in 1 2; do
		"$KP_LOAD" --probe=version_proc_show
		(($(stat_of kp_version_proc_show hits) > 0)) || sleep 1
		(($(stat_of kp_version_proc_show hits) > 0))
		"$KP_LOAD" --unload=all
	done
	kill "${pids[@]}"
	wait || :
}
