#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What --args says of the functions that people ask for first, compared with
# what was done. Planted shapes are built before the guest boots: show.shapes.

load ../bats/helpers/common
load ../bats/helpers/guest

setup_file() {
	call_build
	[[ -d /run/kp_vm ]] || return 0
	# A file system of its own for what ext4 and block devices show.
	modprobe brd rd_nr=1 rd_size=16384
	mkfs.ext4 -q /dev/ram0
	mkdir -p /run/disk
	mount /dev/ram0 /run/disk
	mkdir -p /run/disk/some/where
	echo hello >/run/disk/some/where/greeting
}

teardown_file() {
	[[ -d /run/kp_vm ]] || return 0
	umount /run/disk
	rmmod brd
}

setup() { guest_setup; }
teardown() { guest_teardown; }

# shown() { # <function>: what its lines say, without where and when
shown() {
	kernel_log | sed -nE "s/^.*: $1: \($1\+0x[^)]*\) ?//p"
}

# see() { # <function> <action> [argument...]: plants, calls, removes
# The lines that the call made are the output.
see() {
	local function=$1
	shift
	call_begin "$@"
	"$KP_LOAD" --probe="$function" --args --pid="$CALLER"
	call_end
	"$KP_LOAD" --unload=all
	run shown "${function##*:}"
}

# assert_line() { # <extended regular expression>: a whole line of the output
assert_line() {
	grep -qxE -- "$1" <<<"$output" && return 0
	printf 'expected a line: %s\nbut was:\n%s\n' "$1" "$output" >&2
	return 1
}

@test "do_sys_openat2 shows the path as the caller gave it" {
	see do_sys_openat2 open /run/disk/some/where/greeting
	assert_line 'dfd=-100 filename="/run/disk/some/where/greeting" how=0xffff[0-9a-f]{12}'
}

@test "vfs_read shows the file and the size that was asked for" {
	see vfs_read read /run/disk/some/where/greeting 173 0
	assert_line 'file="/some/where/greeting" buf=0x7[0-9a-f]+ count=173 pos=0xffff[0-9a-f]{12}'
}

@test "vfs_write shows the file and the size that was written" {
	see vfs_write write /run/disk/some/where/new 4711
	assert_line 'file="/some/where/new" buf=0x7[0-9a-f]+ count=4711 pos=0xffff[0-9a-f]{12}'
}

@test "tcp_v4_connect shows address and port" {
	see tcp_v4_connect connect 127.0.0.1 7919
	assert_line 'sk=0xffff[0-9a-f]{12} uaddr=127.0.0.1:7919 addr_len=16'
}

@test "__x64_sys_connect shows the user's address and port" {
	see __x64_sys_connect connect 127.1.2.3 65535
	assert_line 'fd=[0-9]+ uservaddr=127.1.2.3:65535 addrlen=16'
}

@test "__kmalloc shows size and flags by name" {
	# 30 of 130 descriptors are on the stack; a list of 100 has 816 bytes.
	see __kmalloc poll 130
	assert_line 'size=816 flags=GFP_KERNEL'
}

@test "kmem_cache_alloc shows the cache by name, and flags by name" {
	see kmem_cache_alloc open /etc/hostname
	assert_line 's="names_cache" gfpflags=GFP_KERNEL'
	assert_line 's="filp" gfpflags=GFP_KERNEL(_ACCOUNT)?\|__GFP_ZERO'
}

@test "do_filp_open shows the name inside of struct filename" {
	see do_filp_open open /etc/hostname
	assert_line 'dfd=-100 pathname="/etc/hostname" op=0xffff[0-9a-f]{12}'
}

@test "__x64_sys_execve shows the program, out of the caller's registers" {
	see __x64_sys_execve exec /bin/true
	assert_line 'filename="/bin/true" argv=0x7f[0-9a-f]+ envp=0x0'
}

@test "wake_up_process shows who is woken, as COMM:PID" {
	call_begin sleep 30
	"$KP_LOAD" --probe=wake_up_process --args --filter='p ~ "call:*"' --force
	call_end
	"$KP_LOAD" --unload=all
	run shown wake_up_process
	assert_line "p=call:$CALLER"
}

@test "submit_bio shows device, operation, sector and size" {
	see submit_bio read /dev/ram0 4096 $((1 << 20))
	assert_line 'bio=1,0:READ:2048\+8'
}

@test "ext4_file_open, a module's, shows the path of the file" {
	call_begin open /run/disk/some/where/greeting
	"$KP_LOAD" --mod=ext4 --probe=ext4_file_open --args --pid="$CALLER"
	call_end
	"$KP_LOAD" --unload=all
	run shown ext4_file_open
	assert_line 'inode=0xffff[0-9a-f]{12} filp="/some/where/greeting"'
}

@test "unix_stream_connect shows the path of a socket, also one that ends without NUL" {
	see unix_stream_connect connect-unix /run/no-such-socket
	assert_line 'sock=0xffff[0-9a-f]{12} uaddr=unix:/run/no-such-socket addr_len=21 flags=[0-9]+'
}

@test "unix_stream_connect shows an abstract name with an @" {
	see unix_stream_connect connect-unix @nobody/listens
	assert_line 'sock=0xffff[0-9a-f]{12} uaddr=unix:@nobody/listens addr_len=17 flags=[0-9]+'
}
