# shellcheck disable=SC2154 # bats sets BATS_TEST_TMPDIR, common.bash the rest
# SPDX-License-Identifier: GPL-2.0-only
# golden.bash - the golden cases: tests/golden/CASE has `command`, the words
# after kp_load.sh, quoted as in a shell, and what it is to generate. Needs common.bash and
# fakes.bash, whose fake_headers it is to run with.

GOLDEN=$KP_TOP/tests/golden

# golden_cases() { # prints the names of all cases
golden_cases() {
	local file
	for file in "$GOLDEN"/*/command; do
		file=${file%/command}
		printf '%s\n' "${file##*/}"
	done
}

# golden_generate() { # <case> <new dir> [option]...
# What the case's command line generates. The header tree's path is that of a
# real system: the fixture's own depends on where the checkout is.
golden_generate() {
	local case=$1 dir=$2
	local -a words
	shift 2
	mapfile -t words < <(xargs printf '%s\n' <"$GOLDEN/$case/command")
	"$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$dir" "${words[@]}" "$@" || return
	sed -i "s|$KP_SYSROOT/|/|" "$dir/Makefile"
}
