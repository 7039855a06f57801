#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=rehearse
# Each test boots a guest: few of them, each with much to say.

load helpers/common

setup_file() {
	export REL
	source "$BATS_TEST_DIRNAME/../../lib/log.sh"
	source "$BATS_TEST_DIRNAME/../../lib/paths.sh"
	source "$BATS_TEST_DIRNAME/../../lib/kernel.sh"
	source "$BATS_TEST_DIRNAME/../../lib/place/vm.sh"
	REL=$(kp_kernel_default)
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	find "${KP_WORKDIR:-$KP_TOP/tmp}" -maxdepth 1 -name 'run.*' >before
}

teardown() {
	find "${KP_WORKDIR:-$KP_TOP/tmp}" -maxdepth 1 -name 'run.*' >after
	diff before after
}

@test "every example shows what its README promises" {
	local dir expected
	for dir in "$KP_TOP"/examples/*/; do
		local -a args=()
		eval "args=($(sed "s/REL/$REL/g" "$dir/command"))"
		run "$KP_LOAD" "${args[@]}"
		[[ $status -eq 0 ]] || {
			echo "$dir: status $status: $output" >&2
			return 1
		}
		while IFS= read -r expected; do
			grep -qE -- "$expected" <<<"$output" || {
				echo "$dir: no line like $expected in: $output" >&2
				return 1
			}
		done <"$dir/expected"
	done
}

@test "a rehearsal prints events on stdout, and counts and verdict on stderr" {
	run --separate-stderr "$KP_LOAD" --verbose --probe=do_sys_openat2 \
		--rehearse='cat /etc/hostname'
	assert_equal "$status" 0
	grep -qE '^cat-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: do_sys_openat2: \(do_sys_openat2\+0x[04]/0x[0-9a-f]+\)$' <<<"$output"
	grep -qE '^[0-9]{3}\) cat:[0-9]+ \| [^ ]{4} /\* handler_pre\(\) \*/$' <<<"$output"
	local printed=$output events shown=$stderr
	events=$(grep -c ': do_sys_openat2: (' <<<"$printed")
	run ! grep -E '^(rmmod|awk|grep)-' <<<"$printed"
	run ! grep -vE '^[^ ]+-[0-9]+ \[|^[0-9]{3}\) ' <<<"$printed"
	[[ $shown =~ hits=([0-9]+)\ shown=([0-9]+)\ filtered=0\ dropped=([0-9]+)\ missed=0 ]]
	# Every hit that was logged is printed here.
	assert_equal $((BASH_REMATCH[2] + BASH_REMATCH[3])) "${BASH_REMATCH[1]}"
	assert_equal "$events" "${BASH_REMATCH[2]}"
	[[ $shown == *PASS* ]]
}

@test "a guest that panics is a fault, and its log is kept" {
	run "$KP_LOAD" --probe=version_proc_show \
		--rehearse='echo c >/proc/sysrq-trigger'
	assert_equal "$status" 14
	assert_contains "died before its work was done"
	assert_contains "log is kept"
	local kept=${output##*log is kept: }
	kept=${kept%%$'\n'*}
	grep -q 'sysrq triggered crash' "$kept"
	rm -f -- "$kept"
}

@test "a warning of the kernel while the probe is planted is a fault" {
	run "$KP_LOAD" --probe=version_proc_show \
		--rehearse='echo "WARNING: CPU: 0 PID: 1 at here" >/dev/kmsg'
	assert_equal "$status" 14
	assert_contains "complained"
	rm -f -- "${KP_WORKDIR:-$KP_TOP/tmp}"/kp_version_proc_show.rehearsal.log
}

@test "a guest that does not end is ended, and that is a fault" {
	KP_VM_TIMEOUT=25 run "$KP_LOAD" --probe=version_proc_show --rehearse='sleep 100'
	assert_equal "$status" 14
	assert_contains "no end after 25 seconds"
	rm -f -- "${KP_WORKDIR:-$KP_TOP/tmp}"/kp_version_proc_show.rehearsal.log
}

@test "a guest that stops answering ends within a minute, its log kept; a silent one does not" {
	local pid began status=0 kept
	"$KP_LOAD" --probe=version_proc_show \
		--rehearse='sleep 70; echo awake; sleep 1000' >out 2>&1 3>&- &
	pid=$!
	loop_until 2000 grep -qx awake out
	# A stopped QEMU is a guest that hangs.
	kill -STOP "$(pgrep -P "$(pgrep -P "$pid" -x timeout)")"
	began=$SECONDS
	wait "$pid" || status=$?
	assert_equal "$status" 14
	((SECONDS - began <= 62))
	output=$(<out)
	assert_contains 'the guest stopped answering'
	assert_equal "$(grep -c 'kp_load: error: ' out)" 1
	kept=${output##*log is kept: }
	kept=${kept%%$'\n'*}
	[[ -f $kept ]]
	rm -f -- "$kept"
}

@test "a function that the guest's kernel does not have is refused with near names" {
	run "$KP_LOAD" --probe=version_proc_shwo --rehearse=true
	assert_equal "$status" 10
	assert_contains "version_proc_show"
}

@test "Ctrl-C ends the guest and leaves nothing" {
	# What runs in the background of a script ignores SIGINT: undo that.
	setsid env --default-signal=INT \
		"$KP_LOAD" --probe=version_proc_show --rehearse='sleep 50' >out 2>&1 &
	local pid=$! status=0
	loop_until 150 grep -q booting out
	sleep 5
	kill -INT -- "-$pid"
	wait "$pid" || status=$?
	assert_equal "$status" 130
	run ! kill -0 -- "-$pid"
}
