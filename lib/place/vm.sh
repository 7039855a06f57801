# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/vm.sh - boots an installed kernel in QEMU, over this machine's own root file
# system, read-only below an overlay in memory; for --rehearse and the tests.
# Needs log.sh paths.sh cleanup.sh; KP_TOP.
#
#	this machine                         the guest
#	DIR/job        what to run           /run/kp_vm/job
#	DIR/stdout...  what it printed  <--  through 9p, as it comes
#	DIR/console    the kernel's words    ttyS0
#	DIR/alive      grows while it lives  /run/kp_vm/alive
#	/              read-only        -->  lower layer of /
[[ -n ${_KP_PLACE_VM_SOURCED:-} ]] && return 0
_KP_PLACE_VM_SOURCED=1

# Seconds that a guest may live, whatever runs in it.
KP_VM_TIMEOUT=${KP_VM_TIMEOUT:-300}
# Seconds without a sign of life after which a guest has hung: it gives one every
# ten (guest/init.sh), and whatever it prints is one. So it is ended within a minute
# of its last; while it boots, and has said little, after twice as long.
KP_VM_SILENCE=55
_KP_VM_SIZES=  # how much it had said when it was last looked at
_KP_VM_SILENT= # how often since then, about once a second
_KP_VM_LOOKED= # when
_KP_VM_HUNG=   # not empty: it was ended for that
# More words for the guest's kernel, such as lockdown=integrity.
KP_VM_APPEND=${KP_VM_APPEND:-}
# Words for QEMU in place of those that choose the accelerator and processor,
# such as -accel tcg,thread=single -icount shift=0 -cpu qemu64.
KP_VM_ACCEL=${KP_VM_ACCEL:-}

# What the guest needs before it has a root file system.
readonly _KP_VM_MODULES=(virtio_pci 9p 9pnet_virtio overlay)

# _kp_vm_unpack() { # <module file>: prints it uncompressed
_kp_vm_unpack() {
	case $1 in
	*.xz) busybox xz -dc <"$1" && return ;;
	*.gz) busybox gzip -dc <"$1" && return ;;
	*.zst)
		if zstd -qdc -- "$1"; then
			return 0
		fi
		# shellcheck source=lib/distro.sh
		source "$KP_TOP/lib/distro.sh"
		kp_err "module $1: the program zstd is needed to unpack it"
		kp_hint "$(kp_distro_install_command zstd)"
		return "$KP_EX_MACHINE"
		;;
	*) cat -- "$1" && return ;;
	esac
	kp_err "module $1: cannot be unpacked for the guest"
	return "$KP_EX_MACHINE"
}

# _kp_vm_initrd() { # <release> <dir>: <dir>/initrd with busybox and modules
_kp_vm_initrd() {
	local release=$1 dir=$2 root=$2/initrd.d name file line said
	local -a list=()
	mkdir -p -- "$root"/{bin,dev,proc,sys,lib,lower,rw,new} \
		|| _kp_vm_unwritten "$dir" || return
	if ! cp -- "$(type -P busybox)" "$root/bin/busybox"; then
		kp_err "program busybox: not found"
		return "$KP_EX_MACHINE"
	fi
	for name in "${_KP_VM_MODULES[@]}"; do
		if ! said=$(modprobe -S "$release" --show-depends "$name" 2>&1); then
			kp_err "kernel $release: has no module $name, which the guest's root file system needs"
			kp_hint "rehearse on a distribution's kernel: --kver=RELEASE"
			return "$KP_EX_MACHINE"
		fi
		# insmod /lib/modules/6.1.0-56-amd64/kernel/fs/9p/9p.ko
		while read -r line file _; do
			[[ $line == insmod ]] || continue
			name=${file##*/} name=${name%%.ko*}.ko
			[[ ! -e $root/lib/$name ]] || continue
			_kp_vm_unpack "$file" >"$root/lib/$name" || return
			list+=("$name")
		done <<<"$said"
	done
	if ! printf '%s\n' "${list[@]}" >"$root/lib/order" \
		|| ! cp -- "$KP_TOP/lib/guest/boot.sh" "$root/init" \
		|| ! chmod 0755 "$root/init" "$root/bin/busybox" \
		|| ! (cd -- "$root" && find . | busybox cpio -o -H newc >../initrd 2>/dev/null) \
		|| ! rm -rf -- "${root:?}"; then
		_kp_vm_unwritten "$dir"
	fi
}

# _kp_vm_unwritten() { # <dir>
_kp_vm_unwritten() {
	kp_err "guest's files in $1: could not be written"
	kp_hint "is the disk full? see df $1"
	return "$KP_EX_MACHINE"
}

# _kp_vm_has_kvm() { # KVM only where the processor shows that it has it
_kp_vm_has_kvm() {
	[[ -r $KP_DEV/kvm && -w $KP_DEV/kvm ]] \
		&& grep -qE '^flags.* (vmx|svm)( |$)' "$KP_PROC/cpuinfo"
}

# _kp_vm_tcg() { # prints the words for emulation by this QEMU
# Before 8.1 a processor could go on with code that it had translated before
# another one changed it, as the kernel does on every (un)planting: of guests of
# QEMU 7.2 in which two processors hit what is disarmed, 6 of 7 died at address
# 0, the patched bytes in their memory intact; of 5 with one thread for both,
# and of 6 of QEMU 10.0, none. Such a death would be told as the probe's fault.
_kp_vm_tcg() {
	local said threads=single
	said=$(qemu-system-x86_64 --version 2>/dev/null) || :
	# QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
	if [[ $said =~ version\ ([0-9]+)\.([0-9]+) ]] \
		&& ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 801)); then
		threads=multi
	fi
	printf '%s\n' "tcg,thread=$threads"
}

# _kp_vm_kill() { # <pid>: undo of starting a guest
_kp_vm_kill() {
	[[ $KP_VM_PID == "$1" ]] || return 0 # it has ended: the number may be another's
	kill -TERM "$1" 2>/dev/null || return 0
	wait "$1" 2>/dev/null || :
}

# _kp_vm_accel() { # <array>: QEMU's words that choose accelerator and processor
_kp_vm_accel() {
	local -n _accel=$1
	if [[ -n $KP_VM_ACCEL ]]; then
		read -ra _accel <<<"$KP_VM_ACCEL"
	elif _kp_vm_has_kvm; then
		_accel=(-accel kvm -cpu host)
	else
		_accel=(-accel "$(_kp_vm_tcg)" -cpu qemu64)
	fi
}

# kp_vm_start() { # <release> <dir>
# Boots a guest that runs the program <dir>/job as root, from <dir>/cwd. What
# it prints comes to <dir>/stdout and stderr while it runs; then its status to
# <dir>/status. The guest's process is KP_VM_PID; kp_vm_wait ends it.
kp_vm_start() {
	local release=$1 dir=$2 image root=${KP_SYSROOT:-/}
	local -a qemu accel bound=()
	if ! image=$(kp_kernel_image "$release"); then
		kp_err "kernel $release: its image is not installed"
		kp_hint "kp_load.sh --check names the package"
		return "$KP_EX_MACHINE"
	fi
	_kp_vm_initrd "$release" "$dir" || return
	: >"$dir/stdout" && : >"$dir/stderr" && : >"$dir/console" && : >"$dir/alive" \
		|| _kp_vm_unwritten "$dir" || return
	_kp_vm_accel accel
	qemu=(
		qemu-system-x86_64
		"${accel[@]}"
		-m "${KP_VM_MEMORY:-1024}"
		-smp "${KP_VM_CPUS:-2}"
		-nodefaults
		-display none
		-no-reboot # a guest that reboots has ended
		-serial "file:$dir/console"
		-kernel "$image"
		-initrd "$dir/initrd"
		-append "console=ttyS0 panic=-1 loglevel=5 quiet printk.devkmsg=on log_buf_len=16M $KP_KERNEL_GUEST_WORD $KP_VM_APPEND"
		# A comma ends a value, two are one.
		-fsdev "local,id=root,path=${root//,/,,},security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-pci,fsdev=root,mount_tag=kp_root"
		-fsdev "local,id=vm,path=${dir//,/,,},security_model=none"
		-device "virtio-9p-pci,fsdev=vm,mount_tag=kp_vm"
		# The network card of the classic example, on a cable to nowhere.
		-netdev "hubport,id=net,hubid=0"
		-device "e1000,netdev=net"
	)
	# Killed, we cannot end it.
	! setpriv --pdeathsig TERM true 2>/dev/null || bound=(setpriv --pdeathsig TERM)
	"${bound[@]}" timeout -k 5 "$KP_VM_TIMEOUT" "${qemu[@]}" </dev/null >"$dir/qemu.log" 2>&1 &
	KP_VM_PID=$!
	_KP_VM_SIZES='' _KP_VM_SILENT=0 _KP_VM_LOOKED=$SECONDS _KP_VM_HUNG=''
	kp_cleanup_push _kp_vm_kill "$KP_VM_PID"
}

# _kp_vm_watch() { # <dir>: ends a guest that has hung
# Whatever its job prints or not: where its processes run, one gives a sign. What
# is counted is looks, as time goes on while this machine sleeps. A second of a
# guest whose clock are its instructions may take minutes: only the time limit
# ends it.
_kp_vm_watch() {
	local sizes limit=$KP_VM_SILENCE
	((SECONDS != _KP_VM_LOOKED)) || return 0
	_KP_VM_LOOKED=$SECONDS
	[[ -z $_KP_VM_HUNG && $KP_VM_ACCEL != *icount* ]] || return 0
	sizes=$(stat -c %s -- "$1/alive" "$1/console" "$1/stdout" "$1/stderr" 2>&1) || :
	if [[ $sizes != "$_KP_VM_SIZES" ]]; then
		_KP_VM_SIZES=$sizes _KP_VM_SILENT=0
		return 0
	fi
	[[ -s $1/alive ]] || limit=$((2 * limit))
	(((_KP_VM_SILENT += 1) >= limit)) || return 0
	_KP_VM_HUNG=$limit
	kill -TERM "$KP_VM_PID" 2>/dev/null || :
}

# kp_vm_wait() { # <dir> [<function> [argument...]]: until the guest has ended
# Meanwhile, and when it has, the function is called, several times a second.
# Status 0 if its job ended, whatever its status; 14 if the guest died or hung,
# with the end of its console told.
kp_vm_wait() {
	local dir=$1 status=0
	local -a meanwhile=("${@:2}")
	while kill -0 "$KP_VM_PID" 2>/dev/null; do
		"${meanwhile[@]}"
		_kp_vm_watch "$dir"
		sleep 0.2
	done
	wait "$KP_VM_PID" || status=$?
	KP_VM_PID=
	"${meanwhile[@]}"
	[[ -s $dir/status ]] && return 0
	if [[ -n $_KP_VM_HUNG ]]; then
		kp_err "guest: the guest stopped answering: no sign of life for $_KP_VM_HUNG seconds"
	elif ((status == 124 || status == 137)); then
		kp_err "guest: no end after $KP_VM_TIMEOUT seconds"
	elif [[ -s $dir/qemu.log && ! -s $dir/console ]]; then
		kp_err "QEMU: $(head -n 1 "$dir/qemu.log")"
		return "$KP_EX_MACHINE"
	else
		kp_err "guest: died before its work was done"
	fi
	if [[ -s $dir/console ]]; then
		tail -n 25 -- "$dir/console" | tr -d '\r' | sed 's/^/  /' >&2
	fi
	return "$KP_EX_FAULT"
}

# kp_vm_run() { # <release> <dir>: the guest's job as if it ran here
# Its standard output comes as it is printed, its standard error at the end; its
# status is ours, or 14 where the guest died.
kp_vm_run() {
	local status=0 tail
	kp_vm_start "$1" "$2" || return
	tail -n +1 -q -s 0.5 -f --pid="$KP_VM_PID" -- "$2/stdout" &
	tail=$!
	kp_vm_wait "$2" || status=$?
	wait "$tail"
	cat -- "$2/stderr" >&2
	((status == 0)) || return "$status"
	return "$(<"$2/status")"
}
