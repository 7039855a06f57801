# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # definitions are meant as they stand
# SPDX-License-Identifier: GPL-2.0-only
# define.bats - from kp_def's facts to those of m4. kp_def itself is a fake here:
# kp_def.bats tests it, golden.bats and build.bats what it gives.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	export KP_SYSROOT=$FIXTURES/build/root
	kp_lib log paths trust cleanup generate options sanity define
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	KP_RELEASE=6.1.0-56-amd64
	TAB=$'\t'
}

# read_facts() { # <fact, its fields separated by a blank or by |>...
# Where a field has blanks the fields are separated by |.
read_facts() {
	local fact facts=''
	for fact in "$@"; do
		[[ $fact == *'|'* ]] || fact=${fact// /|}
		facts+=${facts:+$'\n'}${fact//'|'/$TAB}
	done
	KP_DEFINE_FACTS=([FIELDS]='' [CAPTURES_ENTRY]='' [CAPTURES_RETURN]=''
		[SHOWS]='' [ENUMS]='' [FILTER]=true [MAXACTIVE]=256 [RETURNS]=long [FILTERCTX]=0)
	KP_DEFINE_SYMS=()
	declare -gA KP_REQUEST_PROBE=([func]='' [module]='' [index]='' [offset]=0)
	_kp_define_read "$facts" 0
}

# fact_is() { # <name> <text>
fact_is() {
	assert_equal "$1: ${KP_DEFINE_FACTS[$1]}" "$1: $2"
}

# arg() { # <kind> <ctype> <count> <format>: the fact of an argument x
arg() {
	read_facts "arg|0|entry|x|$2|$1|kp_reg(regs, di)|$3|$4|-"
}

#
# What asks for it
#

@test "a definition is told from a function's name" {
	local value
	for value in 'p f' 'p:o f' 'r:o f $retval' 'r16:o f' 'p:g/o f a=%di' \
		$'p\tf' 'p:o ext4:f' 'p '; do
		kp_define_is_definition "$value" || {
			echo "no definition: $value" >&2
			false
		}
	done
	for value in p r f p:f ext4:f 'f#2' f+0x10 'f a=%di' 'q:o f' ' p:o f' 'pp:o f' 'p:o' \
		'p16' 'vfs_read $arg1' '' 'p: f'; do
		run ! kp_define_is_definition "$value"
	done
}

@test "each option that goes beyond where and when asks for it, the others do not" {
	local option
	KP_OPT_PROBES=(vfs_read)
	run ! kp_define_is_needed
	for option in VERBOSE SHOWSTACK SHOWREGS FORCE REHEARSE KEEP; do
		(
			printf -v "KP_OPT_$option" 1
			run ! kp_define_is_needed
		)
	done
	for option in ARGS RET ERRORS; do
		(
			printf -v "KP_OPT_$option" 1
			kp_define_is_needed
		)
	done
	for option in FILTER COMM PID TID UID CPU; do
		(
			printf -v "KP_OPT_$option" 0
			kp_define_is_needed
		)
	done
	(
		KP_OPT_ARG=('%di')
		kp_define_is_needed
	)
	KP_OPT_PROBES=(vfs_read 'p:o f')
	kp_define_is_needed
	KP_OPT_PROBES=(vfs_read sys_openat)
	kp_define_is_needed
	KP_OPT_PROBES=(sys_imageblit sys_open_ __x64_sys_openat)
	run ! kp_define_is_needed
}

@test "the module whose types are asked is the one that holds the function" {
	local row
	local -a table=(
		'vfs_read=' 'ext4:ext4_file_open=ext4' 'p:ext4 vfs_read='
		'p:g/n ext4:ext4_file_open $arg*=ext4' 'r xfs:f $retval=xfs'
	)
	declare -gA KP_REQUEST_MODFILE=()
	for row in "${table[@]}"; do
		KP_WHAT=${row%=*}
		assert_equal "$(_kp_define_module)" "${row##*=}"
	done
	KP_REQUEST_MODFILE[name]=ext4 KP_WHAT=ext4_file_open
	assert_equal "$(_kp_define_module)" ext4
}

#
# Facts
#

@test "a probe's fact says what is probed and how" {
	read_facts 'probe 0 p kprobes o - vfs_read 31 0'
	assert_equal "$KP_DEFINE_KIND $KP_DEFINE_NAME" 'p o'
	assert_equal "${KP_REQUEST_PROBE[module]}/${KP_REQUEST_PROBE[func]}+${KP_REQUEST_PROBE[offset]}" /vfs_read+31
	fact_is MAXACTIVE 256
	read_facts 'probe 0 r kprobes o ext4 ext4_file_open 0 16'
	assert_equal "$KP_DEFINE_KIND $KP_DEFINE_NAME" 'r o'
	assert_equal "${KP_REQUEST_PROBE[module]}:${KP_REQUEST_PROBE[func]}" ext4:ext4_file_open
	fact_is MAXACTIVE 16
}

@test "without arguments there are no facts but the filter that takes all" {
	read_facts 'probe 0 p kprobes o - f 0 0'
	fact_is FIELDS ''
	fact_is CAPTURES_ENTRY ''
	fact_is SHOWS ''
	fact_is ENUMS ''
	fact_is FILTER true
}

@test "a value is a field, captured and shown" {
	read_facts 'arg|0|entry|dfd|s32|value|kp_arg(regs, 0)|0|%d|int dfd'
	fact_is FIELDS 'TPL_FIELD(<|s32|>, <|a_dfd|>, <|0|>, <|int dfd|>)'
	fact_is CAPTURES_ENTRY 'TPL_SET(<|a_dfd|>, <|kp_arg(regs, 0)|>)'
	fact_is SHOWS 'TPL_SHOW(<|0|>, <|dfd|>, <|0|>, <|%d|>, <|r->a_dfd|>, <|a_dfd|>)'
	fact_is CAPTURES_RETURN ''
}

@test "what is taken at the return is captured there, and arguments are numbered" {
	read_facts 'arg|0|entry|a|u64|value|kp_reg(regs, di)|0|0x%llx|-' \
		'arg|0|return|ret|s64|errno|kp_retval(regs)|0|%lld|-'
	fact_is CAPTURES_ENTRY 'TPL_SET(<|a_a|>, <|kp_reg(regs, di)|>)'
	fact_is CAPTURES_RETURN 'TPL_SET(<|a_ret|>, <|kp_retval(regs)|>)'
	assert_equal "${KP_DEFINE_FACTS[SHOWS]##*|>)TPL}" \
		'_LINE(<|kp_show_errno(line, "ret", r->a_ret);|>)'
}

@test "a program's string that the entry could not read is tried again at the return" {
	local row
	for row in ustring=true string=false autostring=false; do
		read_facts 'probe 0 r kprobes o - f 0 0' \
			"arg|0|entry|x|str|${row%=*}|kp_arg(regs, 0)|0|-|-"
		fact_is CAPTURES_RETURN "TPL_LINE(<|KP_AGAIN_STR(r, 0, a_x, ${row#*=});|>)"
		read_facts 'probe 0 p kprobes o - f 0 0' \
			"arg|0|entry|x|str|${row%=*}|kp_arg(regs, 0)|0|-|-"
		fact_is CAPTURES_RETURN ''
	done
	read_facts 'probe 0 r kprobes o - f 0 0' 'arg|0|entry|x|str|comm|current->comm|0|-|-'
	fact_is CAPTURES_RETURN ''
}

@test "an array has its length in the field, and shows elements" {
	read_facts 'arg|0|entry|a|u8|value|kp_read_u8(&err, kp_reg(regs, di) + i)|4|0x%x|-'
	fact_is FIELDS 'TPL_FIELD(<|u8|>, <|a_a|>, <|4|>, <|-|>)'
	fact_is CAPTURES_ENTRY \
		'TPL_VALUE(<|0|>, <|a_a|>, <|4|>, <|kp_read_u8(&err, kp_reg(regs, di) + i)|>)'
	fact_is SHOWS 'TPL_SHOW(<|0|>, <|a|>, <|4|>, <|0x%x|>, <|r->a_a[i]|>, <|a_a|>)'
	arg ustring str 2 '\"%s\"'
	fact_is SHOWS \
		'TPL_SHOW(<|0|>, <|x|>, <|2|>, <|\"%s\"|>, <|kp_text(&r->data, r->a_x[i])|>, <|a_x|>)'
}

@test "each kind of string has its reader, and is quoted or not" {
	local row kind get quoted
	local -a table=(
		'string=kp_str_get, false=true' 'autostring=kp_str_get, false=true'
		'comm=kp_str_get, false=true' 'text=kp_str_get, false=true'
		'ustring=kp_str_get, true=true' 'symstr=kp_str_symbol=true'
		'file=kp_str_file, 1=true' 'file_path=kp_str_file, KP_PATH_DEPTH=true'
		'dentry=kp_str_dentry, 1=true' 'dentry_path=kp_str_dentry, KP_PATH_DEPTH=true'
		'task=kp_str_task=false' 'sockaddr=kp_str_sockaddr=false'
		'sockaddr_len=kp_str_sockaddr_len=false' 'bio=kp_str_bio=false'
	)
	for row in "${table[@]}"; do
		IFS='=' read -r kind get quoted <<<"$row"
		arg "$kind" str 0 '\"%s\"'
		fact_is CAPTURES_ENTRY \
			"TPL_STRING(<|0|>, <|a_x|>, <|0|>, <|kp_reg(regs, di)|>, <|$get|>)"
		fact_is SHOWS \
			"TPL_LINE(<|kp_show_str(line, &r->data, 0, \"x\", r->a_x, $quoted);|>)"
	done
}

# kinds() { # <pattern of how it is shown>: those of kp_def and kp_view
kinds() {
	sed -nE "s/^\tX\(\"([a-z_]+)\", ($1)\).*/\1/p" "$KP_TOP/tools/lib/kp_kind.h"
}

@test "every string that kp_def and kp_view know has a reader, and no number has" {
	local kind
	(($(kinds 'STRING|BARE' | wc -l) >= 14))
	(($(kinds '[A-Z]*' | wc -l) >= 25))
	for kind in $(kinds '[A-Z]*'); do
		arg "$kind" str 0 %s
		assert_equal "$kind $([[ ${KP_DEFINE_FACTS[CAPTURES_ENTRY]} == TPL_STRING* ]] && echo string)" \
			"$kind $(kinds 'STRING|BARE' | sed -n "s/^$kind\$/string/p")"
	done
}

@test "a string is in quotes in the log where the viewer puts it in quotes" {
	local kind
	for kind in $(kinds 'STRING|BARE'); do
		arg "$kind" str 0 %s
		assert_equal "$kind $(grep -oE 'true|false' <<<"${KP_DEFINE_FACTS[SHOWS]}")" \
			"$kind $(kinds STRING | grep -qx "$kind" && echo true || echo false)"
	done
}

@test "what reads structures is included where one is shown, and nowhere else" {
	local kind
	for kind in sockaddr sockaddr_len bio; do
		KP_DEFINE_STRUCTS=0
		arg "$kind" str 0 %s
		assert_equal "$kind $KP_DEFINE_STRUCTS" "$kind 1"
	done
	for kind in string file_path task value; do
		KP_DEFINE_STRUCTS=0
		arg "$kind" str 0 %s
		assert_equal "$kind $KP_DEFINE_STRUCTS" "$kind 0"
	done
}

@test "each kind of number that is not shown as it stands has its form" {
	local row kind format value
	local -a table=(
		'value %d r->a_x' 'bitfield 0x%x r->a_x' 'pointer 0x%llx r->a_x' "char '%c' r->a_x"
		'symbol %pS (void *)(unsigned long)r->a_x' 'gfp %pGg (gfp_t *)&r->a_x'
		'dev %u:%u MAJOR(r->a_x), MINOR(r->a_x)' 'bool %s r->a_x ? "true" : "false"'
	)
	for row in "${table[@]}"; do
		read -r kind format value <<<"$row"
		arg "$kind" u64 0 "$format"
		fact_is SHOWS "TPL_SHOW(<|0|>, <|x|>, <|0|>, <|$format|>, <|$value|>, <|a_x|>)"
	done
	arg bool u8 0 %u
	assert_equal "$(grep -o '<|%[a-z]*|>' <<<"${KP_DEFINE_FACTS[SHOWS]}")" '<|%s|>'
	arg errno s64 0 %lld
	fact_is SHOWS 'TPL_LINE(<|kp_show_errno(line, "x", r->a_x);|>)'
	arg errptr u64 0 0x%llx
	fact_is SHOWS 'TPL_LINE(<|kp_show_errptr(line, "x", r->a_x);|>)'
}

@test "an enum becomes a switch, in which no value is twice" {
	read_facts 'arg 0 entry mode u32 enum kp_reg 0 %u -' 'enum 0 mode 0 ONE' \
		'enum 0 mode 1 TWO' 'enum 0 mode 1 ALSO_TWO' 'enum 0 mode -1 NONE' \
		'arg 0 entry other u32 enum kp_reg 0 %u -' 'enum 0 other 1 THREE'
	assert_equal "$(grep -oE 'kp_enum_[a-zP_]+|case [^|]*|return [^|]*|^}' \
		<<<"${KP_DEFINE_FACTS[ENUMS]}" | paste -sd ' ')" \
		'kp_enum_mode_P case 0: return "ONE"; case 1: return "TWO"; case -1: return "NONE"; return NULL; kp_enum_other_P case 1: return "THREE"; return NULL;'
	assert_equal "$(grep -o '<|}|>' <<<"${KP_DEFINE_FACTS[ENUMS]}" | wc -l)" 4
	run -0 grep -o 'kp_show_enum([^|]*' <<<"${KP_DEFINE_FACTS[SHOWS]}"
	assert_equal "${lines[1]}" 'kp_show_enum(line, "other", kp_enum_other_P(r->a_other), r->a_other);'
}

@test "an array of an enum shows numbers, and leaves no function that nothing uses" {
	read_facts 'arg 0 entry mode u32 enum kp_reg 3 %u -' 'enum 0 mode 0 ONE'
	fact_is ENUMS ''
	fact_is SHOWS 'TPL_SHOW(<|0|>, <|mode|>, <|3|>, <|%u|>, <|r->a_mode[i]|>, <|a_mode|>)'
}

@test "what an entry saves for the return has one field and a line each" {
	read_facts 'probe 0 r kprobes o - f 0 0' 'save 0 0' 'save 0 2'
	fact_is FIELDS 'TPL_LINE(<|unsigned long saved[KP_SAVED_MAX]; /* arguments, at the entry */|>)'
	fact_is CAPTURES_ENTRY 'TPL_LINE(<|r->saved[0] = kp_arg(regs, 0);|>)TPL_LINE(<|r->saved[2] = kp_arg(regs, 2);|>)'
}

@test "an argument may be called anything, and is shown as that" {
	local name
	for name in data saved entered event duration caller int HZ NULL current a_x handler; do
		read_facts "arg|0|entry|$name|str|string|kp_reg(regs, di)|0|-|-" \
			"arg|0|entry|my$name|u8|value|kp_reg(regs, di)|4|%u|-" \
			"filter|0|kp_streq(r->$name, \"x\") && r->my$name == 1 && !kp_glob(r->$name, \"y\")"
		[[ ${KP_DEFINE_FACTS[FIELDS]} == *"<|a_$name|>"*"<|a_my$name|>"* ]]
		[[ ${KP_DEFINE_FACTS[SHOWS]} == *"\"$name\", r->a_$name, "* ]]
		fact_is FILTER "kp_streq(kp_text(&r->data, r->a_$name), \"x\") && r->a_my$name == 1 && !kp_glob(kp_text(&r->data, r->a_$name), \"y\")"
	done
}

@test "in a filter the record's strings are texts, and nothing else is changed" {
	local row
	local -a table=(
		'r->dfd == -100=r->dfd == -100'
		'kp_glob(r->f, "*.c")=kp_glob(kp_text(&r->data, r->a_f), "*.c")'
		'!kp_streq(r->f, "r->f, x") && kp_glob(r->g_1, "a\134b")=!kp_streq(kp_text(&r->data, r->a_f), "r->f, x") && kp_glob(kp_text(&r->data, r->a_g_1), "a\134b")'
		'kp_streq(current->comm, "cat") && kp_cur_pid() > 1=kp_streq(current->comm, "cat") && kp_cur_pid() > 1'
	)
	read_facts 'filter|0|r->dfd == -100 && (r->b & 0x3)'
	fact_is FILTER 'r->a_dfd == -100 && (r->a_b & 0x3)'
	for row in "${table[@]:1}"; do
		read_facts "filter|0|${row%=*}"
		fact_is FILTER "${row#*=}"
	done
}

@test "what may be an error is of the type that the function returns" {
	read_facts 'probe 0 r kprobes o - f 0 0'
	fact_is RETURNS long
	read_facts 'probe 0 r kprobes o - f 0 0' 'returns 0 int'
	fact_is RETURNS int
	read_facts 'probe 0 r kprobes o - f 0 0' 'returns 0 none'
	KP_OPT_ERRORS=1
	run -2 read_facts 'probe 0 r kprobes o - f 0 0' 'returns 0 none'
	assert_equal "${lines[0]}" 'kp_load: error: option --errors: what f returns cannot be an error'
	assert_contains 'hint: '
}

@test "a filter on the context is given it, any other is not" {
	local row
	for row in common_flags=kp_cur_flags common_preempt_count=kp_cur_preempt \
		__probe_ip=kp_probe_ip __probe_ret_ip=kp_probe_ret_ip; do
		read_facts "filter|0|r->a == 1 && ${row#*=}() == 1"
		fact_is FILTER "r->a_a == 1 && ${row#*=}(ctx) == 1"
		fact_is FILTERCTX 1
	done
	read_facts 'filter|0|kp_cur_pid() == 1 && kp_cur_cpu() == 0 && kp_streq(r->s, "kp_probe_ip")'
	fact_is FILTERCTX 0
}

@test "a symbol is a place in a parameter: its name is in the C, its address is not" {
	read_facts 'probe 0 p kprobes o - f 0 0' 'sym 0 jiffies' 'sym 0 foo.1' 'sym 0 foo' \
		'arg|0|entry|a|u8|value|kp_read_u8(&err, kp_sym("foo.1") + 8)|0|%u|-' \
		'arg|0|entry|b|str|string|kp_deref(&err, kp_sym("jiffies"))|0|-|-' \
		'arg|0|entry|c|u64|value|kp_read_u64(&err, kp_sym("foo") - 1)|0|%llu|-'
	assert_equal "${KP_DEFINE_SYMS[*]}" 'jiffies foo.1 foo'
	run grep -o 'kp_sym([^)]*)' <<<"${KP_DEFINE_FACTS[CAPTURES_ENTRY]}"
	assert_equal "${lines[*]}" 'kp_sym(&err, syms[1]) kp_sym(&err, syms[0]) kp_sym(&err, syms[2])'
	assert_equal "$(grep -o '<|[^|]*|>' < <(kp_define_syms | sed "s/^.*TPL_SYMS[^,]*, <|//; s/|>)m4_dnl//"))" '<|static unsigned long syms[3];|>
<|module_param_array(syms, ulong, NULL, 0400);|>
<|MODULE_PARM_DESC(syms, "addresses of: jiffies, foo.1, foo");|>
<||>'
	read_facts 'probe 0 p kprobes o - f 0 0'
	assert_equal "${KP_DEFINE_SYMS[*]}" ''
}

@test "a fact that is not known is refused with 2, and another probe's left alone" {
	run -2 read_facts 'bogus 0 x'
	assert_contains 'definition: bogus is not supported yet'
	read_facts 'probe 0 p kprobes o - f 0 0' 'probe 1 r kprobes other - g 0 0'
	assert_equal "$KP_DEFINE_KIND $KP_DEFINE_NAME" 'p o'
}

@test "a fact that m4 could take for more than text is refused with 12 and a message" {
	local value
	for value in '$1' '$(touch x)' '`touch x`' '<|x' 'x|>' '<<||>>'; do
		# By tabs: what is in the way is | itself.
		run -12 _kp_define_read "arg${TAB}0${TAB}entry${TAB}x${TAB}u8${TAB}value${TAB}$value${TAB}0${TAB}%u${TAB}-"
		assert_equal "${#lines[@]}" 1
		assert_contains 'kp_load: error: definition: the fact '
		assert_contains 'is not allowed in generated code'
		run -12 _kp_define_read "filter${TAB}0${TAB}kp_streq(r->x, \"$value\")"
		assert_contains 'kp_load: error: definition: the fact '
	done
}

@test "a fact whose number is none is refused, and not evaluated" {
	local value
	cd "$BATS_TEST_TMPDIR"
	for value in 'a[$(touch ran)]' x -1 ''; do
		run -12 _kp_define_read "probe${TAB}$value${TAB}p${TAB}kprobes"
		assert_contains 'kp_load: error: definition: the fact '
		[[ ! -e ran ]]
	done
}

#
# The compiler of definitions
#

# fake_def() { # what kp_def does, bash, on stdin
fake_def() {
	local key
	key=$(cd "$KP_TOP/tools" && cat -- */*.[ch] Makefile ../templates/include/kp_abi.h | sha256sum)
	FAKE_CALLS=$BATS_TEST_TMPDIR/calls
	mkdir -p "$KP_WORKDIR/cache/kp_def-${key:0:16}"
	chmod -R go-rwx "$KP_WORKDIR"
	{
		printf '#!/bin/bash\nprintf "%%s\\n" "$@" >%q\n' "$FAKE_CALLS"
		cat
	} >"$KP_WORKDIR/cache/kp_def-${key:0:16}/kp_def"
	chmod +x "$KP_WORKDIR/cache/kp_def-${key:0:16}/kp_def"
}

@test "what is asked for is handed to kp_def, each value as one word" {
	fake_def <<<'printf "probe\t0\tp\tkprobes\tf\t-\tf\t0\t0\n"'
	KP_WHICH=0 KP_WHAT='f#2' KP_OPT_PROBES=('f#2')
	KP_OPT_ARGS=1 KP_OPT_ERRORS=1 KP_OPT_ARG=('a=+0(%di):string' 'b="x y"')
	KP_OPT_FILTER='a == 1 && b ~ "*"' KP_OPT_PID=0 KP_OPT_COMM=cat
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	kp_define_compile
	kp_define_params
	[[ $(tail -n +2 "$FAKE_CALLS") == "--args
--ret
--arg=a=+0(%di):string
--arg=b=\"x y\"
--filter=a == 1 && b ~ \"*\"
--
f" ]]
	assert_equal "${KP_DEFINE_PARAMS[*]}" 'pid=0 comm=cat errors=1'
	assert_equal "$KP_DEFINE_FRAME $KP_DEFINE_PART" "helper_kp.c.in part_log_kp.c.in"
	fake_def <<<'printf "probe\t0\tr\tkprobes\tf\t-\tf\t0\t0\n"'
	KP_DEFINE_TOLD=()
	kp_define_compile
	assert_equal "$KP_DEFINE_PART" part_log_ret.c.in
}

@test "an image that no types can be taken out of is named to kp_def, which says why" {
	fake_def <<<'[[ $1 != --extract-btf=* ]] && printf "probe\t0\tp\tkprobes\tf\t-\tf\t0\t0\n"'
	KP_BOOT=$BATS_TEST_TMPDIR/boot
	mkdir "$KP_BOOT"
	: >"$KP_BOOT/vmlinuz-$KP_RELEASE"
	KP_WHICH=0 KP_OPT_PROBES=('p f dfd')
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	kp_define_compile
	assert_equal "$(head -n 1 "$FAKE_CALLS")" "--btf=$KP_BOOT/vmlinuz-$KP_RELEASE"
}

@test "--check shows the prototype of a function, or says why there is none" {
	fake_headers
	fake_def <<<'echo "int f(struct file *file, int n);"'
	run "$KP_LOAD" --check --kver=6.1.0-56-amd64 --probe=ext4:f
	assert_contains $'\nok    prototype       int f(struct file *file, int n);'
	assert_equal "$(tail -n 3 "$FAKE_CALLS" | paste -sd ' ')" '--prototype -- ext4:f'
	fake_def <<<'echo "kp_load: error: definition: No BTF entry for this probe point" >&2; exit 10'
	run "$KP_LOAD" --check --kver=6.1.0-56-amd64 --probe=f
	assert_contains $'\ninfo  prototype       not known: No BTF entry for this probe point'
}

@test "an error of kp_def is shown once, with its caret, and its status kept" {
	local status_wanted
	fake_headers
	for status_wanted in 2 10 11; do
		fake_def <<-FAKE
			cat >&2 <<-'TEXT'
				kp_load: error: definition: Unknown type is specified
				a=%di:u9
				      ^
			TEXT
			exit $status_wanted
		FAKE
		run "-$status_wanted" --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 \
			--dry-run --probe='p:o f a=%di:u9'
		assert_equal "$output" ''
		assert_equal "$stderr" 'kp_load: error: definition: Unknown type is specified
a=%di:u9
      ^'
	done
	run ! compgen -G "$KP_WORKDIR/kp_*"
}

@test "kp_def is asked once for all probes of a module, and each has its own facts" {
	fake_def <<-'FAKE'
		echo asked >>"$KP_WORKDIR/asked"
		printf "probe\t0\tp\tkprobes\ta\t-\tf\t0\t0\n"
		printf "probe\t1\tr\tkprobes\tb\t-\tg\t0\t0\n"
	FAKE
	KP_OPT_PROBES=('p:a f x=\"a#b"' 'r:b g') KP_WHICH=0 KP_WHAT='p:a f x=\"a#b"'
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	kp_define_compile
	assert_equal "$KP_DEFINE_KIND $KP_DEFINE_NAME ${KP_REQUEST_PROBE[func]}" 'p a f'
	KP_WHICH=1 KP_WHAT='r:b g'
	kp_define_compile
	assert_equal "$KP_DEFINE_KIND $KP_DEFINE_NAME ${KP_REQUEST_PROBE[func]}" 'r b g'
	assert_equal "$(<"$KP_WORKDIR/asked")" asked
	[[ $(<"$FAKE_CALLS") == *'p:a f x=\"a#b"'$'\n''r:b g' ]]
}

@test "a compiler of definitions that cannot be built is 11, with the packages" {
	fake_headers
	run -11 --separate-stderr "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe='p:o f a=%di'
	assert_equal "$output" ''
	[[ $stderr == *'error: definition compiler: cannot be built'*'hint: '*libbpf*libelf-dev* ]]
	assert_equal "$(grep -c 'error: ' <<<"$stderr")" 1
}

#
# Through the ring, and added up
#

# follow_facts() { # <option=value>... -- <fact>...: facts of a followed probe
follow_facts() {
	local option
	KP_DEFINE_FTRACEFLAGS=KP_FTRACE_FLAGS KP_DEFINE_NEEDSKPROBE=0 KP_DEFINE_GUARD=0
	KP_OPT_FOLLOW=1 KP_OPT_COUNT='' KP_OPT_HIST='' KP_OPT_SHOWSTACK=0
	while [[ $1 != -- ]]; do
		option=${1%%=*}
		printf -v "KP_OPT_$option" %s "${1#*=}"
		shift
	done
	fake_def < <(printf "printf '%%b\\\\n' %s\n" "$(printf "'%s' " "${@:2}")")
	KP_WHICH=0 KP_WHAT=f KP_OPT_PROBES=(f) KP_DEFINE_TOLD=()
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	kp_define_compile
}

ENTRY='probe\t0\tp\tkprobes\to\t-\tf\t0\t0'
RETURN='probe\t0\tr\tkprobes\to\t-\tf\t0\t0'
NUMBER='arg\t0\tentry\tn\tu64\tvalue\tkp_reg(regs, di)\t0\t%llu\t-'
DEREF='arg\t0\tentry\tn\tu64\tvalue\tkp_read(&err, kp_reg(regs, di))\t0\t%llu\t-'
STRING='arg\t0\tentry\ts\tstr\tstring\tkp_reg(regs, si)\t0\t"%s"\t-'
RET='arg\t0\treturn\tret\ts64\terrno\tkp_retval(regs)\t0\t%lld\t-'

@test "what is followed has its template: ring or sum, of an entry or a return" {
	follow_facts -- "$ENTRY"
	assert_equal "$KP_DEFINE_FRAME $KP_DEFINE_PART" "helper_ring.c.in part_ring_kp.c.in"
	follow_facts -- "$RETURN" "$RET"
	assert_equal "$KP_DEFINE_FRAME $KP_DEFINE_PART" "helper_ring.c.in part_ring_ret.c.in"
	follow_facts COUNT=comm -- "$ENTRY"
	assert_equal "$KP_DEFINE_FRAME $KP_DEFINE_PART" "helper_ring.c.in part_sum_kp.c.in"
	follow_facts HIST=duration -- "$RETURN" "$RET"
	assert_equal "$KP_DEFINE_FRAME $KP_DEFINE_PART" "helper_ring.c.in part_sum_ret.c.in"
}

@test "the return is probed where its value or the duration is added up" {
	local option
	for option in COUNT=ret HIST=ret HIST=duration; do
		follow_facts "$option" -- "$RETURN" "$RET"
		grep -qx -e --ret "$FAKE_CALLS"
	done
	for option in COUNT=hits COUNT=comm COUNT=stack HIST=n; do
		follow_facts "$option" -- "$ENTRY" "$NUMBER"
		run ! grep -x -e --ret "$FAKE_CALLS"
	done
}

@test "ftrace saves all registers only where more than the arguments' are looked at" {
	local reg
	for reg in di si dx cx r8 r9; do
		follow_facts -- "$ENTRY" "${NUMBER/di/$reg}"
		assert_equal "$KP_DEFINE_FTRACEFLAGS" KP_FTRACE_FLAGS
	done
	for reg in ax bx bp sp ip r10 r15 ss cs flags; do
		follow_facts -- "$ENTRY" "${NUMBER/di/$reg}"
		assert_equal "$KP_DEFINE_FTRACEFLAGS" KP_FTRACE_FLAGS_ALL
	done
	follow_facts SHOWSTACK=1 -- "$ENTRY"
	assert_equal "$KP_DEFINE_FTRACEFLAGS" KP_FTRACE_FLAGS_ALL
	follow_facts COUNT=stack -- "$ENTRY"
	assert_equal "$KP_DEFINE_FTRACEFLAGS" KP_FTRACE_FLAGS_ALL
}

@test "%ip is what it is at a kprobe, and needs one" {
	follow_facts -- "$ENTRY" "${NUMBER/di/ip}"
	assert_equal "$KP_DEFINE_NEEDSKPROBE" 1
	follow_facts -- "$ENTRY" "$NUMBER"
	assert_equal "$KP_DEFINE_NEEDSKPROBE" 0
}

@test "a record has room for text where there are strings, and less at a return" {
	follow_facts -- "$ENTRY" "$NUMBER"
	fact_is ROOM 0
	fact_is VARIES 0
	follow_facts -- "$ENTRY" "$DEREF"
	fact_is ROOM KP_DATA_TAIL
	follow_facts -- "$ENTRY" "$STRING"
	fact_is ROOM KP_DATA_LEN
	fact_is VARIES 1
	follow_facts -- "$RETURN" "$STRING" "$RET"
	fact_is ROOM KP_RETURN_DATA_LEN
}

@test "nothing is captured where there is nothing, at each end of the call" {
	follow_facts -- "$ENTRY"
	fact_is HASENTRY 0
	follow_facts -- "$RETURN" "$RET"
	fact_is HASENTRY 0
	fact_is HASRETURN 1
	follow_facts COUNT=comm -- "$ENTRY"
	fact_is HASRECORD 0
	follow_facts COUNT=ret -- "$RETURN" "$RET"
	fact_is TIMED 0
	fact_is ATENTRY 0
	fact_is ATRETURN 1
	follow_facts HIST=duration -- "$RETURN"
	fact_is TIMED 1
	fact_is ATENTRY 1
}

@test "a hit by ftrace is told its context where that is recorded or filtered by" {
	local context='filter\t0\tkp_cur_flags() == 1'
	follow_facts -- "$ENTRY" 'filter\t0\tkp_cur_pid() == 1'
	assert_equal "$KP_DEFINE_CONTEXT" 1
	follow_facts -- "$ENTRY" "$context"
	assert_equal "$KP_DEFINE_CONTEXT" 1
	assert_equal "$KP_DEFINE_NEEDSKPROBE" 0
	follow_facts COUNT=hits -- "$ENTRY" "$context"
	assert_equal "$KP_DEFINE_CONTEXT" 1
	fact_is SUMVARS 1
	follow_facts COUNT=hits -- "$ENTRY" 'filter\t0\tkp_cur_pid() == 1'
	assert_equal "$KP_DEFINE_CONTEXT" 0
}

@test "only a mere count by ftrace needs no guard, as it calls nothing" {
	follow_facts -- "$ENTRY"
	assert_equal "$KP_DEFINE_GUARD" 1
	follow_facts COUNT=comm -- "$ENTRY"
	assert_equal "$KP_DEFINE_GUARD" 1
	follow_facts COUNT=hits -- "$ENTRY" 'filter\t0\tkp_cur_pid() == 1'
	assert_equal "$KP_DEFINE_GUARD" 1
	follow_facts COUNT=hits -- "$ENTRY"
	assert_equal "$KP_DEFINE_GUARD" 0
}

@test "the mode says what is added up, and the table has room for the keys" {
	follow_facts COUNT=hits -- "$ENTRY"
	assert_equal "$KP_DEFINE_MODE" count
	assert_equal "$KP_DEFINE_AREA" PAGE_SIZE
	follow_facts COUNT=comm -- "$ENTRY"
	assert_equal "$KP_DEFINE_MODE" keys
	assert_equal "$KP_DEFINE_AREA" 'KP_SLOTS * 24'
	follow_facts COUNT=ret -- "$RETURN" "$RET"
	assert_equal "$KP_DEFINE_AREA" 'KP_SLOTS * 16'
	follow_facts COUNT=stack -- "$ENTRY"
	assert_equal "$KP_DEFINE_AREA" 'KP_SLOTS * 136'
	follow_facts HIST=n -- "$ENTRY" "$NUMBER"
	assert_equal "$KP_DEFINE_MODE" hist
	fact_is HISTARG 1
}

@test "each of several has a table of its own" {
	follow_facts HIST=n -- "$ENTRY" "$NUMBER"
	assert_equal "$KP_DEFINE_AREA" PAGE_SIZE
	[[ ${KP_DEFINE_FACTS[SUMFACTS]} == *'"hist\t<||>TPL_NUMBER\t0\n"'* ]]
	KP_OPT_PROBES=(f g)
	_kp_define_sum
	assert_equal "$KP_DEFINE_AREA" 'KP_PROBES * KP_HIST_LEN * sizeof(u64)'
	KP_OPT_HIST='' KP_OPT_COUNT=comm
	_kp_define_sum
	assert_equal "$KP_DEFINE_AREA" 'KP_PROBES * KP_SLOTS * 24'
	KP_OPT_COUNT=hits
	_kp_define_sum
	assert_equal "$KP_DEFINE_AREA" PAGE_SIZE
}

@test "a histogram of what is not there, or no number, is refused with 2 and a hint" {
	run -2 follow_facts HIST=nope -- "$ENTRY" "$NUMBER"
	assert_contains 'option --hist=nope: no number of that name is among the arguments: n'
	assert_contains 'hint: add --arg=nope'
	run -2 follow_facts HIST=s -- "$ENTRY" "$STRING"
	assert_contains 'option --hist=s: no number of that name'
	run -2 follow_facts HIST=nope -- "$ENTRY"
	assert_contains 'there are none'
	run -2 follow_facts COUNT=ret -- "$RETURN"
	assert_contains 'option --count=ret: no number of that name'
	assert_contains 'returns nothing'
}

# many_args() { # <n> <ctype> <count>: prints facts of as many arguments
many_args() {
	local i
	printf 'probe\t0\tp\tkprobes\tbig\t-\tf\t0\t0\n'
	for ((i = 0; i < $1; i++)); do
		printf 'arg\t0\tentry\ta%d\t%s\tvalue\tkp_read_%s(&err, 0)\t%d\t%%u\t-\n' "$i" "$2" "$2" "$3"
	done
}

@test "more arguments than a record has bits for are refused with 2 where they are followed" {
	fake_def <<<"$(declare -f many_args); many_args \$(<\"$BATS_TEST_TMPDIR/n\")"
	KP_WHICH=0 KP_OPT_PROBES=('p:big f') KP_WHAT='p:big f'
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	echo 65 u8 0 >"$BATS_TEST_TMPDIR/n"
	kp_define_compile
	KP_OPT_FOLLOW=1 KP_DEFINE_TOLD=()
	run -2 kp_define_compile
	assert_equal "${lines[0]}" 'kp_load: error: event big: 65 arguments: at most 64 can be followed'
	assert_contains 'hint: '
	echo 64 u8 0 >"$BATS_TEST_TMPDIR/n"
	kp_define_compile
}

@test "more bytes than the stack has room for are refused with 2 where hits are added up" {
	fake_def <<<"$(declare -f many_args); many_args \$(<\"$BATS_TEST_TMPDIR/n\")"
	KP_WHICH=0 KP_OPT_PROBES=('p:big f') KP_WHAT='p:big f' KP_OPT_FOLLOW=1
	declare -gA KP_REQUEST_PROBE=() KP_REQUEST_MODFILE=()
	echo 3 u64 64 >"$BATS_TEST_TMPDIR/n"
	kp_define_compile
	KP_OPT_COUNT=hits KP_DEFINE_TOLD=()
	run -2 kp_define_compile
	assert_equal "${lines[0]}" 'kp_load: error: options --count, --hist: 1536 bytes of arguments: at most 1024 can be looked at'
	assert_contains 'hint: '
	echo 2 u64 64 >"$BATS_TEST_TMPDIR/n"
	kp_define_compile
}

@test "strings cannot be looked at where hits are added up: 2, and a hint" {
	local option
	for option in COUNT=hits COUNT=comm HIST=n HIST=duration; do
		run -2 follow_facts "$option" -- "${ENTRY/tp/tr}" "$NUMBER" "$STRING" "$RET"
		assert_contains 'options --count, --hist: they cannot look at strings'
		assert_contains 'hint: '
	done
}

@test "sourcing prints nothing and changes no shell option" {
	run -0 bash -c '
		before=$(set +o; shopt)
		source "$1" && source "$1" || exit
		[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/define.sh"
	assert_equal "$output" ''
}

@test "the tools are built by the compiler that there is, cc or not" {
	KP_RUN=$BATS_TEST_TMPDIR
	type() { [[ ${*: -1} == cc ]] && return 1 || builtin type "$@"; }
	fake make <<<'exit 1'
	run -11 _kp_define_make "$BATS_TEST_TMPDIR/cache"
	[[ $(fake_calls make) == *" CC=$(builtin type -P gcc) all"* ]]
}
