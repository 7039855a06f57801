# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# generate.sh - facts -> m4 -> a directory with the module's C, headers and
# Makefile. The only file that runs m4. Needs log.sh define.sh; KP_TOP,
# KP_VERSION.
[[ -n ${_KP_GENERATE_SOURCED:-} ]] && return 0
_KP_GENERATE_SOURCED=1

# Module names hold MODULE_NAME_LEN - 1 = 55 characters on a 64-bit kernel.
readonly KP_MODULE_NAME_MAX=55

# kp_generate_name() { # <function>: prints kp_<function>, a module's name
# What a C or file name does not take becomes _; what is too long is cut, and
# told apart by a checksum. There is room for a number, _999 at most.
kp_generate_name() {
	local name="kp_${1//[!A-Za-z0-9_]/_}" sum
	if ((${#name} > KP_MODULE_NAME_MAX - 4)); then
		if ! sum=$(cksum <<<"$1"); then
			kp_err "name $name: its checksum cannot be made"
			return "$KP_EX_BUILD"
		fi
		printf -v sum '%08x' "${sum%% *}"
		name=${name:0:KP_MODULE_NAME_MAX-13}_$sum
	fi
	printf '%s\n' "$name"
}

# _kp_generate_allow() { # <name> <value>: may it stand in generated code?
# What is not plainly harmless to m4, C and make is refused, not escaped; so
# is what the check for macros left over would take for one.
_kp_generate_allow() {
	if [[ ! $2 =~ ^[A-Za-z0-9_.:+/=@~-]*$ || $2 =~ TPL_|(^|[^A-Za-z0-9_])m4_ ]]; then
		kp_err "fact $1 $(kp_printable "$2"): not allowed in generated code"
		return "$KP_EX_BUILD"
	fi
}

# _kp_generate_fact() { # <file> <name> <value>
_kp_generate_fact() {
	if [[ ! $2 =~ ^TPL_[A-Z]+$ ]]; then
		kp_err "fact $(kp_printable "$2"): not allowed in generated code"
		return "$KP_EX_BUILD"
	fi
	_kp_generate_allow "$2" "$3" || return
	printf 'm4_define(<|%s|>, <|<|%s|>|>)m4_dnl\n' "$2" "$3" >>"$1"
}

# _kp_generate_m4() { # <dir> <facts> <template> <output>
# m4 exits 0 for a macro that does not exist: what is left of one is an error.
_kp_generate_m4() {
	local left
	if ! timeout 60 m4 -P -E -E --nesting-limit=64 \
		-I "$KP_TOP/templates" -I "$1" \
		tpl.m4 "$1/$2" "$KP_TOP/templates/$3" >"$4"; then
		kp_err "template $3: m4 failed"
		kp_hint "is the disk full? see df $1"
		return "$KP_EX_BUILD"
	fi
	if left=$(grep -nE -m1 'TPL_|(^|[^A-Za-z0-9_])m4_|<\||\|>' -- "$4"); then
		kp_err "template $3: macro left in the output, line $left"
		return "$KP_EX_BUILD"
	elif (($? != 1)); then
		kp_err "template $3: its output cannot be searched for macros left in it"
		return "$KP_EX_BUILD"
	fi
}

# _kp_generate_headers() { # <dir> <file>: those that the file includes
#	templates/include/kp_ring.h<NUL>#include "kp_abi.h"
_kp_generate_headers() {
	local of header include=$KP_TOP/templates/include
	local -a files=("$2")
	local -A includes=() seen=()
	local -i i
	# A file, as its status is wanted, and it has NULs.
	grep -HZ '^#include "[a-z0-9_/]*\.h"$' -- "$2" "$include"/*.h >"$1/includes"
	if (($? > 1)); then
		kp_err "headers $include: cannot be read"
		return "$KP_EX_BUILD"
	fi
	while IFS= read -r -d '' of && IFS= read -r header; do
		header=${header#*'"'}
		includes[$of]+=" ${header%'"'*}"
	done <"$1/includes"
	rm -f -- "$1/includes"
	for ((i = 0; i < ${#files[@]}; i++)); do
		for header in ${includes[${files[i]}]:-}; do
			[[ -z ${seen[$header]:-} ]] || continue
			seen[$header]=1
			files+=("$include/$header")
		done
	done
	((${#files[@]} == 1)) || cp -- "${files[@]:1}" "$1/" || _kp_generate_unwritten "$1"
}

# The probes of the module, in order; kp_generate_add puts one there.
declare -ga KP_PROBE_FUNCNAME=() # what is probed, as the module's parameter
declare -ga KP_PROBE_EVENT=()    # the event's name
declare -ga KP_PROBE_KIND=()     # p or r
declare -ga KP_PROBE_PART=()     # the template of its C
declare -ga KP_PROBE_FACTS=()    # for that, in m4's form

# kp_generate_add() { # <funcname> <event>: the probe that KP_DEFINE_* describes
kp_generate_add() {
	local name facts=''
	for name in "${!KP_DEFINE_FACTS[@]}"; do
		facts+="m4_define(<|TPL_$name|>, <|${KP_DEFINE_FACTS[$name]}|>)m4_dnl"$'\n'
	done
	KP_PROBE_FUNCNAME+=("$1")
	KP_PROBE_EVENT+=("$2")
	KP_PROBE_KIND+=("$KP_DEFINE_KIND")
	KP_PROBE_PART+=("$KP_DEFINE_PART")
	KP_PROBE_FACTS+=("$facts")
}

# _kp_generate_unwritten() { # <dir>
_kp_generate_unwritten() {
	kp_err "module source $1: could not be written"
	kp_hint "is the disk full? see df $1"
	return "$KP_EX_BUILD"
}

# _kp_generate_parts() { # <dir>: <dir>/parts.c, the C of each probe
_kp_generate_parts() {
	local dir=$1 number
	local -i n several=$((${#KP_PROBE_PART[@]} > 1))
	for ((n = 0; n < ${#KP_PROBE_PART[@]}; n++)); do
		number=$n
		((several)) || number=
		printf '%sm4_define(<|TPL_NUMBER|>, <|%d|>)m4_dnl\n' "${KP_PROBE_FACTS[n]}" "$n" \
			| cat -- "$dir/facts.m4" - >"$dir/part.m4" || _kp_generate_unwritten "$dir" || return
		_kp_generate_m4 "$dir" part.m4 "${KP_PROBE_PART[n]}" "$dir/part.c" || return
		{
			((n == 0)) || echo
			# Not in a string: a name in there is the user's.
			sed -E -e 's/("([^"\\]|\\.)*")|\<((kp|KP|handler|maxactive)[A-Za-z0-9_]*)_P\>/\1\x01\3\x01/g' \
				-e "s/\\x01\\x01//g; s/\\x01([^\\x01]*)\\x01/\\1$number/g" "$dir/part.c"
		} >>"$dir/parts.c" || _kp_generate_unwritten "$dir" || return
	done
	rm -f -- "$dir/part.m4" "$dir/part.c"
}

# _kp_generate_lists() { # <facts>: what the frame lists
_kp_generate_lists() {
	local number names='' events='' targets='' hits=''
	local -i n several=$((${#KP_PROBE_PART[@]} > 1))
	for ((n = 0; n < ${#KP_PROBE_PART[@]}; n++)); do
		number=$n
		((several)) || number=
		names+="TPL_LINE(<|<|\"${KP_PROBE_FUNCNAME[n]}\",|>|>)"
		events+="TPL_LINE(<|<|\"${KP_PROBE_EVENT[n]}\",|>|>)"
		targets+="TPL_LINE(<|&kp_target$number,|>)"
		[[ ${KP_PROBE_KIND[n]} == p ]] || continue
		hits+="TPL_LINE(<|if (hit->ip == kp_target$n.where)|>)TPL_LINE(<|	worked |= kp_entry$n(cpu, hit);|>)"
	done
	{
		printf 'm4_define(<|TPL_FUNCNAMES|>, <|%s|>)m4_dnl\n' "$names"
		printf 'm4_define(<|TPL_EVENTS|>, <|%s|>)m4_dnl\n' "$events"
		printf 'm4_define(<|TPL_TARGETS|>, <|%s|>)m4_dnl\n' "$targets"
		printf 'm4_define(<|TPL_HITS|>, <|%s|>)m4_dnl\n' "$hits"
	} >>"$1"
}

# kp_generate_module() { # <dir> <name> <command line>
# Writes <dir>/<name>.c, its headers and Makefile, for the probes that were
# added; <dir> exists and is empty. Free text goes in by a file of its own, which
# m4 does not scan.
kp_generate_module() {
	local dir=$1 name=$2 command=$3
	local facts=$dir/facts.m4 title item
	local -i i returns=0 ftrace=0 probes=${#KP_PROBE_PART[@]}
	[[ " ${KP_PROBE_KIND[*]} " != *' r '* ]] || returns=1
	title="A kernel probe on ${KP_PROBE_FUNCNAME[0]}"
	((probes == 1)) || title="$probes kernel probes, on ${KP_PROBE_FUNCNAME[0]} and others"
	local -a values=(
		NAME "$name"
		PROBES "$probes"
		RELEASE "$KP_RELEASE"
		KDIR "$KP_KDIR"
		VERSION "$KP_VERSION"
		VERBOSE "$KP_OPT_VERBOSE"
		SHOWSTACK "$KP_OPT_SHOWSTACK"
		SHOWREGS "$KP_OPT_SHOWREGS"
		HASSYMS "$((${#KP_DEFINE_SYMS[@]} > 0))"
		RETURN "$returns"
		DEFINED "$KP_DEFINE_DEFINED"
		STRUCTS "$KP_DEFINE_STRUCTS"
		SUMS "$KP_DEFINE_SUMS"
		STACK "$((KP_OPT_SHOWSTACK || KP_DEFINE_SUMSTACK))"
		SUMSTACK "$KP_DEFINE_SUMSTACK"
		MODE "$KP_DEFINE_MODE"
		FTRACEFLAGS "$KP_DEFINE_FTRACEFLAGS"
		CONTEXT "$KP_DEFINE_CONTEXT"
		GUARD "$KP_DEFINE_GUARD"
	)
	# Where none is hit by way of ftrace nothing is there for it.
	if [[ $KP_DEFINE_ENGINE == ftrace && " ${KP_PROBE_KIND[*]} " == *' p '* ]]; then
		ftrace=1
	fi
	values+=(FTRACE "$ftrace" DISPATCH "$((ftrace && probes > 1))")
	if [[ $command == *'*/'* || $command == *[!\ -~]* ]]; then
		kp_err "command line $(kp_printable "$command"): cannot stand in a C comment"
		return "$KP_EX_BUILD"
	fi
	if [[ ! $KP_KDIR =~ $KP_PATHS_MAKE ]]; then
		kp_err "header tree $(kp_printable "$KP_KDIR"): make cannot build with such characters in a path"
		kp_hint "give it by another path: --kdir=DIR"
		return "$KP_EX_MACHINE"
	fi
	for item in "${KP_PROBE_FUNCNAME[@]}"; do
		if ((${#item} > 511)); then
			kp_err "probe $(kp_printable "$item"): the module and the offset make it too long, 511 characters fit"
			return "$KP_EX_TARGET"
		fi
	done
	if ! : >"$facts"; then
		kp_err "directory $dir: cannot write there"
		return "$KP_EX_BUILD"
	fi
	for ((i = 0; i < ${#values[@]}; i += 2)); do
		_kp_generate_fact "$facts" "TPL_${values[i]}" "${values[i + 1]}" || return
	done
	for item in "${KP_PROBE_FUNCNAME[@]}" "${KP_PROBE_EVENT[@]}"; do
		_kp_generate_allow NAME "$item" || return
	done
	{
		printf 'm4_define(<|TPL_TITLE|>, <|<|%s|>|>)m4_dnl\n' "$title"
		printf 'm4_define(<|TPL_SYMNAMES|>, <|%s|>)m4_dnl\n' "${KP_DEFINE_SYMS[*]}"
		printf 'm4_define(<|TPL_AREA|>, <|%s|>)m4_dnl\n' "$KP_DEFINE_AREA"
		kp_define_syms
	} >>"$facts"
	_kp_generate_lists "$facts" || _kp_generate_unwritten "$dir" || return
	if ! printf ' * Made by kp_load %s for kernel %s:\n *   %s\n' \
		"$KP_VERSION" "$KP_RELEASE" "$command" >"$dir/command.txt"; then
		_kp_generate_unwritten "$dir" || return
	fi
	_kp_generate_parts "$dir" || return
	_kp_generate_m4 "$dir" facts.m4 "$KP_DEFINE_FRAME" "$dir/$name.c" || return
	_kp_generate_m4 "$dir" facts.m4 Makefile.in "$dir/Makefile" || return
	_kp_generate_headers "$dir" "$dir/$name.c" || return
	rm -f -- "$facts" "$dir/command.txt" "$dir/parts.c"
}

# The command line that made this module.
kp_generate_command_line() {
	local line word
	line="kp_load.sh ${KP_REQUEST_WORDS[*]}"
	for word in "${KP_OPT_ARG[@]/#/--arg=}" "${KP_OPT_FILTER:+--filter=$KP_OPT_FILTER}"; do
		[[ -z $word ]] || ! kp_generate_is_plain "$word" || line+=" '$word'"
	done
	((KP_OPT_VERBOSE)) && line+=" --verbose"
	((KP_OPT_SHOWSTACK)) && line+=" --showstack"
	((KP_OPT_SHOWREGS)) && line+=" --showregs"
	((KP_OPT_ARGS)) && line+=" --args"
	((KP_OPT_RET)) && line+=" --ret"
	((KP_OPT_ERRORS)) && line+=" --errors"
	((KP_OPT_FOLLOW)) && line+=" --follow"
	line+=${KP_OPT_COUNT:+" --count=$KP_OPT_COUNT"}${KP_OPT_HIST:+" --hist=$KP_OPT_HIST"}
	printf '%s\n' "$line"
}

# kp_generate_is_plain <text>: can it stand between quotes in a C comment?
kp_generate_is_plain() {
	[[ $1 != *[!\ -~]* && $1 != *[\'\\]* && $1 != *'*/'* && $1 != *'/*'* && $1 != *TPL_* && $1 != *m4_* ]]
}
