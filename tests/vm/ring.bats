#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see ring.shapes and
# ring_load.c. More of the same, once: KP_RING_HITS=5000000 KP_RING_CYCLES=1000.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	FOLLOW=
	LOAD=$KP_WORKDIR/ring_load
	HITS=${KP_RING_HITS:-100000} # of each of two CPUs
	CYCLES=${KP_RING_CYCLES:-50}
}
teardown() {
	follow_stop
	[[ ! -d /run/kp_vm ]] || echo 1 >/sys/devices/system/cpu/cpu1/online
	guest_teardown
}

# shellcheck disable=SC2016 # the definition's $comm
CHECKED='hrtimer_forward timer=%di iv=%dx:u64 iv2=%dx:u64 timer2=%di comm=$comm'

# shellcheck disable=SC2016
NESTING='kmem_cache_free cache=%di obj=%si cache2=%di obj2=%si comm=$comm'
# shellcheck disable=SC2016
RETURNS='r:o hrtimer_forward $retval'

# module_of() { # <option>...: prints the path of the module, built before
module_of() {
	"$KP_LOAD" --build-only --follow "$@" 2>/dev/null
}

# word_of() { # <name> <text>: NAME's number in NAME=NUMBER words
word_of() {
	[[ " $2 " =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# checked_begin() { # <engine> <ring_kb> <definition>: planted, and read
checked_begin() {
	local ko
	ko=$(module_of --engine="$1" --probe="p:o $3")
	MODULE=$(modinfo -F name "$ko")
	# What is shown is to be all.
	insmod "$ko" ring_kb="$2" budget=0
	timeout -k 5 "${KP_RING_SECONDS:-200}" "$LOAD" check "/dev/kp/$MODULE" 3600 \
		>"$BATS_TEST_TMPDIR/result" 3>&- &
	READER=$!
	loop_until 100 pgrep -x ring_reader
}

# checked_end() { # what was read to RESULT, the module's counts to STATS
# The reader fails where a record is torn or out of order.
checked_end() {
	echo 0 >"/sys/module/$MODULE/parameters/enabled"
	echo 1 >"/sys/module/$MODULE/parameters/ending"
	wait "$READER"
	RESULT=$(<"$BATS_TEST_TMPDIR/result")
	STATS=$(</sys/module/"$MODULE"/parameters/stats)
	rmmod "$MODULE"
	echo "# $RESULT" >&3
	echo "# $STATS" >&3
	assert_equal "$(word_of torn "$RESULT") $(word_of reordered "$RESULT")" '0 0'
	assert_equal "$(word_of shown "$STATS")" "$(word_of records "$RESULT")"
	assert_equal "$(word_of dropped "$STATS")" "$(word_of lost "$RESULT")"
	is_balanced
}

# is_balanced() { # the counts' hits are all accounted for
is_balanced() {
	[[ $STATS =~ ^hits=([0-9]+)\ shown=([0-9]+)\ filtered=([0-9]+)\ dropped=([0-9]+)\  ]] || return
	((BASH_REMATCH[1] == BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4]))
}

# on_both() { # <word>...: ring_load's work on each CPU, until both are done
on_both() {
	local work=$1 one two
	shift
	"$LOAD" "$work" 0 "${@//ID/1}" 3>&- &
	one=$!
	"$LOAD" "$work" 1 "${@//ID/2}" 3>&- &
	two=$!
	wait "$one"
	wait "$two"
}

# is_complete() { # every number was seen, or is among what was lost
is_complete() {
	(($(word_of gaps "$RESULT") <= $(word_of lost "$RESULT") + $(word_of missed "$STATS")))
	(($(word_of sequence "$RESULT") <= 2 * HITS))
	(($(word_of irq "$RESULT") > 50))
}

@test "two CPUs and their interrupts hit one probe: no record is torn or out of order" {
	local engine
	for engine in ftrace kprobe; do
		checked_begin "$engine" 16384 "$CHECKED"
		on_both hammer ID "$HITS" 8
		checked_end
		is_complete
	done
}

@test "what interrupts a hit and hits, too, has its record whole behind the other's" {
	checked_begin ftrace 256 "$NESTING"
	on_both files "$HITS"
	checked_end
	(($(word_of softirq "$RESULT") > 50))
}

@test "a ring of 64 KiB, full again and again: what is shown is whole, what is lost is counted" {
	local engine
	for engine in ftrace kprobe; do
		checked_begin "$engine" 64 "$CHECKED"
		on_both hammer ID "$HITS" 8
		checked_end
		is_complete
		(($(word_of lost "$RESULT") > 0))
	done
}

@test "1,000,000 hits back to back: 64 MiB hold all that nobody read yet" {
	checked_begin ftrace 65536 hrtimer_forward
	kill -STOP "$(pgrep -x ring_reader)"
	"$LOAD" hammer 0 1 1000000 3>&-
	kill -CONT "$(pgrep -x ring_reader)"
	checked_end
	(($(word_of task "$RESULT") >= 1000000))
	assert_equal "$(word_of lost "$RESULT")" 0
}

@test "a probe that costs more than its budget shows fewer hits, says so, and calms down again" {
	local ko level
	ko=$(module_of --engine=kprobe --probe="p:o $CHECKED")
	MODULE=$(modinfo -F name "$ko")
	# Not 1: to calm down it is to cost 2/3 of it, which of 1 is 0 percent. A
	# hit's cost is told by the clock: high where guests share the processors.
	insmod "$ko" ring_kb=64 budget=3
	on_both hammer ID "$HITS" 8
	STATS=$(</sys/module/"$MODULE"/parameters/stats)
	(($(</sys/module/"$MODULE"/parameters/steps) > 0))
	run kernel_log
	[[ $output =~ $MODULE:\ budget:\ [0-9]+%\ of\ a\ CPU,\ 3%\ allowed:\ (1\ hit\ in|hits\ are\ only|disarmed) ]]
	is_balanced
	(($(word_of dropped "$STATS") > $(word_of shown "$STATS")))
	loop_until 300 calm_again || {
		kernel_log | grep ' allowed: ' >&2
		return 1
	}
	rmmod "$MODULE"
}

@test "what is added up is never thinned: over its budget a sum rests" {
	local ko
	ko=$(module_of --count --engine=kprobe --probe=hrtimer_forward)
	MODULE=$(modinfo -F name "$ko")
	insmod "$ko" budget=1
	on_both hammer ID "$HITS" 8
	rmmod "$MODULE"
	run kernel_log
	assert_contains '1% allowed: disarmed'
	refute_contains 'allowed: 1 hit in'
	refute_contains 'allowed: hits are only counted'
}

# calm_again() { # the last that the budget said
calm_again() {
	level=$(kernel_log | grep ' allowed: ' | tail -n 1)
	[[ $level == *': every hit' ]]
}

# memory() { # kilobytes of slab and of vmalloc, and what is ours of the latter
memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	awk '$1 == "Slab:" { slab = $2 } $1 == "VmallocUsed:" { vmalloc = $2 }
		END { printf "%d %d ", slab, vmalloc }' /proc/meminfo
	grep -c kp_ /proc/vmallocinfo || :
}

# cycles() { # <module.ko>: planted and removed, so often; nothing stays
cycles() {
	local i before after name
	name=$(modinfo -F name "$1")
	for ((i = 0; i < CYCLES + 10; i++)); do
		# What the first ones need, the kernel keeps.
		((i != 10)) || before=$(memory)
		insmod "$1"
		rmmod "$name"
	done
	after=$(memory)
	echo "# $name $CYCLES: slab, vmalloc, ours: $before -> $after" >&3
	assert_equal "${after##* }" 0
	# The machine itself moves by some hundred.
	((${after%% *} - ${before%% *} < 1024))
	before=${before#* } after=${after#* }
	((${after%% *} - ${before%% *} < 256))
}

@test "planted and removed again and again, a probe leaves no memory behind" {
	cycles "$(module_of --engine=ftrace --probe="p:o $CHECKED")"
	cycles "$(module_of --engine=kprobe --probe="p:o $CHECKED")"
	cycles "$(module_of --probe="$RETURNS")"
}

@test "removed while eight processes hit it, a probe goes, and the kernel stays" {
	local i ko name kos hammers=()
	# Before: nothing else gets on under those eight.
	kos=("$(module_of --engine=ftrace --probe="p:o $CHECKED")"
	"$(module_of --engine=kprobe --probe="p:o $CHECKED")"
	"$(module_of --probe="$RETURNS")")
	for ((i = 0; i < 8; i++)); do
		"$LOAD" hammer -1 "$i" 60000000 3>&- &
		hammers+=($!)
	done
	for ko in "${kos[@]}"; do
		name=$(modinfo -F name "$ko")
		for ((i = 0; i < CYCLES / 25; i++)); do
			insmod "$ko" ring_kb=64
			loop_until 100 is_hit "$name"
			rmmod "$name"
		done
	done
	kill "${hammers[@]}"
	wait "${hammers[@]}" || :
}

is_hit() {
	(($(stat_of "$1" hits) > 8))
}

# areas() { # the CPUs that have data of ours
areas() { grep -c kp_area_fill /proc/vmallocinfo || :; }
has_areas() { (($(areas) == $1)); }

@test "a CPU that comes online later has no ring until it is hit there, and then is seen, too" {
	echo 0 >/sys/devices/system/cpu/cpu1/online
	follow_begin --follow --engine=ftrace --comm=ring_hammer --probe="p:o $CHECKED"
	loop_until 50 pgrep -x kp_view >/dev/null
	assert_equal "$(areas)" 1
	echo 1 >/sys/devices/system/cpu/cpu1/online
	sleep 1
	assert_equal "$(areas)" 1
	"$LOAD" hammer 1 1 100
	loop_until 50 has_areas 2
	"$LOAD" hammer 0 1 2000
	"$LOAD" hammer 1 1 2000
	sleep 1
	kill -INT "$FOLLOW"
	follow_end
	echo "# $FOOTER" >&3
	[[ $FOOTER =~ ^hits=([0-9]+)\ shown=([0-9]+)\ .*dropped=([0-9]+)\  ]]
	assert_equal "$(grep -c ': o: ' out)" "${BASH_REMATCH[2]}"
	# The first hits there were dropped, not more than those of 100 calls.
	((BASH_REMATCH[3] >= 1 && BASH_REMATCH[3] <= 110))
	(($(grep -c ' \[001\] .*: o: ' out) >= 2000))
	has_areas 0
}

@test "a CPU that comes online later gets its ring when what gives it is probed itself" {
	echo 0 >/sys/devices/system/cpu/cpu1/online
	follow_begin --follow --engine=ftrace --probe=queue_work_on
	loop_until 50 pgrep -x kp_view >/dev/null
	echo 1 >/sys/devices/system/cpu/cpu1/online
	loop_until 50 has_areas 2
	"$LOAD" hammer 1 1 100
	kill -INT "$FOLLOW"
	follow_end
	echo "# $FOOTER" >&3
	grep -q ' \[001\] .*: queue_work_on: ' out
	has_areas 0
}

@test "hits of a CPU that comes online later are added up from the second on" {
	echo 0 >/sys/devices/system/cpu/cpu1/online
	follow_begin --count=comm --engine=kprobe --probe=hrtimer_forward
	loop_until 50 pgrep -x kp_view >/dev/null
	echo 1 >/sys/devices/system/cpu/cpu1/online
	"$LOAD" hammer 1 1 100
	loop_until 50 has_areas 2
	"$LOAD" hammer 1 1 2000
	kill -INT "$FOLLOW"
	follow_end
	echo "# $FOOTER" >&3
	grep -qE '^ *2[0-9]{3} ring_hammer$' out
}
