# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# module.bats - what is planted, listed and removed, and what of a module's target
# a plan says, on a /sys that is a tree of files and with tools that write down how
# they are called. What a plan comes to: kp_run.bats.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	shopt -s lastpipe # as kp_load.sh does
	fake_kernel
	kp_lib log paths kmsg planted plan engine/module cmd/list cmd/status cmd/switch cmd/unload modfile
	modfiles=$FIXTURES/module/root/files
}

# names() { # prints the names of ours, a line each
names() {
	local -a found=()
	kp_planted_names found
	((${#found[@]} == 0)) || printf '%s\n' "${found[@]}"
}

#
# Which modules are ours
#

@test "a module is ours by its version, not by its name" {
	run -0 kp_planted_is_ours kp_vfs_read
	run ! kp_planted_is_ours kp_other
	run ! kp_planted_is_ours kp_plain
	run ! kp_planted_is_ours ext4
	run ! kp_planted_is_ours kp_absent
}

@test "the names of ours are found, and no others" {
	run -0 names
	assert_equal "$output" $'kp_ext4_open\nkp_vfs_read'
}

@test "without modules there are no names, and that is no failure" {
	rm -r "$KP_SYSROOT/sys/module/"kp_*
	run -0 names
	assert_equal "$output" ''
	rm -r "$KP_SYSROOT/sys/module"
	run -0 names
	assert_equal "$output" ''
}

@test "a parameter is read, one that is not there is empty" {
	run -0 kp_planted_param kp_vfs_read rate
	assert_equal "$output" 100
	run -0 kp_planted_param kp_vfs_read absent
	assert_equal "$output" ''
}

#
# List and status
#

@test "the list names each probe, its function and its counts" {
	run -0 --separate-stderr kp_cmd_list
	assert_equal "${#lines[@]}" 3
	[[ ${lines[0]} =~ ^NAME\ +PROBES\ +COUNTS$ ]]
	[[ ${lines[1]} =~ ^kp_ext4_open\ +ext4:ext4_file_open\ +hits=0 ]]
	[[ ${lines[2]} =~ ^kp_vfs_read\ +vfs_read\ +hits=7\ shown=5 ]]
	assert_equal "$stderr" ''
}

@test "an empty list says so on stderr and prints nothing" {
	rm -r "$KP_SYSROOT/sys/module/"kp_*
	run -0 --separate-stderr kp_cmd_list
	assert_equal "$output" ''
	assert_equal "$stderr" 'kp_load: no probes planted'
}

@test "the status shows the parameters and the counts" {
	run -0 _kp_status_one kp_ext4_open
	assert_equal "${lines[0]}" kp_ext4_open
	[[ $output =~ funcname\ +ext4:ext4_file_open ]]
	[[ $output =~ brought\ +brought_a,brought_b ]]
	[[ $output =~ verbose\ +Y ]]
	assert_equal "${lines[-1]}" '  hits=0 shown=0 filtered=0 dropped=0 missed=0'
}

@test "the status of what is not ours is refused with 13" {
	local name
	for name in kp_other ext4 kp_absent ../module/kp_vfs_read '*' '' .; do
		run -13 _kp_status_one "$name"
		assert_contains 'not planted'
		assert_equal "$(grep -c 'error:' <<<"$output")" 1
	done
}

# missed() { # <returns missed> <maxactive>: of the probe on vfs_read
missed() {
	echo "$1" >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/overrun"
	echo "$2" >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/maxactive"
}

@test "returns missed for want of room come with twice the room, in status and unload" {
	local command hint="kp_load: hint: 24 returns were missed, over 256 calls at a time: plant it with --probe='r512:vfs_read vfs_read'"
	missed 24 256
	for command in _kp_status_one _kp_unload_one; do
		run -0 --separate-stderr "$command" kp_vfs_read
		assert_equal "${stderr##*$'\n'}" "$hint"
	done
}

@test "there is no hint where no returns were missed, and no room beyond 4096" {
	missed 0 256
	run -0 --separate-stderr _kp_status_one kp_vfs_read
	assert_equal "$stderr" ''
	missed 3 4000
	run -0 kp_planted_overrun kp_vfs_read
	assert_contains "--probe='r4096:"
	missed 3 4096
	run -0 kp_planted_overrun kp_vfs_read
	assert_equal "$output" '3 returns were missed, over 4096 calls at a time: more are not followed'
}

#
# Unload
#

@test "a probe is removed, and its last counts shown, as they were when it was off" {
	fake rmmod <<-'FAKE'
		cat "$KP_SYSROOT/sys/module/$1/parameters/enabled" >"$KP_SYSROOT/enabled"
		rm -r "$KP_SYSROOT/sys/module/${1:?}"
	FAKE
	run -0 --separate-stderr _kp_unload_one kp_vfs_read
	assert_equal "$output" ''
	assert_equal "$stderr" 'kp_load: removed kp_vfs_read: hits=7 shown=5 filtered=0 dropped=2 missed=0'
	[[ ! -e $KP_SYSROOT/sys/module/kp_vfs_read ]]
	assert_equal "$(fake_calls rmmod)" 'rmmod kp_vfs_read'
	assert_equal "$(<"$KP_SYSROOT/enabled")" 0
}

@test "a probe that cannot be removed is as it was before" {
	local way
	echo 'is in use' >"$KP_SYSROOT/rmmod.fail"
	for way in Y N; do
		echo "$way" >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/enabled"
		run -13 _kp_unload_one kp_vfs_read
		assert_equal "$(<"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/enabled")" "$way"
	done
}

@test "counts that a line of the log tells, which any user may have put there, are not shown" {
	echo '[  100.100000] kp_vfs_read: hits=7777 shown=7777 filtered=0 dropped=0 missed=0' \
		>"$KP_SYSROOT/rmmod.log"
	run -0 _kp_unload_one kp_vfs_read
	assert_equal "${lines[-1]}" 'kp_load: removed kp_vfs_read: hits=7 shown=5 filtered=0 dropped=2 missed=0'
}

@test "what was loaded for a probe goes with it, last first, the probe before" {
	run -0 _kp_unload_one kp_ext4_open
	assert_equal "$(fake_calls rmmod)" "rmmod kp_ext4_open
rmmod brought_b
rmmod brought_a"
	assert_contains 'removed kp_ext4_open and, loaded for it, brought_a,brought_b'
	[[ -e $KP_SYSROOT/sys/module/ext4 ]]
}

@test "what went by itself meanwhile is not missed" {
	rm -r "$KP_SYSROOT/sys/module/brought_b"
	run -0 _kp_unload_one kp_ext4_open
	assert_equal "$(fake_calls rmmod)" $'rmmod kp_ext4_open\nrmmod brought_a'
}

@test "names in the parameter that are no names are not given to rmmod" {
	printf '%s\n' 'brought_a,-f,../x,a b,' \
		>"$KP_SYSROOT/sys/module/kp_ext4_open/parameters/brought"
	run -0 _kp_unload_one kp_ext4_open
	assert_equal "$(fake_calls rmmod)" $'rmmod kp_ext4_open\nrmmod brought_a'
}

@test "a foreign module is left alone, with status 13" {
	local name
	for name in kp_other kp_plain ext4; do
		run -13 _kp_unload_one "$name"
		assert_contains "module $name: not a probe of kp_load's"
	done
	assert_equal "$(fake_calls rmmod)" ''
}

@test "a probe that is not loaded is status 13, and nothing is called" {
	local name
	for name in kp_absent ../module/kp_vfs_read kp_vfs_read/ 'a b' '*' '' -f; do
		run -13 _kp_unload_one "$name"
		assert_contains 'not loaded'
		assert_equal "$(grep -c 'error:' <<<"$output")" 1
	done
	assert_equal "$(fake_calls rmmod)" ''
}

@test "a probe that cannot be removed is told, with rmmod's reason" {
	echo 'is in use by: somebody' >"$KP_SYSROOT/rmmod.fail"
	run -13 _kp_unload_module kp_vfs_read 2
	assert_contains 'module kp_vfs_read: cannot be removed: somebody'
	assert_contains 'kp_load: hint: '
	assert_equal "$(fake_calls rmmod | wc -l)" 2
	[[ -e $KP_SYSROOT/sys/module/kp_vfs_read ]]
}

@test "a module that is busy for a moment is tried again" {
	fake rmmod <<-'FAKE'
		if [[ ! -e $KP_SYSROOT/tried ]]; then
			: >"$KP_SYSROOT/tried"
			exit 1
		fi
		rm -r "$KP_SYSROOT/sys/module/${1:?}"
	FAKE
	run -0 _kp_unload_module kp_vfs_read
	assert_equal "$(fake_calls rmmod | wc -l)" 2
}

@test "removing what is not loaded is no failure, and calls nothing" {
	run -0 _kp_unload_module kp_absent
	assert_equal "$(fake_calls rmmod)" ''
}

#
# The kernel log
#

# since() { # <line of the log>...: what is read after a mark, which is made
since() {
	local mark
	kp_kmsg_mark mark
	printf '%s\n' "$@" >"$KP_SYSROOT/klog.after"
	run -0 kp_kmsg_since "$mark"
}

@test "what the kernel said since our mark is read, and nothing older" {
	echo '[   99.000000] older line' >"$KP_SYSROOT/klog.before"
	since '[  100.002000] newer line one' '[  100.002000] newer line two'
	assert_equal "$output" $'[  100.002000] newer line one\n[  100.002000] newer line two'
}

@test "where the mark did not get in, the time tells old from new" {
	rm "$KP_SYSROOT/dev/kmsg"
	ln -s /dev/null "$KP_SYSROOT/dev/kmsg"
	printf '%s\n' '[    9.500000] old line' '[   99.999000] just before' \
		>"$KP_SYSROOT/klog.before"
	since '[  100.002000] early line' '[  100.500000] new line'
	assert_contains 'new line'
	refute_contains 'old line'
	refute_contains 'just before'
}

@test "a mark that cannot be written is no failure, a log that cannot be read is one" {
	local mark
	rm "$KP_SYSROOT/dev/kmsg"
	since '[  100.500000] new line'
	assert_equal "$output" '[  100.500000] new line'
	fake dmesg <<<'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1'
	kp_kmsg_mark mark
	run ! bash -o pipefail -c 'source "$1/lib/paths.sh" && source "$1/lib/kmsg.sh" && kp_kmsg_since "$2"' \
		_ "$KP_TOP" "$mark"
	assert_equal "$output" ''
}

@test "two marks are never the same" {
	local a b
	kp_kmsg_mark a
	kp_kmsg_mark b
	[[ $a != "$b" ]]
	assert_equal "$(<"$KP_SYSROOT/dev/kmsg")" "${b#* }"
}

@test "the user's log is never cleared" {
	since 'a line'
	run -0 _kp_unload_one kp_vfs_read
	[[ -n $(fake_calls dmesg) ]]
	# Reads, without -C, -c, --clear, -D, -n or anything else.
	assert_equal "$(fake_calls dmesg | sort -u)" dmesg
	run ! grep -rnE 'dmesg[^|]* (-[a-zA-Z]*[cCDn]|--clear|--read-clear|--console)' \
		"$KP_TOP/lib" "$KP_TOP/kp_load.sh"
	run ! grep -rnE 'klogctl|SYSLOG_ACTION|SYS_syslog' "$KP_TOP/tools"
}

#
# The module that holds the function
#

@test "a module's file is known by name, path and what it depends on" {
	local -A file=()
	kp_modfile_find "$modfiles/target.ko" 6.1.0-56-amd64 file
	assert_equal "${file[name]} ${file[loaded]} ${file[depends]}" 'target 0 dep_a,dep_b'
	assert_equal "${file[path]}" "$(realpath "$modfiles/target.ko")"
}

@test "a file that tells no name is called as it is" {
	local -A file=()
	kp_modfile_find "$modfiles/old-style.ko" 6.1.0-56-amd64 file
	assert_equal "${file[name]}" old_style
}

@test "a module that is loaded needs no file, and - is _" {
	local -A file=()
	kp_modfile_find brought-a 6.1.0-56-amd64 file
	assert_equal "${file[name]} ${file[loaded]}" 'brought_a 1'
}

@test "a file whose module is loaded is told as loaded, whatever it is for" {
	local -A file=()
	mkdir "$KP_SYSROOT/sys/module/elsewhere"
	kp_modfile_find "$modfiles/elsewhere.ko" 6.1.0-56-amd64 file
	assert_equal "${file[loaded]}" 1
}

@test "a name that is not loaded is looked for among the release's modules" {
	local -A file=()
	printf '%s\n' "$modfiles/target.ko" >"$KP_SYSROOT/modinfo.target"
	kp_modfile_find target 6.1.0-56-amd64 file
	assert_equal "${file[path]}" "$modfiles/target.ko"
	[[ $(fake_calls modinfo) == *'-k 6.1.0-56-amd64 -n '*target* ]]
}

@test "a module of another kernel is refused with 10, and both are named" {
	local -A file=()
	run -10 kp_modfile_find "$modfiles/elsewhere.ko" 6.1.0-56-amd64 file
	assert_contains 'built for kernel 5.10.0-1-amd64, not 6.1.0-56-amd64'
	assert_contains '--kver=5.10.0-1-amd64'
}

@test "a name that is nowhere is 10, a built-in one 2" {
	local -A file=()
	run -10 kp_modfile_find nowhere 6.1.0-56-amd64 file
	assert_contains 'module nowhere: neither loaded nor in /lib/modules/6.1.0-56-amd64'
	echo '(builtin)' >"$KP_SYSROOT/modinfo.inside"
	run -2 kp_modfile_find inside 6.1.0-56-amd64 file
	assert_contains 'built into this kernel'
}

@test "what is not a module's file is refused with 2" {
	local -A file=()
	run -2 kp_modfile_find "$modfiles/none.ko" 6.1.0-56-amd64 file
	assert_contains 'no such file'
	run -2 kp_modfile_find "$modfiles/" 6.1.0-56-amd64 file
	assert_contains 'not a readable file'
	run -2 kp_modfile_find "$modfiles/text.ko" 6.1.0-56-amd64 file
	assert_contains 'not a kernel module'
	run -2 kp_modfile_find 'a b' 6.1.0-56-amd64 file
	assert_contains "neither a path nor a module's name"
}

#
# What is loaded for the probe's target
#

# target_needs() { # <what modinfo tells of it>: target.ko, in $PLAN; its status is ours
target_needs() {
	PLAN=$BATS_TEST_TMPDIR/plan
	declare -gA KP_REQUEST_MODFILE=([name]=target [path]="$modfiles/target.ko" [loaded]=0 [depends]=$1)
	kp_plan_begin
	kp_module_target && kp_plan_write "$PLAN"
}

# needs() { # <module> <line of modprobe --show-depends>...
needs() {
	printf '%s\n' "${@:2}" >"$KP_SYSROOT/depends.$1"
	fake modprobe <<-'FAKE'
		[[ $1 == --show-depends ]] || exit 1
		[[ -e $KP_SYSROOT/depends.$2 ]] || {
			echo "modprobe: FATAL: Module $2 not found in directory /lib/modules/x" >&2
			exit 1
		}
		cat "$KP_SYSROOT/depends.$2"
	FAKE
}

@test "what the target needs is planned in order, each once, then the target" {
	needs dep-a 'insmod /m/lib-a.ko.xz ' 'insmod /m/dep-a.ko '
	needs dep_b 'builtin inside' 'insmod /m/lib-a.ko.xz ' 'insmod /m/dep_b.ko opt=1'
	target_needs dep-a,dep_b
	assert_equal "$(grep -E '^(bring|target)' "$PLAN" | LC_ALL=C sort -s -k1,1)" "bring lib_a /m/lib-a.ko.xz
bring dep_a /m/dep-a.ko
bring dep_b /m/dep_b.ko
target target $modfiles/target.ko"
	# That is looked up; it is kp_run who loads.
	assert_equal "$(fake_calls modprobe)" $'modprobe --show-depends dep-a\nmodprobe --show-depends dep_b'
}

@test "what the target needs and is there already is not planned" {
	needs dep_a 'insmod /m/brought-a.ko ' 'insmod /m/dep_a.ko '
	target_needs dep_a
	assert_equal "$(grep '^bring' "$PLAN")" 'bring dep_a /m/dep_a.ko'
	target_needs ''
	run ! grep '^bring' "$PLAN"
}

@test "a dependency that cannot be loaded is told, and there is no plan" {
	needs dep_a 'insmod /m/dep_a.ko '
	run -13 target_needs dep_a,dep_missing
	assert_contains 'module dep_missing: cannot be loaded: Module dep_missing not found in directory'
	[[ ! -e $BATS_TEST_TMPDIR/plan ]]
}

@test "sourcing prints nothing and changes no shell option" {
	run -0 bash -c '
		before=$(set +o; shopt)
		source "$1" && source "$1" || exit
		[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/planted.sh"
	assert_equal "$output" ''
}

#
# What cannot be removed
#

@test "a probe that cannot be removed is an error once, and says that it is planted still" {
	echo 'is in use' >"$KP_SYSROOT/rmmod.fail"
	run -13 _kp_unload_module kp_vfs_read 2
	assert_equal "$output" 'kp_load: error: module kp_vfs_read: cannot be removed: Module kp_vfs_read is in use
kp_load: hint: it is planted still: kp_load.sh --unload=kp_vfs_read, once lsmod shows no user of it'
	rm "$KP_SYSROOT/rmmod.fail"
	run -0 _kp_unload_module kp_vfs_read 1
	assert_equal "$output" ''
}

@test "another module that cannot be removed is not called a probe" {
	echo 'is in use' >"$KP_SYSROOT/rmmod.fail"
	run -13 _kp_unload_module kp_other 1
	assert_contains 'hint: lsmod shows who uses it'
	refute_contains planted
}

@test "what was loaded for a probe goes with it, and one that is gone is fine" {
	echo 'e1000,mdio' >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/brought"
	mkdir "$KP_SYSROOT/sys/module/mdio" "$KP_SYSROOT/sys/module/e1000"
	run -0 _kp_unload_plant kp_vfs_read
	assert_equal "$output" ''
	assert_equal "$(fake_calls rmmod)" $'rmmod kp_vfs_read\nrmmod mdio\nrmmod e1000'
	run -0 _kp_unload_plant kp_vfs_read
	assert_equal "$output" ''
}
