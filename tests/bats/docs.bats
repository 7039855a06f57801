# shellcheck disable=SC2034,SC2154 # bats and common.bash set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2312 # the status of what prints for a comparison
# SPDX-License-Identifier: GPL-2.0-only
# docs.bats - what we say agrees with what we do: usage, man page, completion,
# README and examples. No guest: what examples show there, tests/vm compares.
# bats file_tags=unit

load helpers/common

setup() {
	kp_lib log options
	MAN=$KP_TOP/man/kp_load.8
	COMPLETION=$KP_TOP/completions/kp_load.bash
	README=$KP_TOP/README.md
}

# long_options() { # prints the --options in a text, each once
long_options() {
	grep -oE -e '--[a-z]+(-[a-z]+)*' | sort -u
}

usage_options() {
	kp_options_usage | long_options
}

# man_options() { # prints the options that have a paragraph of their own
#	.It Fl -probe Ns = Ns Ar WHAT
man_options() {
	sed -nE 's/^\.It Fl (-[a-z-]+).*/-\1/p' "$MAN" | sort -u
}

# complete_line() { # <what was typed>: prints what completion offers
# In a bash of its own: it sets the variables that readline sets.
complete_line() {
	KP_SYSROOT=${SYSROOT:-} bash -c '
		source "$1"
		COMP_LINE=$2 COMP_POINT=${#2}
		_kp_load
		printf "%s\n" "${COMPREPLY[@]}"' - "$COMPLETION" "$1"
}

# fenced() { # <file>: the lines between ``` and ```
fenced() {
	awk '/^```/ { on = !on; next } on' "$1"
}

# examples() { # sets EXAMPLES; fails if there are none
examples() {
	EXAMPLES=("$KP_TOP"/examples/??-*/)
	[[ -d ${EXAMPLES[0]} ]]
}

#
# Options
#

@test "the man page describes the options that --help names, and no others" {
	assert_equal "$(man_options)" "$(usage_options)"
}

@test "completion offers the options that --help names, and no others" {
	assert_equal "$(complete_line 'kp_load.sh --' | sed 's/=$//' | sort -u)" \
		"$(usage_options)"
}

@test "the parser knows each option that --help names" {
	local option
	for option in $(usage_options); do
		run kp_options_parse "$option"
		refute_contains "unknown"
	done
	run -2 kp_options_parse --no-such-option
	assert_contains "unknown"
}

@test "the parser takes no long option that --help does not name" {
	local arms
	arms=$(printf '%s\n' "${!_KP_OPTIONS[@]}" | long_options)
	[[ $arms == *--probe* ]]
	assert_equal "$arms" "$(usage_options)"
}

#
# --help
#

@test "--help goes to standard output, with status 0" {
	run --separate-stderr -0 "$KP_LOAD" --help
	assert_contains "Usage: kp_load.sh"
	assert_equal "$stderr" ""
}

@test "--help needs no privilege" {
	local -a nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	((EUID == 0)) || nobody=()
	"${nobody[@]}" test -r "$KP_TOP/lib/log.sh" \
		|| skip "user 65534 cannot read $KP_TOP"
	run --separate-stderr -0 "${nobody[@]}" "$KP_LOAD" --help
	assert_contains "Usage: kp_load.sh"
	assert_equal "$stderr" ""
}

@test "--help is at most 80 columns wide, without tabs" {
	local line
	run -0 "$KP_LOAD" --help
	for line in "${lines[@]}"; do
		((${#line} <= 80)) || assert_equal "$line" "at most 80 columns"
		[[ $line != *$'\t'* ]] || assert_equal "$line" "no tab"
	done
}

#
# Exit statuses
#

@test "the man page has every exit status of log.sh" {
	local name status section
	section=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/p' "$MAN")
	for name in "${!KP_EX_@}"; do
		status=${!name}
		grep -qE "^\\.It $status\$" <<<"$section" \
			|| assert_equal "$name=$status" "in EXIT STATUS of the man page"
	done
}

@test "--help has every exit status of log.sh" {
	local name status text
	text=$(kp_options_usage | sed -n '/^Exit status:/,/^$/p')
	for name in "${!KP_EX_@}"; do
		status=${!name}
		grep -qE "(^|[ :;,])$status " <<<"$text" \
			|| assert_equal "$name=$status" "after Exit status: in --help"
	done
}

#
# Man page
#

@test "the man page is clean to mandoc" {
	[[ $(type -t mandoc) == file ]] || skip "mandoc is not installed"
	run mandoc -Tlint -W warning "$MAN"
	assert_equal "$output" ""
	assert_equal "$status" 0
}

@test "the man page and the examples show the post handler's line as it is" {
	local tail file line
	#	pr_debug(KP_CTX_FMT " +%llu ns (one instruction)\n", ctx->cpu,
	tail=$(sed -nE 's/.*KP_CTX_FMT " \+%llu (.+)\\n".*/\1/p' \
		"$KP_TOP/templates/include/kp_ctx.h")
	[[ $tail == ns* ]]
	examples
	for file in "$MAN" "${EXAMPLES[@]/%/README.md}"; do
		run grep -E 'handler_post\(\) \*/ \+[0-9]+ ns' "$file"
		for line in "${lines[@]}"; do
			# A sentence quotes only its beginning.
			[[ $line != [0-9]* || $line == *" $tail" ]] \
				|| assert_equal "$line" "a line that ends in $tail"
		done
	done
	grep -qF "$tail" "$MAN"
}

@test "the man page has the environment variables that the VM reads" {
	local name
	local -a names
	mapfile -t names < <(grep -rohE '\{KP_(WORKDIR|VM_[A-Z]+):-' \
		"$KP_TOP/kp_load.sh" "$KP_TOP/lib" | tr -d '{:-' | sort -u)
	((${#names[@]} >= 5))
	for name in "${names[@]}"; do
		grep -qx "\\.It Ev $name" "$MAN" \
			|| assert_equal "$name" "in ENVIRONMENT of the man page"
	done
}

@test "the man page has every parameter that the modules have" {
	local name section
	local -a names
	#	module_param_named(pid, who.pid, int, 0644);
	mapfile -t names < <(sed -nE \
		's/^module_param(_named|_string|_cb|_array)?\(([a-zP_]+),.*/\2/p' \
		"$KP_TOP"/templates/*.c.in "$KP_TOP"/templates/include/*.h | sed 's/_P$//' | sort -u)
	((${#names[@]} >= 20))
	section=$(sed -n '/^\.Ss Changes while planted/,/^\.Sh/p' "$MAN")
	for name in "${names[@]}"; do
		grep -qE "^\\.It Pa (.* , )?$name( ,|$)" <<<"$section" \
			|| assert_equal "$name" "in Changes while planted of the man page"
	done
}

@test "the man page, the README and what is planted agree on maxactive" {
	local number
	number=$(sed -nE 's/^#define MAXACTIVE ([0-9]+).*/\1/p' "$KP_TOP"/tools/def/*.[ch])
	[[ -n $number ]]
	grep -qE "(^|[^0-9])$number, or the$" "$MAN"
	grep -qF "follows $number calls" "$README"
}

#
# Completion
#

@test "completion offers functions from three characters on" {
	local SYSROOT=$FIXTURES/symbols/root
	run -0 complete_line 'kp_load.sh --probe=vfs_re'
	assert_contains vfs_read
	run -0 complete_line 'kp_load.sh --verbose --probe vfs_re'
	assert_contains vfs_read
	run -0 complete_line 'kp_load.sh --probe=vf'
	assert_equal "$output" ""
}

@test "completion offers no data symbols" {
	local SYSROOT=$BATS_TEST_TMPDIR
	mkdir -p "$SYSROOT/proc"
	printf '%s\n' '0 T aaa_text' '0 D aaa_data' $'0 t aaa_mod\t[m]' \
		>"$SYSROOT/proc/kallsyms"
	run -0 complete_line 'kp_load.sh --probe=aaa'
	assert_equal "$output" $'aaa_text\naaa_mod'
	run -0 complete_line 'kp_load.sh --probe=m:aaa'
	assert_equal "$output" aaa_mod
}

@test "completion offers the loaded probes, and nothing else that is loaded" {
	local SYSROOT=$BATS_TEST_TMPDIR
	mkdir -p "$SYSROOT"/sys/module/{kp_ours,kp_theirs,e1000}
	echo 'kp_load 0.1' >"$SYSROOT/sys/module/kp_ours/version"
	echo '1.0' >"$SYSROOT/sys/module/kp_theirs/version"
	run -0 complete_line 'kp_load.sh --unload='
	assert_equal "$output" $'all\nkp_ours'
	run -0 complete_line 'kp_load.sh --status='
	assert_equal "$output" kp_ours
}

@test "completion offers module files and installed kernels" {
	local SYSROOT=$BATS_TEST_TMPDIR
	mkdir -p "$SYSROOT/lib/modules/6.1.0-1-amd64" "$BATS_TEST_TMPDIR/m"
	touch "$BATS_TEST_TMPDIR"/m/{a.ko,b.ko.xz,c.c}
	run -0 complete_line "kp_load.sh --mod=$BATS_TEST_TMPDIR/m/"
	assert_equal "$(sort <<<"$output")" "$BATS_TEST_TMPDIR/m/a.ko
$BATS_TEST_TMPDIR/m/b.ko.xz"
	run -0 complete_line 'kp_load.sh --kver='
	assert_equal "$output" 6.1.0-1-amd64
}

@test "completion offers the names and numbers of processes, and the CPUs" {
	local SYSROOT=$BATS_TEST_TMPDIR
	mkdir -p "$SYSROOT"/proc/{7,12,self} \
		"$SYSROOT"/sys/devices/system/cpu/{cpu0,cpu1,cpufreq}
	echo cat >"$SYSROOT/proc/7/comm"
	echo '(sd-pam)' >"$SYSROOT/proc/12/comm"
	run -0 complete_line 'kp_load.sh --comm='
	assert_equal "$output" cat
	run -0 complete_line 'kp_load.sh --pid='
	assert_equal "$(sort -n <<<"$output")" $'7\n12'
	run -0 complete_line 'kp_load.sh --tid=1'
	assert_equal "$output" 12
	run -0 complete_line 'kp_load.sh --cpu='
	assert_equal "$output" $'0\n1'
}

@test "completion offers the words of formats, engines, keys and histograms" {
	run -0 complete_line 'kp_load.sh --format='
	assert_equal "$output" $'text\njson\ncsv\nfolded'
	run -0 complete_line 'kp_load.sh --engine='
	assert_equal "$output" $'auto\nftrace\nkprobe'
	run -0 complete_line 'kp_load.sh --count='
	assert_equal "$output" $'comm\nret\nstack'
	run -0 complete_line 'kp_load.sh --hist='
	assert_equal "$output" $'duration\nret'
}

#
# README
#

@test "the commands of the README exist" {
	local command
	local -a commands
	mapfile -t commands < <(fenced "$README" \
		| sed -nE 's#^(\$ )?\./([^ ]+).*#\2#p' | sort -u)
	((${#commands[@]} >= 2))
	for command in "${commands[@]}"; do
		[[ -x $KP_TOP/$command ]] || assert_equal "$command" "an executable file"
	done
}

@test "the options in the README and the examples exist" {
	local option known
	known=$(usage_options)
	examples
	# Code only: a table of Markdown is made of dashes too.
	# shellcheck disable=SC2016 # the backquotes are Markdown's
	for option in $({
		fenced "$README"
		grep -ohE '`--[^`]*`' "$README" "${EXAMPLES[@]/%/README.md}"
		cat -- "${EXAMPLES[@]/%/command}"
	} | grep -oE -e '(^|[ `])--[a-z]+(-[a-z]+)*' | long_options); do
		grep -qxF -e "$option" <<<"$known" \
			|| assert_equal "$option" "an option of --help"
	done
}

@test "the files that the README links exist" {
	local file
	for file in $(grep -oE '\]\([^)#]+\)' "$README" | tr -d '])('); do
		[[ -f $KP_TOP/$file ]] || assert_equal "$file" "a file"
	done
}

@test "the README has less than 250 lines" {
	local -a text
	mapfile -t text <"$README"
	((${#text[@]} < 250))
}

@test "the licence is the GPL, version 2" {
	run -0 head -n 2 "$KP_TOP/LICENSE"
	assert_contains "GNU GENERAL PUBLIC LICENSE"
	assert_contains "Version 2, June 1991"
}

#
# Examples
#

@test "each example has a README, one command and what to expect" {
	local dir
	local -a command
	examples
	for dir in "${EXAMPLES[@]}"; do
		[[ -s ${dir}README.md && -s ${dir}expected ]] \
			|| assert_equal "$dir" "README.md and expected in it"
		mapfile -t command <"${dir}command"
		assert_equal "$dir ${#command[@]}" "$dir 1"
	done
}

@test "the command of each example is quoted as the shell takes it" {
	local dir
	examples
	for dir in "${EXAMPLES[@]}"; do
		bash -n -c ": $(cat "${dir}command")"
	done
}

@test "each line that is expected is an extended regular expression" {
	local dir line
	examples
	for dir in "${EXAMPLES[@]}"; do
		while IFS= read -r line; do
			[[ -n $line ]] || assert_equal "$dir" "no empty line in expected"
			run grep -E -e "$line" /dev/null
			assert_equal "$line $status" "$line 1"
		done <"${dir}expected"
	done
}

@test "each line that is expected is in the output that the README shows" {
	local dir line
	examples
	for dir in "${EXAMPLES[@]}"; do
		while IFS= read -r line; do
			fenced "${dir}README.md" | grep -E -e "$line" >/dev/null \
				|| assert_equal "$dir" "output in README.md that matches $line"
		done <"${dir}expected"
	done
}
