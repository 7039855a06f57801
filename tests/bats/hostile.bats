# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# hostile.bats - names and paths that mean harm, or are mistakes. Each ends with
# one error line and a status of ours; nothing is run, and nothing written.
# bats file_tags=hostile

load helpers/common
load helpers/fakes

# The compiler of definitions is built once, before make is a fake.
setup_file() {
	kp_lib log paths trust cleanup workdir options sanity tools
	KP_RUN=$BATS_FILE_TMPDIR KP_WORKDIR=$BATS_FILE_TMPDIR
	kp_tools_find kp_def >"$BATS_FILE_TMPDIR/said" 2>&1 || :
}

# need_kp_def() { # for what kp_def is to refuse
need_kp_def() {
	compgen -G "$BATS_FILE_TMPDIR/cache/tools*/kp_def" >/dev/null \
		|| skip "kp_def cannot be built here: $(<"$BATS_FILE_TMPDIR/said")"
	cp -r "$BATS_FILE_TMPDIR/cache/." "$KP_WORKDIR/cache"
	chmod -R go-rwx "$KP_WORKDIR/cache"
}

setup() {
	command -v m4 >/dev/null || skip 'm4 is not installed'
	fake_headers
	local tool
	for tool in insmod rmmod modprobe; do
		fake "$tool" <<<'exit 1'
	done
	export KP_WORKDIR=$BATS_TEST_TMPDIR/work
	export TMPDIR=$BATS_TEST_TMPDIR/temp
	mkdir -p "$BATS_TEST_TMPDIR/here" "$TMPDIR" "$KP_WORKDIR/cache"
	chmod 0700 "$KP_WORKDIR" "$KP_WORKDIR/cache"
	cd "$BATS_TEST_TMPDIR/here" || return
	: >witness
	local long
	printf -v long '%0600d' 0
	# What no name and no path is.
	hostile=(
		$'caf\xc3\xa9' "it's" 'say "x"' $'a\nb' $'vfs_read\r' $'\e[31mred' ' '
		'$(touch x)' '`touch x`' ';touch x' 'a|touch x' 'a>x' '*' '*/'
		'm4_syscmd(touch x)' '<|a|>' '%s%n' 'a\b'
	)
	more=(
		$'\xff\xfe' $'a\n' 'a b' $'a\tb' '${IFS}' '$1' '$@' 'a&touch x' 'a<witness'
		'?' '[a]' '{a,b}' '!!' 'a*/' '/*' '#x' 'm4_dnl(' "';touch x;'" '";touch x;"'
		'^a$' '(a)'
	)
	long_name=f${long:1}
}

# state() { # every file there is to be seen, with what is in it
state() {
	find . "$KP_WORKDIR" "$TMPDIR" -printf '%p %y %s %m %l\n'
}

# refused() { # <status pattern> <argument>...
# One error line, only printable text, no change.
refused() {
	local want=$1 before tool
	shift
	before=$(state)
	run "$KP_LOAD" "$@"
	[[ $status =~ ^($want)$ ]] || {
		printf 'status %d, not %s, from %q\n%s\n' "$status" "$want" "${*: -1}" "$output"
		return 1
	}
	[[ $(grep -c '^kp_load: error: ' <<<"$output") == 1 ]] || {
		printf 'not one error line, from: %q\n%s\n' "$*" "$output"
		return 1
	}
	if LC_ALL=C grep -nP '[^\x09\x20-\x7e]' <<<"$output"; then
		printf 'not printable, from: %q\n' "$*"
		return 1
	fi
	refute_contains 'internal error'
	refute_contains 'command not found'
	assert_equal "$(state)" "$before"
	for tool in insmod rmmod modprobe make; do
		assert_equal "$(fake_calls "$tool")" ''
	done
}

KVER=--kver=6.1.0-56-amd64

@test "the check of this file sees a change, a second error and a wrong status" {
	run ! refused 2 "$KVER" --dry-run --probe=vfs_read
	run ! refused 0 "$KVER" --dry-run --probe=vfs_read
	run ! refused 10 --bogus
	run -0 refused 2 --bogus
}

@test "hostile names of functions are refused with 2" {
	local value
	for value in "${hostile[@]}" "${more[@]}"; do
		refused 2 "$KVER" --dry-run "--probe=$value"
	done
}

@test "hostile names of modules before a function are refused with 2" {
	local value
	for value in "${hostile[@]}"; do
		refused 2 "$KVER" --dry-run "--probe=$value:vfs_read"
	done
}

@test "hostile offsets and numbers are refused with 2" {
	local value
	for value in "${hostile[@]}" '' -1 0x 1e3 99999999999999999999 'a[$(touch x)]'; do
		refused 2 "$KVER" --dry-run "--probe=vfs_read+$value"
	done
	for value in '' 0 -1 0x1 9999999 'a[$(touch x)]' '$(touch x)' $'1\n2'; do
		refused 2 "$KVER" --dry-run "--probe=vfs_read#$value"
	done
}

@test "a path is no function's name" {
	local value
	for value in / ../x ./x /etc/passwd a/b .. .; do
		refused 2 "$KVER" --dry-run "--probe=$value"
	done
}

@test "a function's name of 600 characters is refused with 2, and not printed whole" {
	refused 2 "$KVER" --dry-run "--probe=$long_name"
	assert_contains '600 characters'
	((${#output} < 400))
}

# Where a definition can have it; a value goes to two of them, in turn, and what
# m4, the shell, C and a path are told by to all.
places=(
	'p:VALUE vfs_read' 'p:o vfs_read VALUE' 'p:o vfs_read a=VALUE'
	'p:o vfs_read a=%di:VALUE' 'p:o vfs_read a=%VALUE' 'r:o VALUE' 'p:o vfs_read VALUE=%di'
)
worst='$(touch x)|m4_syscmd(touch x)|<|a|>|*/|it'"'"'s|/*'

@test "hostile definitions are refused, wherever the harm is" {
	local value
	local -i turn=0 n
	need_kp_def
	for value in "${hostile[@]}" "${more[@]}" TPL_NAME m4_syscmd "$long_name" '<|' '|>' \
		'*/' '"' "'"; do
		# A blank at the end is none too many, and a comment is left out.
		[[ $value != *[[:space:]] && $value != "#x" ]] || continue
		turn+=1
		for n in "${!places[@]}"; do
			# A name that nobody has is none that harms.
			((n < 5)) || [[ ! $value =~ ^(TPL_NAME|m4_syscmd|f0+)$ ]] || continue
			[[ "|$worst|" == *"|$value|"* ]] || (((turn + n) % 7 < 2)) || continue
			refused '2|10|11|12' "$KVER" --dry-run "--probe=${places[n]//VALUE/"$value"}"
		done
	done
}

@test "hostile fetch arguments are refused" {
	local value
	local -i turn=0
	need_kp_def
	for value in "${hostile[@]}" "${more[@]}" "$long_name" '<|' 'a=%di:<|' 'a=%di $(touch x)' \
		$'a=%di\nb=%si' 'TPL_NAME=%di' 'm4_syscmd=%di' \
		'a=\"*/' 'a=@TPL_NAME' 'a=%di:TPL_NAME' "a=+0(%di):$long_name" "$long_name=%di"; do
		if (((turn += 1) % 2)); then
			refused '2|10|11|12' "$KVER" --dry-run --probe=vfs_read "--arg=$value"
		else
			refused '2|10|11|12' "$KVER" --emit=out --probe=vfs_read --ret "--arg=$value"
		fi
	done
}

# What no C of ours may hold.
harm='`touch|\$\(touch|<\||TPL_|m4_|"[^"]*(\*/|/\*|\?\?/)'

@test "a hostile text as an argument is refused, or there as text that C and m4 leave alone" {
	local value
	need_kp_def
	for value in "it's" '$(touch x)' '`touch x`' '*/' '/*' '%s%n' '<|a|>' ';touch x' 'a\b' '$1' \
		'a,b' ')' 'm4_syscmd(touch x)' TPL_NAME '??/'; do
		run "$KP_LOAD" "$KVER" --emit=out --probe=vfs_read "--arg=a=\\\"$value\""
		[[ $status =~ ^(0|2|12)$ ]]
		refute_contains 'internal error'
		if ((status == 0)); then
			# The command line is text in a comment.
			run ! grep -nE "$harm" <(grep -v '^ \*   kp_load.sh ' out/kp_vfs_read.c)
		fi
		rm -rf out
		[[ ! -e x ]]
	done
}

@test "hostile filters are refused" {
	local value
	need_kp_def
	for value in "${hostile[@]}" "${more[@]}" "$long_name" TPL_NAME m4_syscmd '<|' 'a == $(touch x)' \
		'a == `touch x`' 'a == 1 ; b' 'a == 1 /*' 'a == 1 */' 'a == TPL_NAME' 'TPL_NAME == 1' \
		'f ~ "*' "f ~ '*" 'a == 1)' '((a == 1)' \
		'a = 1' 'panic() == 1' 'a == 99999999999999999999' $'a == 1\n&& b' "f == \"$long_name\""; do
		refused '2|10|11|12' "$KVER" --dry-run --probe=vfs_read --arg=a=%di \
			'--arg=f=+0(%si):string' "--filter=$value"
	done
}

@test "hostile text in a filter's pattern is text that C and m4 leave alone" {
	local value
	need_kp_def
	for value in '$(touch x)' '`touch x`' '*/' '/*' '<|a|>' '$1' ',' ')' '%s' '??/' \
		'm4_syscmd(touch x)' TPL_NAME; do
		run "$KP_LOAD" "$KVER" --emit=out --probe=vfs_read '--arg=f=+0(%si):string' \
			"--filter=f ~ \"$value\""
		[[ $status =~ ^(0|2|12)$ ]]
		refute_contains 'internal error'
		if ((status == 0)); then
			run -0 grep -cE 'kp_(glob|streq)\(kp_text\(&r->data, r->a_f\), "' out/kp_vfs_read.c
			# The command line is text in a comment.
			run ! grep -nE "$harm" <(grep -v '^ \*   kp_load.sh ' out/kp_vfs_read.c)
		fi
		rm -rf out
		[[ ! -e x ]]
	done
}

@test "hostile names and numbers of whom to show are refused with 2" {
	local value
	local -i turn=0 n
	local -a options=(pid tid uid cpu comm)
	for value in "${hostile[@]}" "${more[@]}" "$long_name" -1 08; do
		turn+=1
		for n in "${!options[@]}"; do
			[[ "|$worst|" == *"|$value|"* ]] || (((turn + n) % 5 < 1)) || continue
			[[ ${options[n]} != comm || ! $value =~ ^(-1|08)$ ]] || continue
			refused 2 "$KVER" --dry-run --probe=vfs_read "--${options[n]}=$value"
		done
	done
}

@test "names that are macros of ours or of m4 are refused, and not expanded" {
	local value
	for value in TPL_NAME xTPL_IFx m4_syscmd m4_dnl; do
		refused 12 "$KVER" --dry-run "--probe=$value"
		refused 12 "$KVER" --emit=out "--probe=$value"
	done
	run -0 "$KP_LOAD" "$KVER" --dry-run --probe=xfrm4_rcv
}

@test "words that plain m4 knows are names like any other" {
	local value
	for value in len eval shift define dnl; do
		run -0 --separate-stderr "$KP_LOAD" "$KVER" --dry-run "--probe=$value"
		grep -qxF "	\"$value\"," "$output/kp_$value.c"
	done
}

@test "hostile --mod is refused with 2" {
	local value
	for value in "${hostile[@]}" / .. ./none.ko none.ko /dev/null /dev/zero; do
		refused 2 "$KVER" --dry-run --probe=f "--mod=$value"
	done
}

@test "a --mod of no known name is refused with 10, also a long one and an option" {
	local value
	for value in no_such_module TPL_NAME "$long_name" -F -n --help; do
		refused 10 "$KVER" --dry-run --probe=f "--mod=$value"
		((${#output} < 600))
	done
}

@test "a --mod that is no module's file is refused with 2" {
	mkdir dir dir.ko
	echo text >text.ko
	: >empty.ko
	mkfifo fifo.ko
	ln -s loop.ko loop.ko
	ln -s nowhere dangling.ko
	head -c 4096 /bin/true >program.ko
	cp /bin/true whole-program.ko
	echo garbage >packed.ko.gz
	echo garbage >packed.ko.xz
	local file
	for file in dir/ ./dir dir.ko *.ko *.ko.gz *.ko.xz; do
		refused 2 "$KVER" --dry-run --probe=f "--mod=$file"
	done
}

@test "a --mod whose path holds what we do not hand on is refused with 2" {
	local name
	for name in "a'b.ko" 'a"b.ko' $'a\nb.ko' '$(touch x).ko' 'a;b.ko' 'a`b.ko' $'\xff.ko'; do
		: >"$name"
		refused 2 "$KVER" --dry-run --probe=f "--mod=./$name"
		rm -- "$name"
	done
}

# a_module() { # a file of a real module, unpacked; skips if there is none
a_module() {
	local file
	for file in /lib/modules/*/kernel/drivers/net/ethernet/intel/e1000/e1000.ko; do
		[[ -f $file ]] || continue
		cp "$file" "$1"
		return
	done
	skip 'no kernel is installed whose e1000.ko could be taken'
}

@test "a truncated module is refused, wherever it is cut" {
	local size
	a_module whole.ko
	mv whole.ko "$BATS_TEST_TMPDIR"
	for size in 1 4 63 64 4096 65536; do
		head -c "$size" "$BATS_TEST_TMPDIR/whole.ko" >cut.ko
		refused '2|10' "$KVER" --dry-run --probe=e1000_intr --mod=cut.ko
	done
}

@test "a module of another kernel is refused with 10, and both are named" {
	a_module other.ko
	sed -i 's/vermagic=[0-9]\.[0-9]/vermagic=9.9/' other.ko
	refused 10 "$KVER" --dry-run --probe=e1000_intr --mod=./other.ko
	assert_contains 'built for kernel 9.9'
	assert_contains 'not 6.1.0-56-amd64'
}

@test "a function that is not in the module's file is refused with 10" {
	a_module e1000.ko
	sed -i "s/vermagic=[^ ]* /vermagic=6.1.0-56-amd64 /" e1000.ko
	refused 10 "$KVER" --dry-run --probe=e1000_intrr --mod=./e1000.ko
	assert_contains e1000_intr
}

@test "hostile --kver is refused, as no release's name or as not installed" {
	local value
	for value in "${hostile[@]}" / ../x .. . -x 6.1/../x; do
		refused '2|11' --dry-run --probe=f "--kver=$value"
	done
}

@test "a --kver that is a name but no kernel's is refused with 11" {
	local value
	for value in "$long_name" TPL_NAME m4_dnl 0; do
		refused 11 --dry-run --probe=f "--kver=$value"
	done
}

@test "hostile --kdir is refused with 2, with and without a release" {
	local value
	for value in "${hostile[@]}" ./none /etc/passwd "$long_name" /dev/zero; do
		refused 2 --dry-run --probe=f "--kdir=$value"
	done
	for value in $'a\nb' '$(touch x)' ./none /etc/passwd "$long_name"; do
		refused 2 "$KVER" --dry-run --probe=f "--kdir=$value"
	done
}

@test "a --kdir that is a directory but no header tree is refused with 2 or 11" {
	mkdir -p empty 'a b' 'x$(touch x)' m4_dnl odd/include/generated
	printf '#define UTS_RELEASE "$(touch x)"\n' >odd/include/generated/utsrelease.h
	local dir
	for dir in empty 'a b' 'x$(touch x)' m4_dnl /; do
		refused 2 --dry-run --probe=f "--kdir=$dir"
		refused 11 "$KVER" --dry-run --probe=f "--kdir=$dir"
	done
	refused 2 --dry-run --probe=f --kdir=odd
	assert_contains "not a release's name"
}

@test "a header tree whose path m4 or make could misread is refused" {
	local dir
	for dir in 'a b' 'a:b' 'x$(touch x)' "a'b" m4_dnl TPL_KDIR; do
		cp -r "$KP_SYSROOT/lib/modules/6.1.0-56-amd64/build" "$dir"
		refused '11|12' --dry-run --probe=f "--kdir=$dir"
	done
}

@test "hostile --emit is refused with 2" {
	local value
	for value in "${hostile[@]}" / . .. witness ./none/below; do
		refused 2 "$KVER" --probe=f "--emit=$value"
	done
}

@test "an --emit too long for the file system is refused" {
	refused 12 "$KVER" --probe=f "--emit=$long_name"
}

@test "hostile --unload is refused with 13, and nothing is unloaded" {
	((EUID == 0)) || skip 'needs root, who alone may unload'
	local value
	for value in "${hostile[@]}" / ../module/ext4 . .. "$long_name" TPL_NAME -f; do
		refused 13 "--unload=$value"
	done
}

@test "hostile --status is refused with 13" {
	local value
	for value in "${hostile[@]}" / ../module/ext4 . .. "$long_name" TPL_NAME; do
		refused 13 "--status=$value"
	done
}

@test "hostile options and arguments are refused with 2" {
	local value
	for value in "${hostile[@]}" "$long_name" ''; do
		refused 2 "--$value"
		refused 2 "$value"
	done
}

@test "empty values are refused with 2" {
	local option
	for option in --probe --mod --kver --kdir --emit --unload --status --arg --filter --comm \
		--pid --tid --uid --cpu; do
		refused 2 "$option="
	done
	refused 2 "$KVER" --dry-run --probe=:f
	refused 2 "$KVER" --dry-run --probe=ext4:
}

@test "a hundred thousand characters are refused as well" {
	local text
	printf -v text '%0100000d' 0
	refused 2 "$KVER" --dry-run "--probe=f$text"
	refused 2 "$KVER" --dry-run --probe=f "--mod=/$text"
	refused 2 "$KVER" --dry-run --probe=f "--kdir=/$text"
	((${#output} < 600))
}
