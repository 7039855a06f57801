#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kp_load.sh - from a function's name to a native kernel probe, in one command:
# checks the machine and the function, writes a kernel module in C, builds it
# with the kernel's own Kbuild, loads it, and says what it catches.

# main ends by exit, which shellcheck takes for code that nothing reaches.
# shellcheck disable=SC2317

# Any shell can read as far as this.
# shellcheck disable=SC2292 # [[ ]] is what older shells may lack
if [ -z "${BASH_VERSINFO:-}" ] || [ "${BASH_VERSINFO[0]}" -lt 4 ] \
	|| { [ "${BASH_VERSINFO[0]}" -eq 4 ] && [ "${BASH_VERSINFO[1]}" -lt 4 ]; }; then
	echo "kp_load: error: this shell: bash 4.4 or newer is needed" >&2
	exit 11
fi

set -Eeuo pipefail
shopt -s inherit_errexit lastpipe
export LC_ALL=C
umask 077
unset POSIXLY_CORRECT # what it makes of options, of "--" not least, is not ours
# Nor what the environment makes of patterns and functions, or knows as read.
set +fk
shopt -u failglob nullglob dotglob nocaseglob nocasematch
unset FUNCNEST GLOBIGNORE "${!_KP_@}"
[[ :$PATH: == *:/usr/sbin:* ]] || PATH+=:/usr/sbin:/sbin # of who is not root

# A command that was run before may begin here, with nothing read that it does
# not need.
if [[ ${KP_AGAIN:-} != no && " $*" == *' --'@(follow|count|hist)* ]]; then
	KP_TOP=${BASH_SOURCE[0]}
	[[ $KP_TOP == */* && ! -L $KP_TOP ]] || KP_TOP=$(realpath -- "$KP_TOP")
	KP_TOP=${KP_TOP%/*}
	# shellcheck source=lib/trust.sh
	source "$KP_TOP/lib/trust.sh"
	# shellcheck source=lib/again.sh
	source "$KP_TOP/lib/again.sh"
	kp_again_begin "$@"
fi

KP_VERSION=0.1
KP_TOP=$(realpath -- "${BASH_SOURCE[0]}")
KP_TOP=${KP_TOP%/*}
KP_WORKDIR=${KP_WORKDIR:-$KP_TOP/tmp}
KP_RELEASE= # the kernel that is probed
KP_KDIR=    # its headers
KP_RUN=     # this run's own directory, below KP_WORKDIR
KP_NAME=    # the module's name

# shellcheck source=lib/log.sh
source "$KP_TOP/lib/log.sh"
# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/trust.sh
source "$KP_TOP/lib/trust.sh"
# shellcheck source=lib/cleanup.sh
source "$KP_TOP/lib/cleanup.sh"
# shellcheck source=lib/options.sh
source "$KP_TOP/lib/options.sh"
# shellcheck source=lib/sanity.sh
source "$KP_TOP/lib/sanity.sh"
# shellcheck source=lib/symbols.sh
source "$KP_TOP/lib/symbols.sh"
# shellcheck source=lib/symbols_one.sh
source "$KP_TOP/lib/symbols_one.sh"
# shellcheck source=lib/blacklist.sh
source "$KP_TOP/lib/blacklist.sh"
# shellcheck source=lib/define.sh
source "$KP_TOP/lib/define.sh"
# shellcheck source=lib/glob.sh
source "$KP_TOP/lib/glob.sh"
# shellcheck source=lib/glob_one.sh
source "$KP_TOP/lib/glob_one.sh"
# shellcheck source=lib/generate.sh
source "$KP_TOP/lib/generate.sh"
# shellcheck source=lib/build.sh
source "$KP_TOP/lib/build.sh"
# shellcheck source=lib/module.sh
source "$KP_TOP/lib/module.sh"
# shellcheck source=lib/events.sh
source "$KP_TOP/lib/events.sh"
# shellcheck source=lib/remember.sh
source "$KP_TOP/lib/remember.sh"
# shellcheck source=lib/vm.sh
source "$KP_TOP/lib/vm.sh"
# shellcheck source=lib/rehearse.sh
source "$KP_TOP/lib/rehearse.sh"

# An unexpected failure: the only message without an object to name. Our own
# statuses were explained where they came from; those of grep or make look like
# them, and were not.
on_error() {
	local status=$? line=$1 command=$2 told
	((BASH_SUBSHELL == 0)) || return "$status"
	((status != 141)) || exit "$status" # nobody reads our output any more
	told=$status
	((status > 128)) || kp_log_is_told || told=not
	case $told in
	2 | 1[0-4] | 20 | 129 | 130 | 143) return "$status" ;;
	esac
	kp_err "internal error: ${BASH_SOURCE[1]##*/}:$line: $command (status $status)"
	exit "$KP_EX_INTERNAL"
}

on_exit() {
	local status=$?
	trap '' INT TERM HUP
	trap - ERR
	set +e
	kp_cleanup_run
	exit "$status"
}

# Which kernel, and where its headers are.
choose_kernel() {
	if [[ -n $KP_OPT_KVER ]]; then
		KP_RELEASE=$KP_OPT_KVER
		require_installed || return
	elif [[ -n $KP_OPT_KDIR ]]; then
		read_kdir_release || return
	elif ((KP_OPT_REHEARSE)) && [[ -z ${KP_REHEARSAL:-} ]]; then
		if ! KP_RELEASE=$(kp_vm_default_release); then
			kp_err "kernel to rehearse on: none is installed in $KP_BOOT"
			kp_hint "$(kp_sanity_install_command kernel), or kp_load.sh --demo"
			return "$KP_EX_MACHINE"
		fi
	else
		KP_RELEASE=$(kp_paths_release) || return
	fi
	require_release_name || return
	if [[ -n $KP_OPT_KDIR ]]; then
		if ! KP_KDIR=$(realpath -e -- "$KP_OPT_KDIR" 2>/dev/null) \
			|| [[ ! -d $KP_KDIR ]]; then
			kp_err "header tree $(kp_printable "$KP_OPT_KDIR"): no such directory"
			return "$KP_EX_USAGE"
		fi
	else
		KP_KDIR=$(kp_sanity_find_kdir "$KP_RELEASE") || KP_KDIR=
	fi
}

require_release_name() {
	[[ ! $KP_RELEASE =~ ^[A-Za-z0-9][A-Za-z0-9._+~-]*$ ]] || return 0
	kp_err "kernel release $(kp_printable "$KP_RELEASE"): not a release's name"
	return "$KP_EX_USAGE"
}

# A release that nothing is installed of is most likely a typo.
require_installed() {
	local installed
	require_release_name || return
	[[ -z $KP_OPT_KDIR && ! -d $KP_LIB_MODULES/$KP_RELEASE ]] || return 0
	! kp_sanity_find_kdir "$KP_RELEASE" >/dev/null || return 0
	installed=$(find "$KP_LIB_MODULES/" -mindepth 1 -maxdepth 1 -printf '%f ' 2>/dev/null) || :
	kp_err "kernel $(kp_printable "$KP_RELEASE"): not installed"
	kp_hint "installed: ${installed:-none}"
	return "$KP_EX_MACHINE"
}

# The release that the header tree of --kdir is for.
read_kdir_release() {
	if ! KP_RELEASE=$(kp_sanity_tree_release "$KP_OPT_KDIR"); then
		kp_err "header tree $(kp_printable "$KP_OPT_KDIR"): no include/generated/utsrelease.h in it"
		kp_hint "name the release too: --kver=RELEASE"
		return "$KP_EX_USAGE"
	fi
}

# This run's own directory; what a killed run left is swept.
make_run_dir() {
	local old fd lock
	local -i status=0
	kp_build_prepare || return
	# One at a time: a directory without a lock yet is not a dead run's.
	# It is the cache that is locked, which no other user can open.
	exec {lock}<"$KP_WORKDIR/cache" && flock -E 75 -w 60 "$lock" || status=$?
	if ((status == 75)); then
		kp_err "work directory $KP_WORKDIR: another run holds it for a minute"
		return "$KP_EX_MACHINE"
	elif ((status)); then
		kp_err "work directory $KP_WORKDIR: cannot be locked"
		return "$KP_EX_MACHINE"
	fi
	for old in "$KP_WORKDIR"/run.*; do
		[[ -d $old && ! -L $old ]] || continue
		# Its run may just be ending.
		{ exec {fd}<"$old"; } 2>/dev/null || continue
		if flock -n "$fd"; then
			rm -rf -- "${old:?}"
		fi
		exec {fd}<&-
	done
	# The undo comes first: a signal may end us before the next command.
	KP_RUN=$KP_WORKDIR/run.$$
	while [[ -e $KP_RUN ]]; do # where two containers share the directory
		KP_RUN+=_
	done
	kp_cleanup_push drop_run_dir
	if ! mkdir -m 0700 -- "$KP_RUN" || ! exec {KP_RUN_LOCK}<"$KP_RUN" \
		|| ! flock -n "$KP_RUN_LOCK" || ! : >"$KP_RUN/began" \
		|| ! echo yes >"$KP_RUN/untold"; then
		kp_err "work directory $KP_WORKDIR: cannot write there"
		kp_hint "name another place: KP_WORKDIR=/var/tmp/kp_load"
		return "$KP_EX_MACHINE"
	fi
	exec {lock}<&-
}

drop_run_dir() {
	if ((KP_OPT_KEEP)) && [[ -d $KP_RUN ]]; then
		kp_note "run directory kept: $KP_RUN"
	else
		rm -rf -- "${KP_RUN:?}"
	fi
}

# Is the kernel to be probed the one that runs here?
is_for_here() {
	[[ -n ${KP_REHEARSAL:-} ]] && return 0
	[[ $KP_RELEASE == "$(kp_paths_release)" ]] || return 1
	((!KP_OPT_DRY_RUN && !KP_OPT_BUILD_ONLY && !KP_OPT_REHEARSE)) \
		&& [[ -z $KP_OPT_EMIT ]]
}

check_machine() {
	local -a gates=()
	if is_for_here; then
		gates+=("${KP_SANITY_LOAD[@]}")
	elif ((KP_OPT_REHEARSE)); then
		gates+=("${KP_SANITY_REHEARSE[@]}")
	fi
	# The guest of a rehearsal finds its module in the cache.
	[[ -n ${KP_REHEARSAL:-} ]] || gates+=("${KP_SANITY_BUILD[@]}")
	kp_sanity_require "${gates[@]}" || {
		suggest_rehearsal
		return "$KP_EX_MACHINE"
	}
}

# Where this kernel cannot do it an installed one may, in a VM.
suggest_rehearsal() {
	local release
	if is_for_here && [[ -z ${KP_REHEARSAL:-} ]] \
		&& release=$(kp_vm_default_release); then
		kp_hint "or add --rehearse: kernel $release is installed, and takes it in a VM"
	fi
}

# One of the probes, KP_OPT_PROBES[KP_WHICH]: KP_WHAT and PROBE say it in the
# user's words, TARGET in the kernel's. MODFILE is what --mod names.
KP_WHICH=0 KP_WHAT=
declare -A PROBE=() TARGET=() MODFILE=()

# All of them, in order: their names, their options on a command line, what the
# kernel's list of kprobes shows for them, and how their module is called.
declare -a TARGETS=() WORDS=() LISTED=()
declare -a PARAMS=() # what the module is given when it is loaded
PLAIN_NAME=
UNTRACEABLE= # the first that ftrace does not take, and why

# resolve_probes: what every --probe says, checked.
resolve_probes() {
	prepare_symbols || return
	resolve_mod || return
	expand_globs || return
	for KP_WHICH in "${!KP_OPT_PROBES[@]}"; do
		KP_WHAT=${KP_OPT_PROBES[KP_WHICH]}
		resolve_probe || return
		add_probe || return
	done
	kp_define_params
	resolve_syms || return
	choose_engine
}

resolve_mod() {
	[[ -z $KP_OPT_MOD ]] || kp_module_file "$KP_OPT_MOD" "$KP_RELEASE" MODFILE
}

# prepare_symbols: what looks them up, and where their index is
prepare_symbols() {
	# shellcheck disable=SC2034 # for symbols.sh
	KP_SYMBOLS_CACHE=$KP_WORKDIR/cache/symbols
	kp_define_sym
}

# expand_globs: a pattern is the functions that match it now. Also called where
# errexit is off, by --check.
expand_globs() {
	local spec word
	local -a words=() globs=()
	local -A seen=()
	local -i before
	for spec in "${KP_OPT_PROBES[@]}"; do
		if kp_glob_is "$spec"; then
			globs+=("$spec")
		else
			seen[.$spec]=1
		fi
	done
	((${#globs[@]})) || return 0
	for spec in "${KP_OPT_PROBES[@]}"; do
		if ! kp_glob_is "$spec"; then
			words+=("$spec")
			continue
		fi
		expand_glob "$spec" || return
		# What is asked for by its name, too, is one probe.
		before=${#words[@]}
		for word in "${KP_GLOB_WORDS[@]}"; do
			KP_SYMBOLS_KNOWN[$word]=1
			[[ -n ${seen[.$word]:-} ]] || words+=("$word")
			seen[.$word]=1
		done
		((${#words[@]} <= KP_PROBES_MAX)) \
			|| kp_glob_refuse_many "$spec" "$before" || return
		kp_glob_tell "$spec"
	done
	KP_OPT_PROBES=("${words[@]}")
	name_probes
}

# expand_glob <[MOD:]GLOB>
expand_glob() {
	local spec=$1 shown release
	shown=$(kp_printable "$spec")
	release=$(kp_paths_release)
	if [[ $KP_RELEASE != "$release" ]]; then
		kp_err "probe $shown: only the running kernel tells which functions match, and $KP_RELEASE is not running here"
		kp_hint "name the functions, each by a --probe=FUNC"
		return "$KP_EX_USAGE"
	fi
	if [[ ${MODFILE[loaded]:-1} == 0 ]]; then
		kp_err "probe $shown: which functions match is known while module ${MODFILE[name]} is loaded"
		kp_hint "modprobe ${MODFILE[name]} first, or name the functions, each by a --probe=FUNC"
		return "$KP_EX_USAGE"
	fi
	[[ -z ${MODFILE[name]:-} || $spec == *:* ]] || spec=${MODFILE[name]}:$spec
	kp_glob_expand "$spec"
}

# name_probes: a rehearsal is handed the same probes, whatever matches there.
name_probes() {
	local word
	local -a others=()
	local -i value=0
	for word in "${KP_ARGV[@]}"; do
		if ((value)); then
			value=0
		elif [[ $word == --probe ]]; then
			value=1
		elif [[ $word != --probe=* ]]; then
			others+=("$word")
		fi
	done
	KP_ARGV=("${KP_OPT_PROBES[@]/#/--probe=}" "${others[@]}")
}

# Also called where errexit is off, by --check.
resolve_probe() {
	local here=0 use=print
	parse_probe || return
	if [[ -n $KP_OPT_MOD ]]; then
		if [[ -n ${PROBE[module]} && ${PROBE[module]} != "${MODFILE[name]}" ]]; then
			kp_err "function ${PROBE[func]}: --probe names module ${PROBE[module]}, --mod ${MODFILE[name]}"
			return "$KP_EX_USAGE"
		fi
		PROBE[module]=${MODFILE[name]}
	fi
	if is_for_here && [[ -z ${MODFILE[name]:-} || ${MODFILE[loaded]} == 1 ]]; then
		here=1
		kp_symbols_resolve PROBE TARGET || return
	else
		resolve_probe_unseen || return
		warn_unknown
	fi
	# What goes to the ring costs what counting costs.
	if ((KP_OPT_FOLLOW)); then
		use=count
	fi
	kp_blacklist_check TARGET "$use" "$KP_OPT_FORCE" "$here" || return
	[[ $KP_DEFINE_KIND == p ]] \
		|| kp_blacklist_check TARGET return "$KP_OPT_FORCE" "$here"
}

# add_probe: what was resolved is one more of the module's.
add_probe() {
	local event
	choose_event event || return
	check_traceable || return
	[[ -n $PLAIN_NAME ]] || PLAIN_NAME=$(plain_name)
	TARGETS+=("$(target_name)")
	WORDS+=("$(probe_word)")
	LISTED+=("$(listed_as)")
	kp_generate_add "$(plant_name)" "$event"
}

# resolve_syms: the addresses that @SYMBOL of a definition stands for.
resolve_syms() {
	local sym address
	local -a addresses=()
	((${#KP_DEFINE_SYMS[@]})) && is_for_here || return 0
	for sym in "${KP_DEFINE_SYMS[@]}"; do
		address=$(kp_symbols_address "$sym") || return
		addresses+=("0x$address")
	done
	KP_DEFINE_PARAMS+=("syms=$(join_comma "${addresses[@]}")")
}

# parse_probe: what --probe says, whatever its form.
parse_probe() {
	PROBE=([func]='' [module]='' [index]='' [offset]=0)
	if ! kp_define_is_definition "$KP_WHAT"; then
		kp_symbols_parse "$KP_WHAT" PROBE || return
	fi
	! kp_define_is_needed || kp_define_compile
}

# For a kernel that does not run, or a module that is not loaded: its file
# tells, or else the place where the probe is planted.
resolve_probe_unseen() {
	local module=${PROBE[module]}
	[[ $module != vmlinux ]] || module=
	if [[ -n ${MODFILE[path]:-} ]]; then
		kp_symbols_in_object "${MODFILE[path]}" "${PROBE[func]}" "$KP_RUN" || return
	fi
	if ((${PROBE[index]:-0} > 1)); then
		kp_err "function ${PROBE[func]}#${PROBE[index]}: only the running kernel tells the functions of one name apart"
		kp_hint "name its module: --probe=MOD:${PROBE[func]}"
		return "$KP_EX_USAGE"
	fi
	TARGET=([symbol]=${PROBE[func]} [module]=$module [address]='' [type]=t
		[offset]=${PROBE[offset]:-0} [count]=1 [index]=1 [aliases]='' [size]=''
		[plant]=${module:+$module:}${PROBE[func]} [plant_offset]=0)
}

# warn_unknown: what another kernel's files do not have may be mistyped. It may
# be a module's, too, or no list's, so it is not refused; a rehearsal finds out.
warn_unknown() {
	local list
	[[ $KP_OPT_REHEARSE == 0 && -z ${TARGET[module]} && -z ${MODFILE[path]:-} ]] || return 0
	if list=$(kp_symbols_map "$KP_RELEASE" "$KP_KDIR"); then
		! kp_symbols_is_in_map "$list" "${TARGET[symbol]}" || return 0
	elif kp_define_is_unknown; then
		list='its types (BTF)'
	else
		return 0
	fi
	kp_warn "function ${TARGET[symbol]}: kernel $KP_RELEASE does not have it in $list: mistyped, inlined, or a module's, which MOD:${TARGET[symbol]} would name"
}

# kprobe's symbol_name and offset, as the module's parameter takes them.
plant_name() {
	local -i offset=$((TARGET[plant_offset] + TARGET[offset]))
	printf '%s' "${TARGET[plant]}"
	((offset)) && printf '+0x%x' "$offset"
	return 0
}

# The probe as people write it: [MOD:]FUNC[+0xOFF].
target_name() {
	printf '%s' "${TARGET[module]:+${TARGET[module]}:}${TARGET[symbol]}"
	((TARGET[offset])) && printf '+0x%x' "${TARGET[offset]}"
	return 0
}

# FUNC[_0xOFF], of which the names of the event and the module are made.
plain_name() {
	printf '%s' "${TARGET[symbol]//[!A-Za-z0-9_]/_}"
	((TARGET[offset])) && printf '_0x%x' "${TARGET[offset]}"
	return 0
}

# choose_event <var>: the event's name, which no other probe of the run has.
choose_event() {
	local name=$KP_DEFINE_NAME base
	local -i i=1
	[[ -n $name ]] || name=$(plain_name)
	name=${name:0:63} base=${name:0:60}
	while [[ " ${KP_PROBE_EVENT[*]} " == *" $name "* ]]; do
		if [[ $KP_WHAT =~ ^[pr][0-9]*: ]]; then
			kp_err "event $name: two probes of that name"
			kp_hint "each is called as its definition says: p:NAME, r:NAME"
			return "$KP_EX_USAGE"
		fi
		name=${base}_$((i += 1))
	done
	printf -v "$1" '%s' "$name"
}

# probe_word: --probe as the generated C tells it, in words that were checked.
probe_word() {
	local word offset
	word="--probe=${PROBE[module]:+${PROBE[module]}:}${PROBE[func]}"
	[[ ${PROBE[index]:-0} == 0 ]] || word+="#${PROBE[index]}"
	printf -v offset '+0x%x' "${PROBE[offset]:-0}"
	[[ ${PROBE[offset]:-0} == 0 ]] || word+=$offset
	if kp_define_is_definition "$KP_WHAT" && is_plain_text "$KP_WHAT"; then
		word="--probe='$KP_WHAT'"
	fi
	printf '%s\n' "$word"
}

# The command line that made this module.
command_line() {
	local line word
	line="kp_load.sh ${WORDS[*]}"
	for word in "${KP_OPT_ARG[@]/#/--arg=}" "${KP_OPT_FILTER:+--filter=$KP_OPT_FILTER}"; do
		[[ -z $word ]] || ! is_plain_text "$word" || line+=" '$word'"
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

# is_plain_text <text>: can it stand between quotes in a C comment?
is_plain_text() {
	[[ $1 != *[!\ -~]* && $1 != *[\'\\]* && $1 != *'*/'* && $1 != *'/*'* && $1 != *TPL_* && $1 != *m4_* ]]
}

# generate <name> <dir>: the module's directory, as the user gets it.
generate() {
	local name=$1 dir=$2 command
	command=$(command_line)
	make_dir "$dir" || return
	kp_generate_module "$dir" "$name" "$command"
}

# make_dir <new dir>: of the run's
make_dir() {
	mkdir -- "$1" 2>/dev/null && return
	kp_err "directory $1: cannot be made"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}

# build: $KP_RUN/module.ko, from the cache or by Kbuild.
build() {
	make_dir "$KP_RUN/shape" || return
	kp_build_source "$KP_RUN/shape" || return
	kp_build_shape "$KP_RUN/shape" "$KP_NAME" || return
	name_module
}

# name_module: $KP_RUN/module.ko, under the names of these probes.
name_module() {
	kp_build_instance "$KP_BUILD_SHAPE" "$KP_RUN/module.ko" "$KP_NAME"
}

# build_other_engine: the guest of a rehearsal, which builds nothing, may find
# that a function cannot be traced.
build_other_engine() {
	[[ $KP_DEFINE_ENGINE == ftrace && $KP_OPT_ENGINE == auto ]] || return 0
	rm -rf -- "${KP_RUN:?}/shape"
	KP_DEFINE_ENGINE=kprobe
	build || return
	KP_DEFINE_ENGINE=ftrace
}

# publish: moves the generated directory to $KP_WORKDIR/NAME, which is PUBLISHED
# then. A directory that differs was edited or asked for otherwise: it stays, and
# ours gets the next free name.
publish() {
	local base=$KP_NAME dir
	local -i i=1
	while :; do
		generate "$KP_NAME" "$KP_RUN/$KP_NAME" || return
		dir=$KP_WORKDIR/$KP_NAME
		if is_ours "$dir" && is_same_source "$KP_RUN/$KP_NAME" "$dir"; then
			break
		fi
		if mv -T -n -- "$KP_RUN/$KP_NAME" "$dir" 2>/dev/null \
			&& [[ ! -e $KP_RUN/$KP_NAME ]]; then
			break
		fi
		rm -rf -- "${KP_RUN:?}/$KP_NAME"
		if [[ ! -e $dir && ! -L $dir ]]; then
			kp_err "directory $dir: could not be written"
			kp_hint "is the disk full? see df $KP_WORKDIR"
			return "$KP_EX_BUILD"
		fi
		if (((i += 1) >= 1000)); then
			kp_err "directory $KP_WORKDIR/$base: there are 999 of that name, and none is the same"
			kp_hint "remove those that are not needed, or name another place: KP_WORKDIR=DIR"
			return "$KP_EX_BUILD"
		fi
		KP_NAME=${base}_$i
	done
	PUBLISHED=$dir
}

# is_ours <directory>: with all that make may read of it
is_ours() {
	local file
	local -a files=("$1")
	[[ -d $1 ]] || return
	for file in "$1"/* "$1"/.[!.]*; do
		[[ ! -e $file && ! -L $file ]] || files+=("$file")
	done
	kp_trust_has "${files[@]}"
}

# is_same_source <new> <old>: every generated file is there, unchanged.
is_same_source() {
	local file
	for file in "$1"/*; do
		cmp -s -- "$file" "$2/${file##*/}" || return
	done
}

# emit: the module's source where the user wants it, never over something.
emit() {
	local dir=$KP_OPT_EMIT path height
	if [[ -e $dir || -L $dir ]]; then
		emit_exists "$dir"
		return
	fi
	if [[ ! -d $(dirname -- "$dir") ]]; then
		kp_err "directory $(kp_printable "$dir"): its parent does not exist"
		return "$KP_EX_USAGE"
	fi
	if ! kp_trust_path path "${dir%/}" || ! kp_trust_above "$path"; then
		kp_err "directory $(kp_printable "$dir"): $KP_TRUST_WHY"
		kp_trust_hint --emit=DIR
		return "$KP_EX_MACHINE"
	fi
	generate "$KP_NAME" "$KP_RUN/$KP_NAME" || return
	height=$(kp_cleanup_mark)
	# Made anew, and closed to all others until it is whole.
	if ! mkdir -m 0700 -- "$path" 2>/dev/null; then
		if [[ -e $path || -L $path ]]; then
			emit_exists "$dir"
			return
		fi
		kp_err "directory $(kp_printable "$dir"): cannot be made"
		return "$KP_EX_BUILD"
	fi
	kp_cleanup_push rm -rf -- "$path"
	# What the user is given may be read as widely as anything of theirs.
	if ! cp -r -T -- "$KP_RUN/$KP_NAME" "$path" \
		|| ! chmod -R u=rwX,go=rX -- "$path"; then
		kp_err "directory $(kp_printable "$dir"): cannot be written"
		return "$KP_EX_BUILD"
	fi
	printf '%s\n' "$dir" || return
	kp_cleanup_forget "$height"
}

# emit_exists <directory>
emit_exists() {
	kp_err "directory $(kp_printable "$1"): exists"
	kp_hint "--emit makes a new one, and overwrites nothing"
	return "$KP_EX_USAGE"
}

# load: plants the probe under the first free name. With --mod of a module that
# is not loaded the probe comes first, so that the module's init is caught. The
# undo stays with us: it is forgotten by who lets the probe stay, or removed it.
load() {
	local base=$KP_NAME
	local -a armed=()
	local -i i=1
	while [[ -d $KP_SYSMODULE/$KP_NAME ]]; do
		if (((i += 1) >= 1000)); then
			kp_err "module $base: 999 of that name are planted"
			kp_hint "kp_load.sh --list shows them; kp_load.sh --unload=NAME"
			return "$KP_EX_LOAD"
		fi
		KP_NAME=${base}_$i
	done
	((i == 1)) || kp_note "$base is planted already; this one is $KP_NAME"
	build || return
	if [[ ${MODFILE[loaded]:-1} == 0 ]]; then
		load_depends || return
	fi
	PARAMS=(dyndbg=+p)
	((!KP_OPT_FOLLOW)) || PARAMS=(${KP_OPT_BUFFER:+"ring_kb=$KP_OPT_BUFFER"} ${KP_OPT_BUDGET:+"budget=$KP_OPT_BUDGET"})
	PARAMS+=("${KP_DEFINE_PARAMS[@]}")
	((${#BROUGHT[@]} == 0)) || PARAMS+=("brought=$(join_comma "${BROUGHT[@]}")")
	[[ ! -r $KP_KPROBES/list ]] || count_armed armed || return
	kp_module_insert "$KP_RUN/module.ko" "$KP_NAME on $(join_comma "${TARGETS[@]}")" "${PARAMS[@]}" || return
	kp_cleanup_push kp_module_remove "$KP_NAME"
	if [[ ${MODFILE[loaded]:-1} == 0 ]]; then
		kp_module_insert "${MODFILE[path]}" "${MODFILE[name]}" || return
		kp_cleanup_push kp_module_remove "${MODFILE[name]}"
	fi
	verify_armed "${armed[@]}"
}

join_comma() {
	local IFS=,
	printf '%s' "$*"
}

# load_depends: what the target needs, before the probe; BROUGHT is all that
# goes when the probe goes.
declare -a BROUGHT=()
load_depends() {
	local -a depends
	IFS=, read -ra depends <<<"${MODFILE[depends]}"
	kp_cleanup_push kp_module_unbring
	kp_module_bring "${depends[@]}" || return
	BROUGHT=("${KP_MODULE_BROUGHT[@]}" "${MODFILE[name]}")
}

# listed_as: where the kernel's list of kprobes has this one: at an address, or
# its entry behind ENDBR; where that is not known, by its name.
listed_as() {
	local at
	if [[ -z ${TARGET[address]:-} ]]; then
		printf '%s+\n' "${TARGET[symbol]}"
		return 0
	fi
	at=$((16#${TARGET[address]} + ${TARGET[offset]:-0}))
	printf '%016x/%016x\n' "$at" "$((at + 4))"
}

# count_armed <array>: for each probe, how many that list shows armed there.
#	ffffffff812f0a30  k  vfs_read+0x0    [FTRACE]
count_armed() {
	local -n _armed=$1
	printf '%s\n' "${LISTED[@]}" | awk '
		FNR == NR { want[n++] = $1; next }
		/\[DISABLED\]|\[GONE\]/ { next }
		{
			for (i = 0; i < n; i++)
				if (want[i] ~ /\// ? index(want[i], $1) : index($3, want[i]) == 1)
					count[i]++
		}
		END { for (i = 0; i < n; i++) print count[i] + 0 }' - "$KP_KPROBES/list" \
		| mapfile -t _armed
}

# verify_armed <count before>...: since 6.14 register_kprobe() returns 0 although
# arming failed (kprobes.c, __register_kprobe()): only the kernel's list tells.
verify_armed() {
	local -a was=("$@") now=()
	local -i i
	if [[ ! -r $KP_KPROBES/list ]]; then
		kp_warn "probe $KP_NAME: whether it is armed cannot be seen, debugfs is not mounted"
		return 0
	fi
	# An init function is gone by now, and its probe with it: its hit is not.
	if [[ ${MODFILE[loaded]:-1} == 0 && $(kp_module_param "$KP_NAME" stats) != 'hits=0 '* ]]; then
		return 0
	fi
	count_armed now
	for ((i = 0; i < ${#LISTED[@]}; i++)); do
		# register_ftrace_function() does say so.
		[[ $KP_DEFINE_ENGINE/${KP_PROBE_KIND[i]} != ftrace/p ]] || continue
		((now[i] <= was[i])) || continue
		kp_err "probe $KP_NAME: ${TARGETS[i]} is registered, but the kernel's list does not show it armed"
		kp_hint "another user of ftrace may hold the function; try FUNC+OFFSET beyond its first instruction"
		return "$KP_EX_LOAD"
	done
}

# check_traceable: can ftrace take this one? Only the running kernel knows.
check_traceable() {
	((KP_OPT_FOLLOW)) && [[ $KP_DEFINE_KIND == p && -z $UNTRACEABLE ]] || return 0
	if ((TARGET[offset] || TARGET[plant_offset] || KP_DEFINE_NEEDSKPROBE)); then
		UNTRACEABLE="option --engine=ftrace: it probes the entry of a function, and has no %ip"
	elif is_for_here && ! kp_symbols_is_traceable TARGET; then
		UNTRACEABLE="function ${TARGET[symbol]}: ftrace cannot trace it"
	fi
}

# choose_engine: ftrace for entries that can be traced, all of them, where
# events go to the ring.
choose_engine() {
	((KP_OPT_FOLLOW)) && [[ " ${KP_PROBE_KIND[*]} " == *' p '* ]] || return 0
	if [[ $KP_OPT_ENGINE == ftrace && -n $UNTRACEABLE ]]; then
		kp_err "$UNTRACEABLE"
		kp_hint "--engine=kprobe needs no place that the compiler left, and probes any instruction"
		return "$KP_EX_TARGET"
	fi
	KP_DEFINE_ENGINE=$KP_OPT_ENGINE
	[[ $KP_OPT_ENGINE == auto ]] || return 0
	KP_DEFINE_ENGINE=kprobe
	[[ -n $UNTRACEABLE ]] || KP_DEFINE_ENGINE=ftrace
}

# follow_here: plants the probe, shows what it catches, removes it.
follow_here() {
	local status=0 height pilot=1
	# The init function of a module that is being loaded does not wait.
	[[ ${MODFILE[loaded]:-1} != 0 ]] || pilot=0
	((!pilot)) || KP_DEFINE_PARAMS+=(enabled=0)
	height=$(kp_cleanup_mark)
	load || return
	kp_events_options "$KP_NAME" "$pilot" \
		"following $KP_NAME on $(join_comma "${TARGETS[@]}"), by $KP_DEFINE_ENGINE; Ctrl-C ends it"
	kp_remember "${PARAMS[*]}"
	kp_events_follow || status=$?
	# Whoever ended it by --unload may have been first.
	kp_module_unplant "$KP_NAME" || return
	kp_cleanup_forget "$height"
	return "$status"
}

plant_here() {
	local height
	height=$(kp_cleanup_mark)
	load || return
	kp_cleanup_forget "$height"
	say_planted
	say_where
}

say_planted() {
	kp_note "planted $KP_NAME on $(join_comma "${TARGETS[@]}")"
}

# warn_of_readers: values and registers hold addresses of the kernel as they are.
warn_of_readers() {
	local restrict=''
	((KP_DEFINE_DEFINED || KP_OPT_SHOWREGS)) || return 0
	read -r restrict 2>/dev/null <"$KP_PROC/sys/kernel/dmesg_restrict" || :
	[[ $restrict == 0 ]] || return 0
	kp_warn "kernel log: every user here can read it, and the kernel's addresses in it: sysctl kernel.dmesg_restrict=1, or --follow"
}

say_where() {
	kp_note "its hits go to the kernel log:   dmesg -w | grep '$KP_NAME: '"
	kp_note "its counts:                      kp_load.sh --status=$KP_NAME"
	kp_note "remove it:                       kp_load.sh --unload=$KP_NAME"
}

# say_params: what is not in the module, but given to it when it is loaded.
say_params() {
	((${#KP_DEFINE_PARAMS[@]} == 0)) \
		|| kp_note "to be given to insmod: ${KP_DEFINE_PARAMS[*]}"
	((${#KP_DEFINE_SYMS[@]} == 0)) \
		|| kp_note "and, from /proc/kallsyms: syms=the addresses of ${KP_DEFINE_SYMS[*]}; make load does it"
}

plant() {
	choose_kernel || return
	check_machine || return
	make_run_dir || return
	resolve_probes || return
	((${#TARGETS[@]} == 1)) || PLAIN_NAME+=_and_$((${#TARGETS[@]} - 1))
	KP_NAME=$(kp_generate_name "$PLAIN_NAME") || return
	if [[ -n ${KP_REHEARSAL:-} ]]; then
		kp_rehearse_inside
	elif ((KP_OPT_REHEARSE)); then
		build || return
		build_other_engine || return
		kp_rehearse
	elif ((KP_OPT_DRY_RUN)); then
		publish || return
		printf '%s\n' "$PUBLISHED"
		say_params
	elif ((KP_OPT_BUILD_ONLY)); then
		build_only || return
		say_params
	elif [[ -n $KP_OPT_EMIT ]]; then
		emit || return
		say_params
	elif ((KP_OPT_FOLLOW)); then
		follow_here
	else
		warn_of_readers
		plant_here
	fi
}

# build_only: the module beside its source, and its path.
build_only() {
	build || return
	publish || return
	name_module || return # publish may have taken the next free name
	if ! install -m 0600 -- "$KP_RUN/module.ko" "$PUBLISHED/$KP_NAME.ko"; then
		kp_err "module $PUBLISHED/$KP_NAME.ko: could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_BUILD"
	fi
	printf '%s\n' "$PUBLISHED/$KP_NAME.ko"
}

unload() {
	local name
	local -i status=0
	local -a probes=("$KP_OPT_NAME")
	if ((EUID != 0)); then
		kp_sanity_require root || return
	fi
	if [[ $KP_OPT_NAME == all ]]; then
		kp_module_names | mapfile -t probes
		((${#probes[@]})) || kp_note "no probes planted"
	fi
	for name in "${probes[@]}"; do
		kp_module_unload "$name" || status=$?
	done
	return "$status"
}

status() {
	local name
	if [[ -n $KP_OPT_NAME ]]; then
		kp_module_status "$KP_OPT_NAME"
		return
	fi
	local -a planted
	kp_module_names | mapfile -t planted
	((${#planted[@]})) || kp_note "no probes planted"
	for name in "${planted[@]}"; do
		kp_module_status "$name" || return
	done
}

# switch_probe <0|1>: --disable, --enable
switch_probe() {
	kp_sanity_require root || return
	kp_module_switch "$KP_OPT_NAME" "$1"
}

# --check: every gate, and the function if one is named.
check() {
	local -i status=0
	choose_kernel || return
	# shellcheck disable=SC2119 # every gate, not our own arguments
	kp_sanity_report || status=$?
	if ((${#KP_OPT_PROBES[@]})); then
		make_run_dir || return
		prepare_symbols || return
		resolve_mod || return
		expand_globs || return
	fi
	for KP_WHICH in "${!KP_OPT_PROBES[@]}"; do
		KP_WHAT=${KP_OPT_PROBES[KP_WHICH]}
		check_probe || status=$?
	done
	return "$status"
}

check_probe() {
	local where
	resolve_probe || return
	if is_for_here; then
		where=$(kp_symbols_describe TARGET)
		printf 'ok    function        %s\n' "$where"
	else
		printf 'warn  function        %s: only kernel %s itself can tell\n' \
			"$(target_name)" "$KP_RELEASE"
		printf '      -> --rehearse plants it there, in a VM\n'
	fi
	check_prototype
}

# How it is called, where the kernel's types tell; not needed to probe it.
check_prototype() {
	local said=''
	if said=$(kp_define_prototype 2>&1 >"$KP_RUN/prototype"); then
		printf 'ok    prototype       %s\n' "$(<"$KP_RUN/prototype")"
	else
		said=$(grep -m 1 'error: ' <<<"$said") || said=
		printf 'info  prototype       not known: %s\n' "${said##*: }"
	fi
}

demo() {
	make_run_dir || return # of what is installed, the log
	kp_rehearse_demo
}

main() {
	trap 'on_error "$LINENO" "$BASH_COMMAND"' ERR
	trap on_exit EXIT
	# No trap on INT, TERM or HUP: bash 5.2 parses the text of a trap that comes
	# while it expands $(...) as a part of that, which fails, with status 2.
	# Untrapped, a signal runs the EXIT trap and then ends us as itself.

	# Set elsewhere, what is to be rehearsed would be planted here.
	[[ -z ${KP_REHEARSAL:-} ]] || kp_vm_is_guest || unset KP_REHEARSAL
	KP_ARGV=("$@") # a rehearsal hands them on
	kp_options_parse "$@"
	case $KP_OPT_MODE in
	help) kp_options_usage ;;
	version) printf 'kp_load %s\n' "$KP_VERSION" ;;
	list) kp_module_list ;;
	status) status ;;
	unload) unload ;;
	enable) switch_probe 1 ;;
	disable) switch_probe 0 ;;
	check) check ;;
	demo) demo ;;
	plant) plant ;;
	esac
	# Bash would read on here, in a file that may have changed meanwhile.
	exit "$KP_EX_OK"
}

main "$@"
