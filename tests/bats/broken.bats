#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=broken
# A suite that cannot fail proves nothing: each fault here must break it.

load helpers/common

setup() {
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir "$TREE"
	find "$KP_TOP" -mindepth 1 -maxdepth 1 ! -name tmp ! -name build ! -name .git \
		-exec cp -r {} "$TREE" \;
	# A tier of two files will do, of which one is whole.
	find "$TREE/tests/bats" -name '*.bats' ! -name cleanup.bats ! -name log.bats -delete
}

@test "a test that fails makes tests/run fail, and it is named" {
	printf '@test "two is three" { [ 2 = 3 ]; }\n' >>"$TREE/tests/bats/cleanup.bats"
	run "$TREE/tests/run" unit
	assert_equal "$status" 1
	assert_contains "two is three"
	[[ ${lines[-1]} =~ ^[0-9]+\ passed,\ 1\ failed ]]
	[[ ${lines[-2]} == 'failed: unit: '*'two is three; '*'[ 2 = 3 ]'* ]]
}

@test "a program that is broken makes tests/run fail" {
	sed -i 's/((_KP_CLEANUP_COUNT -= 1)) || :/((_KP_CLEANUP_COUNT = 0)) || :/' "$TREE/lib/cleanup.sh"
	run "$TREE/tests/run" unit
	assert_equal "$status" 1
	[[ ! ${lines[-1]} =~ \ 0\ failed ]]
}

@test "a test file that does not parse makes tests/run fail" {
	printf '# bats file_tags=unit\n@test "never closed" {\n' >"$TREE/tests/bats/cleanup.bats"
	run "$TREE/tests/run" unit
	assert_equal "$status" 1
}

@test "a tier without tests makes tests/run fail" {
	rm "$TREE"/tests/bats/*.bats
	run "$TREE/tests/run" unit
	assert_equal "$status" 1
	assert_contains "no test ran"
}

@test "a test that fails inside of a guest fails outside" {
	printf '# bats file_tags=vm\n@test "guest" { false; }\n' >"$BATS_TEST_TMPDIR/guest.bats"
	run "$KP_TOP/tests/vm/boot" "$BATS_TEST_TMPDIR/guest.bats"
	assert_equal "$status" 1
	assert_contains "not ok 1 guest"
}

@test "a guest that dies fails outside" {
	printf '@test "guest" { echo c >/proc/sysrq-trigger; sleep 9; }\n' >"$BATS_TEST_TMPDIR/guest.bats"
	run "$KP_TOP/tests/vm/boot" "$BATS_TEST_TMPDIR/guest.bats"
	assert_equal "$status" 14
}

@test "Ctrl-C ends all that tests/run started, what left its process group, too" {
	local pid status=0 tier
	for tier in golden unit; do
		printf '# bats file_tags=%s\n@test "sleeps" { : >%q; setsid sleep 301; }\n' \
			"$tier" "$BATS_TEST_TMPDIR/$tier" >"$TREE/tests/bats/$tier.bats"
	done
	# What runs in the background of a script ignores SIGINT: undo that.
	setsid env --default-signal=INT "$TREE/tests/run" golden unit >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	pid=$!
	loop_until 300 test -e "$BATS_TEST_TMPDIR/golden"
	loop_until 300 test -e "$BATS_TEST_TMPDIR/unit"
	# Its number is in the environment of all it starts.
	grep -qsaE "KP_TEST_RUN=[0-9:]*:$pid:" /proc/[0-9]*/environ
	kill -INT -- "-$pid"
	wait "$pid" || status=$?
	assert_equal "$status" 130
	run ! grep -lsaE "KP_TEST_RUN=[0-9:]*:$pid:" /proc/[0-9]*/environ
}
