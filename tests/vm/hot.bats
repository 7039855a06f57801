#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see hot.shapes and
# hot_load.c. The functions are those that a kernel calls most.

load ../bats/helpers/common
load ../bats/helpers/guest

# Of each run of the workload.
readonly SECONDS_OF_LOAD=5
# How much later than without a probe a sleeper may wake: not a figure of ours,
# but far from a machine that stands still, and from a slow one that does not.
readonly LATE_US=3000000

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	LOAD=$KP_WORKDIR/hot_load
	FOLLOW=
}

teardown() {
	follow_stop
	guest_teardown
}

# word_of() { # <name> <text>: NAME's number in NAME=NUMBER words
word_of() {
	[[ " $2 " =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# follow_begin() { # <option>...: with its budget, to nowhere
follow_begin() {
	"$KP_LOAD" --follow "$@" >/dev/null 2>err 3>&- &
	FOLLOW=$!
	loop_until 600 grep -q 'kp_load: following' err
}

# stays_responsive() { # <engine> <function>
# The machine goes on while it is followed; --unload ends that under load.
stays_responsive() {
	local before with after began took work footer load
	before=$("$LOAD" "$SECONDS_OF_LOAD")
	follow_begin --engine="$1" --probe="$2"
	with=$("$LOAD" "$SECONDS_OF_LOAD")
	"$LOAD" "$SECONDS_OF_LOAD" >/dev/null 3>&- &
	load=$!
	began=$SECONDS
	"$KP_LOAD" --unload="kp_$2"
	took=$((SECONDS - began))
	wait "$load"
	wait "$FOLLOW"
	FOLLOW=
	after=$("$LOAD" "$SECONDS_OF_LOAD")
	footer=$(grep '^hits=' err)
	{
		echo "# $2, by $1: $footer; removed in $took s"
		grep -E 'pilot|budget' err | sed 's/^/# /'
		kernel_log | grep -E 'budget: ' | sed 's/^/# /' | tail -n 4
		printf '# %s: %s\n' before "$before" with "$with" after "$after"
	} >&3
	(($(word_of hits "$footer") > 1000))
	((took < 60))
	(($(word_of late_us "$with") < $(word_of late_us "$before") + LATE_US))
	is_within_budget
}

@test "followed with its budget, __kmalloc leaves the machine responsive" {
	stays_responsive ftrace __kmalloc
}

@test "followed with its budget, try_to_wake_up leaves the machine responsive" {
	stays_responsive ftrace try_to_wake_up
}

@test "followed with its budget, tcp_sendmsg leaves the machine responsive" {
	stays_responsive ftrace tcp_sendmsg
}

@test "followed with its budget, _raw_spin_lock leaves the machine responsive" {
	local engine
	for engine in ftrace kprobe; do
		stays_responsive "$engine" _raw_spin_lock
	done
}

# is_within_budget() { # the work goes on, by what was done with, before, after
# The budget is a quarter of a CPU, of two. How fast this machine is changes
# while others use it, too: a quarter of what is done without is asked for.
is_within_budget() {
	local work least other
	local -i share=0
	for work in sent forks polls turns; do
		least=$(word_of "$work" "$before")
		other=$(word_of "$work" "$after")
		((least < other)) || least=$other
		share+=$((100 * $(word_of "$work" "$with") / least / 4))
	done
	echo "# $share % of the work was done" >&3
	((share >= 25))
}
