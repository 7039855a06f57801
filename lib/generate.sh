# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# generate.sh - facts -> m4 -> a directory with the module's C, headers and
# Makefile. The only file that runs m4. Needs log.sh facts.sh options.sh build.sh;
# KP_TOP KP_VERSION KP_RELEASE KP_KDIR.
[[ -n ${_KP_GENERATE_SOURCED:-} ]] && return 0
_KP_GENERATE_SOURCED=1

# _kp_generate_fact() { # <file> <name> <value>
_kp_generate_fact() {
	if [[ ! $2 =~ ^TPL_[A-Z]+[0-9]*$ ]]; then
		kp_err "fact $(kp_printable "$2"): not allowed in generated code"
		return "$KP_EX_BUILD"
	fi
	kp_build_allows "$2" "$3" || return
	printf 'm4_define(<|%s|>, <|<|%s|>|>)m4_dnl\n' "$2" "$3" >>"$1"
}

# _kp_generate_m4() { # <dir> <template> <output> <facts>...
# m4 exits 0 for a macro that does not exist: what is left of one is an error.
_kp_generate_m4() {
	local dir=$1 template=$2 out=$3 left
	if ! timeout 60 m4 -P -E -E --nesting-limit=64 -I "$KP_TOP/templates" -I "$dir" \
		tpl.m4 "${@:4}" "$KP_TOP/templates/$template" >"$out"; then
		kp_err "template $template: m4 failed"
		kp_hint "is the disk full? see df $dir"
		return "$KP_EX_BUILD"
	fi
	if left=$(grep -nE -m1 'TPL_|(^|[^A-Za-z0-9_])m4_|<\||\|>' -- "$out"); then
		kp_err "template $template: macro left in the output, line $left"
		return "$KP_EX_BUILD"
	elif (($? != 1)); then
		kp_err "template $template: its output cannot be searched for macros left in it"
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

# _kp_generate_unwritten() { # <dir>
_kp_generate_unwritten() {
	kp_err "module source $1: could not be written"
	kp_hint "is the disk full? see df $1"
	return "$KP_EX_BUILD"
}

# _kp_generate_parts() { # <dir>: <dir>/parts.c, the C of each probe
_kp_generate_parts() {
	local dir=$1 number
	local -a facts
	local -A templates=([p]=part_entry.c.in [r]=part_return.c.in)
	local -i n several=$((${#KP_FACTS_KIND[@]} > 1))
	for ((n = 0; n < ${#KP_FACTS_KIND[@]}; n++)); do
		number=$n
		((several)) || number=
		facts=("$KP_TOP/templates/sink_$KP_FACTS_SINK.m4" "$dir/facts.m4" "$dir/number.m4")
		[[ -z $KP_FACTS_DIR ]] || facts+=("$KP_FACTS_DIR/frame.m4" "$KP_FACTS_DIR/probe.$n.m4")
		: >"$dir/number.m4" && _kp_generate_fact "$dir/number.m4" TPL_NUMBER "$n" || return
		_kp_generate_m4 "$dir" "${templates[${KP_FACTS_KIND[n]}]}" "$dir/part.c" "${facts[@]}" || return
		{
			((n == 0)) || echo
			# Not in a string: a name in there is the user's.
			sed -E -e 's/("([^"\\]|\\.)*")|\<((kp|KP|handler|maxactive)[A-Za-z0-9_]*)_P\>/\1\x01\3\x01/g' \
				-e "s/\\x01\\x01//g; s/\\x01([^\\x01]*)\\x01/\\1$number/g" "$dir/part.c"
		} >>"$dir/parts.c" || _kp_generate_unwritten "$dir" || return
	done
	rm -f -- "$dir/number.m4" "$dir/part.c"
}

# _kp_generate_facts() { # <file> <name> <engine> <array of funcnames> <array of events>
# Those that kp_def does not know, and what is so where it is not asked.
_kp_generate_facts() {
	local -n _probed=$4 _called=$5
	local -i _i _ftrace=0 _probes=${#KP_FACTS_KIND[@]}
	# Where none is hit by way of ftrace nothing is there for it.
	[[ $3 != ftrace || " ${KP_FACTS_KIND[*]} " != *' p '* ]] || _ftrace=1
	local -a _values=(
		NAME "$2"
		PROBES "$_probes"
		RELEASE "$KP_RELEASE"
		KDIR "$KP_KDIR"
		VERSION "$KP_VERSION"
		VERBOSE "$KP_OPT_VERBOSE"
		SHOWSTACK "$KP_OPT_SHOWSTACK"
		SHOWREGS "$KP_OPT_SHOWREGS"
		FTRACE "$_ftrace"
		DISPATCH "$((_ftrace && _probes > 1))"
	)
	[[ -n $KP_FACTS_DIR ]] \
		|| _values+=(DEFINED 0 RETURN 0 STRUCTS 0 HASSYMS 0 SYMNAMES '' SYMS '')
	for ((_i = 0; _i < _probes; _i++)); do
		_values+=("FUNCNAME$_i" "${_probed[_i]}" "EVENT$_i" "${_called[_i]}")
	done
	for ((_i = 0; _i < ${#_values[@]}; _i += 2)); do
		_kp_generate_fact "$1" "TPL_${_values[_i]}" "${_values[_i + 1]}" || return
	done
	_values=("A kernel probe on ${_probed[0]}")
	((_probes == 1)) || _values=("$_probes kernel probes, on ${_probed[0]} and others")
	printf 'm4_define(<|TPL_TITLE|>, <|<|%s|>|>)m4_dnl\n' "${_values[0]}" >>"$1"
}

# kp_generate_module() { # <dir> <name> <command line> <engine> <funcnames> <events>
# Writes <dir>/<name>.c, its headers and Makefile, for the probes of KP_FACTS_*; the
# last two are arrays of what each is called. <dir> exists and is empty. Free text
# goes in by a file of its own, which m4 does not scan.
kp_generate_module() {
	local dir=$1 name=$2 template=helper_ring.c.in
	local -a frame=("$1/facts.m4")
	[[ $KP_FACTS_SINK != log ]] || template=helper_kp.c.in
	if [[ ! $KP_KDIR =~ $KP_PATHS_MAKE ]]; then
		kp_err "header tree $(kp_printable "$KP_KDIR"): make cannot build with such characters in a path"
		kp_hint "give it by another path: --kdir=DIR"
		return "$KP_EX_MACHINE"
	fi
	if ! : >"$dir/facts.m4"; then
		kp_err "directory $dir: cannot write there"
		return "$KP_EX_BUILD"
	fi
	_kp_generate_facts "$dir/facts.m4" "$name" "$4" "$5" "$6" || return
	[[ -z $KP_FACTS_DIR ]] || frame+=("$KP_FACTS_DIR/frame.m4")
	if ! printf ' * Made by kp_load %s for kernel %s:\n *   %s\n' \
		"$KP_VERSION" "$KP_RELEASE" "$3" >"$dir/command.txt"; then
		_kp_generate_unwritten "$dir" || return
	fi
	_kp_generate_parts "$dir" || return
	_kp_generate_m4 "$dir" "$template" "$dir/$name.c" "${frame[@]}" || return
	_kp_generate_m4 "$dir" Makefile.in "$dir/Makefile" "${frame[@]}" || return
	_kp_generate_headers "$dir" "$dir/$name.c" || return
	rm -f -- "$dir/facts.m4" "$dir/command.txt" "$dir/parts.c"
}
