# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# publish.sh - the module's directory as the user gets it. Needs what plant.sh
# sources.
[[ -n ${_KP_PUBLISH_SOURCED:-} ]] && return 0
_KP_PUBLISH_SOURCED=1

KP_PUBLISHED=      # the module's directory
KP_PUBLISHED_NAME= # and its name

_KP_PUBLISH_COMMAND=             # the command line that made this module
declare -ga _KP_PUBLISH_WORDS=() # --probe, as the generated C tells it

# _kp_publish_is_plain <text>: can it stand between quotes in a C comment?
_kp_publish_is_plain() {
	[[ $1 != *[!\ -~]* && $1 != *[\'\\]* && $1 != *'*/'* && $1 != *'/*'* && $1 != *TPL_* && $1 != *m4_* ]]
}

# The command line that made this module.
_kp_publish_command() {
	local line word
	_kp_publish_words
	line="kp_load.sh ${_KP_PUBLISH_WORDS[*]}"
	for word in "${KP_OPT_ARG[@]/#/--arg=}" "${KP_OPT_FILTER:+--filter=$KP_OPT_FILTER}"; do
		[[ -z $word ]] || ! _kp_publish_is_plain "$word" || line+=" '$word'"
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

# _kp_publish_words: --probe of each, in words that were checked
_kp_publish_words() {
	local word
	local -A place=()
	local -i i
	_KP_PUBLISH_WORDS=()
	for i in "${!KP_REQUEST_WORDS[@]}"; do
		word=${KP_REQUEST_WORDS[i]}
		if kp_facts_is_definition "$word" && _kp_publish_is_plain "$word"; then
			_KP_PUBLISH_WORDS+=("--probe='$word'")
			continue
		fi
		kp_symbols_parse "${KP_SYMBOLS_WORD[i]}" place
		word="--probe=${place[module]:+${place[module]}:}${place[func]}"
		word+=${place[index]:+#${place[index]}}
		((place[offset] == 0)) || printf -v word '%s+0x%x' "$word" "${place[offset]}"
		_KP_PUBLISH_WORDS+=("$word")
	done
}

# _kp_publish_begin() { # the command line; can it, and can the names, stand in C?
_kp_publish_begin() {
	_KP_PUBLISH_COMMAND=$(_kp_publish_command) && _kp_publish_check "$_KP_PUBLISH_COMMAND"
}

# _kp_publish_check() { # <command line>
_kp_publish_check() {
	local -i i
	if [[ $1 == *'*/'* || $1 == *[!\ -~]* ]]; then
		kp_err "command line $(kp_printable "$1"): cannot stand in a C comment"
		return "$KP_EX_BUILD"
	fi
	for i in "${!KP_SYMBOLS_PLANT[@]}"; do
		if ((${#KP_SYMBOLS_PLANT[i]} > KP_BUILD_FUNCNAME_MAX)); then
			kp_err "probe $(kp_printable "${KP_SYMBOLS_PLANT[i]}"): the module and the offset make it too long, $KP_BUILD_FUNCNAME_MAX characters fit"
			return "$KP_EX_TARGET"
		fi
		kp_build_allows "TPL_FUNCNAME$i" "${KP_SYMBOLS_PLANT[i]}" \
			&& kp_build_allows "TPL_EVENT$i" "${KP_REQUEST_EVENTS[i]}" || return
	done
}

# _kp_publish_make() { # <name>: $KP_RUN/<name>, as the user gets it
# The source of its shape with its own names. None that is put in is long enough
# to hold one that is still to be replaced, nor is an x behind one.
_kp_publish_make() {
	local dir=$KP_RUN/$1
	local -a edit=(-e "s/kp_NAME_xx*/$1/g")
	local -i i
	for i in "${!KP_REQUEST_EVENTS[@]}"; do
		edit+=(-e "s|kp_EVENT${i}_xx*|${KP_REQUEST_EVENTS[i]}|g")
	done
	for i in "${!KP_SYMBOLS_PLANT[@]}"; do
		edit+=(-e "s|kp_FUNCNAME${i}_xx*|${KP_SYMBOLS_PLANT[i]}|g")
	done
	edit+=(-e "/^ \*   $KP_BUILD_COMMAND\$/{" -e "r $KP_RUN/command" -e d -e '}')
	if ! printf ' *   %s\n' "$_KP_PUBLISH_COMMAND" >"$KP_RUN/command" \
		|| ! cp -r -T -- "$KP_BUILD_SOURCE" "$dir" \
		|| ! mv -T -- "$dir/$KP_BUILD_NAME.c" "$dir/$1.c" \
		|| ! sed -s -i "${edit[@]}" "$dir/$1.c" "$dir/Makefile"; then
		kp_err "module source $dir: could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_BUILD"
	fi
}

# _kp_publish_source() { # <name> [module.ko]: what it is made of, to be trusted
_kp_publish_source() {
	kp_build_source "$KP_ENGINE" "$@" \
		&& kp_build_trust "$KP_BUILD_SOURCE"{,/*} ${2:+"$KP_BUILD_SHAPE"}
}

# kp_publish() { # <name> [module.ko]: the directory, in the work directory
# Fills KP_PUBLISHED and KP_PUBLISHED_NAME. A directory that differs was edited or
# asked for otherwise: it stays, and ours gets the next free name.
kp_publish() {
	local name=$1 dir
	local -i i=1
	_kp_publish_begin && _kp_publish_source "$@" || return
	while :; do
		_kp_publish_make "$name" || return
		dir=$KP_WORKDIR/$name
		if _kp_publish_is_ours "$dir" && _kp_publish_is_same "$KP_RUN/$name" "$dir"; then
			break
		fi
		if mv -T -n -- "$KP_RUN/$name" "$dir" 2>/dev/null \
			&& [[ ! -e $KP_RUN/$name ]]; then
			break
		fi
		rm -rf -- "${KP_RUN:?}/$name"
		if [[ ! -e $dir && ! -L $dir ]]; then
			kp_err "directory $dir: could not be written"
			kp_hint "is the disk full? see df $KP_WORKDIR"
			return "$KP_EX_BUILD"
		fi
		if (((i += 1) >= 1000)); then
			kp_err "directory $KP_WORKDIR/$1: there are 999 of that name, and none is the same"
			kp_hint "remove those that are not needed, or name another place: KP_WORKDIR=DIR"
			return "$KP_EX_BUILD"
		fi
		name=$1_$i
	done
	KP_PUBLISHED=$dir KP_PUBLISHED_NAME=$name
}

# _kp_publish_is_ours <directory>: with all that make may read of it
_kp_publish_is_ours() {
	local file
	local -a files=("$1")
	[[ -d $1 ]] || return
	for file in "$1"/* "$1"/.[!.]*; do
		[[ ! -e $file && ! -L $file ]] || files+=("$file")
	done
	kp_trust_has "${files[@]}"
}

# _kp_publish_is_same <new> <old>: every generated file is there, unchanged, beside
# what make put there.
_kp_publish_is_same() {
	local said line
	said=$(diff -q -r -- "$1" "$2" 2>&1) || (($? == 1)) || return
	while IFS= read -r line; do
		[[ -z $line || $line == "Only in $2: "* ]] || return
	done <<<"$said"
}

# kp_publish_emit() { # <name>: its source where the user wants it, never over something
kp_publish_emit() {
	local dir=$KP_OPT_EMIT path height
	if [[ -e $dir || -L $dir ]]; then
		_kp_publish_exists "$dir"
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
	_kp_publish_begin || return
	height=$(kp_cleanup_mark)
	# Made anew, and closed to all others until it is whole.
	kp_cleanup_push _kp_publish_unmake "$path"
	if ! kp_cleanup_mkdir "$path"; then
		kp_cleanup_forget "$height"
		if [[ -e $path || -L $path ]]; then
			_kp_publish_exists "$dir"
			return
		fi
		kp_err "directory $(kp_printable "$dir"): cannot be made"
		return "$KP_EX_BUILD"
	fi
	kp_cleanup_push kp_cleanup_remove "$path"
	_kp_publish_source "$1" && _kp_publish_make "$1" || return
	# What the user is given may be read as widely as anything of theirs.
	if ! cp -r -T -- "$KP_RUN/$1" "$path" \
		|| ! chmod -R u=rwX,go=rX -- "$path"; then
		kp_err "directory $(kp_printable "$dir"): cannot be written"
		return "$KP_EX_BUILD"
	fi
	printf '%s\n' "$dir" || return
	kp_cleanup_forget "$height"
}

# _kp_publish_unmake() { # <directory>: what --emit had not begun to fill
_kp_publish_unmake() {
	rmdir -- "$1" 2>/dev/null
}

# _kp_publish_exists <directory>
_kp_publish_exists() {
	kp_err "directory $(kp_printable "$1"): exists"
	kp_hint "--emit makes a new one, and overwrites nothing"
	return "$KP_EX_USAGE"
}

# kp_publish_tell_params() { # what is not in the module, but given to it
kp_publish_tell_params() {
	kp_plan_begin
	kp_request_params || return
	((${#KP_PLAN_PARAMS[@]} == 0)) \
		|| kp_note "to be given to insmod: ${KP_PLAN_PARAMS[*]}"
	((${#KP_FACTS_SYMS[@]} == 0)) \
		|| kp_note "and, from /proc/kallsyms: syms=the addresses of ${KP_FACTS_SYMS[*]}; make load does it"
}

# kp_publish_module() { # <name>: the module beside its source, and its path
kp_publish_module() {
	local status=0
	kp_publish "$1" module.ko || return
	kp_plan_begin
	kp_module_plan "$KP_RUN/plan" "$KP_PUBLISHED_NAME" || return
	"$KP_TOOLS/kp_run" "--trust=$KP_TOP/kp_load.sh" --instance "$KP_RUN/plan" \
		"$KP_PUBLISHED/$KP_PUBLISHED_NAME.ko" || status=$?
	if ((status)); then
		kp_log_tell
		return "$status"
	fi
	printf '%s\n' "$KP_PUBLISHED/$KP_PUBLISHED_NAME.ko"
}
