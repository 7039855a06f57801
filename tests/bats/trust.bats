# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# SPDX-License-Identifier: GPL-2.0-only
# trust.bats - whose files root runs. A stranger is uid 4242.
# bats file_tags=golden

load helpers/common
load helpers/fakes

# A place that a stranger reaches: those of bats are closed to others.
setup() {
	((EUID == 0)) || skip 'needs root, to be whom strangers attack'
	PLACE=$(mktemp -d)
	chmod 0755 "$PLACE"
	cd -- "$PLACE" || return
	kp_lib log trust
}

teardown() {
	[[ -z ${PLACE:-} ]] || rm -rf -- "$PLACE"
}

# stranger() { # <command>...: as him
stranger() {
	setpriv --reuid=4242 --regid=4242 --clear-groups "$@"
}

# distrusted() { # <path> <why>
distrusted() {
	run kp_trust_has "$1"
	assert_equal "$status" 1
	kp_trust_has "$1" || :
	assert_equal "$KP_TRUST_WHY" "$2"
}

@test "root trusts what has only root's and sticky directories above it" {
	mkdir -p "$PLACE/a/b/work"
	run -0 kp_trust_has "$PLACE/a/b/work"
	chmod 1777 "$PLACE/a"
	run -0 kp_trust_has "$PLACE/a/b/work"
	run -0 kp_trust_above "$PLACE/a/b/none"
}

@test "a directory above that is a stranger's, or that others can write to, is named" {
	mkdir -p "$PLACE/a/b/work"
	chown 4242 "$PLACE/a"
	distrusted "$PLACE/a/b/work" "$PLACE/a, which is above it, belongs to uid 4242"
	chown 0 "$PLACE/a"
	chmod 0777 "$PLACE/a"
	distrusted "$PLACE/a/b/work" "others can write to $PLACE/a, which is above it"
	chgrp 4242 "$PLACE/a"
	chmod 0775 "$PLACE/a"
	distrusted "$PLACE/a/b/work" "others can write to $PLACE/a, which is above it"
	# In a sticky one of root's nobody renames what is root's.
	chmod 1777 "$PLACE/a"
	chown 4242 "$PLACE/a/b"
	distrusted "$PLACE/a/b/work" "$PLACE/a/b, which is above it, belongs to uid 4242"
}

@test "all paths are asked in full, also one that is above another" {
	mkdir -p "$PLACE/work/cache"
	chmod 1777 "$PLACE/work"
	run -1 kp_trust_has "$PLACE/work" "$PLACE/work/cache"
	run -1 kp_trust_has "$PLACE/work/cache" "$PLACE/work"
	run -0 kp_trust_has "$PLACE/work/cache"
}

@test "a directory open to its owner's own group is no stranger's" {
	mkdir -p "$PLACE/a/work"
	fake getent <<-'FAKE'
		case "$*" in
		'group 77') echo "alice:x:77:$MEMBERS" ;;
		'passwd 0') echo root:x:0:0::/root:/bin/sh ;;
		passwd) printf '%s\n' root:x:0:0::/root:/bin/sh "bob:x:7:${BOBS:-7}::/:/bin/sh" ;;
		esac
	FAKE
	chgrp 77 "$PLACE/a"
	chmod 0775 "$PLACE/a"
	export MEMBERS='' BOBS=''
	run -0 kp_trust_has "$PLACE/a/work"
	MEMBERS=bob
	run -1 kp_trust_has "$PLACE/a/work"
	MEMBERS='' BOBS=77
	run -1 kp_trust_has "$PLACE/a/work"
}

@test "the owner of kp_load.sh is trusted, whom root trusts by running it" {
	mkdir -p "$PLACE/home/work"
	cp "$KP_LOAD" "$PLACE/home"
	chown -R 4242 "$PLACE/home"
	run -1 kp_trust_has "$PLACE/home/work"
	KP_TOP=$PLACE/home
	run -0 kp_trust_has "$PLACE/home/work"
}

@test "a path is used without the links on the way to it, which may be set anew" {
	local path
	mkdir -p "$PLACE/real/work" "$PLACE/his"
	ln -s ../real "$PLACE/his/link"
	kp_trust_path path "$PLACE/his/link/work"
	assert_equal "$path" "$PLACE/real/work"
	kp_trust_path path his/link/none/new
	assert_equal "$path" "$PLACE/real/none/new"
	run -1 kp_trust_has "$PLACE/his/link/work"
	kp_trust_path path "$PLACE/real/./work/"
	assert_equal "$path" "$PLACE/real/./work/"
}

# attack() { # a work directory of root's in the stranger's; what he has ready
# In KP_HIS he has one with a compiler of definitions of his own making.
attack() {
	local dir
	fake_headers
	unset TMPDIR
	KP_HIS=$PLACE/his
	mkdir -m 0755 "$KP_HIS"
	chown 4242 "$KP_HIS"
	export KP_WORKDIR=$KP_HIS/work WITNESS=$PLACE/witness
	mkdir -p "$KP_WORKDIR/cache"
	chmod 0700 "$KP_WORKDIR" "$KP_WORKDIR/cache"
	dir=$KP_HIS/mine/cache/tools${KP_TOP//[!A-Za-z0-9]/_}
	stranger mkdir -p "$dir"
	stranger tee "$dir/built" >/dev/null <<<"$KP_TOP"
	stranger tee "$dir/kp_def" >/dev/null <<-FAKE
		#!/bin/sh
		id -u >>"$WITNESS"
	FAKE
	stranger chmod -R a+rwx "$KP_HIS/mine"
}

# swap_at() { # <tool>: when root first runs it, the stranger puts his in its place
swap_at() {
	fake "$1" <<-FAKE
		setpriv --reuid=4242 --regid=4242 --clear-groups \\
			bash -c 'mv "\$0/work" "\$0/old" && mv "\$0/mine" "\$0/work"' "$KP_HIS" 2>/dev/null
		exec $(type -P "$1") "\$@"
	FAKE
}

@test "a work directory swapped after the check is not what root runs programs from" {
	local tool
	for tool in stat flock sha256sum; do
		attack
		swap_at "$tool"
		run "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read --args
		rm -f -- "$BATS_TEST_TMPDIR/bin/$tool"
		hash -r
		[[ ! -e $WITNESS ]] || {
			echo "after $tool root ran the stranger's: $output" >&2
			return 1
		}
		assert_equal "$status" 11
		assert_contains "$KP_HIS, which is above it, belongs to uid 4242"
		assert_contains 'KP_WORKDIR='
		assert_equal "$(find "$KP_HIS" -name "run.*")" ""
		rm -rf -- "$KP_HIS"
	done
}

@test "--check says so, too" {
	attack
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --check
	assert_contains "FAIL  workdir         $KP_WORKDIR: "
	# shellcheck disable=SC2001 # the folded line is one
	output=$(sed -z 's/\n \+/ /g' <<<"$output")
	assert_contains "$KP_HIS, which is above it, belongs to uid 4242"
}

@test "a link that a stranger sets anew leads nowhere else" {
	attack
	mkdir -p "$PLACE/root/work/cache"
	chmod 0700 "$PLACE/root/work" "$PLACE/root/work/cache"
	stranger ln -s "$PLACE/root" "$KP_HIS/link"
	stranger mkdir "$KP_HIS/his"
	stranger mv "$KP_HIS/mine" "$KP_HIS/his/work"
	fake flock <<-FAKE
		setpriv --reuid=4242 --regid=4242 --clear-groups ln -sfn his "$KP_HIS/link"
		exec $(type -P flock) "\$@"
	FAKE
	KP_WORKDIR=$KP_HIS/link/work
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$status" 0
	assert_equal "$(readlink "$KP_HIS/link")" his
	[[ -d $PLACE/root/work/kp_vfs_read ]]
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read --args
	[[ ! -e $WITNESS ]]
}

@test "a compiler of definitions that others can write to is not run" {
	local dir
	attack
	mv "$KP_HIS/mine" "$PLACE/mine"
	dir=$(echo "$PLACE"/mine/cache/tools*)
	chown -R 0:0 "$PLACE/mine"
	chmod -R go-w "$PLACE/mine"
	chmod o+w "$dir/kp_def"
	KP_WORKDIR=$PLACE/mine
	run -12 "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read --args
	assert_contains "definition compiler $dir/kp_def: others can write to it"
	assert_contains "hint: rm -r $dir"
	[[ ! -e $WITNESS ]]
}

@test "a program of ours is not taken from below a stranger's directory" {
	local dir
	attack
	unset KP_SYM
	dir=$KP_WORKDIR/cache/tools${KP_TOP//[!A-Za-z0-9]/_}
	mkdir -m 0700 "$dir"
	echo "$KP_TOP" >"$dir/built"
	cat >"$dir/kp_sym" <<-FAKE
		#!/bin/sh
		id -u >>"$WITNESS"
	FAKE
	chmod 0700 "$dir/kp_sym"
	run -11 "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	[[ ! -e $WITNESS ]]
	mv "$KP_WORKDIR" "$PLACE/work"
	KP_WORKDIR=$PLACE/work
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$(<"$WITNESS")" 0
}

@test "a checkout below a stranger's directory is refused, one that is all his is not" {
	attack
	mkdir "$KP_HIS/kp_load"
	cp -r "$KP_TOP/kp_load.sh" "$KP_TOP/lib" "$KP_TOP/templates" "$KP_HIS/kp_load"
	KP_WORKDIR=$PLACE/work
	run -11 "$KP_HIS/kp_load/kp_load.sh" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_contains "kp_load's own directory $KP_HIS/kp_load: $KP_HIS, which is above it, belongs to uid 4242"
	chown -R 4242 "$KP_HIS/kp_load"
	run -0 "$KP_HIS/kp_load/kp_load.sh" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
}

@test "a header tree of a stranger's is refused to root, and not to him" {
	attack
	cp -r "$KP_SYSROOT/lib/modules/6.1.0-56-amd64/build" "$KP_HIS/tree"
	chown -R 4242 "$KP_HIS/tree"
	KP_WORKDIR=$PLACE/work
	run -11 "$KP_LOAD" --kdir="$KP_HIS/tree" --build-only --probe=vfs_read
	assert_contains "headers $KP_HIS/tree: root would run what is in it"
	assert_contains 'hint: run it as its owner'
	assert_equal "$(fake_calls make)" ''
	cp -r "$KP_HIS/tree" "$PLACE/tree"
	chown -R 0:0 "$PLACE/tree"
	run -0 "$KP_LOAD" --kdir="$PLACE/tree" --dry-run --probe=vfs_read
	stranger test -x "$KP_LOAD" || skip "a stranger cannot reach $KP_TOP"
	chmod -R a+rX "$BATS_TEST_TMPDIR/bin"
	mkdir -m 0755 "$PLACE/stranger"
	install -m 0755 "$KP_SYM" "$PLACE/kp_sym"
	chown 4242 "$PLACE/stranger"
	run -0 stranger env PATH=/usr/bin:/bin KP_SYM="$PLACE/kp_sym" KP_WORKDIR="$PLACE/stranger/work" \
		"$KP_LOAD" --kdir="$KP_HIS/tree" --dry-run --probe=vfs_read
}

@test "root builds from no file of the program's own that others can write to" {
	local file
	cp -r "$KP_TOP"/{kp_load.sh,lib,templates,tools} "$PLACE"
	chmod -R go-w "$PLACE"
	KP_TOP=$PLACE
	run -0 kp_trust_sources
	for file in lib/log.sh templates templates/Makefile.in templates/include/kp_cpu.h tools tools/def/kp_def.c; do
		chmod o+w "$PLACE/$file"
		export KP_WORKDIR=$PLACE/work
		run "$PLACE/kp_load.sh" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
		assert_equal "$status" 11
		assert_contains "kp_load's own $file, in $PLACE: others can write to it"
		assert_contains "hint: chmod go-w $PLACE/$file"
		chmod o-w "$PLACE/$file"
	done
}

@test "a directory above that an access control list opens is named, with the remedy" {
	mkdir -p "$PLACE/a/work"
	chmod 0775 "$PLACE/a"
	run -0 kp_trust_has "$PLACE/a/work"
	# As ls shows it; its group's rights are then those of others, too.
	fake ls <<-'FAKE'
		echo "drwxrwxr-x+ 3 root root 4096 Nov 27 17:00 ${*: -1}"
	FAKE
	distrusted "$PLACE/a/work" "others can write to $PLACE/a, which is above it"
	run kp_trust_hint
	assert_contains "setfacl -b $PLACE/a && chmod go-w $PLACE/a"
}

@test "a directory in the work directory that is a stranger's is not taken for ours" {
	fake_headers
	export KP_WORKDIR=$PLACE/work
	run -0 "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read"
	# What make reads first.
	echo 'all:' >"$KP_WORKDIR/kp_vfs_read/GNUmakefile"
	chown 4242 "$KP_WORKDIR/kp_vfs_read/GNUmakefile"
	run -0 "$KP_LOAD" --kver=6.1.0-56-amd64 --dry-run --probe=vfs_read
	assert_equal "$output" "$KP_WORKDIR/kp_vfs_read_2"
}

@test "nothing is emitted through what a stranger puts there meanwhile" {
	fake_headers
	export KP_WORKDIR=$PLACE/work OUT=$PLACE/shared/out SECRET=$PLACE/secret
	mkdir -m 1777 "$PLACE/shared"
	mkdir -m 0700 "$SECRET"
	# He is there between the check and the writing, by a link.
	fake mkdir <<-FAKE
		[[ " \$* " != *" \$OUT "* ]] || setpriv --reuid=4242 --regid=4242 --clear-groups ln -s "\$SECRET" "\$OUT"
		exec $(type -P mkdir) "\$@"
	FAKE
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$OUT" --probe=vfs_read
	assert_equal "$status" 2
	assert_contains "directory $OUT: exists"
	assert_equal "$(stat -c %a "$SECRET"): $(ls "$SECRET")" '700: '
	# And nowhere that he can rename what is there.
	chmod 0777 "$PLACE/shared"
	rm "$OUT"
	run "$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$OUT" --probe=vfs_read
	assert_equal "$status" 11
	assert_contains "others can write to $PLACE/shared, which is above it"
	[[ ! -e $OUT ]]
}

@test "an emit that is ended leaves no directory" {
	local status=0
	fake_headers
	export KP_WORKDIR=$PLACE/work
	fake chmod <<-'FAKE'
		kill -TERM "$PPID"
		sleep 1
	FAKE
	"$KP_LOAD" --kver=6.1.0-56-amd64 --emit="$PLACE/out" --probe=vfs_read || status=$?
	assert_equal "$status" 143
	[[ ! -e $PLACE/out ]]
}
