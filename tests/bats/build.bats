# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# build.bats - Kbuild and the cache of built modules. Needs the headers of a
# kernel, KP_TEST_KVER or the last that is found, and its compiler.
# bats file_tags=build

load helpers/common
load helpers/fakes
load helpers/golden

# One module of each kind is built beforehand; tests take a copy of the cache.
setup_file() {
	local dir
	KVER=${KP_TEST_KVER:-}
	for dir in /lib/modules/*/build/include/generated; do
		[[ -z $KVER && -f $dir/utsrelease.h ]] || continue
		dir=${dir#/lib/modules/}
		KVER=${dir%%/*}
	done
	export KVER
	[[ -n $KVER ]] || return 0
	KP_WORKDIR=$BATS_FILE_TMPDIR/work "$KP_LOAD" --kver="$KVER" --build-only \
		--probe=vfs_read >"$BATS_FILE_TMPDIR/said" 2>&1 || :
}

setup() {
	[[ -n $KVER ]] || skip 'no kernel headers are installed'
	KDIR=/lib/modules/$KVER/build
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	# Our own programs are built once; the make of many a test is a fake.
	KP_LIBEXEC=$(echo "$BATS_FILE_TMPDIR"/work/cache/tools*)
	export KP_LIBEXEC
}

teardown() {
	[[ ! -d $BATS_TEST_TMPDIR/disk ]] || ! mountpoint -q "$BATS_TEST_TMPDIR/disk" \
		|| umount "$BATS_TEST_TMPDIR/disk"
	[[ ! -d $BATS_TEST_TMPDIR/tree ]] || ! mountpoint -q "$BATS_TEST_TMPDIR/tree" \
		|| umount "$BATS_TEST_TMPDIR/tree"
}

# build() { # [argument]...
build() {
	"$KP_LOAD" --kver="$KVER" --build-only "$@"
}

# warm() { # the cache as setup_file left it
warm() {
	cat "$BATS_FILE_TMPDIR/said"
	cp -r "$BATS_FILE_TMPDIR/work" "$KP_WORKDIR"
	rm -rf "$KP_WORKDIR/kp_vfs_read" "$KP_WORKDIR"/cache/tools*
}

# slow_make() { # a make that waits, and says when it began
slow_make() {
	fake make <<-FAKE
		: >"$BATS_TEST_TMPDIR/started"
		sleep 100
	FAKE
}

# recorded_make() { # the real one, with its calls written down
recorded_make() {
	local make
	make=$(command -v make)
	fake make <<-FAKE
		exec "$make" "\$@"
	FAKE
}

modules_kept() { # prints the entries of the cache; what else is there are notes, files
	find "$KP_WORKDIR/cache" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | paste -sd ' '
}

# start() { # [argument]...: a build in a process group of its own; sets pid
start() {
	start_run --build-only "$@"
}

# start_run() { # [argument]...: any run, likewise
start_run() {
	env --default-signal=INT,TERM,HUP setsid "$KP_LOAD" --kver="$KVER" "$@" \
		>"$BATS_TEST_TMPDIR/start.out" 2>&1 3>&- &
	pid=$!
}

# ended() { # <pid> <status>: what was started ended so
ended() {
	local -i status=0
	wait "$1" 2>/dev/null || status=$?
	((status == $2)) && return 0
	printf 'ended with %d instead of %d:\n' "$status" "$2" >&2
	cat "$BATS_TEST_TMPDIR/start.out" >&2
	return 1
}

# cached() { # prints how many modules the cache holds
cached() {
	find "$KP_WORKDIR/cache" -name module.ko | wc -l
}

# nothing_left() { # no run directory, no entry without its module
nothing_left() {
	run -0 find "$KP_WORKDIR" -maxdepth 1 -name 'run.*'
	assert_equal "$output" ''
	run -0 find "$KP_WORKDIR/cache" -mindepth 1 \( -name '*.tmp' -o -type d -empty \)
	assert_equal "$output" ''
}

# use_build() { # the libraries, for a test of build.sh itself
use_build() {
	kp_lib log paths trust cleanup workdir options sanity tools facts build kbuild
	KP_VERSION=0.1 KP_RELEASE=$KVER KP_KDIR=$KDIR
	mkdir -p "$KP_WORKDIR/cache"
	chmod 700 "$KP_WORKDIR" "$KP_WORKDIR/cache"
}

# same_but_for_sums() { # <name> <name>: two modules, but for two sums in them
# The linker's is over the debug information too, with its paths; modpost's is
# over the sources, with their names.
same_but_for_sums() {
	local ko
	for ko in "$@"; do
		objcopy --remove-section=.note.gnu.build-id "$BATS_TEST_TMPDIR/$ko.ko"
		grep -aq 'srcversion=[0-9A-F]\{23\}' "$BATS_TEST_TMPDIR/$ko.ko"
		sed -i 's/srcversion=[0-9A-F]\{23\}/srcversion=......................./' "$BATS_TEST_TMPDIR/$ko.ko"
	done
	cmp "$BATS_TEST_TMPDIR/$1.ko" "$BATS_TEST_TMPDIR/$2.ko"
}

#
# What is generated builds
#

@test "every golden case builds with W=1 and no warning, by make alone" {
	local case dir
	golden_cases >"$BATS_TEST_TMPDIR/cases"
	while read -r case; do
		dir=$BATS_TEST_TMPDIR/$case
		cp -r "$GOLDEN/$case" "$dir"
		cp "$KP_TOP"/templates/include/*.h "$dir"
		echo "$case"
		make -C "$dir" W=1 KDIR="$KDIR" >"$dir/log" 2>&1 || {
			cat "$dir/log"
			false
		}
		# BTF is skipped where there is no vmlinux, and that is said.
		run ! grep -iE 'warning|error' <(grep -v 'Skipping BTF' "$dir/log")
		compgen -G "$dir/kp_*.ko" >/dev/null
	done <"$BATS_TEST_TMPDIR/cases"
}

@test "the generated C and the headers are clean to checkpatch" {
	run "$KP_TOP/tests/checkpatch"
	((status != 77)) || skip "$output"
	run -0 "$KP_TOP/tests/checkpatch" "$GOLDEN"/*/*.c "$KP_TOP"/templates/include/*.h
	assert_equal "$output" ''
}

# need_kp_def() { # the compiler of definitions, and the types of the kernel
# Both are in the cache that setup_file made.
need_kp_def() {
	[[ -r /boot/vmlinuz-$KVER ]] || skip "no /boot/vmlinuz-$KVER, whose types are read"
	[[ -r /usr/include/bpf/btf.h ]] || skip 'libbpf-dev is not installed'
}

# makes_clean() { # <function> [option]...: builds with W=1, and is clean to checkpatch
makes_clean() {
	local dir
	echo "$*"
	run -0 --separate-stderr "$KP_LOAD" --kver="$KVER" --dry-run "--probe=$1" "${@:2}"
	dir=$output
	run "$KP_TOP/tests/checkpatch" "$dir"/kp_*.c
	[[ $status == 77 ]] || assert_equal "$status $output" '0 '
	make -C "$dir" W=1 KDIR="$KDIR" >"$dir/log" 2>&1 || {
		cat "$dir/log"
		false
	}
	run ! grep -iE 'warning|error' <(grep -v 'Skipping BTF' "$dir/log")
}

@test "the arguments and return values of many functions build with W=1 and no warning" {
	local function
	need_kp_def
	for function in do_sys_openat2 vfs_read vfs_write tcp_v4_connect kmem_cache_alloc \
		do_filp_open __x64_sys_execve submit_bio unix_stream_connect hrtimer_nanosleep \
		path_mount sock_sendmsg; do
		KP_WORKDIR=$BATS_FILE_TMPDIR/many makes_clean "$function" --args --ret
	done
	assert_equal "$(find "$BATS_FILE_TMPDIR/many/cache" -name 'btf-*' | wc -l)" 1
}

@test "every kind of value builds in the log and in the ring, at the entry and at the return" {
	local options probe
	local -a probes=() words
	need_kp_def
	export KP_WORKDIR=$BATS_FILE_TMPDIR/many
	for probe in sys_connect dev_set_mac_address do_sys_openat2 __kmalloc set_user_nice \
		sys_execve irq_set_irqchip_state kmem_cache_alloc vfs_open blkdev_get_by_dev \
		call_rcu security_locked_down \
		'p:o vfs_open a=%di:%pd b=%di:%pD c=$comm d=\"text" e=%di:symstr f=%di:b4@0/8 g=%di:char h=+u0(%di):string'; do
		probes+=("--probe=$probe")
	done
	for options in '' --follow --ret '--ret --follow'; do
		read -ra words <<<"$options"
		makes_clean submit_bio "${probes[@]}" --args "${words[@]}"
	done
	# They were all there: the ring's modules tell the viewer.
	sed -nE 's/^\tKP_FIELD\([^"]*"[^"]*", "([a-z_]+)".*/\1/p' "$KP_WORKDIR"/kp_submit_bio*/*.c \
		| grep -vx 'duration\|caller' | sort -u >"$BATS_TEST_TMPDIR/built"
	sed -nE 's/^\tX\("([a-z_]+)", .*/\1/p' "$KP_TOP/tools/lib/kp_kind.h" | sort \
		| diff "$BATS_TEST_TMPDIR/built" -
}

@test "the same functions give modules by --build-only, with --args alone too" {
	local function
	need_kp_def
	for function in do_sys_openat2 submit_bio __x64_sys_execve; do
		run -0 --separate-stderr env KP_WORKDIR="$BATS_FILE_TMPDIR/many" "$KP_LOAD" \
			--kver="$KVER" --build-only --args "--probe=$function"
		[[ -s $output ]]
	done
}

@test "every type, an array, an argument called as a field of ours, build with W=1 and no warning" {
	need_kp_def
	export KP_WORKDIR=$BATS_FILE_TMPDIR/many
	makes_clean 'p:o vfs_read a=+0(%si):u8[4] b=+0(%si):symbol[2] c=+0(%di):string[2] d=%si:symstr e=$comm f=%cx:b4@4/32 g=+0(%si):x8[3] h=%di:char i=%si:s64 r=%di err=%di regs=%di'
	makes_clean 'r:o vfs_read data=%di saved=$arg2 entered=+0($arg2):u8[4] $retval' \
		--filter='data == 1 && saved != 2'
}

@test "an argument called as a macro of the kernel's or a word of C builds in each mode" {
	local kind
	local names='HZ=$arg1 int=$arg2 current=$arg3 NULL=\"x\" PAGE_SIZE=+0($arg1):u8[2] linux=+0($arg1):string event=$arg2 min=$arg3'
	need_kp_def
	export KP_WORKDIR=$BATS_FILE_TMPDIR/many
	for kind in p r; do
		makes_clean "$kind:o vfs_read $names" --filter='HZ == 1 && linux == "r->HZ"'
		makes_clean "$kind:o vfs_read $names" --filter='HZ == 1 && linux == "r->HZ"' --follow
		makes_clean "$kind:o vfs_read HZ=\$arg1 current=\$arg2" --hist=current --filter='HZ == 1'
	done
	makes_clean 'r:o vfs_read ret=$retval:s64 linux=$arg1' --count=ret --filter='linux != 0'
}

@test "the largest events that are taken build in each mode, and fit along with a call" {
	local dir arrays strings words size
	local -a options
	need_kp_def
	export KP_WORKDIR=$BATS_FILE_TMPDIR/many
	printf -v arrays ' +0(%%di):x64[64]%.0s' {1..6}
	printf -v strings ' +0(%%di):string[64]%.0s' {1..12}
	for words in '' --follow '--follow --showstack'; do
		read -ra options <<<"$words"
		makes_clean "p:o vfs_read$arrays" "${options[@]}"
		makes_clean "p:o vfs_read$strings" "${options[@]}"
	done
	makes_clean "p:o vfs_read +0(%di):x64[64] +0(%di):x64[63] n=%dx" --hist=n
	for size in KP_CALL_SIZE KP_RECORD_LEN; do
		options=()
		[[ $size == KP_CALL_SIZE ]] || options=(--follow)
		dir=$("$KP_LOAD" --kver="$KVER" --dry-run "${options[@]}" --probe='r:o vfs_read +0($arg1):x64[64] +0($arg1):x64[64] +0($arg1):x64[64] +0($arg1):x64[64] +0($arg1):string[24]')
		cat >>"$dir"/kp_*.c <<-END
			static_assert($size <= KRETPROBE_MAX_DATA_SIZE);
		END
		make -C "$dir" KDIR="$KDIR" >"$dir/log" 2>&1 || {
			cat "$dir/log"
			false
		}
	done
}

# dry_run() { # <definition>...: prints the directory of their module
dry_run() {
	"$KP_LOAD" --kver="$KVER" --dry-run "${@/#/--probe=}"
}

@test "the C of each definition that kprobe_events takes has a line for each argument, and is clean to checkpatch" {
	local definition words dir files=() definitions n wanted
	need_kp_def
	mapfile -t definitions < <(grep '^[pr]' "$KP_TOP/tests/vm/oracle.definitions")
	((${#definitions[@]} >= 85))
	# Eight a module, as in the guest.
	for ((n = 0; n < ${#definitions[@]}; n += 8)); do
		dir=$(dry_run "${definitions[@]:n:8}")
		wanted=0
		for definition in "${definitions[@]:n:8}"; do
			read -ra words <<<"$definition"
			wanted=$((wanted + ${#words[@]} - 2))
		done
		# A field is set in one line; entered is the record's own.
		assert_equal "$(grep -E '^	(KP_CAPTURE.*|r->[A-Za-z0-9_]+ = .*);$' "$dir"/kp_*.c | grep -cv 'r->entered = ktime_get') in ${definitions[*]:n:8}" \
			"$wanted in ${definitions[*]:n:8}"
		files+=("$dir"/kp_*.c)
	done
	run "$KP_TOP/tests/checkpatch" "${files[@]}"
	((status != 77)) || skip "$output"
	assert_equal "$status $output" '0 '
}

@test "a name that the types of another kernel do not have is told, and not refused" {
	need_kp_def
	[[ -r /boot/vmlinuz-$KVER ]] || skip 'no image of that kernel is installed'
	run -0 "$KP_LOAD" --kver="$KVER" --dry-run --follow --probe=vfs_raed
	assert_contains "warning: function vfs_raed: kernel $KVER does not have it in its types (BTF)"
	run -0 "$KP_LOAD" --kver="$KVER" --dry-run --follow --probe=vfs_read
	refute_contains warning
}

@test "make load tells the module where its symbols are, 0 for one that is not" {
	local dir
	need_kp_def
	run -0 --separate-stderr "$KP_LOAD" --kver="$KVER" --dry-run \
		--probe='p:o vfs_read a=@first_symbol b=@nonsuch_symbol c=@first_symbol+8 d=@other.1'
	dir=$output
	fake insmod <<<'exit 0'
	fake awk <<-'FAKE'
		exec /usr/bin/awk "${@:1:$#-1}" <<-'KALLSYMS'
			ffffffff81000000 T first_symbol.1
			ffffffff81000010 T first_symbol
			ffffffff81000020 T first_symbol
			ffffffff81000030 d other.1
		KALLSYMS
	FAKE
	make -C "$dir" --assume-old=all load
	assert_equal "$(fake_calls insmod)" \
		'insmod kp_vfs_read.ko dyndbg=+p syms=0xffffffff81000010,0,0xffffffff81000030'
}

@test "what is not clean to checkpatch is reported" {
	run "$KP_TOP/tests/checkpatch"
	((status != 77)) || skip "$output"
	sed 's/^\treturn 0;/    return (0);/' "$GOLDEN/plain/kp_vfs_read.c" \
		>"$BATS_TEST_TMPDIR/bad.c"
	run -1 "$KP_TOP/tests/checkpatch" "$BATS_TEST_TMPDIR/bad.c"
	assert_contains 'return is not a function'
}

@test "an emitted directory builds by make alone, also after it was moved" {
	local out=$BATS_TEST_TMPDIR/out
	run -0 "$KP_LOAD" --kver="$KVER" --emit="$out" --probe=vfs_read --verbose
	ls "$out" >"$BATS_TEST_TMPDIR/before"
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	mv "$out" "$BATS_TEST_TMPDIR/elsewhere/my-probe"
	rm -rf "$KP_WORKDIR"
	cd "$BATS_TEST_TMPDIR/elsewhere/my-probe"
	run -0 make
	run -0 modinfo -F name ./kp_vfs_read.ko
	assert_equal "$output" kp_vfs_read
	run -0 make clean
	ls >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

#
# What is built
#

@test "--build-only gives a module with its own name, release and version" {
	warm
	run -0 --separate-stderr build --probe=vfs_write
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_write/kp_vfs_write.ko"
	local ko=$output
	assert_equal "$(modinfo -F name "$ko")" kp_vfs_write
	[[ $(modinfo -F vermagic "$ko") == "$KVER "* ]]
	[[ $(modinfo -F version "$ko") == 'kp_load '* ]]
	assert_equal "$(modinfo -F license "$ko")" GPL
	assert_equal "$(modinfo -F parm "$ko" | cut -d: -f1 | sort | tr '\n' ' ')" \
		'brought enabled event funcname rate show_regs show_stack stats unseen verbose '
}

@test "the second module on a function is called what its file is called" {
	warm
	build --probe=vfs_read
	run -0 --separate-stderr build --probe=vfs_read --verbose
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read_2/kp_vfs_read_2.ko"
	assert_equal "$(modinfo -F name "$output")" kp_vfs_read_2
}

@test "no placeholder is left in a module, and its own names are there" {
	warm
	run -0 --separate-stderr build --probe=ext4:ext4_file_open+0x4
	local ko=$output
	run ! grep -aE 'kp_(NAME|FUNCNAME|EVENT)|xxxxxxxx|TPL_' "$ko"
	grep -aq 'ext4:ext4_file_open+0x4' "$ko"
	# The struct module and the section of its name hold it, with a NUL after.
	run -0 grep -acP '[^:]kp_ext4_file_open\w*\x00' "$ko"
}

@test "a module does not tell where it was built" {
	warm
	build --probe=vfs_write
	run ! grep -aF -e "$BATS_RUN_TMPDIR" -e run. -e shape \
		"$KP_WORKDIR/kp_vfs_write/kp_vfs_write.ko"
}

@test "the longest names fit into a module" {
	local name
	printf -v name '%0511d' 0
	warm
	run -0 --separate-stderr build --probe="f${name:1}"
	grep -aq "f${name:1}" "$output"
	[[ $(modinfo -F name "$output") == kp_f000* ]]
}

@test "renaming is sound: names as long as the placeholders give what Kbuild gives" {
	local name=kp_${KVER//[!a-z0-9]/_}_ func event
	use_build
	printf -v name '%s%0*d' "$name" $((55 - ${#name})) 7
	printf -v func 'f%0510d' 7
	printf -v event 'e%062d' 7
	local -a funcs events
	mkdir "$BATS_TEST_TMPDIR/direct"
	funcs=("$func") events=("$event") KP_RUN=$BATS_TEST_TMPDIR
	kp_build_state
	kp_facts_make funcs funcs
	kp_build_shape kprobe "$name" 2>/dev/null
	# As kp_run does with shorter ones, too: kp_run.bats.
	sed -z "s/$KP_BUILD_NAME/$name/g; s/kp_FUNCNAME0_x*/$func/; s/kp_EVENT0_x*/$event/" \
		"$KP_BUILD_SHAPE" >"$BATS_TEST_TMPDIR/a.ko"
	kp_generate_module "$BATS_TEST_TMPDIR/direct" "$name" kp_load.sh kprobe funcs events
	make -C "$BATS_TEST_TMPDIR/direct" >/dev/null 2>&1
	strip --strip-debug -o "$BATS_TEST_TMPDIR/b.ko" "$BATS_TEST_TMPDIR/direct/$name.ko"
	same_but_for_sums a b
}

@test "renaming is sound: shorter names give the code that Kbuild gives" {
	local section ko
	warm
	build --probe=vfs_write
	"$KP_LOAD" --kver="$KVER" --emit="$BATS_TEST_TMPDIR/direct" --probe=vfs_write
	make -C "$BATS_TEST_TMPDIR/direct" >/dev/null 2>&1
	cp "$KP_WORKDIR/kp_vfs_write/kp_vfs_write.ko" "$BATS_TEST_TMPDIR/a.ko"
	strip --strip-debug -o "$BATS_TEST_TMPDIR/b.ko" "$BATS_TEST_TMPDIR/direct/kp_vfs_write.ko"
	for section in .text .init.text .exit.text .data .gnu.linkonce.this_module; do
		for ko in a b; do
			objcopy -O binary --only-section="$section" --set-section-flags \
				"$section=alloc" "$BATS_TEST_TMPDIR/$ko.ko" "$BATS_TEST_TMPDIR/$ko.bin"
		done
		[[ -s $BATS_TEST_TMPDIR/a.bin || $section == .exit.text ]]
		cmp "$BATS_TEST_TMPDIR/a.bin" "$BATS_TEST_TMPDIR/b.bin"
	done
	# And what each address is to be; strings lie elsewhere.
	for ko in a b; do
		objdump -t "$BATS_TEST_TMPDIR/$ko.ko" | awk '$3 == "F" || $4 == "F" { print $NF }' \
			| sort >"$BATS_TEST_TMPDIR/$ko.symbols"
	done
	[[ -s $BATS_TEST_TMPDIR/a.symbols ]]
	cmp "$BATS_TEST_TMPDIR/a.symbols" "$BATS_TEST_TMPDIR/b.symbols"
}

#
# The cache
#

@test "a second function of a shape needs no make" {
	warm
	fake make <<<'exit 1'
	run -0 build --probe=vfs_write
	run -0 build --probe=e1000:e1000_intr
	assert_equal "$(fake_calls make)" ''
	assert_equal "$(cached)" 1
}

@test "each set of options is a shape of its own" {
	local option
	warm
	fake make <<<'exit 1'
	for option in --verbose --showstack; do
		run -12 build --probe=vfs_write "$option"
		assert_contains 'make failed'
	done
	assert_equal "$(fake_calls make | wc -l)" 2
}

# own_tree() { # a checkout to change, as KP_LOAD, that knows the shape of warm
own_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir "$TREE"
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$TREE"
	KP_LOAD=$TREE/kp_load.sh
	run -0 build --probe=vfs_read
	rm -rf "$KP_WORKDIR/kp_vfs_read"
}

@test "a changed template is another shape" {
	own_tree
	fake make <<<'exit 1'
	run -0 build --probe=vfs_write
	echo '/* changed */' >>"$TREE/templates/include/kp_cpu.h"
	run -12 build --probe=vfs_write
}

# key() { # prints the key of the shape of a plain probe, from $TREE
key() {
	(
		KP_TOP=$TREE
		kp_build_state
		KP_FACTS_KEY='' KP_FACTS_KIND=(p)
		_kp_build_key key
		printf '%s\n' "$key"
	)
}

@test "each file of the templates is in the key: touched, edited, gone, come" {
	local file was now
	use_build
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir "$TREE"
	cp -r "$KP_TOP/templates" "$TREE"
	was=$(key)
	assert_equal "$(key)" "$was"
	find "$TREE/templates" -type f >"$BATS_TEST_TMPDIR/files"
	(($(wc -l <"$BATS_TEST_TMPDIR/files") >= 30))
	while read -r file; do
		touch "$file"
		now=$(key)
		[[ $now != "$was" ]] || assert_equal "$file" 'another key when touched'
		was=$now
		# As long as it was, and as old.
		cp -p "$file" "$BATS_TEST_TMPDIR/kept"
		echo x >>"$file"
		touch -r "$BATS_TEST_TMPDIR/kept" "$file"
		now=$(key)
		[[ $now != "$was" ]] || assert_equal "$file" 'another key when edited'
		cp -p "$BATS_TEST_TMPDIR/kept" "$file"
		assert_equal "$(key)" "$was"
	done <"$BATS_TEST_TMPDIR/files"
	file=$(tail -n 1 "$BATS_TEST_TMPDIR/files")
	rm "$file"
	[[ $(key) != "$was" ]]
	cp -p "$BATS_TEST_TMPDIR/kept" "$file"
	mkdir "$TREE/templates/include/new"
	: >"$TREE/templates/include/new/header.h"
	[[ $(key) != "$was" ]]
}

@test "options, release, headers, version and engine are in the key" {
	local was what
	use_build
	TREE=$KP_TOP
	was=$(key)
	for what in KP_OPT_VERBOSE=1 KP_OPT_SHOWSTACK=1 KP_OPT_SHOWREGS=1 KP_VERSION=9 KP_RELEASE=9; do
		(
			printf -v "${what%=*}" '%s' "${what#*=}"
			[[ $(key) != "$was" ]]
		)
	done
	cp -r "$FIXTURES/build/root/lib/modules/6.1.0-56-amd64/build" "$BATS_TEST_TMPDIR/headers"
	KP_KDIR=$BATS_TEST_TMPDIR/headers
	was=$(key)
	touch "$KP_KDIR/.config"
	[[ $(key) != "$was" ]]
	was=$(key)
	touch "$KP_KDIR/Module.symvers"
	[[ $(key) != "$was" ]]
}

@test "a cached module that is empty is built again" {
	warm
	recorded_make
	: >"$(echo "$KP_WORKDIR"/cache/*/module.ko)"
	run -0 build --probe=vfs_write
	assert_equal "$(fake_calls make | grep -c modules)" 1
	assert_equal "$(cached)" 1
}

@test "a cached module that others can write is refused" {
	warm
	chmod 0666 "$KP_WORKDIR"/cache/*/module.ko
	run -12 build --probe=vfs_write
	assert_contains 'others can write to it'
	assert_contains 'hint: rm -r '
	[[ ! -e $KP_WORKDIR/kp_vfs_write ]]
}

@test "a cache entry that others can write, or of another user, is refused" {
	warm
	chmod 0777 "$KP_WORKDIR"/cache/*
	run -12 build --probe=vfs_write
	assert_contains 'others can write to it'
	chmod 0700 "$KP_WORKDIR"/cache/*
	((EUID == 0)) || return 0
	chown 4242 "$KP_WORKDIR"/cache/*/module.ko
	run -12 build --probe=vfs_write
	[[ ! -e $KP_WORKDIR/kp_vfs_write ]]
}

@test "two builds of one shape at once both end well, and one of them compiles" {
	local first
	recorded_make
	start --probe=vfs_read
	first=$pid
	start --probe=vfs_write
	ended "$pid" 0
	ended "$first" 0
	assert_equal "$(fake_calls make | grep -c ' modules$')" 1
	assert_equal "$(modinfo -F name "$KP_WORKDIR/kp_vfs_read/kp_vfs_read.ko")" kp_vfs_read
	assert_equal "$(modinfo -F name "$KP_WORKDIR/kp_vfs_write/kp_vfs_write.ko")" kp_vfs_write
	nothing_left
}

@test "two builds of one function at once give two whole directories or one" {
	local first
	warm
	start --probe=vfs_read
	first=$pid
	start --probe=vfs_read
	ended "$pid" 0
	ended "$first" 0
	modinfo "$KP_WORKDIR/kp_vfs_read/kp_vfs_read.ko" >/dev/null
	nothing_left
}

@test "the cache drops its oldest entries over its limit" {
	local i
	use_build
	for ((i = 0; i < KP_BUILD_CACHE_MAX + 3; i++)); do
		mkdir "$KP_WORKDIR/cache/$i"
		touch -d "@$((1600000000 + i))" "$KP_WORKDIR/cache/$i"
	done
	# Not a module, and older than any.
	mkdir "$KP_WORKDIR/cache/tools_0123"
	touch -d @1500000000 "$KP_WORKDIR/cache/tools_0123"
	kp_workdir_prune "$KP_WORKDIR/cache"
	assert_equal "$(find "$KP_WORKDIR/cache" -mindepth 1 | wc -l)" $((KP_BUILD_CACHE_MAX + 1))
	[[ -d $KP_WORKDIR/cache/tools_0123 ]]
	[[ ! -e $KP_WORKDIR/cache/0 && ! -e $KP_WORKDIR/cache/2 && -d $KP_WORKDIR/cache/3 ]]
}

@test "that all was well is not believed of other programs of ours" {
	warm
	build --probe=vfs_read
	compgen -G "$KP_WORKDIR/cache/build_*.checked"
	cp -r "$KP_LIBEXEC" "$BATS_TEST_TMPDIR/libexec"
	build --probe=vfs_read
	chmod o+w "$BATS_TEST_TMPDIR/libexec/kp_def"
	KP_LIBEXEC=$BATS_TEST_TMPDIR/libexec run -12 build --probe=vfs_read
	assert_contains 'others can write to it'
	run -0 build --probe=vfs_read
}

@test "when an entry was used last is not written through a link" {
	local entry
	warm
	entry=$(echo "$KP_WORKDIR"/cache/*/module.ko)
	echo precious >"$BATS_TEST_TMPDIR/precious"
	ln -sf "$BATS_TEST_TMPDIR/precious" "${entry%/*}/used"
	build --probe=vfs_read
	assert_equal "$(<"$BATS_TEST_TMPDIR/precious")" precious
}

@test "what is used is dropped last, and what another run holds is not" {
	local dir fd held
	warm
	for dir in "$KP_WORKDIR"/cache/*/module.ko; do
		dir=${dir%/*}
	done
	touch -d @1500000000 "$dir"
	held=$KP_WORKDIR/cache/held
	mkdir "$held"
	touch -d @1400000000 "$held"
	exec {fd}<"$held"
	flock -s "$fd"
	mkdir "$KP_WORKDIR"/cache/{a,b,c}
	touch -d @1600000000 "$KP_WORKDIR"/cache/{a,b,c}
	fake make <<<'exit 1'
	run -0 build --probe=vfs_write
	kp_lib log paths trust cleanup workdir options sanity tools facts build kbuild
	KP_BUILD_CACHE_MAX=1 kp_workdir_prune "$KP_WORKDIR/cache"
	assert_equal "$(modules_kept)" "${dir##*/} held"
	exec {fd}<&-
	KP_BUILD_CACHE_MAX=1 kp_workdir_prune "$KP_WORKDIR/cache"
	assert_equal "$(modules_kept)" "${dir##*/}"
}

@test "the user's environment does not change the build" {
	run -0 env MAKEFLAGS=-n GNUMAKEFLAGS=-n MAKEFILES=/nonexistent ARCH=arm64 \
		CROSS_COMPILE=no- KBUILD_OUTPUT=/nonexistent KCFLAGS=-DBROKEN= LLVM=1 \
		KBUILD_EXTMOD=/nonexistent M=/nonexistent O=/nonexistent V=2 C=2 \
		"$KP_LOAD" --kver="$KVER" --build-only --probe=vfs_read
	cp "$KP_WORKDIR/kp_vfs_read/kp_vfs_read.ko" "$BATS_TEST_TMPDIR/a.ko"
	cp "$BATS_FILE_TMPDIR/work/kp_vfs_read/kp_vfs_read.ko" "$BATS_TEST_TMPDIR/b.ko"
	same_but_for_sums a b
}

#
# What can go wrong
#

@test "a compiler's error is shown with the generated file's line" {
	local line
	mkdir "$BATS_TEST_TMPDIR/tree"
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$BATS_TEST_TMPDIR/tree"
	KP_LOAD=$BATS_TEST_TMPDIR/tree/kp_load.sh
	echo 'static int broken = nonsense;' >>"$BATS_TEST_TMPDIR/tree/templates/helper_kp.c.in"
	run -12 build --probe=vfs_read
	assert_contains 'kp_load: error: module kp_vfs_read: make failed'
	assert_equal "$(grep -c 'kp_load: error:' <<<"$output")" 1
	refute_contains kp_NAME
	[[ $output =~ kp_vfs_read\.c:([0-9]+):[0-9]+:\ error:\ .*nonsense ]]
	line=${BASH_REMATCH[1]}
	nothing_left
	assert_equal "$(cached)" 0
	# The line is that of the file the user can look at.
	run -0 --separate-stderr "$KP_LOAD" --kver="$KVER" --dry-run --probe=vfs_read
	assert_equal "$(sed -n "${line}p" "$output/kp_vfs_read.c")" 'static int broken = nonsense;'
}

@test "after a failed build the next one works" {
	fake make <<<'exit 2'
	run -12 build --probe=vfs_read
	nothing_left
	assert_equal "$(modules_kept)" ''
	rm "$BATS_TEST_TMPDIR/bin/make"
	hash -r
	run -0 build --probe=vfs_read
}

@test "a make that ends well without a module is a failure" {
	fake make <<<'exit 0'
	run -12 build --probe=vfs_read
	assert_contains 'make failed'
	nothing_left
}

@test "a strip that fails leaves nothing in the cache" {
	fake strip <<<'exit 1'
	run -12 build --probe=vfs_read
	assert_contains 'could not be written'
	nothing_left
	assert_equal "$(modules_kept)" ''
}

@test "a build that is killed with all it started is nothing to the next run" {
	making() { [[ -n $(find "$KP_WORKDIR" -name '.*.cmd' 2>/dev/null) ]]; }
	start --probe=vfs_read
	loop_until 200 making
	kill -KILL -- "-$pid"
	ended "$pid" 137
	[[ -n $(find "$KP_WORKDIR" -maxdepth 1 -name 'run.*') ]]
	run -0 build --probe=vfs_read
	modinfo "$KP_WORKDIR/kp_vfs_read/kp_vfs_read.ko" >/dev/null
	nothing_left
}

@test "SIGINT, SIGTERM and SIGHUP in a build end it with their status, and leave nothing" {
	local signal
	slow_make
	for signal in INT:130 TERM:143 HUP:129; do
		rm -f "$BATS_TEST_TMPDIR/started"
		start --probe=vfs_read
		loop_until 100 test -e "$BATS_TEST_TMPDIR/started"
		kill "-${signal%:*}" -- "-$pid"
		ended "$pid" "${signal#*:}"
		assert_equal "$(grep -c 'internal error' "$BATS_TEST_TMPDIR/start.out")" 0
		nothing_left
		assert_equal "$(ls -A "$KP_WORKDIR")" cache
	done
}

@test "a signal at any moment of a run ends it with that signal's status" {
	local signal i
	run -0 build --probe=vfs_read
	# Of 300 one came while bash 5.2 expanded $(...), and ended the run with 2.
	for ((i = 0; i < 150; i++)); do
		signal=$((i % 2 ? 15 : 2))
		start --probe=vfs_read
		sleep "0.0$((RANDOM % 90 + 10))"
		kill "-$signal" -- "-$pid" 2>/dev/null || :
		status=0
		wait "$pid" || status=$?
		((status == 0 || status == 128 + signal)) || {
			cat "$BATS_TEST_TMPDIR/start.out" >&2
			assert_equal "$status" "$((128 + signal))"
		}
	done
	nothing_left
}

@test "a signal while a directory is being made leaves none, of a run nor of --emit" {
	local mkdir at
	mkdir=$(command -v mkdir)
	run -0 build --probe=vfs_read
	# One that the signal does not reach, as if it were not begun yet.
	for at in "$KP_WORKDIR/run." "$BATS_TEST_TMPDIR/out"; do
		fake mkdir <<-FAKE
			if [[ "\${*: -1}" == $at* ]]; then
				trap '' TERM
				touch "$BATS_TEST_TMPDIR/started"
				sleep 0.5
			fi
			exec "$mkdir" "\$@"
		FAKE
		rm -f "$BATS_TEST_TMPDIR/started"
		start_run --probe=vfs_read --emit="$BATS_TEST_TMPDIR/out"
		loop_until 100 test -e "$BATS_TEST_TMPDIR/started"
		kill -TERM -- "-$pid"
		ended "$pid" 143
		sleep 1
		nothing_left
		assert_equal "$(ls -d "$BATS_TEST_TMPDIR/out" 2>/dev/null)" ''
	done
}

@test "what a command still writes that a signal does not end goes with the run's directory" {
	local sed
	sed=$(command -v sed)
	run -0 build --probe=vfs_read
	fake sed <<-FAKE
		[[ "\${*: -1}" == "$KP_WORKDIR"/run.* ]] || exec "$sed" "\$@"
		trap '' TERM
		: >"$BATS_TEST_TMPDIR/started"
		for ((i = 0; i < 3000; i++)); do
			: >"\${*: -1}.\$i"
		done 2>/dev/null
	FAKE
	start --probe=vfs_read
	loop_until 100 test -e "$BATS_TEST_TMPDIR/started"
	kill -TERM -- "-$pid"
	ended "$pid" 143
	nothing_left
}

@test "what a command still writes that a signal does not end goes with --emit's directory" {
	local cp
	cp=$(command -v cp)
	run -0 build --probe=vfs_read
	fake cp <<-FAKE
		[[ "\${*: -1}" == "$BATS_TEST_TMPDIR/out" ]] || exec "$cp" "\$@"
		trap '' TERM
		mkdir "$BATS_TEST_TMPDIR/out/source"
		: >"$BATS_TEST_TMPDIR/started"
		for ((i = 0; i < 3000; i++)); do
			: >"$BATS_TEST_TMPDIR/out/source/\$i"
		done 2>/dev/null
	FAKE
	start_run --probe=vfs_read --emit="$BATS_TEST_TMPDIR/out"
	loop_until 100 test -e "$BATS_TEST_TMPDIR/started"
	kill -TERM -- "-$pid"
	ended "$pid" 143
	nothing_left
	[[ ! -e $BATS_TEST_TMPDIR/out ]]
}

@test "a full disk is told before the build, with 11" {
	((EUID == 0)) || skip 'needs root, to mount a small disk'
	mkdir "$BATS_TEST_TMPDIR/disk"
	mount -t tmpfs -o size=1m,mode=0700 tmpfs "$BATS_TEST_TMPDIR/disk" || skip 'cannot mount'
	KP_WORKDIR=$BATS_TEST_TMPDIR/disk/work
	run -11 build --probe=vfs_read
	assert_contains 'full'
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/disk")" ''
}

@test "a disk that fills in the middle of a build is 12, with nothing half-written" {
	local make tool
	((EUID == 0)) || skip 'needs root, to mount a small disk'
	make=$(command -v make)
	for tool in make strip sed; do
		mkdir -p "$BATS_TEST_TMPDIR/disk"
		mount -t tmpfs -o size=12m,mode=0700 tmpfs "$BATS_TEST_TMPDIR/disk" || skip 'cannot mount'
		KP_WORKDIR=$BATS_TEST_TMPDIR/disk/work
		mkdir -p "$KP_WORKDIR/cache"
		chmod 0700 "$KP_WORKDIR" "$KP_WORKDIR/cache"
		# The tool finds the disk full.
		fake "$tool" <<-FAKE
			[[ "\$*" == --no-print-directory* || $tool != make ]] \\
				&& cat /dev/zero >"$BATS_TEST_TMPDIR/disk/fill" 2>/dev/null
			exec "$(PATH=${PATH#"$BATS_TEST_TMPDIR/bin:"} command -v "$tool")" "\$@"
		FAKE
		run build --probe=vfs_read
		rm -f "$BATS_TEST_TMPDIR/disk/fill"
		assert_contains 'kp_load: error: '
		refute_contains 'internal error'
		assert_equal "$status" 12
		nothing_left
		run -0 find "$KP_WORKDIR" -name '*.ko' ! -name module.ko
		assert_equal "$output" ''
		rm "$BATS_TEST_TMPDIR/bin/$tool"
		hash -r
		run -0 build --probe=vfs_read
		umount "$BATS_TEST_TMPDIR/disk"
	done
}

@test "a read-only checkout builds, with KP_WORKDIR elsewhere, by a link, from elsewhere" {
	((EUID == 0)) || skip 'needs root, for a read-only mount'
	mkdir "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/there"
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$BATS_TEST_TMPDIR/tree"
	mount --bind "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/tree" \
		&& mount -o remount,bind,ro "$BATS_TEST_TMPDIR/tree" || skip 'cannot mount'
	run ! touch "$BATS_TEST_TMPDIR/tree/x"
	ln -s ../tree/kp_load.sh "$BATS_TEST_TMPDIR/there/kp"
	cd "$BATS_TEST_TMPDIR/there"
	KP_LOAD=./kp KP_WORKDIR=work
	run -0 --separate-stderr build --probe=vfs_read
	assert_equal "$output" "$BATS_TEST_TMPDIR/there/work/kp_vfs_read/kp_vfs_read.ko"
	modinfo "$output" >/dev/null
}

@test "what a target's module depends on is of no concern where it is only built" {
	use_build
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "FATAL: Module $2 not found" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/modprobe"
	chmod 755 "$BATS_TEST_TMPDIR/bin/modprobe"
	run -0 env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$KP_LOAD" --kver="$KVER" --build-only \
		--mod=ext4 --probe=ext4_file_open
	assert_contains /kp_ext4_file_open.ko
}

@test "a missing tool is 11 with its remedy, and nothing is written" {
	local tool cc
	use_build
	rm -rf "$KP_WORKDIR"
	cc=$(printed kp_kernel_compiler)
	for tool in m4 make "$cc"; do
		run -11 env PATH="$(fake_path "$tool")" "$KP_LOAD" --kver="$KVER" --build-only --probe=vfs_read
		assert_contains "$tool: not found"
		[[ $output =~ 'kp_load: hint: '.*"$tool" ]]
		[[ ! -e $KP_WORKDIR ]]
	done
}
