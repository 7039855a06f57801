# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# golden.bats - command lines and the exact C and Makefile they give, and what
# hostile facts give. Rewritten by tests/golden/update. Needs m4.
# bats file_tags=golden

load helpers/common
load helpers/fakes
load helpers/golden

# The compiler of definitions is built once, before make is a fake.
setup_file() {
	kp_lib log paths trust cleanup workdir options sanity tools
	KP_RUN=$BATS_FILE_TMPDIR KP_WORKDIR=$BATS_FILE_TMPDIR
	kp_tools_find kp_def >"$BATS_FILE_TMPDIR/said" 2>&1 || :
}

setup() {
	command -v m4 >/dev/null || skip 'm4 is not installed'
	fake_headers
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	out=$BATS_TEST_TMPDIR/out
}

# need_kp_def() { # for what kp_def compiles
need_kp_def() {
	compgen -G "$BATS_FILE_TMPDIR/cache/tools*/kp_def" >/dev/null \
		|| skip "kp_def cannot be built here: $(<"$BATS_FILE_TMPDIR/said")"
	(umask 077 && mkdir -p "$KP_WORKDIR" && cp -r "$BATS_FILE_TMPDIR/cache" "$KP_WORKDIR")
}

# same_as_golden() { # <case>: its directory is as it was
same_as_golden() {
	local file name
	local -i files=0
	golden_generate "$1" "$BATS_TEST_TMPDIR/$1" 2>/dev/null
	for file in "$GOLDEN/$1"/*; do
		[[ ${file##*/} != command ]] || continue
		diff -u "$file" "$BATS_TEST_TMPDIR/$1/${file##*/}"
		((files += 1))
	done
	# The headers that are included, and those alone.
	sed -n 's/^#include "\(.*\)"$/\1/p' "$BATS_TEST_TMPDIR/$1/"*.[ch] | sort -u \
		>"$BATS_TEST_TMPDIR/headers"
	while read -r name; do
		cmp "$KP_TOP/templates/include/$name" "$BATS_TEST_TMPDIR/$1/$name"
		((files += 1))
	done <"$BATS_TEST_TMPDIR/headers"
	# And nothing else: no facts, no leftovers.
	assert_equal "$(find "$BATS_TEST_TMPDIR/$1" -mindepth 1 | wc -l)" "$files"
	# Of the symbols in the cases one alone has m4_ in it.
	run ! grep -rnE 'TPL_|(^|[^r])m4_|<\||\|>' "$BATS_TEST_TMPDIR/$1"
}

@test "a plain probe gives the expected directory" {
	same_as_golden plain
}

@test "--verbose gives the expected directory" {
	same_as_golden verbose
}

@test "--showstack gives the expected directory" {
	same_as_golden showstack
}

@test "--showregs gives the expected directory" {
	same_as_golden showregs
}

@test "--verbose and --showstack give the expected directory" {
	same_as_golden verbose-showstack
}

@test "a module's function gives the expected directory" {
	same_as_golden module
}

@test "an offset gives the expected directory" {
	same_as_golden offset
}

@test "a compiler's variant of a function gives the expected directory" {
	same_as_golden variant
}

@test "a name of 511 characters gives the expected directory" {
	same_as_golden long
}

@test "fetch arguments give the expected directory" {
	need_kp_def
	same_as_golden args
}

@test "a return probe gives the expected directory" {
	need_kp_def
	same_as_golden ret
}

@test "a filter gives the expected directory" {
	need_kp_def
	same_as_golden filter
}

@test "symbols give the expected directory: their names, and no address" {
	need_kp_def
	same_as_golden symbol
}

@test "a filter on the context gives the expected directory" {
	need_kp_def
	same_as_golden context
	same_as_golden ring-context
	same_as_golden sum-context
}

@test "several probes give the expected directory, in the log and in the ring" {
	need_kp_def
	same_as_golden several
	same_as_golden ring-several
}

@test "an entry by ftrace with arguments, into the ring, gives the expected directory" {
	need_kp_def
	same_as_golden ring-args
}

@test "a kprobe without arguments, into the ring, gives the expected directory" {
	need_kp_def
	same_as_golden ring-plain
}

@test "a return with an argument, into the ring, gives the expected directory" {
	need_kp_def
	same_as_golden ring-ret
}

@test "a histogram of the duration gives the expected directory" {
	need_kp_def
	same_as_golden sum-hist
}

@test "hits counted by their stack give the expected directory" {
	need_kp_def
	same_as_golden sum-stack
}

@test "hits of several probes counted by key give the expected directory" {
	need_kp_def
	same_as_golden sum-several
}

# definition_gives() { # <definition> <case> [option]...: its C but for the event's name
definition_gives() {
	local definition=$1 case=$2
	shift 2
	rm -rf "$out"
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" \
		"--probe=$definition" "$@"
	run -1 diff "$GOLDEN/$case/kp_do_sys_openat2.c" "$out/kp_do_sys_openat2.c"
	assert_equal "$(sed -n 's/^> //p' <<<"$output" | grep -v '^ \*   kp_load.sh ')" \
		'	"o",'
}

@test "a definition gives the C that the same by options gives, under its own name" {
	need_kp_def
	definition_gives 'p:o do_sys_openat2 dfd=%di:s32 file=+0(%si):ustring' args
	definition_gives 'p:g/o do_sys_openat2' args --arg='dfd=%di:s32' --arg='file=+0(%si):ustring'
	definition_gives 'p:o do_sys_openat2 dfd=$arg1:s32' ret --ret
	definition_gives 'p:o do_sys_openat2 dfd=%di:s32 file=+0(%si):ustring' filter \
		--filter='dfd == -100 && file ~ "*.c"'
}

@test "a definition of a return probe keeps what it was called with" {
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" \
		--probe='r16:o do_sys_openat2 dfd=$arg1:s32 ret=$retval:s64'
	run -0 grep -E 'saved|\.maxactive =|r->a_ret = ' "$out/kp_do_sys_openat2.c"
	assert_equal "$output" '	unsigned long saved[KP_SAVED_MAX]; /* arguments, at the entry */
	r->saved[0] = kp_arg(regs, 0);
	r->a_ret = kp_retval(regs);
	.maxactive = 16, /* calls at a time; more are missed */'
}

@test "what only insmod can be given is told where the module is not loaded" {
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" \
		--probe=do_sys_openat2 --comm=cat --pid=7
	[[ $stderr == *'to be given to insmod: pid=7 comm=cat'* ]]
}

@test "an argument called as a field of the record's own gives a field that is not" {
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" --probe=f \
		--arg='data=%di' --arg='saved=+0(%si):u8[4]' --arg='entered=+0(%dx):string' \
		--filter='data == 1 && entered == "x"'
	run -0 grep -E 'a_data|saved|entered' "$out/kp_f.c"
	assert_contains 'u64 a_data;'
	assert_contains 'KP_SHOW(line, r, 0, "data", "0x%llx", r->a_data);'
	assert_contains 'KP_SHOW_ARRAY(line, r, 1, a_saved, "saved", "%u", r->a_saved[i]);'
	assert_contains 'r->a_data == 1 && kp_streq(kp_text(&r->data, r->a_entered), "x")'
}

@test "text that a program chose is escaped in the log, whatever kind it is" {
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" --probe=f \
		--arg='c=%di:char' --arg='cs=+0(%si):char[2]' --arg='s=+0(%si):string' \
		--arg='ss=+0(+0(%si)):string[2]'
	run -0 grep -E 'KP_SHOW|kp_show_str' "$out/kp_f.c"
	assert_contains "KP_SHOW(line, r, 0, \"c\", \"'%s'\", kp_char(line, r->a_c));"
	assert_contains "KP_SHOW_ARRAY(line, r, 1, a_cs, \"cs\", \"'%s'\", kp_char(line, r->a_cs[i]));"
	assert_contains 'kp_show_str(line, &r->data, 2, "s", r->a_s, true);'
	assert_contains 'KP_SHOW_ARRAY(line, r, 3, a_ss, "ss", "\"%s\"", kp_quoted(line, kp_text(&r->data, r->a_ss[i])));'
}

@test "an argument called as what is one of each probe keeps its name" {
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" \
		--probe='p:a f kp_x_P=%di handler_P=\"a-maxactive_P" b=%si' \
		--probe='p:b g kp_x_P=%di' --filter='kp_x_P == 1'
	run -0 grep -hE '_P|kp_filter1' "$out"/kp_f_and_1.c
	assert_contains 'KP_SHOW(line, r, 0, "kp_x_P", "0x%llx", r->a_kp_x_P);'
	assert_contains '"a-maxactive_P", false);'
	assert_contains 'static bool kp_filter1(const struct kp_record1 *r)'
	run ! grep -nE '\<(kp|KP|handler|maxactive)[A-Za-z0-9_]*_P\>' \
		<(sed -E -e 's/"([^"\\]|\\.)*"//g' -e '/^ \*/d' "$out"/kp_f_and_1.c)
}

@test "every golden case is tested, and has its C and its Makefile" {
	local case
	golden_cases >"$BATS_TEST_TMPDIR/cases"
	[[ -s $BATS_TEST_TMPDIR/cases ]]
	while read -r case; do
		grep -q "same_as_golden $case\$" "$BATS_TEST_FILENAME"
		[[ -f $GOLDEN/$case/Makefile ]]
		assert_equal "$(find "$GOLDEN/$case" -name 'kp_*.c' | wc -l)" 1
	done <"$BATS_TEST_TMPDIR/cases"
}

@test "a feature that is off leaves no trace in the C" {
	run ! grep -nE 'handler_post|kp_began' "$GOLDEN/plain/kp_vfs_read.c" \
		"$GOLDEN/showstack/kp_vfs_read.c"
	run -0 grep -c handler_post "$GOLDEN/verbose/kp_vfs_read.c"
}

@test "no generated C has a conditional, a line that ends in a blank, or two empty ones" {
	run ! grep -nE '^#(if|ifdef|ifndef)|[[:blank:]]$' "$GOLDEN"/*/*.c "$GOLDEN"/*/Makefile
	run ! grep -nP -z '\n\n\n' "$GOLDEN"/*/*.c "$GOLDEN"/*/Makefile
}

@test "--dry-run, --emit and a second run give the same" {
	local dir
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	dir=$output
	assert_equal "$dir" "$KP_WORKDIR/kp_vfs_read"
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$out" --probe=vfs_read
	assert_equal "$output" "$out"
	diff -r "$dir" "$out"
	run -0 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$output" "$dir"
}

@test "generating runs neither make nor a compiler" {
	run -0 "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$(fake_calls make)" ''
	run ! grep -vE '^gcc -dump' <<<"$(fake_calls gcc)"
}

#
# m4
#

# generate_with() { # <fact> <value> [command line]: as the front end would
# Goes round the whitelist by writing the value where a checked one would be.
generate_with() {
	kp_lib log paths options facts build generate
	KP_VERSION=0.1 KP_RELEASE=6.1.0-56-amd64 KP_KDIR=/x
	local FACT=$1 VALUE=$2
	_kp_generate_fact() {
		[[ $2 != "$FACT" ]] || set -- "$1" "$2" "$VALUE"
		printf 'm4_define(<|%s|>, <|<|%s|>|>)m4_dnl\n' "$2" "$3" >>"$1"
	}
	_kp_generate_allow() { :; }
	mkdir "$out"
	generate_one "$out" "${3:-kp_load.sh --probe=f}"
}

# copied_templates() { # a tree of templates to change, as the library sees it
copied_templates() {
	cp -r "$KP_TOP/templates" "$BATS_TEST_TMPDIR"
	kp_lib log paths options facts build generate
	KP_VERSION=0.1 KP_RELEASE=6.1.0-56-amd64 KP_KDIR=/x
	KP_TOP=$BATS_TEST_TMPDIR
	mkdir "$out"
}

@test "a canary macro in a template is found, wherever it is glued on" {
	local canary template=$KP_TOP/templates/helper_kp.c.in
	copied_templates
	for canary in TPL_CANARY countTPL_CANARY TPL_CANARYx m4_canary '(m4_canary' \
		'<|' '|>'; do
		cp "$template" "$BATS_TEST_TMPDIR/new"
		printf '/* %s */\n' "$canary" >>"$BATS_TEST_TMPDIR/new"
		mv "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/templates/helper_kp.c.in"
		rm -rf "$out"
		mkdir "$out"
		run -12 generate_one "$out" kp_load.sh
		assert_contains 'kp_load: error: '
	done
}

@test "a flag that is neither 0 nor 1 stops m4, and says where" {
	local value
	for value in '' 2 yes; do
		rm -rf "$out"
		run -12 generate_with TPL_VERBOSE "$value"
		assert_contains 'flag is neither 0 nor 1'
		assert_contains 'part_entry.c.in:'
		assert_contains 'template part_entry.c.in: m4 failed'
	done
}

@test "a template that does not end is stopped" {
	copied_templates
	printf 'm4_define(<|TPL_LOOP|>, <|TPL_LOOP|>)TPL_LOOP\n' \
		>>"$BATS_TEST_TMPDIR/templates/part_entry.c.in"
	fake timeout <<-'FAKE'
		shift
		exec /usr/bin/timeout 0.2 "$@"
	FAKE
	run -12 generate_one "$out" kp_load.sh
	assert_equal "$(fake_calls timeout | grep -c '^timeout 60 m4')" 1
}

@test "even past the whitelist a fact is data: it is neither run nor expanded" {
	local value
	# Not $1 and its like: in a macro's body they are its arguments, whatever
	# the quotes. The whitelist alone keeps them out (generate.bats).
	local -a hostile=(
		"m4_syscmd(touch $BATS_TEST_TMPDIR/ran)"
		"m4_esyscmd(touch $BATS_TEST_TMPDIR/ran)"
		"\$(touch $BATS_TEST_TMPDIR/ran)" "\`touch $BATS_TEST_TMPDIR/ran\`"
		TPL_NAME 'TPL_IF(1, <|x|>)' "it's" '`x' 'a"b' '#x' m4_dnl
	)
	for value in "${hostile[@]}"; do
		rm -rf "$out"
		# Refused for what it holds, or there as it was.
		if generate_with TPL_EVENT0 "$value" 2>/dev/null; then
			grep -qF -- "\"$value\"" "$out/kp_f.c"
		else
			[[ $value == *TPL_* || $value == *m4_* || $value == *'<|'* ]]
		fi
		[[ ! -e $BATS_TEST_TMPDIR/ran ]]
	done
}

@test "the command line in the comment is text: m4 does not scan it" {
	local words='kp_load.sh $1 $@ $# `x'\'' "y" # len(index) dnl [a] (b'
	generate_with TPL_NONE x "$words"
	grep -qxF -- " *   $words" "$out/kp_f.c"
}

@test "macro names in the command line are refused, and not run" {
	local words
	for words in "m4_syscmd(touch $BATS_TEST_TMPDIR/ran)" TPL_NAME '<|x|>'; do
		rm -rf "$out"
		run -12 generate_with TPL_NONE x "$words"
		assert_contains 'macro left in the output'
		[[ ! -e $BATS_TEST_TMPDIR/ran ]]
	done
}

@test "C words that m4 knows as macros come through" {
	local word
	local -a words=(len index substr eval shift format include define incr)
	copied_templates
	printf '%s(x)\n' "${words[@]}" >>"$BATS_TEST_TMPDIR/templates/helper_kp.c.in"
	generate_one "$out" kp_load.sh
	for word in "${words[@]}"; do
		grep -qxF "$word(x)" "$out/kp_f.c"
	done
}

@test "the templates run no command" {
	run ! grep -rnE 'm4_(e?syscmd|include|sinclude)' "$KP_TOP/templates"
}
