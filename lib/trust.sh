# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# trust.sh - whose files may root load or run? Needs log.sh KP_TOP.
[[ -n ${_KP_TRUST_SOURCED:-} ]] && return 0
_KP_TRUST_SOURCED=1

# What was not trusted last: the very file or directory, and why, as a message
# about what is used says it.
KP_TRUST_BAD=
KP_TRUST_WHY=
declare -ga _KP_TRUST_LOOK=() # what is looked at, from the top down
declare -gA _KP_TRUST_KIND=() # path -> itself, source, or above what is meant

# kp_trust_path() { # <var> <path>: absolute, with no link on the way to it
# What is trusted is to be used by this path: a link may be set anew.
kp_trust_path() {
	local _path=$2 _at='' _rest
	[[ $_path == /* ]] || _path=$PWD/$_path
	_rest=${_path#/}
	while [[ $_rest == */* ]]; do
		_at+=/${_rest%%/*} _rest=${_rest#*/}
		[[ -L $_at ]] || continue
		_rest=${_path##*/}
		_path=$(realpath -m -- "${_path%/*}") || return
		_path=${_path%/}${_rest:+/$_rest}
		break
	done
	printf -v "$1" '%s' "$_path"
}

# kp_trust_has() { # <path>...: all of them? As kp_trust_path gives them
# Ours, root's or the owner's of kp_load.sh itself, whom root trusts by running
# it; and nobody else may write to it, nor is it a link. Root asks as much of
# each directory above, as who can rename that puts another in the place of what
# was looked at. They are asked from the top down: what is in one that is fine
# stays there, so that nothing can change behind us.
kp_trust_has() {
	local path
	_KP_TRUST_LOOK=() _KP_TRUST_KIND=()
	for path in "$@"; do
		((EUID != 0)) || _kp_trust_add_above "$path"
		_KP_TRUST_LOOK+=("$path")
		_KP_TRUST_KIND[$path]=itself
	done
	_kp_trust_look
}

# kp_trust_sources() { # what root builds from, or has others build from
# Our own program's files and their directories, and all above: each may be open
# to its owner's own group, as one that is above may.
kp_trust_sources() {
	local path
	((EUID == 0)) || return 0
	_KP_TRUST_LOOK=() _KP_TRUST_KIND=()
	_kp_trust_add_above "$KP_TOP/lib"
	for path in "$KP_TOP"/{lib{,/*},templates{,/*},tools{,/*}}{,/*}; do
		[[ -e $path || -L $path ]] || continue
		[[ -z ${_KP_TRUST_KIND[$path]:-} ]] || continue
		_KP_TRUST_LOOK+=("$path")
		_KP_TRUST_KIND[$path]=source
	done
	_kp_trust_look
}

# kp_trust_above() { # <path>: the directories above it, where root asks
kp_trust_above() {
	((EUID == 0)) || return 0
	_KP_TRUST_LOOK=() _KP_TRUST_KIND=()
	_kp_trust_add_above "$1"
	_kp_trust_look
}

# _kp_trust_add_above() { # <path>
_kp_trust_add_above() {
	local path=/ at='' rest=$1
	[[ $rest == /* ]] || rest=$PWD/$rest
	[[ -z ${_KP_TRUST_KIND[${rest%/*}]:-} ]] || return 0 # with all above it
	rest=${rest#/}
	while :; do
		if [[ -z ${_KP_TRUST_KIND[$path]:-} ]]; then
			_KP_TRUST_LOOK+=("$path")
			_KP_TRUST_KIND[$path]=above
		fi
		[[ $rest == */* ]] || return 0
		at+=/${rest%%/*} rest=${rest#*/}
		path=$at
	done
}

# _kp_trust_look() { # is all of _KP_TRUST_LOOK to be trusted?
_kp_trust_look() {
	local stats owner group mode ours=
	local -i i=0
	KP_TRUST_BAD=${_KP_TRUST_LOOK[-1]} KP_TRUST_WHY='it cannot be looked at'
	# One process: this is on the way of every command.
	stats=$(stat -c '%u %g %f' -- "$KP_TOP/kp_load.sh" "${_KP_TRUST_LOOK[@]}" 2>/dev/null) || return
	while read -r owner group mode; do
		if [[ -z $ours ]]; then
			ours=$owner
			continue
		fi
		# Nearly all are plainly fine.
		if ((owner != 0 && owner != EUID && owner != ours)) \
			|| (((16#$mode & 8#022) || (16#$mode & 8#170000) == 8#120000)); then
			_kp_trust_judge "${_KP_TRUST_LOOK[i]}" "$owner" "$group" $((16#$mode)) "$ours" || return
		fi
		i+=1
	done <<<"$stats"
}

# _kp_trust_judge() { # <path> <owner> <group> <mode> <owner of kp_load.sh>
_kp_trust_judge() {
	local what=it mode=$4
	KP_TRUST_BAD=$1
	[[ ${_KP_TRUST_KIND[$1]} != above ]] || what="$1, which is above it,"
	if (($2 != 0 && $2 != EUID && $2 != $5)); then
		KP_TRUST_WHY="$what belongs to uid $2"
	elif (((mode & 8#170000) == 8#120000)); then
		KP_TRUST_WHY="$what is a link"
	elif (((mode & 8#022) == 0)); then
		return 0
	elif [[ $what != it ]] && ((mode & 8#1000)); then
		return 0 # only who owns what is in it renames that, and that is next
	elif [[ ${_KP_TRUST_KIND[$1]} != itself ]] && (((mode & 8#002) == 0)) \
		&& ! _kp_trust_has_acl "$1" && _kp_trust_is_private "$3" "$2"; then
		return 0
	elif [[ $what == it ]]; then
		KP_TRUST_WHY='others can write to it'
	else
		KP_TRUST_WHY="others can write to $1, which is above it"
	fi
	return 1
}

# _kp_trust_has_acl() { # <path>: its group's rights may be those of other users
_kp_trust_has_acl() {
	local said
	said=$(ls -ld -- "$1" 2>/dev/null) || return 0
	[[ ${said:10:1} == + ]]
}

# _kp_trust_is_private() { # <group> <user>: is nobody else in it?
# Where every user has a group of the same number, files are often open to it.
_kp_trust_is_private() {
	local entry name
	entry=$(getent group "$1") && name=$(getent passwd "$2") || return
	entry=${entry##*:} name=${name%%:*}
	[[ -z $entry || $entry == "$name" ]] || return
	! getent passwd | KP_AWK_GROUP=$1 KP_AWK_USER=$2 awk -F: \
		'$4 == ENVIRON["KP_AWK_GROUP"] && $3 != ENVIRON["KP_AWK_USER"] { found = 1 }
		END { exit !found }'
}

# kp_trust_mend() { # prints the command where others can write, or nothing
# Never chown: what a stranger has put in there would stay.
kp_trust_mend() {
	[[ $KP_TRUST_WHY == 'others can write'* ]] || return 0
	if _kp_trust_has_acl "$KP_TRUST_BAD"; then
		printf 'setfacl -b %s && ' "$KP_TRUST_BAD"
	fi
	printf 'chmod go-w %s' "$KP_TRUST_BAD"
}

# kp_trust_hint() { # [<name another place>]: what is to be done about it
kp_trust_hint() {
	local remedy
	remedy=$(kp_trust_mend)
	[[ -n $remedy ]] || remedy="it takes a place where all above is root's"
	kp_hint "$remedy${1:+, or name another: $1}"
}
