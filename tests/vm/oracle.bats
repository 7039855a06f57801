#!/usr/bin/env bats
# shellcheck disable=SC2016 # definitions are meant as they stand
# SPDX-License-Identifier: GPL-2.0-only
# oracle.bats - the kernel's own kprobe_events is the judge of our definitions:
# what it takes gives the same fields here, and what it refuses is refused here,
# with the caret at the same place.
# bats file_tags=vm
# tests/vm/boot has built the modules of oracle.definitions, as probes/*.ko, with
# eight definitions each, and those of oracle.shapes.

load ../bats/helpers/common
load ../bats/helpers/guest

TRACING=/sys/kernel/tracing
PROBES=/run/kp_vm/probes

setup() {
	guest_setup
	cd "$BATS_TEST_TMPDIR" || return
}
teardown() {
	[[ ! -s $TRACING/kprobe_events ]] || remove_theirs
	guest_teardown
}

# definitions() { # those of the data file
definitions() {
	grep -E '^[pr]' "$BATS_TEST_DIRNAME/oracle.definitions"
}

# name_of() { # <definition>: p64:GROUP/NAME ...
name_of() {
	local name=${1#*:}
	name=${name%% *}
	printf '%s\n' "${name#*/}"
}

# syms_of() { # <definitions>: addresses of their @SYMBOLs, each once, in order
syms_of() {
	local sym addresses='' seen=' '
	while read -r sym; do
		[[ $seen != *" $sym "* ]] || continue
		seen+="$sym "
		addresses+=,0x$(awk -v sym="$sym" '$3 == sym { print $1 }' /proc/kallsyms)
	done < <(grep -oE '@[A-Za-z_][A-Za-z0-9_.]*' <<<"$1" | cut -c2-)
	printf '%s\n' "${addresses:+syms=${addresses:1}}"
}

# plant_theirs() { # all definitions, for the caller alone
plant_theirs() {
	local definition system
	while IFS= read -r definition; do
		printf '%s\n' "$definition" >>"$TRACING/kprobe_events" || {
			echo "the kernel refuses: $definition" >&2
			return 1
		}
	done < <(definitions)
	for system in kprobes group r_group; do
		echo "common_pid == $CALLER" >"$TRACING/events/$system/filter"
		echo 1 >"$TRACING/events/$system/enable"
	done
}

remove_theirs() {
	local system
	for system in kprobes group r_group; do
		[[ ! -d $TRACING/events/$system ]] || echo 0 >"$TRACING/events/$system/enable"
	done
	echo >"$TRACING/kprobe_events"
}

# plant_ours() { # all of them, too
plant_ours() {
	local file syms
	for file in "$PROBES"/*.definitions; do
		syms=$(syms_of "$(<"$file")")
		# shellcheck disable=SC2086 # nothing, or one word
		insmod "${file%.definitions}.ko" rate=100000 pid="$CALLER" $syms
	done
}

# remove_ours() { # and what each has counted, to stats/MODULE
remove_ours() {
	local module
	mkdir stats
	for module in /sys/module/kp_*; do
		cp "$module/parameters/stats" "stats/${module##*/}"
		rmmod "${module##*/}"
	done
}

# events_to() { # <dir>: a log on stdin; a file for each event, with its fields
# Without when and by whom; and not where a return goes to, which the kernel
# cannot tell while several probes wait for it.
#	 bash-123 [000] ..... 1.234567: NAME: (vfs_read+0x0/0x310) count=1
#	 bash-123 [000] ..... 1.234567: NAME: (ksys_read+0xb7/0xf0 <- vfs_read) arg1=1
events_to() {
	mkdir "$1"
	sed -nE 's/^.* [0-9]+\.[0-9]{6}: ([A-Za-z0-9_]+): \(/\1 (/p' \
		| sed -E 's/ ns=[0-9]+$//; s/ +$//; s/^([^ ]+) \([^)]*<- /\1 (<- /' \
		| awk -v dir="$1" '{ file = dir "/" $1; sub(/^[^ ]+ /, ""); print >file }'
}

# whole_lines() { # the kernel's trace, with \x0a as ours where a string broke a line
whole_lines() {
	awk '/^#/ { next }
		/^ *[^ ].*-[0-9]+ +\[[0-9]+\] / { printf "%s%s", sep, $0; sep = "\n"; next }
		{ printf "\\x0a%s", $0 }
		END { print "" }'
}

# The caller reads, writes, looks, and becomes another program.
WORKLOAD=$CALLER_READS'
echo text >/dev/null
[[ -e /etc/passwd ]]
exec /bin/true first second'

@test "each definition gives what the kernel's own kprobe_events gives, field by field" {
	local names count
	names=$(while IFS= read -r definition; do name_of "$definition"; done < <(definitions))
	count=$(sort -u <<<"$names" | wc -l)
	((count >= 85))
	assert_equal "$(wc -l <<<"$names")" "$count"
	caller_begin "$WORKLOAD"
	plant_theirs
	plant_ours
	# Both begin here, whatever the caller did to get ready.
	echo >"$TRACING/trace"
	echo "$MARK begins" >/dev/kmsg
	caller_end
	remove_ours
	cat "$TRACING/trace" >trace
	remove_theirs
	echo >"$TRACING/trace"
	whole_lines <trace | events_to theirs
	dmesg | MARK="$MARK begins" awk 'on; index($0, ENVIRON["MARK"]) { on = 1 }' | events_to ours
	diff -r theirs ours >differs || {
		head -n 60 differs >&2
		return 1
	}
	# Each was hit, and none was lost.
	assert_equal "$(find theirs -type f -size +0 | wc -l)" "$count"
	(($(cat stats/* | wc -l) > count))
	assert_equal "$(grep -v 'dropped=0 missed=0' stats/*)" ''
	echo "# $count definitions are equal, in $(cat theirs/* | wc -l) events" >&3
}

# kernel_column() { # <definition>: where the kernel's caret is, from 0
# Empty where it took the definition, none where it points nowhere.
#	[    8.570448] trace_kprobe: error: Unknown type is specified
#	  Command: p vfs_read @11:unknown_type
#	                          ^
kernel_column() {
	local line caret=none
	echo >"$TRACING/error_log"
	if printf '%s\n' "$1" 2>/dev/null >>"$TRACING/kprobe_events"; then
		echo >"$TRACING/kprobe_events"
		return 0
	fi
	while IFS= read -r line; do
		[[ ! $line =~ ^\ *\^$ ]] || caret=$((${#line} - 1 - 11)) # "  Command: "
	done <"$TRACING/error_log"
	echo "$caret"
}

# our_column() { # <definition>: where ours is; kp_def has printed a line first
our_column() {
	local line caret=none
	if "$KP_TOOLS/kp_def" --btf=/sys/kernel/btf/vmlinux -- "$1" >/dev/null 2>said; then
		return 0
	fi
	while IFS= read -r line; do
		[[ ! $line =~ ^\ *\^$ ]] || caret=$((${#line} - 1))
	done <said
	echo "$caret"
}

@test "what the kernel refuses is refused, with the caret at the same place" {
	local line definition column theirs ours
	local -i same=0 differ=0
	kp_lib log paths trust cleanup workdir options sanity tools facts
	KP_RUN=$BATS_TEST_TMPDIR kp_tools_find kp_def
	while IFS= read -r line; do
		[[ $line == [pr]* ]] || continue
		definition=${line/^/}
		column=${line%%^*}
		column=${#column}
		theirs=$(kernel_column "$definition")
		ours=$(our_column "$definition")
		if [[ $theirs == "$column" && $ours == "$column" ]]; then
			same=$((same + 1))
		else
			differ=$((differ + 1))
			printf '%s\n  the list says %s, the kernel %s, kp_def %s\n' \
				"$definition" "$column" "${theirs:-takes it}" "${ours:-takes it}" >&2
		fi
	done <"$BATS_TEST_DIRNAME/oracle.rejected"
	echo "# $same definitions are refused at the same place" >&3
	assert_equal "$differ" 0
	((same >= 80))
}

@test "a place that cannot be probed is refused as the kernel refuses it, in words" {
	local line definition
	local -i refused=0
	while read -r line; do
		definition=${line/^/}
		assert_equal "$(kernel_column "$definition")" "$(wc -m <<<"${line%%^*}" | awk '{ print $1 - 1 }')"
		run --separate-stderr "$KP_LOAD" --probe="$definition"
		[[ $status == 10 || $status == 13 ]]
		[[ $stderr =~ ^'kp_load: error: ' ]]
		refused=$((refused + 1))
	done < <(sed -n 's/^words //p' "$BATS_TEST_DIRNAME/oracle.rejected")
	assert_equal "$refused" 3
}

# shape() { # <n>: the options of line n of oracle.shapes
shape() {
	eval "SHAPE=($(sed -n "$1p" "$BATS_TEST_DIRNAME/oracle.shapes"))"
}

@test "what 6.1 cannot show is shown: faults of numbers, characters, symbols side by side" {
	shape 1
	caller_begin
	"$KP_LOAD" "${SHAPE[@]}" --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ \ number=\(fault\)\ more=\(fault\)\ user=\(fault\)\ array=\(fault\)\ letter=\'/\'\ letters=\{\'e\',\'t\',\'c\'\}\ here=\"do_sys_openat2\+0x[15]/0x[0-9a-f]+\"\ back=\"[a-z_0-9]+\+0x[0-9a-f]+/0x[0-9a-f]+\"\ at=\'%\' ]]
	"$KP_LOAD" --unload=all
}

@test "a return knows what the function was called with, which 6.1 does not" {
	shape 2
	caller_begin
	"$KP_LOAD" "${SHAPE[@]}" --pid="$CALLER"
	caller_end
	run kernel_log
	[[ $output =~ \<-\ do_sys_openat2\)\ dfd=-100\ name=\"/etc/hostname\"\ arg3=[0-9]+\ ns= ]]
	[[ $output =~ \<-\ do_sys_openat2\)\ dfd=-100\ name=\"/nonexistent\"\ arg3=-2\ ns= ]]
	"$KP_LOAD" --unload=all
}

@test "an empty string of the user is one, and no fault" {
	shape 4
	caller_begin "$WORKLOAD"
	"$KP_LOAD" "${SHAPE[@]}" --pid="$CALLER"
	caller_end # a new program's loader asks for the state of a descriptor, by ""
	run kernel_log
	assert_contains ' name=""'
	assert_contains ' name="/etc/passwd"'
	"$KP_LOAD" --unload=all
}

@test "@SYMBOL is what /proc/kallsyms says it is, on this very boot" {
	local release
	shape 3
	"$KP_LOAD" "${SHAPE[@]}"
	call_it 1
	release=$(uname -r)
	run kernel_log
	[[ $output =~ \ o:\ \(version_proc_show\+0x[04]/0x[0-9a-f]+\)\ release=\"$release\"\ here=0x ]]
	assert_equal "$(</sys/module/kp_version_proc_show/parameters/syms)" \
		"$(awk '$3 == "init_uts_ns" || $3 == "version_proc_show" { at[$3] = "0x" $1 }
			END { print at["init_uts_ns"] " " at["version_proc_show"] }' /proc/kallsyms \
			| while read -r a b; do printf '%u,%u' "$a" "$b"; done)"
	"$KP_LOAD" --unload=all
}

@test "a symbol that the kernel does not have is 10, and nothing is planted" {
	run -10 --separate-stderr "$KP_LOAD" --probe='p:o version_proc_show @nonsuch_symbol'
	[[ $stderr == *'error: symbol @nonsuch_symbol: not in the running kernel'* ]]
	run ! compgen -G '/sys/module/kp_*'
}

@test "a module that was not told where its symbols are shows (fault)" {
	local ko
	caller_begin "$WORKLOAD"
	ko=$(grep -l '^p:at_x ' "$PROBES"/*.definitions)
	insmod "${ko%.definitions}.ko" pid="$CALLER"
	caller_end
	remove_ours
	run kernel_log
	assert_contains 'a=(fault) b=(fault) c=(fault) d=(fault)'
}

@test "the kernel has complained of nothing in this guest so far" {
	run -1 grep -nE 'BUG|WARNING|Oops|Call Trace|general protection|rcu: INFO|UBSAN|KASAN' < <(dmesg)
	assert_equal "$output" ''
}
