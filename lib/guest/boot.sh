#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# guest/boot.sh - first program of a guest, in its initramfs: loads the modules
# that its root file system needs, puts the overlay together, goes there.
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
while read -r module; do
	/bin/busybox insmod "/lib/$module" || echo "kp_vm: cannot load $module"
done </lib/order
/bin/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose \
	kp_root /lower || echo "kp_vm: no root file system"
/bin/busybox mount -t tmpfs -o mode=0755 rw /rw
/bin/busybox mkdir -p /rw/upper /rw/work
/bin/busybox mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work \
	root /new || echo "kp_vm: no overlay"
/bin/busybox mount -t tmpfs -o mode=0755 run /new/run
/bin/busybox mkdir /new/run/kp_vm
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=none \
	kp_vm /new/run/kp_vm || echo "kp_vm: no way back"
/bin/busybox umount /proc
exec /bin/busybox switch_root -c /dev/console /new /run/kp_vm/init
