#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# sanity.bats - the gates of lib/sanity.sh against a machine made of files:
# setup makes one where all is well, each test breaks one thing.
# bats file_tags=unit
# shellcheck disable=SC2034 # KP_RELEASE and the like are read by sanity.sh
# shellcheck disable=SC2154 # and the paths come from paths.sh
# shellcheck disable=SC2030,SC2031 # every test is a subshell, so bats has it
# shellcheck disable=SC2016 # text with a $ in it is meant for others to read

load helpers/common

REL=6.1.0-56-amd64

setup() {
	KP_SYSROOT=$BATS_TEST_TMPDIR/root
	BIN=$BATS_TEST_TMPDIR/bin
	SRC=$KP_SYSROOT/usr/src
	KP_RELEASE=$REL
	KP_KDIR=
	KP_WORKDIR=$BATS_TEST_TMPDIR/work
	make_machine
	make_headers "$REL"
	make_tools
	kp_lib log paths trust sanity
}

# make_file() { # <path below the root> [line]...
make_file() {
	local path=$KP_SYSROOT/$1
	mkdir -p "${path%/*}"
	if (($# > 1)); then
		printf '%s\n' "${@:2}" >"$path"
	else
		: >"$path"
	fi
}

make_machine() {
	local value
	mkdir -p "$KP_SYSROOT"/{boot,etc,proc/{self,sys/{kernel,debug}}} \
		"$KP_SYSROOT"/sys/kernel/{btf,security,tracing,debug/kprobes} \
		"$KP_SYSROOT"/sys/module/module/parameters
	cd "$KP_SYSROOT" || return
	for value in osrelease=$REL ftrace_enabled=1 kptr_restrict=1 \
		panic_on_oops=0 modules_disabled=0; do
		echo "${value#*=}" >"proc/sys/kernel/${value%%=*}"
	done
	echo 1 >proc/sys/debug/kprobes-optimization
	echo 'ro quiet' >proc/cmdline
	echo 'e1000 1 0 - Live 0x0' >proc/modules
	printf 'nodev\t%s\n' debugfs tracefs securityfs >proc/filesystems
	printf '%s\t%s\n' Name: bash CapEff: 000001ffffffffff >proc/self/status
	echo '         0          0 4294967295' >proc/self/uid_map
	echo 1 >sys/kernel/debug/kprobes/enabled
	echo '[none] integrity confidentiality' >sys/kernel/security/lockdown
	echo N >sys/module/module/parameters/sig_enforce
	: >sys/kernel/btf/vmlinux
	: >sys/kernel/tracing/kprobe_events
	: >"boot/vmlinuz-$REL"
	make_config "boot/config-$REL" CONFIG_KPROBES=y
	set_distro debian
	cd "$KP_TOP" || return
}

# make_config() { # <path below the root> [line]...: a configuration with them
make_config() {
	make_file "$1" 'CONFIG_MODULES=y' 'CONFIG_MODULES_USE_ELF_RELA=y' \
		'CONFIG_HAVE_KPROBES=y' 'CONFIG_KPROBES_ON_FTRACE=y' \
		'# CONFIG_MODULE_SIG_FORCE is not set' 'CONFIG_FUNCTION_TRACER=y' \
		'CONFIG_SECURITY_LOCKDOWN_LSM=y' 'CONFIG_OBJTOOL=y' \
		'CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"' \
		'CONFIG_GCC_VERSION=120200' "${@:2}"
}

# make_headers() { # <release>: as Debian's three packages leave them
make_headers() {
	local tree=$SRC/linux-headers-$1 common=$SRC/linux-headers-${1%-*}-common
	local kbuild=$KP_SYSROOT/usr/lib/linux-kbuild-6.1
	mkdir -p "$tree"/include/{generated,config} "$common" \
		"$kbuild"/{scripts/mod,tools/objtool} "$KP_SYSROOT/lib/modules/$1"
	ln -s ../../lib/linux-kbuild-6.1/scripts ../../lib/linux-kbuild-6.1/tools \
		"$tree"
	ln -s "../../../usr/src/linux-headers-$1" "$KP_SYSROOT/lib/modules/$1/build"
	echo "include /usr/src/linux-headers-${1%-*}-common/Makefile" \
		>"$tree/Makefile"
	: >"$common/Makefile"
	: >"$tree/Module.symvers"
	: >"$tree/include/generated/autoconf.h"
	: >"$tree/include/config/auto.conf"
	echo "#define UTS_RELEASE \"$1\"" >"$tree/include/generated/utsrelease.h"
	make_config "usr/src/linux-headers-$1/.config" CONFIG_KPROBES=y
	printf '%s\n' 'override ARCH = x86' 'CCACHE = ccache' \
		'CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12' \
		>"$tree/.kernelvariables"
	install -m 0755 /dev/null "$kbuild/scripts/mod/modpost"
	install -m 0755 /dev/null "$kbuild/tools/objtool/objtool"
}

# The only commands the gates find: real ones they call, and stand-ins.
make_tools() {
	local tool path
	mkdir "$BIN"
	for tool in grep gzip ls stat readlink realpath; do
		path=$(type -P "$tool")
		ln -s "$path" "$BIN/$tool"
	done
	for tool in make m4 insmod rmmod busybox "qemu-system-$HOSTTYPE"; do
		make_tool "$tool" ''
	done
	make_tool gcc-12 'echo 12.2.0'
}

# make_tool() { # <name> <what it does>
make_tool() {
	printf '#!/bin/sh\n%s\n' "$2" >"$BIN/$1"
	chmod 0755 "$BIN/$1"
}

set_distro() { # <fixture>
	cp "$FIXTURES/sanity/os-release/$1" "$KP_SYSROOT/etc/os-release"
}

# in_machine() { # <command>...: with the tools of this machine only
in_machine() {
	local PATH=$BIN
	hash -r
	"$@"
}

# gate() { # <name> <status> <detail> [remedy [instead]]
# The gate answers with the status; its lines hold the texts; a text that is
# not given must be empty unless the status is fine, where it always is.
gate() {
	local -i got=0
	in_machine "kp_sanity_gate_$1" || got=$?
	output="status $got"$'\n'"$KP_SANITY_DETAIL"
	output+=$'\n'"remedy: $KP_SANITY_REMEDY"$'\n'"instead: $KP_SANITY_INSTEAD"
	assert_contains "status $2"$'\n' || return
	assert_contains "$3" || return
	if [[ -n ${4:-} ]]; then
		assert_contains "remedy: $4" || return
	else
		assert_equal "$KP_SANITY_REMEDY" '' || return
	fi
	[[ -z ${5:-} ]] || assert_contains "instead: $5" || return
	[[ $KP_SANITY_DETAIL != *$'\n'* ]]
}

# config_is() { # <option> <value>
config_is() {
	run -0 in_machine printed kp_kernel_config "$1"
	assert_equal "$output" "$2"
}

need_root() {
	((EUID == 0)) || skip 'needs root'
}

# in_tmpfs() { # <mount options>: the workdir gate on such a file system
in_tmpfs() {
	need_root
	unshare --mount true 2>/dev/null || skip 'needs a mount namespace'
	mkdir -p "$KP_WORKDIR"
	run unshare --mount bash -c '
		mount -t tmpfs -o "$1,mode=0700" none "$2" || exit 99
		source "$3/log.sh"; source "$3/paths.sh"; source "$3/trust.sh"
		KP_TOP=${3%/lib}; source "$3/sanity.sh"
		KP_WORKDIR=$2
		kp_sanity_require workdir' - "$1" "$KP_WORKDIR" "$KP_TOP/lib"
}

# as_nobody() { # <script>: with the libraries, on the real machine
as_nobody() {
	need_root
	type -P setpriv >/dev/null || skip 'needs setpriv'
	setpriv --reuid=65534 --clear-groups test -r "$KP_TOP/lib/sanity.sh" \
		|| skip 'needs a checkout that others can read'
	run env --unset=KP_SYSROOT setpriv --reuid=65534 --regid=65534 \
		--clear-groups bash -c '
			KP_TOP=$2 && source "$1/log.sh" && source "$1/paths.sh" &&
			source "$1/trust.sh" && source "$1/sanity.sh" && shift && '"$1" - "$KP_TOP/lib" "$KP_TOP"
}

# ------------------------------------------------------------------ the whole

@test "on a good machine every gate is fine" {
	run -0 in_machine kp_sanity_report
	refute_contains FAIL
	refute_contains $'\nwarn'
	refute_contains $'\ninfo'
	refute_contains '->'
	assert_contains '27 checks: 27 ok, 0 failed'
}

@test "on a good machine require says nothing" {
	run -0 in_machine kp_sanity_require "${KP_SANITY_LOAD[@]}" \
		"${KP_SANITY_BUILD[@]}" "${KP_SANITY_REHEARSE[@]}"
	assert_equal "$output" ''
}

@test "every gate that a list names exists" {
	local name
	for name in "${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}" \
		"${KP_SANITY_REHEARSE[@]}" "${KP_SANITY_INFO[@]}"; do
		declare -F "kp_sanity_gate_$name"
	done
}

@test "sourcing prints nothing and runs nothing" {
	run -0 env -i PATH=/nonexistent "$BASH" -euc \
		"KP_TOP=$KP_TOP; source $KP_TOP/lib/log.sh; source $KP_TOP/lib/paths.sh
		source $KP_TOP/lib/trust.sh
		source $KP_TOP/lib/sanity.sh; source $KP_TOP/lib/sanity.sh"
	assert_equal "$output" ''
}

@test "report marks a failure, gives its remedy and returns 11" {
	echo 1 >"$KP_PROC/sys/kernel/modules_disabled"
	run -11 in_machine kp_sanity_report root modules
	assert_equal "${lines[0]:0:22}" 'ok    root            '
	assert_equal "${lines[1]:0:22}" 'FAIL  modules         '
	assert_equal "${lines[2]:0:9}" '      -> '
	assert_equal "${lines[3]}" \
		'2 checks: 1 ok, 1 failed, 0 warnings, 0 for information'
}

@test "report does not fail for a warning" {
	echo 1 >"$KP_PROC/sys/kernel/panic_on_oops"
	run -0 in_machine kp_sanity_report panic_on_oops
	assert_equal "${lines[0]:0:5}" 'warn '
	assert_contains '1 warnings'
}

@test "report shows what only a rehearsal needs as information" {
	rm "$BIN/busybox" "$BIN/qemu-system-$HOSTTYPE" "$KP_BOOT/vmlinuz-$REL"
	run -0 in_machine kp_sanity_report
	assert_contains 'info  busybox'
	assert_contains 'info  image'
	assert_contains 'info  qemu'
	run -11 in_machine kp_sanity_report "${KP_SANITY_REHEARSE[@]}"
	assert_contains 'FAIL  emulator'
}

@test "no line of the report but a remedy is wider than 80 columns" {
	local line
	rm -r "${KP_SYSROOT:?}"/{lib,usr,boot,sys}
	echo 6.18.44-fc-v657 >"$KP_PROC/sys/kernel/osrelease"
	KP_RELEASE=6.18.44-fc-v657-with-a-rather-long-suffix-of-its-own
	run -11 in_machine kp_sanity_report
	for line in "${lines[@]}"; do
		[[ $line == *'->'* ]] || ((${#line} <= 80)) || [[ $line != *' '*' '* ]]
	done
}

@test "report has no colour codes where stdout is no terminal" {
	run in_machine kp_sanity_report
	refute_contains $'\e'
}

@test "require collects all failures, each with its hints, and returns 11" {
	rm "$BIN/make" "$BIN/m4"
	run -11 --separate-stderr in_machine kp_sanity_require make m4 workdir
	assert_equal "$output" ''
	assert_equal "$stderr" "kp_load: error: make: not found
kp_load: hint: apt-get install make
kp_load: error: m4: not found
kp_load: hint: apt-get install m4"
}

@test "require names the object in the grammar of messages" {
	rm -r "$KP_LIB_MODULES" "$SRC"
	echo 0 >"$KP_PROC/sys/kernel/ftrace_enabled"
	run -11 in_machine kp_sanity_require headers ftrace_enabled
	assert_contains "kp_load: error: headers $REL: none here"
	assert_contains 'kp_load: error: ftrace kernel.ftrace_enabled=0: entry'
}

@test "require warns where going on is risky, and goes on" {
	echo 1 >"$KP_PROC/sys/kernel/panic_on_oops"
	run -0 in_machine kp_sanity_require panic_on_oops
	assert_contains 'kp_load: warning: panic_on_oops 1: '
	assert_contains 'kp_load: hint: echo 0 > '
}

@test "require is silent about a warning that is not risky" {
	rm "$KP_SYS/kernel/security/lockdown"
	run -0 in_machine kp_sanity_require lockdown tracefs
	assert_equal "$output" ''
}

@test "a gate that does not exist fails" {
	run -11 in_machine kp_sanity_require nonsense
	assert_contains 'kp_load: error: nonsense: no such check'
}

@test "control characters from outside do not reach the terminal" {
	KP_KDIR=$BATS_TEST_TMPDIR/$'tree\e[31m\n'
	run -11 in_machine kp_sanity_require headers
	refute_contains $'\e'
	assert_equal "${#lines[@]}" 2
}

@test "the gates work with unset variables being errors and with errexit" {
	local name
	set -eu
	for name in "${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}" \
		"${KP_SANITY_REHEARSE[@]}" "${KP_SANITY_INFO[@]}"; do
		in_machine "kp_sanity_gate_$name"
	done
	in_machine kp_sanity_require "${KP_SANITY_LOAD[@]}"
}

# ------------------------------------------------------- distribution, packages

@test "the package manager is known by ID, or else by ID_LIKE" {
	local pair
	for pair in debian=apt ubuntu=apt fedora=dnf rocky=dnf opensuse=zypper \
		arch=pacman alpine=apk slackware=unknown; do
		set_distro "${pair%=*}"
		run -0 kp_distro_name
		assert_equal "${pair%=*}=$output" "$pair"
	done
}

@test "without os-release the distribution is unknown, and a command is still given" {
	rm "$KP_ETC/os-release"
	run -0 kp_distro_name
	assert_equal "$output" unknown
	run -0 kp_distro_install_command make
	assert_equal "$output" 'install make'
}

@test "os-release of /usr/lib is read where /etc has none" {
	rm "$KP_ETC/os-release"
	make_file usr/lib/os-release ID=alpine
	run -0 kp_distro_name
	assert_equal "$output" apk
}

@test "a last line of os-release without newline counts" {
	printf 'NAME=x\nID=arch' >"$KP_ETC/os-release"
	run -0 kp_distro_name
	assert_equal "$output" pacman
}

@test "os-release is read, not run" {
	set_distro hostile
	export CANARY=$BATS_TEST_TMPDIR/canary
	run -0 kp_distro_name
	run -0 kp_distro_install_command headers make compiler
	[[ ! -e $CANARY ]]
}

# installs() { # <distribution> <release> <thing>... <expected command>
installs() {
	set_distro "$1"
	KP_RELEASE=$2
	run -0 kp_distro_install_command "${@:3:$#-3}"
	assert_equal "$1 $2: $output" "$1 $2: ${!#}"
}

@test "headers are named as each distribution names them" {
	installs debian "$REL" headers "apt-get install linux-headers-$REL"
	installs ubuntu 6.8.0-45-generic headers \
		'apt-get install linux-headers-6.8.0-45-generic'
	installs debian 6.8.4-3-pve headers \
		'apt-get install proxmox-headers-6.8.4-3-pve'
	installs fedora 6.8.5-301.fc40.x86_64 headers \
		'dnf install kernel-devel-6.8.5-301.fc40.x86_64'
	installs rocky 5.14.0-427.el9.x86_64+debug headers \
		'dnf install kernel-debug-devel-5.14.0-427.el9.x86_64'
	installs opensuse 6.4.0-150600.23.25-default headers \
		'zypper install kernel-default-devel=6.4.0-150600.23.25'
	installs opensuse 6.4.0-150600.10.5-rt headers \
		'zypper install kernel-rt-devel=6.4.0-150600.10.5'
	installs arch 6.9.3-arch1-1 headers 'pacman -S linux-headers'
	installs arch 6.6.32-1-lts headers 'pacman -S linux-lts-headers'
	installs arch 6.6.32-1-MANJARO headers 'pacman -S linux66-headers'
	installs alpine 6.6.31-0-lts headers 'apk add linux-lts-dev'
	installs alpine 6.6.31-0-virt headers 'apk add linux-virt-dev'
}

@test "the image of a release is named as each distribution names it" {
	installs debian "$REL" image "apt-get install linux-image-$REL"
	installs fedora 6.8.5-301.fc40.x86_64 image \
		'dnf install kernel-core-6.8.5-301.fc40.x86_64'
	installs opensuse 6.4.0-150600.23.25-default image \
		'zypper install kernel-default=6.4.0-150600.23.25'
	installs arch 6.6.32-1-zen image 'pacman -S linux-zen'
	installs alpine 6.6.31-0-lts image 'apk add linux-lts'
}

@test "the tools are named as each distribution names them" {
	HOSTTYPE=x86_64
	installs debian "$REL" make m4 kmod qemu busybox libbpf pahole kernel \
		"apt-get install make m4 kmod qemu-system-x86 busybox-static\
 libbpf-dev pahole linux-image-amd64"
	installs ubuntu "$REL" kernel 'apt-get install linux-image-generic'
	installs fedora "$REL" make qemu busybox libbpf pahole kernel compiler \
		'dnf install make qemu-system-x86-core busybox libbpf-devel dwarves kernel gcc'
	installs opensuse "$REL" qemu busybox libbpf pahole kernel compiler \
		'zypper install qemu-x86 busybox-static libbpf-devel dwarves kernel-default gcc'
	installs arch "$REL" qemu busybox libbpf pahole kernel compiler \
		'pacman -S qemu-system-x86 busybox libbpf pahole linux gcc'
	installs alpine "$REL" qemu busybox libbpf pahole kernel compiler \
		'apk add qemu-system-x86_64 busybox-static libbpf-dev pahole linux-lts gcc'
}

@test "the C library's headers, without which no program of ours is built, are named" {
	installs debian "$REL" libc 'apt-get install libc6-dev'
	installs fedora "$REL" libc 'dnf install glibc-devel glibc-static'
	installs opensuse "$REL" libc 'zypper install glibc-devel glibc-devel-static'
	installs arch "$REL" libc 'pacman -S glibc'
	installs alpine "$REL" libc 'apk add musl-dev'
}

@test "the tools of another architecture are named too" {
	HOSTTYPE=aarch64
	installs debian 6.1.0-56-arm64 qemu kernel \
		'apt-get install qemu-system-arm linux-image-arm64'
	installs fedora 6.8.5-301.fc40.aarch64 qemu \
		'dnf install qemu-system-aarch64-core'
}

@test "Debian's compiler package is the one that the headers ask for" {
	KP_KERNEL_CC=gcc-12
	installs debian "$REL" compiler 'apt-get install gcc-12'
	installs fedora "$REL" compiler 'dnf install gcc'
	KP_KERNEL_CC=clang-16
	installs arch "$REL" compiler 'pacman -S clang'
}

@test "a hostile release does not reach a printed command" {
	installs debian '1; rm -rf /' headers 'apt-get install linux-headers-RELEASE'
}

@test "releases that a distribution packaged are told from others" {
	local pair
	for pair in debian=$REL debian=6.12.48+deb13-amd64 \
		debian=6.1.0-0.deb11.5-cloud-amd64 ubuntu=6.8.0-45-generic \
		debian=6.6.31+rpt-rpi-v8 fedora=6.8.5-301.fc40.x86_64 \
		rocky=4.18.0-553.el8_10.x86_64 opensuse=6.4.0-150600.23.25-default \
		arch=6.9.3-arch1-1 arch=6.6.32-1-lts alpine=6.6.31-0-virt; do
		set_distro "${pair%%=*}"
		KP_RELEASE=${pair#*=}
		run -0 kp_distro_is_packaged
	done
	for pair in debian fedora opensuse arch alpine slackware; do
		set_distro "$pair"
		for KP_RELEASE in 6.18.44-fc-v657 6.1.0 6.1.0-rc3-mine+; do
			run -1 kp_distro_is_packaged
		done
	done
}

# -------------------------------------------------------------- configuration

@test "an option is y, m, n or nothing" {
	make_config "boot/config-$REL" CONFIG_KPROBES=y CONFIG_E1000=m \
		'# CONFIG_BTRFS_FS is not set'
	config_is KPROBES y
	config_is CONFIG_KPROBES y
	config_is E1000 m
	config_is BTRFS_FS n
	config_is NO_SUCH_THING ''
	config_is CC_VERSION_TEXT 'gcc-12 (Debian 12.2.0-14) 12.2.0'
}

@test "an option is not taken for another that begins or ends like it" {
	make_file "boot/config-$REL" CONFIG_HAVE_KPROBES=y CONFIG_KPROBES_ON_FTRACE=y \
		CONFIG_MODULES_USE_ELF_RELA=y '# CONFIG_KPROBES is not set'
	config_is KPROBES n
	config_is MODULES ''
}

@test "an option name that is none is refused" {
	run -1 printed kp_kernel_config 'KPROBES|.*'
	assert_equal "$output" ''
}

@test "the configuration comes from the first place that has it" {
	local kdir=usr/src/linux-headers-$REL
	make_config "boot/config-$REL" CONFIG_NOW=boot
	make_config "lib/modules/$REL/config" CONFIG_NOW=modules
	make_config proc/config CONFIG_NOW=proc
	gzip "$KP_PROC/config"
	make_config "$kdir/.config" CONFIG_NOW=headers
	config_is NOW boot
	rm "$KP_BOOT/config-$REL"
	config_is NOW modules
	rm "$KP_LIB_MODULES/$REL/config"
	config_is NOW proc
	rm "$KP_PROC/config.gz"
	config_is NOW headers
	rm "$KP_SYSROOT/$kdir/.config"
	config_is NOW ''
}

@test "the configuration of /proc is not that of another release" {
	rm "$KP_BOOT/config-$REL" "$SRC/linux-headers-$REL/.config"
	make_config proc/config CONFIG_NOW=proc
	gzip "$KP_PROC/config"
	config_is NOW proc
	echo 6.1.0-99-amd64 >"$KP_PROC/sys/kernel/osrelease"
	config_is NOW ''
}

@test "the configuration is read once for all gates" {
	mv "$BIN/grep" "$BIN/real-grep"
	make_tool grep "echo >>'$BATS_TEST_TMPDIR/calls'; exec real-grep \"\$@\""
	in_machine kp_sanity_require "${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}"
	run -0 wc -l <"$BATS_TEST_TMPDIR/calls"
	assert_equal "$output" 1
}

@test "another release or tree is read anew" {
	in_machine kp_kernel_config_load
	make_config boot/config-6.1.0-57-amd64 '# CONFIG_KPROBES is not set'
	KP_RELEASE=6.1.0-57-amd64
	in_machine kp_kernel_config_load
	config_is KPROBES n
}

# ------------------------------------------------------------------- may we load

@test "root: CAP_SYS_MODULE is enough" {
	gate root 0 'CAP_SYS_MODULE'
}

@test "root: without CAP_SYS_MODULE it fails" {
	printf 'CapEff:\t%s\n' 000001fffffeffff >"$KP_PROC/self/status"
	gate root 1 'CAP_SYS_MODULE' 'run it '
}

@test "root: CAP_SYS_MODULE alone, whoever we are, is enough" {
	printf 'CapEff:\t%s\n' 0000000000010000 >"$KP_PROC/self/status"
	gate root 0 'CAP_SYS_MODULE'
}

@test "root: without /proc the user number decides" {
	need_root
	rm "$KP_PROC/self/status"
	gate root 0 'uid 0'
}

@test "root: a plain user fails and is told to be root" {
	as_nobody 'kp_sanity_require root'
	assert_equal "$status" 11
	assert_contains 'kp_load: error: user uid 65534: neither root nor'
	assert_contains 'kp_load: hint: run it as root'
}

@test "release: another kernel than the running one fails" {
	echo 6.1.0-99-amd64 >"$KP_PROC/sys/kernel/osrelease"
	gate release 1 "$REL: is not running, 6.1.0-99-amd64 is" "boot $REL"
}

@test "release: what is none fails" {
	for KP_RELEASE in '' ../../etc 'a b' '$(id)'; do
		gate release 1 'is not a kernel release' --kver
	done
}

@test "release: unknown where /proc does not tell" {
	rm "$KP_PROC/sys/kernel/osrelease"
	gate release 2 unknown 'mount -t proc'
}

@test "modules: a kernel without CONFIG_MODULES fails" {
	HOSTTYPE=x86_64
	make_file "boot/config-$REL" '# CONFIG_MODULES is not set'
	gate modules 1 'built without CONFIG_MODULES' \
		'apt-get install linux-image-amd64' 'boot that kernel'
}

@test "modules: modules_disabled fails and asks for a reboot" {
	echo 1 >"$KP_PROC/sys/kernel/modules_disabled"
	gate modules 1 'modules_disabled=1' reboot
}

@test "modules: without a configuration /proc/modules tells" {
	rm "$KP_BOOT/config-$REL" "$SRC/linux-headers-$REL/.config"
	gate modules 0 'loading is allowed'
	rm "$KP_PROC/modules"
	gate modules 1 'built without CONFIG_MODULES' apt-get
}

@test "modules: unknown for another release without a configuration" {
	KP_RELEASE=6.1.0-99-amd64
	gate modules 2 unknown
}

@test "container: a user namespace fails" {
	echo '         0       1000          1' >"$KP_PROC/self/uid_map"
	gate container 1 'user namespace' 'run it outside'
}

@test "container: one that has the capability is a warning" {
	local mark
	for mark in .dockerenv run/.containerenv run/systemd/container; do
		make_file "$mark"
		gate container 2 "/$mark: a module enters the kernel of the host"
		rm "$KP_SYSROOT/$mark"
	done
	mkdir "$KP_PROC/1"
	printf 'HOME=/\0container=lxc\0' >"$KP_PROC/1/environ"
	gate container 2 'container=lxc of pid 1'
}

@test "container: a mark on a machine's first namespaces is a leftover" {
	make_file .dockerenv
	mkdir "$KP_PROC/self/ns"
	ln -s 'pid:[4026532211]' "$KP_PROC/self/ns/pid"
	gate container 2 '/.dockerenv: a module enters'
	ln -sfn 'pid:[4026531836]' "$KP_PROC/self/ns/pid"
	gate container 0 '/.dockerenv is a leftover'
}

@test "container: one without the capability fails" {
	make_file .dockerenv
	printf 'CapEff:\t%s\n' 00000000a80425fb >"$KP_PROC/self/status"
	gate container 1 '/.dockerenv' 'run it on the host'
}

@test "container: no mark and an unreadable uid_map is none" {
	rm "$KP_PROC/self/uid_map"
	gate container 0 'no container'
}

@test "kmod: insmod or rmmod missing fails" {
	rm "$BIN/rmmod"
	gate kmod 1 'rmmod: not found' 'apt-get install kmod'
	rm "$BIN/insmod"
	gate kmod 1 'insmod: not found' 'apt-get install kmod'
}

@test "kmod: found in sbin though PATH lacks it" {
	rm "$BIN/insmod" "$BIN/rmmod"
	mkdir -p "$KP_SYSROOT/usr/sbin"
	install -m 0755 /dev/null "$KP_SYSROOT/usr/sbin/insmod"
	install -m 0755 /dev/null "$KP_SYSROOT/usr/sbin/rmmod"
	gate kmod 0 'are here'
}

@test "kprobes: CONFIG_KPROBES=y is fine and says where" {
	gate kprobes 0 "CONFIG_KPROBES=y in config-$REL"
}

@test "kprobes: 'is not set' is a no, whatever kallsyms says" {
	HOSTTYPE=x86_64
	make_config "boot/config-$REL" '# CONFIG_KPROBES is not set'
	make_file proc/kallsyms 'ffffffff81000000 T register_kprobe'
	gate kprobes 1 'built without CONFIG_KPROBES' \
		'apt-get install linux-image-amd64'
}

@test "kprobes: without a configuration kallsyms tells" {
	rm "$KP_BOOT/config-$REL" "$SRC/linux-headers-$REL/.config"
	make_file proc/kallsyms '0000000000000000 T register_kprobe'
	gate kprobes 0 kallsyms
	make_file proc/kallsyms '0000000000000000 t __register_kprobe' \
		'0000000000000000 T register_kprobes' \
		'0000000000000000 d register_kprobe'
	gate kprobes 1 'no register_kprobe' apt-get
}

@test "kprobes: a configuration that never mentions it is a no" {
	make_config "boot/config-$REL"
	gate kprobes 1 'built without CONFIG_KPROBES' apt-get
}

@test "kprobes: unknown where nothing tells" {
	rm "$KP_BOOT/config-$REL" "$SRC/linux-headers-$REL/.config"
	gate kprobes 2 'no configuration tells'
}

@test "kprobes: the running kernel's kallsyms says nothing of another release" {
	KP_RELEASE=6.1.0-99-amd64
	make_file proc/kallsyms '0000000000000000 T register_kprobe'
	gate kprobes 2 'no configuration tells'
}

@test "armed: 0 fails and is mended by one echo" {
	echo 0 >"$KP_KPROBES/enabled"
	gate armed 1 'none fires' "echo 1 > $KP_KPROBES/enabled"
}

@test "armed: unknown and a mount command where debugfs is not mounted" {
	rm -r "$KP_KPROBES"
	gate armed 2 'debugfs is not mounted' "mount -t debugfs none $KP_DEBUGFS"
}

@test "armed: no mount command where the kernel has no debugfs" {
	rm -r "$KP_KPROBES"
	printf 'nodev\t%s\n' tracefs >"$KP_PROC/filesystems"
	gate armed 2 'no debugfs'
}

@test "armed: unknown where debugfs has no kprobes" {
	mv "$KP_KPROBES" "$KP_DEBUGFS/other"
	gate armed 2 'no kprobes/enabled'
	make_config "boot/config-$REL" '# CONFIG_KPROBES is not set'
	_KP_KERNEL_CONFIG_KEY=
	gate armed 2 'none to arm'
}

@test "ftrace_enabled: 0 fails, for entry probes then never fire" {
	echo 0 >"$KP_PROC/sys/kernel/ftrace_enabled"
	gate ftrace_enabled 1 'never fire' \
		"echo 1 > $KP_PROC/sys/kernel/ftrace_enabled"
}

@test "ftrace_enabled: a kernel without ftrace is fine" {
	rm "$KP_PROC/sys/kernel/ftrace_enabled"
	gate ftrace_enabled 0 breakpoints
}

@test "lockdown: none is fine" {
	gate lockdown 0 none
}

@test "lockdown: integrity and confidentiality fail" {
	local mode file=$KP_SYS/kernel/security/lockdown
	echo 'none [integrity] confidentiality' >"$file"
	gate lockdown 1 'integrity: the kernel refuses' 'boot without lockdown=' \
		--rehearse
	echo 'none integrity [confidentiality]' >"$file"
	gate lockdown 1 'confidentiality: the kernel refuses' \
		'boot without lockdown='
}

@test "lockdown: without securityfs the command line tells" {
	rm "$KP_SYS/kernel/security/lockdown"
	echo 'quiet lockdown=integrity' >"$KP_PROC/cmdline"
	gate lockdown 1 'integrity: ' 'boot without'
}

@test "lockdown: unknown without securityfs" {
	rm "$KP_SYS/kernel/security/lockdown"
	echo 'quiet nolockdown=integrity' >"$KP_PROC/cmdline"
	gate lockdown 2 unknown 'mount -t securityfs'
}

@test "lockdown: a kernel built without it is fine" {
	rm "$KP_SYS/kernel/security/lockdown"
	make_file "boot/config-$REL" CONFIG_MODULES=y \
		'# CONFIG_SECURITY_LOCKDOWN_LSM is not set'
	gate lockdown 0 none
}

@test "lockdown: a mode that we do not know is a warning" {
	echo 'none [tight]' >"$KP_SYS/kernel/security/lockdown"
	gate lockdown 2 "unknown mode 'tight'"
}

@test "signature: enforcement fails" {
	echo Y >"$KP_SYSMODULE/module/parameters/sig_enforce"
	gate signature 1 'sig_enforce=Y' 'boot without module.sig_enforce' --rehearse
}

@test "signature: CONFIG_MODULE_SIG_FORCE fails where sysfs does not tell" {
	rm "$KP_SYSMODULE/module/parameters/sig_enforce"
	gate signature 0 'not enforced'
	make_config "boot/config-$REL" CONFIG_MODULE_SIG_FORCE=y
	_KP_KERNEL_CONFIG_KEY=
	gate signature 1 'CONFIG_MODULE_SIG_FORCE=y' 'boot a kernel'
}

@test "signature: a kernel without CONFIG_MODULE_SIG is fine" {
	rm "$KP_SYSMODULE/module/parameters/sig_enforce"
	make_file "boot/config-$REL" '# CONFIG_MODULE_SIG is not set'
	gate signature 0 'checks none'
}

@test "signature: unknown where nothing tells" {
	rm "$KP_SYSMODULE/module/parameters/sig_enforce" "$KP_BOOT/config-$REL" \
		"$SRC/linux-headers-$REL/.config"
	gate signature 2 unknown
}

@test "kptr_restrict: 2 is a warning, 0 and 1 are fine" {
	local file=$KP_PROC/sys/kernel/kptr_restrict
	gate kptr_restrict 0 '1: '
	echo 0 >"$file"
	gate kptr_restrict 0 '0: '
	echo 2 >"$file"
	gate kptr_restrict 2 'hidden even from root' "echo 1 > $file"
	rm "$file"
	gate kptr_restrict 2 unknown
}

@test "panic_on_oops: 1 is a warning" {
	local file=$KP_PROC/sys/kernel/panic_on_oops
	echo 1 >"$file"
	gate panic_on_oops 2 'takes the machine down' "echo 0 > $file" --rehearse
	rm "$file"
	gate panic_on_oops 2 unknown
}

# ------------------------------------------------------------------ can we build

@test "make and m4: missing ones fail with each distribution's command" {
	local pair
	rm "$BIN/make" "$BIN/m4"
	for pair in 'debian=apt-get install' 'fedora=dnf install' \
		'opensuse=zypper install' 'arch=pacman -S' 'alpine=apk add'; do
		set_distro "${pair%=*}"
		gate make 1 'make: not found' "${pair#*=} make"
		gate m4 1 'm4: not found' "${pair#*=} m4"
	done
}

@test "headers: the tree is found in each of its places" {
	run -0 printed kp_kernel_find_kdir "$REL"
	assert_equal "$output" "$KP_LIB_MODULES/$REL/build"
	rm "$KP_LIB_MODULES/$REL/build"
	run -0 printed kp_kernel_find_kdir "$REL"
	assert_equal "$output" "$SRC/linux-headers-$REL"
	mkdir "$SRC/kernels"
	mv "$SRC/linux-headers-$REL" "$SRC/kernels/$REL"
	run -0 printed kp_kernel_find_kdir "$REL"
	assert_equal "$output" "$SRC/kernels/$REL"
}

@test "headers: no tree for a release that has none, or is none" {
	run -1 printed kp_kernel_find_kdir 6.1.0-57-amd64
	run -1 printed kp_kernel_find_kdir "../modules/$REL"
	run -1 printed kp_kernel_find_kdir ''
}

@test "headers: none at all fails with the package" {
	rm -r "$KP_LIB_MODULES" "$SRC"
	gate headers 1 "$REL: none here" "apt-get install linux-headers-$REL"
	assert_equal "$KP_SANITY_INSTEAD" ''
}

@test "headers: a dangling build link is none" {
	rm -r "$SRC"
	gate headers 1 "$REL: none here" "apt-get install linux-headers-$REL"
}

@test "headers: those of another release are told apart from none" {
	KP_RELEASE=6.1.0-57-amd64
	gate headers 1 "$KP_RELEASE: only those of another release, $REL" \
		'apt-get install linux-headers-6.1.0-57-amd64' "boot $REL"
}

@test "headers: Debian's -common half is no other release" {
	rm -r "$KP_LIB_MODULES" "$SRC/linux-headers-$REL"
	gate headers 1 "$REL: none here" "apt-get install linux-headers-$REL"
}

@test "headers: a kernel of one's own is pointed to --kdir" {
	KP_RELEASE=6.18.44-fc-v657
	gate headers 1 "$KP_RELEASE: only those" 'self-built kernel: --kdir=DIR' \
		'packaged kernel: apt-get install linux-headers-6.18.44-fc-v657'
}

@test "headers: each missing piece is named" {
	local piece
	for piece in Makefile include/generated/autoconf.h \
		include/generated/utsrelease.h include/config/auto.conf \
		Module.symvers; do
		mv "$SRC/linux-headers-$REL/$piece" "$BATS_TEST_TMPDIR/away"
		gate headers 1 "build: incomplete, no $piece" \
			"apt-get install --reinstall linux-headers-$REL"
		mv "$BATS_TEST_TMPDIR/away" "$SRC/linux-headers-$REL/$piece"
	done
	gate headers 0 complete
}

@test "headers: a tool of the tree is mended by the package it is from" {
	local piece tree=$SRC/linux-headers-$REL
	for piece in scripts/mod/modpost tools/objtool/objtool; do
		mv "$tree/$piece" "$BATS_TEST_TMPDIR/away"
		gate headers 1 "incomplete, no $piece" \
			'apt-get install --reinstall linux-kbuild-6.1'
		mv "$BATS_TEST_TMPDIR/away" "$tree/$piece"
	done
}

@test "headers: modpost that cannot be executed is incomplete" {
	chmod a-x "$SRC/linux-headers-$REL/scripts/mod/modpost"
	gate headers 1 'scripts/mod/modpost is not executable' 'apt-get install'
}

@test "headers: objtool is only needed where the kernel uses it" {
	rm "$SRC/linux-headers-$REL/tools/objtool/objtool"
	make_file "boot/config-$REL" CONFIG_MODULES=y '# CONFIG_OBJTOOL is not set'
	gate headers 0 complete
}

@test "headers: the -common half that the Makefile includes must be there" {
	local common=linux-headers-6.1.0-56-common
	rm "$SRC/$common/Makefile"
	gate headers 1 "incomplete, no $SRC/$common/Makefile" \
		"apt-get install --reinstall $common"
}

@test "headers: an incomplete tree is mended as each distribution does" {
	local pair
	while IFS='|' read -r -a pair; do
		set_distro "${pair[0]}"
		KP_RELEASE=${pair[1]}
		KP_KDIR=$SRC/linux-headers-$REL
		rm -f "$KP_KDIR/Module.symvers"
		gate headers 1 'no Module.symvers' "${pair[2]}"
	done <<-END
		fedora|6.8.5-301.fc40.x86_64|dnf reinstall kernel-devel-6.8.5
		opensuse|6.4.0-150600.23.25-default|zypper install --force kernel-default
		arch|6.9.3-arch1-1|pacman -S linux-headers
		alpine|6.6.31-0-lts|apk fix linux-lts-dev
	END
}

@test "headers: an incomplete tree of one's own is mended by make" {
	KP_RELEASE=6.18.44-fc-v657
	KP_KDIR=$SRC/linux-headers-$REL
	rm "$KP_KDIR/include/generated/autoconf.h"
	gate headers 1 'no include/generated/autoconf.h' \
		"make -C $KP_KDIR modules_prepare"
}

@test "headers: a tree of exactly another release fails" {
	KP_KDIR=$SRC/linux-headers-$REL
	KP_RELEASE=6.1.0-57-amd64
	gate headers 1 "is for '$REL', not 6.1.0-57-amd64" apt-get --kdir
}

@test "the release of a tree is what modules built there say" {
	local tree=$SRC/linux-headers-$REL
	echo 6.1.192 >"$tree/include/config/kernel.release"
	run -0 printed kp_kernel_tree_release "$tree"
	assert_equal "$output" "$REL"
	rm "$tree/include/generated/utsrelease.h"
	run -1 printed kp_kernel_tree_release "$tree"
	assert_equal "$output" ''
}

@test "headers: --kdir that is not there fails" {
	KP_KDIR=$BATS_TEST_TMPDIR/nowhere
	gate headers 1 'nowhere: no such directory' --kdir
}

@test "headers: a full source tree with its Makefile is complete" {
	local tree=$SRC/linux-headers-$REL
	printf '%s\n' 'VERSION = 6' 'include $(srctree)/x' 'all:' >"$tree/Makefile"
	gate headers 0 complete
}

@test "compiler: the one .kernelvariables names is fine" {
	gate compiler 0 'gcc-12 12.2.0, as for the kernel'
	assert_equal "$KP_KERNEL_CC" gcc-12
	run -0 printed kp_kernel_compiler
	assert_equal "$output" gcc-12
}

@test "compiler: missing fails with the package of that version" {
	rm "$BIN/gcc-12"
	make_tool gcc 'echo 13.2.0'
	gate compiler 1 'gcc-12: not found' 'apt-get install gcc-12'
}

@test "compiler: without .kernelvariables it is gcc, or clang as configured" {
	rm "$SRC/linux-headers-$REL/.kernelvariables"
	make_tool gcc 'echo 12.3.0'
	gate compiler 0 'gcc 12.3.0, as'
	make_file "boot/config-$REL" CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=160006
	_KP_KERNEL_CONFIG_KEY=
	gate compiler 1 'clang: not found' 'apt-get install clang'
	make_tool clang 'echo 16.0.6'
	gate compiler 0 'clang 16.0.6, as'
}

@test "compiler: another major version than the kernel's is only a warning" {
	make_tool gcc-12 'echo 13.2.0'
	gate compiler 2 'the kernel was built by version 12' 'if it fails'
	make_tool gcc-12 'echo 12.9.0'
	gate compiler 0 'as for the kernel'
}

@test "compiler: the version text tells where the number is missing" {
	make_file "boot/config-$REL" CONFIG_MODULES=y \
		'CONFIG_CC_VERSION_TEXT="gcc (GCC) 14.1.1 20240522 (Red Hat 14.1.1-4)"'
	gate compiler 2 'built by version 14' 'if it fails'
}

@test "compiler: an unknown builder is fine" {
	make_file "boot/config-$REL" CONFIG_MODULES=y
	gate compiler 0 'gcc-12 12.2.0'
	refute_contains 'as for'
}

@test "compiler: one that does not run fails" {
	make_tool gcc-12 'exit 1'
	gate compiler 1 'does not tell its version' 'apt-get install gcc-12'
}

@test "compiler: .kernelvariables is read, not run" {
	local tree=$SRC/linux-headers-$REL canary=$BATS_TEST_TMPDIR/canary
	make_tool gcc 'echo 12.2.0'
	make_tool evil "echo >'$canary'"
	printf '%s\n' "CC = $BIN/evil" "CC = \$(shell echo >$canary)" \
		"echo >$canary" 'CC = evil' >"$tree/.kernelvariables"
	gate compiler 0 'gcc 12.2.0'
	[[ ! -e $canary ]]
}

@test "compiler: is asked for its version once" {
	make_tool gcc-12 "echo >>'$BATS_TEST_TMPDIR/calls'; echo 12.2.0"
	gate compiler 0 'gcc-12'
	run -0 wc -l <"$BATS_TEST_TMPDIR/calls"
	assert_equal "$output" 1
}

@test "pahole: is needed where the headers bring a vmlinux" {
	make_config "boot/config-$REL" CONFIG_DEBUG_INFO_BTF_MODULES=y
	gate pahole 0 'not needed'
	: >"$SRC/linux-headers-$REL/vmlinux"
	gate pahole 1 'pahole: not found' 'apt-get install pahole'
	make_tool pahole ''
	gate pahole 0 "$BIN/pahole"
}

@test "proc: an empty /proc fails" {
	rm -r "$KP_PROC"
	mkdir "$KP_PROC"
	gate proc 1 'not mounted' 'mount -t proc proc'
}

@test "workdir: one that is not there yet is fine in a writable parent" {
	gate workdir 0 "$BATS_TEST_TMPDIR ("
	[[ ! -e $KP_WORKDIR ]]
}

@test "workdir: a relative one is taken from here" {
	cd "$BATS_TEST_TMPDIR"
	KP_WORKDIR=tmp/x
	gate workdir 0 '. ('
}

@test "workdir: a file or a dangling link in its place fails" {
	: >"$KP_WORKDIR"
	gate workdir 1 'is not a directory' KP_WORKDIR=
	KP_WORKDIR=$BATS_TEST_TMPDIR/link
	ln -s nowhere "$KP_WORKDIR"
	gate workdir 1 'is not a directory' KP_WORKDIR=
	KP_WORKDIR=
	gate workdir 1 'is empty' KP_WORKDIR=
}

@test "workdir: one that trust.sh does not trust fails" {
	kp_lib trust
	mkdir "$KP_WORKDIR"
	chmod 0700 "$KP_WORKDIR"
	gate workdir 0 "$KP_WORKDIR ("
	chmod 0770 "$KP_WORKDIR"
	gate workdir 1 'others can write' "chmod go-w $KP_WORKDIR" KP_WORKDIR=
	chmod 0702 "$KP_WORKDIR"
	gate workdir 1 'others can write' 'chmod go-w ' KP_WORKDIR=
	# What a stranger has put in there would stay: no command makes it ours.
	((EUID == 0)) || return 0
	chown 4242 "$KP_WORKDIR"
	chmod 0700 "$KP_WORKDIR"
	gate workdir 1 'it belongs to uid 4242' KP_WORKDIR= ''
}

@test "workdir: one that others could put in another's place fails for root" {
	((EUID == 0)) || skip 'root alone asks'
	kp_lib trust
	mkdir "$BATS_TEST_TMPDIR/parent"
	chmod 0777 "$BATS_TEST_TMPDIR/parent"
	KP_WORKDIR=$BATS_TEST_TMPDIR/parent/work
	gate workdir 1 "others can write to $BATS_TEST_TMPDIR/parent, which is above it" \
		"chmod go-w $BATS_TEST_TMPDIR/parent" KP_WORKDIR=
	chmod 1777 "$BATS_TEST_TMPDIR/parent"
	gate workdir 0 "$BATS_TEST_TMPDIR/parent ("
	chown 4242 "$BATS_TEST_TMPDIR/parent"
	gate workdir 1 "$BATS_TEST_TMPDIR/parent, which is above it, belongs to uid 4242" KP_WORKDIR= ''
}

@test "headers: a tree that root would run, and others can write to, fails" {
	((EUID == 0)) || skip 'root alone asks'
	kp_lib trust
	cp -r "$FIXTURES/build/root/lib/modules/6.1.0-56-amd64/build" "$BATS_TEST_TMPDIR/tree"
	KP_RELEASE=6.1.0-56-amd64 KP_KDIR=$BATS_TEST_TMPDIR/tree
	mkdir -p "$KP_KDIR/tools/objtool"
	install /dev/null "$KP_KDIR/tools/objtool/objtool"
	gate headers 0 complete
	chown 4242 "$KP_KDIR"
	gate headers 1 "root would run what is in it, and not root alone can write to $KP_KDIR" \
		'run it as its owner' ''
	chown 0 "$KP_KDIR"
	chown 4242 "$KP_KDIR/scripts"
	gate headers 1 "not root alone can write to $KP_KDIR/scripts" 'run it as its owner' ''
}

@test "workdir: a full file system fails" {
	in_tmpfs size=1m
	assert_equal "$status" 11
	assert_contains "work directory $KP_WORKDIR: full, 1024 KiB free of 8192"
	assert_contains 'hint: KP_WORKDIR=DIR names another place'
}

@test "workdir: a file system without inodes fails" {
	in_tmpfs size=64m,nr_inodes=10
	assert_equal "$status" 11
	assert_contains 'inodes free of 100 needed'
}

@test "workdir: a file system with room is fine" {
	in_tmpfs size=64m,mode=700
	assert_equal "$status" 0
}

@test "workdir: a read-only file system fails, root or not" {
	in_tmpfs ro
	assert_equal "$status" 11
	assert_contains "work directory $KP_WORKDIR: read-only file system"
}

@test "workdir: a plain user who may not write there fails" {
	as_nobody 'KP_WORKDIR=$1/lib/x kp_sanity_require workdir'
	assert_equal "$status" 11
	assert_contains "work directory $KP_TOP/lib: uid 65534 may not write there"
}

# --------------------------------------------------------------- can we rehearse

@test "emulator: the one of this machine's architecture is needed" {
	HOSTTYPE=x86_64
	rm -f "$BIN"/qemu-system-*
	gate emulator 1 'qemu-system-x86_64: not found' \
		'apt-get install qemu-system-x86'
	gate qemu 2 'so no --rehearse' 'apt-get install qemu-system-x86'
}

@test "busybox: missing or not static fails" {
	gate busybox 0 "$BIN/busybox"
	printf '\177ELF\2\1\0\0x\0/lib64/ld-linux-x86-64.so.2\0libc.so.6\0' \
		>"$BIN/busybox"
	gate busybox 1 'is not static' 'apt-get install busybox-static'
	printf '\177ELF\2\1\0\0x\0/lib/ld-musl-x86_64.so.1\0' >"$BIN/busybox"
	gate busybox 1 'is not static' 'apt-get install busybox-static'
	rm "$BIN/busybox"
	gate busybox 1 'not found' 'apt-get install busybox-static'
}

@test "image: is in boot or beside the modules" {
	gate image 0 "$KP_BOOT/vmlinuz-$REL"
	mv "$KP_BOOT/vmlinuz-$REL" "$KP_LIB_MODULES/$REL/vmlinuz"
	gate image 0 "$KP_LIB_MODULES/$REL/vmlinuz"
	rm "$KP_LIB_MODULES/$REL/vmlinuz"
	gate image 1 'no vmlinuz' "apt-get install linux-image-$REL" --kver
}

@test "image: for a kernel of one's own the distribution's kernel is offered" {
	HOSTTYPE=x86_64
	KP_RELEASE=6.18.44-fc-v657
	gate image 1 'no vmlinuz' 'apt-get install linux-image-amd64' --kver
}

# ------------------------------------------------------------------ good to know

@test "information never fails" {
	rm -r "$KP_SYS/kernel"/{btf,debug/kprobes,tracing/kprobe_events} \
		"$KP_PROC/sys/debug" "$KP_PROC/sys/kernel/ftrace_enabled"
	make_file "boot/config-$REL" '# CONFIG_FUNCTION_TRACER is not set'
	gate btf 2 none
	gate ftrace 2 none
	gate tracefs 2 'not mounted' "mount -t tracefs none $KP_TRACEFS"
	gate debugfs 2 'not mounted' "mount -t debugfs none $KP_DEBUGFS"
	gate optimization 2 none
	: >"$KP_PROC/filesystems"
	gate tracefs 2 'none in this kernel'
	gate debugfs 2 'none in this kernel'
}

@test "tracefs: is found below debugfs, and without kprobe events said so" {
	mkdir "$KP_DEBUGFS/tracing"
	mv "$KP_TRACEFS/kprobe_events" "$KP_DEBUGFS/tracing"
	gate tracefs 0 "$KP_DEBUGFS/tracing"
	mv "$KP_DEBUGFS/tracing/kprobe_events" "$KP_TRACEFS/trace"
	gate tracefs 2 'no kprobe_events'
}

@test "optimization: off is information" {
	echo 0 >"$KP_PROC/sys/debug/kprobes-optimization"
	gate optimization 2 off 'echo 1 > '
}
