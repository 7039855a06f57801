# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# generate.bats - names of modules, and which facts may reach m4. What comes
# out of m4 is for golden.bats.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	kp_lib log paths options facts build generate
	KP_VERSION=0.1
	KP_RELEASE=6.1.0-56-amd64
	KP_KDIR=/lib/modules/6.1.0-56-amd64/build
	facts=$BATS_TEST_TMPDIR/facts.m4
}

# named() { # <function>: prints what its module is called
named() {
	local name=$1
	kp_build_name name && printf '%s\n' "$name"
}

# long() { # <length>: prints a name that long
long() {
	local name
	printf -v name '%0*d' "$1" 0
	printf 'f%s\n' "${name:1}"
}

@test "a module is called kp_ and its function" {
	run -0 named vfs_read
	assert_equal "$output" kp_vfs_read
	run -0 named __x64_sys_openat
	assert_equal "$output" kp___x64_sys_openat
}

@test "what a file name does not take becomes _" {
	run -0 named foo.isra.0
	assert_equal "$output" kp_foo_isra_0
	run -0 named 'a-b/c d;e$f'
	assert_equal "$output" kp_a_b_c_d_e_f
	run -0 named $'a\nb\xc3'
	assert_equal "$output" kp_a_b_
}

@test "a name of any length fits, also with the largest number after it" {
	local -i length
	local name
	for length in 1 47 48 49 50 51 52 55 56 64 255 511; do
		name=$(named "$(long "$length")")
		[[ $name =~ ^kp_[A-Za-z0-9_]+$ ]]
		assert_equal "$((${#name} + 4 <= 55))" 1
	done
}

@test "long names that differ only at the end stay apart" {
	local a b
	a=$(long 510)
	b=$(named "${a}b")
	a=$(named "${a}a")
	[[ $a != "$b" ]]
	assert_equal "${a:0:40}" "${b:0:40}"
	run -0 named "$(long 511)"
	assert_equal "$output" "$(named "$(long 511)")"
}

@test "a fact is written with two pairs of quotes, so that m4 scans it never" {
	run -0 _kp_generate_fact "$facts" TPL_NAME 'kp_x/z.0+0x4:=@~-'
	assert_equal "$(<"$facts")" \
		"m4_define(<|TPL_NAME|>, <|<|kp_x/z.0+0x4:=@~-|>|>)m4_dnl"
}

@test "a fact that is not plainly harmless is refused, and nothing written" {
	local value
	local -a hostile=(
		'$1' '$@' 'a$(touch x)' '`ls`' "it's" 'say "x"' 'a<|b' 'a|>b' '#x'
		'm4_syscmd(id)' 'a(b)' 'a;b' $'a\nb' $'a\tb' $'a\rb' $'caf\xc3\xa9'
		'a*b' '*/' 'a\b' 'a{b' 'a[b' 'a&b' 'a|b' 'a!b' 'a?b' 'a^b' 'a b' 'a,b' 'a%b'
	)
	for value in "${hostile[@]}"; do
		run -12 _kp_generate_fact "$facts" TPL_NAME "$value"
		assert_equal "${#lines[@]}" 1
		assert_contains 'kp_load: error: fact TPL_NAME '
		assert_contains 'not allowed in generated code'
		[[ ! -e $facts ]]
	done
}

@test "a fact that is called like a macro of ours or of m4 is refused" {
	local value
	for value in TPL_NAME xTPL_IF TPL_ m4_dnl a/m4_include a.m4_eval; do
		run -12 _kp_generate_fact "$facts" TPL_FUNCNAME "$value"
		assert_contains 'not allowed in generated code'
		[[ ! -e $facts ]]
	done
}

@test "m4_ inside a word is a function's name like any other" {
	run -0 _kp_generate_fact "$facts" TPL_FUNCNAME xfrm4_rcv
}

@test "only TPL_ names are facts" {
	local name
	for name in NAME m4_define tpl_name TPL_name 'TPL_A B' TPL_ TPL_1 TPL_A1B 'TPL_X|>'; do
		run -12 _kp_generate_fact "$facts" "$name" value
		[[ ! -e $facts ]]
	done
}

@test "a command line that would end the comment is refused" {
	local -a KP_SYMBOLS_PLANT=() KP_REQUEST_EVENTS=()
	kp_lib publish
	run -12 _kp_publish_check 'kp_load.sh */'
	assert_contains 'cannot stand in a C comment'
	run -12 _kp_publish_check $'kp_load.sh\n'
	assert_contains 'cannot stand in a C comment'
	run -0 _kp_publish_check 'kp_load.sh --probe=f'
}

@test "a name that is not harmless in C is refused where it is put into the source" {
	local -a KP_SYMBOLS_PLANT=('m:f"') KP_REQUEST_EVENTS=(e)
	kp_lib publish
	run -12 _kp_publish_check kp_load.sh
	assert_contains 'fact TPL_FUNCNAME0'
	KP_SYMBOLS_PLANT=(m:f) KP_REQUEST_EVENTS=('e*/')
	run -12 _kp_publish_check kp_load.sh
	assert_contains 'fact TPL_EVENT0'
}

@test "a header tree that make cannot use by its path is refused with 11" {
	local KP_KDIR
	mkdir "$BATS_TEST_TMPDIR/out"
	for KP_KDIR in '/a b' /a:b '/a$b' '/a$(touch x)' "/a'b" /a,b /a%b '/a#b' ''; do
		run -11 generate_one "$BATS_TEST_TMPDIR/out" kp_load.sh
		assert_contains 'header tree '
		assert_equal "$(ls "$BATS_TEST_TMPDIR/out")" ''
	done
}

@test "a search that fails is no search without a result" {
	local out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
	echo text >"$out/x.c"
	fake grep <<<'exit 2'
	run -12 _kp_generate_headers "$out" "$out/x.c"
	assert_equal "$output" "kp_load: error: headers $KP_TOP/templates/include: cannot be read"
	fake m4 <<<'echo text'
	run -12 _kp_generate_m4 "$out" Makefile.in "$out/y"
	assert_contains 'cannot be searched for macros left in it'
}

@test "templates without their headers are an error of ours" {
	mkdir -p "$BATS_TEST_TMPDIR/top/templates/include" "$BATS_TEST_TMPDIR/out"
	: >"$BATS_TEST_TMPDIR/x.c"
	KP_TOP=$BATS_TEST_TMPDIR/top
	run -12 _kp_generate_headers "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/x.c"
	assert_contains "headers $KP_TOP/templates/include: cannot be read"
}

@test "a directory that is not there is named, with status 12" {
	run -12 generate_one "$BATS_TEST_TMPDIR/none" kp_load.sh
	assert_contains "directory $BATS_TEST_TMPDIR/none: cannot write there"
}

@test "sourcing prints nothing and changes no shell option" {
	run -0 bash -c '
		before=$(set +o; shopt)
		source "$1" && source "$1" || exit
		[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/generate.sh"
	assert_equal "$output" ''
}
