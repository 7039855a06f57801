# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kp_load.bash - completion for kp_load.sh: source it, or put it into
# /usr/share/bash-completion/completions as kp_load.sh. Needs bash 4.4, awk for
# the functions' names; not bash-completion.

# Options that take a value, that may take one, and that take none.
_KP_COMPLETE_VALUE=(--probe --mod --unload --emit --kver --kdir --arg --filter
	--comm --pid --tid --uid --cpu --format --duration --max-hits --engine --buffer
	--budget --enable --disable)
_KP_COMPLETE_MAYBE=(--rehearse --status --count --hist)
_KP_COMPLETE_FLAG=(--verbose --showstack --showregs --args --ret --errors --force
	--follow --build-only --dry-run --keep --check --list --demo --help --version)

# Completing a function's name before this many characters would list them all.
_KP_COMPLETE_MIN=3

# _kp_complete_functions() { # <prefix>: FUNC, or MOD:FUNC, from kallsyms
#	0000000000000000 t e1000_intr	[e1000]
_kp_complete_functions() {
	local wanted=${1#*:}
	((${#wanted} >= _KP_COMPLETE_MIN)) || return 0
	WANTED=$1 awk '
		$2 ~ /^[tTwW]$/ {
			name = $3
			if (ENVIRON["WANTED"] ~ /:/) {
				mod = substr($4, 2, length($4) - 2)
				name = (mod == "" ? "vmlinux" : mod) ":" name
			}
			if (index(name, ENVIRON["WANTED"]) == 1 && !seen[name]++)
				print name
		}' "${KP_SYSROOT:-}/proc/kallsyms" 2>/dev/null
}

# _kp_complete_loaded() { # prints the probes that are loaded
_kp_complete_loaded() {
	local dir version
	for dir in "${KP_SYSROOT:-}"/sys/module/kp_*/; do
		[[ -r ${dir}version ]] || continue
		IFS= read -r version <"${dir}version" || continue
		[[ $version == 'kp_load '* ]] || continue
		dir=${dir%/}
		printf '%s\n' "${dir##*/}"
	done
}

# _kp_complete_kernels() { # prints the releases that are installed
_kp_complete_kernels() {
	local dir
	for dir in "${KP_SYSROOT:-}"/lib/modules/*/; do
		[[ -d $dir ]] || continue
		dir=${dir%/}
		printf '%s\n' "${dir##*/}"
	done
}

# _kp_complete_numbers() { # <path before the numbers>: prints what is behind it
_kp_complete_numbers() {
	local path
	for path in "${KP_SYSROOT:-}$1"[0-9]*; do
		[[ ! -d $path ]] || printf '%s\n' "${path#"${KP_SYSROOT:-}$1"}"
	done
}

# _kp_complete_comms() { # prints the names of processes, as --comm takes them
_kp_complete_comms() {
	cat -- "${KP_SYSROOT:-}"/proc/[0-9]*/comm 2>/dev/null \
		| grep -xE '[A-Za-z0-9_./:@+~-]{1,15}' | sort -u
}

# _kp_complete_modules() { # <prefix>: files, directories and loaded modules
_kp_complete_modules() {
	compgen -d -- "$1"
	compgen -f -- "$1" | grep -E '\.ko(\.gz|\.xz|\.zst)?$'
	[[ $1 != */* ]] || return 0
	cut -d' ' -f1 -- "${KP_SYSROOT:-}/proc/modules" 2>/dev/null
}

# _kp_complete_value() { # <option> <prefix>: prints what may follow
_kp_complete_value() {
	case $1 in
	--probe) _kp_complete_functions "$2" ;;
	--mod) _kp_complete_modules "$2" ;;
	--unload)
		printf 'all\n'
		_kp_complete_loaded
		;;
	--status | --enable | --disable) _kp_complete_loaded ;;
	--format) printf '%s\n' text json csv folded ;;
	--engine) printf '%s\n' auto ftrace kprobe ;;
	--count) printf '%s\n' comm ret stack ;;
	--hist) printf '%s\n' duration ret ;;
	--buffer) printf '%s\n' 64K 256K 1M 4M 16M ;;
	--kver) _kp_complete_kernels ;;
	--comm) _kp_complete_comms ;;
	--pid | --tid) _kp_complete_numbers /proc/ ;;
	--cpu) _kp_complete_numbers /sys/devices/system/cpu/cpu ;;
	--kdir | --emit) compgen -d -- "$2" ;;
	esac
}

# _kp_complete_options() { # <prefix>: prints the options
_kp_complete_options() {
	printf '%s=\n' "${_KP_COMPLETE_VALUE[@]}"
	printf '%s\n' "${_KP_COMPLETE_FLAG[@]}" "${_KP_COMPLETE_MAYBE[@]}"
	# The value may be missing: offer it when the name is there.
	[[ " ${_KP_COMPLETE_MAYBE[*]} " != *" $1 "* ]] || printf '%s=\n' "$1"
}

# _kp_load() { # the entry: reads COMP_LINE and COMP_POINT, sets COMPREPLY
# The words are cut from the line here, since readline cuts at = and : too.
_kp_load() {
	local line=${COMP_LINE:0:COMP_POINT} word before cut option candidate
	word=${line##*[[:space:]]}
	before=${line%"$word"}
	before=${before%"${before##*[![:space:]]}"}
	before=${before##*[[:space:]]}
	# Readline replaces what follows the last character that breaks words.
	cut=${word%"${word##*["$COMP_WORDBREAKS"]}"}
	COMPREPLY=()
	if [[ $word == --*=* ]]; then
		option=${word%%=*}
	elif [[ $word != -* && " ${_KP_COMPLETE_VALUE[*]} " == *" $before "* ]]; then
		option=$before
	else
		option=
	fi
	while IFS= read -r candidate; do
		[[ $word != --*=* ]] || candidate=$option=$candidate
		[[ $candidate == "$word"* ]] || continue
		COMPREPLY+=("${candidate#"$cut"}")
	done < <(
		if [[ -n $option ]]; then
			_kp_complete_value "$option" "${word#"$option="}"
		else
			_kp_complete_options "$word"
		fi
	)
	case $option in
	'') [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null ;;
	--mod | --kdir | --emit) compopt -o filenames 2>/dev/null ;;
	esac
	return 0
}

complete -F _kp_load kp_load.sh
