# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# build.sh - from facts to a module, out of the cache where it holds the shape.
# Needs log.sh trust.sh facts.sh kernel.sh options.sh; KP_TOP KP_VERSION KP_WORKDIR
# KP_RUN KP_KDIR KP_RELEASE. What only a miss needs is in kbuild.sh.
#
# The binary of a module depends on the request's shape (facts, options, templates,
# kernel, compiler), not on the function: so a shape is built once, under the
# fixed names below, and every probe of that shape is a copy with its own
# names written over them; so is its source. A string is as long with any other in its place.
[[ -n ${_KP_BUILD_SOURCED:-} ]] && return 0
_KP_BUILD_SOURCED=1

# Characters of a module's name (MODULE_NAME_LEN - 1 on a 64-bit kernel), of what
# is probed as its parameter has it, and of an event's name.
readonly KP_BUILD_NAME_MAX=55
readonly KP_BUILD_FUNCNAME_MAX=511
readonly KP_BUILD_EVENT_MAX=63

# Placeholders, as long as what may replace them.
printf -v _KP_BUILD_PAD '%0*d' "$KP_BUILD_FUNCNAME_MAX" 0
_KP_BUILD_PAD=${_KP_BUILD_PAD//0/x}
readonly _KP_BUILD_PAD
readonly KP_BUILD_NAME=kp_NAME_${_KP_BUILD_PAD:0:KP_BUILD_NAME_MAX-8}
readonly KP_BUILD_COMMAND=kp_COMMAND # in the source only, a line of a comment

# The entry of the cache that was asked for last, and what of it.
KP_BUILD_ENTRY= KP_BUILD_SOURCE= KP_BUILD_SHAPE=

# kp_build_placeholders() { # <array> <array>: of each probe's funcname and event
kp_build_placeholders() {
	local -n _funcs=$1 _events=$2
	local _name
	local -i _n
	_funcs=() _events=()
	for ((_n = 0; _n < ${#KP_FACTS_KIND[@]}; _n++)); do
		_name=kp_FUNCNAME${_n}_$_KP_BUILD_PAD
		_funcs+=("${_name:0:KP_BUILD_FUNCNAME_MAX}")
		_name=kp_EVENT${_n}_$_KP_BUILD_PAD
		_events+=("${_name:0:KP_BUILD_EVENT_MAX}")
	done
}

# kp_build_allows() { # <fact> <value>: may it stand in generated code?
# What is not plainly harmless to m4, C and make is refused, not escaped; so
# is what the check for macros left over would take for one.
kp_build_allows() {
	if [[ ! $2 =~ ^[A-Za-z0-9_.:+/=@~-]*$ || $2 =~ TPL_|(^|[^A-Za-z0-9_])m4_ ]]; then
		kp_err "fact $1 $(kp_printable "$2"): not allowed in generated code"
		return "$KP_EX_BUILD"
	fi
}

# kp_build_name() { # <var>: the function that it holds becomes kp_<function>
# What a C or file name does not take becomes _; what is too long is cut, and
# told apart by a checksum. There is room for a number, _999 at most.
kp_build_name() {
	local -n _made=$1
	local _sum
	if ((${#_made} > KP_BUILD_NAME_MAX - 7)); then
		if ! _sum=$(cksum <<<"$_made"); then
			kp_err "name $_made: its checksum cannot be made"
			return "$KP_EX_BUILD"
		fi
		printf -v _sum '%08x' "${_sum%% *}"
		_made=${_made:0:KP_BUILD_NAME_MAX-16}_$_sum
	fi
	_made=kp_${_made//[!A-Za-z0-9_]/_}
}

# What a shape depends on beside its facts: words, and the state of files.
declare -ga KP_BUILD_WITH=() KP_BUILD_STATE=()

# kp_build_state() { # fills both; before the facts are made, whose sum has it
# The templates are ours and may be edited: all of them, included or not.
kp_build_state() {
	local cc config=$KP_KDIR/.config path=''
	kp_kernel_compiler cc || return
	if ! hash -- "$cc" 2>/dev/null || path=${BASH_CMDS[$cc]:-} && [[ -z $path ]]; then
		kp_err "compiler $cc: not found"
		return "$KP_EX_MACHINE"
	fi
	[[ -r $config ]] || config=$KP_KDIR/include/config/auto.conf
	KP_BUILD_WITH=("$KP_VERSION" "$KP_RELEASE" "$KP_KDIR"
		"verbose=$KP_OPT_VERBOSE showstack=$KP_OPT_SHOWSTACK showregs=$KP_OPT_SHOWREGS")
	KP_BUILD_STATE=("$path" "$config")
	[[ ! -r $KP_KDIR/Module.symvers ]] || KP_BUILD_STATE+=("$KP_KDIR/Module.symvers")
	KP_BUILD_STATE+=("$KP_TOP/templates")
}

# _kp_build_key() { # <var>: the sum of the facts and of KP_BUILD_*
# What kp_def was asked for has it; what needs no kp_def is summed up here.
_kp_build_key() {
	local -a files=() state
	local file sum=$KP_FACTS_KEY
	if [[ -z $sum ]]; then
		for file in "$KP_TOP"/templates/{*,*/*,*/*/*}; do
			[[ ! -f $file ]] || files+=("$file")
		done
		state=("${KP_BUILD_WITH[@]}" "${KP_FACTS_KIND[@]}")
		sum=$({ printf '%s\n' "${state[@]}" && stat -L -c '%n %s %.9Y' -- \
			"${KP_BUILD_STATE[@]}" "${files[@]}"; } | sha256sum) || return
	fi
	printf -v "$1" '%s' "${sum%% *}"
}

# kp_build_source() { # <engine> <name> [module.ko]: KP_BUILD_SOURCE, its C, headers
# and Makefile, with placeholders for what differs from probe to probe; and, where
# it is named, the module.
kp_build_source() {
	_kp_build_get "$1" "$2" source "${@:3}"
}

# kp_build_shape() { # <engine> <name>: the built module, KP_BUILD_SHAPE
kp_build_shape() {
	_kp_build_get "$1" "$2" module.ko
}

# _kp_build_get() { # <engine> <name> <source|module.ko>...: in KP_BUILD_ENTRY
_kp_build_get() {
	local key what
	if ! _kp_build_key key; then
		kp_err "module $2: what it is made of cannot be read"
		return "$KP_EX_BUILD"
	fi
	KP_BUILD_ENTRY=$KP_WORKDIR/cache/$key-$1
	KP_BUILD_SOURCE=$KP_BUILD_ENTRY/source KP_BUILD_SHAPE=$KP_BUILD_ENTRY/module.ko
	for what in "${@:3}"; do
		[[ ! -s $KP_BUILD_ENTRY/$what ]] || continue
		# shellcheck source=lib/kbuild.sh
		source "$KP_TOP/lib/kbuild.sh"
		kp_kbuild_fill "$KP_BUILD_ENTRY" "$1" "$2" "$what" || return
	done
	# When it was last used: what was not for longest is dropped first. In another's
	# directory that may be a link to anything.
	[[ ! -O $KP_BUILD_ENTRY || -L $KP_BUILD_ENTRY/used ]] \
		|| { : >"$KP_BUILD_ENTRY/used"; } 2>/dev/null || :
}

# kp_build_trust() { # <file>...: may this of the entry be used?
# The module is asked for by kp_run, too, when it loads it.
kp_build_trust() {
	kp_trust_has "$KP_BUILD_ENTRY" "$@" && return
	kp_err "cached module $KP_BUILD_ENTRY: $KP_TRUST_WHY"
	kp_hint "rm -r $KP_BUILD_ENTRY"
	return "$KP_EX_BUILD"
}
