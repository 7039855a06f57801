# shellcheck disable=SC2154 # bats sets them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# kp_sym.bats - the search for symbols: its index, and what may be wrong with
# one. What its answers mean is in symbols.bats, glob.bats and blacklist.bats.
# bats file_tags=tools

load helpers/common

setup() {
	need_kp_sym
	cd -- "$BATS_TEST_TMPDIR" || return
	kernel
}

# kernel() { # proc and sys of a kernel that has booted
kernel() {
	mkdir -p proc/sys/kernel/random sys/kernel
	note 85c7e4e2ed76f4417e8aaad7c6b040d2bb897a26
	echo d9d5cc7d-07cc-42f9-a6af-45266f3c0001 >proc/sys/kernel/random/boot_id
	cat >proc/modules <<-'END'
		e1000 155648 0 - Live 0xffffffffc04b0000
		kp_vfs_read 16384 0 - Live 0xffffffffc0900000 (OE)
	END
	symbols 81000000 >proc/kallsyms
	printf '0x%x-0x%x\t%s\n' 0xffffffff81000300 0xffffffff81000400 forbidden_one >forbidden
}

# note() { # <hex digits>: the kernel's build id, after a note of another kind
note() {
	local hex=''
	local -i at
	for ((at = 0; at < ${#1}; at += 2)); do
		hex+="\\x${1:at:2}"
	done
	printf '%b' '\x06\0\0\0\x02\0\0\0\x01\0\0\0Linux\0\0\0ab\0\0' \
		'\x04\0\0\0' "\\x$(printf %x $((${#1} / 2)))" '\0\0\0\x03\0\0\0GNU\0' "$hex" >sys/kernel/notes
}

# symbols() { # <base>: a kallsyms whose kernel is there
symbols() {
	local name
	local -i at=0x$1
	printf '%016x A %s\n' 0 fixed_percpu_data 0x1000 cpu_debug_store
	for name in _stext vfs_read vfs_write forbidden_one shared shared tail; do
		printf 'ffffffff%08x T %s\n' "$at" "$name"
		at+=0x100
	done
	printf 'ffffffff%08x %s %s\n' $((at + 0x1000)) T _sinittext $((at + 0x1100)) t start_it \
		$((at + 0x1200)) T _einittext
	printf 'ffffffffc0%06x t %s\t[%s]\n' 0x4b2000 e1000_two e1000 0x4b1000 e1000_one e1000 \
		0x900000 kp_entry kp_vfs_read 0xa00000 ftrace_trampoline __builtin__ftrace \
		0xa01000 bpf_prog_6deef7357e7b4530_x bpf
}

# ask() { # <word or option>...: by the index
ask() {
	run --separate-stderr "$KP_SYM" --proc=proc --sys=sys --cache=cache --forbidden=forbidden "$@"
	((status == 0 || status == 3))
	assert_equal "$stderr" ''
	output=${output//;/}
	IFS='|' read -ra FIELD <<<"$output"
}

# knows() { # <word> <state> [address]
knows() {
	ask "$1"
	assert_equal "${FIELD[4]}" "$2"
	[[ -z ${3:-} ]] || assert_equal "${FIELD[7]}" "$3"
}

# inode() { # <index>
inode() {
	stat -c %i "cache/symbols.$1"
}

@test "an index is made, and used: kallsyms is not read beyond its beginning" {
	local before
	knows vfs_read ok ffffffff81000100
	[[ -s cache/symbols.kernel && -s cache/symbols.modules ]]
	assert_equal "$(stat -c '%a %a' cache cache/symbols.kernel | tail -n 1)" '600 600'
	before=$(inode kernel)/$(inode modules)
	# What comes later is not looked at: the index has it.
	sed -i 's/ T vfs_write/ T vfs_other/' proc/kallsyms
	knows vfs_write ok ffffffff81000200
	knows e1000_one ok ffffffffc04b1000
	assert_equal "${FIELD[9]}" $((0x1000))
	assert_equal "$(inode kernel)/$(inode modules)" "$before"
	ask 'vfs_*' e1000_two
	assert_equal "${FIELD[0]}/${FIELD[3]}/${FIELD[4]}/${FIELD[5]}" '3/vfs_read/vfs_write/e1000_two'
}

@test "with an index and without one the answers are the same" {
	local word with
	for word in vfs_read vfs_write+4 shared 'shared#2' e1000:e1000_one e1000_two 'vfs_*' '*' '@tail' \
		forbidden_one start_it vfs_raed ftrace_trampoline bpf:x nosuch:vfs_read 'nothing_*' '@nothing' \
		kp_vfs_read:kp_entry; do
		ask "$word"
		with=$status/$output
		run --separate-stderr "$KP_SYM" --symbols=proc/kallsyms --forbidden=forbidden "$word"
		output=${output//;/}
		# All functions are those of a complete list, with our own modules' too.
		[[ $word == '*' ]] || assert_equal "$status/$output" "$with"
	done
}

@test "where KASLR put the kernel elsewhere the index still holds, for what moves" {
	knows vfs_read ok ffffffff81000100
	symbols 8f200000 >proc/kallsyms
	sed -i 's/ T vfs_write/ T vfs_other/' proc/kallsyms
	echo another-boot >proc/sys/kernel/random/boot_id
	knows vfs_write ok ffffffff8f200200
	assert_equal "${FIELD[17]}" ffffffff8f200200/ffffffff8f200204
	knows @cpu_debug_store cpu
	knows 'shared#2' ok ffffffff8f200500
	assert_equal "${FIELD[14]}" _stext+0x500
	knows start_it absent
	[[ $output == *'|0,init,|'* ]]
}

@test "another kernel's index is not used" {
	knows vfs_read ok
	note 0000e4e2ed76f4417e8aaad7c6b040d2bb897a26
	sed -i 's/ T vfs_write/ T vfs_other/' proc/kallsyms
	knows vfs_other ok ffffffff81000200
	knows vfs_write absent
}

@test "a kernel whose symbols begin otherwise is read anew, whatever its build id" {
	knows vfs_read ok
	sed -i 's/cpu_debug_store/cpu_other_store/; s/ T vfs_write/ T vfs_other/' proc/kallsyms
	knows vfs_other ok ffffffff81000200
}

@test "modules that come, go or move make the index anew; our own do not" {
	local before
	knows e1000_one ok ffffffffc04b1000
	before=$(inode modules)
	sed -i '/^kp_/d' proc/modules
	echo 'kp_other 16384 0 - Live 0xffffffffc0910000 (OE)' >>proc/modules
	sed -i 's/ 155648 0 / 155648 3 /' proc/modules
	knows e1000_one ok ffffffffc04b1000
	assert_equal "$(inode modules)" "$before"
	sed -i 's/Live 0xffffffffc04b0000/Live 0xffffffffc05b0000/' proc/modules
	sed -i 's/ffffffffc04b/ffffffffc05b/' proc/kallsyms
	knows e1000_one ok ffffffffc05b1000
	echo 'loop 40960 0 - Live 0xffffffffc0600000' >>proc/modules
	printf 'ffffffffc0600100 t lo_open\t[loop]\n' >>proc/kallsyms
	knows lo_open ok ffffffffc0600100
	sed -i '/^loop/d' proc/modules
	sed -i '/loop/d' proc/kallsyms
	knows lo_open absent
	echo another-boot >proc/sys/kernel/random/boot_id
	sed -i 's/e1000_two/e1000_new/' proc/kallsyms
	knows e1000_new ok
}

@test "what is not in the index is looked for in kallsyms before it is said not to be there" {
	knows vfs_read ok
	printf 'ffffffffc0b00000 t late_one\t[late]\n' >>proc/kallsyms
	knows late_one ok ffffffffc0b00000
	ask 'late_*'
	assert_equal "${FIELD[3]}/${FIELD[4]}" late:late_one/ok
	knows ftrace_trampoline absent
	[[ $output == *'|0,pseudo,__builtin__ftrace|'* ]]
	knows kp_entry ok
}

@test "the kernel's blacklist is in the index; a list that was not readable is asked for again" {
	mv forbidden later
	knows forbidden_one ok
	[[ $output == *'|0,nolist,|'* ]]
	mv later forbidden
	knows forbidden_one forbidden
	[[ $output == *'|0,forbidden,forbidden_one|'* ]]
	mv forbidden gone
	knows forbidden_one forbidden
}

@test "hidden addresses make no index, and use none" {
	knows vfs_read ok ffffffff81000100
	sed -i 's/^[0-9a-f]*/0000000000000000/' proc/kallsyms
	ask vfs_read
	assert_equal "${FIELD[1]}/${FIELD[4]}/${FIELD[7]}" '1/ok/'
	rm -r cache
	ask vfs_read
	[[ ! -e cache ]]
}

@test "without a build id or a boot id no index is made" {
	: >sys/kernel/notes
	knows vfs_read ok
	[[ ! -e cache ]]
	note 85c7e4e2ed76f4417e8aaad7c6b040d2bb897a26
	rm proc/sys/kernel/random/boot_id
	knows vfs_read ok
	[[ ! -e cache ]]
}

@test "a kernel without modules has an index, too" {
	rm proc/modules
	sed -i '/\[/d' proc/kallsyms
	knows vfs_read ok
	[[ -s cache/symbols.modules ]]
	knows vfs_write ok
}

# bats test_tags=hostile
@test "an index that is cut, longer, empty or something else is made anew" {
	local which size
	local -i cut
	knows vfs_read ok ffffffff81000100
	cp -r cache good
	for which in kernel modules; do
		size=$(stat -c %s "good/symbols.$which")
		for cut in 0 1 8 100 199 200 201 $((size / 2)) $((size - 1)); do
			head -c "$cut" "good/symbols.$which" >"cache/symbols.$which"
			knows vfs_read ok ffffffff81000100
			cmp "good/symbols.$which" "cache/symbols.$which"
		done
		echo x >>"cache/symbols.$which"
		knows e1000_one ok ffffffffc04b1000
		cmp "good/symbols.$which" "cache/symbols.$which"
		cp good/symbols.* .
		rm "cache/symbols.$which"
		mkdir "cache/symbols.$which"
		run "$KP_SYM" --proc=proc --sys=sys --cache=cache vfs_read
		assert_contains ';vfs_read|;ok|;'
		assert_contains 'cannot be written: Is a directory'
		rmdir "cache/symbols.$which"
		ln -s "$PWD/symbols.$which" "cache/symbols.$which"
		knows vfs_read ok ffffffff81000100
		[[ ! -L cache/symbols.$which ]]
	done
	# Each in the other's place.
	mv cache/symbols.kernel x
	mv cache/symbols.modules cache/symbols.kernel
	mv x cache/symbols.modules
	knows vfs_read ok ffffffff81000100
	cmp good/symbols.kernel cache/symbols.kernel
}

# bats test_tags=hostile
@test "no byte of an index can be wrong and be believed" {
	local which byte
	local -i at size
	knows vfs_read ok ffffffff81000100
	cp -r cache good
	for which in kernel modules; do
		size=$(stat -c %s "good/symbols.$which")
		for ((at = 0; at < size; at += 1 + RANDOM % 29)); do
			cp "good/symbols.$which" "cache/symbols.$which"
			byte=$(od -An -tu1 -j "$at" -N 1 "cache/symbols.$which")
			# shellcheck disable=SC2059 # the byte is the format
			printf "\\x$(printf %x $((byte ^ (1 << RANDOM % 8))))" \
				| dd of="cache/symbols.$which" bs=1 seek="$at" conv=notrunc status=none
			ask vfs_read e1000_one 'shared#2'
			assert_equal "${FIELD[*]:6:9}" 'ok ok ok vfs_read e1000_one shared  e1000 '
			assert_equal "${FIELD[*]:15:3}" \
				'ffffffff81000100 ffffffffc04b1000 ffffffff81000500'
		done
	done
}

# bats test_tags=hostile
@test "an index that others can write is made anew" {
	knows vfs_read ok
	chmod o+w cache/symbols.kernel
	knows vfs_read ok
	assert_equal "$(stat -c %a cache/symbols.kernel)" 600
}

@test "an index that cannot be written is told, and the answer given" {
	: >cache
	run --separate-stderr "$KP_SYM" --proc=proc --sys=sys --cache=cache vfs_read
	assert_equal "$status" 0
	[[ $output == '1|0|0|;vfs_read|;ok|;'* ]]
	[[ $stderr == 'kp_load: warning: index cache/symbols.kernel: cannot be written: '* ]]
}

@test "many at once make one index, and all know" {
	local i
	for i in {1..12}; do
		"$KP_SYM" --proc=proc --sys=sys --cache=cache vfs_read "@tail" >"out.$i" &
	done
	wait
	for i in {1..12}; do
		cmp out.1 "out.$i"
	done
	assert_equal "$(ls cache)" $'symbols.kernel\nsymbols.modules'
}

# bats test_tags=hostile
@test "lines that are none are passed by, and no name ends a field" {
	printf '%s\n' '' ' ' 'ffffffff' 'ffffffff81000000' 'ffffffff81000000 T' 'ffffffff81000000 T ' \
		'xyz T name' 'ffffffff8100000000 T toolong' 'ffffffff81000000 T a|b' $'ffffffff81000000 T c\td' \
		'ffffffff81000000 T end' 'ffffffff81000010 T next [' 'ffffffff81000010 t e|l [m|d]' >bad
	head -c 3000 /dev/urandom >>bad
	run --separate-stderr "$KP_SYM" --symbols=bad end
	[[ $output == '1|0|0|;end|;ok|;end|;|;ffffffff81000000|;T|;'*';a?b c|;'* ]]
	run --separate-stderr "$KP_SYM" --symbols=bad '*'
	((status == 0 || status == 3))
}

@test "the words of a run are answered in order, and patterns where they stand" {
	ask --use=count vfs_write --use=return 'vfs_*' 'e1000:*' shared
	assert_equal "${FIELD[0]}/${FIELD[2]}" 5/2
	assert_equal "${FIELD[*]:3:5}" 'vfs_write vfs_read e1000:e1000_two e1000:e1000_one shared'
	assert_equal "${FIELD[*]:8:5}" 'ok ok ok ok several'
	assert_equal "${FIELD[*]:78:5}" '0 1 2 2 3'
}

@test "too many are counted and not listed" {
	ask --max=2 vfs_read 'e1000_*' 'vfs_*'
	assert_equal "$status" 3
	assert_equal "${FIELD[*]:0:7}" '0 0 1 1 2 1 1'
}

@test "a list of ours that is not there is 4, symbols that are not are 5" {
	run -4 "$KP_SYM" --symbols=proc/kallsyms --denied=none vfs_read
	assert_equal "$output" 'No such file or directory'
	run -5 "$KP_SYM" --symbols=none vfs_read
	assert_equal "$output" 'No such file or directory'
	run -5 "$KP_SYM" --symbols=/dev/null vfs_read
	run -2 "$KP_SYM" --nonsense vfs_read
	run -2 "$KP_SYM"
}

# to_full_disk() { # <word or option>...
to_full_disk() {
	"$KP_SYM" "$@" >/dev/full
}

@test "an answer that cannot be written is no success" {
	[[ -c /dev/full ]] || skip 'no /dev/full'
	run -1 to_full_disk --symbols=proc/kallsyms vfs_read
}

@test "patterns mean what they mean in bash" {
	local pattern name
	local -i at=0
	local -a names=(a ab abc ac aXbYc ax dx -x .x _x9 x aaaaaaaaab aaaaaaaaaa abcabc) wanted
	for name in "${names[@]}"; do
		printf 'ffffffff81%06x T %s\n' $((at += 16)) "$name"
	done >all
	for pattern in 'a*' '*a' 'a*b*c' '*' '?' 'a?c' '[a-c]x' '[!a-c]x' '[^a]x' '[a-]x' '[.]x' '*[0-9]' '**x' \
		'a*a*a*b' '?*?' '[z-a]x' '[a'; do
		wanted=()
		for name in "${names[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			[[ $name != $pattern || ($name == *.* && $pattern != *.*) ]] || wanted+=("$name|")
		done
		run "$KP_SYM" --symbols=all "$pattern"
		printf -v name %s "${wanted[@]}"
		assert_equal "$pattern: ${output%"${output#*;*;}"}" "$pattern: ${#wanted[@]}|0|1|;$name;"
	done
}
