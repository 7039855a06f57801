# SPDX-License-Identifier: GPL-2.0-only
# common.bash - what every test file loads: paths, and the libraries to test.

bats_require_minimum_version 1.8.0

KP_TOP=$(cd -- "${BASH_SOURCE[0]%/*}/../../.." && pwd -P)
KP_LOAD=$KP_TOP/kp_load.sh
FIXTURES=$KP_TOP/tests/fixtures
export LC_ALL=C

# kp_lib() { # <name>...: source libraries, as kp_load.sh does
kp_lib() {
	local name
	for name in "$@"; do
		# shellcheck source=/dev/null # the name is the test's choice
		source "$KP_TOP/lib/$name.sh"
	done
}

# printed() { # <function> [argument...]: prints the variable that it fills first
printed() {
	local value
	"$1" value "${@:2}" || return
	printf '%s\n' "$value"
}

# assert_contains() { # <text>: the output of run holds it
assert_contains() {
	[[ $output == *"$1"* ]] && return 0
	printf 'expected to contain: %s\nbut was:\n%s\n' "$1" "$output" >&2
	return 1
}

# refute_contains() { # <text>
refute_contains() {
	[[ $output != *"$1"* ]] && return 0
	printf 'expected not to contain: %s\nbut was:\n%s\n' "$1" "$output" >&2
	return 1
}

# assert_equal() { # <actual> <expected>
assert_equal() {
	[[ $1 == "$2" ]] && return 0
	printf 'expected: %s\nactual:   %s\n' "$2" "$1" >&2
	return 1
}

# generate_one() { # <directory> <command line>: the module of one probe, f
generate_one() {
	local -a names=(f)
	KP_FACTS_SINK=
	kp_facts_make names names
	kp_generate_module "$1" kp_f "$2" kprobe names names
}

# loop_until() { # <tries of a tenth of a second> <command>...
loop_until() {
	local tries=$1
	shift
	until "$@"; do
		(((tries -= 1) > 0)) || return 1
		sleep 0.1
	done
}

# need_kp_sym() { # KP_SYM is built, once a run of bats, with ASAN and UBSAN
need_kp_sym() {
	local fd
	export KP_SYM=$BATS_RUN_TMPDIR/kp_sym/asan/kp_sym
	[[ ! -x $KP_SYM ]] || return 0
	command -v cc >/dev/null || skip 'no C compiler'
	mkdir -p "$BATS_RUN_TMPDIR/kp_sym"
	exec {fd}<"$BATS_RUN_TMPDIR/kp_sym"
	flock "$fd"
	make -s -C "$KP_TOP/tools" OUT="$BATS_RUN_TMPDIR/kp_sym" "${KP_SYM/asan\//}" "$KP_SYM"
	exec {fd}<&-
}
