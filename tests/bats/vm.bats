# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# vm.bats - the words that QEMU is started with; the QEMU here only writes them
# down. What guests do is for the tiers vm and rehearse.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	kp_lib log paths cleanup kernel place/vm
	KP_DEV=$BATS_TEST_TMPDIR # has no kvm
	unset KP_VM_ACCEL
	kp_kernel_image() { echo /vmlinuz; }
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

@test "every guest has our word on its kernel's command line, whatever is added" {
	KP_VM_APPEND='-- kp_load.guest=0'
	qemu 'QEMU emulator version 8.1.0' >/dev/null
	run -0 grep -oE -- '-append .* -fsdev local,id=root' "$FAKE_CALLS"
	[[ $output == *' kp_load.guest=1 -- kp_load.guest=0 '* ]]
}

@test "a comma in a path is no end of it to QEMU" {
	KP_SYSROOT=$BATS_TEST_TMPDIR/a,readonly=off
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/b,c
	mkdir "$BATS_TEST_TMPDIR"
	qemu 'QEMU emulator version 8.1.0' >/dev/null
	run -0 grep -cF -e "path=${KP_SYSROOT%,*},,readonly=off,security_model" "$FAKE_CALLS"
	run -0 grep -cF -e "path=${BATS_TEST_TMPDIR%,*},,c,security_model" "$FAKE_CALLS"
}

@test "a guest is told by that word alone" {
	local line
	KP_PROC=$BATS_TEST_TMPDIR
	run ! kp_kernel_is_guest
	for line in '' 'quiet' 'kp_load.guest=10' 'xkp_load.guest=1 quiet' 'kp_load.guest'; do
		printf '%s\n' "$line" >"$KP_PROC/cmdline"
		run ! kp_kernel_is_guest
	done
	for line in 'kp_load.guest=1' 'quiet kp_load.guest=1' 'kp_load.guest=1 -- x'; do
		printf '%s' "$line" >"$KP_PROC/cmdline"
		run -0 kp_kernel_is_guest
	done
}

@test "KP_REHEARSAL makes nothing be planted here, but in a guest" {
	export KP_SYSROOT=$BATS_TEST_TMPDIR/root KP_REHEARSAL=/run/kp_vm
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	cp -r "$FIXTURES/build/root" "$KP_SYSROOT"
	# What is asked of the machine tells: to load here, or to boot a guest.
	run -11 "$KP_LOAD" --kver=6.1.0-56-amd64 --rehearse --probe=vfs_read
	assert_contains 'error: kernel image 6.1.0-56-amd64: no vmlinuz'
	refute_contains 'is not running'
	echo 'quiet kp_load.guest=1' >"$KP_SYSROOT/proc/cmdline"
	run -11 "$KP_LOAD" --kver=6.1.0-56-amd64 --rehearse --probe=vfs_read
	refute_contains 'kernel image'
	assert_contains 'is not running'
}

# guest() { # a QEMU that does in DIR what stdin says, as a guest's job would
# Sets status, output, and how long it took to took.
guest() {
	local DIR=$BATS_TEST_TMPDIR began
	fake qemu-system-x86_64 <<-FAKE
		[[ \$1 != --version ]] || exit 0
		DIR=${DIR@Q}
		$(cat)
	FAKE
	KP_VM_SILENCE=3
	began=$SECONDS
	waited() {
		kp_vm_start 6.1.0 "$DIR" && kp_vm_wait "$DIR"
	}
	run waited
	took=$((SECONDS - began))
}

@test "a guest that stops giving signs of life is ended, and said to have hung" {
	guest <<-'END'
		echo Oops >"$DIR/console"
		for _ in 1 2 3; do
			printf . >>"$DIR/alive"
			sleep 1
		done
		exec sleep 100
	END
	assert_equal "$status" 14
	assert_equal "$output" "kp_load: error: guest: the guest stopped answering: no sign of life for 3 seconds
  Oops"
	((took >= 5 && took < 20))
}

@test "a guest whose job is silent lives as long as its processes run" {
	guest <<-'END'
		for _ in {1..8}; do
			printf . >>"$DIR/alive"
			sleep 1
		done
		echo 0 >"$DIR/status"
	END
	assert_equal "$status $output" '0 '
}

@test "what a guest prints is a sign of life, and until its first it has twice as long" {
	guest <<-'END'
		sleep 4
		for _ in {1..6}; do
			echo . >>"$DIR/console"
			sleep 1
		done
		exec sleep 100
	END
	assert_equal "$status" 14
	assert_equal "${lines[0]}" 'kp_load: error: guest: the guest stopped answering: no sign of life for 6 seconds'
	((took >= 15 && took < 40))
}

@test "a guest whose clock are its instructions is not taken for hung" {
	KP_VM_ACCEL='-accel tcg -icount shift=0' KP_VM_TIMEOUT=8
	guest <<<'exec sleep 100'
	assert_equal "$status" 14
	assert_contains 'no end after 8 seconds'
}

@test "KP_VM_ACCEL takes the place of the accelerator's words, and QEMU is not asked" {
	KP_VM_ACCEL='-accel tcg,thread=multi -cpu max'
	assert_equal "$(qemu 'QEMU emulator version 7.2.22')" "$KP_VM_ACCEL"
	assert_equal "$(fake_calls qemu-system-x86_64 | grep -c -- --version)" 0
}
