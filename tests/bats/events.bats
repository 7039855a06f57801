# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# SPDX-License-Identifier: GPL-2.0-only
# events.bats - which lines of the kernel's log are a probe's, whatever the text
# says that programs chose.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	shopt -s lastpipe # as kp_load.sh does
	export KP_SYSROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$KP_SYSROOT/dev"
	kp_lib log paths kmsg planted engine/module place/here place/guest place/rehearse
	fake dmesg <<-'FAKE'
		cat "$KP_SYSROOT/log"
	FAKE
}

# events() { # <line of the log>...: what is printed of kp_x between the marks
# END in a line is the mark of the end.
events() {
	kp_kmsg_prepare
	set -- "${@//END/$_KP_KMSG_END}"
	{
		printf '[    1.000000] %s\n' "$_KP_KMSG_BEGIN"
		printf '%s\n' "$@"
		printf '[    9.000000] %s\n' "$_KP_KMSG_END" 'kp_x: late'
	} >"$KP_SYSROOT/log"
	run -0 kp_kmsg_print kp_x
}

@test "a line is of the module that its begin names, not of one in its text" {
	events '[    2.000000] kp_x: sh-1 one' \
		'[    2.000000] kp_y: sh-1 name="] kp_x: sh-1 forged"' \
		'[    2.000000] audit: a="[    2.000000] kp_x: forged"' \
		'               kp_x: forged' \
		'[    2.000000] kp_x2: other' \
		'[    2.000000][ T2086] kp_x: sh-1 two' \
		'[    2.000000] [    C1] kp_x: sh-1 three'
	assert_equal "$output" $'sh-1 one\nsh-1 two\nsh-1 three'
}

@test "an event that speaks as the kernel and our marks do is shown, and ends nothing" {
	events '[    2.000000] kp_x: loading out-of-tree module taints kernel.' \
		'[    2.000000] kp_x: module verification failed: signature' \
		'[    2.000000] kp_x: sh-1 a="END"' \
		'[    2.000000] kp_x: sh-1 a=": loading out-of-tree module"'
	assert_equal "$output" "sh-1 a=\"$_KP_KMSG_END\""$'\n''sh-1 a=": loading out-of-tree module"'
}

# judged() { # <status> <line of the log>...: of a rehearsal of kp_x
judged() {
	local status=$1
	shift
	{
		echo "[    1.000000] marked"
		printf '%s\n' "$@"
	} >"$KP_SYSROOT/log"
	KP_GUEST_NAME=kp_x KP_GUEST_FOOTER='hits=1 shown=1 missed=0' \
		run "-$status" _kp_guest_judge '0 marked'
}

@test "an event whose text looks like a complaint of the kernel is no fault" {
	judged 0 '[    2.000000] kp_x: sh-1 name="Call Trace: BUG: WARNING: Oops"'
	judged 0 '[    2.000000][ T1] kp_x: sh-1 name="Call Trace:"'
	judged 14 '[    2.000000] kp_x: sh-1 name="x"' '[    2.000000] Call Trace:'
	assert_contains '  [    2.000000] Call Trace:'
	judged 14 '[    2.000000] WARNING: CPU: 0 at handler [kp_x]'
	judged 14 '[    2.000000] BUG: in kp_x: here'
	judged 14 '  kp_x: WARNING:'
}
