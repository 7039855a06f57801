# shellcheck disable=SC2154 # bats sets BATS_TEST_TMPDIR, common.bash FIXTURES
# SPDX-License-Identifier: GPL-2.0-only
# fakes.bash - tools that only write down how they were called, and a kernel
# that is a tree of files. Each fake is a command in a directory that comes
# first in PATH. Needs common.bash.

# fake() { # <command>: its body, bash, on stdin
# What it is called with goes to $FAKE_CALLS, a line a call.
fake() {
	FAKE_CALLS=$BATS_TEST_TMPDIR/calls
	if [[ $PATH != "$BATS_TEST_TMPDIR/bin:"* ]]; then
		mkdir -p "$BATS_TEST_TMPDIR/bin"
		PATH=$BATS_TEST_TMPDIR/bin:$PATH
	fi
	[[ -e $FAKE_CALLS ]] || : >"$FAKE_CALLS"
	{
		printf '#!/bin/bash\n'
		# shellcheck disable=SC2016 # expanded when the fake runs
		printf 'printf "%%s\\n" "%s${*:+ $*}" >>%q\n' "$1" "$FAKE_CALLS"
		cat
	} >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
	hash -r
}

# fake_calls() { # <command>: prints its calls, in order
fake_calls() {
	grep -E "^$1( |\$)" -- "$FAKE_CALLS" || :
}

# fake_kernel() { # a copy of the module fixture as KP_SYSROOT, with its tools
# The kernel log is three files: klog.before, what was written to dev/kmsg, and
# klog.after. insmod fails if there is insmod.fail, which holds the reason;
# insmod.log and rmmod.log are what the kernel says meanwhile. modprobe.NAME
# lists what comes with a module, in order.
fake_kernel() {
	export KP_SYSROOT=$BATS_TEST_TMPDIR/root
	cp -r "$FIXTURES/module/root" "$KP_SYSROOT"
	: >"$KP_SYSROOT/klog.before"
	: >"$KP_SYSROOT/klog.after"
	fake insmod <<-'FAKE'
		[[ ! -e $KP_SYSROOT/insmod.log ]] \
			|| cat "$KP_SYSROOT/insmod.log" >>"$KP_SYSROOT/klog.after"
		if [[ -e $KP_SYSROOT/insmod.fail ]]; then
			echo "insmod: ERROR: could not insert module $1: $(<"$KP_SYSROOT/insmod.fail")" >&2
			exit 1
		fi
		name=${1##*/} name=${name%.ko}
		mkdir "$KP_SYSROOT/sys/module/$name"
	FAKE
	fake rmmod <<-'FAKE'
		if [[ -e $KP_SYSROOT/rmmod.fail ]]; then
			echo "rmmod: ERROR: Module $1 $(<"$KP_SYSROOT/rmmod.fail")" >&2
			exit 1
		fi
		rm -r "$KP_SYSROOT/sys/module/${1:?}"
		[[ ! -e $KP_SYSROOT/rmmod.log ]] \
			|| cat "$KP_SYSROOT/rmmod.log" >>"$KP_SYSROOT/klog.after"
	FAKE
	fake modprobe <<-'FAKE'
		if [[ ! -e $KP_SYSROOT/modprobe.$1 ]]; then
			echo "modprobe: FATAL: Module $1 not found in directory /lib/modules/x" >&2
			exit 1
		fi
		while read -r name; do
			mkdir "$KP_SYSROOT/sys/module/$name"
			sed -i "1i $name 4096 0 - Live 0x0000000000000000" "$KP_SYSROOT/proc/modules"
		done <"$KP_SYSROOT/modprobe.$1"
	FAKE
	fake dmesg <<-'FAKE'
		cat "$KP_SYSROOT/klog.before"
		[[ ! -f $KP_SYSROOT/dev/kmsg ]] \
			|| sed 's/^/[  100.001000] /' "$KP_SYSROOT/dev/kmsg"
		cat "$KP_SYSROOT/klog.after"
	FAKE
	# A module's file of the fixture is its modinfo in plain text.
	fake modinfo <<-'FAKE'
		case "$1 $3" in
		'-k -n') cat "$KP_SYSROOT/modinfo.${*: -1}" 2>/dev/null ;;
		'-F '*)
			grep -q '^vermagic=' "$3" 2>/dev/null || exit 1
			sed -n "s/^$2=//p" "$3"
			;;
		*) exit 1 ;;
		esac
	FAKE
}

# fake_headers() { # a system with a header tree, a make and a compiler to show
# Enough for the checks and for m4; who builds with them fails.
fake_headers() {
	need_kp_sym
	export KP_SYSROOT=$FIXTURES/build/root
	fake gcc <<-'FAKE'
		[[ $1 == -dump* ]] || exit 1
		echo 12.2.0
	FAKE
	fake make <<-'FAKE'
		exit 1
	FAKE
}

# fake_path() { # <command left out>...: prints a PATH that has all but these
# A directory of links to what a run needs.
fake_path() {
	local dir=$BATS_TEST_TMPDIR/path.$* path name
	local -a dirs
	mkdir -p "$dir"
	IFS=: read -ra dirs <<<"$PATH"
	for path in "${dirs[@]}"; do
		[[ -d $path ]] || continue
		# The first in PATH wins: ln does not overwrite.
		find "$path/" -maxdepth 1 \( -type f -o -type l \) \
			-exec ln -s -t "$dir" {} + 2>/dev/null || :
	done
	for name in "$@"; do
		rm -f "$dir/$name"
	done
	printf '%s\n' "$dir"
}
