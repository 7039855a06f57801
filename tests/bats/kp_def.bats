# shellcheck disable=SC2154 # bats sets them
# shellcheck disable=SC2016 # definitions are meant as they stand
# SPDX-License-Identifier: GPL-2.0-only
# kp_def.bats - the definition compiler: the tables of tests/tools, the command
# line, and real BTF, this machine's and the one inside a kernel's image.
# bats file_tags=tools

load helpers/common

# The image whose BTF is read; the offsets below are those of Linux 6.1.
IMAGE=$(compgen -G '/boot/vmlinuz-6.1.*-amd64' | tail -n 1)

setup_file() {
	export ROOT=$KP_TOP OUT=${BATS_FILE_TMPDIR}/build
	command -v cc >/dev/null || skip 'no C compiler'
	[[ -e /usr/include/bpf/btf.h ]] || skip 'no libbpf-dev'
	make -s -C "${ROOT}/tools" OUT="${OUT}"
	export KP_DEF=${OUT}/kp_def
	if [[ -r ${IMAGE} ]]; then
		"${KP_DEF}" --extract-btf="${IMAGE}" "${BATS_FILE_TMPDIR}/btf"
		export IMAGE_BTF=${BATS_FILE_TMPDIR}/btf
	fi
}

need_image() {
	[[ -n ${IMAGE_BTF:-} ]] || skip 'no /boot/vmlinuz-6.1.*-amd64'
}

# facts() { # <kp_def argument>...
# Runs on the image's BTF; the facts with blanks for tabs.
facts() {
	run -0 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" "$@"
	output=${output//$'\t'/ }
}

@test "every accepted and refused definition of the tables, under ASAN" {
	run make -s -C "${ROOT}/tools" OUT="${OUT}" test
	printf '%s\n' "${output}" | grep -a '^not ok\|^#' | head -40
	[[ ${status} -eq 0 ]]
	[[ ${output} != *'not ok'* ]]
	[[ ${output} == *$'\n1..'* ]]
}

@test "every accepted expression and filter compiles without a warning" {
	run -0 make -s -C "${ROOT}/tools" OUT="${OUT}" test-c
}

@test "an error shows reason, definition and caret, with status 2" {
	run -2 --separate-stderr "${KP_DEF}" 'p:foo/bar.1 vfs_read'
	[[ -z ${output} ]]
	local want='kp_load: error: definition: Event name must follow the same rules as C identifiers
p:foo/bar.1 vfs_read
      ^'
	[[ ${stderr} == "${want}" ]]
}

@test "one wrong definition of several prints no facts at all" {
	run -2 --separate-stderr "${KP_DEF}" vfs_read 'p vfs_write %none'
	[[ -z ${output} ]]
}

@test "several definitions are numbered" {
	run -0 "${KP_DEF}" vfs_read 'r:back vfs_read $retval'
	[[ ${lines[0]} == $'probe\t0\tp\tkprobes\tvfs_read\t-\tvfs_read\t0\t0' ]]
	[[ ${lines[1]} == $'probe\t1\tr\tkprobes\tback\t-\tvfs_read\t0\t0' ]]
}

@test "a filter's error shows the filter" {
	run -2 --separate-stderr "${KP_DEF}" --filter='a == 1 && b == 2' \
		'p vfs_read a=%di'
	[[ ${stderr} == *$'filter: Field not found\na == 1 && b == 2\n          ^'* ]]
}

@test "missing BTF is status 11, and the hints say what to write instead" {
	run -11 --separate-stderr "${KP_DEF}" --btf=/nonexistent 'p vfs_read file'
	[[ ${stderr} == *'BTF is not available'*'/nonexistent: No such file'*'$arg1'* ]]
}

@test "a file without BTF is status 11" {
	run -11 --separate-stderr "${KP_DEF}" --btf=/bin/true 'p vfs_read file'
	[[ ${stderr} == *'/bin/true: '* ]]
}

@test "a truncated image is status 11" {
	need_image
	head -c 2000000 "${IMAGE}" >"${BATS_TEST_TMPDIR}/cut"
	run -11 --separate-stderr "${KP_DEF}" \
		--extract-btf="${BATS_TEST_TMPDIR}/cut" "${BATS_TEST_TMPDIR}/out"
	[[ ${stderr} == *'kp_load: error: btf '* ]]
	[[ ! -e ${BATS_TEST_TMPDIR}/out ]]
}

# no_btf_in() { # <file> <what is said of it>
no_btf_in() {
	run -11 --separate-stderr "${KP_DEF}" --extract-btf="$1" "${BATS_TEST_TMPDIR}/out"
	assert_equal "${stderr}" "kp_load: error: btf $1: $2"
	run -11 --separate-stderr "${KP_DEF}" --btf="$1" --args vfs_read
	[[ ${stderr} == *$'\n'"kp_load: hint: $1: $2"$'\n'* ]]
}

@test "a file that gives no BTF is told of with the reason" {
	cd -- "${BATS_TEST_TMPDIR}"
	no_btf_in /nonexistent 'No such file or directory'
	no_btf_in /bin/true 'no BTF inside'
	echo text >text
	no_btf_in text 'no BTF, and no file that could have it inside'
	need_image
	head -c 5000 "${IMAGE_BTF}" >btf
	no_btf_in btf 'damaged, or cut short'
	head -c 2000000 "${IMAGE}" >short
	no_btf_in short 'cut short, or older than boot protocol 2.08'
	cp "${IMAGE}" damaged
	printf 'nonsense' | dd of=damaged bs=1 seek=3000000 conv=notrunc status=none
	no_btf_in damaged 'what it holds is damaged, or cut short'
}

@test "an image whose compression was left out of the build is told of, with the package" {
	need_image
	# Without the headers of any of them.
	make -s -C "${ROOT}/tools" OUT="${OUT}/bare" have= "${OUT}/bare/kp_def"
	KP_DEF=${OUT}/bare/kp_def
	run -11 --separate-stderr "${KP_DEF}" --extract-btf="${IMAGE}" "${BATS_TEST_TMPDIR}/out"
	[[ ${stderr} =~ ^'kp_load: error: btf '"${IMAGE}"': compressed by '[a-z0-9]+', and kp_def was built without '[a-z0-9]+-dev$ ]]
}

@test "damaged BTF is refused or read, but never crashes" {
	need_image
	make -s -C "${ROOT}/tools" OUT="${OUT}" asan
	local size
	for size in 1 23 24 100 5000 1000000; do
		head -c "${size}" "${IMAGE_BTF}" >"${BATS_TEST_TMPDIR}/cut"
		run -11 "${OUT}/asan/kp_def" --btf="${BATS_TEST_TMPDIR}/cut" \
			--args vfs_read
	done
}

@test "an unknown function, parameter or member is status 10" {
	need_image
	run -10 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" --args vfs_reed
	run -10 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" 'p vfs_read fil'
	[[ ${stderr} == *'the parameters of vfs_read are: file, buf, count, pos'* ]]
	run -10 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" \
		'p vfs_read file->f_mod'
	[[ ${stderr} == *$'\n                 ^'* ]]
}

@test "usage errors are status 2, --help is status 0" {
	run -2 "${KP_DEF}"
	run -2 "${KP_DEF}" --nope vfs_read
	run -2 "${KP_DEF}" --arch=vax vfs_read
	run -0 --separate-stderr "${KP_DEF}" --help
	[[ -z ${stderr} && ${output} == usage:* ]]
}

# to_full_disk() { # <kp_def argument>...
to_full_disk() {
	"${KP_DEF}" "$@" >/dev/full
}

@test "facts, prototypes and --help that cannot be written are an error with its reason" {
	local arguments
	for arguments in 'vfs_read' '--prototype sys_openat' '--help'; do
		# shellcheck disable=SC2086 # several
		run -11 --separate-stderr to_full_disk ${arguments}
		assert_equal "${stderr}" 'kp_load: error: kp_def: output: No space left on device'
	done
}

@test "types that cannot be written whole are not written, and the reason is told" {
	need_image
	mkdir "${BATS_TEST_TMPDIR}/empty"
	cd -- "${BATS_TEST_TMPDIR}/empty"
	run -11 --separate-stderr bash -c \
		'trap "" XFSZ; ulimit -f 100; "$1" --extract-btf="$2" out' - "${KP_DEF}" "${IMAGE_BTF}"
	assert_equal "${stderr}" 'kp_load: error: btf out: File too large'
	assert_equal "$(ls)" ''
	run -11 --separate-stderr "${KP_DEF}" --extract-btf="${IMAGE_BTF}" /dev/full
	assert_equal "${stderr}" 'kp_load: error: btf /dev/full: No space left on device'
	[[ -c /dev/full ]]
}

@test "prototypes are printed as C" {
	need_image
	run -0 "${KP_DEF}" --btf="${IMAGE_BTF}" --prototype vfs_read
	[[ ${output} == 'ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos);' ]]
	run -0 "${KP_DEF}" --btf=/nonexistent --prototype sys_openat
	[[ ${output} == 'long sys_openat(int dfd, const char __user *filename, int flags, umode_t mode);' ]]
}

@test "--args gives each parameter of a real kernel the form it deserves" {
	need_image
	facts --args do_sys_openat2
	[[ ${lines[1]//$'\t'/ } == 'arg 0 entry dfd s32 value kp_arg(regs, 0) 0 %d int dfd' ]]
	[[ ${output} == *'filename str autostring kp_arg(regs, 1)'* ]]
	[[ ${output} == *'how u64 pointer kp_arg(regs, 2)'* ]]
	facts --args --ret vfs_read
	[[ ${output} == *'file str file_path kp_arg(regs, 0)'*'buf u64 pointer'*'count u64 value'* ]]
	[[ ${output} == *'return ret s64 errno kp_retval(regs) 0 %lld ssize_t ret'* ]]
	facts --args tcp_v4_connect
	[[ ${output} == *'uaddr str sockaddr_len kp_arg(regs, 1), kp_arg(regs, 2) '* ]]
	facts --args --ret __kmalloc
	[[ ${output} == *'flags u32 gfp '*'ret u64 errptr'* ]]
	facts --args kmem_cache_alloc
	[[ ${output} == *' s str string kp_deref(&err, kp_arg(regs, 0) + '*'gfpflags u32 gfp'* ]]
	facts --args do_filp_open
	[[ ${output} == *'pathname str string kp_deref(&err, kp_arg(regs, 1))'* ]]
	facts --args wake_up_process
	[[ ${output} == *' p str task kp_arg(regs, 0)'* ]]
	facts --args --ret submit_bio
	[[ ${output} != *' ret '* ]]
}

#
# Facts for m4
#

# m4_facts() { # <kp_def argument>...: to $dir
m4_facts() {
	dir=${BATS_TEST_TMPDIR}/facts
	rm -rf "${dir}"
	run --separate-stderr "${KP_DEF}" --btf=/nonexistent --m4 --out="${dir}" "$@"
}

# fact() { # <file> <name>: prints its text
fact() {
	sed -n "s/^m4_define(<|TPL_$2|>, <|\(.*\)|>)m4_dnl\$/\1/p" "${dir}/$1"
}

@test "facts are a file for each probe, one for the frame and a summary" {
	m4_facts --follow 'p:a vfs_read+31 x=%ip y=@jiffies' 'r16:b ext4:f $retval s=@foo.1:u8'
	assert_equal "${status} ${output}${stderr}" '0 '
	assert_equal "$(cd "${dir}" && echo *)" 'frame.m4 probe.0.m4 probe.1.m4 summary'
	assert_equal "$(sed -E '2s/^[0-9a-f]{64}$/KEY/' "${dir}/summary")" 'ring
KEY
p r '"
a b 
- ext4 
vfs_read f 
31 0 
1 0 
jiffies foo.1 "
	assert_equal "$(fact probe.0.m4 MAXACTIVE) $(fact probe.1.m4 MAXACTIVE)" '256 16'
	assert_equal "$(fact frame.m4 RETURN)$(fact frame.m4 HASSYMS)$(fact frame.m4 GUARD)" 111
	assert_equal "$(fact frame.m4 SYMNAMES)" 'jiffies foo.1'
	[[ $(fact frame.m4 SYMS) == *'static unsigned long syms[2];'*'addresses of: jiffies, foo.1'* ]]
	[[ $(fact frame.m4 HITS) == *'kp_target0.where'*'kp_entry0(cpu, hit)'* ]]
	[[ $(fact frame.m4 HITS) != *kp_target1* ]]
}

@test "a record has room for text where there are strings, and less at a return" {
	local row definition room
	while IFS='|' read -r definition room; do
		m4_facts --follow "${definition}"
		assert_equal "${definition} $(fact probe.0.m4 ROOM) $(fact probe.0.m4 VARIES)" "${definition} ${room}"
	done <<-'ROWS'
		p:o f n=%di|0 0
		p:o f n=+0(%di)|KP_DATA_TAIL 1
		p:o f s=+0(%si):string|KP_DATA_LEN 1
		r:o f s=+0(%si):string|KP_RETURN_DATA_LEN 1
	ROWS
}

@test "each way has its sink" {
	local options definition sink
	while IFS='|' read -r options definition sink; do
		# shellcheck disable=SC2086 # several
		m4_facts ${options} "${definition}"
		assert_equal "${options} $(head -n 1 "${dir}/summary")" "${options} ${sink}"
	done <<-'ROWS'
		|p:o f %di|log
		--follow|r:o f|ring
		--follow --sum=count|p:o f|sum
		--follow --sum=hist:duration|r:o f|sum
	ROWS
}

# key() { # <kp_def argument>...: prints the key
key() {
	m4_facts "$@"
	sed -n 2p "${dir}/summary"
}

@test "the key is that of the facts, and of what is given besides" {
	local was file=${BATS_TEST_TMPDIR}/state
	mkdir -p "${file}/below"
	echo one >"${file}/below/x"
	was=$(key --with=1 --state="${file}" 'p:o f a=%di')
	assert_equal "$(key --with=1 --state="${file}" 'p:other g a=%di')" "${was}"
	[[ $(key --with=1 --state="${file}" 'p:o f a=%si') != "${was}" ]]
	[[ $(key --with=1 --state="${file}" --follow 'p:o f a=%di') != "${was}" ]]
	[[ $(key --with=1 --state="${file}" 'p:o f a=%di' 'p:o f a=%di') != "${was}" ]]
	[[ $(key --with=2 --state="${file}" 'p:o f a=%di') != "${was}" ]]
	[[ $(key --with=1 --with= --state="${file}" 'p:o f a=%di') != "${was}" ]]
	touch -d '1 hour ago' "${file}/below/x"
	[[ $(key --with=1 --state="${file}" 'p:o f a=%di') != "${was}" ]]
	was=$(key --with=1 --state="${file}" 'p:o f a=%di')
	assert_equal "$(key --with=1 --state="${file}" 'p:o f a=%di')" "${was}"
	cp -p "${file}/below/x" "${file}/y"
	[[ $(key --with=1 --state="${file}" 'p:o f a=%di') != "${was}" ]]
	key --state=/nonexistent 'p:o f a=%di'
}

@test "more arguments than a record has bits for are refused where they are followed" {
	local arguments
	printf -v arguments ' %%di%.0s' {1..65}
	m4_facts "p:big f${arguments}"
	assert_equal "${status}" 0
	m4_facts --follow "p:big f${arguments}"
	assert_equal "${status} ${stderr}" '2 kp_load: error: event big: 65 arguments: at most 64 can be followed
kp_load: hint: leave some out, or plant it without following: the log takes 128'
	[[ ! -e ${dir} ]]
	m4_facts --follow "p:big f${arguments% %di}"
	assert_equal "${status}" 0
}

@test "more bytes than the stack has room for are refused where hits are added up" {
	m4_facts --follow 'p:o f +0(%di):x64[64] +0(%di):x64[64] +0(%di):x64[64]'
	assert_equal "${status}" 0
	m4_facts --follow --sum=count 'p:o f +0(%di):x64[64] +0(%di):x64[64] +0(%di):x64[64]'
	assert_equal "${status} ${stderr}" '2 kp_load: error: options --count, --hist: 1536 bytes of arguments: at most 1024 can be looked at
kp_load: hint: leave out what is not added up or filtered by'
	m4_facts --follow --sum=count 'p:o f +0(%di):x64[64] +0(%di):x64[64]'
	assert_equal "${status}" 0
}

@test "strings cannot be looked at where hits are added up" {
	local sum
	for sum in count keys:comm hist:n hist:duration; do
		m4_facts --follow --sum="${sum}" 'r:o f n=%di s=+0(%si):string ret=$retval'
		assert_equal "${status} ${stderr}" '2 kp_load: error: options --count, --hist: they cannot look at strings
kp_load: hint: leave out --args and what is a string, or filter by --comm'
	done
}

@test "a histogram of what is not there, or no number, is refused with what there is" {
	local sum definition option names
	while IFS='|' read -r sum definition option names; do
		m4_facts --follow --sum="${sum}" "${definition}"
		assert_equal "${status}" 2
		assert_equal "${stderr%%$'\n'*}" "kp_load: error: option ${option}: no number of that name is among the arguments: ${names}"
		[[ ${stderr} == *$'\nkp_load: hint: '* ]]
	done <<-'ROWS'
		hist:nope|p:o f n=%di m=%si|--hist=nope|n m
		hist:s|p:o f s=+0(%si):string|--hist=s|s
		hist:a|p:o f a=+0(%si):x8[2]|--hist=a|a
		hist:nope|p:o f|--hist=nope|there are none
		keys:ret|r:o f|--count=ret|there are none
	ROWS
	[[ ${stderr} == *'a function that returns nothing has none'* ]]
}

@test "facts that cannot be written are 12, with what to look at" {
	run -12 --separate-stderr "${KP_DEF}" --m4 --out=/proc/nonexistent/x 'p:o f %di'
	assert_equal "${stderr%%$'\n'*}" 'kp_load: error: facts /proc/nonexistent/x: No such file or directory'
	[[ ${stderr} == *'hint: is the disk full? see df '* ]]
}

@test "--m4 without a directory, and a sum that is none, are usage errors" {
	run -2 "${KP_DEF}" --m4 f
	run -2 "${KP_DEF}" --out="${BATS_TEST_TMPDIR}/x" f
	local sum
	for sum in '' hits hist hist: keys keys: keys:pid count:x; do
		run -2 "${KP_DEF}" --m4 --out="${BATS_TEST_TMPDIR}/x" --follow --sum="${sum}" f
	done
	run -2 "${KP_DEF}" --m4 --out="${BATS_TEST_TMPDIR}/x" --sum=count f
	[[ ! -e ${BATS_TEST_TMPDIR}/x ]]
}

@test "members are found through nested structures and bitfields" {
	need_image
	facts 'p tcp_v4_connect sk->__sk_common.skc_dport sk->__sk_common.skc_reuse'
	[[ ${output} == *'arg1 u16 value kp_read_u16(&err, kp_arg(regs, 0) + 12)'* ]]
	[[ ${output} == *'arg2 u8 bitfield kp_read_u8(&err, kp_arg(regs, 0) + '*') & 0xf'* ]]
	facts 'p vfs_read name=file->f_path.dentry->d_name.name:string'
	[[ ${output} == *'name str string kp_deref(&err, kp_deref(&err, kp_arg(regs, 0) + 24) + '* ]]
}

@test "system calls are read through the wrapper's registers, by name" {
	facts_of() {
		run -0 "${KP_DEF}" --btf=/nonexistent "$@"
		output=${output//$'\t'/ }
	}
	facts_of --args sys_execve
	[[ ${lines[0]} == *$'\t__x64_sys_execve\t'* ]]
	[[ ${output} == *'filename str ustring kp_sysarg(regs, 0)'*'argv u64 pointer'* ]]
	facts_of --arch=arm64 sys_execve
	[[ ${output} == *' __arm64_sys_execve '* ]]
}

@test "an argument that is not there is refused with those that are" {
	need_image
	run -2 --separate-stderr "${KP_DEF}" --btf=/nonexistent 'p sys_openat $arg5'
	[[ ${stderr} == *'hint: the parameters of __x64_sys_openat are: dfd, filename, flags, mode' ]]
	run -10 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" 'p schedule $arg*'
	[[ ${stderr} == *'hint: the parameters of schedule are: none' ]]
	run -10 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" --btf-args 'p vfs_read $arg5'
	[[ ${stderr} == *'hint: the parameters of vfs_read are: file, buf, count, pos' ]]
}

@test "a wrapper's argument beyond its one is what the kernel gives, with a warning" {
	local definition
	run -0 --separate-stderr "${KP_DEF}" --btf=/nonexistent 'p __x64_sys_openat $arg1 $arg2 $arg3'
	[[ ${output} == *$'\tkp_arg(regs, 1)\t'* ]]
	assert_equal "${stderr}" 'kp_load: warning: definition: $arg2 of __x64_sys_openat is not its system call'\''s, whose wrapper has one argument: write sys_openat'
	for definition in 'p __x64_sys_openat $arg1 %si' 'p sys_openat $arg2' 'p vfs_read $arg2'; do
		run -0 --separate-stderr "${KP_DEF}" --btf=/nonexistent "${definition}"
		assert_equal "${stderr}" ''
	done
}

@test "a module's own BTF is read on top of the kernel's" {
	need_image
	local ko
	ko=/lib/modules/${IMAGE#*vmlinuz-}/kernel/fs/ext4/ext4.ko
	[[ -r ${ko} ]] || skip "no ${ko}"
	facts --module-btf="${ko}" --args ext4:ext4_file_open
	[[ ${output} == *'inode u64 pointer'*'filp str file_path kp_arg(regs, 1)'* ]]
	run -11 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" --args \
		ext4:ext4_file_open
	[[ ${stderr} == *'module ext4: '* ]]
}

@test "each of several modules has its own types, out of a directory, in one run" {
	need_image
	local ko dir=${BATS_TEST_TMPDIR}/btf
	ko=/lib/modules/${IMAGE#*vmlinuz-}/kernel
	[[ -r ${ko}/fs/ext4/ext4.ko && -r ${ko}/fs/jbd2/jbd2.ko ]] || skip "no ${ko}/fs/ext4/ext4.ko"
	mkdir "${dir}"
	ln -s "${ko}/fs/ext4/ext4.ko" "${dir}/ext4"
	ln -s "${ko}/fs/jbd2/jbd2.ko" "${dir}/jbd2"
	facts --module-dir="${dir}" --args ext4:ext4_file_open jbd2:jbd2_journal_start vfs_read \
		ext4:ext4_release_file
	[[ ${output} == *'arg 0 entry inode u64 pointer'*'arg 1 entry journal u64 pointer'*'arg 2 entry file str file_path'*'arg 3 entry filp str file_path'* ]]
	run -11 --separate-stderr "${KP_DEF}" --btf="${IMAGE_BTF}" --module-dir="${dir}" --args xfs:xfs_file_open
	[[ ${stderr} == *'module xfs: its types are not known: name its file with --mod=PATH.ko, or load it'* ]]
}

@test "this machine's own BTF gives a prototype" {
	[[ -r /sys/kernel/btf/vmlinux ]] || skip 'no /sys/kernel/btf/vmlinux'
	run -0 "${KP_DEF}" --prototype vfs_read
	[[ ${output} == *'vfs_read(struct file *file, '*');' ]]
}

@test "an image's BTF is read in place as well" {
	need_image
	run -0 "${KP_DEF}" --btf="${IMAGE}" --args vfs_read
	local direct=${output}
	run -0 "${KP_DEF}" --btf="${IMAGE_BTF}" --args vfs_read
	[[ ${output} == "${direct}" ]]
}
