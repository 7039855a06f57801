# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# workdir.sh - where all is written: the work directory with its cache, and in it
# this run's own directory. Needs log.sh paths.sh trust.sh cleanup.sh options.sh; KP_TOP.
[[ -n ${_KP_WORKDIR_SOURCED:-} ]] && return 0
_KP_WORKDIR_SOURCED=1

KP_WORKDIR=${KP_WORKDIR:-$KP_TOP/tmp}
KP_RUN= # this run's own directory, below KP_WORKDIR

# How many shapes the cache keeps.
[[ ${KP_BUILD_CACHE_MAX:-} =~ ^[0-9]{1,6}$ ]] || KP_BUILD_CACHE_MAX=64

KP_WORKDIR_IS_KNOWN=0 # 1: that it and our own files can be trusted

# kp_workdir_find() { # where it is, whatever leads there
kp_workdir_find() {
	if ! kp_trust_path KP_WORKDIR "$KP_WORKDIR"; then
		kp_err "work directory $(kp_printable "$KP_WORKDIR"): where its links lead is not known"
		return "$KP_EX_MACHINE"
	fi
	if [[ ! $KP_WORKDIR =~ $KP_PATHS_MAKE ]]; then
		kp_err "work directory $(kp_printable "$KP_WORKDIR"): make cannot build with such characters in a path"
		kp_hint "name another place: KP_WORKDIR=/var/tmp/kp_load"
		return "$KP_EX_MACHINE"
	fi
}

# kp_workdir_take_as_known() { # it was looked at, and so were our own files
kp_workdir_take_as_known() {
	KP_WORKDIR_IS_KNOWN=1
}

# kp_workdir_prepare() { # the work directory and its cache exist and are ours
kp_workdir_prepare() {
	local dir
	((!KP_WORKDIR_IS_KNOWN)) || return 0
	_kp_workdir_trust_sources || return
	kp_workdir_find || return
	for dir in "$KP_WORKDIR" "$KP_WORKDIR/cache"; do
		if [[ ! -d $dir ]] && ! mkdir -p -- "$dir"; then
			kp_err "work directory $dir: cannot be made"
			kp_hint "name another place: KP_WORKDIR=/var/tmp/kp_load"
			return "$KP_EX_MACHINE"
		fi
		if ! kp_trust_has "$dir"; then
			kp_err "work directory $dir: $KP_TRUST_WHY"
			kp_trust_hint KP_WORKDIR=DIR
			return "$KP_EX_MACHINE"
		fi
	done
}

# What root builds from, and runs.
_kp_workdir_trust_sources() {
	! kp_trust_sources || return 0
	if [[ $KP_TRUST_BAD == "$KP_TOP"/* ]]; then
		kp_err "kp_load's own ${KP_TRUST_BAD#"$KP_TOP"/}, in $KP_TOP: $KP_TRUST_WHY"
	else
		kp_err "kp_load's own directory $KP_TOP: $KP_TRUST_WHY"
	fi
	kp_trust_hint
	return "$KP_EX_MACHINE"
}

# kp_workdir_begin() { # this run's own directory; what a killed run left is swept
kp_workdir_begin() {
	local old
	kp_workdir_prepare || return
	for old in "$KP_WORKDIR"/run.*; do
		[[ -d $old ]] || continue
		_kp_workdir_sweep || return
		break
	done
	# The undo comes first: a signal may end us before the next command.
	kp_cleanup_begin
	KP_RUN=$KP_WORKDIR/run.$$
	kp_cleanup_push _kp_workdir_drop
	# Containers that share the directory have runs of one number.
	until kp_cleanup_mkdir "$KP_RUN" || [[ ! -e $KP_RUN ]]; do
		KP_RUN+=_
	done
	if ! exec {KP_RUN_LOCK}<"$KP_RUN" || ! flock -n "$KP_RUN_LOCK" || ! : >"$KP_RUN/began" \
		|| ! echo yes >"$KP_RUN/untold"; then
		kp_err "work directory $KP_WORKDIR: cannot write there"
		kp_hint "name another place: KP_WORKDIR=/var/tmp/kp_load"
		return "$KP_EX_MACHINE"
	fi
}

# _kp_workdir_sweep() { # directories of runs that are no more
# By one at a time, so that none is swept that has come in the place of another.
# It is the cache that is locked, which no other user can open. What is a minute
# old and has not begun, as its run holds its lock by then, is dead, too.
_kp_workdir_sweep() {
	local old fd lock
	local -i status=0
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
		[[ -e $old/began || -n $(find "$old" -maxdepth 0 -mmin +1 2>/dev/null) ]] || continue
		# Its run may just be ending.
		{ exec {fd}<"$old"; } 2>/dev/null || continue
		# Nor is it one that has come in the place of what was opened.
		if flock -n "$fd" && [[ $old -ef /dev/fd/$fd ]]; then
			rm -rf -- "${old:?}"
		fi
		exec {fd}<&-
	done
	exec {lock}<&-
}

_kp_workdir_drop() {
	if [[ -z ${KP_RUN_LOCK:-} || ! $KP_RUN -ef /dev/fd/${KP_RUN_LOCK:-} ]]; then
		# Not ours yet, if it is ours: another run's is not empty for long.
		rmdir -- "$KP_RUN" 2>/dev/null || :
	elif ((KP_OPT_KEEP)); then
		kp_note "run directory kept: $KP_RUN"
	else
		kp_cleanup_remove "$KP_RUN"
	fi
}

# kp_workdir_prune() { # <directory>: drop those over KP_BUILD_CACHE_MAX
# Those that were not used for longest, but none that another run holds.
kp_workdir_prune() {
	local entry entries
	local -A seen=()
	# Where another run drops one meanwhile it is left to that.
	entries=$(find "$1" -mindepth 1 -maxdepth 2 ! -path "$1/tools*" ! -path "$1/symbols*" \
		\( -type d ! -path "$1/*/*" -o -path "$1/*/used" \) -printf '%T@ %p\n' | sort -rn | cut -d' ' -f2-) || return 0
	while IFS= read -r entry; do
		entry=${entry%/used}
		[[ -z ${seen[.$entry]:-} ]] || continue
		seen[.$entry]=1
		((${#seen[@]} > KP_BUILD_CACHE_MAX)) || continue
		[[ $entry != "$KP_WORKDIR"/*/* ]] \
			|| flock -n -- "$entry" rm -rf -- "${entry:?}" || :
	done <<<"$entries"
	return 0
}
