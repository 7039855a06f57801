# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# build.sh - Kbuild, and the cache of built modules. The only file that runs
# make. Needs log.sh trust.sh cleanup.sh generate.sh sanity.sh; KP_WORKDIR KP_KDIR KP_RELEASE.
#
# The binary of a module depends on the request's shape (options, templates,
# kernel, compiler), not on the function: so a shape is built once, under the
# fixed names below, and every probe of that shape is a copy with its own
# names written over them. A string is as long with any other in its place.
[[ -n ${_KP_BUILD_SOURCED:-} ]] && return 0
_KP_BUILD_SOURCED=1

# Placeholders, as long as what may replace them: 55, 511 and 63 characters.
printf -v _KP_BUILD_PAD '%0*d' 511 0
_KP_BUILD_PAD=${_KP_BUILD_PAD//0/x}
readonly _KP_BUILD_PAD
readonly KP_BUILD_NAME=kp_NAME_${_KP_BUILD_PAD:0:47}

# kp_build_placeholders() { # <array> <array>: of each probe's funcname and event
kp_build_placeholders() {
	local -n _funcs=$1 _events=$2
	local _name
	local -i _n
	_funcs=() _events=()
	for ((_n = 0; _n < ${#KP_PROBE_KIND[@]}; _n++)); do
		_name=kp_FUNCNAME${_n}_$_KP_BUILD_PAD
		_funcs+=("${_name:0:511}")
		_name=kp_EVENT${_n}_$_KP_BUILD_PAD
		_events+=("${_name:0:63}")
	done
}

# kp_build_source() { # <dir>: the source of the shape
kp_build_source() {
	local -a KP_PROBE_FUNCNAME KP_PROBE_EVENT # in place of the probes' own
	kp_build_placeholders KP_PROBE_FUNCNAME KP_PROBE_EVENT
	kp_generate_module "$1" "$KP_BUILD_NAME" "kp_load.sh"
}

# _kp_build_key() { # <shape dir>: prints the name of its place in the cache
_kp_build_key() {
	local dir=$1 cc config=$KP_KDIR/.config key
	local -a given=()
	cc=$(kp_kernel_compiler_of) || return
	cc=$(command -v -- "$cc") || return
	[[ -r $config ]] || config=$KP_KDIR/include/config/auto.conf
	given=("$cc" "$config")
	[[ ! -r $KP_KDIR/Module.symvers ]] || given+=("$KP_KDIR/Module.symvers")
	key=$({
		printf '%s\n' "$KP_RELEASE" "$KP_KDIR"
		# What others made, and large: by size and time.
		stat -L -c '%n %s %Y' -- "${given[@]}" \
			&& cd -- "$dir" && sha256sum -- *
	} | sha256sum) || return
	printf '%s\n' "${key%% *}"
}

# _kp_build_drop() { # <entry>: a cache entry that did not get its module
_kp_build_drop() {
	[[ -e $1/module.ko ]] || rm -rf -- "${1:?}"
}

# _kp_build_explain() { # <log> <name>: what make said, with the user's names
_kp_build_explain() {
	local line said
	said=$(grep -m 12 -E 'error|Error|No space|\*\*\*|warning:.*undefined' -- "$1") \
		|| (($? == 1)) || said="$1: cannot be read"
	while IFS= read -r line; do
		line=${line//$KP_BUILD_NAME/$2}
		line=${line//"$_KP_BUILD_SRC"\//}
		[[ -z $line ]] || printf '  %s\n' "$line" >&2
	done <<<"$said"
}

# _kp_build_kbuild() { # <src> <log>
# In our own process group, so that Ctrl-C ends make with the rest of us. What
# the user's environment holds (MAKEFLAGS, ARCH, KCFLAGS, KBUILD_OUTPUT) is not
# in the key and must not be in the module; gcc's temporary files stay with us.
_kp_build_kbuild() {
	local -a make=(
		make
		--no-print-directory
		-C "$KP_KDIR"
		M="$1"
		modules
	)
	# A kernel built by clang takes modules built by clang and its tools.
	[[ $(kp_kernel_compiler_of) != *clang* ]] || make+=(LLVM=1)
	kp_log_while building env -i PATH="$PATH" LC_ALL=C TMPDIR="$1" "${make[@]}" >"$2" 2>&1
}

# kp_build_shape() { # <shape dir> <name>: the built module, KP_BUILD_SHAPE
# The entry's directory is its own lock: of two racing builds one works, the
# other waits and finds the result.
kp_build_shape() {
	local src=$1 name=$2 key entry log fd
	_KP_BUILD_SRC=$src
	if ! key=$(_kp_build_key "$src"); then
		kp_err "compiler $(kp_kernel_compiler_of): not found"
		return "$KP_EX_MACHINE"
	fi
	entry=$KP_WORKDIR/cache/$key
	while :; do
		if ! mkdir -p -- "$entry" || ! exec {fd}<"$entry"; then
			kp_err "cache $entry: cannot be made"
			return "$KP_EX_BUILD"
		fi
		if ! flock -n "$fd"; then
			kp_note "waiting for another run that builds the same module"
			flock -w 300 "$fd" || {
				kp_err "cache $entry: locked for five minutes"
				return "$KP_EX_BUILD"
			}
		fi
		# A failed build drops its entry: then this lock is on nothing.
		[[ $entry -ef /dev/fd/$fd ]] && break
		exec {fd}<&-
	done
	if [[ -s $entry/module.ko ]]; then
		if ! kp_trust_has "$entry" "$entry/module.ko"; then
			kp_err "cached module $entry: $KP_TRUST_WHY"
			kp_hint "rm -r $entry"
			return "$KP_EX_BUILD"
		fi
	else
		# The guest of a rehearsal loads what was built outside, or nothing.
		if [[ -n ${KP_REHEARSAL:-} ]]; then
			kp_err "module $name: not the one that was built outside: kp_load's files changed meanwhile"
			return "$KP_EX_BUILD"
		fi
		kp_cleanup_push _kp_build_drop "$entry"
		log=$src/build.log
		kp_note "building for $KP_RELEASE (once for each kind of probe, a few seconds)"
		if ! _kp_build_kbuild "$src" "$log" || [[ ! -s $src/$KP_BUILD_NAME.ko ]]; then
			kp_err "module $name: make failed"
			_kp_build_explain "$log" "$name"
			kp_hint "the whole output: kp_load.sh --dry-run ..., then make in the directory it names"
			return "$KP_EX_BUILD"
		fi
		if ! strip --strip-debug -o "$entry/module.tmp" "$src/$KP_BUILD_NAME.ko" \
			|| ! mv -- "$entry/module.tmp" "$entry/module.ko"; then
			kp_err "cache $entry: could not be written"
			kp_hint "is the disk full? see df $KP_WORKDIR"
			return "$KP_EX_BUILD"
		fi
		kp_workdir_prune "$KP_WORKDIR/cache"
	fi
	# What is ours stays, whoever drops the entry now.
	if ! ln -f -- "$entry/module.ko" "$src/shape.ko" 2>/dev/null \
		&& ! cp -- "$entry/module.ko" "$src/shape.ko"; then
		kp_err "module $src/shape.ko: could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_BUILD"
	fi
	touch -c -- "$entry" 2>/dev/null || : # the last to be dropped
	exec {fd}<&-
	KP_BUILD_SHAPE=$src/shape.ko
}

# _kp_build_has_placeholder() { # <module>; what cannot be searched may have one
_kp_build_has_placeholder() {
	grep -qaE 'kp_(NAME|FUNCNAME[0-9]+|EVENT[0-9]+)_x' -- "$1" || (($? != 1))
}

# kp_build_instance() { # <shape.ko> <out.ko> <name>
# The shape with the names of its own probes: each placeholder, and what follows
# it up to its NUL, moves up; the rest is filled with NULs, so that nothing else
# moves.
kp_build_instance() {
	local shape=$1 out=$2 was now nuls
	local -a from to script=() funcs events
	local -i i
	kp_build_placeholders funcs events
	from=("$KP_BUILD_NAME" "${funcs[@]}" "${events[@]}")
	to=("$3" "${KP_PROBE_FUNCNAME[@]}" "${KP_PROBE_EVENT[@]}")
	for ((i = 0; i < ${#from[@]}; i++)); do
		was=${from[i]} now=${to[i]}
		if [[ ! $now =~ ^[A-Za-z0-9_.:+]+$ ]] || ((${#now} > ${#was})); then
			kp_err "name $(kp_printable "$now"): does not fit into the module"
			return "$KP_EX_BUILD"
		fi
		printf -v nuls '%*s' $((${#was} - ${#now})) ''
		# The pad by a star: a pattern as long as it is takes long to compile.
		script+=(-e "s/${was%%x*}x*\\(.*\\)/$now\\1${nuls// /\\x00}/")
	done
	if ! sed -z "${script[@]}" -- "$shape" >"$out" \
		|| [[ $(stat -c %s -- "$shape") != "$(stat -c %s -- "$out")" ]] \
		|| _kp_build_has_placeholder "$out"; then
		kp_err "module $out: could not be written"
		kp_hint "is the disk full? see df ${out%/*}"
		return "$KP_EX_BUILD"
	fi
}

# kp_build: $KP_RUN/module.ko, from the cache or by Kbuild.
kp_build() {
	kp_workdir_mkdir "$KP_RUN/shape" || return
	kp_build_source "$KP_RUN/shape" || return
	kp_build_shape "$KP_RUN/shape" "$KP_NAME" || return
	kp_build_named
}

# kp_build_named: $KP_RUN/module.ko, under the names of these probes.
kp_build_named() {
	kp_build_instance "$KP_BUILD_SHAPE" "$KP_RUN/module.ko" "$KP_NAME"
}

# kp_build_other_engine: the guest of a rehearsal, which builds nothing, may find
# that a function cannot be traced.
kp_build_other_engine() {
	[[ $KP_DEFINE_ENGINE == ftrace && $KP_OPT_ENGINE == auto ]] || return 0
	rm -rf -- "${KP_RUN:?}/shape"
	KP_DEFINE_ENGINE=kprobe
	kp_build || return
	KP_DEFINE_ENGINE=ftrace
}
