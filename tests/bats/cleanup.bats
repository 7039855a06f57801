# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# cleanup.bats - the undo stack.
# bats file_tags=unit

load helpers/common

setup() {
	kp_lib cleanup
}

undo() { # <word>...: says what it got, each word in brackets
	printf '[%s]' "$@"
	printf '\n'
}

failing_undo() {
	echo failing
	return 3
}

pushing_undo() {
	echo pushing
	kp_cleanup_push undo pushed
}

@test "undos run last first" {
	kp_cleanup_push undo first
	kp_cleanup_push undo second
	kp_cleanup_push undo third
	run -0 kp_cleanup_run
	assert_equal "$output" $'[third]\n[second]\n[first]'
}

@test "arguments arrive as they were: blanks, newlines, quotes, globs, none" {
	kp_cleanup_push undo 'a b' $'c\nd' "e'f\"" '*' '' '$(false)'
	run -0 kp_cleanup_run
	assert_equal "$output" $'[a b][c\nd][e\'f"][*][][$(false)]'
}

@test "an undo without arguments gets none of the one that was there before" {
	local mark
	mark=$(kp_cleanup_mark)
	kp_cleanup_push undo old old old
	kp_cleanup_forget "$mark"
	kp_cleanup_push undo new
	run -0 kp_cleanup_run
	assert_equal "$output" '[new]'
}

@test "where a signal came before a directory was begun the undos run all the same" {
	run -0 bash -euc 'source "$1"
		_KP_CLEANUP_MAKES=1
		kp_cleanup_push echo undone
		kp_cleanup_run' _ "$KP_TOP/lib/cleanup.sh"
	assert_equal "$output" undone
}

@test "a failing undo neither stops the rest nor fails the run" {
	kp_cleanup_push undo first
	kp_cleanup_push failing_undo
	kp_cleanup_push undo third
	run -0 kp_cleanup_run
	assert_equal "$output" $'[third]\nfailing\n[first]'
}

@test "an undo that is not there does not stop the rest" {
	kp_cleanup_push undo first
	kp_cleanup_push kp_no_such_function
	run -0 kp_cleanup_run
	assert_equal "${lines[-1]}" '[first]'
}

@test "a failing undo does not end a shell with errexit" {
	run -0 bash -c '
		set -Eeuo pipefail
		source "$1"
		trap "kp_cleanup_run" EXIT
		kp_cleanup_push echo first
		kp_cleanup_push false
		kp_cleanup_push echo third' _ "$KP_TOP/lib/cleanup.sh"
	assert_equal "$output" $'third\nfirst'
}

@test "each undo runs once, however often the stack is run" {
	kp_cleanup_push undo only
	twice() {
		kp_cleanup_run
		kp_cleanup_run
	}
	run -0 twice
	assert_equal "$output" '[only]'
}

@test "an undo that is interrupted by another run is not run again" {
	again_undo() {
		echo again
		kp_cleanup_run
	}
	kp_cleanup_push undo first
	kp_cleanup_push again_undo
	run -0 kp_cleanup_run
	assert_equal "$output" $'again\n[first]'
}

@test "an undo pushed by an undo runs next" {
	kp_cleanup_push undo first
	kp_cleanup_push pushing_undo
	run -0 kp_cleanup_run
	assert_equal "$output" $'pushing\n[pushed]\n[first]'
}

@test "what was pushed since a mark can be forgotten, what was before stays" {
	local mark
	kp_cleanup_push undo before
	mark=$(kp_cleanup_mark)
	kp_cleanup_push undo after
	kp_cleanup_push undo after
	kp_cleanup_forget "$mark"
	run -0 kp_cleanup_run
	assert_equal "$output" '[before]'
}

@test "forgetting a mark above the stack changes nothing" {
	kp_cleanup_push undo one
	kp_cleanup_forget 5
	assert_equal "$(kp_cleanup_mark)" 1
}

@test "an empty stack runs, silently" {
	run -0 kp_cleanup_run
	assert_equal "$output" ''
}

# begun() { # this process's run has its directory, in $BATS_TEST_TMPDIR/work
begun() {
	KP_WORKDIR=$BATS_TEST_TMPDIR/work
	mkdir -p "$KP_WORKDIR/cache"
	chmod go-w "$KP_WORKDIR"{,/cache}
	kp_lib log paths trust workdir options
	kp_workdir_begin
}

@test "a run whose number another one has, in a container, leaves that one's directory" {
	local other=$BATS_TEST_TMPDIR/work/run.$$
	mkdir "$BATS_TEST_TMPDIR/work"
	mkdir -m 0700 "$other"
	: >"$other/theirs"
	begun
	assert_equal "$KP_RUN" "${other}_"
	[[ -e $KP_RUN/began ]]
	kp_cleanup_run
	assert_equal "$(cd "$BATS_TEST_TMPDIR/work" && echo run*)" "run.$$"
	[[ -e $other/theirs ]]
}

@test "a run does not remove the directory that came in the place of its own" {
	begun
	mv "$KP_RUN" "$BATS_TEST_TMPDIR/mine"
	mkdir "$KP_RUN"
	: >"$KP_RUN/theirs"
	kp_cleanup_run
	[[ -e $KP_RUN/theirs ]]
}
