# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# vm.bats - the words that QEMU is started with; the QEMU here only writes them
# down. What guests do is for the tiers vm and rehearse.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	kp_lib log paths cleanup vm
	KP_DEV=$BATS_TEST_TMPDIR # has no kvm
	unset KP_VM_ACCEL
	kp_vm_image() { echo /vmlinuz; }
	_kp_vm_initrd() { :; }
}

# qemu() { # <what it says of its version>: the words after -accel
qemu() {
	fake qemu-system-x86_64 <<-FAKE
		[[ \$1 != --version ]] || printf '%s\n' ${1@Q}
	FAKE
	: >"$FAKE_CALLS"
	kp_vm_start 6.1.0 "$BATS_TEST_TMPDIR"
	wait "$KP_VM_PID"
	sed -nE 's/.* (-accel .*) -m .*/\1/p' "$FAKE_CALLS"
}

@test "one thread emulates all processors where QEMU is older than 8.1, or does not say" {
	local version
	for version in '7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)' 6.0.0 8.0.5 ''; do
		assert_equal "$(qemu "QEMU emulator version $version")" \
			'-accel tcg,thread=single -cpu qemu64'
	done
}

@test "each processor has a thread where QEMU is 8.1 or newer" {
	local version
	for version in 8.1.0 8.2.2 9.0.0 '10.0.2 (Debian 1:10.0.2+ds-2)' 10.10.0; do
		assert_equal "$(qemu "QEMU emulator version $version")" \
			'-accel tcg,thread=multi -cpu qemu64'
	done
}

@test "KP_VM_ACCEL takes the place of the accelerator's words, and QEMU is not asked" {
	KP_VM_ACCEL='-accel tcg,thread=multi -cpu max'
	assert_equal "$(qemu 'QEMU emulator version 7.2.22')" "$KP_VM_ACCEL"
	assert_equal "$(fake_calls qemu-system-x86_64 | grep -c -- --version)" 0
}
