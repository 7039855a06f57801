# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# log.bats - the messages' form, and the one table of exit statuses.
# bats file_tags=unit

load helpers/common

setup() {
	kp_lib log
}

# table() { # prints "NAME NUMBER" for each line of the table in lib/log.sh
table() {
	sed -n 's/^readonly KP_EX_\([A-Z]*\)=\([0-9]*\) *#.*/\1 \2/p' \
		"$KP_TOP/lib/log.sh"
}

@test "the table has the statuses of the contract, each once" {
	run -0 table
	assert_equal "$output" "OK 0
INTERNAL 1
USAGE 2
TARGET 10
MACHINE 11
BUILD 12
LOAD 13
FAULT 14
EXPECT 20"
}

@test "each status of the table is in --help, in words" {
	local name number
	kp_lib options
	run -0 kp_options_usage
	[[ $output =~ Exit\ status:.*Examples ]]
	output=${BASH_REMATCH[0]}
	table | while read -r name number; do
		# No option of this version has expectations.
		[[ $name != EXPECT ]] || continue
		[[ $output =~ [^0-9]${number}[\ $'\n']+(is a bug|[a-z]) ]] || {
			echo "$name $number is not in --help"
			false
		}
	done
}

@test "the ERR trap is quiet for each status of the table but 0 and 1" {
	local name number pattern
	pattern=$(sed -n '/^on_error()/,/^}/s/^\t\(.*\)) return "$status" ;;/\1/p' \
		"$KP_LOAD")
	assert_equal "$pattern" '2 | 1[0-4] | 20 | 129 | 130 | 143'
	table | while read -r name number; do
		case $number in
		0 | 1) ;;
		2 | 1[0-4] | 20 | 129 | 130 | 143) ;;
		*)
			echo "$name $number is not ours to the ERR trap"
			false
			;;
		esac
	done
}

@test "a failure nobody expected is told once, with its place, as status 1" {
	mkdir "$BATS_TEST_TMPDIR/tree"
	cp -r "$KP_LOAD" "$KP_TOP/lib" "$BATS_TEST_TMPDIR/tree"
	sed -i 's/^	help) kp_options_usage ;;/	help) (exit 7) ;;/' \
		"$BATS_TEST_TMPDIR/tree/kp_load.sh"
	run -1 "$BATS_TEST_TMPDIR/tree/kp_load.sh" --help
	assert_equal "${#lines[@]}" 1
	[[ ${lines[0]} =~ ^kp_load:\ error:\ internal\ error:\ kp_load.sh:[0-9]+: ]]
	assert_contains '(status 7)'
}

@test "every message goes to stderr, on one line, with its prefix" {
	run -0 --separate-stderr kp_err 'file x: not there'
	assert_equal "$output" ''
	assert_equal "$stderr" 'kp_load: error: file x: not there'
	run -0 --separate-stderr kp_hint 'look there'
	assert_equal "$output|$stderr" '|kp_load: hint: look there'
	run -0 --separate-stderr kp_warn 'odd'
	assert_equal "$output|$stderr" '|kp_load: warning: odd'
	run -0 --separate-stderr kp_note 'done'
	assert_equal "$output|$stderr" '|kp_load: done'
}

@test "a message is not a format" {
	run -0 kp_err '100%s %d \n'
	assert_equal "$output" 'kp_load: error: 100%s %d \n'
}

@test "printable text is left as it is, with blanks and quotes" {
	run -0 kp_printable "a b\"c'd \$e"
	assert_equal "$output" "a b\"c'd \$e"
}

@test "a newline, an escape and a byte that is not ASCII become visible" {
	run -0 kp_printable $'a\nb'
	assert_equal "$output" "\$'a\\nb'"
	run -0 kp_printable $'\e[31mred'
	refute_contains $'\e'
	run -0 kp_printable $'caf\xc3\xa9'
	assert_equal "$output" "\$'caf\\303\\251'"
}

@test "long text is cut, and its length told" {
	local text
	printf -v text '%0600d' 0
	run -0 kp_printable "$text"
	assert_equal "$output" "${text:0:80}... (600 characters)"
	run -0 kp_printable "${text:0:80}"
	assert_equal "$output" "${text:0:80}"
	run -0 kp_printable abcdef 3
	assert_equal "$output" 'abc... (6 characters)'
}

@test "the library prints nothing, sets no shell option and may come twice" {
	run -0 bash -c '
		before=$(set +o; shopt)
		source "$1" && source "$1" || exit
		[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/log.sh"
	assert_equal "$output" ''
}

@test "what takes long is told every ten seconds on a terminal, and only there" {
	run -0 kp_log_while building true
	assert_equal "$output" ''
	run -3 kp_log_while building bash -c 'exit 3'
	type -P script >/dev/null || skip 'needs script'
	run -0 script -qec "bash -c 'source $KP_TOP/lib/log.sh; kp_log_while building sleep 11; (exit \$?)'" /dev/null
	assert_contains 'kp_load: building: 10 s'
}
