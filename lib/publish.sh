# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# publish.sh - the module's directory as the user gets it. Needs what plant.sh
# sources.
[[ -n ${_KP_PUBLISH_SOURCED:-} ]] && return 0
_KP_PUBLISH_SOURCED=1

# _kp_publish_generate <name> <dir>: the module's directory, as the user gets it.
_kp_publish_generate() {
	local name=$1 dir=$2 command
	# shellcheck source=lib/generate.sh
	source "$KP_TOP/lib/generate.sh"
	command=$(kp_generate_command_line)
	kp_workdir_mkdir "$dir" || return
	kp_generate_module "$dir" "$name" "$command" "$KP_ENGINE" KP_PROBE_FUNCNAME KP_PROBE_EVENT
}

# kp_publish: moves the generated directory to $KP_WORKDIR/NAME, which is KP_PUBLISHED
# then. A directory that differs was edited or asked for otherwise: it stays, and
# ours gets the next free name.
kp_publish() {
	local base=$KP_NAME dir
	local -i i=1
	while :; do
		_kp_publish_generate "$KP_NAME" "$KP_RUN/$KP_NAME" || return
		dir=$KP_WORKDIR/$KP_NAME
		if _kp_publish_is_ours "$dir" && _kp_publish_is_same "$KP_RUN/$KP_NAME" "$dir"; then
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
	KP_PUBLISHED=$dir
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

# _kp_publish_is_same <new> <old>: every generated file is there, unchanged.
_kp_publish_is_same() {
	local file
	for file in "$1"/*; do
		cmp -s -- "$file" "$2/${file##*/}" || return
	done
}

# kp_publish_emit: the module's source where the user wants it, never over something.
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
	_kp_publish_generate "$KP_NAME" "$KP_RUN/$KP_NAME" || return
	height=$(kp_cleanup_mark)
	# Made anew, and closed to all others until it is whole.
	if ! mkdir -m 0700 -- "$path" 2>/dev/null; then
		if [[ -e $path || -L $path ]]; then
			_kp_publish_exists "$dir"
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

# _kp_publish_exists <directory>
_kp_publish_exists() {
	kp_err "directory $(kp_printable "$1"): exists"
	kp_hint "--emit makes a new one, and overwrites nothing"
	return "$KP_EX_USAGE"
}

# kp_publish_tell_params: what is not in the module, but given to it when it is loaded.
kp_publish_tell_params() {
	((${#KP_PLAN_PARAMS[@]} == 0)) \
		|| kp_note "to be given to insmod: ${KP_PLAN_PARAMS[*]}"
	((${#KP_FACTS_SYMS[@]} == 0)) \
		|| kp_note "and, from /proc/kallsyms: syms=the addresses of ${KP_FACTS_SYMS[*]}; make load does it"
}

# kp_publish_module: the module beside its source, and its path.
kp_publish_module() {
	kp_build || return
	kp_publish || return
	kp_build_named || return # publish may have taken the next free name
	if ! install -m 0600 -- "$KP_RUN/module.ko" "$KP_PUBLISHED/$KP_NAME.ko"; then
		kp_err "module $KP_PUBLISHED/$KP_NAME.ko: could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_BUILD"
	fi
	printf '%s\n' "$KP_PUBLISHED/$KP_NAME.ko"
}
