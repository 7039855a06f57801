# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# facts.sh - from the probes that are asked for to facts for the generator: kp_def
# knows the language, the types (BTF) and what m4 is to have of them. Needs log.sh
# paths.sh options.sh kernel.sh tools.sh; KP_TOP KP_WORKDIR KP_RUN KP_RELEASE.
[[ -n ${_KP_FACTS_SOURCED:-} ]] && return 0
_KP_FACTS_SOURCED=1

# All of the module's, once they are known; see tools/def/m4_write.c. Without kp_def
# there is nothing to tell but how many probes there are.
KP_FACTS_DIR=  # of the files for m4; empty: none
KP_FACTS_SINK= # where hits go: log, ring or sum; empty: nothing is known yet
KP_FACTS_KEY=  # the sum of all that they are, and of the state that was given

# Of each of its probes, in order.
declare -ga KP_FACTS_KIND=()     # p or r
declare -ga KP_FACTS_EVENT=()    # the event's name; none without kp_def
declare -ga KP_FACTS_KPROBE=()   # 1: only a kprobe can do it
declare -ga KP_FACTS_SYMS=()     # symbols whose addresses the module is given
declare -ga _KP_FACTS_OPTIONS=() # kp_def's

# kp_facts_is_definition() { # <--probe's value>: kprobetrace's own form
kp_facts_is_definition() {
	[[ $1 =~ ^[pr][0-9]*(:[^[:space:]]+)?[[:space:]] ]]
}

# kp_facts_is_syscall() { # <--probe's value>: sys_NAME, of a system call?
# What its function is called depends on the architecture: kp_def knows.
kp_facts_is_syscall() {
	[[ $1 =~ ^sys_([a-z0-9_]+)$ ]] \
		&& grep -q "^SYSCALL(${BASH_REMATCH[1]}[,)]" -- "$KP_TOP/tools/def/syscalls.h"
}

# kp_facts_is_needed() { # <probe>...: does the request go beyond where and when?
kp_facts_is_needed() {
	local probe
	if ((KP_OPT_FOLLOW || KP_OPT_ARGS || KP_OPT_RET || KP_OPT_ERRORS || ${#KP_OPT_ARG[@]})) \
		|| [[ -n $KP_OPT_FILTER$KP_OPT_COMM$KP_OPT_PID$KP_OPT_TID$KP_OPT_UID$KP_OPT_CPU ]]; then
		return 0
	fi
	for probe in "$@"; do
		! kp_facts_is_definition "$probe" || return 0
		! kp_facts_is_syscall "$probe" || return 0
	done
	return 1
}

# kp_facts_is_return() { # do the options ask for the return of a function?
kp_facts_is_return() {
	case $KP_OPT_COUNT/$KP_OPT_HIST in
	ret/ | /duration | /ret) return 0 ;;
	esac
	((KP_OPT_RET || KP_OPT_ERRORS))
}

# kp_facts_make() { # <array of probes> <module's file> [<option of kp_def>...]
# Fills KP_FACTS_*, once. Of the array of the file path and name are read.
kp_facts_make() {
	local -n _probes=$1
	[[ -z $KP_FACTS_SINK ]] || return 0
	if kp_facts_is_needed "${_probes[@]}"; then
		_kp_facts_compile "$@"
	else
		_kp_facts_plain "${#_probes[@]}"
	fi
}

# _kp_facts_plain() { # <n>: what n probes are that tell where and when
_kp_facts_plain() {
	local -i i
	for ((i = 0; i < $1; i++)); do
		KP_FACTS_KIND+=(p)
		KP_FACTS_KPROBE+=(0)
	done
	KP_FACTS_SINK=log
}

# _kp_facts_compile() { # as kp_facts_make
_kp_facts_compile() {
	local -n _all=$1 _file=$2
	local _probe _dir=$KP_RUN/facts
	local -a _words=()
	for _probe in "${_all[@]}"; do
		if ! kp_facts_is_definition "$_probe"; then
			_probe=${_probe%%#*}
			[[ -z ${_file[name]:-} || $_probe == *:* ]] || _probe=${_file[name]}:$_probe
		fi
		_words+=("$_probe")
	done
	kp_tools_find kp_def || return
	kp_facts_types _KP_FACTS_OPTIONS "${_file[path]:-}" || return
	_kp_facts_options
	_kp_facts_run "${_KP_FACTS_OPTIONS[@]}" "${@:3}" --m4 --out="$_dir" -- "${_words[@]}" || return
	_kp_facts_read "$_dir/summary" "${#_words[@]}"
}

# _kp_facts_options() { # ours, in kp_def's words
_kp_facts_options() {
	((!KP_OPT_ARGS)) || _KP_FACTS_OPTIONS+=(--args)
	! kp_facts_is_return || _KP_FACTS_OPTIONS+=(--ret)
	_KP_FACTS_OPTIONS+=("${KP_OPT_ARG[@]/#/--arg=}")
	[[ -z $KP_OPT_FILTER ]] || _KP_FACTS_OPTIONS+=("--filter=$KP_OPT_FILTER")
	((!KP_OPT_ERRORS)) || _KP_FACTS_OPTIONS+=(--errors)
	((!KP_OPT_SHOWSTACK)) || _KP_FACTS_OPTIONS+=(--showstack)
	((!KP_OPT_FOLLOW)) || _KP_FACTS_OPTIONS+=(--follow)
	case $KP_OPT_COUNT/$KP_OPT_HIST in
	hits/) _KP_FACTS_OPTIONS+=(--sum=count) ;;
	?*/) _KP_FACTS_OPTIONS+=("--sum=keys:$KP_OPT_COUNT") ;;
	/?*) _KP_FACTS_OPTIONS+=("--sum=hist:$KP_OPT_HIST") ;;
	esac
}

# kp_facts_place() { # <var> <word> <module's file>: the function that it stands for
# As [MOD:]FUNC+OFFSET; the word is a definition, or a system call.
kp_facts_place() {
	local -n _of=$3
	local _dir=$KP_RUN/place _module _func _offset
	local -a _types=() _summary=()
	kp_tools_find kp_def || return
	kp_facts_types _types "${_of[path]:-}" || return
	_kp_facts_run "${_types[@]}" --m4 --out="$_dir" -- "$2" || return
	mapfile -t _summary <"$_dir/summary"
	read -r _module _func _offset <<<"${_summary[4]:-} ${_summary[5]:-} ${_summary[6]:-}"
	[[ $_offset =~ ^[0-9]+$ ]] || _kp_facts_foreign || return
	[[ $_module == - ]] || _func=$_module:$_func
	((_offset == 0)) || _func+=+$_offset
	printf -v "$1" '%s' "$_func"
}

# kp_facts_check() { # <array of probes> <module's file>: is it all in order?
kp_facts_check() {
	local -n _asked=$1 _from=$2
	local -a _types=()
	kp_tools_find kp_def || return
	kp_facts_types _types "${_from[path]:-}" || return
	_kp_facts_run "${_types[@]}" -- "${_asked[@]}" >/dev/null
}

# _kp_facts_run() { # <argument>...: kp_def; its own statuses are ours, and told
_kp_facts_run() {
	local status=0
	"$KP_TOOLS/kp_def" "$@" || status=$?
	case $status in
	0) return 0 ;;
	2 | 1[0-2])
		kp_log_tell
		return "$status"
		;;
	126)
		kp_err "work directory $KP_WORKDIR: what is built there cannot be run"
		kp_hint "is it mounted noexec? KP_WORKDIR=DIR names another place"
		return "$KP_EX_MACHINE"
		;;
	esac
	kp_err "definition compiler $KP_TOOLS/kp_def: ended with status $status"
	return "$KP_EX_BUILD"
}

# _kp_facts_read() { # <summary> <n>
_kp_facts_read() {
	local sink
	if ! { read -r sink && read -r KP_FACTS_KEY && read -ra KP_FACTS_KIND \
		&& read -ra KP_FACTS_EVENT && read -r && read -r && read -r \
		&& read -ra KP_FACTS_KPROBE && read -ra KP_FACTS_SYMS; } <"$1" \
		|| ((${#KP_FACTS_KIND[@]} != $2)) \
		|| [[ ${KP_FACTS_KPROBE[*]} == *[!0-9\ ]* || ${KP_FACTS_KIND[*]} == *[!pr\ ]* ]] \
		|| [[ $sink != log && $sink != ring && $sink != sum ]]; then
		_kp_facts_foreign || return
	fi
	KP_FACTS_DIR=${1%/*} KP_FACTS_SINK=$sink
}

# _kp_facts_foreign() { # what is read is not what kp_def writes
_kp_facts_foreign() {
	kp_err "definition compiler $KP_TOOLS/kp_def: what it wrote is not its summary"
	return "$KP_EX_BUILD"
}

# kp_facts_types() { # <array> <module's file or nothing>: kp_def's options for the BTF
# The running kernel's, or that of the image of another kernel, taken out once;
# the option that names it is the first.
kp_facts_types() {
	local -n _options=$1
	local _btf=$KP_WORKDIR/cache/btf-$KP_RELEASE _image _release
	_options=()
	kp_paths_read _release "$KP_PROC/sys/kernel/osrelease" || _release=
	[[ $KP_RELEASE != "$_release" ]] || _options+=("--module-dir=$KP_SYS/kernel/btf")
	if [[ $KP_RELEASE == "$_release" && -r $KP_SYS/kernel/btf/vmlinux ]]; then
		_btf=$KP_SYS/kernel/btf/vmlinux
	elif _image=$(kp_kernel_image "$KP_RELEASE"); then
		# shellcheck source=lib/types.sh
		source "$KP_TOP/lib/types.sh"
		kp_types_extract "$_image" _btf || return
	fi
	# Without any, kp_def says what to write instead of names.
	_options=("--btf=$_btf" "${_options[@]}" ${2:+"--module-btf=$2"})
}
