# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# ends.bats - how a run ends: with one error line where its status is not 0, and
# with what it made undone, or said to be still there.
# bats file_tags=golden

load helpers/common
load helpers/fakes

setup() {
	command -v m4 >/dev/null || skip 'm4 is not installed'
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
}

# program() {
	local overrides verb
	overrides=$(cat)
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	cp -r "$KP_TOP/lib" "$KP_TOP/templates" "$BATS_TEST_TMPDIR/tree"
	printf '%s\n' "$(sed '$d' "$KP_TOP/kp_load.sh")" "$overrides" 'main "$@"' \
		>"$BATS_TEST_TMPDIR/tree/kp_load.sh"
	# What a verb sources comes later, and would take their place.
	for verb in "$BATS_TEST_TMPDIR"/tree/lib/cmd/*.sh; do
		printf '%s\n' "$overrides" >>"$verb"
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
		"$PROGRAM" --status >"$BATS_TEST_TMPDIR/said" 2>&1 &
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
		kp_request_resolve() { local x; x=$(kp_err "thing x: broken"; return 12); }
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
		[[ -z $(find "$KP_WORKDIR" -name 'run.*' 2>/dev/null) && ! -e $BATS_TEST_TMPDIR/out ]]
		rm -rf -- "$KP_WORKDIR" "${BATS_TEST_TMPDIR:?}/bin/$tool"
		hash -r
	done
}

# planted() { # a program that plants a second kp_vfs_read, and follows or rehearses
planted() {
	fake_kernel
	echo 'is in use' >"$KP_SYSROOT/rmmod.fail"
	mkdir -p "$KP_SYSROOT/dev"
	echo 0 >"$KP_SYSROOT/sys/module/kp_vfs_read/refcnt"
	fake insmod <<-'FAKE'
		cp -r "$KP_SYSROOT/sys/module/kp_vfs_read"{,_2}
	FAKE
	program <<-END
		KP_NAME=kp_vfs_read KP_ENGINE=ftrace
		kp_build() { :; }
		kp_remember() { :; }
		kp_here_view() { :; }
		kp_tools_find() { :; }
		_kp_guest_judge() { :; }
		kp_cmd_plant() { kp_workdir_begin; $1; }
	END
}

@test "a followed probe that cannot be removed is 13, and said to be planted still" {
	planted kp_here_follow
	run "$PROGRAM" --probe=vfs_read --follow
	one_error 13
	assert_contains 'error: module kp_vfs_read_2: cannot be removed: Module kp_vfs_read_2 is in use'
	assert_contains '--unload=kp_vfs_read_2'
	# By the end it is tried again.
	(($(fake_calls rmmod | wc -l) > 20))
}

@test "so is one that was rehearsed, by way of the log and of the ring" {
	planted kp_guest_run
	run "$PROGRAM" --probe=vfs_read --rehearse=true
	one_error 13
	assert_contains 'error: module kp_vfs_read_2: cannot be removed: Module kp_vfs_read_2 is in use'
	rm -r "$KP_SYSROOT/sys/module/kp_vfs_read_2"
	run "$PROGRAM" --probe=vfs_read --follow --rehearse=true
	one_error 13
	assert_contains 'error: module kp_vfs_read_2: cannot be removed: Module kp_vfs_read_2 is in use'
}

@test "a probe that can be removed only at the end is said to be removed then" {
	planted kp_here_follow
	fake rmmod <<-'FAKE'
		if (($(grep -c ^rmmod "$FAKE_CALLS") <= 20)); then
			echo 'rmmod: ERROR: Module kp_vfs_read_2 is in use' >&2
			exit 1
		fi
		rm -r "$KP_SYSROOT/sys/module/${1:?}"
	FAKE
	export FAKE_CALLS
	run "$PROGRAM" --probe=vfs_read --follow
	one_error 13
	assert_contains 'kp_load: removed kp_vfs_read_2 at last'
}

@test "999 probes of a name, or directories of a name, are an error that says so" {
	planted kp_module_plant
	mkdir "$KP_SYSROOT"/sys/module/kp_vfs_read_{2..999}
	run "$PROGRAM" --probe=vfs_read
	one_error 13
	assert_contains 'module kp_vfs_read: 999 of that name are planted'
	fake_headers
	mkdir -p "$KP_WORKDIR"/{cache,kp_vfs_read{,_{2..999}}}
	chmod -R go-w "$KP_WORKDIR"
	program <<-'END'
		_kp_publish_generate() { :; }
		_kp_publish_is_same() { false; }
		mv() { false; }
		rm() { [[ $* == *kp_vfs_read* ]] || command rm "$@"; }
	END
	run "$PROGRAM" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	one_error 12
	assert_contains "directory $KP_WORKDIR/kp_vfs_read: there are 999 of that name"
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
			KP_NAME=kp_x KP_KPROBES=/nonexistent
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
	local i follower
	planted kp_here_follow
	rm "$KP_SYSROOT/rmmod.fail"
	sed -i '/kp_here_view() /d' "$BATS_TEST_TMPDIR"/tree/lib/cmd/plant.sh
	fake kp_view <<-'FAKE'
		trap 'echo "hits=0" >&2; exit 143' TERM
		: >"$STARTED"
		for ((i = 0; i < 200; i++)); do sleep 0.05; done
	FAKE
	echo 'KP_TOOLS=$BATS_TEST_TMPDIR/bin' >>"$BATS_TEST_TMPDIR"/tree/lib/cmd/plant.sh
	export STARTED=$BATS_TEST_TMPDIR/started KP_AGAIN=no
	for i in 1 2 3 4 5; do
		rm -f "$STARTED"
		"$PROGRAM" --probe=vfs_read --follow >"$BATS_TEST_TMPDIR/said" 2>&1 &
		follower=$!
		loop_until 100 test -e "$STARTED"
		# As timeout(1) does, and worse.
		for _ in {1..200}; do
			kill -TERM "$follower" 2>/dev/null || break
		done
		status=0
		wait "$follower" || status=$?
		assert_equal "$status" 143
		[[ ! -e $KP_SYSROOT/sys/module/kp_vfs_read_2 ]]
		assert_equal "$(find "$KP_WORKDIR" -name 'run.*')" ''
	done
}
