# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KPROBES ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# glob.sh - which functions a pattern stands for, [MOD:]GLOB as in vfs_*: all
# that match and that can be probed. Needs log paths options symbols blacklist
# define; awk.
[[ -n ${_KP_GLOB_SOURCED:-} ]] && return 0
_KP_GLOB_SOURCED=1

declare -ga KP_GLOB_WORDS=()     # what it stands for, as --probe takes them
declare -gA KP_GLOB_LEFT=()      # why not -> how many match besides
declare -ga _KP_GLOB_DENIED=()   # patterns of our own list
readonly _KP_GLOB_JUDGED_MAX=200 # more are too many, whatever our list says

# kp_glob_is() { # <--probe's value>: a pattern, and no definition?
kp_glob_is() {
	[[ $1 == *[*?[]* ]] && ! kp_facts_is_definition "$1"
}

# kp_glob_expand() { # <[MOD:]GLOB>: fills KP_GLOB_WORDS and KP_GLOB_LEFT
# In one pass over kallsyms. Status 2 if it is none, 10 if nothing is left.
kp_glob_expand() {
	local spec=$1 pattern=$1 module='' found
	KP_GLOB_WORDS=() KP_GLOB_LEFT=() _KP_GLOB_DENIED=()
	if [[ $spec == *:* ]]; then
		module=${spec%%:*} pattern=${spec#*:}
		_kp_symbols_check_module "$spec" "$module" || return
		module=${module//-/_}
	fi
	if ((${#pattern} > 511)) || [[ ! $pattern =~ ^([A-Za-z0-9_.*?]|\[[!^]?[A-Za-z0-9_.-]+\])+$ ]]; then
		kp_err "probe $(kp_printable "$spec"): not a pattern of functions' names"
		kp_hint "letters, digits, _ and ., and * ? [a-z] [!a-z]; no +OFFSET and no #N can follow"
		return "$KP_EX_USAGE"
	fi
	if ! found=$(_kp_glob_scan "$pattern" "$module"); then
		kp_err "symbols $KP_SYMBOLS_FILE: cannot be read"
		return "$KP_EX_MACHINE"
	fi
	_kp_glob_choose "$pattern" "$module" <<<"$found" || return
	((${#KP_GLOB_WORDS[@]} == 0)) || return 0
	kp_err "function $(kp_printable "$spec"): no function that can be probed matches$(_kp_glob_left)"
	kp_hint "kp_load.sh --check --probe=FUNC says why one cannot; a module's are there while it is loaded"
	return "$KP_EX_TARGET"
}

# kp_glob_tell() { # <[MOD:]GLOB>: how many, and how many not
kp_glob_tell() {
	kp_note "$1: ${#KP_GLOB_WORDS[@]} functions$(_kp_glob_left)"
}

# kp_glob_refuse_many() { # <[MOD:]GLOB> <other probes>
kp_glob_refuse_many() {
	local others=''
	(($2 == 0)) || others=", and $2 others are asked for"
	kp_err "function $(kp_printable "$1"): ${#KP_GLOB_WORDS[@]} match$others, a module probes $KP_PROBES_MAX"
	kp_hint "narrow it, as in $(kp_printable "${1%%[*?[]*}")[a-m]*, or in MOD:GLOB"
	return "$KP_EX_USAGE"
}

# _kp_glob_left() { # prints "; left out: ..." if something is
_kp_glob_left() {
	local why text=''
	local -A says=(
		[forbidden]='that the kernel forbids'
		[denied]='that are dangerous (--force takes them)'
		[shared]='whose name several share'
		[untraced]='that ftrace cannot trace'
		[copy]='made by the compiler'
		[alias]='that are other names of these'
	)
	for why in forbidden denied shared untraced copy alias; do
		[[ -z ${KP_GLOB_LEFT[$why]:-} ]] \
			|| text+=", ${KP_GLOB_LEFT[$why]} ${says[$why]}"
	done
	[[ -z $text ]] || printf '; left out: %s' "${text:2}"
}

# _kp_glob_choose() { # <pattern> <module>: of _kp_glob_scan's lines
# Bash itself says what matches, so that a pattern means what it means there.
_kp_glob_choose() {
	local pattern=$1 module=$2 why name in address next type same names word use=print
	local -A taken=()
	# What goes to the ring costs what counting costs.
	((!KP_OPT_FOLLOW)) || use=count
	kp_blacklist_patterns _KP_GLOB_DENIED "$use" || return
	if kp_facts_is_return; then
		kp_blacklist_patterns _KP_GLOB_DENIED return || return
	fi
	while IFS='|' read -r why name in address next type same names; do
		# shellcheck disable=SC2053 # a pattern
		[[ $name == $pattern ]] || continue
		if [[ $why == ok && -n ${taken[.$address]:-} ]]; then
			why='alias'
		elif [[ $why == ok ]] && _kp_glob_is_denied "${in:-vmlinux}" "$name" "$names"; then
			why=denied
		fi
		if [[ $why != ok ]]; then
			KP_GLOB_LEFT[$why]=$((${KP_GLOB_LEFT[$why]:-0} + 1))
			continue
		fi
		[[ -z $address ]] || taken[.$address]=1
		word=${module:-$in}
		word=${word:+$word:}$name
		KP_GLOB_WORDS+=("$word")
		# Where other symbols have the name, there is more to find out.
		((same > 1)) || KP_SYMBOLS_KNOWN["$word"]="$address|$type|$in|$next||1|$names"
	done
}

# _kp_glob_is_denied() { # <module> <function> <its other names>: by our own list?
_kp_glob_is_denied() {
	local module=$1 name pattern
	local -a all
	((!KP_OPT_FORCE && ${#KP_GLOB_WORDS[@]} <= _KP_GLOB_JUDGED_MAX)) || return
	read -ra all <<<"$2 $3"
	for pattern in "${_KP_GLOB_DENIED[@]}"; do
		for name in "${all[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			[[ $module:$name != $pattern && $module:${name%%.*} != $pattern ]] || return 0
		done
	done
	return 1
}

# _kp_glob_scan() { # <pattern> <module>: prints the functions that may match
# WHY|NAME|MODULE|ADDRESS|NEXT ADDRESS|TYPE|SYMBOLS OF THE NAME|OTHER NAMES
# WHY is ok, or why it is left out. What the pattern begins with has to do here.
# The three inputs:
#	0xffffffff82003a10-0xffffffff82003a40<TAB>exc_int3
#	e1000_intr [e1000]
#	ffffffffc04b1230 t e1000_intr<TAB>[e1000]
_kp_glob_scan() {
	local black=$KP_KPROBES/blacklist traced=/dev/null dotted=0
	[[ $1 != *.* ]] || dotted=1
	[[ -r $black ]] || black=/dev/null
	if ((KP_OPT_FOLLOW)) && [[ $KP_OPT_ENGINE == ftrace ]] && ! kp_facts_is_return; then
		traced=$KP_TRACEFS/available_filter_functions
		[[ -r $traced ]] || traced=/dev/null
	fi
	# shellcheck disable=SC2016 # awk's $1, not ours
	KP_AWK_PREFIX=${1%%[*?[]*} KP_AWK_COPIES=$dotted KP_AWK_MODULE=$2 \
		KP_AWK_HIDDEN=$KP_SYMBOLS_HIDDEN LC_ALL=C awk '
	function why(i, field, k, count, found) {
		if (name[i] ~ /[.]/ && !copies) return "copy"
		if (functions[name[i]] > 1) return "shared"
		whole = name[i]
		sub(/[.].*/, "", whole)
		if (at[i] in black || name[i] in black || whole in black) return "forbidden"
		if (!tracing) return "ok"
		count = split(name[i] " " names[at[i]], field, " ")
		for (k = 1; k <= count; k++)
			if ((field[k] (module[i] == "" ? "" : " [" module[i] "]")) in traced) found = 1
		return found ? "ok" : "untraced"
	}
	function others(i, field, k, count, list) {
		count = split(names[at[i]], field, " ")
		for (k = 1; k <= count; k++)
			if (field[k] != name[i]) list = list (list == "" ? "" : " ") field[k]
		return list
	}
	BEGIN {
		prefix = ENVIRON["KP_AWK_PREFIX"]
		asked = ENVIRON["KP_AWK_MODULE"]
		copies = ENVIRON["KP_AWK_COPIES"] + 0
		hidden = ENVIRON["KP_AWK_HIDDEN"] + 0
	}
	what == "black" {
		black[$2] = 1
		if ($1 !~ /^0x0*-/) black[substr($1, 3, index($1, "-") - 3)] = 1
		next
	}
	what == "traced" {
		tracing = 1
		traced[$0] = 1
		next
	}
	{
		# vmlinux is sorted by address, a module is not.
		if ($4 == "" && $1 != last) {
			for (; open < n; open++) next_of[open + 1] = $1 ""
			last = $1 ""
		}
		if ($4 != "") open = n
		in_module = substr($4, 2, length($4) - 2)
		if (index($3, prefix) == 1) same[$3 "|" in_module]++
	}
	$3 == "_sinittext" { freed = 1 }
	$3 == "_einittext" { freed = 0 }
	freed || $2 !~ /^[tTwW]$/ || in_module == "bpf" || in_module ~ /^__builtin__/ \
		|| $3 ~ /^__(pfx|cfi)_/ { next }
	!hidden { names[$1] = names[$1] " " $3 }
	index($3, prefix) == 1 && (asked == "" || asked == (in_module == "" ? "vmlinux" : in_module)) {
		n++
		name[n] = $3
		type[n] = $2
		module[n] = in_module
		at[n] = hidden ? "" : $1 ""
		functions[$3]++
	}
	END {
		for (i = 1; i <= n; i++)
			print why(i) "|" name[i] "|" module[i] "|" at[i] "|" (hidden ? "" : next_of[i]) "|" \
				type[i] "|" same[name[i] "|" module[i]] "|" others(i)
	}' what=black "$black" what=traced "$traced" what=symbols "$KP_SYMBOLS_FILE"
}
