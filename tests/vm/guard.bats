#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What could hurt a machine: a probe on what its own handler calls, a device that
# is opened too early, memory that all modules share.
# What is planted here is built before the guest boots: see guard.shapes.
# shellcheck disable=SC2016 # definitions are meant as they stand
# shellcheck disable=SC2153 # follow_end sets STATUS

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() { call_build; }

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	FOLLOW=
}

teardown() {
	follow_stop
	guest_teardown
}

OPEN='p:o do_sys_openat2 file=+0(%si):ustring'

# What our handlers call, in every mode, and what that calls; most of it by
# nm -u over the modules. Which of it can be probed the kernel says.
OURS=(
	__unwind_start unwind_next_frame unwind_get_return_address
	unwind_get_return_address_ptr orc_find orc_find.part.0 __orc_find
	get_stack_info get_stack_info_noinstr in_task_stack kernel_text_address
	__kernel_text_address core_kernel_text is_module_text_address
	__module_text_address __module_address arch_stack_walk
	copy_from_user_nofault copy_from_kernel_nofault
	copy_from_kernel_nofault_allowed __get_user_nocheck_1
	__get_user_nocheck_2 __get_user_nocheck_4 __get_user_nocheck_8
	__check_object_size check_stack_object __virt_addr_valid
	find_vma mt_find mas_find mas_walk down_read_trylock up_read
	__mmap_lock_do_trace_start_locking fixup_exception
	search_exception_tables search_extable search_module_extables
	ex_get_fixup_type bsearch do_user_addr_fault exc_page_fault
	bad_area_nosemaphore __bad_area_nosemaphore kernelmode_fixup_or_oops
	irq_work_queue __irq_work_queue_local arch_irq_work_raise
	sched_clock native_sched_clock ktime_get_mono_fast_ns read_tsc
	read_hpet acpi_pm_read kvm_clock_get_cycles
	glob_match sysfs_streq strcmp strnlen memcmp memcpy
	vsnprintf vscnprintf scnprintf sprint_symbol kallsyms_lookup
	kallsyms_lookup_buildid __sprint_symbol pointer symbol_string number
	string_nocheck format_decode strscpy put_dec
	_printk __dynamic_pr_debug _find_next_bit
	__mmap_lock_do_trace_acquire_returned __mmap_lock_do_trace_released
)

# What makes a line of the log: our list does not let one print from there.
LOGS='vsnprintf vscnprintf scnprintf sprint_symbol kallsyms_lookup kallsyms_lookup_buildid
	__sprint_symbol pointer symbol_string number string_nocheck format_decode put_dec
	strnlen strscpy memcpy memcmp _printk __dynamic_pr_debug _find_next_bit'
LOGS=${LOGS//[[:space:]]/ }

# probeable() { # <ftrace|kprobe>: those of OURS that the kernel lets us probe
probeable() {
	if [[ $1 == ftrace ]]; then
		printf '%s\n' "${OURS[@]}" \
			| grep -Fxf - <(cut -d' ' -f1 /sys/kernel/tracing/available_filter_functions)
		return
	fi
	# In one pass: there are 150,000 names, and the guest is slow.
	awk -v names="${OURS[*]}" '
		BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) ours[name[i]] }
		FILENAME ~ /blacklist/ { no[$NF]; next }
		$3 in ours && $2 ~ /^[tT]$/ { seen[$3]++ }
		END { for (i = 1; i <= n; i++) if (seen[name[i]] == 1 && !(name[i] in no)) print name[i] }
	' /sys/kernel/debug/kprobes/blacklist /proc/kallsyms
}

# work() { # what walks stacks, reads bad and absent strings, and takes faults
work() {
	local i
	for i in 1 2 3; do
		read -r _ </proc/self/stack
		read -r _ </proc/version
	done
	"$BATS_FILE_TMPDIR/call" "$BATS_TEST_TMPDIR/hostile" hostile 140 3>&- &
	loop_until 100 test -e "$BATS_TEST_TMPDIR/hostile.ready"
	echo go >"$BATS_TEST_TMPDIR/hostile"
	wait $!
	rm -f "$BATS_TEST_TMPDIR/hostile"*
	mkfifo "$BATS_TEST_TMPDIR/hostile"
}

# add_up() { # <module>: hits are shown, filtered or dropped, of each probe and in all
add_up() {
	awk '{
		for (i = 1; i <= NF; i++)
			if (split($i, word, "=") == 2)
				n[word[1]] = word[2]
		if (n["hits"] != n["shown"] + n["filtered"] + n["dropped"]) exit 1
		if (NR == 1) { hits = n["hits"]; missed = n["missed"] }
		else { hits -= n["hits"]; missed -= n["missed"] }
	} END { exit hits || missed }' "/sys/module/$1/parameters/stats"
}

# plant_all() { # names, by ko; without those that the kernel turns out to refuse
plant_all() {
	local refused n
	local -a room=()
	# All are to be handled, and none left out for its cost or for want of room.
	! modinfo -F parm "$ko" | grep -q ^budget: || room=(budget=0 ring_kb=8192)
	until insmod "$ko" "funcname=$(IFS=, && echo "${names[*]}")" "${room[@]}"; do
		refused=$(dmesg | sed -n "s/.*cannot probe \\([^ ]*\\): .*/\\1/p" | tail -n 1)
		echo "# refused: $refused" >&3
		for n in "${!names[@]}"; do
			[[ ${names[n]} != "$refused" ]] || break
		done
		[[ $refused == "${names[n]}" && $refused != version_proc_show ]] || return
		names[n]=version_proc_show
	done
}

# survive() { # <ftrace|kprobe> <first> <kp_load option>...: sixteen probes of that
# shape, the first on <first>, the others on what handlers call, in turn
survive() {
	local engine=$1 first=$2 ko module names
	local -a ours
	local -i i
	shift 2
	ko=$(built "$@")
	module=$(modinfo -F name "$ko")
	mapfile -t ours < <(probeable "$engine")
	echo "# $engine, ${#ours[@]} functions: $*" >&3
	((${#ours[@]} >= 15))
	mkfifo "$BATS_TEST_TMPDIR/hostile"
	for ((i = 0; i < ${#ours[@]}; i += 15)); do
		names=("$first" "${ours[@]:i:15}")
		while ((${#names[@]} < 16)); do
			names+=(version_proc_show)
		done
		plant_all
		work
		# Of these the counts' own reader calls some.
		echo 0 >"/sys/module/$module/parameters/enabled"
		add_up "$module"
		echo "# $(head -n 1 "/sys/module/$module/parameters/stats")" >&3
		# Of the totals, the first line.
		((i > 0)) || FIRST_MISSED=$(sed -n '1s/.*missed=//p' "/sys/module/$module/parameters/stats")
		rmmod "$module"
	done
	rm -f "$BATS_TEST_TMPDIR/hostile"
}

SIXTEEN=(--probe='p:g'{0..15}' version_proc_show')
RETURNS=(--probe='r:g'{0..15}' version_proc_show $retval')

@test "all that the handlers of any module built here call is tried below" {
	local ko
	for ko in "$KP_WORKDIR"/cache/*/module.ko; do
		objdump -dr "$ko" | awk -f "$KP_TOP/tests/vm/calls.awk"
	done | sort -u >called
	(($(wc -l <called) > 10))
	# A handler of kprobes cannot end here: it is no function that returns.
	run grep -vxFf <(printf '%s\n' "${OURS[@]}" __stack_chk_fail) called
	assert_equal "$output" ''
}

@test "what walks a stack can be counted by stack: our own walks are missed, not endless" {
	follow_begin --count=stack --engine=ftrace --probe=unwind_next_frame --duration=4
	read -r _ </proc/self/stack
	follow_end
	assert_equal "$STATUS" 0
	[[ $FOOTER =~ ^hits=([0-9]+)\ shown=([0-9]+)\ .*missed=([0-9]+) ]]
	((BASH_REMATCH[1] > 3 && BASH_REMATCH[3] > BASH_REMATCH[1]))
}

@test "followed with stacks by ftrace, what our handlers call is missed within them" {
	survive ftrace do_sys_openat2 --follow --engine=ftrace --showstack \
		--probe="$OPEN" "${SIXTEEN[@]:1}"
	((FIRST_MISSED > 0))
}

@test "followed with stacks by kprobes, what our handlers call is missed within them" {
	survive kprobe do_sys_openat2 --follow --engine=kprobe --showstack \
		--probe="$OPEN" "${SIXTEEN[@]:1}"
	((FIRST_MISSED > 0))
}

@test "entries by ftrace and returns by kprobes do not run into each other" {
	survive kprobe do_sys_openat2 --follow --engine=ftrace --probe="$OPEN" "${RETURNS[@]:1}"
}

@test "counted by stack with ftrace, what our handlers call is missed within them" {
	survive ftrace do_sys_openat2 --count=stack --engine=ftrace "${SIXTEEN[@]}"
	((FIRST_MISSED > 0))
}

@test "counted by stack with kprobes, what our handlers call is missed within them" {
	survive kprobe do_sys_openat2 --count=stack --engine=kprobe "${SIXTEEN[@]}"
	((FIRST_MISSED > 0))
}

@test "counted by name, of one program only, what our handlers call leaves the machine alive" {
	survive ftrace do_sys_openat2 --count=comm --engine=ftrace --comm=reader "${SIXTEEN[@]}"
	survive ftrace do_sys_openat2 --count --engine=ftrace --comm=reader "${SIXTEEN[@]}"
}

@test "with histograms of durations, what our handlers call leaves the machine alive" {
	survive kprobe do_sys_openat2 --hist "${RETURNS[@]}"
}

@test "logged with stacks, what our handlers call but the log's own leaves the machine alive" {
	local name
	local -a others=()
	for name in "${OURS[@]}"; do
		[[ " $LOGS " == *" $name "* ]] || others+=("$name")
	done
	OURS=("${others[@]}")
	survive kprobe do_sys_openat2 --showstack --probe="$OPEN" "${SIXTEEN[@]:1}"
}

@test "our handlers' own calls are no events of the kernel's" {
	printf '/etc/hostname\0' >path
	call_begin absent "$BATS_TEST_TMPDIR/path"
	# How much of a CPU each page fault costs a busy machine is not asked here.
	follow_begin --follow --engine=ftrace --showstack --probe="$OPEN" --probe='p:f find_vma' \
		--pid="$CALLER" --duration=5 --budget=0
	call_end
	follow_end
	cat err >&2 # where one of these is not there
	grep -q 'o: (do_sys_openat2+0x0/0x[0-9a-f]*) file=(not present)' out
	grep -q 'f: (find_vma+0x' out
	run ! grep -F '[kp_' out
	[[ $FOOTER =~ missed=([0-9]+) ]]
	((BASH_REMATCH[1] > 0))
}

@test "no name in a module hides a function of the kernel's from who probes it by name" {
	local ko
	for ko in "$KP_WORKDIR"/cache/*/module.ko; do
		nm --defined-only "$ko" | awk '{ print $3 }'
	done | grep -v '\.' | sort -u >names # but for the compiler's own
	(($(wc -l <names) > 50))
	grep -q '^with_stack$' names
	# A header's inline function, such as find_next_bit, has copies in many files of
	# the kernel, local ones all: who asks for it has to say which one anyway.
	awk 'NR == FNR { ours[$1]; next } NF == 3 && $2 ~ /^[tT]$/ && $3 in ours { n[$3]++; global[$3] += $2 == "T" }
		END { for (name in n) if (n[name] == 1 || global[name]) print name }' \
		names /proc/kallsyms >hidden
	assert_equal "$(<hidden)" ''
}

@test "a device that is opened while its module fails to load does no harm" {
	local ko name opener
	ko=$(built --follow --probe=version_proc_show)
	name=$(modinfo -F name "$ko")
	(
		while [[ ! -e stop ]]; do
			: <"/dev/kp/$name"
		done
	) 2>/dev/null 3>&- &
	opener=$!
	for _ in {1..30}; do
		run ! insmod "$ko" funcname=no_such_function
	done
	: >stop
	wait "$opener" || : # its last open failed
	assert_equal "$(find /dev/kp /sys/class -name 'kp*_version_proc_show' 2>/dev/null)" ''
}

@test "what reads a module's counts while it comes and goes does no harm" {
	local ko name reader i
	ko=$(built --probe=version_proc_show)
	name=$(modinfo -F name "$ko")
	(
		while [[ ! -e stop ]]; do
			read -r _ <"/sys/module/$name/parameters/stats"
			read -r _ <"/sys/module/$name/parameters/unseen"
		done
	) 2>/dev/null 3>&- &
	reader=$!
	for i in {1..20}; do
		insmod "$ko"
		rmmod "$name"
		run ! insmod "$ko" funcname=no_such_function
	done
	: >stop
	wait "$reader" || :
}

# many() { # <how many> <kp_load option>...: as many modules of that shape, loaded
many() {
	local ko name other i most=$1
	local -a names
	shift
	ko=$(built "$@" --probe=version_proc_show)
	name=$(modinfo -F name "$ko")
	for ((i = 1; i <= most; i++)); do
		# As long as its own, for the object's sake.
		printf -v other '%s%04d' "${name::-4}" "$i"
		sed "s/$name/$other/g" "$ko" >many.ko
		insmod many.ko ${RING:+"$RING"} || break
		names+=("$other")
	done
	echo "# ${#names[@]} modules at once" >&3
	call_it 1
	for name in "${names[@]}"; do
		assert_equal "$(stat_of "$name" hits)" 1
		rmmod "$name"
	done
	assert_equal "${#names[@]}" "$most"
}

@test "200 modules are planted at once, and each has its hit" {
	RING='' many 200
}

@test "200 modules with rings are planted at once, and each has its hit" {
	RING=ring_kb=4 many 200 --follow --engine=kprobe
}

@test "a ring too small for a record takes one all the same" {
	local ko
	ko=$(built --follow --engine=ftrace --showstack --probe="$OPEN" \
		"${SIXTEEN[@]:1}")
	insmod "$ko" ring_kb=4
	call_it 1
	run -0 sed -n '1s/.* shown=\([0-9]*\) .*/\1/p' /sys/module/"$(modinfo -F name "$ko")"/parameters/stats
	rmmod "$(modinfo -F name "$ko")"
	((output > 0))
}

@test "probes on one function go without every other function being hooked" {
	local ko poller most
	ko=$(built --follow --engine=ftrace --showstack --probe="$OPEN" \
		"${SIXTEEN[@]:1}")
	insmod "$ko"
	(
		while [[ ! -e stop ]]; do
			grep -c . /sys/kernel/tracing/enabled_functions
		done >lines
	) 3>&- &
	poller=$!
	rmmod "$(modinfo -F name "$ko")"
	: >stop
	wait "$poller" || : # where it found none
	most=$(sort -n lines | tail -n 1)
	((most <= 2))
}

# loop_calls() { # <module>: getppid, over and over, until the budget speaks
loop_calls() {
	timeout 60 perl -e 'for (;;) { getppid() for 1 .. 100000 }' 3>&- &
	local caller=$!
	loop_until 100 grep -qv '^0$' "/sys/module/$1/parameters/steps" || :
	kill "$caller"
}

@test "the budget sees what is added up: counted by stack, a hot function rests" {
	local ko module
	ko=$(built --count=stack --engine=kprobe --probe=__x64_sys_getppid)
	# Hits alone, at 80 ns each, would not come to as much.
	module=$(modinfo -F name "$ko")
	insmod "$ko" budget=25
	loop_calls "$module"
	run kernel_log
	rmmod "$module"
	[[ $output =~ $module:\ budget:\ [0-9]+%\ of\ a\ CPU,\ 25%\ allowed:\ disarmed ]]
}

@test "the budget sees the entry of a return probe, too" {
	local ko module
	# 64 words are taken at the entry, one at the return; none is ever shown.
	ko=$(built --follow \
		--probe='r:o __x64_sys_getppid stack=+0($stack):x64[64] $retval')
	module=$(modinfo -F name "$ko")
	insmod "$ko" budget=25 errors=1
	loop_calls "$module"
	run kernel_log
	rmmod "$module"
	[[ $output =~ $module:\ budget:\ [0-9]+%\ of\ a\ CPU,\ 25%\ allowed:\ (1\ hit|hits|dis) ]]
}

@test "a second user of ftrace on the function changes nothing in an event's flags" {
	local engine
	for engine in ftrace kprobe; do
		follow_begin --follow --engine="$engine" --probe=version_proc_show --duration=6
		call_it 1
		echo version_proc_show >/sys/kernel/tracing/set_ftrace_filter
		echo function >/sys/kernel/tracing/current_tracer
		call_it 1
		echo nop >/sys/kernel/tracing/current_tracer
		echo >/sys/kernel/tracing/set_ftrace_filter
		follow_end
		assert_equal "$(awk '{ print $3 }' out | paste -sd ' ')" '.... ....'
	done
}

# optimisable() { # <function>: an offset at which the kernel puts a jump
optimisable() {
	local offset events=/sys/kernel/tracing/kprobe_events
	for offset in {5..120}; do
		echo "p:jump $1+$offset" 2>/dev/null >"$events" || continue
		echo 1 >/sys/kernel/tracing/events/kprobes/jump/enable
		sleep 0.5
		grep -q 'OPTIMIZED' /sys/kernel/debug/kprobes/list && OFFSET=$offset
		echo 0 >/sys/kernel/tracing/events/kprobes/jump/enable
		: >"$events"
		[[ -z $OFFSET ]] || return 0
	done
	return 1
}

@test "a probe by jump that is hit in an NMI has the flags that the kernel's own has" {
	local ko OFFSET='' tracing=/sys/kernel/tracing
	local -a busy=()
	optimisable show_regs
	ko=$(built --probe=version_proc_show)
	insmod "$ko" "funcname=show_regs+$OFFSET" event=regs
	echo "p:jump show_regs+$OFFSET" >"$tracing/kprobe_events"
	echo 1 >"$tracing/events/kprobes/jump/enable"
	loop_until 100 grep -q 'show_regs.*OPTIMIZED' /sys/kernel/debug/kprobes/list
	# An idle CPU's registers are not shown.
	for _ in $(seq "$(nproc)"); do
		timeout 60 perl -e '1 while 1' 3>&- &
		busy+=($!)
	done
	for _ in 1 2 3; do
		echo l >/proc/sysrq-trigger
		sleep 1
	done
	loop_until 50 grep -qv '^hits=0 ' /sys/module/"$(modinfo -F name "$ko")"/parameters/stats
	kill "${busy[@]}"
	sed -n 's/^.*\] \([^ ]*\) *[0-9.]*: jump: .*/\1/p' "$tracing/trace" | cut -c1-4 >theirs
	# The kernel tells every NMI as one within an interrupt, as which it counts.
	sed -i 's/Z/z/' theirs
	echo 0 >"$tracing/events/kprobes/jump/enable"
	: >"$tracing/kprobe_events"
	rmmod "$(modinfo -F name "$ko")"
	kernel_log | sed -n 's/.*\] \([^ ]*\) [0-9.]*: regs: (show_regs+.*/\1/p' >ours
	# The kernel's own words of that, which are no complaint.
	MARK="test $BATS_TEST_NAME $RANDOM"
	echo "$MARK" >/dev/kmsg
	grep -q '^..[zZ]' ours
	assert_equal "$(sort ours)" "$(sort theirs)"
}
