#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see several.shapes.
# shellcheck disable=SC2016 # definitions are meant as they stand
# shellcheck disable=SC2153 # follow_end sets STATUS

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	FOLLOW=
}

teardown() {
	follow_stop
	[[ ! -d /run/kp_vm ]] || rmmod e1000 2>/dev/null || :
	guest_teardown
}

# Each is called once for each read of its file, and by nothing else.
THREE=(--probe=version_proc_show '--probe=r:back cmdline_proc_show $retval')

TWO=(--probe=version_proc_show --probe=cmdline_proc_show)

# call_three() { # version twice, cmdline three times, uptime once
call_three() {
	local file
	for file in version cmdline uptime cmdline version cmdline; do
		read -r _ <"/proc/$file"
	done
}

# followed() { # the events of the file out: their names, in order
followed() {
	sed -E 's/^[^ ]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: ([a-z_]+): .*/\1/' out | paste -sd ' '
}

# probes() { # how many kprobes there are
probes() {
	grep -c . /sys/kernel/debug/kprobes/list
}

@test "several probes are planted, shown, counted and removed as one" {
	local module=kp_version_proc_show_and_2 log
	run -0 --separate-stderr "$KP_LOAD" "${THREE[@]}" '--probe=p:up uptime_proc_show m=$arg1'
	[[ $stderr == *"planted $module on version_proc_show,cmdline_proc_show,uptime_proc_show"* ]]
	assert_equal "$(probes)" 3
	call_three
	log=$(kernel_log)
	assert_equal "$(grep -c ': version_proc_show: (version_proc_show+0x' <<<"$log")" 2
	assert_equal "$(grep -cE ': back: \(.* <- cmdline_proc_show\) arg1=0x0 ns=[0-9]+' <<<"$log")" 3
	assert_equal "$(grep -cE ': up: \(uptime_proc_show\+0x[04]/0x[0-9a-f]+\) m=0xffff' <<<"$log")" 1
	run -0 "$KP_LOAD" --status="$module"
	assert_contains '  hits=6 shown=6 filtered=0 dropped=0 missed=0
  version_proc_show hits=2 shown=2 filtered=0 dropped=0 missed=0
  back hits=3 shown=3 filtered=0 dropped=0 missed=0
  up hits=1 shown=1 filtered=0 dropped=0 missed=0'
	run -0 "$KP_LOAD" --list
	assert_contains 'version_proc_show,cmdline_proc_show,uptime_proc_show'
	run -0 "$KP_LOAD" --unload="$module"
	assert_contains "removed $module: hits="
	assert_equal "$(probes)" 0
}

@test "several are followed in one stream, in the order of their hits, by both engines" {
	local engine
	for engine in ftrace kprobe; do
		follow_begin --follow --engine="$engine" --max-hits=6 "${THREE[@]}" \
			'--probe=p:up uptime_proc_show'
		call_three
		follow_end
		assert_equal "$STATUS" 0
		assert_equal "$(followed)" 'version_proc_show back up back version_proc_show back'
		[[ $(<err) == *'hits=6 shown=6 filtered=0 dropped=0 missed=0'* ]]
		assert_equal "$(probes)" 0
	done
}

@test "entries by ftrace share one ops: each function has one, and no other has any" {
	local ko
	ko=$("$KP_LOAD" --build-only --follow --engine=ftrace "${THREE[@]}" '--probe=p:up uptime_proc_show')
	insmod "$ko"
	assert_equal "$(grep -cE '^(version|uptime)_proc_show \(1\)' /sys/kernel/tracing/enabled_functions)" 2
	assert_equal "$(grep -c 'kp_version_proc' /sys/kernel/tracing/enabled_functions)" 2
	rmmod "$(modinfo -F name "$ko")"
	assert_equal "$(grep -c . /sys/kernel/tracing/enabled_functions)" 0
}

@test "--count tells how often each of several was hit, the most frequent first" {
	follow_begin --count --max-hits=5 --probe=version_proc_show --probe=cmdline_proc_show
	call_three
	follow_end
	assert_equal "$STATUS" 0
	assert_equal "$(<out)" 'EVENT                    COUNT
cmdline_proc_show        3
version_proc_show        2'
}

# buckets() { # of each histogram of the file out: its title and its hits
buckets() {
	awk '/: / { if (of) print of, n; of = $1; n = 0 }
		/^\[/ { sub(/.*[])] +/, ""); n += $1 }
		END { print of, n }' out
}

@test "--hist has a histogram for each of several, of the duration and of what they return" {
	follow_begin --hist --max-hits=5 "${TWO[@]}"
	call_three
	follow_end
	assert_equal "$STATUS" 0
	assert_equal "$(buckets)" $'version_proc_show: 2\ncmdline_proc_show: 3'
	assert_equal "$(grep -c ': duration in ns$' out)" 2
	[[ $FOOTER == 'hits=5 shown=5 filtered=0 dropped=0 missed=0' ]]
	follow_begin --hist=ret --format=csv --max-hits=5 "${TWO[@]}"
	call_three
	follow_end
	assert_equal "$(<out)" 'event,min,max,count
version_proc_show,0,0,2
cmdline_proc_show,0,0,3'
	assert_equal "$(probes)" 0
}

@test "--count by key has a table for each of several, by both engines" {
	local engine
	for engine in ftrace kprobe; do
		follow_begin --count=comm --engine="$engine" --format=csv --max-hits=5 "${TWO[@]}"
		call_three
		follow_end
		assert_equal "$STATUS" 0
		assert_equal "$(cut -d, -f1,2 out)" $'event,count\nversion_proc_show,2\ncmdline_proc_show,3'
	done
	follow_begin --count=ret --max-hits=5 "${TWO[@]}"
	call_three
	follow_end
	assert_equal "$(<out)" 'version_proc_show: by ret
         2 0
cmdline_proc_show: by ret
         3 0'
	follow_begin --count=stack --format=folded --max-hits=5 "${TWO[@]}"
	call_three
	follow_end
	sed 's/^/# /' out >&3
	[[ $(sed -n 1p out) =~ ^version_proc_show\;.*do_syscall_64\;.*\;version_proc_show\ 2$ ]]
	[[ $(sed -n 2p out) =~ ^cmdline_proc_show\;.*do_syscall_64\;.*\;cmdline_proc_show\ 3$ ]]
}

@test "where one cannot be planted none is, and the command says which" {
	local ko
	run -10 "$KP_LOAD" --probe=version_proc_show --probe=no_such_function_here
	assert_contains 'no_such_function_here'
	assert_equal "$(probes)" 0
	# And the module itself, where only the kernel knows.
	ko=$("$KP_LOAD" --build-only "${THREE[@]}" '--probe=p:up uptime_proc_show m=$arg1')
	run ! insmod "$ko" funcname=version_proc_show,cmdline_proc_show,no_such_function_here
	run kernel_log
	assert_contains 'cannot probe no_such_function_here: -ENOENT'
	assert_equal "$(probes)" 0
}

@test "several in a module come and go with it, by both engines" {
	local engine ko module
	for engine in ftrace kprobe; do
		ko=$("$KP_LOAD" --build-only --follow --engine="$engine" "${THREE[@]}" '--probe=p:up uptime_proc_show')
		module=$(modinfo -F name "$ko")
		insmod "$ko" funcname=e1000:e1000_open,e1000:e1000_close,e1000:e1000_open
		run ! grep -E 'e1000_(open|close)' /sys/kernel/debug/kprobes/list /sys/kernel/tracing/enabled_functions
		for _ in 1 2; do
			modprobe e1000
			ip link set eth0 up
			ip link set eth0 down
			rmmod e1000
		done
		run -0 cat "/sys/module/$module/parameters/stats"
		assert_equal "${lines[1]%% shown*}" 'version_proc_show hits=2'
		assert_equal "${lines[2]%% shown*}" 'back hits=2'
		assert_equal "${lines[3]%% shown*}" 'up hits=2'
		rmmod "$module"
	done
}

# Of seven letters, which only cmdline and version have.
GLOB='[cv]?????[en]_proc_show'

@test "a pattern is the functions that match: planted, checked, counted and followed as one" {
	local module=kp_cmdline_proc_show_and_1
	: >cmdline_proc_show
	run -0 "$KP_LOAD" --check --probe="$GLOB"
	assert_contains "$GLOB: 2 functions"
	assert_contains 'ok    function        cmdline_proc_show at '
	assert_contains 'ok    function        version_proc_show at '
	run -0 "$KP_LOAD" --probe="$GLOB"
	assert_contains "planted $module on cmdline_proc_show,version_proc_show"
	call_three
	run -0 "$KP_LOAD" --status="$module"
	assert_contains 'cmdline_proc_show hits=3 '
	assert_contains 'version_proc_show hits=2 '
	"$KP_LOAD" --unload="$module"
	follow_begin --count --max-hits=5 --probe="$GLOB"
	call_three
	follow_end
	assert_equal "$(sed 1d out)" 'cmdline_proc_show        3
version_proc_show        2'
	follow_begin --follow --max-hits=5 --probe="$GLOB"
	call_three
	follow_end
	assert_equal "$(followed)" 'version_proc_show cmdline_proc_show cmdline_proc_show version_proc_show cmdline_proc_show'
	assert_equal "$(probes)" 0
}

@test "a pattern of a module's functions" {
	modprobe e1000
	run -0 "$KP_LOAD" --probe='e1000:e1000_[oc][pl][eo][ns]*'
	assert_contains 'planted kp_e1000_open_and_1 on e1000:e1000_open,e1000:e1000_close' \
		|| assert_contains 'planted kp_e1000_close_and_1 on e1000:e1000_close,e1000:e1000_open'
	ip link set eth0 up
	ip link set eth0 down
	run -0 "$KP_LOAD" --status
	assert_contains 'e1000_open hits=1 '
	assert_contains 'e1000_close hits=1 '
	"$KP_LOAD" --unload=all
	rmmod e1000
}

@test "a pattern of too many is refused with how many, one of none with why" {
	run -2 "$KP_LOAD" --probe='vfs_*'
	[[ $output =~ 'error: function vfs_*: '([0-9]+)' match, a module probes 32' ]]
	((BASH_REMATCH[1] > 32))
	run -10 "$KP_LOAD" --probe='exc_int?'
	assert_contains 'no function that can be probed matches; left out: 1 that the kernel forbids'
	assert_equal "$(probes)" 0
}

@test "two probes of one name are refused, and a function twice is numbered" {
	run -2 "$KP_LOAD" --dry-run '--probe=p:a version_proc_show' '--probe=p:a uptime_proc_show'
	assert_contains 'event a: two probes of that name'
	run -0 --separate-stderr "$KP_LOAD" --dry-run --probe=version_proc_show --probe=version_proc_show
	grep -qxF '	"version_proc_show_2",' "$output/${output##*/}.c"
}
