# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# sanity.sh - can this machine and kernel do it? The table of gates, and what
# runs and reports them. A gate is one function, with its remedy for this
# distribution, in sanity/. Nothing is changed, and no remedy is carried out.
# Needs log.sh paths.sh trust.sh; KP_TOP.
#
# A gate kp_sanity_gate_<name> sets what is below and returns 0 (fine),
# 1 (fails) or 2 (a warning or information: the run may go on). Call it where
# errexit is off (if, ||): its status is an answer.
# shellcheck disable=SC2154 # KP_EX_* and the paths are theirs
[[ -n ${_KP_SANITY_SOURCED:-} ]] && return 0
_KP_SANITY_SOURCED=1

# shellcheck source=lib/kernel.sh
source "$KP_TOP/lib/kernel.sh"
# shellcheck source=lib/kernel_config.sh
source "$KP_TOP/lib/kernel_config.sh"
# shellcheck source=lib/distro.sh
source "$KP_TOP/lib/distro.sh"
# shellcheck source=lib/sanity/load.sh
source "$KP_TOP/lib/sanity/load.sh"
# shellcheck source=lib/sanity/build.sh
source "$KP_TOP/lib/sanity/build.sh"
# shellcheck source=lib/sanity/vm.sh
source "$KP_TOP/lib/sanity/vm.sh"
# shellcheck source=lib/sanity/info.sh
source "$KP_TOP/lib/sanity/info.sh"

# Given by the caller.
: "${KP_WORKDIR:=}" # where modules are generated and built; may not exist yet

# Set by every gate.
KP_SANITY_DETAIL=  # one line: object and cause, or the good news
KP_SANITY_REMEDY=  # one command or instruction; may be empty
KP_SANITY_INSTEAD= # the other way out; may be empty

# What must hold to load a module, to build one, to try one in a VM, and what
# is good to know.
KP_SANITY_LOAD=(root release modules container kmod kprobes armed
	ftrace_enabled lockdown signature kptr_restrict panic_on_oops)
KP_SANITY_BUILD=(make m4 headers compiler pahole proc workdir)
# shellcheck disable=SC2034 # read by kp_load.sh
KP_SANITY_REHEARSE=(emulator busybox image)
KP_SANITY_INFO=(btf ftrace tracefs debugfs optimization qemu)

# Warnings that are worth a line before every plant.
_KP_SANITY_RISKY=(container armed compiler kptr_restrict panic_on_oops)

# How an error calls the gate, where its name alone does not tell.
declare -gA _KP_SANITY_WHAT=(
	[root]=user
	[release]=kernel
	[armed]=kprobes
	[ftrace_enabled]=ftrace
	[signature]='module signature'
	[kmod]='module tools'
	[workdir]='work directory'
	[image]='kernel image'
	[btf]=BTF
)

# ---------------------------------------------------------------- small tools

_kp_sanity_ok() { # <detail>
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY='' KP_SANITY_INSTEAD=''
}

_kp_sanity_fail() { # <detail> [remedy [instead]]
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY=${2:-} KP_SANITY_INSTEAD=${3:-}
	return 1
}

_kp_sanity_warn() { # <detail> [remedy [instead]]
	KP_SANITY_DETAIL=$1 KP_SANITY_REMEDY=${2:-} KP_SANITY_INSTEAD=${3:-}
	return 2
}

# Where PATH finds a command; of make and gcc we want to know which one.
_kp_sanity_which() { # <variable> <command>
	local -n _path=$1
	_path=
	hash -- "$2" 2>/dev/null || return 1
	_path=${BASH_CMDS[$2]:-}
	[[ -n $_path ]]
}

_kp_sanity_has() { # <word> <list>...: is the word in the list?
	local word=$1 item
	shift
	for item in "$@"; do
		[[ $item == "$word" ]] && return 0
	done
	return 1
}

# Can this kernel mount it? Unknown counts as yes: then mount says.
_kp_sanity_has_filesystem() { # <type>
	local line
	[[ -r $KP_PROC/filesystems ]] || return 0
	while IFS= read -r line; do
		[[ ${line##*$'\t'} == "$1" ]] && return 0
	done <"$KP_PROC/filesystems"
	return 1
}

_kp_sanity_is_empty_dir() { # <directory>: nothing in it that we can see
	local entry
	for entry in "$1"/*; do
		[[ -e $entry || -L $entry ]] && return 1
	done
	return 0
}

# ----------------------------------------------------------- running the gates

# Runs one gate and leaves its three lines fit for a terminal.
_kp_sanity_run() { # <gate>
	local -i status=0
	if ! declare -F "kp_sanity_gate_$1" >/dev/null; then
		_kp_sanity_fail 'no such check' || status=$?
	else
		"kp_sanity_gate_$1" || status=$?
	fi
	local -n _text
	for _text in KP_SANITY_DETAIL KP_SANITY_REMEDY KP_SANITY_INSTEAD; do
		if [[ $_text == *[!\ -~]* ]]; then
			_text=$(kp_printable "$_text" 400)
		fi
	done
	return "$status"
}

# kp_sanity_require_for() { # <load|build|rehearse|guest>: what that takes
kp_sanity_require_for() {
	case $1 in
	load) kp_sanity_require "${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}" ;;
	rehearse) kp_sanity_require "${KP_SANITY_REHEARSE[@]}" "${KP_SANITY_BUILD[@]}" ;;
	guest) kp_sanity_require "${KP_SANITY_LOAD[@]}" ;;
	*) kp_sanity_require "${KP_SANITY_BUILD[@]}" ;;
	esac
}

# All of them are run: silent when fine. 11 if any failed: an error for each,
# with its remedy, and where it is the only one with the other way out too.
# Where none failed, a warning where going on is risky.
kp_sanity_require() { # <gate>...
	local gate what
	local -i status i
	local -a failed=() warned=()
	for gate in "$@"; do
		status=0
		_kp_sanity_run "$gate" || status=$?
		what=${_KP_SANITY_WHAT[$gate]:-$gate}
		# "headers 6.1.0: none", but not "make make: not found"
		if [[ $KP_SANITY_DETAIL == "$what"[:\ ]* ]]; then
			what=
		elif [[ $KP_SANITY_DETAIL == *:* ]]; then
			what+=' '
		else
			what+=': '
		fi
		if ((status == 1)); then
			failed+=("$what$KP_SANITY_DETAIL" "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD")
		elif ((status == 2)) \
			&& _kp_sanity_has "$gate" "${_KP_SANITY_RISKY[@]}"; then
			warned+=("$what$KP_SANITY_DETAIL" "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD")
		fi
	done
	if ((${#failed[@]} == 0)); then
		for ((i = 0; i < ${#warned[@]}; i += 3)); do
			kp_warn "${warned[i]}"
			_kp_sanity_hints "${warned[@]:i+1:2}"
		done
		return "$KP_EX_OK"
	fi
	for ((i = 0; i < ${#failed[@]}; i += 3)); do
		kp_err "${failed[i]}"
		if ((${#failed[@]} == 3)); then
			_kp_sanity_hints "${failed[@]:i+1:2}"
		else
			_kp_sanity_hints "${failed[i + 1]}"
		fi
	done
	return "$KP_EX_MACHINE"
}

_kp_sanity_hints() { # <hint>...
	local hint
	for hint in "$@"; do
		[[ -z $hint ]] || kp_hint "$hint"
	done
}

# Prints a text in lines of 80 columns, the second and later ones indented;
# a word that is longer than a line (a path) is left whole.
_kp_sanity_fold() { # <columns used> <indent> <text>
	local word line='' indent
	local -i room=$((80 - $1))
	printf -v indent '%*s' "$2" ''
	set -- "$3 "
	while [[ -n $1 ]]; do
		word=${1%% *}
		if [[ -n $line ]] && ((${#line} + 1 + ${#word} > room)); then
			printf '%s\n%s' "$line" "$indent"
			room=$((80 - ${#indent}))
			line=$word
		else
			line+="${line:+ }$word"
		fi
		set -- "${1#* }"
	done
	printf '%s\n' "$line"
}

# One line of the table:
#	ok    headers         /lib/modules/6.1.0-56-amd64/build (complete)
_kp_sanity_row() { # <word> <gate>
	local colour='' plain='' line
	if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
		plain=$'\e[0m'
		case $1 in
		ok) colour=$'\e[32m' ;;
		warn) colour=$'\e[33m' ;;
		FAIL) colour=$'\e[1;31m' ;;
		*) plain= ;;
		esac
	fi
	printf '%s%-4s%s  %-14s  ' "$colour" "$1" "$plain" "$2"
	_kp_sanity_fold 22 22 "$KP_SANITY_DETAIL"
	[[ $1 != ok ]] || return 0
	for line in "$KP_SANITY_REMEDY" "$KP_SANITY_INSTEAD"; do
		[[ -z $line ]] || printf '      -> %s\n' "$line" # whole, to be copied
	done
}

# The table of --check on stdout; 11 if any gate failed. Without arguments all
# gates; what only a rehearsal needs is then information.
# shellcheck disable=SC2120 # no gates means all of them
kp_sanity_report() { # [gate...]
	local gate word
	local -a gates=("$@") rehearsal=()
	local -A count=([ok]=0 [FAIL]=0 [warn]=0 [info]=0)
	local -i status
	if ((${#gates[@]} == 0)); then
		rehearsal=(busybox image) # its emulator is in the last list as qemu
		gates=("${KP_SANITY_LOAD[@]}" "${KP_SANITY_BUILD[@]}"
			"${rehearsal[@]}" "${KP_SANITY_INFO[@]}")
	fi
	for gate in "${gates[@]}"; do
		status=0
		_kp_sanity_run "$gate" || status=$?
		word=ok
		if ((status != 0)) && _kp_sanity_has "$gate" "${rehearsal[@]}" \
			"${KP_SANITY_INFO[@]}"; then
			word=info
		elif ((status == 1)); then
			word=FAIL
		elif ((status == 2)); then
			word=warn
		fi
		((count[$word] += 1))
		_kp_sanity_row "$word" "$gate"
	done
	printf '%d checks: %d ok, %d failed, %d warnings, %d for information\n' \
		"${#gates[@]}" "${count[ok]}" "${count[FAIL]}" "${count[warn]}" \
		"${count[info]}"
	if ((count[FAIL])); then
		kp_log_tell # by its row
		return "$KP_EX_MACHINE"
	fi
}
