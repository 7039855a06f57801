#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see args.shapes.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() { guest_setup; }
teardown() { guest_teardown; }

# caller_begin() { # a process that opens and reads when it is told
caller_begin() {
	local go=$BATS_TEST_TMPDIR/go
	rm -f "$go" "$go.ready"
	mkfifo "$go"
	# Opened for both, which does not block: no open is on its way later.
	bash -c 'exec 9<>"$0"
		: >"$0.ready"
		read -r _ <&9
		for file in /etc/hostname /nonexistent /proc/version; do
			read -r _ <$file
		done' "$go" 2>/dev/null 3>&- &
	CALLER=$!
	loop_until 100 test -e "$go.ready"
	sleep 0.3
}

# caller_end() { # it does, and ends
caller_end() {
	echo go >"$BATS_TEST_TMPDIR/go"
	wait "$CALLER" || :
}

# fields() { # the events of o in a log on stdin, without where and when
# Where a return goes to the kernel cannot tell while two probes wait for it.
fields() {
	sed -nE 's/^.*: o: (\([^)]*\)) ?/\1 /p' \
		| sed -E 's/ ns=[0-9]+$//; s/ +$//; s/^\([^)]*<- /(<- /'
}

@test "each definition gives what the kernel's own kprobe_events gives, field by field" {
	local line definition compared=0 theirs ours
	while IFS= read -r line; do
		[[ $line =~ ^--probe=\'(.\ *.*)\'$ ]] || continue
		definition=${BASH_REMATCH[1]}
		[[ $definition != r1:* ]] || continue
		caller_begin
		echo "$definition" >/sys/kernel/tracing/kprobe_events
		echo "common_pid == $CALLER" >/sys/kernel/tracing/events/kprobes/o/filter
		echo >/sys/kernel/tracing/trace
		echo 1 >/sys/kernel/tracing/events/kprobes/o/enable
		"$KP_LOAD" --probe="$definition" --pid="$CALLER" 2>/dev/null
		# Both begin here, whatever the caller did to get ready.
		echo >/sys/kernel/tracing/trace
		echo "oracle $compared" >/dev/kmsg
		caller_end
		"$KP_LOAD" --unload=all 2>/dev/null
		echo 0 >/sys/kernel/tracing/events/kprobes/o/enable
		theirs=$(fields </sys/kernel/tracing/trace)
		ours=$(dmesg | MARK="oracle $compared" awk 'on; index($0, ENVIRON["MARK"]) { on = 1 }' | fields)
		echo >/sys/kernel/tracing/kprobe_events
		[[ -n $theirs && $theirs == "$ours" ]] || {
			printf 'differs: %s\ntheirs:\n%s\nours:\n%s\n' "$definition" "$theirs" "$ours" >&2
			return 1
		}
		compared=$((compared + 1))
	done <"$BATS_TEST_DIRNAME/args.shapes"
	assert_equal "$compared" 16
	echo >/sys/kernel/tracing/trace
}

@test "--args shows every argument by name: the pathname of a file that is opened" {
	caller_begin
	"$KP_LOAD" --probe=do_sys_openat2 --args --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ do_sys_openat2:\ \(do_sys_openat2\+0x[04]/0x[0-9a-f]+\)\ dfd=-100\ filename=\"/etc/hostname\"\ how=0x[0-9a-f]+ ]]
	[[ $output =~ dfd=-100\ filename=\"/nonexistent\" ]]
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
