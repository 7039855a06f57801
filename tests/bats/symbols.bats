# shellcheck disable=SC2034,SC2154 # bats and common.bash set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2312 # the status of what prints for a comparison
# SPDX-License-Identifier: GPL-2.0-only
# symbols.bats - which address is meant. The fixture's kallsyms is cut from a
# real one; its lines with alloc_wrapped, dup_with_*, shared_name and modules
# are invented, in the kernel's format.
# bats file_tags=unit

load helpers/common

setup() {
	KP_SYSROOT=$FIXTURES/symbols/root
	need_kp_sym
	kp_lib log paths symbols symbols_one
	: >"$BATS_FILE_TMPDIR/blacklist"
	declare -gA parsed=() result=()
}

# resolve() { # <spec>: parse and resolve in this shell, for the arrays
# Nothing is forbidden: blacklist.bats tests what is. Fills result by the arrays.
resolve() {
	local KP_KPROBES=$BATS_FILE_TMPDIR KP_BLACKLIST_LIST=$BATS_FILE_TMPDIR/blacklist plant
	local -a words=("$1") uses=(count)
	kp_symbols_parse "$1" parsed || return
	kp_symbols_resolve_all words uses || return
	assert_equal "${#KP_SYMBOLS_STATE[@]}/${KP_SYMBOLS_STATE[0]}" 1/ok
	plant=${KP_SYMBOLS_PLANT[0]}+0
	result=(
		[symbol]=${KP_SYMBOLS_NAME[0]} [module]=${KP_SYMBOLS_MODULE[0]}
		[address]=${KP_SYMBOLS_ADDRESS[0]} [type]=${KP_SYMBOLS_TYPE[0]}
		[offset]=${KP_SYMBOLS_OFFSET[0]} [count]=${KP_SYMBOLS_COUNT[0]}
		[index]=${KP_SYMBOLS_INDEX[0]} [size]=${KP_SYMBOLS_SIZE[0]}
		[aliases]=${KP_SYMBOLS_ALIASES[0]} [plant]=${plant%%+*}
		[plant_offset]=$((${plant#*+} - KP_SYMBOLS_OFFSET[0]))
	)
}

# symbols_are() { # <line>...: all that the running kernel has
symbols_are() {
	KP_PROC=$BATS_TEST_TMPDIR/proc
	mkdir -p "$KP_PROC"
	printf '%s\n' "$@" >"$KP_PROC/kallsyms"
}

# try() { # <spec>: for run
try() {
	resolve "$1"
}

# hide() { # a tree whose kallsyms has every address zero
hide() {
	cp -r "$FIXTURES/symbols/root" "$BATS_TEST_TMPDIR/root"
	KP_PROC=$BATS_TEST_TMPDIR/root/proc
	sed -i 's/^[0-9a-f]*/0000000000000000/' "$KP_PROC/kallsyms"
	printf '%s\n' "$1" >"$KP_PROC/sys/kernel/kptr_restrict"
}

# become() { # <uid>: what id(1) says
become() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho %d\n' "$1" >"$BATS_TEST_TMPDIR/bin/id"
	chmod +x "$BATS_TEST_TMPDIR/bin/id"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# lines_of() { # <text>: how many lines of output begin with it
lines_of() {
	local line
	local -i count=0
	for line in "${lines[@]}"; do
		[[ $line != "$1"* ]] || ((count += 1))
	done
	printf '%d\n' "$count"
}

#
# The form
#

@test "symbols that cannot be searched are an error, and no name that is not there" {
	cat >"$BATS_TEST_TMPDIR/kp_sym" <<-'FAKE'
		#!/bin/sh
		echo '1|0|0|;vfs_read|;ok|;'
		exit 2
	FAKE
	chmod +x "$BATS_TEST_TMPDIR/kp_sym"
	KP_SYM=$BATS_TEST_TMPDIR/kp_sym
	run -11 try vfs_read
	assert_contains 'cannot be read'
}

@test "a plain name parses, with nothing else set" {
	kp_symbols_parse vfs_read parsed
	assert_equal "${parsed[func]}|${parsed[module]}|${parsed[index]}|${parsed[offset]}" "vfs_read|||0"
}

@test "module, number and offset parse, and the offset becomes decimal" {
	kp_symbols_parse snd-hda:show.isra.0#12+0x1F parsed
	assert_equal "${parsed[func]}|${parsed[module]}|${parsed[index]}|${parsed[offset]}" \
		"show.isra.0|snd_hda|12|31"
}

@test "a second parse leaves nothing of the first" {
	kp_symbols_parse 'e1000:show#2+4' parsed
	kp_symbols_parse vfs_read parsed
	assert_equal "${parsed[func]}|${parsed[module]}|${parsed[index]}|${parsed[offset]}" "vfs_read|||0"
}

@test "the longest legal names parse" {
	local func module
	printf -v func '%511s' ''
	printf -v module '%55s' ''
	kp_symbols_parse "${module// /m}:${func// /f}#1+0xffffffff" parsed
	assert_equal "${#parsed[func]} ${#parsed[module]} ${parsed[offset]}" "511 55 4294967295"
}

@test "what is no probe is refused with status 2, one error line and one hint" {
	local spec cause
	while IFS='|' read -r spec cause; do
		run -2 kp_symbols_parse "$spec" parsed
		assert_contains "kp_load: error: probe $spec: "
		assert_contains "$cause"
		assert_equal "$(lines_of 'kp_load: error: ') $(lines_of 'kp_load: hint: ') ${#lines[@]}" "1 1 2"
	done <<-'TABLE'
		0xffffffff81000000|an address is never guessed
		0xffffffff81000000+4|an address is never guessed
		e1000:0xff|an address is never guessed
		ffffffff816b89f0|an address is never guessed
		:vfs_read|the module before ':' is empty
		e1000:|the function's name is empty
		#1|the function's name is empty
		+4|the function's name is empty
		a b|character ' ' at column 2
		vfs_*|character '*' at column 5
		1abc|character '1' at column 1
		.abc|character '.' at column 1
		e1000:9lives|character '9' at column 7
		e1000:a:b|character ':' at column 8
		my/mod:abc|character '/' at column 3
		-|character '-' at column 1
		--force|character '-' at column 1
		abc#|the number after #
		abc#0|the number after #
		abc#01|the number after #
		abc#-1|the number after #
		abc#1#2|the number after #
		abc#9999999|the number after #
		abc#1[$(id)]|the number after #
		abc+|the offset after +
		abc+0x|the offset after +
		abc+010|the offset after +
		abc+-4|the offset after +
		abc+4#1|the offset after +
		abc+4+4|the offset after +
		abc+PATH|the offset after +
		abc+0x100000000|the offset is too large
		abc+4294967296|the offset is too large
		abc+99999999999999999999|the offset is too large
	TABLE
}

# bats test_tags=hostile
@test "an empty probe is told as ''" {
	run -2 kp_symbols_parse '' parsed
	assert_contains "kp_load: error: probe '': the function's name is empty"
}

# bats test_tags=hostile
@test "600 characters are told with their number and the limit, and not repeated" {
	local func
	printf -v func '%600s' ''
	run -2 kp_symbols_parse "${func// /a}" parsed
	assert_contains "the name has 600 characters, the limit is 511"
	((${#lines[0]} < 250))
}

# bats test_tags=hostile
@test "512 characters, and a module of 56, are one too many" {
	local long
	printf -v long '%512s' ''
	long=${long// /a}
	run -2 kp_symbols_parse "$long" parsed
	assert_contains "the name has 512 characters, the limit is 511"
	run -2 kp_symbols_parse "${long:0:56}:f" parsed
	assert_contains "the module's name has 56 characters, the limit is 55"
}

# bats test_tags=hostile
@test "hostile characters are named, escaped, and nothing of them runs" {
	local spec
	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2016 # they are not to expand
	for spec in '$(touch x)' '`touch x`' 'a;touch x' 'a|touch x' "a'b" 'a"b' 'a/b' '../a' 'a\b' \
		$'a\nb' $'a\tb' $'a\rb' $'a\eb' 'é' $'\xff' 'a[$(touch x)]' 'a b' '*' 'm4_esyscmd(x)' \
		'a&b' 'a>x' '%s%n' 'a=b' 'x[0' '${IFS}' '~root'; do
		run -2 kp_symbols_parse "$spec" parsed
		assert_equal "${#lines[@]}" 2
		assert_contains "kp_load: error: probe "
		assert_contains " at column "
		[[ $output != *[!\ -~$'\n']* ]]
	done
	[[ ! -e x ]]
	assert_equal "${#parsed[@]}" 0
}

# bats test_tags=hostile
@test "a newline does not make a second message" {
	run -2 kp_symbols_parse $'a\nkp_load: error: forged' parsed
	assert_equal "$(lines_of 'kp_load: error: ')" 1
	assert_contains "character \$'\\n' at column 2"
}

# bats test_tags=hostile
@test "a name outside ASCII is refused in a UTF-8 locale too" {
	LC_ALL=C.UTF-8 run -2 kp_symbols_parse 'vfs_réad' parsed
	assert_contains "at column 6"
}

#
# The running kernel's kallsyms
#

@test "the whole of kallsyms is read, and that it shows addresses is remembered" {
	local last
	last=$(tail -n 1 "$KP_PROC/kallsyms")
	run -10 try bpf_prog_6deef7357e7b4530_sd_fw_ingress
	assert_contains 'the kernel made it while running'
	[[ $last == *' bpf_prog_6deef7357e7b4530_sd_fw_ingress'* ]]
	resolve vfs_read
	assert_equal "$KP_SYMBOLS_HIDDEN" 0
}

@test "no kallsyms is status 11 and names CONFIG_KALLSYMS" {
	KP_PROC=$BATS_TEST_TMPDIR/none
	run -11 try vfs_read
	assert_contains "kp_load: error: symbols $BATS_TEST_TMPDIR/none/kallsyms: no such file"
	assert_contains CONFIG_KALLSYMS
}

@test "an empty kallsyms is status 11" {
	symbols_are
	: >"$KP_PROC/kallsyms"
	run -11 try vfs_read
	assert_contains "the file is empty"
}

@test "a kallsyms that this user may not read is status 11" {
	((EUID)) || skip 'root reads everything'
	symbols_are 'ffffffff81000000 T vfs_read'
	chmod a-r "$KP_PROC/kallsyms"
	run -11 try vfs_read
	assert_contains "this user may not read it"
	assert_contains "hint: run as root"
}

@test "an index that does not fit is told with the system's reason, and the answer given" {
	unshare -rm mount -t tmpfs none /tmp 2>/dev/null || skip 'no file system of a test here'
	local cache=$BATS_TEST_TMPDIR/cache
	cp -r "$FIXTURES/symbols/root" "$BATS_TEST_TMPDIR/root"
	KP_PROC=$BATS_TEST_TMPDIR/root/proc KP_SYS=$BATS_TEST_TMPDIR/root/sys
	mkdir -p "$KP_SYS/kernel" "$KP_PROC/sys/kernel/random" "$cache"
	printf '\x04\0\0\0\x04\0\0\0\x03\0\0\0GNU\0abcd' >"$KP_SYS/kernel/notes"
	echo d9d5cc7d-07cc-42f9-a6af-45266f3c0001 >"$KP_PROC/sys/kernel/random/boot_id"
	cat >"$BATS_TEST_TMPDIR/kp_sym" <<-FAKE
		#!/bin/sh
		unshare -rm sh -c 'mount -t tmpfs -o size=4k none "\$0" && "\$@" && ls -A "\$0" >&2' "$cache" "$KP_SYM" "\$@"
	FAKE
	chmod +x "$BATS_TEST_TMPDIR/kp_sym"
	KP_SYM=$BATS_TEST_TMPDIR/kp_sym KP_SYMBOLS_CACHE=$cache
	run -0 try vfs_read
	assert_contains "kp_load: warning: index $cache/symbols.kernel: cannot be written: No space left on device"
	refute_contains $'\nsymbols.kernel'
}

@test "hidden addresses are status 11 for a user, who is told to run as root" {
	hide 1
	become 1000
	run -11 try vfs_read
	assert_contains "hidden from ordinary users (kptr_restrict is 1)"
	assert_contains "hint: run as root"
}

@test "hidden addresses are status 11 for a root without CAP_SYSLOG" {
	hide 0
	become 0
	run -11 try vfs_read
	assert_contains "CAP_SYSLOG"
}

@test "root goes on by name when kptr_restrict is 2, with a warning" {
	hide 2
	become 0
	run -0 try vfs_read
	assert_contains "kp_load: warning: symbols "
	assert_contains "sysctl kernel.kptr_restrict=1"
	resolve vfs_read 2>"$BATS_TEST_TMPDIR/said"
	assert_equal "$KP_SYMBOLS_HIDDEN" 1
	assert_equal "${result[plant]}|${result[address]}|${result[size]}|${result[aliases]}" "vfs_read|||"
	run -0 try vfs_read
	assert_equal "$output" "" # it was told
	resolve e1000:e1000_intr
	assert_equal "${result[plant]}|${result[address]}" "e1000:e1000_intr|"
	run -10 try start_kernel
	assert_contains "init text"
	run -11 try 'type_show#2'
	assert_contains "addresses are hidden"
	run -10 try type_show
	assert_contains "type_show#3 in vmlinux"
}

@test "zero offsets of per-CPU data alone do not hide kallsyms" {
	run -0 try vfs_read
	assert_equal "$output" ""
}

#
# Found
#

@test "a function of the kernel is found, with address, type and size" {
	run -0 try vfs_read
	assert_equal "$output" ""
	resolve vfs_read
	assert_equal "${result[symbol]}|${result[module]}|${result[address]}|${result[type]}" \
		"vfs_read||ffffffff816b89f0|T"
	assert_equal "${result[offset]}|${result[count]}|${result[index]}|${result[size]}" "0|1|1|864"
	assert_equal "${result[plant]}+${result[plant_offset]}" "vfs_read+0"
}

@test "the match is the whole name: neither vfs_readv nor __pfx_vfs_read" {
	resolve vfs_read
	assert_equal "${result[address]}" ffffffff816b89f0
	run -10 try vfs_rea
	assert_contains "function vfs_rea: not in the running kernel"
}

@test "a dot in a name is a dot" {
	symbols_are 'ffffffff81000000 T fooXisra'
	run -10 try foo.isra
}

@test "a function is described in one line" {
	resolve vfs_read
	run -0 kp_symbols_describe 0
	assert_equal "$output" "vfs_read at ffffffff816b89f0 in vmlinux, 864 bytes"
	resolve e1000_intr
	run -0 kp_symbols_describe 0
	assert_equal "$output" "e1000_intr at ffffffffc04b1230 in e1000, 464 bytes"
}

#
# The address of any symbol
#

@test "a symbol's address is that of code or data, of the kernel or a module, by its whole name" {
	local -a lines
	mapfile -t lines <"$KP_PROC/kallsyms"
	symbols_are "${lines[@]}" 'ffffffff82000000 d some_data.1' 'ffffffff82000008 B some_data' \
		"ffffffffc04b9000 d its_data	[e1000]"
	run -0 kp_symbols_address vfs_read
	assert_equal "$output" ffffffff816b89f0
	run -0 kp_symbols_address some_data
	assert_equal "$output" ffffffff82000008
	run -0 kp_symbols_address some_data.1
	assert_equal "$output" ffffffff82000000
	run -0 kp_symbols_address its_data
	assert_equal "$output" ffffffffc04b9000
}

@test "a symbol that is not there, is there twice or once a CPU has no address: 10" {
	run -10 kp_symbols_address vfs_rea
	assert_equal "${lines[0]}" 'kp_load: error: symbol @vfs_rea: not in the running kernel'
	[[ ${lines[1]} == 'kp_load: hint: '* ]]
	run -10 kp_symbols_address type_show
	assert_equal "${lines[0]}" 'kp_load: error: symbol @type_show: 3 symbols have this name'
	run -10 kp_symbols_address gdt_page
	assert_contains 'symbol @gdt_page: each CPU has its own'
}

@test "a symbol whose address is hidden is 11, with the setting that hides it" {
	hide 2
	become 0
	resolve vfs_read 2>"$BATS_TEST_TMPDIR/said"
	run -11 kp_symbols_address vfs_read
	assert_equal "${lines[0]}" 'kp_load: error: symbol @vfs_read: its address is hidden (kptr_restrict is 2)'
	assert_equal "${lines[1]}" 'kp_load: hint: sysctl kernel.kptr_restrict=1'
}

@test "a module's function is planted as MOD:FUNC, its size from the unsorted block" {
	resolve e1000_intr
	assert_equal "${result[plant]}+${result[plant_offset]} ${result[module]} ${result[size]}" \
		"e1000:e1000_intr+0 e1000 464"
	resolve e1000_watchdog
	assert_equal "${result[size]}" 3072
	resolve e1000_clean
	assert_equal "${result[size]}" $((0x2500))
}

@test "vmlinux:FUNC is the kernel's own" {
	resolve vmlinux:shared_name
	assert_equal "${result[module]}|${result[plant]}+${result[plant_offset]}" "|shared_name+0"
	resolve e1000:shared_name
	assert_equal "${result[module]}|${result[plant]}+${result[plant_offset]}" "e1000|e1000:shared_name+0"
}

@test "weak functions are functions, weak data is not" {
	resolve weak_one
	assert_equal "${result[type]}" W
	run -10 try weak_datum
	assert_contains "it is data (type V in kallsyms)"
}

@test "aliases at one address are told and listed, also those that come before" {
	local name
	for name in memcpy __memcpy __pi_memcpy; do
		run -0 try "$name"
		assert_contains "kp_load: $name: is also "
		resolve "$name"
		assert_equal "${result[address]}" ffffffff821f4320
	done
	assert_equal "${result[aliases]}" "memcpy __memcpy"
	run -0 try e1000_exit_module
	assert_contains "is also cleanup_module, all at ffffffffc04b5500"
	resolve e1000_exit_module
	assert_equal "${result[aliases]}" cleanup_module
}

@test "addresses are compared as text, not as numbers" {
	# As a number in awk 1e2 is 100.
	symbols_are '0000000000000100 T first' '00000000000001e2 T second' \
		'0000000000000300 T third'
	resolve second
	assert_equal "${result[aliases]}|${result[size]}" "|286"
	symbols_are 'ffffffff81000000 T _stext' 'ffffffff81000001 T second' \
		'ffffffff81000003 T third'
	resolve second
	assert_equal "${result[aliases]}|${result[size]}" "|2"
}

@test "an offset inside the function is kept, one past its end refused" {
	resolve vfs_read+0x1f
	assert_equal "${result[offset]}" 31
	resolve vfs_read+863
	run -10 try vfs_read+864
	assert_contains "function vfs_read: offset 0x360 is past its end, it has 864 bytes"
}

# bats test_tags=hostile
@test "a function of 511 characters is found" {
	local func
	printf -v func '%505s' ''
	func=long_${func// /x}_
	resolve "$func"
	assert_equal "${#result[plant]} ${result[address]}" "511 ffffffff81b00040"
}

#
# Several of one name
#

@test "several functions of a name are listed with module and address, and refused" {
	run -10 try type_show
	assert_contains "kp_load: error: function type_show: 3 functions have this name"
	assert_contains "type_show#2 at ffffffff81395930 in vmlinux, before force_show"
	assert_contains "type_show#3 at ffffffff813e8f90 in vmlinux, before chip_name_show"
	assert_contains "hint: choose one by its number: --probe='type_show#1'"
	refute_contains "type_show#4"
}

@test "a chosen one is planted at its distance from _stext" {
	resolve 'type_show#2'
	assert_equal "${result[address]} ${result[count]} ${result[index]}" "ffffffff81395930 3 2"
	assert_equal "${result[plant]}+${result[plant_offset]}" "_stext+$((0x395930))"
}

@test "a number past the last is refused" {
	run -10 try 'type_show#4'
	assert_contains "number 4 was asked for, the last is 3"
	run -10 try 'vfs_read#2'
	assert_contains "number 2 was asked for, the last is 1"
}

@test "number 1 of a unique function is the function" {
	resolve 'vfs_read#1'
	assert_equal "${result[plant]}+${result[plant_offset]}" "vfs_read+0"
}

@test "one name in the kernel and in a module asks for the module" {
	run -10 try shared_name
	assert_contains "shared_name#1 at ffffffff81b00140 in vmlinux"
	assert_contains "shared_name#2 at ffffffffc04b2100 in e1000"
	assert_contains "or by its module: --probe=e1000:shared_name"
	resolve 'shared_name#2'
	assert_equal "${result[plant]}+${result[plant_offset]}" "e1000:shared_name+0"
}

@test "two functions of one name in one module are told apart" {
	run -10 try e1000:show
	assert_contains "function e1000:show: 2 functions have this name"
	assert_contains "e1000:show#2 at ffffffffc04b2080 in e1000"
	resolve 'e1000:show#2'
	assert_equal "${result[plant]}+${result[plant_offset]}" "_stext+$((0xc04b2080 - 0x81000000))"
}

@test "a long list of one name is cut, with the number of the rest" {
	local i
	symbols_are
	for ((i = 0; i < 45; i++)); do
		printf 'ffffffff8100%04x t many\n' "$((i * 16))"
	done >"$KP_PROC/kallsyms"
	run -10 try many
	assert_contains "45 functions have this name"
	assert_contains "and 15 more"
	refute_contains "many#31"
}

@test "a function out of reach of _stext cannot be chosen among several" {
	symbols_are 'ffff000000001000 t two' 'ffff800080000000 T _stext' 'ffff800080001000 t two'
	run -10 try 'two#1'
	assert_contains "out of reach from _stext"
	resolve 'two#2'
	assert_equal "${result[plant_offset]}" 4096
}

@test "data, or freed init text, of the same name does not make a function ambiguous, but is not planted by name" {
	resolve dup_with_data
	assert_equal "${result[type]} ${result[count]} ${result[plant]}+${result[plant_offset]}" \
		"T 1 _stext+$((0xb00100))"
	resolve dup_with_init
	assert_equal "${result[address]} ${result[count]} ${result[plant]}" "ffffffff81b00000 1 _stext"
}

# traceable() { # <line>...: what the kernel says it can trace
traceable() {
	KP_TRACEFS=$BATS_TEST_TMPDIR
	printf '%s\n' "$@" >"$KP_TRACEFS/available_filter_functions"
}

@test "a function can be traced where the kernel's list has it by any name of its address" {
	resolve __pi_memcpy
	traceable vfs_read memcpy
	kp_symbols_is_traceable 0
	traceable vfs_read __pi_memcpy
	kp_symbols_is_traceable 0
	traceable vfs_read memcpy_toio '__memcpy [e1000]' x__memcpy
	run ! kp_symbols_is_traceable 0
	resolve vfs_read
	traceable memcpy vfs_readv
	run ! kp_symbols_is_traceable 0
}

@test "a module's function can be traced where the list has it with its module" {
	resolve e1000_exit_module
	traceable 'cleanup_module [e1000]'
	kp_symbols_is_traceable 0
	traceable cleanup_module e1000_exit_module 'cleanup_module [e100]'
	run ! kp_symbols_is_traceable 0
}

@test "without the kernel's list nothing can be traced" {
	resolve vfs_read
	KP_TRACEFS=$BATS_TEST_TMPDIR/none
	run ! kp_symbols_is_traceable 0
}

#
# Variants
#

@test "a function that exists only as copies names them" {
	run -10 try uncore_pci_exit
	assert_contains "function uncore_pci_exit: exists only as the compiler's uncore_pci_exit.part.0"
	assert_contains "--probe=uncore_pci_exit.part.0"
	assert_contains "not in their usual registers"
}

@test "a copy is accepted when asked for in full, with a note on its arguments" {
	run -0 try kzalloc_noprof.constprop.0
	assert_contains "not in their usual registers"
	run -0 try uncore_pci_exit.part.0
	refute_contains "not in their usual registers"
	resolve kzalloc_noprof.constprop.0
	assert_equal "${result[plant]}" kzalloc_noprof.constprop.0
}

@test "a function with a copy beside it gets a note" {
	run -0 try alloc_wrapped
	assert_contains "the compiler also made alloc_wrapped.isra.0"
}

@test "unlikely branches moved away get a note of their own" {
	symbols_are 'ffffffff81000000 T f' 'ffffffff81000100 t f.cold'
	run -0 try f
	assert_equal "$output" "kp_load: f: its unlikely branches are in f.cold"
}

#
# Not to be had
#

@test "data is refused as data" {
	run -10 try jiffies_64
	assert_contains "function jiffies_64: it is data (type D in kallsyms), not a function"
}

@test "init text is refused as freed" {
	run -10 try start_kernel
	assert_contains "function start_kernel: it ran when the kernel booted, and its memory was freed"
}

@test "code that the kernel made while running is refused as such" {
	local name
	for name in ftrace_trampoline kprobe_insn_page bpf_prog_6deef7357e7b4530_sd_fw_ingress; do
		run -10 try "$name"
		assert_contains "function $name: the kernel made it while running"
	done
	run -10 try bpf:anything
	assert_contains "code that the kernel made while running"
}

@test "padding before a function is refused" {
	run -10 try __pfx_vfs_read
	assert_contains "it is the padding before vfs_read"
}

@test "the wrong module is told with the right one" {
	run -10 try 8250_pci:e1000_intr
	assert_contains "function e1000_intr: not in 8250_pci, but in e1000"
	assert_contains "--probe=e1000:e1000_intr"
	run -10 try e1000:vfs_read
	assert_contains "function vfs_read: not in e1000, but in vmlinux"
	run -10 try vmlinux:e1000_intr
	assert_contains "function e1000_intr: not in vmlinux, but in e1000"
}

@test "a module that is not loaded, and one that is built in, are told apart" {
	run -10 try nosuchmod:vfs_read
	assert_contains "no module nosuchmod is loaded"
	assert_contains "--probe=vmlinux:vfs_read"
	assert_contains "--mod=PATH"
	run -10 try printk:vfs_read
	assert_contains "printk is not a module here, it is built into the kernel"
}

@test "an unknown function gets the nearest names, five at most" {
	run -10 try vfs_raed
	assert_contains "kp_load: error: function vfs_raed: not in the running kernel; it may be inlined"
	assert_contains "nearest names: vfs_read"
	run -10 try dwon
	assert_contains "nearest names: down"
	run -10 try tcp_v4_rvc
	assert_contains "nearest names: tcp_v4_rcv"
	run -10 try tcp_v4rcv
	assert_contains "nearest names: tcp_v4_rcv"
	run -10 try e1000_inter
	assert_contains "nearest names: e1000:e1000_intr"
}

@test "nothing near is no hint" {
	run -10 try zzzzzzzzzzzzzzzzzzzz
	assert_equal "$(lines_of 'kp_load: hint: ')" 0
}

@test "freed init text and padding are not offered" {
	run -10 try start_kernal
	refute_contains start_kernel
	run -10 try __pfx_vfs_raed
	refute_contains "nearest names: __pfx_vfs_read"
}

@test "an inline wrapper is told by its out-of-line part" {
	run -10 try tasklet_schedule
	assert_contains "tasklet_schedule may be an inline wrapper of __tasklet_schedule"
}

@test "the usual relatives are offered" {
	run -10 try read
	assert_contains "related functions: ksys_read, vfs_read, __x64_sys_read"
	run -10 try printk
	assert_contains "related functions: _printk"
	run -10 try sys_open
	assert_contains "do_sys_open"
	run -10 try sys_openat
	assert_contains "__x64_sys_openat"
	run -10 try __do_exit
	assert_contains "do_exit"
}

@test "no message has more than one error line and two hints" {
	local spec
	for spec in type_show shared_name uncore_pci_exit read printk sys_open nosuchmod:vfs_read \
		nosuchmod:nothing start_kernel e1000:vfs_read vfs_read+864; do
		run -10 try "$spec"
		assert_equal "$(lines_of 'kp_load: error: ')" 1
		(($(lines_of 'kp_load: hint: ') <= 2))
	done
}

@test "a kallsyms that is gone is status 11" {
	symbols_are 'ffffffff81000000 T vfs_read'
	resolve vfs_read
	rm "$KP_PROC/kallsyms"
	run -11 try vfs_read
}

@test "120,000 symbols are resolved in one pass, and searched for near names, in seconds" {
	local start
	# shellcheck disable=SC2016 # awk's $, not ours
	awk 'BEGIN {
		n = split("tcp ext4 sched vfs usb inode page work timer irq lock net skb drm pci write read " \
			"alloc free init show store queue map find", word, " ")
		for (i = 0; i < 120000; i++)
			printf "ffffffff81%06x %s %s_%s_%s_%s\n", i * 16, i % 2 ? "t" : "T", word[i % n + 1], \
				word[int(i / n) % n + 1], word[int(i / n / n) % n + 1], word[int(i / n / n / n) % n + 1]
	}' >"$BATS_TEST_TMPDIR/kallsyms"
	KP_PROC=$BATS_TEST_TMPDIR
	KP_SYM=${KP_SYM/asan\//} # as it is used
	start=${EPOCHREALTIME/./}
	resolve vfs_drm_sched_inode
	echo "# found: $(((${EPOCHREALTIME/./} - start) / 1000)) ms" >&3
	# The target is 0.12 s; this bound only catches another order of growth.
	((${EPOCHREALTIME/./} - start < 2000000))
	start=${EPOCHREALTIME/./}
	run -10 try vfs_drm_sched_indoe
	assert_contains "nearest names: vfs_drm_sched_inode"
	echo "# near names: $(((${EPOCHREALTIME/./} - start) / 1000)) ms" >&3
	((${EPOCHREALTIME/./} - start < 5000000))
}

#
# A module's file
#

# object() { # <file.o>: an object with a function, data and two of one name
object() {
	command -v as >/dev/null || skip "no assembler"
	command -v nm >/dev/null || skip "no nm"
	as -o "$1" - <<-'ASM'
		.text
		.globl mod_intr
		.type mod_intr, @function
		mod_intr: nop
		.type mod_clean.isra.0, @function
		mod_clean.isra.0: nop
		.section .init.text, "ax"
		.globl init_module
		.type init_module, @function
		init_module: nop
		.data
		mod_table: .long 1
		.text
		call outside
	ASM
}

@test "a function of a module's file is found, its init too, packed or not" {
	object "$BATS_TEST_TMPDIR/m.ko"
	cd "$BATS_TEST_TMPDIR"
	mkdir run
	kp_symbols_in_object m.ko mod_intr run
	kp_symbols_in_object "$PWD/m.ko" init_module run
	gzip --keep m.ko
	kp_symbols_in_object m.ko.gz mod_intr run
	if command -v xz >/dev/null; then
		xz --keep m.ko
		kp_symbols_in_object m.ko.xz mod_intr run
	fi
	if command -v zstd >/dev/null; then
		zstd --quiet m.ko
		kp_symbols_in_object m.ko.zst mod_intr run
	fi
	assert_equal "$(ls run)" ""
}

@test "a function that is not in the module's file is status 10 with near names" {
	object "$BATS_TEST_TMPDIR/m.ko"
	run -10 kp_symbols_in_object "$BATS_TEST_TMPDIR/m.ko" mod_itnr "$BATS_TEST_TMPDIR"
	assert_contains "function mod_itnr: not in $BATS_TEST_TMPDIR/m.ko; it may be inlined"
	assert_contains "nearest names: mod_intr"
	run -10 kp_symbols_in_object "$BATS_TEST_TMPDIR/m.ko" mod_clean "$BATS_TEST_TMPDIR"
	assert_contains "exists only as the compiler's mod_clean.isra.0"
	run -10 kp_symbols_in_object "$BATS_TEST_TMPDIR/m.ko" mod_table "$BATS_TEST_TMPDIR"
	assert_contains "it is data"
	run -10 kp_symbols_in_object "$BATS_TEST_TMPDIR/m.ko" outside "$BATS_TEST_TMPDIR"
	assert_equal "$(ls "$BATS_TEST_TMPDIR")" m.ko
}

# bats test_tags=hostile
@test "what is no module is status 2, and leaves nothing" {
	cd "$BATS_TEST_TMPDIR"
	mkdir run dir.ko
	printf 'no object\n' >text.ko
	printf 'no object\n' >text.ko.xz
	: >empty.ko
	local file
	for file in none.ko dir.ko text.ko text.ko.xz empty.ko $'new\nline.ko' ''; do
		run -2 kp_symbols_in_object "$file" mod_intr run
		assert_equal "$(lines_of 'kp_load: error: module ') ${#lines[@]}" "1 1"
	done
	assert_equal "$(ls run)" ""
}

# bats test_tags=hostile
@test "a module's file with a hostile name is read as a file" {
	object "$BATS_TEST_TMPDIR/m.ko"
	cd "$BATS_TEST_TMPDIR"
	mkdir run
	local name
	# shellcheck disable=SC2016 # it is not to expand
	for name in '-n.ko' 'a b.ko' '$(touch x).ko' 'a=b.ko' "q'uo\"te.ko"; do
		cp -- m.ko "./$name"
		kp_symbols_in_object "$name" mod_intr run
	done
	[[ ! -e x ]]
}

#
# All probes of a run
#

# all() { # <word>...: for run; what they do is count
all() {
	local -a words=("$@") uses=("${@/*/count}")
	kp_symbols_resolve_all words uses --max=32
}

@test "all probes are looked up at once, with what later steps need of each" {
	KP_KPROBES=$BATS_TEST_TMPDIR
	: >"$KP_KPROBES/blacklist"
	all vfs_read+0x1f e1000:e1000_intr 'type_show#2'
	assert_equal "${KP_SYMBOLS_STATE[*]}" 'ok ok ok'
	assert_equal "${KP_SYMBOLS_PLANT[*]}" 'vfs_read+0x1f e1000:e1000_intr _stext+0x395930'
	assert_equal "${KP_SYMBOLS_TARGET[*]}" 'vfs_read+0x1f e1000:e1000_intr type_show'
	assert_equal "${KP_SYMBOLS_PLAIN[*]}" 'vfs_read_0x1f e1000_intr type_show'
	assert_equal "${KP_SYMBOLS_PLACE[0]}" ffffffff816b8a0f/ffffffff816b8a13
	assert_equal "${KP_SYMBOLS_MODULE[1]}/${KP_SYMBOLS_INDEX[2]}" e1000/2
	all uncore_pci_exit.part.0
	assert_equal "${KP_SYMBOLS_PLAIN[*]}" uncore_pci_exit_part_0
}

@test "of all probes the notes are told, the warnings, and the first error" {
	KP_KPROBES=$BATS_TEST_TMPDIR/none
	run -10 all __pi_memcpy vfs_read type_show nothing_like_it
	assert_contains '__pi_memcpy: is also '
	assert_contains 'function __pi_memcpy: the kernel forbids to probe it: it lies in __noinstr_text'
	run -10 all alloc_wrapped vfs_read type_show nothing_like_it
	assert_contains 'the compiler also made alloc_wrapped.isra.0'
	assert_equal "$(lines_of 'kp_load: warning: blacklist ')/$(lines_of 'kp_load: error: ')" 1/1
	assert_contains 'function type_show: 3 functions have this name'
	: >"$BATS_TEST_TMPDIR/blacklist"
	KP_KPROBES=$BATS_TEST_TMPDIR
	run -10 all vfs_read memcpy
	assert_contains 'function memcpy: dangerous to count'
	KP_SYM=/nonexistent
	run -11 all vfs_read
	assert_contains 'cannot be read'
}

@test "patterns among all probes are told, and refused, in their order" {
	kp_lib options facts glob
	KP_KPROBES=$BATS_TEST_TMPDIR
	: >"$KP_KPROBES/blacklist"
	run -0 all 'vfs_*' 'tcp_v4_*' vfs_read
	assert_contains 'kp_load: vfs_*: 2 functions'
	assert_contains 'kp_load: tcp_v4_*: 1 functions'
	all 'vfs_*' vfs_read e1000:e1000_intr 2>/dev/null
	assert_equal "${KP_SYMBOLS_WORD[*]}/${KP_SYMBOLS_ASK[*]}" 'vfs_readv vfs_read e1000:e1000_intr/0 1 2'
	run -10 all 'vfs_*' 'nothing_*'
	assert_contains 'error: function nothing_*: no function that can be probed matches'
	run -2 all '*' vfs_read
	assert_contains 'match, a module probes 32'
}
