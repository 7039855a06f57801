# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # definitions are meant as they stand
# SPDX-License-Identifier: GPL-2.0-only
# facts.bats - what kp_def is asked, and what is read of its answer. kp_def itself
# is a fake here: kp_def.bats and tests/tools test it, golden.bats and build.bats
# what it gives.
# bats file_tags=unit

load helpers/common
load helpers/fakes

setup() {
	export KP_SYSROOT=$FIXTURES/build/root
	kp_lib log paths trust cleanup options sanity tools facts types
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	KP_RUN=$BATS_TEST_TMPDIR/run
	mkdir "$KP_RUN"
	KP_RELEASE=6.1.0-56-amd64
	declare -gA MODFILE=()
}

#
# What asks for it
#

@test "a definition is told from a function's name" {
	local value
	for value in 'p f' 'p:o f' 'r:o f $retval' 'r16:o f' 'p:g/o f a=%di' \
		$'p\tf' 'p:o ext4:f' 'p '; do
		kp_facts_is_definition "$value" || {
			echo "no definition: $value" >&2
			false
		}
	done
	for value in p r f p:f ext4:f 'f#2' f+0x10 'f a=%di' 'q:o f' ' p:o f' 'pp:o f' 'p:o' \
		'p16' 'vfs_read $arg1' '' 'p: f'; do
		run ! kp_facts_is_definition "$value"
	done
}

@test "each option that goes beyond where and when asks for it, the others do not" {
	local option
	KP_OPT_PROBES=(vfs_read)
	run ! kp_facts_is_needed "${KP_OPT_PROBES[@]}"
	for option in VERBOSE SHOWSTACK SHOWREGS FORCE REHEARSE KEEP; do
		(
			printf -v "KP_OPT_$option" 1
			run ! kp_facts_is_needed "${KP_OPT_PROBES[@]}"
		)
	done
	for option in ARGS RET ERRORS; do
		(
			printf -v "KP_OPT_$option" 1
			kp_facts_is_needed "${KP_OPT_PROBES[@]}"
		)
	done
	for option in FILTER COMM PID TID UID CPU; do
		(
			printf -v "KP_OPT_$option" 0
			kp_facts_is_needed "${KP_OPT_PROBES[@]}"
		)
	done
	(
		KP_OPT_ARG=('%di')
		kp_facts_is_needed "${KP_OPT_PROBES[@]}"
	)
	KP_OPT_PROBES=(vfs_read 'p:o f')
	kp_facts_is_needed "${KP_OPT_PROBES[@]}"
	KP_OPT_PROBES=(vfs_read sys_openat)
	kp_facts_is_needed "${KP_OPT_PROBES[@]}"
	KP_OPT_PROBES=(sys_imageblit sys_open_ __x64_sys_openat)
	run ! kp_facts_is_needed "${KP_OPT_PROBES[@]}"
}

#
# The compiler of definitions
#

# fake_def() { # what kp_def does with $out, its directory, bash, on stdin
fake_def() {
	local dir
	FAKE_CALLS=$BATS_TEST_TMPDIR/calls
	_kp_tools_directory dir
	mkdir -p "$dir"
	chmod -R go-rwx "$KP_WORKDIR"
	{
		printf '#!/bin/bash\nprintf "%%s\\n" "$@" >%q\n' "$FAKE_CALLS"
		printf 'for out in "$@"; do [[ $out == --out=* ]] && break; done\n'
		printf 'out=${out#--out=}\n'
		cat
	} >"$dir/kp_def"
	chmod +x "$dir/kp_def"
	echo "$KP_TOP" >"$dir/built"
}

# summary() { # <line>...: prints what a fake does that writes this summary
summary() {
	printf 'mkdir -p "$out"\nprintf "%%s\\n"'
	printf ' %q' "$@"
	printf ' >"$out/summary"\n'
}

ONE=(log abc 'p ' 'o ' '- ' 'f ' '0 ' '0 ' '')

# make_facts() { # <probe>...: of these
make_facts() {
	local -a probes=("$@")
	KP_FACTS_SINK='' KP_FACTS_DIR=''
	kp_facts_make probes MODFILE
}

@test "what is asked for is handed to kp_def, each value as one word" {
	fake_def < <(summary "${ONE[@]}")
	KP_OPT_ARGS=1 KP_OPT_ERRORS=1 KP_OPT_ARG=('a=+0(%di):string' 'b="x y"')
	KP_OPT_FILTER='a == 1 && b ~ "*"' KP_OPT_PID=0 KP_OPT_COMM=cat
	make_facts 'f#2'
	[[ $(tail -n +2 "$FAKE_CALLS") == "--args
--ret
--arg=a=+0(%di):string
--arg=b=\"x y\"
--filter=a == 1 && b ~ \"*\"
--errors
--m4
--out=$KP_RUN/facts
--
f" ]]
}

@test "what is made of the hits is handed on, and the return probed where that is added up" {
	local row
	local -a table=(
		'FOLLOW=1=--follow' 'COUNT=hits=--sum=count' 'COUNT=comm=--sum=keys:comm'
		'COUNT=stack=--sum=keys:stack' 'COUNT=ret=--ret --sum=keys:ret' 'HIST=n=--sum=hist:n'
		'HIST=duration=--ret --sum=hist:duration' 'HIST=ret=--ret --sum=hist:ret'
		'SHOWSTACK=1=--showstack' 'RET=1=--ret'
	)
	fake_def < <(summary "${ONE[@]}")
	for row in "${table[@]}"; do
		KP_OPT_FOLLOW=0 KP_OPT_COUNT='' KP_OPT_HIST='' KP_OPT_SHOWSTACK=0 KP_OPT_RET=0
		printf -v "KP_OPT_${row%%=*}" '%s' "$(cut -d= -f2 <<<"$row")"
		make_facts 'p:o f'
		assert_equal "$row: $(tail -n +2 "$FAKE_CALLS" | sed '/^--m4$/,$d' | paste -sd ' ')" \
			"$row: $(cut -d= -f3- <<<"$row")"
	done
}

@test "what is given besides is handed to kp_def as it is" {
	local -a probes=('p:o f')
	fake_def < <(summary "${ONE[@]}")
	kp_facts_make probes MODFILE --with='a b' --state=/x
	[[ $(<"$FAKE_CALLS") == *$'\n--with=a b\n--state=/x\n--m4\n'* ]]
}

@test "the module's file is named, and its name put before what names no module" {
	fake_def < <(summary log abc 'p p p ' 'a b c ' '- - - ' 'f g h ' '0 0 0 ' '0 0 0 ' '')
	MODFILE=([name]=ext4 [path]=/x/ext4.ko)
	KP_OPT_ARGS=1
	make_facts f ext4:g 'p:o h'
	grep -qx -e --module-btf=/x/ext4.ko "$FAKE_CALLS"
	assert_equal "$(tail -n 3 "$FAKE_CALLS" | paste -sd,)" 'ext4:f,ext4:g,p:o h'
	MODFILE=()
	make_facts f ext4:g 'p:o h'
	run ! grep -e --module-btf "$FAKE_CALLS"
	assert_equal "$(tail -n 3 "$FAKE_CALLS" | paste -sd,)" 'f,ext4:g,p:o h'
}

@test "the running kernel's types are those of sysfs, with those of its modules" {
	export KP_SYSROOT=$BATS_TEST_TMPDIR/root
	KP_SYS=$KP_SYSROOT/sys KP_PROC=$KP_SYSROOT/proc
	mkdir -p "$KP_SYS/kernel/btf" "$KP_PROC/sys/kernel"
	echo "$KP_RELEASE" >"$KP_PROC/sys/kernel/osrelease"
	: >"$KP_SYS/kernel/btf/vmlinux"
	fake_def < <(summary "${ONE[@]}")
	make_facts 'p:o f'
	assert_equal "$(head -n 2 "$FAKE_CALLS" | paste -sd ' ')" \
		"--btf=$KP_SYS/kernel/btf/vmlinux --module-dir=$KP_SYS/kernel/btf"
	KP_RELEASE=9.9
	make_facts 'p:o f'
	run ! grep -e --module-dir "$FAKE_CALLS"
}

@test "an image that no types can be taken out of is named to kp_def, which says why" {
	fake_def < <(
		echo '[[ $1 != --extract-btf=* ]] || exit 1'
		summary "${ONE[@]}"
	)
	KP_BOOT=$BATS_TEST_TMPDIR/boot
	mkdir "$KP_BOOT"
	: >"$KP_BOOT/vmlinuz-$KP_RELEASE"
	make_facts 'p f dfd'
	assert_equal "$(head -n 1 "$FAKE_CALLS")" "--btf=$KP_BOOT/vmlinuz-$KP_RELEASE"
}

@test "what it came to is read, of each probe, and asked for once" {
	fake_def < <(
		summary ring 0123 'p r ' 'a b ' '- ext4 ' 'f g ' '31 0 ' '1 0 ' \
			'jiffies foo.1 '
		echo 'echo asked >>"$KP_WORKDIR/asked"'
	)
	local -a probes=('p:a f+31 %ip @jiffies' 'r:b ext4:g @foo.1')
	kp_facts_make probes MODFILE
	kp_facts_make probes MODFILE
	assert_equal "$(<"$KP_WORKDIR/asked")" asked
	assert_equal "$KP_FACTS_SINK $KP_FACTS_KEY $KP_FACTS_DIR" "ring 0123 $KP_RUN/facts"
	# shellcheck disable=SC2153 # facts.sh sets it
	assert_equal "${KP_FACTS_KIND[*]}/${KP_FACTS_EVENT[*]}" 'p r/a b'
	assert_equal "${KP_FACTS_KPROBE[*]}/${KP_FACTS_SYMS[*]}" '1 0/jiffies foo.1'
}

@test "a summary that is none is refused, and nothing in it evaluated" {
	local line
	local -a lines
	cd "$BATS_TEST_TMPDIR"
	for line in '7=x[$(touch ran)]' '7=-1' '2=p p' '2=x' '0=file'; do
		lines=("${ONE[@]}")
		lines[${line%%=*}]=${line#*=}
		fake_def < <(summary "${lines[@]}")
		run -12 make_facts 'p:o f'
		assert_contains 'what it wrote is not its summary'
		[[ ! -e ran ]]
	done
	fake_def < <(summary "${ONE[@]:0:5}")
	run -12 make_facts 'p:o f'
	assert_contains 'what it wrote is not its summary'
}

@test "the function that a definition, or a system call, stands for is what kp_def says" {
	local place=''
	fake_def < <(summary "${ONE[@]:0:4}" '- ' 'f ' '0 ' '0 ' x '')
	kp_facts_place place 'p:o f%return' MODFILE
	assert_equal "$place" f
	assert_equal "$(tail -n 4 "$FAKE_CALLS" | paste -sd ' ')" "--m4 --out=$KP_RUN/place -- p:o f%return"
	fake_def < <(summary "${ONE[@]:0:4}" 'ext4 ' 'f ' '31 ' '0 ' x '')
	kp_facts_place place 'p:o ext4:f+0x1f' MODFILE
	assert_equal "$place" ext4:f+31
	MODFILE=([name]=ext4 [path]=/x/ext4.ko)
	kp_facts_place place 'p:o f+0x1f' MODFILE
	grep -qx -e --module-btf=/x/ext4.ko "$FAKE_CALLS"
}

@test "a place that is none is refused, and nothing in it evaluated" {
	local place='' line
	local -a lines
	cd "$BATS_TEST_TMPDIR"
	for line in '6=a[$(touch ran)]' 6=-1 6= '5='; do
		lines=("${ONE[@]}")
		lines[${line%%=*}]=${line#*=}
		fake_def < <(summary "${lines[@]}")
		run -12 kp_facts_place place 'p:o f' MODFILE
		assert_contains 'what it wrote is not its summary'
		[[ ! -e ran ]]
	done
	fake_def < <(summary "${ONE[@]:0:5}")
	run -12 kp_facts_place place 'p:o f' MODFILE
	assert_contains 'what it wrote is not its summary'
}

@test "where only place and time are asked for nothing is: it goes without kp_def" {
	make_facts vfs_read ext4:f f+8
	assert_equal "$KP_FACTS_SINK/$KP_FACTS_DIR/$KP_TOOLS" log//
	assert_equal "${KP_FACTS_KIND[*]}" 'p p p'
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

@test "sourcing prints nothing and changes no shell option" {
	local name
	for name in facts types tools; do
		run -0 bash -c '
			before=$(set +o; shopt)
			source "$1" && source "$1" || exit
			[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/$name.sh"
		assert_equal "$output" ''
	done
}
