# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# tools.bats - where our programs in C are found, and when they are built. The make
# is a fake that builds shell scripts.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	kp_lib log paths trust cleanup options sanity tools
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir -p "$TREE/templates/include" "$BATS_TEST_TMPDIR/work/cache" "$BATS_TEST_TMPDIR/run"
	chmod -R go-w "$BATS_TEST_TMPDIR"
	cp -r "$KP_TOP/tools" "$TREE"
	cp "$KP_TOP/templates/include/kp_abi.h" "$TREE/templates/include"
	: >"$TREE/kp_load.sh"
	KP_TOP=$TREE KP_WORKDIR=$BATS_TEST_TMPDIR/work KP_RUN=$BATS_TEST_TMPDIR/run
	# What was there before.
	find "$TREE" -exec touch -d '1 hour ago' {} +
	fake make <<-'FAKE'
		for word in "$@"; do
			[[ $word != OUT=* ]] || out=${word#OUT=}
		done
		not=$(cat "${0%/*}/not" 2>/dev/null)
		mkdir -p "$out/obj"
		for name in kp_def kp_view kp_run; do
			[[ $name != "$not" ]] || continue
			echo "#!/bin/sh" >"$out/$name"
			chmod +x "$out/$name"
		done
		[[ -z $not ]] || { echo "def/btf.h:7:10: fatal error: bpf/btf.h: No such file" >&2; exit 2; }
	FAKE
}

# find_tool() { # <program>: as a new run would
find_tool() {
	KP_TOOLS=
	kp_tools_find "$1"
}

# makes() { # prints how often make was called
makes() {
	fake_calls make | wc -l
}

@test "they are built once, all of them, and found from then on" {
	find_tool kp_view 2>"$BATS_TEST_TMPDIR/said"
	[[ -x $KP_TOOLS/kp_view && -x $KP_TOOLS/kp_def && -x $KP_TOOLS/kp_run ]]
	[[ $KP_TOOLS == "$KP_WORKDIR/cache/tools"* ]]
	assert_equal "$(<"$BATS_TEST_TMPDIR/said")" "kp_load: building kp_load's own programs (once)"
	find_tool kp_def
	find_tool kp_run
	assert_equal "$(makes)" 1
}

@test "any source that is edited, comes, goes or is put in another's place has them built anew" {
	local file
	local -i n=1
	find_tool kp_def 2>/dev/null
	for file in tools/Makefile tools/def/m4.c tools/view/kp_view.c tools/lib/kp_kind.h \
		tools/arch/x86_64.c templates/include/kp_abi.h; do
		echo >>"$TREE/$file"
		find_tool kp_def 2>/dev/null
		assert_equal "$file $(makes)" "$file $((n += 1))"
	done
	: >"$TREE/tools/def/new.c"
	touch -d '1 hour ago' "$TREE/tools/def/new.c"
	find_tool kp_def 2>/dev/null
	assert_equal "$(makes)" $((n += 1))
	rm "$TREE/tools/def/new.c"
	find_tool kp_def 2>/dev/null
	assert_equal "$(makes)" $((n += 1))
	cp -p "$TREE/tools/def/m4.c" "$TREE/tools/old"
	find_tool kp_def 2>/dev/null
	n=$(makes)
	mv "$TREE/tools/old" "$TREE/tools/def/m4.c"
	find_tool kp_def 2>/dev/null
	assert_equal "$(makes)" $((n + 1))
	find_tool kp_def
	assert_equal "$(makes)" $((n + 1))
}

@test "a source that is edited while they are built has them built again" {
	sed -i "2i echo >>$TREE/tools/def/m4.c" "$BATS_TEST_TMPDIR/bin/make"
	find_tool kp_def 2>/dev/null
	find_tool kp_def 2>/dev/null
	assert_equal "$(makes)" 2
}

@test "two checkouts share a work directory, and each has its own" {
	local first
	find_tool kp_def 2>/dev/null
	first=$KP_TOOLS
	cp -rp "$TREE" "$BATS_TEST_TMPDIR/tree.2"
	KP_TOP=$BATS_TEST_TMPDIR/tree.2
	find_tool kp_def 2>/dev/null
	[[ $KP_TOOLS != "$first" ]]
	assert_equal "$(makes)" 2
	KP_TOP=$TREE
	find_tool kp_def
	assert_equal "$(makes)" 2
}

@test "where they are installed nothing is built" {
	mkdir "$TREE/libexec"
	printf '#!/bin/sh\n' >"$TREE/libexec/kp_def"
	chmod 755 "$TREE/libexec" "$TREE/libexec/kp_def"
	find_tool kp_def
	assert_equal "$KP_TOOLS $(makes)" "$TREE/libexec 0"
	mv "$TREE/libexec" "$BATS_TEST_TMPDIR/elsewhere"
	KP_LIBEXEC=$BATS_TEST_TMPDIR/elsewhere
	find_tool kp_def
	assert_equal "$KP_TOOLS $(makes)" "$KP_LIBEXEC 0"
}

@test "without libbpf only kp_def is missing, and only who needs it is told" {
	echo kp_def >"$BATS_TEST_TMPDIR/bin/not"
	run -0 find_tool kp_view
	refute_contains error
	run -11 find_tool kp_def
	assert_contains 'kp_load: error: definition compiler: cannot be built'
	assert_contains '  def/btf.h:7:10: fatal error: bpf/btf.h'
	[[ $output == *'hint: '*libbpf*libelf-dev* ]]
	run -0 find_tool kp_view
	assert_equal "$(makes)" 2
	rm "$BATS_TEST_TMPDIR/bin/not"
	run -0 find_tool kp_def
}

@test "what cannot be built any more is not run as it was" {
	find_tool kp_def 2>/dev/null
	echo >>"$TREE/tools/def/m4.c"
	echo kp_def >"$BATS_TEST_TMPDIR/bin/not"
	find_tool kp_view 2>/dev/null
	[[ ! -e $KP_TOOLS/kp_def ]]
}

@test "another program that cannot be built is named, without the packages of types" {
	echo kp_run >"$BATS_TEST_TMPDIR/bin/not"
	run -11 find_tool kp_run
	assert_contains 'kp_load: error: kp_run: cannot be built'
	[[ $output == *'hint: '*libc* ]]
	refute_contains libelf
}

@test "without their source they cannot be built: 12" {
	rm -r "$TREE/tools"
	run -12 find_tool kp_def
	assert_contains "their source, in $TREE/tools, cannot be read"
}

@test "those that others can write to are not run" {
	find_tool kp_def 2>/dev/null
	chmod o+w "$KP_TOOLS/kp_view"
	run -12 find_tool kp_def
	assert_contains "$KP_TOOLS/kp_view: others can write to it"
	assert_contains "hint: rm -r $KP_TOOLS"
}

@test "the tools are built by the compiler that there is, cc or not" {
	type() { [[ ${*: -1} == cc ]] && return 1 || builtin type "$@"; }
	fake make <<<'exit 1'
	run -11 find_tool kp_def
	[[ $(fake_calls make) == *" CC=$(builtin type -P gcc) all"* ]]
}
