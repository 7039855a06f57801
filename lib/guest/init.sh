#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# guest/init.sh - process 1 of a guest: mounts what a running system has, runs the
# job, tells its status, and ends the guest.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LC_ALL=C
vm=/run/kp_vm
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
hostname kp-guest
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t securityfs security /sys/kernel/security
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing
ip link set lo up 2>/dev/null
# Tells that processes run, to the last: see KP_VM_SILENCE in place/vm.sh. It opens and
# starts nothing while it does, as what is probed may see that.
mkfifo /run/kp_alive
{
	printf kp_alive >/proc/self/comm
	while :; do
		printf . >&3
		read -r -t 10 -u 4
	done
} 3>>"$vm/alive" 4<>/run/kp_alive &
cd -- "$(<"$vm/cwd")" || cd /
bash "$vm/job" </dev/null >>"$vm/stdout" 2>>"$vm/stderr"
status=$?
dmesg >"$vm/dmesg" 2>/dev/null
echo "$status" >"$vm/status"
sync
# QEMU runs with -no-reboot: this ends it at once.
echo b >/proc/sysrq-trigger
