#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see again.shapes.
# shellcheck disable=SC2119,SC2120 # options are for some
# shellcheck disable=SC2153 # follow_end sets STATUS and FOOTER

load ../bats/helpers/common
load ../bats/helpers/guest

# What is kept stays for the next test: to check all takes seconds.
setup_file() {
	[[ ! -d /run/kp_vm ]] || rm -rf "${KP_WORKDIR:-$KP_TOP/tmp}/again"
}

teardown_file() {
	setup_file
}

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	FOLLOW=
	WORK=${KP_WORKDIR:-$KP_TOP/tmp}
}

teardown() {
	follow_stop
	guest_teardown
}

# follow_version() { # [option]...: two calls, seen, and Ctrl-C
# BEGUN is who follows: the viewer alone, or kp_load.sh with a viewer.
follow_version() {
	follow_begin --follow --probe=version_proc_show "$@"
	BEGUN=$(ps --ppid "$FOLLOW" -o comm=)
	call_it 2
	loop_until 100 test -s out
	kill -INT "$FOLLOW"
	follow_end
	assert_equal "$STATUS" 130
	assert_equal "$FOOTER" 'hits=2 shown=2 filtered=0 dropped=0 missed=0'
	assert_equal "$(grep -cE '^[^ ]+-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: version_proc_show: \(version_proc_show\+0x[04]/' out)" 2
	[[ ! -d /sys/module/kp_version_proc_show ]]
}

# plans() { # how many are kept
plans() {
	find "$WORK/again" -name plan | wc -l
}

# begins_again() { # [option]...: the command begins as it was run before
begins_again() {
	follow_version "$@"
	assert_equal "$BEGUN" kp_view
}

# begins_anew() { # [option]...: or everything is checked
begins_anew() {
	follow_version "$@"
	assert_equal "$BEGUN" bash
}

@test "a command that is run again begins at once, and does the same" {
	local first
	begins_anew
	sed -i 's/about [0-9]*/about N/' err
	first=$(<err)
	assert_equal "$(plans)" 1
	begins_again
	sed -i 's/about [0-9]*/about N/' err
	assert_equal "$(<err)" "$first"
	export KP_AGAIN=no
	begins_anew
}

@test "another command is another one, with what it gives and its status" {
	local i
	for i in 1 2; do
		follow_begin --follow --probe=version_proc_show --format=json --max-hits=1
		BEGUN=$(ps --ppid "$FOLLOW" -o comm=)
		call_it 2
		follow_end
		assert_equal "$STATUS" 0
		assert_equal "$(sed -E 's/^\{"ts":.*"event":"entry".*/entry/; s/^\{"summary":.*/summary/' out | paste -sd ' ')" 'entry summary'
	done
	assert_equal "$BEGUN" kp_view
	assert_equal "$(plans)" 2
	begins_again
}

@test "it is found by a link, and from another directory" {
	follow_version
	ln -s "$KP_LOAD" link
	KP_LOAD=./link
	begins_again
	mkdir sub
	cd sub
	KP_LOAD=$(realpath --relative-to=. -- "$KP_TOP/kp_load.sh")
	begins_again
}

@test "what changed since is checked anew" {
	follow_version
	touch "$KP_TOP/lib/blacklist.list" # a file of ours
	begins_anew
	modprobe e1000 # functions that may have the name
	begins_anew
	rmmod e1000
	echo 1 >/proc/sys/kernel/kptr_restrict # the kernel's state
	begins_anew
	begins_again
	echo 0 >/proc/sys/kernel/kptr_restrict
}

@test "a run that had a warning to give gives it each time" {
	local i kept
	kept=$(plans)
	for i in 1 2; do
		run -0 --separate-stderr "$KP_LOAD" --count --probe=ktime_get_mono_fast_ns --duration=0.2
		[[ $stderr == *'warning: function ktime_get_mono_fast_ns: '* ]]
	done
	assert_equal "$(plans)" "$kept"
}

@test "a plan or a module that others can write to is not used" {
	local plan dir
	follow_version
	plan=$(grep -L 'arg --format' "$WORK"/again/*/plan)
	dir=${plan%/*}
	chmod g+w "$plan"
	begins_anew
	begins_again
	chmod o+w "$dir"
	begins_anew
	# Nor is one kept there.
	[[ $(stat -c %a "$dir") == 702 ]]
	chmod o-w "$dir"
	begins_again
}

@test "a viewer that others could have written is not run" {
	follow_version
	printf '#!/bin/sh\ntouch %s/ran\n' "$BATS_TEST_TMPDIR" >"$WORK/again/kp_view.new"
	chmod 0757 "$WORK/again/kp_view.new"
	mv "$WORK/again/kp_view.new" "$WORK/again/kp_view"
	begins_anew
	[[ ! -e ran ]]
	begins_again
}

@test "a damaged plan is made anew" {
	local plan
	follow_version
	plan=$(grep -L 'arg --format' "$WORK"/again/*/plan)
	sed -i '/^name /d' "$plan"
	begins_anew
	truncate -s 100 "${plan%/*}/module.ko"
	begins_anew
	begins_again
}

@test "the same command twice at once: the second is planted under another name" {
	local first
	follow_version
	follow_begin --follow --probe=version_proc_show
	first=$FOLLOW
	cp err err1
	timeout 60 "$KP_LOAD" --follow --probe=version_proc_show --max-hits=1 >out2 2>err2 3>&- &
	FOLLOW=$!
	loop_until 600 grep -q 'kp_load: following' err2
	grep 'kp_version_proc_show is planted already; this one is kp_version_proc_show_2' err2
	call_it 1
	wait "$FOLLOW"
	FOLLOW=$first
	kill -TERM "$FOLLOW"
	follow_end
	assert_equal "$STATUS" 143
	begins_again
}

@test "a signal that comes while it begins again leaves nothing behind" {
	local after status
	follow_version
	for after in 0.0 0.005 0.01 0.02 0.03 0.05 0.08 0.1 0.15 0.2; do
		status=0
		"$KP_LOAD" --follow --probe=version_proc_show >out 2>err 3>&- &
		FOLLOW=$!
		sleep "$after"
		kill -TERM "$FOLLOW"
		wait "$FOLLOW" || status=$?
		FOLLOW=
		assert_equal "$status" 143
		[[ ! -d /sys/module/kp_version_proc_show ]]
	done
	begins_again
}

# kill_after() { # <command>...: when that has ended
kill_after() {
	"$KP_LOAD" --follow --probe=version_proc_show >out 2>err 3>&- &
	FOLLOW=$!
	"$@"
	kill -KILL "$FOLLOW"
	wait "$FOLLOW" || :
	FOLLOW=
	[[ -d /sys/module/kp_version_proc_show ]] || return 0
	run -0 "$KP_LOAD" --list
	assert_contains kp_version_proc_show
	"$KP_LOAD" --unload=kp_version_proc_show
	[[ ! -d /sys/module/kp_version_proc_show ]]
}

@test "killed while it begins again, it leaves what --list shows and --unload removes, or nothing" {
	local after output=
	follow_version
	for after in 0.0 0.01 0.02 0.03 0.05 0.08 0.12 0.2 0.3; do
		kill_after sleep "$after"
	done
	kill_after loop_until 100 grep -q 'kp_load: following' err
	[[ $output == *kp_version_proc_show* ]]
	begins_again
}
