#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see ring.shapes and
# ring_load.c. More of the same, once: KP_RING_HITS=5000000 KP_RING_CYCLES=1000.

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	guest_setup
	LOAD=$KP_WORKDIR/ring_load
	HITS=${KP_RING_HITS:-100000} # of each of two CPUs
	CYCLES=${KP_RING_CYCLES:-50}
}
teardown() { guest_teardown; }

# shellcheck disable=SC2016 # the definition's $comm
CHECKED='hrtimer_forward timer=%di iv=%dx:u64 iv2=%dx:u64 timer2=%di comm=$comm'

# module_of() { # <option>...: prints the path of the module, built before
module_of() {
	"$KP_LOAD" --build-only --follow "$@" 2>/dev/null
}

# word_of() { # <name> <text>: NAME's number in NAME=NUMBER words
word_of() {
	[[ " $2" =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# hammer_checked() { # <engine> <ring_kb>: both CPUs and the tick, one reader
# Its words come to RESULT, the module's counts to STATS.
hammer_checked() {
	local ko reader one two
	ko=$(module_of --engine="$1" --probe="p:o $CHECKED")
	insmod "$ko" ring_kb="$2"
	MODULE=${ko##*/} MODULE=${MODULE%.ko}
	timeout -k 5 "${KP_RING_SECONDS:-200}" "$LOAD" check "/dev/kp/$MODULE" 3600 \
		>"$BATS_TEST_TMPDIR/result" 3>&- &
	reader=$!
	"$LOAD" hammer 0 1 "$HITS" 8 3>&- &
	one=$!
	"$LOAD" hammer 1 2 "$HITS" 8 3>&- &
	two=$!
	wait "$one"
	wait "$two"
	echo 1 >"/sys/module/$MODULE/parameters/ending"
	wait "$reader"
	RESULT=$(<"$BATS_TEST_TMPDIR/result")
	STATS=$(</sys/module/"$MODULE"/parameters/stats)
	rmmod "$MODULE"
	echo "# $1 $2: $RESULT" >&3
	echo "# $1 $2: $STATS" >&3
}

@test "two CPUs and their interrupts hit one probe: no record is torn or out of order" {
	local engine
	for engine in ftrace kprobe; do
		hammer_checked "$engine" 4096
		assert_equal "$(word_of torn "$RESULT") $(word_of reordered "$RESULT")" '0 0'
		(($(word_of irq "$RESULT") > 100))
		assert_equal "$(word_of shown "$STATS")" "$(word_of records "$RESULT")"
		assert_equal "$(word_of dropped "$STATS")" "$(word_of lost "$RESULT")"
		(($(word_of sequence "$RESULT") <= 2 * HITS))
		(($(word_of gaps "$RESULT") <= $(word_of lost "$RESULT") + $(word_of missed "$STATS")))
	done
}

@test "a ring of 64 KiB, full again and again: what is shown is whole, what is lost is counted" {
	local engine
	for engine in ftrace kprobe; do
		hammer_checked "$engine" 64
		assert_equal "$(word_of torn "$RESULT") $(word_of reordered "$RESULT")" '0 0'
		(($(word_of lost "$RESULT") > 0))
		assert_equal "$(word_of shown "$STATS")" "$(word_of records "$RESULT")"
		assert_equal "$(word_of dropped "$STATS")" "$(word_of lost "$RESULT")"
		(($(word_of gaps "$RESULT") <= $(word_of lost "$RESULT") + $(word_of missed "$STATS")))
	done
}
