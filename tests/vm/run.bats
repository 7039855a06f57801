#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# Plans that are written by hand, and kp_run alone: nothing of the shell's.
# What is planted here is built before the guest boots: see run.shapes.
# shellcheck disable=SC2153 # follow_end sets STATUS

load ../bats/helpers/common
load ../bats/helpers/guest

# A shape is the one that --build-only made its module of.
setup_file() {
	[[ -d /run/kp_vm ]] || return 0
	export RUN=$KP_TOP/build/kp_run VIEW
	make -s -C "$KP_TOP/tools" OUT="$KP_TOP/build" "$RUN"
	VIEW=$(newest kp_view)
	cd -- "$BATS_FILE_TMPDIR" || return
	find_shape ftrace --follow --engine=ftrace --probe=version_proc_show
	find_shape kprobe --follow --engine=kprobe --probe=version_proc_show
	find_shape log --probe=version_proc_show
}

# followed() { # <ftrace|kprobe> <funcname> [<line>...]: one that is
followed() {
	plan "$(readlink "$BATS_FILE_TMPDIR/$1")" "$2" "${NAME:-kp_run_test}" "viewer $VIEW" \
		"note following %n on $2" "${@:3}"
}

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	umask 077
	FOLLOW=
}

teardown() {
	follow_stop
	rmmod e1000 2>/dev/null || :
	guest_teardown
}

# run_begin() { # [<command>...]: the plan, in the background, up to the viewer's note
run_begin() {
	: >err
	"$@" "$RUN" plan >out 2>err 3>&- &
	FOLLOW=$!
	loop_until 100 grep -q 'kp_load: following' err
}

# run_end() { # <status>: and nothing is left of it
run_end() {
	STATUS=0
	wait "$FOLLOW" || STATUS=$?
	FOLLOW=
	assert_equal "$STATUS" "$1"
	is_gone
}

is_gone() {
	assert_equal "$(find /sys/module /dev/kp -maxdepth 1 -name 'kp_*' 2>/dev/null)" ''
}

# shown() { # how many events
shown() {
	grep -cE '^[^ ]+-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: '"${EVENT:-version_proc_show}: \(version_proc_show\+0x[04]/" out
}

@test "a plan is followed by both engines, and signals end it" {
	local engine way
	for engine in ftrace kprobe; do
		for way in INT:130 TERM:143 HUP:129 QUIT:131; do
			followed "$engine" version_proc_show 'pilot 100'
			run_begin
			call_it 3
			loop_until 50 test -s out
			kill "-${way%:*}" "$FOLLOW"
			run_end "${way#*:}"
			assert_equal "$(shown)" 3
			grep -q '^kp_load: pilot: about [0-9]* hits' err
			grep -qx 'hits=3 shown=3 filtered=0 dropped=0 missed=0' err
		done
	done
}

@test "timeout's two signals end it as one" {
	followed ftrace version_proc_show
	run_begin timeout 4
	call_it 2
	run_end 124
	assert_equal "$(shown)" 2
	grep -qx 'hits=2 shown=2 filtered=0 dropped=0 missed=0' err
}

@test "what the viewer ends by is told, and JSON comes as asked for" {
	followed ftrace version_proc_show 'view --format=json' 'view --max-hits=2'
	run_begin
	call_it 2
	run_end 0
	assert_equal "$(grep -c '"event":"entry"' out)" 2
	followed ftrace version_proc_show 'view --frob'
	run -2 "$RUN" plan
	assert_contains 'kp_view: error: --frob'
	is_gone
}

@test "a signal that comes while it begins leaves nothing" {
	local after
	followed kprobe version_proc_show
	for after in 0 0.005 0.01 0.02 0.03 0.05 0.08 0.1 0.15 0.2; do
		"$RUN" plan >out 2>err 3>&- &
		FOLLOW=$!
		sleep "$after"
		kill -TERM "$FOLLOW"
		STATUS=0
		wait "$FOLLOW" || STATUS=$?
		FOLLOW=
		# Before its first instruction it is nobody's.
		assert_equal "$STATUS" 143
		is_gone
	done
}

@test "a viewer that is killed, or cannot be run, leaves nothing" {
	followed ftrace version_proc_show
	run_begin
	pkill -KILL -P "$FOLLOW" -x kp_view
	run_end 13
	grep -q "kp_load: error: viewer $VIEW: ended with status 137" err
	plan "$(readlink "$BATS_FILE_TMPDIR/ftrace")" version_proc_show kp_run_test "viewer $PWD/none"
	run -11 "$RUN" plan
	is_gone
}

@test "killed, its viewer ends, and --undo removes the probe" {
	local viewer
	followed ftrace version_proc_show
	run_begin
	viewer=$(pgrep -P "$FOLLOW" -x kp_view)
	kill -KILL "$FOLLOW"
	wait "$FOLLOW" || :
	FOLLOW=
	loop_until 50 test ! -e "/proc/$viewer"
	[[ -d /sys/module/kp_run_test ]]
	run -0 "$RUN" --undo kp_run_test
	assert_equal "$output" ''
	is_gone
}

@test "who started it is killed: all of it ends" {
	followed ftrace version_proc_show
	: >err
	bash -c '"$1" --parent=$$ plan >out 2>err & wait' _ "$RUN" 3>&- &
	FOLLOW=$!
	loop_until 100 grep -q 'kp_load: following' err
	kill -KILL "$FOLLOW"
	wait "$FOLLOW" || :
	FOLLOW=
	loop_until 50 test ! -d /sys/module/kp_run_test
	is_gone
}

@test "--undo elsewhere ends the viewer, which tells its counts" {
	followed ftrace version_proc_show
	run_begin
	call_it 5
	run -0 "$RUN" --undo kp_run_test
	assert_equal "$output" ''
	run_end 0
	assert_equal "$(shown)" 5
	grep -qx 'hits=5 shown=5 filtered=0 dropped=0 missed=0' err
}

@test "of two at once each has a name and sees each hit" {
	local first
	followed ftrace version_proc_show 'view --max-hits=3'
	"$RUN" plan >out1 2>err1 3>&- &
	first=$!
	run_begin
	loop_until 100 grep -q 'kp_load: following' err1
	[[ -d /sys/module/kp_run_test && -d /sys/module/kp_run_test_2 ]]
	grep -qhx 'kp_load: kp_run_test is planted already; this one is kp_run_test_2' err err1
	grep -qhx 'kp_load: following kp_run_test_2 on version_proc_show' err err1
	call_it 3
	wait "$first"
	run_end 0
	assert_equal "$(shown) $(grep -c ': version_proc_show: ' out1)" '3 3'
}

@test "names as long as may be are whole" {
	NAME=kp_012345678901234567890123456789012345678901234567 # and room for _999
	EVENT=e12345678901234567890123456789012345678901234567890123456789012
	followed ftrace version_proc_show 'view --max-hits=2'
	run_begin
	[[ -d /sys/module/$NAME && -c /dev/kp/$NAME ]]
	call_it 2
	run_end 0
	assert_equal "${#NAME} ${#EVENT} $(shown)" '51 63 2'
}

@test "a probe that stays is told, its hits are logged, and --undo removes it, with nothing in PATH" {
	plan "$(readlink "$BATS_FILE_TMPDIR/log")" version_proc_show kp_run_test 'param dyndbg=+p' \
		'param rate=7' 'note planted %n on version_proc_show'
	run -0 --separate-stderr env -i PATH=/nonexistent "$RUN" --tell plan
	assert_equal "$output" 'planted kp_run_test'
	assert_equal "$stderr" 'kp_load: planted kp_run_test on version_proc_show'
	assert_equal "$(</sys/module/kp_run_test/parameters/rate)" 7
	call_it 5
	assert_equal "$(event_lines kp_run_test version_proc_show)" 5
	run -0 "$RUN" --status kp_run_test
	assert_equal "$output" 'hits=5 shown=5 filtered=0 dropped=0 missed=0'
	run -0 env -i PATH=/nonexistent "$RUN" --undo kp_run_test
	assert_equal "$output" ''
	is_gone
	run -0 "$RUN" --undo kp_run_test
	run -13 "$RUN" --undo overlay
	assert_contains "module overlay: not a probe of kp_load's"
}

# refused() { # <funcname> <cause>: with the kernel's own lines
refused() {
	plan "$(readlink "$BATS_FILE_TMPDIR/kprobe")" "$1" kp_run_test
	run -13 "$RUN" plan
	is_gone
	assert_equal "${lines[0]}" "kp_load: error: module kp_run_test on $1: $2"
	[[ $output =~ $'\n'"  ["\ *[0-9]+\.[0-9]{6}\]\ .*"cannot probe $1" ]]
	assert_equal "$(grep -c '^kp_load: hint: ' <<<"$output")" 1
}

@test "what the kernel refuses is explained, with its own lines" {
	refused version_proc_show+1 'the offset is not at the beginning of an instruction (EILSEQ)'
	[[ ${lines[-1]} =~ ^kp_load:\ hint:\ instructions\ begin\ at\ \+0x0\ and\ \+0x[0-9a-f]+$ ]]
	refused no_such_function 'the kernel does not know this symbol (ENOENT)'
	refused "$(awk '$2 ~ /^[a-z][a-z_0-9]*$/ { print $2; exit }' /sys/kernel/debug/kprobes/blacklist)" \
		'the kernel refuses a probe there (EINVAL)'
	# Not of this kernel.
	printf '\177ELF' >broken.ko
	plan "$PWD/broken.ko" version_proc_show kp_run_test
	run -13 "$RUN" plan
	assert_contains 'it was built for another kernel (Invalid module format)'
}

@test "what ftrace cannot take is left to the kprobe engine, where the plan says so" {
	local name offset
	local -i places=0
	name=$(awk '$2 ~ /^[a-z][a-z_0-9]*$/ { print $2; exit }' /sys/kernel/debug/kprobes/blacklist)
	followed ftrace "$name" 'fallback kprobe'
	run -75 "$RUN" plan
	assert_equal "$output" ''
	is_gone
	# Instructions that ftrace has no place at, and what is in one.
	for offset in {5..16}; do
		followed ftrace "version_proc_show+$offset" 'fallback kprobe'
		run "$RUN" plan
		is_gone
		if ((status == 75)); then
			places+=1
			assert_equal "$output" ''
		else
			assert_equal "$status" 13
			assert_contains EILSEQ
		fi
	done
	((places > 1))
}

@test "who asks for ftrace is told of the function that it cannot trace, and nothing is left" {
	run -10 "$KP_LOAD" --follow --engine=ftrace --probe=clear_page_erms
	assert_contains 'error: function clear_page_erms: ftrace cannot trace it'
	assert_contains 'hint: --engine=kprobe'
	is_gone
}

@test "a target that is loaded after its probe is caught in its init, and goes with it" {
	local e1000 engine
	e1000=$(modinfo -n e1000)
	for engine in ftrace kprobe; do
		EVENT=init followed "$engine" e1000:e1000_init_module "target e1000 $e1000" 'view --max-hits=1'
		run -0 --separate-stderr timeout 60 "$RUN" plan
		# Where it was is nobody's any more when that is shown.
		assert_contains ': init: ('
		assert_equal "${#lines[@]}" 1
		[[ ! -d /sys/module/e1000 ]]
		is_gone
	done
	plan "$(readlink "$BATS_FILE_TMPDIR/log")" e1000:e1000_init_module kp_run_test "target e1000 $e1000" \
		'verify yes' 'listed e1000_init_module+'
	run -0 "$RUN" plan
	assert_equal "$output" ''
	assert_equal "$(</sys/module/kp_run_test/parameters/brought)" e1000
	assert_equal "$(stat_of kp_run_test hits)" 1
	run -0 "$RUN" --undo kp_run_test
	[[ ! -d /sys/module/e1000 ]]
	# One that cannot be loaded takes the probe with it.
	printf 'no module' >broken.ko
	plan "$(readlink "$BATS_FILE_TMPDIR/log")" e1000:e1000_init_module kp_run_test "target e1000 $PWD/broken.ko"
	run -13 "$RUN" plan
	assert_contains 'kp_load: error: module e1000: '
	is_gone
}

@test "whether it is armed is read from the kernel's list" {
	local address shape
	shape=$(readlink "$BATS_FILE_TMPDIR/log")
	address=$(awk '$3 == "version_proc_show" { print $1; exit }' /proc/kallsyms)
	plan "$shape" version_proc_show kp_run_test 'verify yes' \
		"$(printf 'listed %s/%016x' "$address" $((16#$address + 4)))"
	run -0 "$RUN" plan
	assert_equal "$output" ''
	# A second one is seen as one more.
	run -0 "$RUN" plan
	"$RUN" --undo kp_run_test_2
	"$RUN" --undo kp_run_test
	plan "$shape" version_proc_show kp_run_test 'verify yes' 'listed loadavg_proc_show+'
	run -13 "$RUN" plan
	assert_contains "probe kp_run_test: version_proc_show is registered, but the kernel's list does not show it armed"
	is_gone
}
