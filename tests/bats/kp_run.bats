# shellcheck shell=bats
# shellcheck disable=SC2154 # bats sets them
# shellcheck disable=SC2016 # what another shell is to run is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# kp_run.bats - plans, in a kernel that is a tree of files: tests/tools/run_fake.c.
# bats file_tags=tools

load helpers/common

setup_file() {
	export OUT=${BATS_FILE_TMPDIR}/build
	command -v cc >/dev/null || skip 'no C compiler'
	make -s -C "${KP_TOP}/tools" OUT="${OUT}" "${OUT}/kp_run" "${OUT}/asan/kp_run"
}

setup() {
	cd -- "${BATS_TEST_TMPDIR}" || return
	umask 077
	# What it does under ASAN and UBSAN is what it does.
	RUN=${OUT}/asan/kp_run
	export KP_SYSROOT=${BATS_TEST_TMPDIR}/root
	mkdir -p root/{dev,sys/module,sys/kernel/debug/kprobes}
	: >root/dev/kmsg
	kp_lib log plan
	shape 1
	cat >viewer <<-'END'
		#!/bin/sh
		printf '%s\n' "$0" "$@" >viewed
		[ ! -e view.sleep ] || { trap 'exit 143' TERM; trap 'exit 130' INT; touch ready
			while :; do sleep 0.05; done 2>/dev/null; }
		[ ! -e view.kill ] || kill -KILL $$
		exit "$(cat view.status 2>/dev/null || echo 0)"
	END
	chmod 700 viewer
}

teardown() {
	[[ -z ${FOLLOW:-} ]] || kill -KILL "${FOLLOW}" 2>/dev/null || :
}

# holder() { # <begin> <length>: a placeholder
holder() {
	local pad
	printf -v pad '%0*d' "$2" 0
	pad=$1${pad//0/x}
	printf '%s' "${pad:0:$2}"
}

# shape() { # <probes>: shape.ko, strings as a module has them
shape() {
	local -i n
	{
		printf '\177ELF\0\0'
		printf '\0name=%s\0' "$(holder kp_NAME_ 55)"
		for ((n = 0; n < $1; n++)); do
			printf 'aN%s\0' "$(holder "kp_FUNCNAME${n}_" 511)"
			printf '%s\n\0' "$(holder "kp_EVENT${n}_" 63)"
		done
		printf '6%s: cannot probe %%s: %%pe\n\0end' "$(holder kp_NAME_ 55)"
	} >shape.ko
}

# plan() { # <line>...: the file "plan", of one probe and these
plan() {
	printf '%s\n' 'kp_plan 1' 'engine module' 'name kp_vfs_read' "shape ${PWD}/shape.ko" \
		'probe p vfs_read' 'funcname vfs_read' 'event vfs_read' "$@" >plan
}

calls() {
	[[ ! -e root/calls ]] || cat root/calls
}

#
# Words and plans
#

@test "--help and --version are for standard output" {
	run -0 --separate-stderr "${RUN}" --help
	assert_contains 'usage: kp_run '
	assert_equal "${stderr}" ''
	run -0 "${RUN}" --version
	[[ ${output} =~ ^kp_run\ [0-9.]+$ ]]
}

@test "words that mean nothing are usage errors" {
	local words
	plan
	for words in '' '--frob plan' 'plan plan' '--undo' '--undo --status x' '--parent=x plan' \
		'--parent=0 plan' '--trust=/nonexistent plan' '--instance plan'; do
		# shellcheck disable=SC2086 # several
		run -2 "${RUN}" ${words}
		assert_contains 'kp_load: error: kp_run '
		assert_contains 'kp_load: hint: try kp_run --help'
	done
	assert_equal "$(calls)" ''
}

# refused() { # <status> <what it says>
refused() {
	run "-$1" "${RUN}" plan
	assert_contains "kp_load: error: plan plan: $2"
	assert_equal "$(calls)" ''
}

@test "a plan of another version, or of none, is refused" {
	plan
	sed -i '1s/1/2/' plan
	refused 2 'not one of this version'
	sed -i 1d plan
	refused 2 'not one of this version'
	: >plan
	refused 2 'not one of this version'
}

@test "a plan with a line that is none is refused, and the line told" {
	local line
	for line in 'frob x' 'engine' 'engine ' 'engine module' 'pilot 1 ' 'probe p' 'event x' \
		'bring x' 'bring x y' 'bring ../x /y' 'bring x y /z' 'target kp-x /y' ' x y' '' 'name kp_x'; do
		plan "${line}"
		run -2 "${RUN}" plan
		[[ ${output} == 'kp_load: error: plan plan: line 8, '* || ${line} == 'pilot 1 ' ]]
		assert_equal "${#lines[@]}" 1
	done
	assert_equal "$(calls)" ''
}

@test "a plan that is cut off, too long, or has too much of something is refused" {
	plan
	truncate -s -1 plan
	refused 2 'line 7, event vfs_read: it is cut off'
	printf 'param a=\0\n' >>plan
	refused 2 'longer than 262144 bytes, or not a text'
	plan "param $(head -c 262144 /dev/zero | tr '\0' x)"
	refused 2 'longer than 262144 bytes, or not a text'
	# shellcheck disable=SC2046 # lines
	plan $(printf 'param=a=1 %.0s' {1..65})
	sed -i 's/^param=/param /' plan
	refused 2 'line 72, param: too many of them'
	: >plan
}

@test "a plan that says too little is refused" {
	local word
	for word in engine name probe funcname event shape; do
		plan
		sed -i "/^${word} /d" plan
		run -2 "${RUN}" plan
		assert_contains "kp_load: error: plan "
	done
	for word in kp_ vfs_read kp_a-b "kp_$(holder a 50)"; do
		plan
		sed -i "s/^name .*/name ${word}/" plan
		[[ ${word} == kp_ ]] || refused 2 'its name is not one of ours'
	done
	plan 'pilot 1'
	refused 2 'options of a viewer, and none'
	plan 'viewer kp_view'
	refused 2 'a viewer without its path'
	plan "viewer ${PWD}/viewer" 'pilot 1x'
	refused 2 'its pilot is no number'
	plan
	sed -i 's/^engine .*/engine frob/' plan
	run -2 "${RUN}" plan
	assert_equal "${output}" 'kp_load: error: engine frob: not one of this kp_run'
}

#
# Whose files
#

@test "a plan, shape or viewer that is a link, or that others can write to, is refused" {
	local file
	plan "viewer ${PWD}/viewer"
	for file in plan shape.ko viewer; do
		chmod g+w "${file}"
		run -11 "${RUN}" plan
		assert_contains "${file}: others can write to it"
		chmod g-w,o+w "${file}"
		run -11 "${RUN}" plan
		assert_contains "${file}: others can write to it"
		chmod o-w "${file}"
		mv "${file}" elsewhere
		ln -s elsewhere "${file}"
		run -11 "${RUN}" plan
		assert_contains "${file}: it is a link"
		rm "${file}"
		mkdir "${file}"
		run ! "${RUN}" plan
		rmdir "${file}"
		run -11 "${RUN}" plan
		assert_contains "${file}: No such file"
		mv elsewhere "${file}"
	done
	assert_equal "$(find root/sys/module -mindepth 1)" ''
	run -0 "${RUN}" plan
}

@test "a stranger's file, and one below a stranger's directory, is refused to root, but the owner's of --trust" {
	((EUID == 0)) || skip 'only root can give files away'
	local file
	plan "viewer ${PWD}/viewer"
	for file in plan shape.ko viewer; do
		chown 1234 "${file}"
		run -11 "${RUN}" plan
		assert_contains "${file}: it belongs to uid 1234"
		run -0 "${RUN}" --trust="${PWD}/${file}" plan
		chown 0 "${file}"
	done
	mkdir sub
	mv plan sub
	chown 1234 sub
	run -11 "${RUN}" sub/plan
	assert_contains "plan sub/plan: ${PWD}/sub, which is above it, belongs to uid 1234"
	run -0 "${RUN}" --trust=sub sub/plan
	chown 0 sub
	chmod o+w sub
	run -11 "${RUN}" sub/plan
	assert_contains "others can write to ${PWD}/sub, which is above it"
	chmod +t sub
	run -0 "${RUN}" sub/plan
	chmod 0770 sub
	chgrp 1234 sub
	run -11 "${RUN}" sub/plan
	assert_contains "others can write to ${PWD}/sub, which is above it"
	# Links on the way lead to what is looked at.
	chmod 0700 sub
	ln -s sub link
	run -0 "${RUN}" link/plan
}

@test "a directory open to its owner's own group is fine above, as for lib/trust.sh" {
	((EUID == 0)) || skip 'only root asks'
	mkdir sub
	plan
	mv plan sub
	chmod g+w sub
	kp_lib trust
	if kp_trust_above "${PWD}/sub/plan"; then
		run -0 "${RUN}" sub/plan
	else
		run -11 "${RUN}" sub/plan
	fi
	if setfacl -m u:1234:rwx sub 2>/dev/null; then
		run -11 "${RUN}" sub/plan
	fi
}

#
# The names
#

# instance() { # <funcname> <event>...: shape.ko under these names, as ours.ko
instance() {
	local -a shown=() listed=()
	KP_PROBE_KIND=() KP_PROBE_FUNCNAME=() KP_PROBE_EVENT=()
	while (($#)); do
		KP_PROBE_KIND+=(p) KP_PROBE_FUNCNAME+=("$1") KP_PROBE_EVENT+=("$2") shown+=("$1") listed+=('')
		shift 2
	done
	kp_plan_begin
	kp_plan_set engine module
	kp_plan_set name "${NAME:-kp_vfs_read}"
	kp_plan_set shape "${PWD}/shape.ko"
	kp_plan_probes KP_PROBE_KIND shown KP_PROBE_FUNCNAME KP_PROBE_EVENT listed
	kp_plan_write plan
	"${RUN}" --instance plan ours.ko
}

# by_sed() { # <out.ko> <name> <array of funcnames> <array of events>: from shape.ko
# Each placeholder, and what follows it up to its NUL, moves up; NULs fill the rest.
by_sed() {
	local -n _funcs=$3 _events=$4
	local -a from=("$(holder kp_NAME_ 55)") to=("$2" "${_funcs[@]}" "${_events[@]}") script=()
	local -i i
	local nuls
	for ((i = 0; i < ${#_funcs[@]}; i++)); do
		from[i + 1]=$(holder "kp_FUNCNAME${i}_" 511)
		from[i + 1 + ${#_funcs[@]}]=$(holder "kp_EVENT${i}_" 63)
	done
	for ((i = 0; i < ${#from[@]}; i++)); do
		printf -v nuls '%*s' $((${#from[i]} - ${#to[i]})) ''
		script+=(-e "s/${from[i]%%x*}x*\\(.*\\)/${to[i]}\\1${nuls// /\\x00}/")
	done
	sed -z "${script[@]}" shape.ko >"$1"
}

@test "--instance names a module as sed does, byte for byte" {
	local -i n
	local -a words
	for n in 1 2 11 32; do
		shape "${n}"
		words=()
		while ((${#words[@]} < 2 * n)); do
			words+=("mod:vfs_read+0x${#words[@]}" "ev${#words[@]}")
		done
		instance "${words[@]}"
		by_sed seds.ko kp_vfs_read KP_PROBE_FUNCNAME KP_PROBE_EVENT
		cmp seds.ko ours.ko
		cmp -s shape.ko ours.ko && return 1
	done
	assert_equal "$(stat -c %a ours.ko)" 600
}

@test "names as long as may be fit, and longer ones are refused" {
	local long=${BATS_TEST_TMPDIR}/long
	instance "$(holder f 511)" "$(holder e 63)"
	NAME=kp_$(holder n 48) instance f e
	run -12 instance "$(holder f 512)" e
	assert_contains 'does not fit into the module'
	run -12 instance f "$(holder e 64)"
	assert_contains 'does not fit into the module'
	rm -f "${long}"
	run -12 instance 'a b' e
	run -12 instance 'a"b' e
	run -12 instance 'a&b' e
	run -12 instance 'a\1' e
	run -12 instance f 'e&'
	run -12 instance f 'e/'
}

@test "a module that is built for more probes, or has less of a placeholder, is refused" {
	shape 2
	run -12 instance f e
	assert_contains 'module kp_vfs_read: built for other probes, at byte '
	shape 1
	sed -i 's/kp_EVENT0_xxx/kp_EVENT0_x/' shape.ko
	run -12 instance f e
	assert_contains 'built for other probes'
	shape 1
	# Cut off by the file's end.
	head -c -30 shape.ko >part
	mv part shape.ko
	run -12 instance f e
	printf 'kp_EVENT' >shape.ko
	instance f e
	cmp shape.ko ours.ko
	printf 'kp_EVENT0_x' >shape.ko
	run -12 instance f e
	: >shape.ko
	run -11 instance f e
	[[ ! -e left ]]
}

@test "--instance replaces a file in one step, or leaves it" {
	plan
	echo old >out.ko
	run -12 "${RUN}" --instance plan none/out.ko
	assert_contains 'module none/out.ko: could not be written: No such file'
	if [[ -c /dev/full ]] && mkdir full; then
		run -12 "${RUN}" --instance plan full
		assert_contains 'module full: could not be written'
	fi
	assert_equal "$(find . -name '*.ko.*' -o -name 'full.*')" ''
	"${RUN}" --instance plan out.ko
	run ! grep -q old out.ko
}

#
# Planted
#

@test "a probe is planted with its parameters, and its notes told under its name" {
	plan 'param dyndbg=+p' 'param rate=10' 'note planted %n on vfs_read' "note see '%n: ', %n"
	run -0 --separate-stderr "${RUN}" plan
	assert_equal "${output}" ''
	assert_equal "${stderr}" "kp_load: planted kp_vfs_read on vfs_read
kp_load: see 'kp_vfs_read: ', kp_vfs_read"
	assert_equal "$(calls)" 'load kp_vfs_read dyndbg=+p rate=10 '
	run -0 --separate-stderr "${RUN}" --tell plan
	assert_equal "${output}" 'planted kp_vfs_read_2'
	[[ ${stderr} == 'kp_load: kp_vfs_read is planted already; this one is kp_vfs_read_2'* ]]
	run -0 "${RUN}" plan
	assert_contains 'this one is kp_vfs_read_3'
}

@test "a name that another takes meanwhile is that one's, and ours the next" {
	: >root/load.taken
	plan
	run -0 "${RUN}" --tell plan
	assert_contains 'this one is kp_vfs_read_2'
	assert_contains 'planted kp_vfs_read_2'
	assert_equal "$(calls | cut -d' ' -f2 | paste -sd ' ')" 'kp_vfs_read kp_vfs_read_2'
}

@test "999 of a name are the most" {
	mkdir root/sys/module/kp_vfs_read root/sys/module/kp_vfs_read_{2..999}
	plan
	run -13 "${RUN}" plan
	assert_equal "${output}" 'kp_load: error: module kp_vfs_read: 999 of that name are planted
kp_load: hint: kp_load.sh --list shows them; kp_load.sh --unload=NAME'
}

@test "what the target needs comes before, the target after, and all go again" {
	mkdir root/sys/module/there
	printf '\177ELF' | tee mdio.ko there.ko >e1000.ko
	printf 'packed' >lib.ko.xz
	plan "bring lib ${PWD}/lib.ko.xz" "bring there ${PWD}/there.ko" "bring mdio ${PWD}/mdio.ko" \
		"target e1000 ${PWD}/e1000.ko"
	run -0 "${RUN}" plan
	assert_equal "$(calls)" 'file lib.ko.xz packed
file mdio.ko
load kp_vfs_read brought=lib,mdio,e1000
file e1000.ko'
	: >root/calls
	run -0 "${RUN}" --undo kp_vfs_read
	assert_equal "${output}" ''
	assert_equal "$(calls)" 'unload kp_vfs_read
unload e1000
unload mdio
unload lib'
	assert_equal "$(ls root/sys/module)" there
}

@test "a target that cannot be loaded takes all with it" {
	printf '\177ELF' | tee mdio.ko >e1000
	plan "bring mdio ${PWD}/mdio.ko" "target e1000 ${PWD}/e1000"
	run -13 "${RUN}" plan
	assert_contains 'module e1000: it was built for another kernel'
	assert_equal "$(calls)" 'file mdio.ko
load kp_vfs_read brought=mdio,e1000
file e1000
unload kp_vfs_read
unload mdio'
	plan "bring a ${PWD}/mdio.ko" "bring b ${PWD}/none.ko"
	run -13 "${RUN}" plan
	assert_contains 'module b: cannot be loaded: Unknown symbol in module'
	assert_equal "$(ls root/sys/module)" mdio # by its file's name, in this kernel
}

#
# What the kernel refuses
#

# refuses() { # <errno> <what the kernel says>...: planting fails, with status 13
refuses() {
	local line
	echo "$1" >root/load.fail
	shift
	for line in "$@"; do
		printf '6,339,100002000,-;%s\n SUBSYSTEM=x\n' "${line}"
	done >root/load.log
	printf '6,1,99000000,-;older line\n6,2,99000001,-;Lockdown: x\n' >>root/dev/kmsg
	plan
	run -13 "${RUN}" plan
	assert_equal "$(ls root/sys/module)" ''
	refute_contains 'older line'
}

# explained() { # <cause> <hint>
explained() {
	assert_equal "${lines[0]}" "kp_load: error: module kp_vfs_read on vfs_read: $1"
	assert_equal "${lines[-1]}" "kp_load: hint: $2"
}

@test "why the kernel refuses a module is told, with its own lines" {
	refuses 8 "kp_new: version magic '5.10.0' should be '6.1.0'"
	explained 'it was built for another kernel (Invalid module format)' \
		'install the headers of this very release: kp_load.sh --check'
	assert_equal "${lines[1]}" "  [  100.002000] kp_new: version magic '5.10.0' should be '6.1.0'"
	refuses 129 'Loading of unsigned module is rejected'
	explained 'this kernel takes only signed modules (Key was rejected)' \
		'kp_load.sh --check says which setting demands it; --rehearse needs no key'
	refuses 1 'Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7'
	explained 'lockdown forbids unsigned modules' \
		'kp_load.sh --check; --rehearse works here all the same'
	refuses 1 'something else'
	explained 'not permitted' \
		'it takes root with CAP_SYS_MODULE and kernel.modules_disabled=0: kp_load.sh --check'
	refuses 17
	explained 'a module of this name is loaded' 'kp_load.sh --list; kp_load.sh --unload=NAME'
	refuses 12
	explained 'out of memory' 'free some, and try again'
	refuses 14 'something else'
	explained 'Bad address' "the kernel's own words, if any, are above; see dmesg"
}

@test "why register_kprobe() refuses a place is told, whatever form the error has" {
	local said
	for said in 'kp_new: cannot probe do_idle: -EINVAL' 'kp_new: cannot probe do_idle: -22'; do
		refuses 22 "${said}"
		explained 'the kernel refuses a probe there (EINVAL)' \
			"it is in the kernel's blacklist, in entry code, or in init text that is gone: kp_load.sh --check --probe=FUNC"
	done
	refuses 2 'kp_new: cannot probe nope: -ENOENT'
	explained 'the kernel does not know this symbol (ENOENT)' \
		'grep it in /proc/kallsyms: it may be inlined, or in a module that is not loaded (--mod=PATH)'
	for said in 'kp_new: cannot probe vfs_read: -EBUSY' 'kp_new: cannot probe vfs_read: -16'; do
		refuses 16 "${said}"
		explained 'the function is being live-patched (EBUSY)' \
			'probe without --verbose, which needs a post handler'
	done
	refuses 2 'kp_new: Unknown symbol unwind_frob (err -2)'
	explained 'it needs a symbol that this kernel does not export' \
		'rebuild with the headers of this very release: kp_load.sh --check'
	refuses 84 'kp_new: cannot probe vfs_read+0x1: -EILSEQ'
	explained 'the offset is not at the beginning of an instruction (EILSEQ)' \
		'objdump -d shows where instructions begin; +0 is always one'
	refuses 84 'kp_new: an instruction begins at vfs_read+0x0/0x2c0' \
		'kp_new: an instruction begins at vfs_read+0x5/0x2c0' \
		'kp_new: cannot probe vfs_read+0x1: -EILSEQ'
	explained 'the offset is not at the beginning of an instruction (EILSEQ)' \
		'instructions begin at +0x0 and +0x5'
}

@test "at most six lines are shown, the last; without a log none" {
	refuses 8 line-{1..9}
	assert_equal "${#lines[@]}" 8
	refute_contains line-3
	assert_contains '  [  100.002000] line-4'
	assert_contains '  [  100.002000] line-9'
	rm root/dev/kmsg root/load.log
	plan
	run -13 "${RUN}" plan
	assert_equal "${#lines[@]}" 2
}

@test "where the plan has a fallback, what ftrace does not take is status 75 without a word" {
	local errno
	plan 'fallback kprobe'
	printf '\177ELF' >mdio.ko
	plan 'fallback kprobe' "bring mdio ${PWD}/mdio.ko"
	for errno in 22 16 19; do
		echo "${errno}" >root/load.fail
		run -75 "${RUN}" plan
		assert_equal "${output}" ''
		assert_equal "$(ls root/sys/module)" ''
	done
	echo 12 >root/load.fail
	run -13 "${RUN}" plan
	assert_contains 'out of memory'
}

#
# Whether it is armed
#

# lists() { # <line>...: what the kernel's list of kprobes shows once it is planted
lists() {
	printf '%s\n' "$@" >root/load.list
	: >root/sys/kernel/debug/kprobes/list
}

# is_removed() { # planted, not armed, and gone
is_removed() {
	run -13 "${RUN}" plan
	assert_equal "${output}" "kp_load: error: probe kp_vfs_read: vfs_read is registered, but the kernel's list does not show it armed
kp_load: hint: another user of ftrace may hold the function; try FUNC+OFFSET beyond its first instruction"
	assert_equal "$(ls root/sys/module)" ''
}

@test "a probe that the kernel's list does not show armed is removed" {
	plan 'listed ffffffff812f0a30/ffffffff812f0a34' 'verify yes'
	lists 'ffffffff812f0a34  k  vfs_read+0x4    [FTRACE]'
	run -0 "${RUN}" plan
	rm -r root/sys/module/*
	lists 'ffffffff812f0a30  k  vfs_read+0x0    [DISABLED][FTRACE]'
	is_removed
	lists 'ffffffff812f0a38  k  vfs_read+0x8'
	is_removed
	# As many as before are those of others.
	lists 'ffffffff812f0a30  k  vfs_read+0x0'
	cp root/load.list root/sys/kernel/debug/kprobes/list
	is_removed
	plan 'listed vfs_read+' 'verify yes'
	lists 'ffffffff812f0a30  r  vfs_read+0x4    [FTRACE]'
	run -0 "${RUN}" plan
	rm -r root/sys/module/*
	lists 'ffffffff812f0a30  r  vfs_readv+0x0    [FTRACE]'
	is_removed
	# Its function is gone, but it was hit: not so here.
	printf '\177ELF' >e1000.ko
	plan 'listed vfs_read+' 'verify yes' "target e1000 ${PWD}/e1000.ko"
	is_removed
}

@test "where the list cannot be read that is a warning, and only if it is asked for" {
	plan 'listed vfs_read+' 'verify yes'
	run -0 "${RUN}" plan
	assert_equal "${output}" 'kp_load: warning: probe kp_vfs_read: whether it is armed cannot be seen, debugfs is not mounted'
	plan 'verify yes'
	run -0 "${RUN}" plan
	refute_contains warning
}

#
# Followed
#

@test "the viewer is run with what the plan says, and the probe removed after" {
	plan "viewer ${PWD}/viewer" 'view --format=json' 'view --duration=1 s' 'pilot 100' \
		'note following %n on vfs_read' 'param rate=1'
	run -0 "${RUN}" plan
	assert_equal "${output}" ''
	assert_equal "$(calls)" 'load kp_vfs_read rate=1 enabled=0 
unload kp_vfs_read'
	assert_equal "$(sed -E '1d; s/^(--parent=)[0-9]+$/\1N/' viewed)" "--parent=N
--stats=${KP_SYSROOT}/sys/module/kp_vfs_read/parameters/stats
--pilot=100
--note=following kp_vfs_read on vfs_read
--format=json
--duration=1 s
--
${KP_SYSROOT}/dev/kp/kp_vfs_read"
	[[ $(head -n 1 viewed) == */viewer ]]
}

@test "the viewer's status is ours, where it is one of ours" {
	local status_is
	plan "viewer ${PWD}/viewer"
	for status_is in 2 10 11 12 13 129 130 141 143; do
		echo "${status_is}" >view.status
		run "-${status_is}" "${RUN}" plan
		assert_equal "${output}" ''
	done
	for status_is in 1 3 20 42 137; do
		echo "${status_is}" >view.status
		run -13 "${RUN}" plan
		assert_equal "${output}" "kp_load: error: viewer ${PWD}/viewer: ended with status ${status_is}"
	done
	assert_equal "$(ls root/sys/module)" ''
}

@test "a viewer that is killed, or cannot be run, leaves nothing" {
	plan "viewer ${PWD}/viewer"
	touch view.kill
	run -13 "${RUN}" plan
	assert_contains 'ended with status 137'
	chmod 600 viewer
	run -13 "${RUN}" plan
	assert_contains "viewer ${PWD}/viewer: cannot be run: Permission denied"
	printf '\177ELFnot' >viewer
	chmod 700 viewer
	run -13 "${RUN}" plan
	assert_contains 'cannot be run: Exec format error'
	assert_equal "$(ls root/sys/module)" ''
}

# follow_begin() { # [command]...: in the background, its viewer up
follow_begin() {
	rm -f ready
	touch view.sleep
	plan "viewer ${PWD}/viewer"
	"$@" "${RUN}" plan >out 2>err 3>&- &
	FOLLOW=$!
	loop_until 100 test -e ready
}

# follow_end() { # <status>: and nothing is left
follow_end() {
	local status_was=0
	wait "${FOLLOW}" || status_was=$?
	FOLLOW=
	assert_equal "${status_was}" "$1"
	assert_equal "$(ls root/sys/module)" ''
	assert_equal "$(<err)" ''
}

@test "signals end the viewer, and then the probe is removed" {
	local signal
	for signal in INT:130 TERM:143 QUIT:131 USR1:138; do
		# In the background INT is ignored when it begins.
		follow_begin
		kill "-${signal%:*}" "${FOLLOW}"
		follow_end "${signal#*:}"
	done
	# It sends two, one to us and one to the group.
	follow_begin timeout 2
	follow_end 124
	follow_begin
	kill -TERM "${FOLLOW}"
	kill -TERM "${FOLLOW}"
	follow_end 143
	follow_begin nohup
	kill -HUP "${FOLLOW}"
	sleep 0.3
	kill -0 "${FOLLOW}"
	kill -TERM "${FOLLOW}"
	wait "${FOLLOW}" || :
	FOLLOW=
	assert_equal "$(ls root/sys/module)" ''
}

@test "killed, it takes its viewer with it, and the probe stays to be removed" {
	follow_begin
	kill -KILL "${FOLLOW}"
	wait "${FOLLOW}" || :
	FOLLOW=
	loop_until 50 run ! pgrep -f "${PWD}/plan|/viewer --parent=.*${KP_SYSROOT}"
	assert_equal "$(ls root/sys/module)" kp_vfs_read
	run -0 "${RUN}" --undo kp_vfs_read
	assert_equal "$(ls root/sys/module)" ''
}

@test "it ends when who started it is gone, before or meanwhile" {
	plan "viewer ${PWD}/viewer"
	run -143 "${RUN}" --parent=1 plan
	assert_equal "$(calls)" ''
	touch view.sleep
	bash -c '"$1" --parent=$$ plan 2>err & wait' _ "${RUN}" 3>&- &
	FOLLOW=$!
	loop_until 100 test -e ready
	kill -KILL "${FOLLOW}"
	loop_until 100 test ! -e root/sys/module/kp_vfs_read
	FOLLOW=
}

@test "where nobody reads what it says it undoes all the same" {
	plan "viewer ${PWD}/viewer" 'view x'
	echo 42 >view.status
	"${RUN}" plan 2> >(:) || :
	assert_equal "$(ls root/sys/module)" ''
	plan 'note x'
	run -11 bash -c '"$1" --tell plan >/dev/full' _ "${RUN}"
	assert_contains 'output: No space left on device'
	assert_equal "$(ls root/sys/module)" ''
}

#
# Removed
#

@test "a probe that is busy for a moment is tried again, and who follows it told to end" {
	plan
	"${RUN}" plan
	echo '11 3' >root/unload.fail
	run -0 "${RUN}" --undo kp_vfs_read
	assert_equal "${output}" ''
	assert_equal "$(calls | grep -c unload)" 4
}

@test "a probe that cannot be removed is told, and is as it was" {
	plan
	"${RUN}" plan
	echo mdio >root/sys/module/kp_vfs_read/parameters/brought
	mkdir root/sys/module/mdio
	echo 11 >root/unload.fail
	run -13 "${RUN}" --undo kp_vfs_read
	assert_equal "${output}" 'kp_load: error: module kp_vfs_read: cannot be removed: Module kp_vfs_read is in use
kp_load: hint: it is planted still: kp_load.sh --unload=kp_vfs_read, once lsmod shows no user of it'
	assert_equal "$(calls | grep -c unload)" 20
	run ! grep mdio root/calls
	[[ $(<root/sys/module/kp_vfs_read/parameters/ending) == 0* ]]
}

@test "what was loaded for a probe and cannot be removed is told, and not called a probe" {
	plan
	"${RUN}" plan
	echo mdio,e1000 >root/sys/module/kp_vfs_read/parameters/brought
	mkdir root/sys/module/{mdio,e1000}
	echo 11 >root/unload.fail.e1000
	run -13 "${RUN}" --undo kp_vfs_read
	assert_equal "${output}" 'kp_load: error: module e1000: cannot be removed: Module e1000 is in use
kp_load: hint: lsmod shows who uses it'
	assert_equal "$(ls root/sys/module)" e1000
}

@test "names in the parameter that are no names are not removed; others last first" {
	plan
	"${RUN}" plan
	mkdir root/sys/module/{a,b,c}
	printf '%s\n' 'a,-f,../x,b c,c,,b,' >root/sys/module/kp_vfs_read/parameters/brought
	: >root/calls
	run -0 "${RUN}" --undo kp_vfs_read
	assert_equal "$(calls)" 'unload kp_vfs_read
unload b
unload c
unload a'
}

@test "a foreign module is left alone, one that is gone is fine, and what is no name is refused" {
	local name
	mkdir root/sys/module/{ext4,kp_other}
	echo 1.0 >root/sys/module/kp_other/version
	for name in ext4 kp_other; do
		run -13 "${RUN}" --undo "${name}"
		assert_contains "module ${name}: not a probe of kp_load's"
	done
	run -0 "${RUN}" --undo kp_gone
	for name in ../module/ext4 'a b' '*' ''; do
		run -13 "${RUN}" --undo "${name}"
		assert_contains 'not loaded'
	done
	assert_equal "$(calls)" ''
	run -13 "${RUN}" --status kp_gone
	assert_contains 'probe kp_gone: not loaded'
	plan
	"${RUN}" plan
	run -0 "${RUN}" --status kp_vfs_read
	assert_equal "${output}" 'hits=0 shown=0 filtered=0 dropped=0 missed=0'
}

#
# What was, and still is
#

# note() { # <line>...: what is to be kept, in the file "kept"
note() {
	printf '%s\n' "$@" | "${RUN}" --note kept
}

holds() {
	"${RUN}" --holds kept
}

@test "what is noted holds until a file changes, comes or goes" {
	mkdir dir
	echo a >file
	note "file ${PWD}/file" "file ${PWD}/none" "file ${PWD}/dir" "source ${PWD}/dir"
	assert_equal "$(stat -c %a kept)" 600
	assert_equal "$(ls -d kept*)" kept
	holds
	holds
	touch file
	run -1 holds
	note "file ${PWD}/file" "file ${PWD}/none" "file ${PWD}/dir"
	holds
	touch none
	run -1 holds
	rm none
	holds
	touch dir/new
	run -1 holds
	note "file ${PWD}/dir" "file ${PWD}/file"
	holds
	cp -p file other
	mv other file
	run -1 holds
}

@test "it holds until the first line of a file, or the modules, are others" {
	printf 'one\ttwo\nthree\n' >line
	printf '%s\n' 'e1000 155648 0 - Live 0xffffffffc0420000' 'kp_x 4096 0 - Live 0xffffffffc0520000' >modules
	note "line ${PWD}/line" "modules ${PWD}/modules" "line ${PWD}/none"
	holds
	printf 'one\ttwo\nfour\n' >line
	holds
	sed -i '/^kp_x/d' modules
	holds
	sed -i 's/155648 0 -/155648 3 mdio,/' modules
	holds
	sed -i 's/0420/0430/' modules
	run -1 holds
	sed -i 's/0430/0420/' modules
	holds
	echo 'mdio 4096 1 e1000, Live 0xffffffffc0520000' >>modules
	run -1 holds
	sed -i '$d' modules
	printf 'one\n' >line
	run -1 holds
}

@test "it holds for what it was noted for, however long that is" {
	local asked
	printf -v asked '%0600d' 7
	printf '%s\n' "asked for" "file ${PWD}/none" | "${RUN}" "--asked=$asked" --note kept
	"${RUN}" "--asked=$asked" --holds kept
	run -1 "${RUN}" "--asked=${asked}x" --holds kept
	run -1 "${RUN}" "--asked=${asked%?}" --holds kept
	run -1 "${RUN}" --holds kept
}

@test "it holds as long as what it trusts is nobody else's" {
	mkdir dir
	: >dir/file
	note "trusted ${PWD}/dir" "trusted ${PWD}/dir/file"
	holds
	: >dir/new
	holds
	chmod g+w dir/file
	run -1 holds
	run -1 note "trusted ${PWD}/dir/file"
	chmod g-w dir/file
	mv dir/file dir/real
	ln -s real dir/file
	run -1 holds
	run -1 note "trusted ${PWD}/dir/file"
	mv dir/real dir/file
	holds
	((EUID == 0)) || return 0
	chmod o+w dir
	run -1 holds
	run -1 note "source ${PWD}/dir/file"
	chmod o-w dir
	holds
	mv dir elsewhere
	ln -s elsewhere dir
	run -1 holds
	run -1 note "source ${PWD}/dir/file"
}

@test "what is newer than the run's beginning is not noted" {
	echo a >file
	touch -d '-1 hour' old
	touch -d '+1 hour' began
	note "began ${PWD}/began" "file ${PWD}/file"
	holds
	run -1 note "began ${PWD}/old" "file ${PWD}/file"
	run -1 note "began ${PWD}/none" "file ${PWD}/file"
	# What was there stays.
	holds
}

@test "what cannot be noted leaves what was, and nothing of its own" {
	local line
	note "file ${PWD}/none"
	for line in 'frob x' "file ${PWD}/a"$'\t''b' '' 'trusted relative' 'trusted /' "trusted ${PWD}/"; do
		run -1 note "${line}"
	done
	run -1 bash -c 'printf "file /x" | "$1" --note kept' _ "${RUN}"
	run -1 bash -c 'printf "file /x\0y\n" | "$1" --note kept' _ "${RUN}"
	assert_equal "$(ls -d kept*)" kept
	holds
}

@test "a damaged, foreign or open file never holds" {
	note "file ${PWD}/none" "line ${PWD}/none"
	holds
	cp kept whole
	sed -i '$d' kept
	run -1 holds
	sed '1s/1/2/' whole >kept
	run -1 holds
	sed 2d whole | head -c -1 >kept
	run -1 holds
	{ head -n 2 whole && echo 'frob x' && echo end; } >kept
	run -1 holds
	{ cat whole && echo more; } >kept
	run -1 holds
	{ head -n 2 whole && printf 'file x\0\nend\n'; } >kept
	run -1 holds
	: >kept
	run -1 holds
	rm kept
	run -1 holds
	cp whole kept
	holds
	chmod g+w kept
	run -1 holds
	chmod 600 kept
	mv kept real
	ln -s real kept
	run -1 holds
	rm kept
	mv real kept
	holds
	((EUID == 0)) || return 0
	chown 1234 kept
	run -1 holds
	run -1 "${RUN}" --trust=kept --holds kept
}

@test "the program that is built links nothing that it would have to find, or says so" {
	run -0 "${OUT}/kp_run" --version
	if [[ -e $(cc -print-file-name=libc.a) ]]; then
		run ! ldd "${OUT}/kp_run"
	fi
	# It reads no path of its environment, which is the tests' own.
	run -0 bash -c "cd '${KP_TOP}/tools/run' && ! grep -n getenv ./*.c"
}
