# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# module.bats - loading, unloading and listing, on a /sys that is a tree of
# files and with tools that write down how they are called.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	shopt -s lastpipe # as kp_load.sh does
	fake_kernel
	kp_lib log paths kmsg planted engine/module cmd/list cmd/status cmd/switch cmd/unload modfile
	modfiles=$FIXTURES/module/root/files
	: >"$BATS_TEST_TMPDIR/kp_new.ko"
	new=$BATS_TEST_TMPDIR/kp_new.ko
}

# names() { # prints the names of ours, a line each
names() {
	local -a found=()
	kp_planted_names found
	((${#found[@]} == 0)) || printf '%s\n' "${found[@]}"
}

# insmod_fails() { # <reason> [line of the kernel's log]...
insmod_fails() {
	printf '%s\n' "$1" >"$KP_SYSROOT/insmod.fail"
	shift
	printf '[  100.002000] %s\n' "$@" >"$KP_SYSROOT/insmod.log"
}

# explained() { # <cause>: what kp_module_insert says, with a hint
explained() {
	run -13 kp_module_insert "$new" kp_new
	assert_equal "${lines[0]}" "kp_load: error: module kp_new: $1"
	[[ ${lines[-1]} == 'kp_load: hint: '* ]]
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
	run -13 kp_module_remove kp_vfs_read 2
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
	run -0 kp_module_remove kp_vfs_read
	assert_equal "$(fake_calls rmmod | wc -l)" 2
}

@test "removing what is not loaded is no failure, and calls nothing" {
	run -0 kp_module_remove kp_absent
	assert_equal "$(fake_calls rmmod)" ''
}

#
# Load
#

@test "a module is loaded with its parameters, silently" {
	run -0 kp_module_insert "$new" kp_new dyndbg=+p 'brought=a,b'
	assert_equal "$output" ''
	assert_equal "$(fake_calls insmod)" "insmod $new dyndbg=+p brought=a,b"
	[[ -d $KP_SYSROOT/sys/module/kp_new ]]
}

@test "Invalid module format: built for another kernel" {
	insmod_fails 'Invalid module format' \
		"kp_new: version magic '5.10.0' should be '6.1.0-56-amd64'"
	explained 'it was built for another kernel (Invalid module format)'
	assert_contains 'headers of this very release'
}

@test "Key was rejected: only signed modules" {
	insmod_fails 'Key was rejected by service' \
		'Loading of unsigned module is rejected'
	explained 'this kernel takes only signed modules (Key was rejected)'
	assert_contains '--rehearse'
}

@test "Operation not permitted with a Lockdown line: lockdown" {
	insmod_fails 'Operation not permitted' \
		'Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7'
	explained 'lockdown forbids unsigned modules'
	assert_contains '--rehearse'
}

@test "Operation not permitted alone: root, capability, modules_disabled" {
	insmod_fails 'Operation not permitted' 'something else'
	explained 'not permitted'
	assert_contains 'CAP_SYS_MODULE'
	assert_contains 'modules_disabled'
}

@test "a Lockdown line from before our mark does not make it lockdown" {
	echo '[   10.000000] Lockdown: systemd: hibernation is restricted' \
		>"$KP_SYSROOT/klog.before"
	insmod_fails 'Operation not permitted' 'something else'
	explained 'not permitted'
}

@test "File exists: a module of this name is loaded" {
	insmod_fails 'File exists' 'something else'
	explained 'a module of this name is loaded'
	assert_contains '--unload=NAME'
}

@test "EINVAL from register_kprobe: the kernel refuses the place" {
	insmod_fails 'Invalid parameters' 'kp_new: cannot probe do_idle: -EINVAL'
	explained 'the kernel refuses a probe there (EINVAL)'
	assert_contains 'blacklist'
}

@test "ENOENT from register_kprobe: the kernel does not know the symbol" {
	insmod_fails 'Unknown symbol in module' 'kp_new: cannot probe nope: -ENOENT'
	explained 'the kernel does not know this symbol (ENOENT)'
	assert_contains 'inlined'
}

@test "EILSEQ from register_kprobe: not at an instruction" {
	insmod_fails 'Invalid or incomplete multibyte or wide character' \
		'kp_new: cannot probe vfs_read+0x1: -EILSEQ'
	explained 'the offset is not at the beginning of an instruction (EILSEQ)'
	assert_contains 'objdump'
}

@test "EILSEQ: the hint names the instructions around the offset" {
	echo '[  100.100000] kp_new: an instruction begins at vfs_read+0x0/0x2c0
[  100.110000] kp_new: an instruction begins at vfs_read+0x5/0x2c0' >"$KP_SYSROOT/klog.new"
	insmod_fails 'Invalid or incomplete multibyte or wide character' \
		"$(<"$KP_SYSROOT/klog.new")"$'\n''[  100.120000] kp_new: cannot probe vfs_read+0x1: -EILSEQ'
	explained 'the offset is not at the beginning of an instruction (EILSEQ)'
	assert_contains 'hint: instructions begin at +0x0 and +0x5'
}

@test "EBUSY from register_kprobe: being live-patched" {
	insmod_fails 'Device or resource busy' 'kp_new: cannot probe vfs_read: -EBUSY'
	explained 'the function is being live-patched (EBUSY)'
}

@test "a kernel that prints errors as numbers is understood as well" {
	insmod_fails 'Invalid parameters' 'kp_new: cannot probe do_idle: -22'
	explained 'the kernel refuses a probe there (EINVAL)'
	rm "$KP_SYSROOT/klog.after"
	insmod_fails 'Device or resource busy' 'kp_new: cannot probe vfs_read: -16'
	explained 'the function is being live-patched (EBUSY)'
}

@test "an unknown symbol of our module is not one of the probe" {
	insmod_fails 'Unknown symbol in module' 'kp_new: Unknown symbol unwind_frob (err -2)'
	explained 'it needs a symbol that this kernel does not export'
}

@test "an error we do not know is given in insmod's words" {
	insmod_fails 'Bad address' 'something else'
	explained 'Bad address'
}

@test "no memory is told as such" {
	insmod_fails 'Cannot allocate memory' 'something else'
	explained 'out of memory'
}

@test "a missing insmod is a failure with one error line" {
	fake insmod <<<'echo "insmod: command not found" >&2; exit 127'
	run -13 kp_module_insert "$new" kp_new
	assert_contains 'module kp_new: command not found'
}

#
# The kernel log
#

@test "what the kernel said since our mark is shown, and nothing older" {
	echo '[   99.000000] older line' >"$KP_SYSROOT/klog.before"
	insmod_fails 'Invalid module format' 'newer line one' 'newer line two'
	explained 'it was built for another kernel (Invalid module format)'
	assert_contains $'  [  100.002000] newer line one\n  [  100.002000] newer line two'
	refute_contains 'older line'
	refute_contains 'mark'
}

@test "at most six lines are shown, the last" {
	insmod_fails 'Invalid module format' line-{1..9}
	explained 'it was built for another kernel (Invalid module format)'
	refute_contains line-3
	assert_contains line-4
	assert_contains line-9
}

@test "where the mark did not get in, the time tells old from new" {
	rm "$KP_SYSROOT/dev/kmsg"
	ln -s /dev/null "$KP_SYSROOT/dev/kmsg"
	printf '%s\n' '[    9.500000] old line' '[   99.999000] just before' \
		>"$KP_SYSROOT/klog.before"
	insmod_fails 'Invalid module format' 'early line'
	echo '[  100.500000] new line' >>"$KP_SYSROOT/insmod.log"
	explained 'it was built for another kernel (Invalid module format)'
	assert_contains 'new line'
	refute_contains 'old line'
	refute_contains 'just before'
}

@test "a kernel log that cannot be written or read is no failure" {
	rm "$KP_SYSROOT/dev/kmsg"
	fake dmesg <<<'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1'
	insmod_fails 'Invalid module format'
	explained 'it was built for another kernel (Invalid module format)'
	assert_equal "${#lines[@]}" 2
}

@test "two marks are never the same" {
	local a b
	kp_kmsg_mark a
	kp_kmsg_mark b
	[[ $a != "$b" ]]
	assert_equal "$(<"$KP_SYSROOT/dev/kmsg")" "${b#* }"
}

@test "the user's log is never cleared" {
	insmod_fails 'Invalid module format' 'a line'
	run -13 kp_module_insert "$new" kp_new
	run -0 _kp_unload_one kp_vfs_read
	[[ -n $(fake_calls dmesg) ]]
	# Reads, without -C, -c, --clear, -D, -n or anything else.
	assert_equal "$(fake_calls dmesg | sort -u)" dmesg
	run ! grep -rnE 'dmesg[^|]* (-[a-zA-Z]*[cCDn]|--clear|--read-clear|--console)' \
		"$KP_TOP/lib" "$KP_TOP/kp_load.sh"
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

@test "dependencies are loaded in order, and what they bring is noted" {
	printf 'lib_a\ndep_a\n' >"$KP_SYSROOT/modprobe.dep_a"
	printf 'dep_b\n' >"$KP_SYSROOT/modprobe.dep_b"
	kp_module_bring dep-a '' ext4 dep_b
	assert_equal "${KP_MODULE_BROUGHT[*]}" 'lib_a dep_a dep_b'
	assert_equal "$(fake_calls modprobe)" $'modprobe dep_a\nmodprobe dep_b'
}

@test "what was brought is taken out again, last first, once" {
	printf 'lib_a\ndep_a\n' >"$KP_SYSROOT/modprobe.dep_a"
	kp_module_bring dep_a
	kp_module_unbring
	kp_module_unbring
	assert_equal "$(fake_calls rmmod)" $'rmmod dep_a\nrmmod lib_a'
	[[ ! -e $KP_SYSROOT/sys/module/lib_a ]]
}

@test "a dependency that cannot be loaded is told, those before it noted" {
	printf 'dep_a\n' >"$KP_SYSROOT/modprobe.dep_a"
	bring() {
		kp_module_bring dep_a dep_missing || {
			status=$?
			echo "brought ${KP_MODULE_BROUGHT[*]}"
			return "$status"
		}
	}
	run -13 bring
	assert_contains 'module dep_missing: cannot be loaded: '
	assert_contains 'brought dep_a'
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
	run -13 kp_module_remove kp_vfs_read 2
	assert_equal "${lines[0]}" 'kp_load: error: module kp_vfs_read: cannot be removed: Module kp_vfs_read is in use'
	assert_contains 'hint: it is planted still: kp_load.sh --unload=kp_vfs_read'
	again() {
		kp_module_remove kp_vfs_read 1 2>/dev/null && return
		kp_module_remove kp_vfs_read 1 || echo failed
		rm "$KP_SYSROOT/rmmod.fail"
		kp_module_remove kp_vfs_read 1
	}
	run -0 again
	assert_equal "$output" $'failed\nkp_load: removed kp_vfs_read at last'
}

@test "another module that cannot be removed is not called a probe" {
	echo 'is in use' >"$KP_SYSROOT/rmmod.fail"
	run -13 kp_module_remove kp_other 1
	assert_contains 'hint: lsmod shows who uses it'
	refute_contains planted
}

@test "what was loaded for a probe goes with it, and one that is gone is fine" {
	echo 'e1000,mdio' >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/brought"
	mkdir "$KP_SYSROOT/sys/module/mdio" "$KP_SYSROOT/sys/module/e1000"
	run -0 kp_module_unplant kp_vfs_read
	assert_equal "$output" ''
	assert_equal "$(fake_calls rmmod)" $'rmmod kp_vfs_read\nrmmod mdio\nrmmod e1000'
	run -0 kp_module_unplant kp_vfs_read
	assert_equal "$output" ''
}
