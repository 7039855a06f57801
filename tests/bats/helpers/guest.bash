# SPDX-License-Identifier: GPL-2.0-only
# guest.bash - for tests that run inside a guest, where loading is allowed.

# The workload: version_proc_show is called once for each /proc/version that
# is read, and by nothing else.

# guest_setup() { # what each test begins with; the state to return to
guest_setup() {
	[[ -d /run/kp_vm ]] || skip "loads modules: only in a guest"
	MARK="test $BATS_TEST_NAME $RANDOM"
	echo "$MARK" >/dev/kmsg
	kernel_state >"$BATS_TEST_TMPDIR/before"
}

# guest_teardown() { # nothing is left, and the kernel did not complain
guest_teardown() {
	[[ -d /run/kp_vm ]] || return 0
	local log=$BATS_TEST_TMPDIR/log
	kernel_state >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" || {
		echo "the kernel's state differs" >&2
		"$KP_LOAD" --unload=all
		return 1
	}
	kernel_log >"$log"
	! grep -E 'BUG|WARNING|Oops|Call Trace|general protection|rcu: INFO' "$log" || {
		echo "the kernel complained" >&2
		return 1
	}
}

# kernel_state() { # everything a probe may change
kernel_state() {
	cut -d' ' -f1 /proc/modules | sort
	cat /sys/kernel/debug/kprobes/list
	cat /sys/kernel/debug/kprobes/enabled
	cat /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/enabled_functions
	cat /sys/kernel/tracing/tracing_on /proc/sys/kernel/ftrace_enabled
	find "${KP_WORKDIR:-$KP_TOP/tmp}" -maxdepth 1 -name 'run.*'
	grep -c . /proc/mounts
}

# kernel_log() { # the lines of this test
kernel_log() {
	dmesg | MARK=$MARK awk 'on; index($0, ENVIRON["MARK"]) { on = 1 }'
}

# call_it() { # <times>: read /proc/version so often
call_it() {
	local i
	for ((i = 0; i < $1; i++)); do
		read -r _ </proc/version
	done
}

# plan() { # <shape.ko> <funcname> <name> [<line>...]: the file "plan"
plan() {
	printf '%s\n' 'kp_plan 1' 'engine module' "shape $1" "name $3" "probe p $2" "funcname $2" \
		"event ${EVENT:-version_proc_show}" "${@:4}" >plan
}

# built() { # <option>...: prints the module that was built with these on the host
# kp_load.sh takes a minute in the guest for what has many probes. The options are
# a line of the test file's .shapes.
built() {
	local options
	for options in /run/kp_vm/shapes/*.options; do
		[[ $(<"$options") == "$(printf '%s\n' "$@")" ]] || continue
		printf '%s\n' "${options%options}ko"
		return
	done
	echo "not in a .shapes file: $*" >&2
	return 1
}

# newest() { # <program>: of ours, where older ones were built, too
newest() {
	local path
	path=$(find "$KP_WORKDIR"/cache/*/"$1" -printf '%T@ %p\n' | sort -n | tail -n 1)
	printf '%s\n' "${path#* }"
}

# find_shape() { # <name> <option>...: a link of that name to what built()'s module
# was made of. RUN: the program that names it
find_shape() {
	local ko name shape link=$1
	shift
	ko=$(built "$@")
	name=$(modinfo -F name "$ko")
	for shape in "$KP_WORKDIR"/cache/*/module.ko; do
		plan "$shape" version_proc_show "$name"
		if "$RUN" --instance plan named.ko 2>/dev/null && cmp -s named.ko "$ko"; then
			ln -s "$shape" "$link"
			return
		fi
	done
	echo "no shape of $ko" >&2
	return 1
}

# stat_of() { # <module> <count>: one number of its stats
stat_of() {
	local stats
	stats=$(</sys/module/"$1"/parameters/stats)
	[[ " $stats " =~ \ $2=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# event_lines() { # <module> <event>: how many the log has of them
event_lines() {
	kernel_log | grep -cE "\] $1: .*-[0-9]+ \[[0-9]{3}\] [^ ]{4} [0-9]+\.[0-9]{6}: $2: \($2\+0x"
}

# What the caller does: a file that is there, one that is not, one of /proc.
# shellcheck disable=SC2016 # for the caller's shell
CALLER_READS='for file in /etc/hostname /nonexistent /proc/version; do
	read -r _ <$file
done'

# caller_begin() { # [script]: a process that runs it when it is told
caller_begin() {
	local go=$BATS_TEST_TMPDIR/go
	rm -f "$go" "$go.ready"
	mkfifo "$go"
	# Opened for both, which does not block: no open is on its way later.
	bash -c 'exec 9<>"$0"
		: >"$0.ready"
		read -r _ <&9
		'"${1:-$CALLER_READS}" "$go" 2>/dev/null 3>&- &
	CALLER=$!
	loop_until 100 test -e "$go.ready"
	sleep 0.3
}

# caller_end() { # it does, and ends
caller_end() {
	echo go >"$BATS_TEST_TMPDIR/go"
	wait "$CALLER" || :
}

# A process that does one thing: tests/vm/call.c. What is planted between its
# beginning and its end sees that, by its number.

# call_build() { # for setup_file: compiles it, in the guest
call_build() {
	[[ ! -d /run/kp_vm ]] || gcc -o "$BATS_FILE_TMPDIR/call" "$KP_TOP/tests/vm/call.c"
}

# call_begin() { # <action> [argument...]: CALLER is ready
call_begin() {
	CALL=$BATS_TEST_TMPDIR/go
	rm -f "$CALL" "$CALL.ready"
	mkfifo "$CALL"
	"$BATS_FILE_TMPDIR/call" "$CALL" "$@" 3>&- &
	CALLER=$!
	loop_until 100 test -e "$CALL.ready"
}

# call_end() { # it does what it was told, and ends well
call_end() {
	echo go >"$CALL"
	wait "$CALLER"
}

# follow_begin() { # <option>...: in the background, to the files out and err
follow_begin() {
	: >err
	timeout -k 5 120 "$KP_LOAD" "$@" >out 2>err 3>&- &
	FOLLOW=$!
	loop_until 600 grep -q 'kp_load: following' err || {
		cat err >&2
		return 1
	}
}

# follow_end() { # waits for it; its status to STATUS, its footer to FOOTER
follow_end() {
	STATUS=0
	wait "$FOLLOW" || STATUS=$?
	FOLLOW=
	FOOTER=$(grep '^hits=' err) || cat err >&2
}

# follow_stop() { # what a failed test left following
follow_stop() {
	[[ ! -d /run/kp_vm || -z $FOLLOW ]] || kill "$FOLLOW" 2>/dev/null || :
}
