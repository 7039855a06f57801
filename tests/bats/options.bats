# shellcheck disable=SC2034,SC2154 # bats and the libraries set and use them
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# shellcheck disable=SC2153 # each option has its variable
# shellcheck disable=SC2016 # hostile text is meant as it stands
# SPDX-License-Identifier: GPL-2.0-only
# options.bats - the parser: it records, and refuses what makes no sense.
# bats file_tags=unit

load helpers/common

setup() {
	kp_lib log paths options
}

# refused() { # <argument>...: status 2, one error line, hints at most
refused() {
	local line
	local -i errors=0
	run -2 --separate-stderr kp_options_parse "$@"
	assert_equal "$output" ''
	for line in "${stderr_lines[@]}"; do
		case $line in
		'kp_load: error: '*) ((errors += 1)) ;;
		'kp_load: hint: '*) ;;
		*) assert_equal "$line" 'an error or a hint' ;;
		esac
	done
	assert_equal "$errors" 1
	output=$stderr
}

#
# What is recorded
#

@test "an option's value is taken from --option=value and --option value" {
	local option var
	for option in mod kver kdir emit; do
		var=KP_OPT_${option^^}
		KP_OPT_MOD='' KP_OPT_KVER='' KP_OPT_KDIR='' KP_OPT_EMIT=''
		_kp_options_together() { :; }
		kp_options_parse "--$option=some/value"
		assert_equal "${!var}" some/value
		printf -v "$var" ''
		kp_options_parse "--$option" some/value
		assert_equal "${!var}" some/value
	done
}

@test "--probe may be given several times, and each is one" {
	kp_options_parse --check --probe=f --probe 'r:o g $retval'
	assert_equal "${#KP_OPT_PROBES[@]} ${KP_OPT_PROBES[1]}" '2 r:o g $retval'
}

@test "more probes than a module takes are refused" {
	local -a many
	mapfile -t many < <(printf -- '--probe=f%d\n' {1..33})
	kp_options_parse "${many[@]:1}"
	KP_OPT_PROBES=()
	refused "${many[@]}"
	assert_contains 'more than 32 in one module'
}

@test "a value may hold blanks, = and quotes" {
	kp_options_parse --check "--probe=a b='c\"=d"
	assert_equal "${KP_OPT_PROBES[*]}" "a b='c\"=d"
}

@test "each switch sets its own variable to 1" {
	local pair option
	for pair in verbose:VERBOSE showstack:SHOWSTACK showregs:SHOWREGS build-only:BUILD_ONLY \
		dry-run:DRY_RUN keep:KEEP force:FORCE rehearse:REHEARSE; do
		option=KP_OPT_${pair#*:}
		(
			kp_options_parse --probe=f "--${pair%:*}"
			assert_equal "${!option}" 1
			printf -v "$option" 0
			assert_equal "$KP_OPT_VERBOSE$KP_OPT_SHOWSTACK$KP_OPT_SHOWREGS$KP_OPT_BUILD_ONLY$KP_OPT_DRY_RUN$KP_OPT_KEEP$KP_OPT_FORCE$KP_OPT_REHEARSE" 00000000
		)
	done
}

@test "without switches nothing is switched on, and the mode is to plant" {
	kp_options_parse --probe=vfs_read
	assert_equal "$KP_OPT_MODE" plant
	assert_equal "${KP_OPT_PROBES[*]}" vfs_read
	assert_equal "$KP_OPT_VERBOSE$KP_OPT_SHOWSTACK$KP_OPT_SHOWREGS$KP_OPT_BUILD_ONLY$KP_OPT_DRY_RUN$KP_OPT_KEEP$KP_OPT_FORCE$KP_OPT_REHEARSE" 00000000
}

@test "each mode is recorded" {
	local mode
	for mode in check list status demo help version; do
		(
			kp_options_parse "--$mode"
			assert_equal "$KP_OPT_MODE" "$mode"
		)
	done
	(
		kp_options_parse -h
		assert_equal "$KP_OPT_MODE" help
	)
	kp_options_parse --unload all
	assert_equal "$KP_OPT_MODE $KP_OPT_NAME" 'unload all'
}

@test "--status takes a name only by =" {
	kp_options_parse --status=kp_x
	assert_equal "$KP_OPT_MODE $KP_OPT_NAME" 'status kp_x'
	kp_lib log options
	_KP_OPTIONS_SEEN=()
	refused --status kp_x
	assert_contains 'argument kp_x: not expected'
}

@test "--rehearse takes a command only by =" {
	kp_options_parse --probe=f --rehearse='cat /etc/hostname; ls'
	assert_equal "$KP_OPT_REHEARSE_CMD" 'cat /etc/hostname; ls'
	_KP_OPTIONS_SEEN=() KP_OPT_PROBES=()
	refused --probe=f --rehearse 'cat /etc/hostname'
	assert_contains 'argument cat /etc/hostname: not expected'
}

@test "a lone -- ends nothing and is allowed" {
	kp_options_parse --probe=f --
	assert_equal "${KP_OPT_PROBES[*]}" f
}

@test "what to show and which hits are recorded" {
	local pair option
	for pair in args:ARGS ret:RET errors:ERRORS; do
		option=KP_OPT_${pair#*:}
		(
			assert_equal "${!option}" 0
			kp_options_parse --probe=f "--${pair%:*}"
			assert_equal "${!option}" 1
			printf -v "$option" 0
			assert_equal "$KP_OPT_ARGS$KP_OPT_RET$KP_OPT_ERRORS" 000
		)
	done
	for pair in filter:FILTER comm:COMM pid:PID tid:TID uid:UID cpu:CPU; do
		option=KP_OPT_${pair#*:}
		(
			assert_equal "${!option}" ''
			kp_options_parse --probe=f "--${pair%:*}=12"
			assert_equal "${!option}" 12
		)
		(
			kp_options_parse --probe f "--${pair%:*}" 0
			assert_equal "${!option}" 0
		)
	done
	kp_options_parse --probe='p:o f a=+0(%di):string b=\"x"' --filter 'a ~ "*" && b == 1'
	assert_equal "${KP_OPT_PROBES[*]}" 'p:o f a=+0(%di):string b=\"x"'
	assert_equal "$KP_OPT_FILTER" 'a ~ "*" && b == 1'
}

@test "--arg can be repeated, and keeps its order and its blanks" {
	kp_options_parse --probe=f --arg='a=%di:u8' --arg '+0(%si):ustring' --arg='b=\"x y"' --arg='a=%di:u8'
	assert_equal "${#KP_OPT_ARG[@]}" 4
	assert_equal "${KP_OPT_ARG[*]}" 'a=%di:u8 +0(%si):ustring b=\"x y" a=%di:u8'
	assert_equal "${KP_OPT_ARG[2]}" 'b=\"x y"'
}

@test "a thread's name of 15 characters is taken" {
	local name
	for name in cat kworker/0:1 123456789012345 a.b_c+d~e@f-g; do
		(
			kp_options_parse --probe=f --comm="$name"
			assert_equal "$KP_OPT_COMM" "$name"
		)
	done
}

@test "the parser is right with errexit off, on and in a condition" {
	local flags
	for flags in +e -e; do
		run -2 bash -c '
			set "$1"u -o pipefail
			KP_TOP=$2
			source "$2/lib/log.sh"
			source "$2/lib/paths.sh"
			source "$2/lib/options.sh"
			if kp_options_parse --probe= --verbose; then exit 9; fi
			[[ $KP_OPT_VERBOSE == 0 ]] || exit 8
			kp_options_parse --bogus --verbose
			exit' _ "$flags" "$KP_TOP"
	done
}

#
# What is refused
#

@test "an empty command line is refused, and --help named" {
	refused
	assert_contains 'nothing to do'
	assert_contains '--help'
}

@test "an unknown option is named" {
	refused --probe=f --frobnicate
	assert_contains 'option --frobnicate: unknown'
	refused -x
	assert_contains 'option -x: unknown'
	refused --Probe=f
	assert_contains 'option --Probe: unknown'
	refused --prob=f
	assert_contains 'option --prob: unknown'
}

@test "an unknown option cannot write to the terminal" {
	refused $'--\e[31mx\ny'
	refute_contains $'\e'
	assert_contains '\E[31mx\ny'
}

@test "a missing value is told, at the end and before another option" {
	local option
	for option in --probe --mod --kver --kdir --emit --unload; do
		refused "$option"
		assert_contains "option $option: needs a value"
		refused "$option" --verbose
		assert_contains "option $option: needs a value"
	done
}

@test "an empty value is told" {
	local option
	for option in --probe --mod --kver --kdir --emit --unload --status --rehearse; do
		refused "$option="
		assert_contains "option $option: its value is empty"
	done
	for option in --probe --mod --kver --kdir --emit --unload; do
		refused "$option" ''
		assert_contains "option $option: its value is empty"
	done
}

@test "a value for a switch is refused" {
	local option
	for option in --verbose --showstack --build-only --dry-run --keep --force \
		--check --list --demo --help --version; do
		refused --probe=f "$option=1"
		assert_contains "option $option: takes no value"
	done
}

@test "an option with a value cannot be given twice" {
	local option
	for option in --mod --kver --kdir --emit; do
		refused "$option=a" "$option=b"
		assert_contains "option $option: given more than once"
	done
	refused --unload=a --unload=b
	assert_contains 'only one of them'
}

@test "what is no number, or too long for one, is refused" {
	local option value
	for option in --pid --tid --uid --cpu; do
		for value in -1 1x 08 9999999999 0x1 +1 1.5 1e3 ' 1' '1 ' $'1\n' 'a[$(x)]' '$(x)' "'"; do
			refused --probe=f "$option=$value"
			assert_contains "option $option: "
			assert_contains 'is not a number'
			refused --probe=f "$option" "$value"
		done
		(kp_options_parse --probe=f "$option=999999999")
	done
}

@test "what is no thread's name that can be handed on is refused, with what is" {
	local value
	for value in 1234567890123456 'a b' "it's" 'a"b' $'a\nb' $'cat\n' ' ' '$(x)' '`x`' 'a,b' \
		'a=b' 'a\b' '*' $'caf\xc3\xa9'; do
		refused --probe=f "--comm=$value"
		assert_contains 'option --comm: '
		assert_contains '15 characters at most'
	done
}

@test "a missing or empty value, a value too much and a second one are told" {
	local option
	for option in --arg --filter --comm --pid --tid --uid --cpu; do
		refused --probe=f "$option"
		assert_contains "option $option: needs a value"
		refused "$option" --verbose
		assert_contains "option $option: needs a value"
		refused --probe=f "$option="
		assert_contains "option $option: its value is empty"
		[[ $option != --arg ]] || continue
		refused --probe=f "$option=1" "$option=2"
		assert_contains "option $option: given more than once"
	done
	for option in --args --ret --errors; do
		refused --probe=f "$option=1"
		assert_contains "option $option: takes no value"
	done
}

@test "what to show and which hits have no effect where nothing is planted" {
	local mode option
	for mode in --list --status --unload=all --demo --version --check; do
		for option in --args --ret --errors --arg=%di --filter=a --comm=a --pid=1 --tid=1 \
			--uid=0 --cpu=0; do
			refused "$mode" "$option"
			assert_contains "option ${option%=*}: has no effect with ${mode%=*}"
		done
	done
}

@test "a word that is no option is refused, with the way to say it" {
	refused vfs_read
	assert_contains 'argument vfs_read: not expected'
	assert_contains '--probe=vfs_read'
	refused '$(x)'
	assert_contains '--probe=FUNC'
	refused --rehearse ls --probe=f
	assert_contains "--rehearse='COMMAND'"
	refused --status kp_f
	assert_contains '--status=NAME'
	refused --probe=f -- vfs_read
	assert_contains 'argument vfs_read: not expected'
	refused --probe=f ''
	assert_contains 'not expected'
}

#
# Following
#

@test "how to follow is recorded" {
	kp_options_parse --probe=f --follow --format=json --duration=1.5 --max-hits 7 \
		--buffer=64K --engine=ftrace
	assert_equal "$KP_OPT_FOLLOW $KP_OPT_FORMAT $KP_OPT_DURATION $KP_OPT_MAX_HITS" '1 json 1.5 7'
	assert_equal "$KP_OPT_BUFFER $KP_OPT_ENGINE" '64 ftrace'
}

@test "--count and --hist follow, and say what of without a value" {
	local word
	(
		kp_options_parse --probe=f --count
		assert_equal "$KP_OPT_FOLLOW $KP_OPT_COUNT/$KP_OPT_HIST" '1 hits/'
	)
	(
		kp_options_parse --probe=f --hist
		assert_equal "$KP_OPT_FOLLOW $KP_OPT_COUNT/$KP_OPT_HIST" '1 /duration'
	)
	for word in hits comm ret stack; do
		(
			kp_options_parse --probe=f --count="$word"
			assert_equal "$KP_OPT_FOLLOW $KP_OPT_COUNT" "1 $word"
		)
	done
	kp_options_parse --probe=f --hist=my_arg1 --follow
	assert_equal "$KP_OPT_FOLLOW $KP_OPT_HIST" '1 my_arg1'
}

@test "each format, engine and size is taken" {
	local word
	for word in text json csv; do
		(kp_options_parse --probe=f --follow --format="$word")
	done
	kp_options_parse --probe=f --count=stack --format=folded
	for word in auto ftrace kprobe; do
		(
			kp_lib log options
			KP_OPT_PROBES=() KP_OPT_COUNT='' KP_OPT_FORMAT='' KP_OPT_ENGINE=''
			kp_options_parse --probe=f --follow --engine "$word"
			assert_equal "$KP_OPT_ENGINE" "$word"
		)
	done
	for word in 4K=4 64K=64 1M=1024 3M=3072 1G=1048576 1024M=1048576; do
		(
			KP_OPT_PROBES=() KP_OPT_COUNT='' KP_OPT_FORMAT='' KP_OPT_ENGINE=''
			kp_options_parse --probe=f --follow --buffer="${word%=*}"
			assert_equal "$KP_OPT_BUFFER" "${word#*=}"
		)
	done
}

@test "a format, an engine, a key that there is not is refused, with those there are" {
	refused --probe=f --follow --format=xml
	assert_contains 'option --format: xml is not one of: text json csv folded'
	refused --probe=f --follow --engine=bpf
	assert_contains 'option --engine: bpf is not one of: auto kprobe ftrace'
	refused --probe=f --count=pid
	assert_contains 'option --count: pid is not one of: hits comm ret stack'
	refused --probe=f --follow --format='text json'
	assert_contains 'is not one of'
}

@test "what is no time, no size, no number of hits, no argument's name is refused" {
	local value
	for value in 0 0.0 -1 1s 1e3 1.2345 .5 5. 12345678 '$(x)' ' 1' "1'"; do
		refused --probe=f --follow "--duration=$value"
		assert_contains 'is not a time in seconds'
	done
	for value in 1 64 64k 0K -1K 1.5M 1T 64KB 'a[$(x)]K' ' 1M'; do
		refused --probe=f --follow "--buffer=$value"
		assert_contains 'is not a size'
	done
	for value in 1K 3K 2G 9999999M; do
		refused --probe=f --follow "--buffer=$value"
		assert_contains 'is not between 4K and 1G'
	done
	for value in 0 -1 1.5 x 08; do
		refused --probe=f --follow "--max-hits=$value"
		assert_contains 'option --max-hits: '
	done
	for value in 'a b' 1a a-b '$(x)' '<|' a.b; do
		refused --probe=f "--hist=$value"
		assert_contains 'is not the name of an argument'
	done
}

@test "a missing, an empty, a second value of how to follow is told" {
	local option
	for option in --format --duration --max-hits --engine --buffer; do
		refused --probe=f --follow "$option"
		assert_contains "option $option: needs a value"
		refused --probe=f --follow "$option="
		assert_contains "option $option: its value is empty"
	done
	for option in --format=text --duration=1 --max-hits=1 --buffer=1M; do
		refused --probe=f --follow "$option" "$option"
		assert_contains "option ${option%=*}: given more than once"
	done
	for option in --count --hist; do
		refused --probe=f "$option="
		assert_contains "option $option: its value is empty"
		refused --probe=f "$option" "$option"
		assert_contains "option $option: given more than once"
	done
	refused --probe=f --follow=1
	assert_contains 'option --follow: takes no value'
}

@test "what only the ring has takes --follow" {
	local option
	for option in --format=json --duration=1 --max-hits=1 --engine=ftrace --buffer=1M; do
		refused --probe=f "$option"
		assert_contains "option ${option%=*}: only with --follow"
	done
}

@test "what does not go together while following is refused" {
	refused --probe=f --count --hist
	assert_contains 'options --count --hist: only one of them'
	refused --probe=f --follow --format=folded
	assert_contains 'option --format=folded: only with --count=stack'
	refused --probe=f --count=comm --format=folded
	assert_contains 'option --format=folded: only with --count=stack'
	refused --probe=f --follow --verbose
	assert_contains 'options --follow --verbose'
	refused --probe=f --count=comm --showstack
	assert_contains 'option --showstack: has no effect with --count'
	assert_contains '--count=stack'
	refused --probe=f --hist --buffer=1M
	assert_contains 'option --buffer: has no effect with --hist'
	refused --list --follow
	assert_contains 'option --follow: has no effect with --list'
}

#
# Conflicts
#

@test "help wins over what does not go together" {
	kp_options_parse --list --probe=f --help --unload=all
	assert_equal "$KP_OPT_MODE" help
}

@test "two modes are refused, with both named" {
	refused --list --unload=all
	assert_contains 'options --list --unload: only one of them'
}

@test "two ways of not planting are refused, with both named" {
	refused --probe=f --build-only --dry-run
	assert_contains 'options --build-only --dry-run: only one of them'
	refused --probe=f --emit=d --rehearse
	assert_contains 'options --rehearse --emit: only one of them'
}

@test "--emit takes a path that make can build in" {
	local dir
	for dir in 'a b' a:b $'a\nb' 'a$b' '$(touch x)' 'a;b' 'a*' a,b a%b $'caf\xc3\xa9' '"x"'; do
		refused --probe=f --emit="$dir"
		assert_contains 'make cannot build with such characters'
	done
	for dir in /a/b.c ../x_y-z+1 ~/a@b; do
		(kp_options_parse --probe=f --emit="$dir")
	done
}

@test "planting takes a --probe" {
	refused --verbose
	assert_contains 'no --probe'
	refused --build-only
	assert_contains 'no --probe'
}

@test "a module for another kernel is not planted here" {
	local option
	for option in --kver=6.1.0 --kdir=/x; do
		refused --probe=f "$option"
		assert_contains 'cannot be loaded here'
	done
	for option in --build-only --dry-run --emit=d --rehearse; do
		(kp_options_parse --probe=f --kver=6.1.0 "$option")
	done
	kp_options_parse --check --kver=6.1.0
}

@test "the modes that plant nothing take no --probe, but --check does" {
	local mode
	for mode in --list --status --unload=all --demo --version; do
		refused "$mode" --probe=f
		assert_contains "${mode%=*}"
		assert_contains 'has no effect with'
		refused "$mode" --dry-run
		assert_contains 'has no effect with'
	done
	kp_options_parse --check --probe=f
	assert_equal "$KP_OPT_MODE ${KP_OPT_PROBES[*]}" 'check f'
}

@test "an option that is nearly one is answered with it" {
	refused --probe=f --verbo
	assert_contains 'is it --verbose?'
	refused --probe=f --rehearsal=ls
	assert_contains 'is it --rehearse?'
	refused --probe=f --zzzzzz
	refute_contains 'is it'
}

#
# The library itself
#

@test "every option of the parser is in --help, and the other way round" {
	local option parser usage
	parser=$(printf '%s\n' "${!_KP_OPTIONS[@]}" | grep -- -- | sort)
	run -0 kp_options_usage
	usage=$(grep -oE -- '--[a-z][a-z-]*' <<<"$output" | sort -u)
	[[ -n $parser ]]
	assert_equal "$usage" "$parser"
}

@test "--help fits in 80 columns and has five examples with a comment" {
	run -0 kp_options_usage
	run ! grep -nE '^.{81}' <<<"$output"
	run -0 kp_options_usage
	output=${output#*Examples:}
	assert_equal "$(grep -c kp_load.sh <<<"$output")" 5
}

@test "sourcing prints nothing and changes no shell option" {
	run -0 bash -c '
		before=$(set +o; shopt)
		source "$1" && source "$1" || exit
		[[ $before == "$(set +o; shopt)" ]]' _ "$KP_TOP/lib/options.sh"
	assert_equal "$output" ''
}

@test "the environment does not set options" {
	run -0 env KP_OPT_FORCE=1 KP_OPT_MODE=unload bash -c '
		source "$1"
		echo "$KP_OPT_FORCE $KP_OPT_MODE"' _ "$KP_TOP/lib/options.sh"
	assert_equal "$output" '0 plant'
}
