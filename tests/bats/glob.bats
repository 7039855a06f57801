# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # definitions are meant as they stand
# SPDX-License-Identifier: GPL-2.0-only
# glob.bats - which functions a pattern stands for.
# bats file_tags=unit

load helpers/common

setup() {
	KP_SYSROOT=$BATS_TEST_TMPDIR/root
	need_kp_sym
	kp_lib log paths options kernel symbols glob facts request
	KP_RELEASE=6.1.0-test
	mkdir -p "$KP_KPROBES" "$KP_TRACEFS" "$KP_PROC/sys/kernel"
	echo "$KP_RELEASE" >"$KP_PROC/sys/kernel/osrelease"
	kallsyms >"$KP_PROC/kallsyms"
	printf '0xffffffff81000200-0xffffffff81000300\tvfs_black\n' >"$KP_KPROBES/blacklist"
	KP_BLACKLIST_LIST=$BATS_TEST_TMPDIR/list
	printf '%s\n' '[print] refuse it prints' 'vfs_printk' '[print,return] warn slow' 'vfs_read' \
		'[return] refuse it never returns' '*:vfs_fo*' >"$KP_BLACKLIST_LIST"
}

kallsyms() {
	local TAB=$'\t'
	cat <<-END
		ffffffff81000000 T _stext
		ffffffff81000100 T vfs_read
		ffffffff81000100 T vfs_read_too
		ffffffff81000200 t vfs_black
		ffffffff81000300 t vfs_printk
		ffffffff81000400 T vfs_fork
		ffffffff81000500 t vfs_twice
		ffffffff81000600 t vfs_twice
		ffffffff81000700 t vfs_write.cold
		ffffffff817ffff0 t __pfx_vfs_write
		ffffffff81800000 T vfs_write
		ffffffff81800040 T xvfs_other
		ffffffff81900000 D vfs_data
		ffffffff81a00000 T _sinittext
		ffffffff81a00100 t vfs_init
		ffffffff81a00200 T _einittext
		ffffffffc0001000 t vfs_mod${TAB}[m]
		ffffffffc0000f00 t vfs_too${TAB}[m]
		ffffffffc0002000 t vfs_prog${TAB}[bpf]
	END
}

# expand() { # <--probe's value>...: as a command with these does
expand() {
	local -a words=("$@")
	kp_request_read words || return
	kp_request_find words
}

# expands() { # <pattern>: to these words
expands() {
	expand "$1" 2>"$BATS_TEST_TMPDIR/told"
	assert_equal "${KP_SYMBOLS_WORD[*]}" "$2"
	assert_equal "${KP_REQUEST_WORDS[*]}" "$2"
}

@test "a pattern is told from a name and from a definition" {
	local value
	for value in 'vfs_*' 'v?s' 'vfs_[a-m]*' 'mod:*_open' '*'; do
		kp_symbols_is_pattern "$value"
	done
	for value in vfs_read mod:f 'f#2' f+4 'p f a=+0(%di):u8[4]' 'p:o vfs_* a=%di'; do
		run ! kp_symbols_is_pattern "$value"
	done
}

@test "it is what can be probed of what matches, in the order of addresses" {
	expands 'vfs_*' 'vfs_read vfs_fork vfs_write m:vfs_mod m:vfs_too'
}

@test "what is left out is counted, by why" {
	expand 'vfs_*' 2>"$BATS_TEST_TMPDIR/told"
	run -0 kp_glob_tell 'vfs_*'
	assert_equal "$output" 'kp_load: vfs_*: 5 functions; left out: 1 that the kernel forbids, 1 that are dangerous (--force takes them), 2 whose name several share, 1 made by the compiler, 1 that are other names of these'
	expand 'vfs_[rw]???' 2>"$BATS_TEST_TMPDIR/told"
	run -0 kp_glob_tell 'vfs_[rw]???'
	assert_equal "$output" 'kp_load: vfs_[rw]???: 1 functions'
}

@test "* ? and [] mean what they mean in bash, and never a file's name" {
	cd "$BATS_TEST_TMPDIR"
	touch vfs_a_file vfs_read
	expands 'vfs_r*' vfs_read
	expands 'vfs_?e*' 'vfs_read'
	expands 'vfs_[f-r]*' 'vfs_read vfs_fork m:vfs_mod'
	expands 'vfs_[!fm]*' 'vfs_read vfs_write m:vfs_too'
	expands '*_other' xvfs_other
	expands '*vfs_[ow]*' 'vfs_write xvfs_other'
}

@test "a module is looked at alone, and so is the kernel" {
	expands 'm:vfs_*' 'm:vfs_mod m:vfs_too'
	expands 'm:*too' 'm:vfs_too'
	expands 'vmlinux:*o*r*' 'vmlinux:vfs_fork vmlinux:xvfs_other'
	run -10 expand 'nosuch:vfs_*'
}

@test "what the compiler made is taken where the pattern has a dot" {
	expands 'vfs_*.cold' vfs_write.cold
	expands 'vfs_w*.*' vfs_write.cold
}

@test "our list is asked for what the probe does, and --force overrides it" {
	KP_OPT_FOLLOW=1
	expands 'vfs_[pf]*' 'vfs_printk vfs_fork'
	KP_OPT_RET=1
	expands 'vfs_[pf]*' vfs_printk
	KP_OPT_FOLLOW=0 KP_OPT_RET=0
	expands 'vfs_[pf]*' vfs_fork
	KP_OPT_FORCE=1
	expands 'vfs_[pf]*' 'vfs_printk vfs_fork'
}

@test "what ftrace cannot trace is left out only where it has to" {
	printf '%s\n' vfs_read_too xvfs_other 'vfs_mod [m]' vfs_too >"$KP_TRACEFS/available_filter_functions"
	KP_OPT_FOLLOW=1 KP_OPT_ENGINE=ftrace
	expands '*vfs_*' 'vfs_read xvfs_other m:vfs_mod'
	assert_equal "${KP_GLOB_LEFT[untraced]}" 4
	KP_OPT_ENGINE=auto
	expands 'vfs_w*' vfs_write
	KP_OPT_ENGINE=ftrace KP_OPT_RET=1
	expands 'vfs_w*' vfs_write
}

@test "where addresses are hidden, names do" {
	sed -i 's/^[0-9a-f]*/0000000000000000/' "$KP_PROC/kallsyms"
	sed -i 's/0x[0-9a-f]*-0x[0-9a-f]*/0x0000000000000000-0x0000000000000000/' "$KP_KPROBES/blacklist"
	KP_SYMBOLS_HIDDEN=1
	expands 'vfs_[rb]*' 'vfs_read vfs_read_too'
}

@test "what it found is not looked up again: address, size and other names" {
	local -i i
	local -A at=()
	expand 'vfs_[rw]*' 2>"$BATS_TEST_TMPDIR/told"
	for i in "${!KP_SYMBOLS_NAME[@]}"; do
		at[${KP_SYMBOLS_NAME[i]}]=$i
	done
	i=${at[vfs_read]}
	assert_equal "${KP_SYMBOLS_ADDRESS[i]} ${KP_SYMBOLS_SIZE[i]} ${KP_SYMBOLS_ALIASES[i]}" 'ffffffff81000100 256 vfs_read_too'
	i=${at[vfs_write]}
	assert_equal "${KP_SYMBOLS_ADDRESS[i]} ${KP_SYMBOLS_SIZE[i]} ${KP_SYMBOLS_MODULE[i]}" 'ffffffff81800000 64 '
}

@test "what is no pattern of names is refused with 2, what matches nothing with 10" {
	local spec
	for spec in 'vfs_*+4' 'vfs_*#2' 'vfs_[a' 'vfs_[]*' 'vfs_ *' 'vfs_$*' 'a:b:*' ':vfs_*' 'vfs_[[:alpha:]]*' 'vfs_\*'; do
		run -2 expand "$spec"
		[[ ${lines[0]} == 'kp_load: error: probe '* && ${lines[1]} == 'kp_load: hint: '* ]]
	done
	run -10 expand 'nothing_*'
	assert_equal "${lines[0]}" 'kp_load: error: function nothing_*: no function that can be probed matches'
	[[ ${lines[1]} == 'kp_load: hint: '* ]]
	run -10 expand 'vfs_t[w]*'
	assert_equal "${lines[0]}" 'kp_load: error: function vfs_t[w]*: no function that can be probed matches; left out: 2 whose name several share'
}

@test "too many are refused, with how many they are" {
	local i
	local -a others=()
	for i in {1..30}; do
		others+=("other_$i")
		printf 'ffffffff819%05x T other_%d\n' "$((i * 16))" "$i"
	done >>"$KP_PROC/kallsyms"
	run -2 expand "${others[@]}" 'vfs_*'
	assert_equal "${lines[0]}" 'kp_load: error: function vfs_*: 5 match, and 30 others are asked for, a module probes 32'
	assert_equal "${lines[1]}" 'kp_load: hint: narrow it, as in vfs_[a-m]*, or in MOD:GLOB'
}
