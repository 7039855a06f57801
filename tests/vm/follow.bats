#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bats file_tags=vm
# What is planted here is built before the guest boots: see follow.shapes.
# shellcheck disable=SC2153 # follow_end sets STATUS

load ../bats/helpers/common
load ../bats/helpers/guest

setup() {
	guest_setup
	cd -- "$BATS_TEST_TMPDIR" || return
	FOLLOW=
}

teardown() {
	follow_stop
	guest_teardown
}

OPEN='p:o do_sys_openat2 dfd=%di:s32 file=+0(%si):ustring'
HOSTNAME='file == "/etc/hostname"'

# is_balanced() { # the footer's hits are all accounted for
is_balanced() {
	[[ $FOOTER =~ ^hits=([0-9]+)\ shown=([0-9]+)\ filtered=([0-9]+)\ dropped=([0-9]+)\ missed= ]] || return
	((BASH_REMATCH[1] == BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4]))
	SHOWN=${BASH_REMATCH[2]} DROPPED=${BASH_REMATCH[4]}
}

# is_gone() { # no module, no device
is_gone() {
	local left
	left=$(find /sys/module /dev/kp -maxdepth 1 -name 'kp_*' 2>/dev/null) || :
	assert_equal "$left" ''
}

# viewer() { # prints the process that follows
viewer() {
	pgrep -x kp_view
}

# read_hostname() { # <times>
read_hostname() {
	local i
	for ((i = 0; i < $1; i++)); do
		read -r _ </etc/hostname
	done
}

@test "--follow shows each event with its arguments, the same by both engines" {
	local engine
	for engine in ftrace kprobe; do
		follow_begin --follow --engine="$engine" --max-hits=7 --probe="$OPEN" --filter="$HOSTNAME"
		read_hostname 7
		follow_end
		assert_equal "$STATUS" 0
		is_balanced
		assert_equal "$SHOWN $DROPPED" '7 0'
		is_gone
		sed -E 's/^bash-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: //; s/\+0x[04]\/0x[0-9a-f]+\)/)/' \
			out >"$engine"
		assert_equal "$(sort "$engine" | uniq -c | sed 's/^ *//')" \
			'7 o: (do_sys_openat2) dfd=-100 file="/etc/hostname"'
	done
}

@test "an entry that ftrace lists by another name of its address is traced" {
	follow_begin --follow --engine=auto --max-hits=7 --probe=__x64_sys_getppid --comm=perl
	grep -q 'by ftrace' err
	perl -e 'getppid for 1..7'
	follow_end
	assert_equal "$STATUS" 0
	is_balanced
	assert_equal "$SHOWN $(grep -c '^perl-' out)" '7 7'
	is_gone
}

@test "--duration ends it, with every event shown until then" {
	local began=$SECONDS
	follow_begin --follow --duration=4 --probe=version_proc_show
	call_it 11
	follow_end
	assert_equal "$STATUS" 0
	assert_equal "$(grep -c ': version_proc_show: (version_proc_show+0x' out)" 11
	is_balanced
	assert_equal "$SHOWN $DROPPED" '11 0'
	((SECONDS - began >= 4))
	is_gone
}

@test "--ret tells how long a sleep takes" {
	local ns
	# Not the sleeps of waiting for it.
	cp -- "$(command -v sleep)" nap
	follow_begin --follow --ret --max-hits=1 --probe=hrtimer_nanosleep --comm=nap
	./nap 0.2
	follow_end
	assert_equal "$STATUS" 0
	[[ $(<out) =~ ^nap-.*\<-\ hrtimer_nanosleep\).*\ ret=0(x0)?\ ns=([0-9]+)$ ]]
	ns=${BASH_REMATCH[2]}
	((ns > 200000000 && ns < 1500000000))
	is_balanced
	is_gone
}

@test "a viewer that is stopped: what finds no room is counted, and the gap is marked" {
	local lost lines
	follow_begin --follow --engine=ftrace --buffer=64K --comm=ring_hammer \
		--probe='p:o hrtimer_forward iv=%dx:u64'
	loop_until 50 viewer
	sleep 1
	kill -STOP "$(viewer)"
	# The kernel does not wait for it.
	timeout 30 "$KP_WORKDIR/ring_load" hammer 0 1 20000
	kill -CONT "$(viewer)"
	# The next event tells of the gap.
	sleep 1
	"$KP_WORKDIR/ring_load" hammer 0 1 3
	sleep 1
	kill -INT "$FOLLOW"
	follow_end
	is_balanced
	lines=$(grep -c ': o: ' out)
	assert_equal "$SHOWN" "$lines"
	lost=$(sed -nE 's/^CPU:0 \[LOST ([0-9]+) EVENTS\]$/\1/p' out)
	echo "# $FOOTER, gap $lost" >&3
	assert_equal "$lost" "$DROPPED"
	# The tick may forward timers of its own under that name.
	((lines + lost >= 20003))
	is_gone
}

@test "killed at ten points, --follow leaves what --list shows and --unload removes, or nothing" {
	local i pid name
	for i in 0.3 1 1.5 2 2.5 3 3.5 4 5 7; do
		"$KP_LOAD" --follow --probe=version_proc_show >out 2>err 3>&- &
		pid=$!
		sleep "$i"
		kill -KILL "$pid"
		wait "$pid" || :
		# A command that was on its way ends.
		sleep 0.5
		name=$(cd /sys/module && echo kp_*)
		"$KP_LOAD" --list >list 2>&1
		if [[ $name == 'kp_*' ]]; then
			grep -q 'no probes planted' list
		else
			grep -q "^$name " list
			"$KP_LOAD" --unload=all
		fi
		is_gone
		loop_until 50 run ! viewer
	done
	follow_begin --follow --max-hits=3 --probe=version_proc_show
	call_it 3
	follow_end
	assert_equal "$STATUS" 0
	is_balanced
	assert_equal "$SHOWN" 3
}

@test "killed while it follows, it leaves neither a viewer nor a probe behind" {
	follow_begin --follow --probe=version_proc_show
	loop_until 50 viewer
	kill -KILL "$(pgrep -P "$FOLLOW")"
	loop_until 50 run ! viewer
	wait "$FOLLOW" || :
	FOLLOW=
	loop_until 50 is_gone
	# The next one sweeps what it left on disk.
	follow_begin --follow --max-hits=3 --probe=version_proc_show
	call_it 3
	follow_end
	assert_equal "$STATUS" 0
}

@test "--unload elsewhere ends the viewer, which tells its counts" {
	follow_begin --follow --probe=version_proc_show
	loop_until 50 viewer
	call_it 5
	"$KP_LOAD" --unload=kp_version_proc_show
	follow_end
	cat err >&2
	assert_equal "$(grep -c ': version_proc_show: ' out)" 5
	is_balanced
	assert_equal "$SHOWN $DROPPED" '5 0'
	assert_equal "$STATUS" 0
	is_gone
}

@test "a second viewer is refused; the one after a killed one goes on where the ring stands" {
	local ko view first
	ko=$("$KP_LOAD" --build-only --follow --probe=version_proc_show 2>/dev/null)
	# The newest, where older ones were built.
	view=$(find "$KP_WORKDIR"/cache/tools*/kp_view -printf '%T@ %p\n' | sort -n | tail -n 1)
	view=${view#* }
	insmod "$ko"
	"$view" /dev/kp/kp_version_proc_show >out 2>err 3>&- &
	FOLLOW=$! first=$!
	sleep 1
	call_it 4
	loop_until 50 grep -q version_proc_show out
	run -11 "$view" /dev/kp/kp_version_proc_show
	assert_contains 'kp_view: error: '
	loop_until 50 test "$(grep -c version_proc_show out)" = 4
	kill -KILL "$first"
	wait "$first" || :
	FOLLOW=
	call_it 3
	run -0 --separate-stderr timeout 30 "$view" --max-hits=3 /dev/kp/kp_version_proc_show
	assert_equal "${#lines[@]}" 3
	refute_contains LOST
	rmmod kp_version_proc_show
}

WHERE='common_preempt_count == 0 && !(common_flags & 0x59) && __probe_ip >= 0xffffffff80000000'
BACK='__probe_func >= 0xffffffff80000000 && __probe_ret_ip >= 0xffffffff80000000'

@test "a filter may ask for the context of the probed code, and for where it is, by both engines" {
	local engine
	for engine in ftrace kprobe; do
		follow_begin --follow --engine="$engine" --max-hits=7 --probe=version_proc_show --filter="$WHERE"
		call_it 7
		follow_end
		assert_equal "$FOOTER" 'hits=7 shown=7 filtered=0 dropped=0 missed=0'
		follow_begin --follow --engine="$engine" --duration=3 --probe=version_proc_show \
			--filter='__probe_ip == 0 || common_flags & 0x59 || common_preempt_count > 0'
		call_it 5
		follow_end
		assert_equal "$FOOTER" 'hits=5 shown=0 filtered=5 dropped=0 missed=0'
		# The timer's interrupt, where it is added up.
		follow_begin --count --engine="$engine" --duration=3 --probe=update_process_times \
			--filter='!(common_flags & 0x8 && common_flags & 0x1 && __probe_ip > 0)'
		follow_end
		is_balanced
		assert_equal "$SHOWN $DROPPED" '0 0'
		[[ $FOOTER =~ ^hits=[0-9]{2,}\  ]]
	done
}

@test "so may one of a return, in the ring and in a histogram" {
	follow_begin --follow --ret --max-hits=5 --probe=version_proc_show --filter="$BACK"
	call_it 5
	follow_end
	assert_equal "$FOOTER" 'hits=5 shown=5 filtered=0 dropped=0 missed=0'
	follow_begin --hist --max-hits=5 --probe=version_proc_show --filter="$BACK"
	call_it 5
	follow_end
	assert_equal "$FOOTER" 'hits=5 shown=5 filtered=0 dropped=0 missed=0'
	follow_begin --hist --duration=3 --probe=version_proc_show --filter='__probe_ret_ip == 0 || common_flags & 0x59'
	call_it 3
	follow_end
	assert_equal "$FOOTER" 'hits=3 shown=0 filtered=3 dropped=0 missed=0'
}

# sums() { # <option>...: what it says of five sleeps
sums() {
	local i
	# By a name of its own: the test waits by sleep, too.
	cp -- "$(command -v sleep)" nap
	follow_begin "$@" --probe=hrtimer_nanosleep --comm=nap --duration=6
	for i in 1 2 3 4 5; do
		./nap 0.08
	done
	follow_end
	assert_equal "$STATUS" 0
	[[ ! -s out ]] || sed 's/^/# /' out >&3
}

@test "--count counts five sleeps: all, by who, by what they return, by stack" {
	sums --count
	is_balanced
	assert_equal "$SHOWN" 5
	sums --count=comm
	grep -qE '^ *(nap +5|5 +nap)$' out
	sums --count=ret
	grep -qE '(^|[^0-9])5($|[^0-9])' out
	sums --count=stack --format=folded
	[[ $(tail -n 1 out) =~ ^[a-zA-Z_0-9.\;]+do_syscall_64\;.*hrtimer_nanosleep\ 5$ ]]
}

@test "--hist tells how long five sleeps took, in powers of two" {
	sums --hist
	assert_equal "$(grep -oE '\) +[0-9]+ ' out | awk '{ n += $2 } END { print n }')" 5
	grep -qE '^\[64M, 128M\) +[1-5] ' out
}

# buckets() { # the histogram of the file out: its buckets with hits
#	[2K, 4K)                7 |@@@@@@@@@@@@|
buckets() {
	sed -nE 's/^(\[.*[])]) +([0-9]+) .*/\1 \2/p' out | grep -v ' 0$'
}

@test "--hist of an argument, and of the return value, tells how many writes had which size" {
	local options
	for options in '--arg=count --hist=count' --hist=ret; do
		# shellcheck disable=SC2086 # several
		follow_begin $options --max-hits=23 --probe=write_null --comm=dd
		dd if=/dev/zero of=/dev/null bs=100 count=5
		dd if=/dev/zero of=/dev/null bs=3000 count=7
		dd if=/dev/zero of=/dev/null bs=4096 count=11
		follow_end
		assert_equal "$STATUS" 0
		assert_equal "$(buckets)" "$(printf '%s\n' '[64, 128) 5' '[2K, 4K) 7' '[4K, 8K) 11')"
		is_balanced
		assert_equal "$SHOWN" 23
		is_gone
	done
}
