#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() { call_build; }
setup() { guest_setup; }
teardown() { guest_teardown; }

# reg() { # <name>: its value in the output, as a number without leading zeros
reg() {
	[[ $output =~ [\ ]$1=([0-9a-f]+) ]] && printf '%x\n' "$((16#${BASH_REMATCH[1]}))"
}

# address() { # <function>: where it begins
address() {
	awk -v name="$1" '$3 == name { print $1; exit }' /proc/kallsyms
}

@test "--showregs shows every register by name, and ip is the probed address" {
	local name
	"$KP_LOAD" --probe=version_proc_show --showregs
	call_it 1
	"$KP_LOAD" --unload=all
	run kernel_log
	for name in ip sp flags cs ss ax bx cx dx si di bp orig_ax r8 r9 r10 r11 r12 r13 r14 r15; do
		reg "$name"
	done
	assert_equal "$(reg ip)" "$(address version_proc_show)"
	assert_equal "$(grep -cE '\] kp_version_proc_show: [0-9]{3}\)  [a-z0-9]+=' <<<"$output")" 5
}

@test "--showregs and --args agree: di, si and dx are the first three arguments" {
	call_begin open /etc/hostname
	"$KP_LOAD" --probe=do_sys_openat2 --args --showregs --pid="$CALLER"
	call_end
	"$KP_LOAD" --unload=all
	run kernel_log
	[[ $output =~ dfd=-100\ filename=\"/etc/hostname\"\ how=0x([0-9a-f]+) ]]
	assert_equal "$(reg dx)" "${BASH_REMATCH[1]}"
	assert_equal "$(reg di | grep -o '.\{8\}$')" ffffff9c
	[[ $(reg si) == 7ff* ]]
}

@test "--showregs of a return probe: ax is what is returned, ip where to" {
	local from to
	call_begin open /etc/hostname
	"$KP_LOAD" --probe=do_sys_openat2 --ret --showregs --pid="$CALLER"
	call_end
	"$KP_LOAD" --unload=all
	run kernel_log
	[[ $output =~ \(([a-z0-9_]+)\+0x([0-9a-f]+)/0x[0-9a-f]+\ \<-\ do_sys_openat2\)\ ret=([0-9]+)\  ]]
	from=$(address "${BASH_REMATCH[1]}") to=${BASH_REMATCH[2]}
	assert_equal "$(reg ax)" "$(printf '%x' "${BASH_REMATCH[3]}")"
	assert_equal "$(reg ip)" "$(printf '%x' "$((16#$from + 16#$to))")"
}

@test "--check shows how a function is called, out of the running kernel's types" {
	run "$KP_LOAD" --check --probe=do_sys_openat2
	assert_equal "$status" 0
	assert_contains $'\nok    prototype       long int do_sys_openat2(int dfd, const char *filename, struct open_how *how);'
}

@test "the registers can be switched off while it is planted" {
	"$KP_LOAD" --probe=version_proc_show --showregs
	echo 0 >/sys/module/kp_version_proc_show/parameters/show_regs
	call_it 3
	"$KP_LOAD" --unload=all
	run kernel_log
	refute_contains ' ax='
}
