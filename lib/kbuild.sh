# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kbuild.sh - what the cache does not hold: generated, built by Kbuild and put
# there. The only file that runs make for a module. Needs log.sh trust.sh
# cleanup.sh workdir.sh kernel.sh build.sh facts.sh; KP_TOP KP_WORKDIR KP_RUN KP_KDIR KP_RELEASE.
[[ -n ${_KP_KBUILD_SOURCED:-} ]] && return 0
_KP_KBUILD_SOURCED=1

# shellcheck source=lib/generate.sh
source "$KP_TOP/lib/generate.sh"

# kp_kbuild_fill() { # <entry> <engine> <name> <source|module.ko>: the entry gets it
# The entry's directory is its own lock: of two racing builds one works, the
# other waits and finds the result.
kp_kbuild_fill() {
	local entry=$1 fd
	_kp_kbuild_enter "$entry" fd || return
	if [[ ! -s $entry/$4 ]]; then
		# The guest of a rehearsal loads what was built outside, or nothing.
		if [[ -n ${KP_REHEARSAL:-} ]]; then
			kp_err "module $3: not the one that was built outside: kp_load's files changed meanwhile"
			return "$KP_EX_BUILD"
		fi
		kp_cleanup_push _kp_kbuild_drop "$entry" "$4"
		[[ -e $entry/source ]] || _kp_kbuild_generate "$entry" "$2" || return
		if [[ $4 == module.ko ]]; then
			_kp_kbuild_make "$entry" "$3" || return
			_kp_kbuild_keep "$entry" || return
		fi
		kp_workdir_prune "$KP_WORKDIR/cache"
	fi
	exec {fd}<&-
}

# _kp_kbuild_enter() { # <entry> <var>: it is there, and locked by that descriptor
_kp_kbuild_enter() {
	local _fd
	while :; do
		if ! mkdir -p -- "$1" || ! exec {_fd}<"$1"; then
			kp_err "cache $1: cannot be made"
			return "$KP_EX_BUILD"
		fi
		if ! flock -n "$_fd"; then
			kp_note "waiting for another run that builds the same module"
			flock -w 300 "$_fd" || {
				kp_err "cache $1: locked for five minutes"
				return "$KP_EX_BUILD"
			}
		fi
		# A failed build drops its entry: then this lock is on nothing.
		[[ $1 -ef /dev/fd/$_fd ]] && break
		exec {_fd}<&-
	done
	printf -v "$2" %d "$_fd"
}

# _kp_kbuild_drop() { # <entry> <source|module.ko>: an entry that did not get it
_kp_kbuild_drop() {
	[[ -e $1/$2 ]] || kp_cleanup_remove "$1"
}

# _kp_kbuild_begin() { # $KP_RUN/shape, a directory with nothing in it
_kp_kbuild_begin() {
	rm -rf -- "$KP_RUN/shape" # of a shape that was made for another engine
	mkdir -- "$KP_RUN/shape" 2>/dev/null && return
	kp_err "directory $KP_RUN/shape: cannot be made"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}

# _kp_kbuild_generate() { # <entry> <engine>: the entry gets its source, whole or not
_kp_kbuild_generate() {
	local -a _functions _names # in place of the probes' own
	_kp_kbuild_begin || return
	kp_build_placeholders _functions _names
	kp_generate_module "$KP_RUN/shape" "$KP_BUILD_NAME" "$KP_BUILD_COMMAND" "$2" \
		_functions _names || return
	mv -T -- "$KP_RUN/shape" "$1/source" || _kp_kbuild_unwritten "$1"
}

# _kp_kbuild_make() { # <entry> <name>: $KP_RUN/shape has the module, as make made it
_kp_kbuild_make() {
	local src=$KP_RUN/shape
	kp_build_trust "$1/source"{,/*} && _kp_kbuild_begin || return
	cp -- "$1/source"/* "$src" || _kp_kbuild_unwritten "$1" || return
	kp_note "building for $KP_RELEASE (once for each kind of probe, a few seconds)"
	if ! _kp_kbuild_run "$src" "$src/build.log" || [[ ! -s $src/$KP_BUILD_NAME.ko ]]; then
		kp_err "module $2: make failed"
		_kp_kbuild_explain "$src/build.log" "$2" "$src"
		kp_hint "the whole output: kp_load.sh --dry-run ..., then make in the directory it names"
		return "$KP_EX_BUILD"
	fi
}

# _kp_kbuild_unwritten() { # <entry>
_kp_kbuild_unwritten() {
	kp_err "cache $1: could not be written"
	kp_hint "is the disk full? see df $KP_WORKDIR"
	return "$KP_EX_BUILD"
}

# _kp_kbuild_keep() { # <entry>: gets the module
_kp_kbuild_keep() {
	if ! strip --strip-debug -o "$1/module.tmp" "$KP_RUN/shape/$KP_BUILD_NAME.ko" \
		|| ! mv -- "$1/module.tmp" "$1/module.ko"; then
		_kp_kbuild_unwritten "$1"
	fi
}

# _kp_kbuild_explain() { # <log> <name> <directory>: what make said, with the user's names
_kp_kbuild_explain() {
	local line said
	said=$(grep -m 12 -E 'error|Error|No space|\*\*\*|warning:.*undefined' -- "$1") \
		|| (($? == 1)) || said="$1: cannot be read"
	while IFS= read -r line; do
		line=${line//$KP_BUILD_NAME/$2}
		line=${line//"$3"\//}
		[[ -z $line ]] || printf '  %s\n' "$line" >&2
	done <<<"$said"
}

# _kp_kbuild_run() { # <src> <log>
# In our own process group, so that Ctrl-C ends make with the rest of us. What
# the user's environment holds (MAKEFLAGS, ARCH, KCFLAGS, KBUILD_OUTPUT) is not
# in the key and must not be in the module; gcc's temporary files stay with us.
_kp_kbuild_run() {
	local cc
	local -a make=(
		make
		--no-print-directory
		-C "$KP_KDIR"
		M="$1"
		modules
	)
	# A kernel built by clang takes modules built by clang and its tools.
	kp_kernel_compiler cc
	[[ $cc != *clang* ]] || make+=(LLVM=1)
	kp_log_while building env -i PATH="$PATH" LC_ALL=C TMPDIR="$1" "${make[@]}" >"$2" 2>&1
}
