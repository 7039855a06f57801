# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# generate.sh - facts -> m4 -> a directory with the module's C, headers and
# Makefile. The only file that runs m4. Needs log.sh define.sh; KP_TOP,
# KP_VERSION.
[[ -n ${_KP_GENERATE_SOURCED:-} ]] && return 0
_KP_GENERATE_SOURCED=1

# Module names hold MODULE_NAME_LEN - 1 = 55 characters on a 64-bit kernel.
readonly KP_MODULE_NAME_MAX=55

# Paths that Kbuild builds in; tried: a blank, comma, colon, quote, # % or $
# breaks it.
readonly KP_GENERATE_PATH='^[A-Za-z0-9_./+=@~-]+$'

# kp_generate_name() { # <function>: prints kp_<function>, a module's name
# What a C or file name does not take becomes _; what is too long is cut, and
# told apart by a checksum. There is room for a number, _999 at most.
kp_generate_name() {
	local name="kp_${1//[!A-Za-z0-9_]/_}" sum
	if ((${#name} > KP_MODULE_NAME_MAX - 4)); then
		sum=$(cksum <<<"$1") || return "$KP_EX_BUILD"
		printf -v sum '%08x' "${sum%% *}"
		name=${name:0:KP_MODULE_NAME_MAX-13}_$sum
	fi
	printf '%s\n' "$name"
}

# _kp_generate_fact() { # <file> <name> <value>: the only writer of facts
# What is not plainly harmless to m4, C and make is refused, not escaped; so
# is what the check for macros left over would take for one.
_kp_generate_fact() {
	if [[ ! $2 =~ ^TPL_[A-Z]+$ || ! $3 =~ ^[A-Za-z0-9_.:+/=@~-]*$ ]] \
		|| [[ $3 =~ TPL_|(^|[^A-Za-z0-9_])m4_ ]]; then
		kp_err "fact $2 $(kp_printable "$3"): not allowed in generated code"
		return "$KP_EX_BUILD"
	fi
	printf 'm4_define(<|%s|>, <|<|%s|>|>)m4_dnl\n' "$2" "$3" >>"$1"
}

# _kp_generate_m4() { # <dir> <template> <output>
# m4 exits 0 for a macro that does not exist: what is left of one is an error.
_kp_generate_m4() {
	local left
	if ! timeout 10 m4 -P -E -E --nesting-limit=64 \
		-I "$KP_TOP/templates" -I "$1" \
		tpl.m4 "$1/facts.m4" "$KP_TOP/templates/$2" >"$3"; then
		kp_err "template $2: m4 failed"
		kp_hint "is the disk full? see df $1"
		return "$KP_EX_BUILD"
	fi
	if left=$(grep -nE -m1 'TPL_|(^|[^A-Za-z0-9_])m4_|<\||\|>' -- "$3"); then
		kp_err "template $2: macro left in the output, line $left"
		return "$KP_EX_BUILD"
	fi
}

# _kp_generate_headers() { # <dir> <file>: those that the file includes
_kp_generate_headers() {
	local line header
	local -a queue=("$2")
	while ((${#queue[@]})); do
		while IFS= read -r line; do
			[[ $line =~ ^#include\ \"(kp_[a-z]+\.h)\"$ ]] || continue
			header=${BASH_REMATCH[1]}
			[[ ! -e $1/$header ]] || continue
			cp -- "$KP_TOP/templates/include/$header" "$1/$header" || return
			queue+=("$1/$header")
		done <"${queue[0]}"
		queue=("${queue[@]:1}")
	done
}

# kp_generate_module() { # <dir> <name> <funcname> <event> <command line>
# Writes <dir>/<name>.c, its headers and Makefile; <dir> exists and is empty.
# Free text goes in by a file of its own, which m4 does not scan.
kp_generate_module() {
	local dir=$1 name=$2 funcname=$3 event=$4 command=$5
	local facts=$dir/facts.m4 name_of
	local -i i
	local -a values=(
		NAME "$name"
		FUNCNAME "$funcname"
		EVENT "$event"
		RELEASE "$KP_RELEASE"
		KDIR "$KP_KDIR"
		VERSION "$KP_VERSION"
		VERBOSE "$KP_OPT_VERBOSE"
		SHOWSTACK "$KP_OPT_SHOWSTACK"
		FILTERCTX "$KP_DEFINE_FILTERCTX"
		HASSYMS "$((${#KP_DEFINE_SYMS[@]} > 0))"
		SHOWREGS "$KP_OPT_SHOWREGS"
	)
	if [[ $command == *'*/'* || $command == *[!\ -~]* ]]; then
		kp_err "command line $(kp_printable "$command"): cannot stand in a C comment"
		return "$KP_EX_BUILD"
	fi
	if [[ ! $KP_KDIR =~ $KP_GENERATE_PATH ]]; then
		kp_err "header tree $(kp_printable "$KP_KDIR"): make cannot build with such characters in a path"
		kp_hint "give it by another path: --kdir=DIR"
		return "$KP_EX_MACHINE"
	fi
	if ((${#funcname} > 511)); then
		kp_err "probe $(kp_printable "$funcname"): the module and the offset make it too long, 511 characters fit"
		return "$KP_EX_TARGET"
	fi
	if ! : >"$facts"; then
		kp_err "directory $dir: cannot write there"
		return "$KP_EX_BUILD"
	fi
	for ((i = 0; i < ${#values[@]}; i += 2)); do
		_kp_generate_fact "$facts" "TPL_${values[i]}" "${values[i + 1]}" || return
	done
	if ! printf ' * Made by kp_load %s for kernel %s:\n *   %s\n' \
		"$KP_VERSION" "$KP_RELEASE" "$command" >"$dir/command.txt"; then
		kp_err "module source $dir: could not be written"
		kp_hint "is the disk full? see df $dir"
		return "$KP_EX_BUILD"
	fi
	for name_of in "${!KP_DEFINE_FACTS[@]}"; do
		printf 'm4_define(<|TPL_%s|>, <|%s|>)m4_dnl\n' "$name_of" \
			"${KP_DEFINE_FACTS[$name_of]}" >>"$facts"
	done
	_kp_generate_m4 "$dir" "$KP_DEFINE_TEMPLATE" "$dir/$name.c" || return
	_kp_generate_m4 "$dir" Makefile.in "$dir/Makefile" || return
	if ! _kp_generate_headers "$dir" "$dir/$name.c"; then
		kp_err "module source $dir: could not be written"
		kp_hint "is the disk full? see df $dir"
		return "$KP_EX_BUILD"
	fi
	rm -f -- "$facts" "$dir/command.txt"
}
