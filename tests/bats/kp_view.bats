# shellcheck disable=SC2154 # bats sets them
# SPDX-License-Identifier: GPL-2.0-only
# kp_view.bats - the viewer, fed with files that look like a device: every form
# of output, every damage, and a producer that plays the kernel meanwhile.
# bats file_tags=tools

load helpers/common

setup_file() {
	export OUT=${BATS_FILE_TMPDIR}/build
	command -v cc >/dev/null || skip 'no C compiler'
	make -s -C "${KP_TOP}/tools" OUT="${OUT}" "${OUT}/kp_view" \
		"${OUT}/asan/kp_view" "${OUT}/view_image"
}

setup() {
	cd -- "${BATS_TEST_TMPDIR}" || return
	# What it does under ASAN and UBSAN is what it does.
	VIEW=${OUT}/asan/kp_view
	MAKE=${OUT}/view_image
	KALLSYMS=${BATS_TEST_TMPDIR}/kallsyms
	cat >kallsyms <<-'END'
		0000000000000000 A fixed_percpu_data
		0000000000001000 T vfs_read
		0000000000001000 T vfs_read_alias
		00000000000012f0 T ksys_read
		0000000000001300 D some_data
		0000000000001400 t helper
		0000000000002000 t e1000_open  [e1000]
		0000000000002100 t e1000_close [e1000]
	END
}

# describe() { # <mode>: writes the file "d" of view_image; probes on stdin
describe() {
	{
		printf 'kp 2\nname kp_test\nmode %s\ncpus 2\narea 12288\nring 4096 4096\n' "$1"
		printf 'clock 0 0 0\ncontext 0xff 0x100 0xf0000 0xf00000 0x80000000 0 1 0 4\n'
		cat
	} >d
}

# opens() { # two probes with what definitions usually have
opens() {
	describe events <<-'END'
		probe 0 p myopen do_sys_openat2 0 do_sys_openat2+0x0/0x120
		data 0 48 56 96 88
		field 0 0 dfd value s32 64 0 %d
		field 0 1 file ustring str 72 0 \"%s\"
		field 0 2 mode value u16 68 0 0%o
		probe 1 r myret vfs_read 0 vfs_read+0x0/0x2f0~[vfs]
		data 1 48 0 0
		field 1 0 ret errno s64 56 0 %lld
		field 1 1 ns duration u64 64 0 %llu
		field 1 2 caller caller u64 72 0 %pS
	END
}

# image() { # commands of view_image on stdin, to the file "image"
image() {
	"${MAKE}" d >image
}

# view() { # <option>...: runs on the image; its output, and status 0
view() {
	run -0 --separate-stderr "${VIEW}" --kallsyms="${KALLSYMS}" --image=image "$@"
}

# three_hits() { # on two CPUs, a gap before the second
three_hits() {
	opens
	image <<-'END'
		cpu 0
		hit 0 1000000001 cat 42 pid=41 irqs=1 context=0x10001 dfd=-100 file=/etc/passwd mode=0644
		hit 0 3000000000 cat 42 dfd=3 file=(fault)
		cpu 1
		hit 1 2000000999 b,d 43 lost=23 ret=-2 ns=1234 caller=0x1405
	END
}

@test "text is ftrace's own form, returns included" {
	three_hits
	view
	assert_equal "${output}" 'cat-42 [000] d.h1 1.000000: myopen: (do_sys_openat2+0x0/0x120) dfd=-100 file="/etc/passwd" mode=0644
CPU:1 [LOST 23 EVENTS]
b,d-43 [001] .... 2.000000: myret: (helper+0x5/0xc00 <- vfs_read [vfs]) ret=-ENOENT ns=1234
cat-42 [000] .... 3.000000: myopen: (do_sys_openat2+0x0/0x120) dfd=3 file=(fault) mode=00'
	assert_equal "${stderr}" 'hits=26 shown=3 dropped=23'
}

@test "JSON is an object a line, and has what the contract says" {
	three_hits
	view --format=json
	assert_equal "${output}" '{"ts":1.000000001,"cpu":0,"pid":41,"tid":42,"comm":"cat","flags":"d.h1","probe":"myopen","event":"entry","sym":"do_sys_openat2","off":0,"args":{"dfd":-100,"file":"/etc/passwd","mode":420}}
{"lost":23,"cpu":1}
{"ts":2.000000999,"cpu":1,"pid":43,"tid":43,"comm":"b,d","flags":"....","probe":"myret","event":"return","sym":"vfs_read","off":0,"ret":-2,"ns":1234,"caller":"helper+0x5/0xc00"}
{"ts":3.000000000,"cpu":0,"pid":42,"tid":42,"comm":"cat","flags":"....","probe":"myopen","event":"entry","sym":"do_sys_openat2","off":0,"args":{"dfd":3,"file":null,"mode":0}}
{"summary":{"hits":26,"shown":3,"dropped":23}}'
	[[ -z ${stderr} ]]
	"${MAKE}" --json <<<"${output}"
}

@test "CSV has a column an argument, and quotes as RFC 4180" {
	three_hits
	view --format=csv
	assert_equal "${output}" 'ts,cpu,pid,tid,comm,flags,probe,event,sym,off,dfd,file,mode,ret,ns,caller,stack,lost
1.000000001,0,41,42,cat,d.h1,myopen,entry,do_sys_openat2,0,-100,/etc/passwd,0644,,,,,
,1,,,,,,lost,,,,,,,,,,23
2.000000999,1,43,43,"b,d",....,myret,return,vfs_read,0,,,,-ENOENT,1234,helper+0x5/0xc00,,
3.000000000,0,42,42,cat,....,myopen,entry,do_sys_openat2,0,3,(fault),00,,,,,'
	assert_equal "${stderr}" 'hits=26 shown=3 dropped=23'
}

@test "CSV doubles quotes, and renames an argument that is called as a column" {
	describe events <<-'END'
		probe 0 p e f 0 f+0x0/0x10
		data 0 48 56 80
		field 0 0 pid string str 64 0 \"%s\"
	END
	image <<<'hit 0 1 a 1 pid=a%22b%0ac'
	view --format=csv
	[[ ${lines[0]} == *',off,args.pid,stack,lost' ]]
	[[ ${lines[1]} == *',0,"a""b\x0ac",,' ]]
}

@test "every kind has the form that the log gives it, and its type in JSON" {
	describe events <<-'END'
		probe 0 r e f 4 f+0x4/0x10
		data 0 48 56 216
		field 0 0 bool bool u8 64 0 %u
		field 0 1 char char u8 65 0 '%c'
		field 0 2 enum enum s32 68 0 %d
		enum 0 2 -1 MINUS
		enum 0 2 7 SEVEN
		enum 0 2 7 AGAIN
		field 0 3 other enum u8 66 0 %u
		field 0 4 err errno s32 72 0 %d
		field 0 5 kernel errno s64 80 0 %lld
		field 0 6 errptr errptr u64 88 0 0x%llx
		field 0 7 good errptr u64 96 0 0x%llx
		field 0 8 gfp gfp u32 76 0 %pGg
		flag 0xcc0 GFP_KERNEL
		flag 0x40 __GFP_IO
		field 0 9 dev dev u32 104 0 %u:%u
		field 0 10 ptr pointer u64 112 0 0x%llx
		field 0 11 sym symbol u64 120 0 %pS
		field 0 12 hex value s16 108 0 0x%x
		field 0 13 big value u64 128 0 %llu
		field 0 14 list value s8 110 2 %d
		field 0 15 names string str 160 2 \"%s\"
		field 0 16 task task str 192 0 %s:%d
		field 0 17 bits bitfield u8 148 0 %u
		field 0 18 ret value s64 152 0 %lld
	END
	image <<<'hit 0 1 a 1 bool=1 char=65 enum=7 other=9 err=-2 kernel=-512 errptr=-12 good=0xffff888000001000 gfp=0x1cc0 dev=0x800001 ptr=0xffff888000001000 sym=0x2010 hex=-1 big=18446744073709551615 list=-1,5 names=a,b... task=sh:3 bits=3 ret=-3'
	view
	assert_contains ' bool=true char='\''A'\'' enum=SEVEN other=9 err=-ENOENT kernel=-ERESTARTSYS errptr=-ENOMEM good=0xffff888000001000 gfp=GFP_KERNEL|0x1000 dev=8:1 ptr=0xffff888000001000 sym=e1000_open+0x10/0x100 [e1000] hex=0xffffffff big=18446744073709551615 list={-1,5} names={"a"...,"b"...} task=sh:3 bits=3 ret=-3'
	view --format=json
	assert_contains '"off":4,"args":{"bool":true,"char":"A","enum":"SEVEN","other":9,"err":-2,"kernel":-512,"errptr":-12,"good":"0xffff888000001000","gfp":"GFP_KERNEL|0x1000","dev":"8:1","ptr":"0xffff888000001000","sym":"e1000_open+0x10/0x100 [e1000]","hex":4294967295,"big":18446744073709551615,"list":[-1,5],"names":["a","b"],"task":"sh:3","bits":3},"cut":["names"],"ret":-3}'
	"${MAKE}" --json <<<"${output}"
}

@test "every kind that the compiler of definitions knows is shown" {
	local kind shown known=0
	while read -r kind shown; do
		known=$((known + 1))
		if [[ ${shown} == STRING || ${shown} == BARE ]]; then
			describe events <<-END
				probe 0 p e f 0 f+0x0/0x10
				data 0 48 56 80
				field 0 0 x ${kind} str 64 0 %s
			END
			image <<<'hit 0 1 a 1 x=8,0:READ'
			view
			assert_equal "${kind} ${output##* }" \
				"${kind} x=$([[ ${shown} == BARE ]] && echo '8,0:READ' || echo '"8,0:READ"')"
		else
			describe events <<-END
				probe 0 p e f 0 f+0x0/0x10
				field 0 0 x ${kind} u64 48 0 %llu
			END
			image <<<'hit 0 1 a 1 x=7'
			view
			[[ ${output} == *' x='* ]]
		fi
	done < <(sed -nE 's/^\tX\("([a-z_]+)", .*, ([A-Z]+)\).*/\1 \2/p' "${KP_TOP}/tools/lib/kp_kind.h")
	((known >= 25))
}

@test "flags tell interrupts, rescheduling, context and depth as ftrace does" {
	describe events <<<'probe 0 p e f 0 f+0x0/0x10'
	image <<-'END'
		hit 0 1 a 1
		hit 0 2 a 1 irqs=0x21 context=15
		hit 0 3 a 1 thread=0x84 context=200
		hit 0 4 a 1 thread=0x84 context=0x80000000
		hit 0 5 a 1 context=0x80000000
		hit 0 6 a 1 context=0x309
		hit 0 7 a 1 context=0x10100
		hit 0 8 a 1 context=0x110000
		hit 0 9 a 1 context=0x120000
		hit 0 10 a 1 context=0x10200
	END
	view
	local -a got
	mapfile -t got < <(cut -d' ' -f3 <<<"${output}")
	assert_equal "${got[*]}" '.... d..f .n.f .N.. .p.. ..s9 ..H. ..z. ..Z. ..h.'
	# On x86 two of the bits are the other way round.
	sed -i 's/0x80000000 0 1 0 4$/0x80000000 0x80000000 2 2 8/' d
	image <<-'END'
		hit 0 1 a 1
		hit 0 2 a 1 irqs=2 context=0x80000001
		hit 0 3 a 1 irqs=0x42 thread=8
		hit 0 4 a 1 irqs=0x40 thread=0xf7 context=0x80000000
	END
	view
	mapfile -t got < <(cut -d' ' -f3 <<<"${output}")
	assert_equal "${got[*]}" 'dp.. ...1 .N.. d...'
}

@test "a name with any byte is one line, harmless to a terminal, valid in JSON" {
	opens
	image <<<'hit 0 1 %1b%5bm 1 file=a%0a%1b]0;x%07%c2%9b%80%e2%82%ac%ed%a0%80%22%5c%7f%f0%9f%98%80%ff'
	view
	((${#lines[@]} == 1))
	assert_contains '\x1b[m-1 '
	assert_contains ' file="a\x0a\x1b]0;x\x07\xc2\x9b\x80€\xed\xa0\x80\"\\\x7f😀\xff" '
	view --format=json
	assert_contains '"comm":"\u001b[m"'
	assert_contains '"file":"a\n\u001b]0;x\u0007\u009b�€���\"\\\u007f😀�"'
	"${MAKE}" --json <<<"${output}"
	view --format=csv
	((${#lines[@]} == 2))
	assert_contains ',\x1b[m,....,'
	assert_contains ',"a\x0a\x1b]0;x\x07\xc2\x9b\x80€\xed\xa0\x80""\\x7f😀\xff",'
}

@test "what a string says neither ends it nor adds an argument" {
	opens
	image <<<'hit 0 1 a 1 file=a%22%20mode=%22FORGED%5c'
	view
	assert_contains ' file="a\" mode=\"FORGED\\" mode=00'
	describe events <<-'END'
		probe 0 p e f 0 f+0x0/0x10
		data 0 48 56 96
		field 0 0 names string str 64 2 \"%s\"
	END
	image <<<'hit 0 1 a 1 names=a%22,%5cb'
	view
	assert_contains ' names={"a\"","\\b"}'
}

@test "no form of output lets a terminal's escape through, whoever says it" {
	local form
	describe keys <<<'keys comm 16 4'
	image <<<'slot 3 a%1b[m%7f%c2%9bz'
	for form in text csv json folded; do
		view --format="${form}"
		assert_contains z
		run ! grep -qP '[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' <<<"${output}"
	done
	opens
	image <<-'END'
		note 2000000000 a%1b[m%7f%c2%9bz
		hit 0 1 a%1b[m%7f%c2%9bz 1 file=a%1b[m%7f%c2%9bz
	END
	for form in text csv json; do
		view --format="${form}"
		assert_contains z
		run ! grep -qP '[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' <<<"${output}${stderr}"
	done
}

@test "a string that was cut is marked behind its quote" {
	opens
	image <<<'hit 0 1 a 1 file=long...'
	view
	assert_contains ' file="long"... mode='
	view --format=csv
	assert_contains ',long...,'
}

@test "CPUs are merged in the order of time, each keeps its own" {
	describe events <<<'probe 0 p e f 0 f+0x0/0x10'
	image <<-'END'
		cpu 0
		hit 0 1000 a 1
		hit 0 5000 a 2
		hit 0 4000 a 3
		hit 0 9000 a 4
		cpu 1
		hit 0 2000 b 5
		hit 0 4500 b 6
		hit 0 7000 b 7
	END
	view
	local -a got
	mapfile -t got < <(grep -oE '^[ab]-[0-9]' <<<"${output}")
	assert_equal "${got[*]}" 'a-1 b-5 b-6 a-2 a-3 b-7 a-4'
}

@test "records begin below the end of the ring, end behind it, and pads are left out" {
	opens
	image <<-'END'
		cpu 0
		at 40888
		hit 0 1 a 1 file=one
		pad 8
		pad 24
		hit 0 2 a 2 file=two
		cpu 1
		at 8184
		hit 0 3 a 3 file=three
	END
	view
	assert_contains 'file="one"'
	assert_contains 'file="two"'
	assert_contains 'file="three"'
	assert_equal "${stderr}" 'hits=3 shown=3 dropped=0'
}

@test "large rings are in order as small ones are, and what is not shown is counted" {
	opens
	sed -i 's/^area .*/area 1060864/; s/^ring .*/ring 1048576 8192/' d
	awk 'BEGIN { for (cpu = 0; cpu < 2; cpu++) {
		print "cpu " cpu
		for (i = 0; i < 4000; i++) {
			if (cpu && i == 3000)
				print "raw 0700000000000000"
			print "hit 0 " 1000000000 + i * 2000 + cpu * 1000 * (i % 3) " cat " i + 1 " dfd=" cpu
		}
	} }' | image
	view
	((${#lines[@]} == 4000 + 3000 + 1))
	grep -v LOST <<<"${output}" | sort -sk4,4n -k2,2 | cmp - <(grep -v LOST <<<"${output}")
	[[ ${stderr_lines[0]} == 'kp_view: warning: record at position '*' of CPU 1: is too short' ]]
	assert_equal "${stderr_lines[1]}" 'hits=7001 shown=7000 dropped=1'
	view --max-hits=100
	((${#lines[@]} == 100))
	assert_equal "${stderr_lines[1]}" 'hits=7000 shown=100 dropped=6900'
}

@test "an image of a kernel with larger pages than this machine's is read as it is" {
	local page area
	for page in 8192 16384 65536; do
		area=$((2 * page))
		sed_pages() { sed -i "s/^area .*/area ${area}\npage ${page}/" d; }
		opens && sed_pages
		image <<-'END'
			hit 0 1 cat 42 dfd=-100 file=/etc/passwd
			cpu 1
			hit 0 2 cat 42 dfd=3 file=x
		END
		view
		assert_equal "${page} ${output}" "${page} "'cat-42 [000] .... 0.000000: myopen: (do_sys_openat2+0x0/0x120) dfd=-100 file="/etc/passwd" mode=00
cat-42 [001] .... 0.000000: myopen: (do_sys_openat2+0x0/0x120) dfd=3 file="x" mode=00'
		describe keys <<<'keys comm 16 4' && sed_pages
		image <<<$'slot 3 cat\ncpu 1\nslot 4 cat'
		view
		assert_equal "${page} ${output}" "${page}          7 cat"
	done
}

@test "hits lost behind the last record are told at the end" {
	three_hits
	image <<-'END'
		hit 0 1 a 1 lost=2
		lost 7
	END
	view
	assert_equal "${lines[0]}" 'CPU:0 [LOST 2 EVENTS]'
	assert_equal "${lines[-1]}" 'CPU:0 [LOST 5 EVENTS]'
	assert_equal "${stderr}" 'hits=8 shown=1 dropped=7'
}

@test "a note is a comment in text, an object in JSON, and beside CSV" {
	opens
	image <<<'note 2000000000 budget: now 1 in 4'
	view
	assert_equal "${output}" '# budget: now 1 in 4'
	view --format=json
	assert_equal "${lines[0]}" '{"ts":2.000000000,"cpu":0,"note":"budget: now 1 in 4"}'
	view --format=csv
	[[ ${stderr} == 'kp_view: note: budget: now 1 in 4'* ]]
}

@test "a stack follows its event, innermost first" {
	describe events <<<'probe 0 p e f 0 f+0x0/0x10'
	image <<<'hit 0 1 a 1 stack=0x1004,0x2010,0x99999999'
	view
	assert_contains '(f+0x0/0x10)
 => f
 => vfs_read
 => e1000_open [e1000]
 => 0x99999999'
	view --format=json
	assert_contains ',"stack":["vfs_read+0x4/0x2f0","e1000_open+0x10/0x100 [e1000]","0x99999999"]}'
	view --format=csv
	assert_contains ',vfs_read+0x4/0x2f0;e1000_open+0x10/0x100 [e1000];0x99999999,'
}

@test "without symbols addresses are numbers, and one warning says why" {
	describe events <<<'probe 0 p e f 0 f+0x0/0x10'
	image <<<'hit 0 1 a 1 stack=0x1004,0x2010'
	sed -i 's/^[0-9a-f]*/0000000000000000/' kallsyms
	view
	assert_contains ' => 0x1004'
	assert_equal "${stderr_lines[0]}" "kp_view: warning: symbols ${KALLSYMS}: none, or hidden by kernel.kptr_restrict; addresses are shown as numbers"
	((${#stderr_lines[@]} == 2))
}

# damaged() { # <what is said> <command of view_image>...
# A good record, the damage, and a good one on the other CPU.
damaged() {
	local said=$1
	shift
	{
		printf '%s\n' 'cpu 0' 'at 8' 'hit 0 1 good 1 file=x' "$@"
		printf '%s\n' 'cpu 1' 'hit 0 9 other 2 file=y'
	} | image
	view
	printf '%s: %s\n%s\n' "$*" "${output}" "${stderr}"
	[[ ${stderr_lines[0]} == "kp_view: warning: record at position ${said}" ]]
	[[ ${lines[0]} == good-1* && ${lines[1]} == 'CPU:0 [LOST EVENTS]' && ${lines[2]} == other-2* ]]
	((${#lines[@]} == 3))
	[[ ${stderr_lines[1]} == 'hits=3 shown=2 dropped=1' ]]
	view --format=json
	[[ ${lines[1]} == '{"lost":null,"cpu":0}' ]]
}

@test "what is no record is named, left out and counted, and the rest goes on" {
	opens
	local hit='hit 0 5 bad 3 file=z'
	damaged '112 of CPU 0: is too short' "${hit}" 'poke 0 0000'
	damaged '112 of CPU 0: has a length that is no multiple of 8' "${hit}" 'poke 0 0c00'
	damaged '112 of CPU 0: goes beyond the head' "${hit}" 'poke 0 0004'
	damaged '112 of CPU 0: goes beyond the end of the ring' "${hit}" 'poke 0 f8ff'
	damaged '112 of CPU 0: is too short' 'raw 1000010000000000ffffffffffffffff'
	damaged '112 of CPU 0: is of no known type' "${hit}" 'poke 2 03'
	damaged '112 of CPU 0: is of no known probe' "${hit}" 'poke 3 02'
	damaged '112 of CPU 0: is shorter than its fields' "${hit}" 'poke 0 3800' 'head 168'
	damaged '112 of CPU 0: has a string that goes beyond it' "${hit}" 'poke 0x48 f0ff'
	damaged '112 of CPU 0: has a string that goes beyond it' "${hit}" 'poke 0x4a ff00'
	damaged '112 of CPU 0: has a stack that is not in it' "${hit}" 'poke 0x4 f0ff'
	damaged '112 of CPU 0: has a stack that is not in it' "${hit}" 'poke 0x4 0800'
	damaged '112 of CPU 0: has a stack that goes beyond it' "${hit} stack=1,2" 'poke 0x68 ffffffffffffff1f'
}

@test "a head that cannot be is named, and the other CPU goes on" {
	opens
	local head
	for head in '8000: was overwritten' '117: begins at no multiple of 8'; do
		image <<-END
			cpu 0
			at 8
			head ${head%%:*}
			cpu 1
			hit 0 9 other 2 file=y
		END
		view
		assert_equal "${stderr_lines[0]}" "kp_view: warning: record at position 8 of CPU 0: ${head#*: }"
		assert_equal "${lines[0]}" 'CPU:0 [LOST EVENTS]'
		[[ ${lines[1]} == other-2* ]]
	done
}

@test "times and durations in cycles become nanoseconds" {
	opens
	sed -i 's/^clock .*/clock 2000000 1000 5000000000/' d
	image <<-'END'
		hit 1 0 a 1 ns=2468
		hit 1 1000 a 1 ns=1
		hit 1 20000001000 a 1 ns=0
	END
	view --format=json
	[[ ${lines[0]} == '{"ts":4.999999500,'*'"ns":1234,'* ]]
	[[ ${lines[1]} == '{"ts":5.000000000,'*'"ns":0,'* ]]
	[[ ${lines[2]} == '{"ts":15.000000000,'* ]]
}

@test "an image cut anywhere is refused or shown, but never crashes" {
	three_hits
	local -i size
	for size in 0 1 2 100 300 500 700 4096 4100 12288 28671; do
		head -c "${size}" image >part
		run -11 --separate-stderr "${VIEW}" --image=part
		[[ ${stderr} == 'kp_view: error: '*' part: '* ]]
	done
}

# refused() { # <what is said> <sed expression>: a description so changed
refused() {
	opens
	sed "$2" d | tr ' ~' '\t ' >image
	run -11 --separate-stderr "${VIEW}" --image=image
	printf '%s: %s\n' "$2" "${stderr}"
	[[ ${stderr} == "kp_view: error: description of image: $1" ]]
}

@test "a description that is wrong is refused with line, fact and cause" {
	refused 'line 1, kp: another version than ours' 's/^kp 2/kp 1/'
	refused 'line 1, kp: not there' 1d
	refused 'line 3, mode: unknown mode' 's/^mode .*/mode x/'
	refused 'line 4, cpus: not a number of CPUs' 's/^cpus .*/cpus 0/'
	refused 'line 9, probe: too few words' '9s/ do_sys_openat2+.*//'
	refused 'line 11, field: unknown kind' '11s/value/other/'
	refused 'line 11, field: no type of this kind' '11s/s32/str/'
	refused 'line 11, field: no offset behind the head of the record' '11s/ 64 / 8 /'
	refused 'line 14, probe: no number, or one that is taken' '14s/ 1 / 0 /'
	refused 'line 2, line: is not printable ASCII' $'2s/$/\a/'
	refused 'line 2, line: is not printable ASCII' $'2s/$/\xc2\x9b/'
	refused 'an area that is too small, or not of whole pages' 's/^area .*/area 8192/'
	refused 'line 5, page: no power of two' '4s/$/\npage 12288/'
	refused 'pages that are no whole ones of this machine' '4s/$/\npage 2048/'
	refused 'a ring that is too small' 's/^ring .*/ring 0 0/'
	refused 'line 6, ring: no sizes that are multiples of 8' 's/^ring .*/ring 4096 7/'
	refused 'line 8, context: no nine masks' '8s/0xff /x /'
	refused 'a string without a place for its text' '10s/96 88$/0 88/'
}

@test "a histogram is merged over the CPUs, from its first to its last bucket" {
	describe hist <<-'END'
		probe 0 r myret vfs_read 0 vfs_read+0x0/0x10
		field 0 1 ns duration u64 64 0 %llu
		hist 0 duration
	END
	image <<-'END'
		cpu 0
		bucket 10 6
		bucket 11 40
		cpu 1
		bucket 10 4
		bucket 13 20
	END
	view
	assert_equal "${output}" 'myret: duration in ns
[512, 1K)               10 |@@@@@@@@@@                              |
[1K, 2K)                40 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
[2K, 4K)                 0 |                                        |
[4K, 8K)                20 |@@@@@@@@@@@@@@@@@@@@                    |'
	assert_equal "${stderr}" 'hits=70 shown=70 dropped=0'
	view --format=csv
	assert_equal "${output}" 'min,max,count
512,1023,10
1024,2047,40
2048,4095,0
4096,8191,20'
	image <<<'bucket 65 3'
	view --format=json
	assert_equal "${lines[0]}" '{"probe":"myret","hist":"duration","unit":"ns","buckets":[{"min":-9223372036854775808,"max":-1,"count":3}]}'
	"${MAKE}" --json <<<"${output}"
}

@test "a histogram of an argument is called by its name, wherever the module has it" {
	describe hist <<-'END'
		probe 0 p o write_null 0 write_null+0x0/0x10
		field 0 0 count value u64 0 0 %llu
		field 0 1 pos value u64 8 0 %llu
		hist 0 1
	END
	image <<<'bucket 3 7'
	view
	assert_equal "${lines[0]}" 'o: pos'
	[[ ${lines[1]} == '[4, 8) '*' 7 |@'* ]]
}

@test "keys are merged over the CPUs and sorted, the most frequent first" {
	describe keys <<<'keys comm 16 4'
	image <<-'END'
		cpu 0
		slot 3 cat
		slot 5 sixteen_letters_
		slot 2 a,%22b
		cpu 1
		slot 9 cat
	END
	view
	assert_equal "${output}" '        12 cat
         5 sixteen_letters_
         2 a,"b'
	view --format=csv
	assert_equal "${output}" 'count,comm
12,cat
5,sixteen_letters_
2,"a,""b"'
	view --format=json
	assert_equal "${lines[2]}" '{"count":2,"comm":"a,\"b"}'
	assert_equal "${lines[3]}" '{"summary":{"hits":19,"shown":19,"dropped":0}}'
	describe keys <<<'keys ret 8 4'
	image <<<$'slot 3 7\nslot 4 -2'
	view
	assert_equal "${output}" '         4 -ENOENT
         3 7'
	view --format=json
	assert_equal "${lines[0]}" '{"count":4,"ret":-2}'
}

@test "folded stacks are what flamegraph.pl reads" {
	describe keys <<<'keys stack 32 4'
	image <<-'END'
		cpu 0
		slot 3 0x1004,0x1405
		slot 2 0x2001,0x1405,0x1406,0x2104
		cpu 1
		slot 4 0x1004,0x1405
	END
	view --format=folded
	assert_equal "${output}" 'helper;vfs_read 7
e1000_close;helper;helper;e1000_open 2'
	view
	assert_equal "${output}" '         7
 => vfs_read
 => helper
         2
 => e1000_open [e1000]
 => helper
 => helper
 => e1000_close [e1000]'
}

@test "a folded name is one frame, whatever is in it" {
	describe keys <<<'keys comm 16 4'
	image <<-'END'
		slot 7 a;b c 7
		slot 5 ;;
		slot 3 plain
	END
	view --format=folded
	assert_equal "${output}" 'a\x3bb c 7 7
\x3b\x3b 5
plain 3'
	view
	assert_equal "${lines[0]}" '         7 a;b c 7'
}

@test "a stack of an entry begins with the probed function, folded ends in it" {
	describe keys <<-'END'
		probe 0 p e f 0 f+0x0/0x10~[mod]
		keys stack 32 4
	END
	image <<<'slot 3 0x1004,0x1405'
	view --format=folded
	assert_equal "${output}" 'helper;vfs_read;f 3'
	view
	assert_equal "${output}" '         3
 => f [mod]
 => vfs_read
 => helper'
}

@test "histograms of several probes are told apart, those without hits left out" {
	describe hist <<-'END'
		probe 0 r myret vfs_read 0 vfs_read+0x0/0x10
		hist 0 duration
		probe 1 r other vfs_write 0 vfs_write+0x0/0x10
		hist 1 duration
	END
	image <<-'END'
		of 1
		bucket 10 6
		cpu 1
		bucket 10 4
	END
	view
	assert_equal "${output}" 'other: duration in ns
[512, 1K)               10 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|'
	assert_equal "${stderr}" 'hits=10 shown=10 dropped=0'
	image <<<$'bucket 3 7\nof 1\nbucket 10 6'
	view
	assert_equal "${lines[0]} ${lines[2]}" 'myret: duration in ns other: duration in ns'
	view --format=csv
	assert_equal "${output}" 'event,min,max,count
myret,4,7,7
other,512,1023,6'
	view --format=json
	assert_equal "${lines[1]}" '{"probe":"other","hist":"duration","unit":"ns","buckets":[{"min":512,"max":1023,"count":6}]}'
	"${MAKE}" --json <<<"${output}"
}

@test "keys of several probes are told apart, in every form" {
	describe keys <<-'END'
		probe 0 p a f 0 f+0x0/0x10
		keys comm 16 4
		probe 1 p b g 0 g+0x0/0x10
		keys comm 16 4
	END
	image <<-'END'
		slot 3 cat
		of 1
		slot 9 cat
		cpu 1
		slot 1 dog
	END
	view
	assert_equal "${output}" 'a: by comm
         3 cat
b: by comm
         9 cat
         1 dog'
	assert_equal "${stderr}" 'hits=13 shown=13 dropped=0'
	view --format=csv
	assert_equal "${output}" 'event,count,comm
a,3,cat
b,9,cat
b,1,dog'
	view --format=json
	assert_equal "${lines[1]}" '{"probe":"b","count":9,"comm":"cat"}'
	view --format=folded
	assert_equal "${output}" 'a;cat 3
b;cat 9
b;dog 1'
}

@test "folded stacks of several probes begin with the event, and end in its function" {
	describe keys <<-'END'
		probe 0 p a f 0 f+0x0/0x10
		keys stack 32 4
		probe 1 r b f 0 f+0x0/0x10
		keys stack 32 4
	END
	image <<<$'slot 3 0x1004,0x1405\nof 1\nslot 4 0x1004,0x1405'
	view --format=folded
	assert_equal "${output}" 'a;helper;vfs_read;f 3
b;helper;vfs_read 4'
}

@test "tables of several probes that the ring cannot hold are refused" {
	describe keys <<-'END'
		probe 0 p a f 0 f+0x0/0x10
		probe 1 p b g 0 g+0x0/0x10
		keys comm 16 100
	END
	run -1 "${MAKE}" d </dev/null
	assert_contains 'a ring that is too small'
	describe hist <<<'hist 7 duration'
	run -1 "${MAKE}" d </dev/null
	assert_contains 'no line of hist'
}

@test "counts come from the module, with its whole footer" {
	describe count <<<'probe 0 p myopen do_sys_openat2 0 do_sys_openat2+0x0/0x120'
	image </dev/null
	echo 'hits=10 shown=7 filtered=2 dropped=1 missed=4' >stats
	view --stats=stats
	assert_equal "${output}" 'EVENT                    COUNT
myopen                   7'
	assert_equal "${stderr}" 'hits=10 shown=7 filtered=2 dropped=1 missed=4'
	view --stats=stats --format=json
	assert_equal "${output}" '{"probe":"myopen","count":7}
{"summary":{"hits":10,"shown":7,"filtered":2,"dropped":1,"missed":4}}'
	view --stats=stats --format=csv
	assert_equal "${lines[1]}" 'myopen,7'
}

@test "the counts of several probes are told by probe, the highest first" {
	describe count <<-'PROBES'
		probe 0 p vfs_read vfs_read 0 vfs_read+0x0/0x310
		probe 1 p vfs_write vfs_write 0 vfs_write+0x0/0x310
		probe 2 r back vfs_open 0 vfs_open+0x0/0x30
	PROBES
	image </dev/null
	cat >stats <<-'STATS'
		hits=16 shown=13 filtered=2 dropped=1 missed=4
		vfs_read hits=6 shown=3 filtered=2 dropped=1 missed=4
		vfs_write hits=10 shown=10 filtered=0 dropped=0 missed=0
		back hits=0 shown=0 filtered=0 dropped=0 missed=0
	STATS
	view --stats=stats
	assert_equal "${output}" 'EVENT                    COUNT
vfs_write                10
vfs_read                 3
back                     0'
	assert_equal "${stderr}" 'hits=16 shown=13 filtered=2 dropped=1 missed=4'
	view --stats=stats --format=json
	assert_equal "${lines[0]}" '{"probe":"vfs_write","count":10}'
	assert_equal "${#lines[@]}" 4
	view --stats=stats --format=csv
	assert_equal "${lines[*]}" 'event,count vfs_write,10 vfs_read,3 back,0'
	# sysfs has room for a page: what does not fit is not taken for 0.
	truncate -s -20 stats
	view --stats=stats
	assert_equal "${lines[*]}" 'EVENT                    COUNT vfs_write                10 vfs_read                 3'
	[[ ${stderr} == *'the counts of 1 of 3 probes are not there'* ]]
}

@test "hits are always what was shown, filtered and dropped" {
	three_hits
	local stats hits shown filtered dropped
	for stats in 'hits=30 shown=3 filtered=4 dropped=23 missed=1' \
		'hits=32 shown=5 filtered=4 dropped=23 missed=1' \
		'hits=29 shown=2 filtered=4 dropped=23 missed=0' \
		'hits=0 shown=0 filtered=0 dropped=0 missed=0'; do
		echo "${stats}" >stats
		view --stats=stats
		[[ ${stderr} =~ ^hits=([0-9]+)\ shown=([0-9]+)\ filtered=([0-9]+)\ dropped=([0-9]+)\ missed=[01]$ ]]
		hits=${BASH_REMATCH[1]} shown=${BASH_REMATCH[2]}
		filtered=${BASH_REMATCH[3]} dropped=${BASH_REMATCH[4]}
		((shown == 3 && hits == shown + filtered + dropped))
	done
	echo 'hits=32 shown=5 filtered=4 dropped=23 missed=1' >stats
	view --stats=stats
	assert_equal "${stderr}" 'hits=32 shown=3 filtered=4 dropped=25 missed=1'
	view --stats=/nonexistent
	[[ ${stderr_lines[0]} == 'kp_view: warning: stats /nonexistent: No such file or directory' ]]
}

@test "--max-hits ends after that many, and counts the rest as dropped" {
	three_hits
	echo 'hits=26 shown=3 filtered=0 dropped=23 missed=0' >stats
	view --max-hits=2 --stats=stats
	((${#lines[@]} == 3))
	assert_equal "${stderr}" 'hits=26 shown=2 filtered=0 dropped=24 missed=0'
	view --max-hits=1
	assert_equal "${stderr}" 'hits=26 shown=1 dropped=25'
}

# many_hits() { # <number>: an image of them
many_hits() {
	opens
	sed -i 's/^area .*/area 67117056/; s/^ring .*/ring 67108864 4096/; s/^cpus .*/cpus 1/' d
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		print "hit 0 " 1000000000 + i * 1000 " cat 42 dfd=3 file=/etc/ld.so.cache mode=0644" }' | image
}

@test "a reader that goes away ends it quietly with status 141" {
	many_hits 20000
	"${VIEW}" --image=image 2>err | head -n 1 >/dev/null && status=${PIPESTATUS[0]}
	((status == 141))
	run -0 grep -cv '^hits=' err || [[ ${output} == 0 ]]
	grep -qE '^hits=20000 shown=[0-9]+ dropped=[0-9]+$' err
}

@test "a disk that is full is an error" {
	three_hits
	view_on_full_disk() { # <kp_view argument>...
		"${VIEW}" "$@" >/dev/full
	}
	local option
	for option in text json csv; do
		run -11 --separate-stderr view_on_full_disk --image=image --format="${option}"
		assert_equal "${stderr_lines[*]}" 'hits=26 shown=0 dropped=26 kp_load: error: standard output: No space left on device'
	done
	for option in --help --version; do
		run -11 --separate-stderr view_on_full_disk "${option}"
		assert_equal "${stderr}" 'kp_load: error: standard output: No space left on device'
	done
}

@test "without a standard output it says so, and writes into nothing else" {
	three_hits
	cp image live
	# Whoever opens a file gets the lowest number, which is that of the output.
	view_on_nothing() { # <kp_view argument>...
		timeout 20 "${VIEW}" "$@" >&-
	}
	local from
	for from in --image=image live --help; do
		run -11 --separate-stderr view_on_nothing "${from}"
		assert_equal "${stderr_lines[-1]}" 'kp_load: error: standard output: Bad file descriptor'
	done
	view_on_input() {
		"${VIEW}" --image=image 1<live
	}
	run -11 --separate-stderr view_on_input
	assert_equal "${stderr_lines[-1]}" 'kp_load: error: standard output: Bad file descriptor'
	# But for the positions that a viewer keeps in it.
	assert_equal "$(stat -c %s live)" "$(stat -c %s image)"
	run ! grep -qaE 'myopen: |usage:' live
	# Nor does it need one for errors.
	"${VIEW}" --image=image 2>&- >out
	(($(wc -l <out) == 4))
}

# is_nonblocking() { # <process> <file descriptor>: of its open file
is_nonblocking() {
	local flags
	flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$1/fdinfo/$2")
	((8#${flags} & 8#4000))
}

# any_nonblocking() { # <process>: has one of its files open so
any_nonblocking() {
	local file
	for file in "/proc/$1/fd/"*; do
		[[ ! ${file} -ef pipe ]] || ! is_nonblocking "$1" "${file##*/}" || return 0
	done
	return 1
}

@test "a slow reader gets every byte, and nobody else's open file is changed" {
	mkfifo pipe
	local reader writer
	many_hits 3000
	"${VIEW}" --image=image >whole 2>/dev/null
	exec {reader}<>pipe
	exec {writer}>pipe
	"${VIEW}" --image=image >&"${writer}" 2>err 3>&- &
	VIEWER=$!
	# It is stuck by now, or soon: the pipe has room for a fifth.
	loop_until 50 any_nonblocking "${VIEWER}"
	run ! is_nonblocking "${VIEWER}" 1
	run ! is_nonblocking $$ "${reader}"
	run ! is_nonblocking $$ "${writer}"
	exec {writer}>&-
	local left
	left=$(stat -c %s whole)
	while ((left > 0)); do
		sleep 0.01
		dd bs=5000 count=1 2>/dev/null
		left=$((left - 5000))
	done <&"${reader}" >slowly
	ended 0
	exec {reader}>&-
	cmp whole slowly
	assert_equal "$(<err)" 'hits=3000 shown=3000 dropped=0'
}

@test "a terminal is left as it was" {
	command -v script >/dev/null || skip 'no script(1)'
	three_hits
	# The shell's own, which is the viewer's and the terminal's user's as well.
	run -0 script -qec "'${VIEW}' --image=image && grep -h ^flags: /proc/self/fdinfo/[012]" /dev/null
	assert_contains 'mode=00'
	local line
	while read -r _ line; do
		((!(8#${line//[!0-7]/} & 8#4000)))
	done < <(grep ^flags: <<<"${output}")
}

@test "a pipe that it may not open for itself is written to as it is" {
	((EUID == 0)) || skip 'root makes the pipe'
	command -v setpriv >/dev/null || skip 'no setpriv(1)'
	many_hits 3000
	"${VIEW}" --image=image >whole 2>/dev/null
	chmod 0644 image
	# By number: the directories above them are root's alone.
	{ setpriv --reuid=4242 --clear-groups /proc/self/fd/7 --image=/proc/self/fd/8 \
		7<"${OUT}/kp_view" 8<image 2>err || echo "$?" >status; } \
		| { sleep 0.2 && cat; } >got
	[[ ! -e status ]]
	cmp whole got
	# A socket cannot be opened at all.
	command -v socat >/dev/null || return 0
	socat -u "SYSTEM:'${OUT}/kp_view' --image=image 2>/dev/null" CREATE:got
	cmp whole got
}

@test "a reader that goes away without a word ends it with status 141" {
	many_hits 3000
	"${VIEW}" --image=image 2>err | { read -r && sleep 0.3; } && status=${PIPESTATUS[0]}
	((status == 141))
	grep -qE '^hits=3000 shown=[0-9]+ dropped=[0-9]+$' err
}

@test "a million hits cost less than three seconds of processor time a form" {
	many_hits 200000
	local form user TIMEFORMAT=%U
	for form in text json csv; do
		user=$({ time "${OUT}/kp_view" --image=image --format="${form}" >/dev/null 2>&1; } 2>&1)
		echo "${form}: ${user} s for 200000"
		((10#${user/./} < 600))
	done
}

# on_terminal() { # <assignment>...: the image's text on a terminal
on_terminal() {
	command -v script >/dev/null || skip 'no script(1)'
	run -0 env "$@" script -qec "'${VIEW}' --kallsyms='${KALLSYMS}' --image=image 2>/dev/null" /dev/null
}

@test "colour is for terminals, and for those who want it" {
	three_hits
	on_terminal -u NO_COLOR TERM=xterm
	assert_contains $'\e[1mmyopen\e[m'
	assert_contains $'ret=\e[31m-ENOENT\e[m'
	assert_contains $'\e[31mCPU:1 [LOST 23 EVENTS]\e[m'
	on_terminal NO_COLOR=1 TERM=xterm
	refute_contains $'\e'
	on_terminal -u NO_COLOR TERM=dumb
	refute_contains $'\e'
	view
	refute_contains $'\e'
}

@test "a pilot tells how often the probe is hit and what that costs, and switches it on" {
	local rate
	three_hits
	echo 'hits=0 shown=0 filtered=0 dropped=0 missed=0' >stats
	: >enabled
	# The count as it is when it is read, and when it is read again.
	mkfifo unseen
	{
		echo 7 >unseen
		sleep 0.01
		echo 100007 >unseen
	} 3>&- &
	view --stats=stats --pilot=400 --note='following it'
	wait
	assert_equal "${stderr_lines[1]}" 'kp_load: following it'
	[[ ${stderr_lines[0]} =~ ^'kp_load: pilot: about '([0-9]+)' hits a second, '([0-9]+)' % of a CPU'$ ]]
	rate=${BASH_REMATCH[1]}
	# A tenth of a second, or more where the machine is busy.
	((rate <= 1000000 && rate > 10000))
	assert_equal "${BASH_REMATCH[2]}" $((rate * 400 / 10000000))
	assert_equal "$(<enabled)" 1
	rm enabled unseen
	run -11 --separate-stderr "${VIEW}" --stats=stats --pilot=400 --image=image
	assert_equal "${stderr_lines[-1]}" 'kp_view: error: the probe cannot be switched on: No such file or directory'
}

@test "a probe that was over its budget is told of" {
	three_hits
	echo 'hits=4 shown=4 filtered=0 dropped=0 missed=0' >stats
	echo 0 >steps
	view --stats=stats
	assert_equal "${#stderr_lines[@]}" 1
	echo 2 >steps
	view --stats=stats
	assert_equal "${stderr_lines[1]}" 'kp_load: warning: probe kp_test: over its budget, not every hit was shown: --budget=PERCENT, or --count'
}

@test "usage errors are status 2, --help and --version are not" {
	local arguments
	for arguments in '' '--nope x' '--format=xml x' '--duration=x d' '--duration=-1 d' \
		'--max-hits=0 d' '--image=a b' 'a b' '--stats' '--parent=0 d' '--parent=x d' \
		'--parent=4294967297 d' '--pilot=0 --stats=s d' '--pilot=100 d'; do
		# shellcheck disable=SC2086 # several
		run -2 --separate-stderr "${VIEW}" ${arguments}
		[[ ${stderr_lines[0]} == 'kp_view: error: '* && ${stderr_lines[1]} == 'kp_view: hint: '* ]]
	done
	three_hits
	run -2 --separate-stderr "${VIEW}" --image=image --format=folded
	run -2 --separate-stderr "${VIEW}" --image=image --interval=1
	run -0 --separate-stderr "${VIEW}" --help
	[[ ${output} == usage:* && -z ${stderr} ]]
	((${#lines[@]} > 10))
	run ! grep -E '^.{81}' <<<"${output}"
	run -0 "${VIEW}" --version
	grep -qx "KP_VERSION=${output#kp_view }" "${KP_LOAD}"
}

@test "a device that is not there, or none, is status 11" {
	run -11 --separate-stderr "${VIEW}" /nonexistent
	assert_equal "${stderr}" 'kp_view: error: device /nonexistent: No such file or directory'
	run -11 --separate-stderr "${VIEW}" .
	run -11 --separate-stderr "${VIEW}" /dev/null
	assert_equal "${stderr}" 'kp_view: error: description of /dev/null: empty'
}

# follow() { # <option>...: the viewer in the background, on a live file
# Four CPUs; its process is VIEWER, its output out and err.
follow() {
	if [[ ! -e live ]]; then
		describe events <<-'END'
			probe 0 p ev f 0 f+0x0/0x10
			field 0 0 seq value u64 48 0 %llu
		END
		sed -i 's/^area .*/area 270336/; s/^ring .*/ring 262144 4096/; s/^cpus .*/cpus 4/' d
		"${MAKE}" d </dev/null >live
	fi
	"${VIEW}" --stats=stats "$@" live >out 2>err 3>&- &
	VIEWER=$!
	loop_until 50 is_locked
}

is_locked() {
	is_gone || grep -q ":$(stat -c %i live) " /proc/locks
}

# ended() { # <status>: the viewer ends so, within ten seconds
ended() {
	local status=0
	loop_until 100 is_gone || return 1
	wait "${VIEWER}" || status=$?
	assert_equal "${status}" "$1"
}

is_gone() {
	! kill -0 "${VIEWER}" 2>/dev/null
}

# everything_told() { # <hits>: what is in out adds up, and is in order
everything_told() {
	local -i shown lost
	shown=$(grep -c ' ev: ' out) || :
	lost=$(sed -n 's/.*LOST \([0-9]*\) EVENTS.*/\1/p' out | awk '{ n += $1 } END { print n + 0 }')
	echo "shown ${shown}, lost ${lost}"
	((shown + lost == $1))
	assert_equal "$(<err)" "hits=$1 shown=${shown} filtered=0 dropped=${lost} missed=0"
	grep ' ev: ' out | awk '{ t = substr($4, 1, length($4) - 1) + 0
		if (t < last) { print "out of order: " $0; exit 1 }
		last = t
		sub("seq=", "", $NF)
		if ($2 in seq && $NF + 0 <= seq[$2]) { print "again: " $0; exit 1 }
		seq[$2] = $NF + 0 }'
}

@test "four CPUs at once: every hit is shown in order, or told as lost" {
	follow
	"${MAKE}" --produce live 20000 stats
	sleep 0.2
	kill -INT "${VIEWER}"
	ended 130
	everything_told 80000
	grep -q ' ev: ' out
}

@test "cycles of this machine are told as CLOCK_MONOTONIC, and stay in order" {
	describe events <<-'END'
		probe 0 p ev f 0 f+0x0/0x10
		field 0 0 seq value u64 48 0 %llu
	END
	"${MAKE}" --clock >clock || skip 'no rdtsc'
	sed -i "s/^area .*/area 270336/; s/^ring .*/ring 262144 4096/; s/^clock .*/$(<clock)/" d
	"${MAKE}" d </dev/null >live
	follow
	local -i first last
	first=$(monotonic)
	"${MAKE}" --produce live 500000 stats
	last=$(monotonic)
	sleep 0.2
	kill -INT "${VIEWER}"
	ended 130
	everything_told 1000000
	awk -v first="${first}" -v last="${last}" '/ ev: / { t = substr($4, 1, length($4) - 1)
		if (t < first || t > last + 1) { print; exit 1 } }' out
}

# monotonic() { # seconds, of a machine that never slept
monotonic() {
	cut -d. -f1 /proc/uptime
}

@test "an event is on the pipe within a tenth of a second" {
	follow
	"${MAKE}" --produce live 1 stats
	sleep 0.1
	(($(grep -c ' ev: ' out) == 4))
	kill -TERM "${VIEWER}"
	ended 143
}

@test "a reader that stands still does not stop the kernel, and is told of the loss" {
	mkfifo pipe
	local reader
	exec {reader}<>pipe
	describe events <<-'END'
		probe 0 p ev f 0 f+0x0/0x10
		field 0 0 seq value u64 48 0 %llu
	END
	sed -i 's/^area .*/area 73728/; s/^ring .*/ring 65536 4096/' d
	"${MAKE}" d </dev/null >live
	"${VIEW}" --stats=stats live >pipe 2>err 3>&- &
	VIEWER=$!
	loop_until 50 is_locked
	timeout 20 "${MAKE}" --produce live 50000 stats
	kill -TERM "${VIEWER}"
	ended 143
	exec {reader}>&-
	local hits shown dropped
	[[ $(<err) =~ hits=([0-9]+)\ shown=([0-9]+)\ filtered=0\ dropped=([0-9]+) ]]
	hits=${BASH_REMATCH[1]} shown=${BASH_REMATCH[2]} dropped=${BASH_REMATCH[3]}
	((hits == 100000 && hits == shown + dropped && shown < 5000))
}

@test "a second Ctrl-C does not wait for a reader that stands still" {
	mkfifo pipe
	local reader
	exec {reader}<>pipe
	many_hits 20000
	mv image live
	"${VIEW}" live >pipe 2>err 3>&- &
	VIEWER=$!
	loop_until 50 is_locked
	kill -INT "${VIEWER}"
	sleep 0.3
	kill -INT "${VIEWER}"
	loop_until 10 is_gone
	ended 130
	exec {reader}>&-
	[[ $(<err) =~ ^hits=20000\ shown=([0-9]+)\ dropped=([0-9]+)$ ]]
	((BASH_REMATCH[1] + BASH_REMATCH[2] == 20000))
}

@test "a second viewer is refused with status 11" {
	follow
	run -11 --separate-stderr "${VIEW}" live
	assert_equal "${stderr}" 'kp_view: error: device live: another viewer follows it'
	kill -INT "${VIEWER}"
	ended 130
}

@test "the probe's removal ends it with status 0, after what is left" {
	follow
	"${MAKE}" --produce live 50 stats
	rm live
	ended 0
	everything_told 200
}

# follow_by_parent() { # follow, as the child of a process that only waits
# The viewer's own number comes to the file "pid".
follow_by_parent() {
	describe hist <<<'hist 0 duration'
	"${MAKE}" d </dev/null >live
	bash -c '"$0" --parent=$$ live >out 2>err & echo $! >pid; wait' "${VIEW}" 3>&- &
	PARENT=$!
	loop_until 50 test -s pid
	VIEWER=$(<pid)
	loop_until 50 is_locked
}

@test "a parent that is killed takes it along, with its footer; one that lives does not" {
	follow_by_parent
	sleep 0.3
	run ! is_gone
	kill -KILL "${PARENT}"
	loop_until 50 is_gone
	grep -q '^hits=' err
}

@test "a parent that is gone before it looks ends it at once" {
	describe hist <<<'hist 0 duration'
	"${MAKE}" d </dev/null >live
	# Not 1, whose child an orphan may be.
	run -143 timeout 10 "${VIEW}" --parent=2147483647 live
}

@test "--duration and --max-hits end it with status 0" {
	follow --duration=0.3
	ended 0
	echo 'hits=200 shown=200 filtered=0 dropped=0 missed=0' >stats
	follow --max-hits=7
	"${MAKE}" --produce live 50 others
	ended 0
	(($(grep -c ' ev: ' out) == 7))
	grep -qx 'hits=200 shown=7 filtered=0 dropped=193 missed=0' err
}

@test "output that nobody reads any more ends it before the next event" {
	follow --duration=0.1
	ended 0
	"${VIEW}" live 2>/dev/null | true && status=${PIPESTATUS[0]}
	((status == 141))
}

@test "--interval shows the histogram again and again" {
	describe hist <<<'hist 0 duration'
	"${MAKE}" d <<<'bucket 3 1' >live
	follow --interval=0.1 --duration=0.5
	ended 0
	(($(grep -c '^\[4, 8)' out) >= 3))
}

@test "five seconds without a hit bring the usual reasons, once" {
	follow --duration=5.3
	echo 'hits=9 shown=0 filtered=9 dropped=0 missed=0' >filtered
	"${MAKE}" d </dev/null >live2
	"${VIEW}" --stats=filtered --duration=5.3 live2 2>err2 3>&-
	ended 0
	(($(grep -c 'no hit in five seconds' err) == 1))
	grep -q 'no event in five seconds, of 9 hits: the filter excluded 9 of them' err2
}

@test "fuzzed rings and descriptions are refused or shown, but never crash" {
	command -v clang >/dev/null || skip 'no clang'
	make -s -C "${KP_TOP}/tools" OUT="${OUT}" RUNS=20000 fuzz-view
}
