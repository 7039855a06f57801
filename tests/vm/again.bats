#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# The second run of a command, which takes the road of the first: what was looked
# at, and is the same, is not looked at again; what differs is.
# What is planted here is built before the guest boots: see again.shapes.
# shellcheck disable=SC2119,SC2120 # options are for some
# shellcheck disable=SC2153 # follow_end sets STATUS and FOOTER

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() {
	[[ ! -d /run/kp_vm ]] || rm -f -- "${KP_WORKDIR:-$KP_TOP/tmp}"/cache/*.checked
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
follow_version() {
	follow_begin --follow --probe=version_proc_show "$@"
	call_it 2
	loop_until 100 test -s out
	kill -INT "$FOLLOW"
	follow_end
	assert_equal "$STATUS" 130
	assert_equal "$FOOTER" 'hits=2 shown=2 filtered=0 dropped=0 missed=0'
	assert_equal "$(grep -cE '^[^ ]+-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: version_proc_show: \(version_proc_show\+0x[04]/' out)" 2
	[[ ! -d /sys/module/kp_version_proc_show ]]
}

# checked() { # prints the file of what was looked at
checked() {
	printf '%s\n' "$WORK"/cache/load_*.checked
}

# looked() { # [option]...: follows; was all looked at anew?
# sanity.sh reads the version of the compiler, which nothing else does.
looked() {
	local file
	file=$(checked)
	touch -d @1 "$file"
	follow_version "$@"
	[[ $(stat -c %Y "$file") != 1 ]]
}

@test "a command that is run again looks at nothing twice, and does the same" {
	local first
	follow_version
	sed -i 's/about [0-9]*/about N/' err
	first=$(<err)
	[[ -s $(checked) ]]
	run ! looked
	sed -i 's/about [0-9]*/about N/' err
	assert_equal "$(<err)" "$first"
	# Nor does another one.
	run ! looked --engine=kprobe
}

@test "what one checkout was found to be says nothing of another" {
	local -a tools=("$WORK"/cache/tools*/)
	follow_version
	mkdir tree
	cp -r -- "$KP_TOP"/{kp_load.sh,lib,templates,tools} tree
	chmod -R go-w tree
	chmod o+w tree/lib/log.sh
	run -11 env KP_LIBEXEC="${tools[0]%/}" tree/kp_load.sh --follow --probe=version_proc_show
	assert_contains 'lib/log.sh'
	assert_contains 'others can write to it'
}

@test "what the checks looked at is looked at again when it differs" {
	echo 0 >/proc/sys/kernel/ftrace_enabled
	run -11 "$KP_LOAD" --follow --probe=version_proc_show
	assert_contains 'kernel.ftrace_enabled=0'
	echo 1 >/proc/sys/kernel/ftrace_enabled
	run ! looked
	echo 0 >/sys/kernel/debug/kprobes/enabled
	run -11 "$KP_LOAD" --follow --probe=version_proc_show
	assert_contains 'kprobes/enabled'
	echo 1 >/sys/kernel/debug/kprobes/enabled
}

@test "a file of ours that others can write to is refused, though all was well before" {
	run ! looked
	chmod o+w "$KP_TOP/templates/tpl.m4"
	run -11 "$KP_LOAD" --follow --probe=version_proc_show
	chmod o-w "$KP_TOP/templates/tpl.m4"
	assert_contains 'others can write to it'
}

@test "what others could have written, or is damaged, is not believed" {
	local file
	file=$(checked)
	chmod o+w "$file"
	looked
	assert_equal "$(stat -c %a "$file")" 600
	echo nonsense >"$file"
	looked
	: >"$file"
	looked
	run ! looked
}

@test "a signal that comes while it begins leaves nothing behind" {
	local after status
	follow_version
	for after in 0.0 0.02 0.05 0.1 0.2 0.3 0.4 0.5 0.7 1.0; do
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
	follow_version
}
