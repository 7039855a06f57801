# shellcheck disable=SC2034,SC2154 # bats and common.bash set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2312 # the status of what prints for a comparison
# SPDX-License-Identifier: GPL-2.0-only
# blacklist.bats - may it be probed. The kernel's blacklist in the fixture is in
# the kernel's format; its addresses are those of the symbols fixture.
# bats file_tags=unit

load helpers/common

setup() {
	KP_SYSROOT=$FIXTURES/blacklist/root
	need_kp_sym
	kp_lib log paths options facts symbols glob
	KP_PROC=$FIXTURES/symbols/root/proc
}

# check() { # <spec> <use> [force]: of a function of the symbols fixture
check() {
	local -a words=("$1") uses=("$2") force=()
	((${3:-0} == 0)) || force=(--force)
	kp_symbols_resolve_all words uses --max=32 "${force[@]}"
}

# invent() { # <symbol> <use> [force] [address]: of a function of vmlinux, elsewhere
invent() {
	local KP_PROC=$BATS_TEST_TMPDIR/proc
	local at=${4:-ffffffff81abc000}
	mkdir -p "$KP_PROC"
	printf '%s T %s\n' "$at" "${1%+*}" "$(printf %016x $((0x$at + 256)))" end >"$KP_PROC/kallsyms"
	check "$1" "$2" "${3:-0}"
}

# empty_kernel_list() { # the kernel forbids nothing
empty_kernel_list() {
	KP_KPROBES=$BATS_TEST_TMPDIR
	: >"$KP_KPROBES/blacklist"
}

# no_kernel_list() { # as without debugfs
no_kernel_list() {
	KP_KPROBES=$BATS_TEST_TMPDIR/none
}

#
# The kernel's
#

@test "an ordinary function passes for every use, without a word" {
	local use
	for use in count print return; do
		run -0 check vfs_read "$use"
		assert_equal "$output" ""
	done
}

@test "a function of the kernel's blacklist is refused, by whom is told" {
	run -10 check exc_int3 count
	assert_contains "kp_load: error: function exc_int3: the kernel forbids to probe it: it is in its own blacklist"
	assert_equal "${#lines[@]}" 2
}

@test "force does not override the kernel" {
	run -10 check exc_int3 count 1
	assert_contains "the kernel forbids"
}

@test "an alias of a blacklisted function is refused by its address" {
	run -10 check __memcpy count 1
	assert_contains "function __memcpy: the kernel forbids to probe it: it lies in memcpy"
}

@test "a range ends before its end address, and an offset counts" {
	run -0 invent f count 0 ffffffff8141dcb0
	run -0 invent f+15 count 0 ffffffff8141dcb0
	run -10 invent f+16 count 0 ffffffff8141dcb0
	run -10 invent f+31 count 0 ffffffff8141dcb0
	run -0 invent f+32 count 0 ffffffff8141dcb0
}

@test "of several functions of a name only the one in the range is refused" {
	run -10 check 'type_show#2' count
	run -0 check 'type_show#1' count
	run -0 check 'type_show#3' count
}

@test "a copy of a blacklisted function is refused, as the kernel does" {
	run -10 check kzalloc_noprof.constprop.0 count
	assert_contains "it lies in kzalloc_noprof"
}

@test "the name decides where the kernel hides its blacklist's addresses" {
	KP_KPROBES=$BATS_TEST_TMPDIR
	printf '0x%016d-0x%016d\t%s\n' 0 0 exc_int3 0 0 wait_for_initramfs >"$KP_KPROBES/blacklist"
	run -10 check exc_int3 count
	run -0 check vfs_read count
}

@test "the name decides where kallsyms hides the address" {
	KP_PROC=$BATS_TEST_TMPDIR/proc
	mkdir -p "$KP_PROC"
	printf '0000000000000000 T %s\n' exc_int3 vfs_read >"$KP_PROC/kallsyms"
	KP_SYMBOLS_HIDDEN=1 # symbols.bats tests what is told of it
	run -10 check exc_int3 count
	run -0 check vfs_read count
}

@test "a part of a name in the kernel's blacklist is no match" {
	run -10 invent update_process_times count
	run -0 invent update_process_time count
	run -0 invent update_process_times_x count
	run -0 invent process_times count
}

@test "without the kernel's list a warning says so, and the check goes on" {
	no_kernel_list
	run -0 check vfs_read count
	assert_contains "kp_load: warning: blacklist $BATS_TEST_TMPDIR/none/blacklist: cannot be read"
	assert_contains "the kernel has the last word"
	run -10 check __rcu_read_lock count
}

@test "without the kernel's list the sections that it forbids are known by kallsyms" {
	no_kernel_list
	run -10 check exc_int3 count 1
	assert_contains "it lies in __noinstr_text"
	run -10 check entry_SYSCALL_64 count 1
	assert_contains "it lies in __entry_text"
	run -0 check __cond_resched count
	run -0 invent vfs_read count # of a kernel that does not tell its sections
}

#
# Ours: the format
#

@test "a pattern holds for exactly the uses of its group" {
	KP_BLACKLIST_LIST=$FIXTURES/blacklist/small.list
	run -10 check vfs_read count
	assert_contains "function vfs_read: dangerous to count: it is the first reason [blacklist.list: vfs_read, bad for count, print]"
	run -10 check vfs_read print
	run -0 check vfs_read return
	assert_equal "$output" ""
	run -10 check ksys_read count
	run -0 check do_exit count
}

@test "a warning warns and passes" {
	KP_BLACKLIST_LIST=$FIXTURES/blacklist/small.list
	run -0 check do_exit return
	assert_equal "$output" "kp_load: warning: function do_exit: it is the second reason"
}

@test "a refusal wins over an earlier warning" {
	KP_BLACKLIST_LIST=$FIXTURES/blacklist/small.list
	run -10 check tcp_v4_rcv print
	assert_contains "the refusal wins"
	refute_contains "warning"
}

@test "force turns a refusal of ours into a warning with the reason" {
	KP_BLACKLIST_LIST=$FIXTURES/blacklist/small.list
	run -0 check vfs_read count 1
	assert_equal "$output" \
		"kp_load: warning: function vfs_read: forced, though dangerous to count: it is the first reason"
}

@test "a pattern without a module is for vmlinux, one with it for that module" {
	KP_BLACKLIST_LIST=$FIXTURES/blacklist/small.list
	run -10 check 8250_pci:up count
	run -0 check vmlinux:up count
	run -10 check e1000_intr count
	KP_BLACKLIST_LIST=$KP_TOP/lib/blacklist.list
	run -0 check 8250_pci:up print
	run -10 check vmlinux:up print
	run -10 check serial8250_probe_port print
}

@test "a list whose last line has no newline is read to its end" {
	KP_BLACKLIST_LIST=$BATS_TEST_TMPDIR/list
	printf '[count] refuse a reason\nvfs_read' >"$KP_BLACKLIST_LIST"
	run -10 check vfs_read count
}

@test "a list that is not there is status 11, not a yes" {
	KP_BLACKLIST_LIST=$BATS_TEST_TMPDIR/none
	run -11 check vfs_read count
	assert_contains "cannot be read"
	run -11 check vfs_read count 1
}

# bats test_tags=hostile
@test "a name is never taken for a pattern" {
	KP_BLACKLIST_LIST=$BATS_TEST_TMPDIR/list
	printf '[count] refuse a reason\nvfs_read\n' >"$KP_BLACKLIST_LIST"
	run -0 invent 'vfs_*' count
	run -0 invent '*' count
	run -0 invent vfs_rea count
	run -0 invent vfs_readv count
}

#
# Ours: what is on it
#

@test "the list is well formed: groups of known uses, each with a reason and patterns" {
	local line name='' patterns=1
	while IFS= read -r line; do
		case $line in
		'' | '#'*) continue ;;
		'['*)
			((patterns > 0))
			name=$line
			patterns=0
			[[ $line =~ ^\[(count|print|return)(,(count|print|return))*\]\ (refuse|warn)\ [a-z].*[^.]$ ]]
			;;
		*)
			[[ -n $name ]]
			[[ $line =~ ^([A-Za-z0-9_*]+:)?[A-Za-z0-9_*]+$ ]]
			((patterns += 1))
			;;
		esac
	done <"$KP_BLACKLIST_LIST"
	((patterns > 0))
}

@test "no pattern stands twice in one group" {
	# shellcheck disable=SC2016 # awk's $0, not ours
	run -0 awk '/^\[/ { g++ } /^[^#[]/ && seen[g, $0]++' "$KP_BLACKLIST_LIST"
	assert_equal "$output" ""
}

@test "what was measured to hang or kill is refused for that use, and only warned of or free for others" {
	empty_kernel_list
	local symbol use status_wanted
	while read -r symbol use status_wanted; do
		run "-$status_wanted" invent "$symbol" "$use"
	done <<-'TABLE'
		__switch_to return 10
		__rcu_read_lock count 10
		__rcu_read_lock print 10
		__rcu_read_lock return 10
		_raw_spin_lock count 0
		_raw_spin_lock return 0
		_raw_spin_lock print 10
		_raw_spin_lock_irqsave count 0
		_raw_spin_lock_irqsave print 10
		try_to_wake_up count 0
		try_to_wake_up print 10
		ktime_get count 0
		ktime_get print 10
		__schedule count 0
		__schedule print 0
		do_exit count 0
		do_exit print 0
		do_exit return 0
		schedule return 0
		kfree count 0
	TABLE
}

@test "what the kernel accepts though it carries the probe is refused for every use" {
	empty_kernel_list
	local symbol use
	for symbol in __fentry__ ftrace_regs_caller native_load_gs_index rethook_trampoline_handler \
		kprobe_ftrace_handler text_poke_bp copy_from_kernel_nofault memcpy memset strlen \
		preempt_count_add asm_exc_page_fault exc_page_fault irqentry_enter do_error_trap \
		nmi_handle.part.0 panic oops_end ring_buffer_lock_reserve; do
		for use in count print return; do
			run -10 invent "$symbol" "$use"
			assert_contains "dangerous to"
		done
	done
}

@test "printing is refused on what a printed line runs, counting it is not" {
	empty_kernel_list
	local symbol
	for symbol in printk _printk vprintk_emit console_unlock serial8250_console_write uart_console_write \
		up down down_trylock __wake_up queued_spin_lock_slowpath; do
		run -10 invent "$symbol" print
		assert_contains "hint: counting its hits is not on the list"
		run -0 invent "$symbol" count
		assert_equal "$output" ""
	done
}

@test "the counting hint is not given where counting is refused too" {
	run -10 invent __switch_to return
	refute_contains "counting its hits"
}

@test "returns of functions that never return, or sleep for long, are warned of" {
	empty_kernel_list
	local symbol
	for symbol in do_exit do_group_exit make_task_dead cpu_startup_entry; do
		run -0 invent "$symbol" return
		assert_contains "kp_load: warning: function $symbol: it never returns"
	done
	for symbol in schedule do_epoll_wait __x64_sys_nanosleep; do
		run -0 invent "$symbol" return
		assert_contains "kp_load: warning: function $symbol: it sleeps for long"
	done
}

@test "ordinary functions with names alike are free for every use" {
	empty_kernel_list
	local symbol use
	for symbol in update_process_times up_read up_write upload_firmware down_read down_write downgrade_write \
		rb_insert_color rb_erase panic_on_taint_setup memcpy_fromio strlen_user ftrace_set_filter \
		trace_dump_stack trace_parser_get_init text_show nmi_uaccess_okay copy_from_user _copy_from_user \
		preempt_notifier_register ktime_add_safe native_calibrate_tsc e1000_intr do_sys_openat2 vfs_write \
		tcp_sendmsg ext4_file_write_iter kprobe_prog_is_valid_access module_memcpy dieoff handle_mm_fault; do
		for use in count print return; do
			run -0 invent "$symbol" "$use"
			assert_equal "$output" ""
		done
	done
}

@test "an alias of a listed function is refused too" {
	no_kernel_list
	KP_PROC=$BATS_TEST_TMPDIR
	printf '%s\n' 'ffffffff81000000 T memcpy' 'ffffffff81000000 T __pi_memcpy' \
		'ffffffff81000100 T end' >"$KP_PROC/kallsyms"
	run -10 check __pi_memcpy count
	assert_contains "function __pi_memcpy: dangerous to count"
}
