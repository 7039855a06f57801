# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity/vm.sh - gates: can we try one in a VM? Needs what sanity.sh needs.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_VM_SOURCED:-} ]] && return 0
_KP_SANITY_VM_SOURCED=1

kp_sanity_gate_emulator() {
	local arch=$HOSTTYPE
	[[ $arch != i?86 ]] || arch=i386
	_kp_sanity_gate_command "qemu-system-$arch" qemu
}

# The initramfs holds nothing but busybox, so it must not need libraries. A
# dynamic program names its loader near its start: /lib64/ld-linux-x86-64.so.2
kp_sanity_gate_busybox() {
	local path command
	local -a strings=()
	_kp_sanity_gate_command busybox busybox || return
	path=$KP_SANITY_DETAIL
	mapfile -t -d '' -n 400 strings <"$path"
	[[ " ${strings[*]} " == */lib*/ld-* ]] || return 0
	kp_distro_install command busybox
	_kp_sanity_fail "$path: is not static" "$command"
}

kp_sanity_gate_image() {
	local file command
	for file in "$KP_BOOT/vmlinuz-$KP_RELEASE" \
		"$KP_LIB_MODULES/$KP_RELEASE/vmlinuz"; do
		[[ -f $file ]] || continue
		[[ -r $file ]] && _kp_sanity_ok "$file" && return
		_kp_sanity_fail "$file: uid $EUID may not read it" "chmod a+r $file"
		return
	done
	if kp_distro_is_packaged; then
		kp_distro_install command image
	else
		kp_distro_install command kernel
	fi
	_kp_sanity_fail "$KP_RELEASE: no vmlinuz in $KP_BOOT" "$command" \
		'--kver=RELEASE names an installed kernel'
}
