# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # what another shell is to run is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# ends.bats - how a run ends: with one error line where its status is not 0, and
# with what it made undone, or said to be still there.
# bats file_tags=golden

load helpers/common
load helpers/fakes

setup_file() {
	export OUT=$BATS_FILE_TMPDIR/build
	command -v cc >/dev/null || skip 'no C compiler'
	make -s -C "$KP_TOP/tools" OUT="$OUT" "$OUT/asan/kp_run"
}

setup() {
	command -v m4 >/dev/null || skip 'm4 is not installed'
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
}

# program() { # kp_load.sh with other functions, bash, on stdin; its path: PROGRAM
program() {
	local overrides file
	overrides=$(cat)
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	cp -r "$KP_TOP/lib" "$KP_TOP/templates" "$BATS_TEST_TMPDIR/tree"
	printf '%s\n' "$(sed '$d' "$KP_TOP/kp_load.sh")" "$overrides" 'main "$@"' \
		>"$BATS_TEST_TMPDIR/tree/kp_load.sh"
	# What is sourced comes later, and would take their place.
	for file in "$BATS_TEST_TMPDIR"/tree/lib/{cmd/*,place/*,publish}.sh; do
		printf '%s\n' "$overrides" >>"$file"
	done
	chmod +x "$BATS_TEST_TMPDIR/tree/kp_load.sh"
	PROGRAM=$BATS_TEST_TMPDIR/tree/kp_load.sh
}

# one_error() { # <status>: of what was run
one_error() {
	assert_equal "$status" "$1"
	assert_equal "$(grep -c '^kp_load: error: ' <<<"$output") of: $output" "1 of: $output"
}

@test "a program's status that looks like one of ours is no end without a word" {
	local status_of
	for status_of in 2 10 11 12 13 14 20; do
		program <<-END
			kp_options_usage() { (exit $status_of); }
		END
		run "$PROGRAM" --help
		one_error 1
		[[ $output =~ 'internal error: kp_load.sh:'[0-9]+:.*"(status $status_of)" ]]
	done
}

@test "a signal ends it without a word, whatever it was at" {
	local signal program
	for signal in TERM INT HUP; do
		# In a test that fails, of which there are many.
		program <<-'END'
			kp_cmd_status() { : >"$STARTED"; while ! [[ a == b ]]; do ! [[ a == b ]] || continue; done; }
		END
		export STARTED=$BATS_TEST_TMPDIR/started
		set -m # as in the background it would ignore INT
		env --default-signal=HUP,INT,TERM timeout -k 1 60 "$PROGRAM" --status >"$BATS_TEST_TMPDIR/said" 2>&1 &
		program=$!
		set +m
		loop_until 100 test -e "$STARTED"
		kill "-$signal" "$program"
		status=0
		wait "$program" || status=$?
		assert_equal "$status: $(<"$BATS_TEST_TMPDIR/said")" "$((128 + $(kill -l "$signal"))): "
		rm "$STARTED"
	done
}

@test "an error that was told in a command substitution is not told again" {
	fake_headers
	program <<-'END'
		kp_request_read() { local x; x=$(kp_err "thing x: broken"; return 12); }
	END
	run "$PROGRAM" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	one_error 12
	assert_contains 'thing x: broken'
}

@test "output that nobody reads any more ends it as a signal, and silently" {
	program <<-'END'
		kp_options_usage() { return 141; }
	END
	run "$PROGRAM" --help
	assert_equal "$status $output" '141 '
}

@test "whichever tool fails, the end has one error line, and nothing is left" {
	local tool way
	fake_headers
	for tool in m4 sed grep cat cp mv mkdir flock timeout awk chmod; do
		fake "$tool" <<-FAKE
			[[ -z \${KP_FAILS:-} ]] || exit 2
			exec $(type -P "$tool") "\$@"
		FAKE
		way=--dry-run
		[[ $tool != c* ]] || way=--emit=$BATS_TEST_TMPDIR/out
		KP_FAILS=1 run "$KP_LOAD" --kver=6.1.0-56-amd64 "$way" --probe=vfs_read
		((status == 0)) || [[ $(grep -c '^kp_load: error: ' <<<"$output") == 1 ]] || {
			echo "$tool $way: status $status: $output" >&2
			return 1
		}
		[[ -z $(find "$KP_WORKDIR" -name 'run.*' 2>/dev/null) ]]
		((status == 0)) || [[ ! -e $BATS_TEST_TMPDIR/out ]]
		rm -rf -- "$KP_WORKDIR" "${BATS_TEST_TMPDIR:?}"/{out,"bin/$tool"}
		hash -r
	done
}

# planted() { # a machine that has a kp_vfs_read, and plants a second one; PROGRAM
# The kernel is kp_run's (tests/tools/run_fake.c). The viewer opens the device, which
# a reference tells, and ends when it is told to.
planted() {
	fake_headers
	ROOT=$BATS_TEST_TMPDIR/root
	cp -r "$KP_SYSROOT" "$ROOT"
	export KP_SYSROOT=$ROOT KP_LIBEXEC=$BATS_TEST_TMPDIR/libexec
	mkdir -p "$KP_LIBEXEC" "$ROOT"/{dev,sys/module/kp_vfs_read,sys/kernel/debug/kprobes}
	cp "$FIXTURES/symbols/root/proc/kallsyms" "$ROOT/proc"
	cp "$FIXTURES/module/root/proc/uptime" "$ROOT/proc"
	: >"$ROOT/sys/kernel/debug/kprobes/blacklist"
	: >"$ROOT/dev/kmsg"
	printf '\177ELF\0\0name=%s\0' "$(printf 'kp_NAME_%047d' 0 | tr 0 x)" >"$BATS_TEST_TMPDIR/shape.ko"
	cp "$OUT/asan/kp_run" "$KP_LIBEXEC"
	libexec kp_view <<-'FAKE'
		module=$KP_SYSROOT/sys/module/${*: -1} && module=${module/"$KP_SYSROOT/dev/kp/"/}
		echo 1 >"$module/refcnt"
		if [[ -e $KP_SYSROOT/sys/module/follows ]]; then
			until read -r ending 2>/dev/null <"$module/parameters/ending" && ((ending)); do sleep 0.05; done
		fi
		echo 'hits=3 shown=3 filtered=0 dropped=0 missed=0' >&2
	FAKE
	libexec kp_def <<-'FAKE'
		for out in "$@"; do [[ $out == --out=* ]] && break; done
		mkdir -p "${out#--out=}"
		printf '%s\n' ring abc 'p ' 'o ' '- ' 'f ' '0 ' '0 ' '' \
			>"${out#--out=}/summary"
	FAKE
	chmod -R go-w "$BATS_TEST_TMPDIR"
	program <<-'END'
		_kp_plant_check_machine() { :; }
		kp_build_shape() { KP_BUILD_SHAPE=$BATS_TEST_TMPDIR/shape.ko; }
	END
}

# libexec() { # <program> [shell]: its body, bash, on stdin
libexec() {
	{ echo "#!/bin/${2:-bash}" && cat; } >"$KP_LIBEXEC/$1"
	chmod 700 "$KP_LIBEXEC/$1"
}

# in_guest() { # what is planted is rehearsed, in this kernel
in_guest() {
	echo quiet kp_load.guest=1 >"$ROOT/proc/cmdline"
	: >"$ROOT/sys/module/follows"
	rm -r "$ROOT/sys/module/kp_vfs_read"
	fake dmesg <<<'cat "$KP_SYSROOT/dev/kmsg"'
	export KP_REHEARSAL=/run/kp_vm
}

# nothing_is_left() { # but, in the kernel, these
nothing_is_left() {
	assert_equal "$(ls "$ROOT/sys/module")" "$*"
	assert_equal "$(find "$KP_WORKDIR" -name 'run.*')" ''
}

@test "a followed probe is shown, and removed; one that is planted stays" {
	planted
	run -0 --separate-stderr "$PROGRAM" --probe=vfs_read --follow
	assert_equal "$output" ''
	assert_equal "$stderr" 'kp_load: kp_vfs_read is planted already; this one is kp_vfs_read_2
hits=3 shown=3 filtered=0 dropped=0 missed=0'
	nothing_is_left kp_vfs_read
	run -0 --separate-stderr "$PROGRAM" --probe=vfs_read
	assert_equal "$output" ''
	[[ $stderr == *"
kp_load: planted kp_vfs_read_2 on vfs_read
"*'--unload=kp_vfs_read_2' ]]
	nothing_is_left kp_vfs_read$'\n'kp_vfs_read_2
}

@test "a followed probe that cannot be removed is 13, and said to be planted still" {
	planted
	echo 11 >"$ROOT/unload.fail"
	run "$PROGRAM" --probe=vfs_read --follow
	one_error 13
	assert_contains 'error: module kp_vfs_read_2: cannot be removed: Module kp_vfs_read_2 is in use'
	assert_contains '--unload=kp_vfs_read_2'
	assert_equal "$(grep -c '^unload kp_vfs_read_2' "$ROOT/calls")" 20
	nothing_is_left kp_vfs_read$'\n'kp_vfs_read_2
}

@test "so is one that was rehearsed, by way of the log and of the ring" {
	local -a way
	planted
	in_guest
	echo 11 >"$ROOT/unload.fail"
	for way in '' --follow; do
		run timeout 60 "$PROGRAM" --probe=vfs_read ${way:+"$way"} --rehearse=true
		one_error 13
		assert_contains 'error: module kp_vfs_read: cannot be removed: Module kp_vfs_read is in use'
		# By the end it is tried again.
		(($(grep -c '^unload' "$ROOT/calls") > 20))
		nothing_is_left follows$'\n'kp_vfs_read
		rm -r "$ROOT/sys/module/kp_vfs_read" "$ROOT/calls"
	done
}

@test "a probe that can be removed only at the end is said to be removed then" {
	planted
	in_guest
	echo 11 20 >"$ROOT/unload.fail"
	run "$PROGRAM" --probe=vfs_read --rehearse=true
	one_error 13
	assert_contains 'kp_load: removed kp_vfs_read at last'
	nothing_is_left follows
}

@test "a probe that is busy for a moment is removed without a word" {
	planted
	echo 11 15 >"$ROOT/unload.fail"
	run -0 "$PROGRAM" --probe=vfs_read --follow
	refute_contains error
	nothing_is_left kp_vfs_read
}

@test "a rehearsal shows, judges and removes, by way of the log and of the ring" {
	planted
	in_guest
	run -0 timeout 60 "$PROGRAM" --probe=vfs_read --rehearse=true
	assert_contains 'kp_load: rehearsal: loaded, hits=0, missed=0, no warning'
	nothing_is_left follows
	run -0 timeout 60 "$PROGRAM" --probe=vfs_read --follow --rehearse='echo it runs'
	assert_contains 'kp_load: following kp_vfs_read on vfs_read, by ftrace'
	assert_contains 'it runs'
	assert_contains 'hits=3 shown=3 '
	assert_contains 'kp_load: rehearsal: loaded, '
	nothing_is_left follows
}

@test "a rehearsed probe that somebody else removed is told, and the run ends" {
	planted
	in_guest
	run timeout 60 "$PROGRAM" --probe=vfs_read --follow \
		--rehearse='echo 1 >"$KP_SYSROOT/sys/module/kp_vfs_read/parameters/ending"; sleep 1'
	one_error 13
	assert_contains 'error: rehearsal of kp_vfs_read: the probe is gone while it was rehearsed'
	nothing_is_left follows
}

@test "where ftrace refuses, here and in a rehearsal, kprobes are planted, without a word" {
	planted
	# As often as it is refused.
	echo 22 1 >"$ROOT/load.fail"
	run -0 "$PROGRAM" --probe=vfs_read --follow
	refute_contains error
	assert_equal "$(grep -c '^load' "$ROOT/calls")" 2
	nothing_is_left kp_vfs_read
	in_guest
	echo 22 1 >"$ROOT/load.fail"
	run -0 timeout 60 "$PROGRAM" --probe=vfs_read --follow --rehearse=true
	refute_contains error
	assert_contains 'following kp_vfs_read on vfs_read, by kprobe'
	nothing_is_left follows
	# Not where it is ftrace that is asked for.
	unset KP_REHEARSAL
	echo '' >"$ROOT/proc/cmdline"
	echo vfs_read >"$BATS_TEST_TMPDIR/traced"
	mkdir -p "$ROOT/sys/kernel/tracing"
	cp "$BATS_TEST_TMPDIR/traced" "$ROOT/sys/kernel/tracing/available_filter_functions"
	echo 22 >"$ROOT/load.fail"
	run "$PROGRAM" --probe=vfs_read --follow --engine=ftrace
	one_error 13
}

@test "what kp_run refuses, and what ends it otherwise, is one error" {
	planted
	echo 12 >"$ROOT/load.fail"
	run "$PROGRAM" --probe=vfs_read
	one_error 13
	assert_contains 'module kp_vfs_read_2 on vfs_read: out of memory'
	libexec kp_run <<<'exit 42'
	run "$PROGRAM" --probe=vfs_read
	one_error 13
	assert_contains "error: program $KP_LIBEXEC/kp_run: ended with status 42"
	libexec kp_run <<<'kill -KILL $$'
	run "$PROGRAM" --probe=vfs_read
	one_error 13
	assert_contains "error: program $KP_LIBEXEC/kp_run: ended with status 137"
	nothing_is_left kp_vfs_read
}

@test "999 probes of a name, or directories of a name, are an error that says so" {
	planted
	mkdir "$ROOT"/sys/module/kp_vfs_read_{2..999}
	run "$PROGRAM" --probe=vfs_read
	one_error 13
	assert_contains 'module kp_vfs_read: 999 of that name are planted'
	fake_headers
	mkdir -p "$KP_WORKDIR"/{cache,kp_vfs_read{,_{2..999}}}
	chmod -R go-w "$KP_WORKDIR"
	program <<-'END'
		_kp_publish_make() { :; }
		kp_build_source() { :; }
		kp_build_trust() { :; }
		_kp_publish_is_same() { false; }
		mv() { false; }
		rm() { [[ $* == *kp_vfs_read* ]] || command rm "$@"; }
	END
	run "$PROGRAM" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	one_error 12
	assert_contains "directory $KP_WORKDIR/kp_vfs_read: there are 999 of that name"
}

@test "the demonstration installs the C library's headers where they are missing" {
	program <<-'END'
		kp_cmd_demo() {
			local -a missing
			kp_workdir_begin
			_kp_demo_missing missing
			printf 'missing: %s\n' "${missing[*]}"
		}
	END
	export KP_SYSROOT=$BATS_TEST_TMPDIR/bare
	run "$PROGRAM" --demo
	[[ $output =~ missing:.*\ libc ]]
	mkdir -p "$KP_SYSROOT/usr/include"
	: >"$KP_SYSROOT/usr/include/stdio.h"
	run "$PROGRAM" --demo
	assert_contains 'missing: '
	refute_contains libc
}

@test "what apt-get says goes to the run's directory, and is gone with it" {
	program <<-'END'
		kp_cmd_demo() { kp_workdir_begin; _kp_demo_apt update; }
	END
	fake apt-get <<-'FAKE'
		echo 'E: no network' >&2
		exit 100
	FAKE
	TMPDIR=/nonexistent run "$PROGRAM" --demo
	one_error 11
	assert_contains 'E: no network'
	assert_contains 'apt-get update: ended with status 100'
	assert_equal "$(ls "$KP_WORKDIR")" cache
}

@test "a check that fails is told by its row, and ends with 11" {
	fake_headers
	program <<-'END'
		kp_sanity_gate_m4() { _kp_sanity_fail gone; }
	END
	run --separate-stderr "$PROGRAM" --check
	assert_equal "$status: $stderr" "11: "
	[[ $output == *'FAIL  m4 '* ]]
}

@test "what is in sbin is found by who is not root, too" {
	program <<-'END'
		kp_options_usage() { type -P insmod; }
	END
	PATH=/usr/bin:/bin run -0 "$PROGRAM" --help
	[[ $output == */insmod ]]
}

@test "an installation that is left alone says so, a list of packages is ended" {
	fake_headers
	program <<-'END'
		kp_cmd_demo() {
			sleep 100 &
			sleep 0.5
			_kp_demo_apt_left $! install
			kill -0 $! || return
			_kp_demo_apt_left $! update
			wait $! || echo "ended: $?"
		}
	END
	run -0 "$PROGRAM" --demo
	assert_contains 'warning: apt-get install goes on, as process '
	assert_contains 'ended: 143'
}

@test "a rehearsal of which all is filtered is told, and passes" {
	fake_kernel
	rm -r "$KP_SYSROOT"/sys/module/kp_*
	program <<-'END'
		kp_cmd_plant() {
			kp_workdir_begin
			source "$KP_TOP/lib/kmsg.sh"
			source "$KP_TOP/lib/place/guest.sh"
			KP_GUEST_NAME=kp_x KP_KPROBES=/nonexistent
			kp_kmsg_since() { :; }
			KP_GUEST_FOOTER='hits=10 shown=0 filtered=10 dropped=0 missed=0'
			_kp_guest_judge x
			KP_GUEST_FOOTER='hits=10 shown=1 filtered=9 dropped=0 missed=0'
			_kp_guest_judge x
		}
	END
	run -0 "$PROGRAM" --probe=vfs_read --rehearse=true
	assert_equal "$(grep -c 'warning: nothing was shown: all hits were filtered' <<<"$output")" 1
}

@test "a followed probe is removed, however often and fast it is told to end" {
	local follower
	planted
	# What ends it is held until the viewer lets it come, as a plain sh does; bash never.
	libexec kp_view sh <<-'FAKE'
		trap 'echo hits=0 >&2; exit 143' TERM
		: >"$STARTED"
		for i in $(seq 200); do sleep 0.05; done
	FAKE
	export STARTED=$BATS_TEST_TMPDIR/started
	for _ in 1 2 3 4 5; do
		rm -f "$STARTED"
		"$PROGRAM" --probe=vfs_read --follow >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
		follower=$!
		loop_until 100 test -e "$STARTED"
		# As timeout(1) does, and worse.
		for _ in {1..200}; do
			kill -TERM "$follower" 2>/dev/null || break
		done
		status=0
		wait "$follower" || status=$?
		assert_equal "$status $(tail -n 1 "$BATS_TEST_TMPDIR/said")" '143 hits=0'
		nothing_is_left kp_vfs_read
	done
}
