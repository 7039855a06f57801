# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# cli.bats - the front end as a user meets it: where it runs from, where it
# writes, what it leaves. Needs m4; make and the compiler are fakes.
# bats file_tags=golden

load helpers/common
load helpers/fakes

setup() {
	command -v m4 >/dev/null || skip 'm4 is not installed'
	fake_headers
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
}

# dry() { # [argument]...: generate for the fixture's kernel
dry() {
	"$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run "$@"
}

# copied_tree() { # a checkout of its own, for what may not touch ours
copied_tree() {
	mkdir "$BATS_TEST_TMPDIR/tree"
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$BATS_TEST_TMPDIR/tree"
	KP_LOAD=$BATS_TEST_TMPDIR/tree/kp_load.sh
}

@test "--help goes to stdout with status 0" {
	run -0 --separate-stderr "$KP_LOAD" --help
	assert_equal "$stderr" ''
	[[ ${lines[0]} == 'Usage: kp_load.sh '* ]]
	run -0 "$KP_LOAD" -h
	[[ ${lines[0]} == 'Usage: kp_load.sh '* ]]
}

@test "--version is one line" {
	run -0 --separate-stderr "$KP_LOAD" --version
	assert_equal "$stderr" ''
	[[ $output =~ ^kp_load\ [0-9]+\.[0-9]+$ ]]
}

@test "help and version need neither tools nor a work directory" {
	PATH=$(fake_path m4 make gcc insmod rmmod modinfo)
	run -0 "$KP_LOAD" --help
	run -0 "$KP_LOAD" --version
	[[ ! -e $KP_WORKDIR ]]
}

@test "stdout is the path alone, whatever is said besides" {
	run -0 --separate-stderr dry --probe=vfs_read
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read"
	[[ -f $output/kp_vfs_read.c ]]
}

@test "nothing is left but what was asked for" {
	run -0 dry --probe=vfs_read
	assert_equal "$(ls "$KP_WORKDIR")" $'cache\nkp_vfs_read'
	# Its source, from which the next of its kind is made.
	assert_equal "$(cd "$KP_WORKDIR/cache" && echo */*)" "$(cd "$KP_WORKDIR/cache" && echo *-kprobe/source *-kprobe/used)"
	assert_equal "$(stat -c %a "$KP_WORKDIR")" 700
}

@test "it runs from any directory, also from / and one with blanks" {
	local dir
	mkdir "$BATS_TEST_TMPDIR/a b"
	for dir in / "$BATS_TEST_TMPDIR/a b"; do
		cd "$dir"
		run -0 --separate-stderr dry --probe=vfs_read
		assert_equal "$output" "$KP_WORKDIR/kp_vfs_read"
	done
}

@test "it runs through a symbolic link, also a relative one" {
	cd "$BATS_TEST_TMPDIR"
	mkdir bin2
	ln -s "$KP_LOAD" bin2/absolute
	ln -s absolute bin2/relative
	KP_LOAD=bin2/relative
	run -0 --separate-stderr dry --probe=vfs_read
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read"
}

@test "it runs by way of PATH and bash" {
	PATH=$KP_TOP:$PATH
	KP_LOAD=kp_load.sh
	run -0 dry --probe=vfs_read
	run -0 bash "$KP_TOP/kp_load.sh" --version
}

@test "without KP_WORKDIR it works in tmp beside the script" {
	copied_tree
	unset KP_WORKDIR
	run -0 --separate-stderr dry --probe=vfs_read
	assert_equal "$output" "$BATS_TEST_TMPDIR/tree/tmp/kp_vfs_read"
}

@test "a read-only checkout works, with KP_WORKDIR elsewhere" {
	copied_tree
	chmod -R a-w "$BATS_TEST_TMPDIR/tree"
	if ((EUID == 0)); then
		# Mode bits do not stop root, a read-only mount does.
		mount --bind "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/tree" 2>/dev/null \
			&& mount -o remount,bind,ro "$BATS_TEST_TMPDIR/tree" \
			|| skip 'cannot mount'
		run ! touch "$BATS_TEST_TMPDIR/tree/x"
	fi
	run dry --probe=vfs_read
	((EUID != 0)) || umount "$BATS_TEST_TMPDIR/tree"
	chmod -R u+w "$BATS_TEST_TMPDIR/tree"
	assert_equal "$status" 0
}

@test "where no kernel is installed to rehearse on, the package is named" {
	KP_SYSROOT=$BATS_TEST_TMPDIR/root
	export KP_SYSROOT
	mkdir -p "$KP_SYSROOT"/{boot,etc,proc/sys/kernel}
	echo 6.18.0-own >"$KP_SYSROOT/proc/sys/kernel/osrelease"
	echo ID=debian >"$KP_SYSROOT/etc/os-release"
	run -11 "$KP_LOAD" --rehearse --probe=vfs_read
	assert_contains "error: kernel to rehearse on: none is installed in $KP_SYSROOT/boot"
	assert_contains 'hint: apt-get install linux-image-'
	refute_contains 'internal error'
}

@test "a read-only checkout without KP_WORKDIR is refused with 11 and the remedy" {
	((EUID == 0)) || skip 'needs root, for a read-only mount'
	copied_tree
	mount --bind "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/tree" 2>/dev/null \
		&& mount -o remount,bind,ro "$BATS_TEST_TMPDIR/tree" || skip 'cannot mount'
	unset KP_WORKDIR
	run dry --probe=vfs_read
	umount "$BATS_TEST_TMPDIR/tree"
	assert_equal "$status" 11
	assert_contains 'KP_WORKDIR=DIR'
}

@test "a relative KP_WORKDIR is below the current directory" {
	cd "$BATS_TEST_TMPDIR"
	KP_WORKDIR=rel/work
	run -0 --separate-stderr dry --probe=vfs_read
	assert_equal "$output" "$BATS_TEST_TMPDIR/rel/work/kp_vfs_read"
}

@test "a work directory that make cannot build in is refused with 11" {
	local dir
	for dir in 'a b' a:b 'a#b' a,b a%b 'a$b' "a'b" $'a\nb' $'caf\xc3\xa9'; do
		KP_WORKDIR=$BATS_TEST_TMPDIR/$dir
		run -11 dry --probe=vfs_read
		assert_contains 'work directory '
		assert_contains 'KP_WORKDIR='
		[[ ! -e $KP_WORKDIR ]]
	done
}

@test "a work directory that others can write, or that is a link, is refused with 11" {
	mkdir -m 0777 "$KP_WORKDIR"
	chmod 0777 "$KP_WORKDIR"
	run -11 dry --probe=vfs_read
	assert_contains "$KP_WORKDIR: others can write to it"
	assert_equal "$(ls -A "$KP_WORKDIR")" ''
	chmod 0700 "$KP_WORKDIR"
	ln -s "$KP_WORKDIR" "$BATS_TEST_TMPDIR/link"
	KP_WORKDIR=$BATS_TEST_TMPDIR/link
	run -11 dry --probe=vfs_read
	assert_contains "$KP_WORKDIR: "
}

@test "a cache that others can write is refused with 11" {
	mkdir -p "$KP_WORKDIR/cache"
	chmod 0770 "$KP_WORKDIR/cache"
	run -11 dry --probe=vfs_read
	assert_contains "$KP_WORKDIR/cache: others can write to it"
}

@test "a work directory of another user is refused with 11" {
	((EUID == 0)) || skip 'needs root, for a directory of another user'
	mkdir "$KP_WORKDIR"
	chown 4242 "$KP_WORKDIR"
	run -11 dry --probe=vfs_read
	assert_contains "$KP_WORKDIR: "
}

@test "a name that another kernel's System.map does not have is told, and not refused" {
	local place name
	cp -r "$KP_SYSROOT" "$BATS_TEST_TMPDIR/root"
	KP_SYSROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$KP_SYSROOT/boot" "$KP_SYSROOT/usr/lib/debug/boot"
	for place in boot/System.map-6.1.0-56-amd64 usr/lib/debug/boot/System.map-6.1.0-56-amd64 \
		lib/modules/6.1.0-56-amd64/build/System.map; do
		# Debian's says where the real one is.
		echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' \
			>"$KP_SYSROOT/boot/System.map-6.1.0-56-amd64"
		run -0 dry --probe=vfs_raed
		refute_contains warning
		printf 'ffffffff81000000 %s\n' 'T _stext' 'T vfs_read' 't do_it.isra.0' \
			>"$KP_SYSROOT/$place"
		run -0 dry --probe=vfs_raed
		assert_contains "warning: function vfs_raed: kernel 6.1.0-56-amd64 does not have it in $KP_SYSROOT/"
		for name in vfs_read do_it do_it.isra.0 vmlinux:vfs_read ext4:vfs_raed; do
			run -0 dry --probe="$name"
			refute_contains warning
		done
		rm -- "$KP_SYSROOT/$place"
	done
}

@test "--keep keeps the run directory, and says where" {
	run -0 dry --probe=vfs_read --keep
	[[ $output =~ 'run directory kept: '([^$'\n']+) ]]
	[[ -d ${BASH_REMATCH[1]} ]]
}

@test "what a killed run left is swept by the next, what another run uses is not" {
	local fd
	mkdir -p "$KP_WORKDIR/cache" "$KP_WORKDIR"/run.{deadbeef/shape,unborn,young,inuse123}
	: >"$KP_WORKDIR/run.deadbeef/began"
	: >"$KP_WORKDIR/run.inuse123/began"
	chmod -R go-w "$KP_WORKDIR"
	touch -d '2 minutes ago' "$KP_WORKDIR/run.unborn"
	exec {fd}<"$KP_WORKDIR/run.inuse123"
	flock -n "$fd"
	run -0 dry --probe=vfs_read
	[[ ! -e $KP_WORKDIR/run.deadbeef ]]
	# One that has not begun is dead only when it had the time.
	[[ ! -e $KP_WORKDIR/run.unborn ]]
	[[ -d $KP_WORKDIR/run.young ]]
	[[ -d $KP_WORKDIR/run.inuse123 ]]
}

@test "many runs at once neither sweep nor disturb each other" {
	local i name
	local -a pids
	for i in {1..5}; do
		rm -rf "$KP_WORKDIR"
		pids=()
		for name in a b c d; do
			dry --probe="vfs_$name" >"$BATS_TEST_TMPDIR/out.$name" 2>&1 3>&- &
			pids+=("$!")
		done
		for name in "${pids[@]}"; do
			wait "$name" || {
				cat "$BATS_TEST_TMPDIR"/out.*
				false
			}
		done
		assert_equal "$(ls "$KP_WORKDIR")" $'cache\nkp_vfs_a\nkp_vfs_b\nkp_vfs_c\nkp_vfs_d'
	done
}

@test "a generated directory that was edited stays, and the new one gets a number" {
	run -0 dry --probe=vfs_read
	echo '/* mine */' >>"$KP_WORKDIR/kp_vfs_read/kp_vfs_read.c"
	run -0 --separate-stderr dry --probe=vfs_read
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read_2"
	run -0 tail -n1 "$KP_WORKDIR/kp_vfs_read/kp_vfs_read.c"
	assert_equal "$output" '/* mine */'
	grep -q kp_vfs_read_2 "$KP_WORKDIR/kp_vfs_read_2/Makefile"
	[[ -f $KP_WORKDIR/kp_vfs_read_2/kp_vfs_read_2.c ]]
}

@test "--emit overwrites nothing: a file, a directory, a dangling link" {
	: >"$BATS_TEST_TMPDIR/file"
	mkdir "$BATS_TEST_TMPDIR/dir"
	ln -s nowhere "$BATS_TEST_TMPDIR/link"
	local name
	for name in file dir link; do
		run -2 "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$BATS_TEST_TMPDIR/$name" --probe=vfs_read
		assert_contains 'exists'
	done
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/dir")" ''
	[[ ! -s $BATS_TEST_TMPDIR/file ]]
}

@test "an emitted directory can be read by others" {
	run -0 "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$BATS_TEST_TMPDIR/out" --probe=vfs_read
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/out/Makefile")" $'755\n644'
}

@test "the name of a module holds what a number adds to it" {
	local name i
	printf -v name '%0300d' 0
	name=f${name:1}
	for i in 1 2; do
		run -0 --separate-stderr dry --probe="$name"
		assert_equal "$((${#output} - ${#KP_WORKDIR} - 1 <= 55))" 1
		echo >>"$output/Makefile"
	done
	[[ $output == *_2 ]]
}

@test "a module and an offset that make a name too long are refused with 10" {
	local name
	printf -v name '%0511d' 0
	run -0 dry --probe="f${name:1}"
	run -10 dry --probe="f${name:1}+0x4"
	assert_contains 'too long'
	run -10 dry --probe="ext4:f${name:1}"
	assert_contains 'too long'
	assert_equal "$(grep -c 'error:' <<<"$output")" 1
}

@test "--kdir alone tells the release, and another --kver contradicts it" {
	local kdir=$KP_SYSROOT/lib/modules/6.1.0-56-amd64/build
	run -0 "$KP_LOAD" --kdir="$kdir" --dry-run --probe=vfs_read
	assert_contains kp_vfs_read
	run -11 "$KP_LOAD" --kdir="$kdir" --kver=6.1.0-99-amd64 --dry-run --probe=vfs_read
	assert_contains "is for '6.1.0-56-amd64', not 6.1.0-99-amd64"
}

@test "a kernel without headers is refused with 11, and the others named" {
	run -11 "$KP_LOAD" --kver=5.10.0-1-amd64 --dry-run --probe=vfs_read
	assert_contains '5.10.0-1-amd64'
	assert_contains '6.1.0-56-amd64'
	assert_contains 'kp_load: hint: '
}

@test "a missing tool is refused with 11, with the command that installs it" {
	local tool
	cp -r "$KP_SYSROOT" "$BATS_TEST_TMPDIR/root"
	KP_SYSROOT=$BATS_TEST_TMPDIR/root
	mkdir "$KP_SYSROOT/etc"
	echo ID=debian >"$KP_SYSROOT/etc/os-release"
	for tool in m4 make gcc; do
		run -11 env PATH="$(fake_path "$tool")" "$KP_LOAD" \
			--kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
		assert_contains "$tool: not found"
		assert_contains "kp_load: hint: apt-get install $tool"
		[[ ! -e $KP_WORKDIR ]]
	done
}

@test "the environment does not lead it astray" {
	run -0 env GREP_OPTIONS=--bogus GREP_COLORS=mt=31 CDPATH=/ LC_ALL=C.UTF-8 IFS=: POSIXLY_CORRECT=1 \
		BASH_ENV=/nonexistent TMPDIR=/nonexistent M4PATH=/nonexistent \
		"$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	[[ -f $KP_WORKDIR/kp_vfs_read/kp_vfs_read.c ]]
}

@test "another user's umask does not open what it writes" {
	umask 000
	run -0 dry --probe=vfs_read
	run -0 find "$KP_WORKDIR" -perm /022 -print -quit
	assert_equal "$output" ''
}

@test "without root, loading and unloading are refused with 11" {
	((EUID == 0)) || skip 'run as root to become another user'
	chmod 0755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	setpriv --reuid=4242 --clear-groups test -x "$KP_LOAD" || skip "another user cannot reach $KP_TOP"
	run -11 setpriv --reuid=4242 --regid=4242 --clear-groups "$KP_LOAD" --unload=all
	assert_contains 'root'
	run -11 setpriv --reuid=4242 --regid=4242 --clear-groups env KP_WORKDIR=/nonexistent/x "$KP_LOAD" --probe=vfs_read
	assert_contains 'root'
}

# running() { # the fixture's kernel runs here, with these functions
running() {
	cp -r "$KP_SYSROOT" "$BATS_TEST_TMPDIR/root"
	export KP_SYSROOT=$BATS_TEST_TMPDIR/root
	echo 6.1.0-56-amd64 >"$KP_SYSROOT/proc/sys/kernel/osrelease"
	cat >"$KP_SYSROOT/proc/kallsyms" <<-'END'
		ffffffff81000000 T _stext
		ffffffff81000100 T vfs_read
		ffffffff81000200 T vfs_readv
		ffffffff81000300 T vfs_write
		ffffffff81000400 t vfs_write.cold
	END
}

@test "a pattern is the functions that match on the running kernel, as probes of one module" {
	running
	cd "$BATS_TEST_TMPDIR"
	touch vfs_a_file
	run -0 --separate-stderr "$KP_LOAD" --dry-run --probe='vfs_*' --probe=vfs_readv
	[[ $stderr == *'kp_load: vfs_*: 3 functions; left out: 1 made by the compiler'* ]]
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read_and_2"
	assert_equal "$(grep -A4 '^static char \*funcname' "$output"/*.c)" 'static char *funcname[KP_PROBES] = {
	"vfs_read",
	"vfs_write",
	"vfs_readv",
};'
	grep -qF 'kp_load.sh --probe=vfs_read --probe=vfs_write --probe=vfs_readv' "$output"/*.c
}

@test "a pattern is refused where nothing matches, too much does, or another kernel is meant" {
	local i
	running
	run -10 "$KP_LOAD" --dry-run --probe='vfs_x*'
	assert_contains 'error: function vfs_x*: no function that can be probed matches'
	for ((i = 0; i < 40; i++)); do
		printf 'ffffffff82%06x T many_%d\n' "$((i * 16))" "$i" >>"$KP_SYSROOT/proc/kallsyms"
	done
	run -2 "$KP_LOAD" --dry-run --probe='many_*'
	assert_contains 'error: function many_*: 40 match, a module probes 32'
	assert_contains 'hint: narrow it'
	run -2 "$KP_LOAD" --dry-run --probe='many_[12]?' --probe=vfs_read --probe='many_3?' --probe='many_?'
	assert_contains 'error: function many_?: 10 match, and 31 others are asked for, a module probes 32'
	echo 6.18.44-other >"$KP_SYSROOT/proc/sys/kernel/osrelease"
	run -2 dry --probe='vfs_*'
	assert_contains 'error: probe vfs_*: only the running kernel tells which functions match, and 6.1.0-56-amd64 is not running here'
	assert_contains 'hint: name the functions'
	run ! compgen -G "$KP_WORKDIR/kp_*"
}

@test "what is asked for beside a pattern is taken as where there is none" {
	running
	run -0 --separate-stderr "$KP_LOAD" --dry-run --probe='vfs_r*' --probe=nope --probe='vfs_w*'
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read_and_3"
	grep -qF 'kp_load.sh --probe=vfs_read --probe=vfs_readv --probe=nope --probe=vfs_write' "$output"/*.c
}

@test "a rehearsal is handed the probes that a pattern stands for here" {
	kp_lib log place/rehearse
	KP_ARGV=(--verbose --probe 'vfs_*' --rehearse='a b' '--probe=p:o f $arg1')
	KP_REQUEST_WORDS=(vfs_read vfs_write 'p:o f $arg1')
	_kp_rehearse_job "$BATS_TEST_TMPDIR"
	assert_equal "$(tail -n 1 "$BATS_TEST_TMPDIR/job")" \
		"exec $KP_TOP/kp_load.sh --probe=vfs_read --probe=vfs_write --probe=p:o\\ f\\ \\\$arg1 --verbose --rehearse=a\\ b"
}
