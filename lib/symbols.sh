# shellcheck shell=bash disable=SC2154 # KP_EX_*, KP_KALLSYMS ... are log.sh's and paths.sh's
# SPDX-License-Identifier: GPL-2.0-only
# symbols.sh - which address is meant: parses [MOD:]FUNC[#N][+OFFSET], looks it
# up in one copy of kallsyms, and tells aliases, copies and near misses.
# Needs log, paths; awk, grep, and nm for object files.
[[ -n ${_KP_SYMBOLS_SOURCED:-} ]] && return 0
_KP_SYMBOLS_SOURCED=1

KP_SYMBOLS_FILE=    # this run's copy of kallsyms
KP_SYMBOLS_HIDDEN=0 # 1: it has names, but every address is zero

readonly _KP_SYMBOLS_FUNC_MAX=511          # KSYM_NAME_LEN without the NUL
readonly _KP_SYMBOLS_MODULE_MAX=55         # MODULE_NAME_LEN without the NUL
readonly _KP_SYMBOLS_LIST_MAX=30           # lines shown of a not unique name
readonly _KP_SYMBOLS_UINT=$((2 ** 32 - 1)) # kprobe.offset is an unsigned int

# [MODULE:]FUNC -> its line of _KP_SYMBOLS_TEXT, where glob.sh found it already
declare -gA KP_SYMBOLS_KNOWN=()

# What the last scan found; _kp_symbols_scan fills these.
# ADDRESS|TYPE|MODULE|NEXT ADDRESS|NEXT NAME|SYMBOLS OF THE NAME|ALIASES
declare -ga _KP_SYMBOLS_TEXT=()
declare -ga _KP_SYMBOLS_VARIANTS=() # FUNC.isra.0 and its like
declare -ga _KP_SYMBOLS_MODULES=()  # where functions of the name are
_KP_SYMBOLS_DATA=                   # type and module of a data symbol of that name
_KP_SYMBOLS_INIT=                   # not empty: a copy in freed init text
_KP_SYMBOLS_PSEUDO=                 # bpf, __builtin__ftrace ...
_KP_SYMBOLS_STEXT=                  # address of _stext
_KP_SYMBOLS_MODULE_SEEN=0           # 1: the module asked for has symbols

#
# The form of what was asked for
#

# kp_symbols_parse() { # <spec> <assoc>
# Checks [MOD:]FUNC[#N][+OFFSET] and fills [func] [module] [index] [offset];
# module and index are empty where not given, the offset is decimal. Status 2.
kp_symbols_parse() {
	local LC_ALL=C
	local -n _kp_symbols_parsed=$2
	local _spec=$1 _func=$1 _module _index _offset
	local -i _column=1
	unset _module _index _offset

	if [[ $_func == *:* ]]; then
		_module=${_func%%:*}
		_func=${_func#*:}
		_column=$((${#_module} + 2))
	fi
	if [[ $_func == *+* ]]; then
		_offset=${_func#*+}
		_func=${_func%%+*}
	fi
	if [[ $_func == *'#'* ]]; then
		_index=${_func#*'#'}
		_func=${_func%%'#'*}
	fi

	if [[ -v _module ]]; then
		_kp_symbols_check_module "$_spec" "$_module" || return
	fi
	_kp_symbols_check_func "$_spec" "$_func" "$_column" || return
	if [[ -v _index && ! $_index =~ ^[1-9][0-9]{0,5}$ ]]; then
		_kp_symbols_refuse_spec "$_spec" \
			"the number after # is to be decimal, from 1" \
			"the form is [MOD:]FUNC[#N][+OFFSET], as in type_show#2+0x4"
		return
	fi
	if [[ -v _offset ]]; then
		_kp_symbols_check_offset "$_spec" "$_offset" || return
	fi

	_kp_symbols_parsed=(
		[func]=$_func
		[module]=${_module:+${_module//-/_}}
		[index]=${_index:-}
		[offset]=$((${_offset:-0}))
	)
}

# _kp_symbols_refuse_spec() { # <spec> <cause> <hint>: says so; status 2
_kp_symbols_refuse_spec() {
	local shown
	shown=$(kp_printable "$1")
	kp_err "probe ${shown:-''}: $2"
	kp_hint "$3"
	return "$KP_EX_USAGE"
}

# _kp_symbols_quote_char() { # <character>: prints it, visible
_kp_symbols_quote_char() {
	if [[ $1 == [\ -~] ]]; then
		printf "'%s'" "$1"
	else
		kp_printable "$1"
	fi
}

# _kp_symbols_check_module() { # <spec> <module>
_kp_symbols_check_module() {
	local spec=$1 module=$2 good char
	if [[ -z $module ]]; then
		_kp_symbols_refuse_spec "$spec" "the module before ':' is empty" \
			"for a function of the kernel itself leave out the ':'"
		return
	fi
	if ((${#module} > _KP_SYMBOLS_MODULE_MAX)); then
		_kp_symbols_refuse_spec "$spec" \
			"the module's name has ${#module} characters, the limit is $_KP_SYMBOLS_MODULE_MAX" \
			"lsmod shows the names of loaded modules"
		return
	fi
	if [[ ! $module =~ ^[A-Za-z0-9_-]+$ ]]; then
		good=${module%%[!A-Za-z0-9_-]*}
		char=$(_kp_symbols_quote_char "${module:${#good}:1}")
		_kp_symbols_refuse_spec "$spec" \
			"character $char at column $((${#good} + 1)) cannot be in a module's name" \
			"letters, digits, _ and - can; the module's file is given by --mod=PATH"
		return
	fi
}

# _kp_symbols_check_func() { # <spec> <func> <column it begins at>
_kp_symbols_check_func() {
	local spec=$1 func=$2 good char
	local -i column=$3
	if [[ -z $func ]]; then
		_kp_symbols_refuse_spec "$spec" "the function's name is empty" \
			"give a name, as in --probe=vfs_read"
		return
	fi
	# No function has a name of just 16 hexadecimal digits either.
	if [[ $func =~ ^(0[xX][0-9a-fA-F]*|[0-9a-fA-F]{16})$ ]]; then
		_kp_symbols_refuse_spec "$spec" "an address is never guessed, give a function's name" \
			"/proc/kallsyms, read as root, tells the name at an address"
		return
	fi
	if ((${#func} > _KP_SYMBOLS_FUNC_MAX)); then
		_kp_symbols_refuse_spec "$spec" \
			"the name has ${#func} characters, the limit is $_KP_SYMBOLS_FUNC_MAX" \
			"give one function's name, as in --probe=vfs_read"
		return
	fi
	if [[ ! $func =~ ^[A-Za-z_][A-Za-z0-9_.]*$ ]]; then
		good=${func%%[!A-Za-z0-9_.]*}
		[[ $func == [0-9.]* ]] && good=
		char=$(_kp_symbols_quote_char "${func:${#good}:1}")
		_kp_symbols_refuse_spec "$spec" \
			"character $char at column $((column + ${#good})) cannot be there in a function's name" \
			"letters, digits, _ and . can; the form is [MOD:]FUNC[#N][+OFFSET]"
		return
	fi
}

# _kp_symbols_check_offset() { # <spec> <offset>
_kp_symbols_check_offset() {
	local spec=$1 offset=$2
	if [[ ! $offset =~ ^(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$ ]]; then
		_kp_symbols_refuse_spec "$spec" \
			"the offset after + is to be decimal, or hexadecimal with 0x" \
			"the form is [MOD:]FUNC[#N][+OFFSET], as in vfs_read+0x1f"
		return
	fi
	if ((${#offset} > 10 || offset > _KP_SYMBOLS_UINT)); then
		_kp_symbols_refuse_spec "$spec" \
			"the offset is too large, the limit is 0xffffffff" \
			"an offset lies inside the function"
		return
	fi
}

#
# The copy of kallsyms
#

# kp_symbols_snapshot() { # <file>
# Reads kallsyms, once, into the file; sets KP_SYMBOLS_FILE, KP_SYMBOLS_HIDDEN.
# Status 11 when there is nothing to resolve by.
kp_symbols_snapshot() {
	local file=$1 said
	KP_SYMBOLS_HIDDEN=0
	if [[ ! -e $KP_KALLSYMS ]]; then
		kp_err "symbols $KP_KALLSYMS: no such file"
		kp_hint "mount /proc; if it is, this kernel was built without CONFIG_KALLSYMS"
		return "$KP_EX_MACHINE"
	fi
	if [[ ! -r $KP_KALLSYMS ]]; then
		kp_err "symbols $KP_KALLSYMS: this user may not read it"
		kp_hint "run as root"
		return "$KP_EX_MACHINE"
	fi
	if ! said=$(cp -- "$KP_KALLSYMS" "$file" 2>&1); then
		rm --force -- "$file"
		kp_err "symbols $KP_KALLSYMS: cannot be copied to $file: ${said##*: }"
		return "$KP_EX_MACHINE"
	fi
	if [[ ! -s $file ]]; then
		kp_err "symbols $KP_KALLSYMS: the file is empty"
		kp_hint "a security policy of this machine hides it: use the host, or another root"
		return "$KP_EX_MACHINE"
	fi
	# ffffffff816b89f0 T vfs_read; hidden ones are 0000000000000000
	if ! LC_ALL=C grep --quiet '^0*[1-9a-f]' "$file"; then
		_kp_symbols_hidden || return
	fi
	KP_SYMBOLS_FILE=$file
}

# _kp_symbols_hidden() { # every address is zero: by what, and can we go on?
_kp_symbols_hidden() {
	local restrict=unknown uid
	if [[ -r $KP_PROC/sys/kernel/kptr_restrict ]]; then
		IFS= read -r restrict <"$KP_PROC/sys/kernel/kptr_restrict" || :
	fi
	uid=$(id --user) || uid=unknown
	if [[ $uid != 0 ]]; then
		kp_err "symbols $KP_KALLSYMS: addresses are hidden from ordinary users (kptr_restrict is $restrict)"
		kp_hint "run as root"
		return "$KP_EX_MACHINE"
	fi
	if [[ $restrict != 2 ]]; then
		kp_err "symbols $KP_KALLSYMS: addresses are hidden though kptr_restrict is $restrict: this root has no CAP_SYSLOG"
		kp_hint "run on the host, not in a container or a user namespace"
		return "$KP_EX_MACHINE"
	fi
	KP_SYMBOLS_HIDDEN=1
	kp_warn "symbols $KP_KALLSYMS: addresses are hidden (kptr_restrict is 2), functions are known by name only; sysctl kernel.kptr_restrict=1 shows them"
}

#
# Looking a name up
#

# kp_symbols_resolve() { # <parsed assoc> <result assoc>
# Fills [symbol] [module] [address] [type] [offset] [count] [index] [aliases]
# [size] [plant] [plant_offset]. Register at plant + plant_offset + offset.
# Status 10 if the name is not one function that can be probed, 11 if it cannot
# be told because addresses are hidden.
kp_symbols_resolve() {
	local -n _kp_symbols_in=$1 _kp_symbols_result=$2
	local _func=${_kp_symbols_in[func]} _module=${_kp_symbols_in[module]}
	local _index=${_kp_symbols_in[index]} _offset=${_kp_symbols_in[offset]}
	local _address _type _in _next _same _aliases _size='' _shown _known

	_shown=$(kp_printable "$_func")
	_known=${KP_SYMBOLS_KNOWN[${_module:+$_module:}$_func]:-}
	if [[ -n $_known ]]; then
		_KP_SYMBOLS_TEXT=("$_known") _KP_SYMBOLS_VARIANTS=()
	else
		_kp_symbols_scan "$KP_SYMBOLS_FILE" "$_func" "$_module" || return
	fi
	if ((${#_KP_SYMBOLS_TEXT[@]} == 0)); then
		_kp_symbols_refuse_absent "$_func" "$_shown" "$_module"
		return
	fi
	if [[ $_func == __pfx_* || $_func == __cfi_* ]]; then
		kp_err "function $_shown: it is the padding before ${_shown#__???_}, never executed"
		kp_hint "probe ${_shown#__???_} itself"
		return "$KP_EX_TARGET"
	fi
	_kp_symbols_check_index "$_shown" "$_index" "$_module" || return

	IFS='|' read -r _address _type _in _next _ _same _aliases \
		<<<"${_KP_SYMBOLS_TEXT[${_index:-1} - 1]}"
	if [[ -n $_next ]]; then
		_size=$((16#$_next - 16#$_address))
	fi
	if [[ -n $_size ]] && ((_offset > 0 && _offset >= _size)); then
		printf -v _offset '0x%x' "$_offset"
		kp_err "function $_shown: offset $_offset is past its end, it has $_size bytes"
		kp_hint "an offset is from 0 to $((_size - 1)), at the start of an instruction"
		return "$KP_EX_TARGET"
	fi
	_kp_symbols_result=(
		[symbol]=$_func
		[module]=$_in
		[address]=$_address
		[type]=$_type
		[offset]=$_offset
		[count]=${#_KP_SYMBOLS_TEXT[@]}
		[index]=${_index:-1}
		[aliases]=$_aliases
		[size]=$_size
		[plant]=${_in:+$_in:}$_func
		[plant_offset]=0
	)
	# By MOD:FUNC or FUNC the kernel takes the first symbol of the name in there,
	# of whatever type, and never complains.
	if ((_same > 1)); then
		_kp_symbols_result[plant]=_stext
		_kp_symbols_result[plant_offset]=$(_kp_symbols_from_stext "$_address" "$_shown") || return
	fi
	_kp_symbols_tell "$_func" "$_shown" "$_address" "$_aliases"
}

# kp_symbols_address() { # <symbol>: prints its address, of code or of data
# The kernel would take the first of several, and not say so. Status 10 if it
# is not the one address of one symbol, 11 where addresses are hidden.
kp_symbols_address() {
	local shown address type lines
	local -a found=()
	shown=$(kp_printable "$1")
	# shellcheck disable=SC2016 # awk's $1, not ours
	if ! lines=$(KP_AWK_WANT=$1 LC_ALL=C awk \
		'$3 == ENVIRON["KP_AWK_WANT"] { print $1, $2 }' <"$KP_SYMBOLS_FILE" | sort -u); then
		kp_err "symbols $KP_SYMBOLS_FILE: cannot be read"
		return "$KP_EX_MACHINE"
	fi
	[[ -z $lines ]] || mapfile -t found <<<"$lines"
	if ((${#found[@]} == 0)); then
		kp_err "symbol @$shown: not in the running kernel"
		kp_hint "grep $shown /proc/kallsyms; a module's symbols are there while it is loaded"
		return "$KP_EX_TARGET"
	fi
	if ((KP_SYMBOLS_HIDDEN)); then
		kp_err "symbol @$shown: its address is hidden (kptr_restrict is 2)"
		kp_hint "sysctl kernel.kptr_restrict=1"
		return "$KP_EX_MACHINE"
	fi
	if ((${#found[@]} > 1)); then
		kp_err "symbol @$shown: ${#found[@]} symbols have this name"
		kp_hint "tell the one that is meant by its distance from a name that is one's own: @_stext+OFFSET"
		return "$KP_EX_TARGET"
	fi
	read -r address type <<<"${found[0]}"
	if [[ $type == [aA] ]]; then
		kp_err "symbol @$shown: each CPU has its own, it is not at one address (type $type in kallsyms)"
		kp_hint "an argument or a register of the function may point to it"
		return "$KP_EX_TARGET"
	fi
	printf '%s\n' "$address"
}

# kp_symbols_map() { # <release> <header tree>: prints the System.map of a kernel
# Debian's in /boot is one line that tells where the real one is.
kp_symbols_map() {
	local file
	for file in "$KP_BOOT/System.map-$1" "$KP_SYSROOT/usr/lib/debug/boot/System.map-$1" \
		"$2/System.map"; do
		if grep --quiet --no-messages ' _stext$' "$file"; then
			printf '%s\n' "$file"
			return 0
		fi
	done
	return 1
}

# kp_symbols_is_in_map() { # <System.map> <function>: whole, or a copy of it
#	ffffffff812f0a30 T vfs_read
kp_symbols_is_in_map() {
	local lines
	lines=$(grep --fixed-strings -e " $2" -- "$1") || return
	[[ $lines$'\n' == *" $2"[$'\n.']* ]]
}

# kp_symbols_is_traceable() { # <result assoc>
# Does the kernel's list of what ftrace can trace have it? That tells one name
# of an address, which need not be the one asked for; ftrace takes the address.
#	vfs_read
#	__do_sys_getppid          __x64_sys_getppid is there, too
#	e1000_intr [e1000]
kp_symbols_is_traceable() {
	local -n _kp_symbols_traced=$1
	local _in=${_kp_symbols_traced[module]} _name
	local -a _names=() _patterns=()
	read -ra _names <<<"${_kp_symbols_traced[symbol]} ${_kp_symbols_traced[aliases]}"
	for _name in "${_names[@]}"; do
		_patterns+=(--regexp="$_name${_in:+ [$_in]}")
	done
	grep --quiet --line-regexp --fixed-strings "${_patterns[@]}" \
		"$KP_TRACEFS/available_filter_functions" 2>/dev/null
}

# kp_symbols_describe() { # <result assoc>: prints it as one line for people
# vfs_read at ffffffff816b89f0 in vmlinux, 464 bytes
kp_symbols_describe() {
	local -n _kp_symbols_described=$1
	local _shown
	_shown=$(kp_printable "${_kp_symbols_described[symbol]}")
	printf '%s at %s in %s%s\n' \
		"$_shown" \
		"${_kp_symbols_described[address]:-a hidden address}" \
		"${_kp_symbols_described[module]:-vmlinux}" \
		"${_kp_symbols_described[size]:+, ${_kp_symbols_described[size]} bytes}"
}

# _kp_symbols_scan() { # <file> <func> <module>
# One pass over the file; the result is in the _KP_SYMBOLS_ variables, the text
# symbols being those of the module, if one is given (vmlinux is one).
_kp_symbols_scan() {
	local file=$1 module=$3 lines found class rest in
	_KP_SYMBOLS_TEXT=() _KP_SYMBOLS_VARIANTS=() _KP_SYMBOLS_MODULES=()
	_KP_SYMBOLS_DATA='' _KP_SYMBOLS_INIT='' _KP_SYMBOLS_PSEUDO=''
	_KP_SYMBOLS_STEXT='' _KP_SYMBOLS_MODULE_SEEN=0
	if ! lines=$(_kp_symbols_around "$file" "$2" "$module") \
		|| ! found=$(_kp_symbols_awk_scan "$2" "$module" <<<"$lines"); then
		kp_err "symbols $file: cannot be read"
		return "$KP_EX_MACHINE"
	fi
	while IFS='|' read -r class rest; do
		case $class in
		text)
			IFS='|' read -r _ _ in _ <<<"$rest"
			_KP_SYMBOLS_MODULES+=("${in:-vmlinux}")
			if [[ -z $module || $module == "${in:-vmlinux}" ]]; then
				_KP_SYMBOLS_TEXT+=("$rest")
			fi
			;;
		variant) _KP_SYMBOLS_VARIANTS+=("$rest") ;;
		data) _KP_SYMBOLS_DATA=$rest ;;
		init) _KP_SYMBOLS_INIT=1 ;;
		pseudo) _KP_SYMBOLS_PSEUDO=$rest ;;
		stext) _KP_SYMBOLS_STEXT=$rest ;;
		seen) _KP_SYMBOLS_MODULE_SEEN=$rest ;;
		*) ;;
		esac
	done <<<"$found"
}

# Lines of vmlinux on either side of a symbol that may have its address.
readonly _KP_SYMBOLS_AROUND=256

# _kp_symbols_around() { # <file> <func> <module>: prints the lines that tell of it
# Of vmlinux the neighbours, modules whole. awk takes ten times as long as grep
# to pass by a line.
_kp_symbols_around() {
	local file=$1 in found
	local -a lines=() words=(-e "$2" -e _stext -e _sinittext -e _einittext)
	found=$(grep --fixed-strings --word-regexp -e "$2" -- "$file") || (($? == 1)) || return
	mapfile -t lines <<<"$found"
	for in in "$3" "${lines[@]##*$'\t'}"; do
		in=${in#'['} in=${in%']'}
		[[ -z $in || $in == *' '* ]] || words+=(-e "[$in]")
	done
	grep --fixed-strings --word-regexp --no-group-separator \
		--context="$_KP_SYMBOLS_AROUND" "${words[@]}" -- "$file" || (($? == 1))
}

# _kp_symbols_awk_scan() { # <func> <module>: lines of kallsyms on stdin
#	ffffffff816b89f0 T vfs_read
#	ffffffffc04b1230 t e1000_intr<TAB>[e1000]
# vmlinux is sorted by address, a module's block is not. Addresses are compared
# as strings of one length: numbers in awk are doubles, and 00000000810e0000
# would be taken for one, hence the "".
_kp_symbols_awk_scan() {
	# shellcheck disable=SC2016 # awk's $1, not ours
	KP_AWK_WANT=$1 KP_AWK_MODULE=$2 KP_AWK_HIDDEN=$KP_SYMBOLS_HIDDEN LC_ALL=C awk '
	function close_group(next_address, next_name) { # vmlinux: the address changes
		for (; open <= n; open++) {
			group_of[open] = group
			next_of[open] = next_address
			before[open] = next_name
		}
	}
	function close_block(i) { # a module ends: everything of it is known
		for (; open <= n; open++)
			for (i = 1; i <= members; i++)
				if (address_in[i] == address[open])
					group_of[open] = group_of[open] "\n" line_in[i]
				else if (address_in[i] > address[open] \
					&& (next_of[open] == "" || address_in[i] < next_of[open])) {
					next_of[open] = address_in[i]
					before[open] = name_in[i]
				}
		members = 0
	}
	function is_text(type) {
		return type ~ /^[tTwW]$/
	}
	function is_pseudo(name) { # trampolines and programs of the kernel
		return name == "bpf" || name ~ /^__builtin__/
	}
	function is_freed(i, key) { # in the init text of vmlinux
		key = hidden ? line[i] : address[i]
		return module[i] == "" && sinit != "" && key >= sinit && key < einit
	}
	function aliases(i, lines, field, count, k, names) {
		count = split(group_of[i], lines, "\n")
		for (k = 1; k <= count; k++) {
			split(lines[k], field, " ")
			if (field[3] != want && is_text(field[2]) && field[3] !~ /^__(pfx|cfi)_/)
				names = names (names == "" ? "" : " ") field[3]
		}
		return names
	}
	BEGIN {
		want = ENVIRON["KP_AWK_WANT"]
		asked = "[" ENVIRON["KP_AWK_MODULE"] "]"
		hidden = ENVIRON["KP_AWK_HIDDEN"] + 0
		copy = want "."
		special[want] = special["_stext"] = 1
		special["_sinittext"] = special["_einittext"] = 1
		open = 1
		n = seen = 0
	}
	{
		if ($4 != block) {
			if (block == "") close_group("", "")
			else close_block()
			block = $4
			if (block == asked) seen = 1
		}
		if (hidden) {
		} else if (block != "") {
			members++
			address_in[members] = $1 ""
			name_in[members] = $3
			line_in[members] = $0
		} else if ($1 != at) {
			if (open <= n) close_group($1, $3)
			at = $1 ""
			group = $0
		} else
			group = group "\n" $0
	}
	$3 in special {
		if (block == "" && $3 == "_stext") print "stext|" $1
		if (block == "" && $3 == "_sinittext") sinit = hidden ? NR : $1 ""
		if (block == "" && $3 == "_einittext") einit = hidden ? NR : $1 ""
		if ($3 == want) {
			n++
			address[n] = $1 ""
			type[n] = $2
			module[n] = substr(block, 2, length(block) - 2)
			line[n] = NR
			same[module[n]]++
		}
	}
	index($3, copy) == 1 && is_text($2) && !($3 in variant) {
		variant[$3] = 1
		print "variant|" $3
	}
	END {
		if (block == "") close_group("", "")
		else close_block()
		for (i = 1; i <= n; i++)
			if (is_pseudo(module[i])) print "pseudo|" module[i]
			else if (!is_text(type[i])) print "data|" type[i]
			else if (is_freed(i)) print "init|"
			else {
				sub(/^__(pfx|cfi)_/, "", before[i])
				print "text|" (hidden ? "" : address[i]) "|" type[i] "|" module[i] \
					"|" next_of[i] "|" before[i] "|" same[module[i]] "|" aliases(i)
			}
		print "seen|" seen
	}'
}

# _kp_symbols_from_stext() { # <address> <shown>: prints address - _stext
# That names one of several functions of a name, whatever KASLR did.
_kp_symbols_from_stext() {
	local -i distance
	if ((KP_SYMBOLS_HIDDEN)); then
		kp_err "function $2: other symbols have this name, and addresses are hidden (kptr_restrict is 2)"
		kp_hint "sysctl kernel.kptr_restrict=1"
		return "$KP_EX_MACHINE"
	fi
	distance=$((_KP_SYMBOLS_UINT + 1))
	if [[ -n $_KP_SYMBOLS_STEXT ]]; then
		distance=$((16#$1 - 16#$_KP_SYMBOLS_STEXT))
	fi
	if ((distance < 0 || distance > _KP_SYMBOLS_UINT)); then
		kp_err "function $2: other symbols have this name, and at $1 it is out of reach from _stext"
		kp_hint "a kernel takes an offset of 32 bits, and otherwise the first function of a name"
		return "$KP_EX_TARGET"
	fi
	printf '%d\n' "$distance"
}

# _kp_symbols_check_index() { # <shown> <index or empty> <module or empty>
_kp_symbols_check_index() {
	local shown=$1 index=$2 module=$3 record address in before
	local -i count=${#_KP_SYMBOLS_TEXT[@]} n=0
	local spec=${module:+$module:}$shown
	if [[ -n $index ]] && ((index > count)); then
		kp_err "function $spec: number $index was asked for, the last is $count"
		kp_hint "--probe=$spec alone lists them, if there are several"
		return "$KP_EX_TARGET"
	fi
	if [[ -n $index ]] || ((count == 1)); then
		return 0
	fi
	kp_err "function $spec: $count functions have this name"
	for record in "${_KP_SYMBOLS_TEXT[@]}"; do
		if (((n += 1) > _KP_SYMBOLS_LIST_MAX)); then
			kp_note "  and $((count - _KP_SYMBOLS_LIST_MAX)) more"
			break
		fi
		IFS='|' read -r address _ in _ before _ <<<"$record"
		kp_note "  $spec#$n ${address:+at $address }in ${in:-vmlinux}${before:+, before $before}"
	done
	kp_hint "choose one by its number: --probe='$spec#1'"
	if [[ -z $module && -n ${in:-} ]]; then
		kp_hint "or by its module: --probe=$in:$shown"
	fi
	return "$KP_EX_TARGET"
}

# _kp_symbols_tell() { # <func> <shown> <address> <aliases>
# What somebody who probes this function ought to know about it.
_kp_symbols_tell() {
	local func=$1 shown=$2 address=$3 names=$4 variant
	local -a copies=()
	if [[ -n $names ]]; then
		kp_note "$shown: is also ${names// /, }, all at $address"
	fi
	for variant in "${_KP_SYMBOLS_VARIANTS[@]}"; do
		if [[ $variant == "$func".cold* ]]; then
			kp_note "$shown: its unlikely branches are in $variant"
		else
			copies+=("$variant")
		fi
	done
	if ((${#copies[@]})); then
		printf -v names ', %s' "${copies[@]}"
		kp_note "$shown: the compiler also made ${names:2}, calls to which this probe does not see"
	fi
	if [[ $func == *.isra* || $func == *.constprop* ]]; then
		kp_note "$shown: arguments of .isra and .constprop copies are not in their usual registers"
	fi
}

#
# Not there: why, and what is
#

# _kp_symbols_refuse_absent() { # <func> <shown> <module>
# No text symbol of the name where it was looked for; says which case it is.
_kp_symbols_refuse_absent() {
	local func=$1 shown=$2 module=$3 place
	if [[ -n $module && $module != vmlinux ]] && _kp_symbols_refuse_module "$shown" "$module"; then
		return "$KP_EX_TARGET"
	fi
	if ((${#_KP_SYMBOLS_MODULES[@]})); then
		printf -v place ', %s' "${_KP_SYMBOLS_MODULES[@]}"
		kp_err "function $shown: not in $module, but in ${place:2}"
		kp_hint "--probe=${_KP_SYMBOLS_MODULES[0]}:$shown"
	elif [[ -n $_KP_SYMBOLS_INIT ]]; then
		kp_err "function $shown: it ran when the kernel booted, and its memory was freed (init text)"
		kp_hint "a function of a module's init can be caught with --mod=PATH, one of the kernel's cannot"
	elif [[ -n $_KP_SYMBOLS_DATA ]]; then
		kp_err "function $shown: it is data (type $_KP_SYMBOLS_DATA in kallsyms), not a function"
		kp_hint "probe a function that uses it"
	elif [[ -n $_KP_SYMBOLS_PSEUDO ]]; then
		kp_err "function $shown: the kernel made it while running ($_KP_SYMBOLS_PSEUDO), it cannot be probed"
		kp_hint "probe the function that it was made for"
	else
		_kp_symbols_refuse_unknown "$KP_SYMBOLS_FILE" "$func" \
			"not in the running kernel; it may be inlined, or in a module that is not loaded"
	fi
	return "$KP_EX_TARGET"
}

# _kp_symbols_refuse_module() { # <shown> <module>
# True, and told, if the module itself is the reason.
_kp_symbols_refuse_module() {
	local shown=$1 module=$2
	if [[ $module == bpf || $module == __builtin__* ]]; then
		kp_err "function $module:$shown: no module, but code that the kernel made while running; it cannot be probed"
		kp_hint "probe the function that it was made for"
	elif ((_KP_SYMBOLS_MODULE_SEEN)); then
		return 1
	elif [[ -d $KP_SYSMODULE/$module ]]; then
		kp_err "function $module:$shown: $module is not a module here, it is built into the kernel"
		kp_hint "leave it out: --probe=$shown"
	else
		kp_err "function $module:$shown: no module $module is loaded"
		if ((${#_KP_SYMBOLS_MODULES[@]})); then
			kp_hint "there is one in ${_KP_SYMBOLS_MODULES[0]}: --probe=${_KP_SYMBOLS_MODULES[0]}:$shown"
		fi
		kp_hint "modprobe $module, or give its file by --mod=PATH to catch its init too"
	fi
}

# _kp_symbols_refuse_unknown() { # <file> <func> <cause>
# Copies under longer names, relatives and near names: two hints at most.
_kp_symbols_refuse_unknown() {
	local file=$1 func=$2 cause=$3 shown list related='' near='' class name hint=''
	shown=$(kp_printable "$func")
	if ((${#_KP_SYMBOLS_VARIANTS[@]})); then
		printf -v list ', %s' "${_KP_SYMBOLS_VARIANTS[@]}"
		kp_err "function $shown: exists only as the compiler's ${list:2}"
		kp_hint "ask for it in full: --probe=${_KP_SYMBOLS_VARIANTS[0]}"
		kp_hint "arguments of .isra and .constprop copies are not in their usual registers"
		return "$KP_EX_TARGET"
	fi
	kp_err "function $shown: $cause"
	list=$(_kp_symbols_near "$func" <"$file") || return "$KP_EX_TARGET"
	while IFS='|' read -r class name; do
		case $class in
		related) related+=", $name" ;;
		near) near+=", $name" ;;
		*) ;;
		esac
		# tasklet_schedule() is inline and calls __tasklet_schedule()
		if [[ $class == related && $name == __"$func" ]]; then
			hint="; $shown may be an inline wrapper of $name"
		fi
	done <<<"$list"
	if [[ -n $related ]]; then
		kp_hint "related functions: ${related:2}$hint"
	fi
	if [[ -n $near ]]; then
		kp_hint "nearest names: ${near:2}"
	fi
	return "$KP_EX_TARGET"
}

# _kp_symbols_relatives() { # <func>: prints names it may go by, one a line
_kp_symbols_relatives() {
	local base=$1 bare=$1
	while [[ $bare == _* && ${#bare} -gt 1 ]]; do
		bare=${bare#_}
	done
	[[ $base == "$bare" ]] || printf '%s\n' "$bare" "_$bare"
	bare=${bare#do_} bare=${bare#sys_} bare=${bare#ksys_} bare=${bare#vfs_}
	printf '%s\n' "__$base" "_$base" "do_$base" "__do_$base" \
		"$bare" "__$bare" "do_$bare" "__do_$bare" "ksys_$bare" "vfs_$bare" "do_sys_$bare" \
		"__x64_sys_$bare" "__arm64_sys_$bare" "__riscv_sys_$bare" "__s390x_sys_$bare" \
		"sys_$bare" "__se_sys_$bare" "__do_sys_$bare"
}

# _kp_symbols_near() { # <func>: kallsyms, or nm's output, on stdin
# Prints related|NAME for relatives that exist, then near|NAME for the five
# nearest by edits: a letter changed, left out, put in, or two exchanged.
_kp_symbols_near() {
	local names
	names=$(_kp_symbols_relatives "$1")
	# shellcheck disable=SC2016 # awk's $1, not ours
	KP_AWK_WANT=$1 KP_AWK_NAMES=$names LC_ALL=C awk '
	# Only cells near the diagonal; gives up when no cell is within the limit.
	function distance(s, len, i, j, c, last, lo, hi, row, up, v, best, best_up) {
		for (j = 0; j <= limit; j++) cell[j] = j
		cell[limit + 1] = 99
		for (i = 1; i <= len; i++) {
			c = substr(s, i, 1)
			lo = i > limit ? i - limit : 1
			hi = i + limit < width ? i + limit : width
			row = i * stride
			up = row - stride
			cell[row + lo - 1] = lo == 1 ? i : 99
			best_up = best
			best = lo == 1 ? i : 99
			for (j = lo; j <= hi; j++) {
				v = cell[up + j - 1]
				if (c != letter[j]) {
					if (cell[up + j] < v) v = cell[up + j]
					if (cell[row + j - 1] < v) v = cell[row + j - 1]
					v++
					if (i > 1 && j > 1 && c == letter[j - 1] && last == letter[j] \
						&& cell[up - stride + j - 2] + 1 < v)
						v = cell[up - stride + j - 2] + 1
				}
				cell[row + j] = v
				if (v < best) best = v
			}
			cell[row + hi + 1] = 99
			if (best > limit && best_up >= limit) return 99
			last = c
		}
		return cell[len * stride + width]
	}
	# Cheap and first: of the limit + 2 pieces of the name, edits leave one whole.
	function has_piece(s, i) {
		for (i = 1; i <= pieces; i++)
			if (index(s, piece[i])) return 1
		return 0
	}
	BEGIN {
		want = ENVIRON["KP_AWK_WANT"]
		width = length(want)
		stride = width + 8
		limit = width <= 4 ? 1 : width <= 8 ? 2 : 3
		for (i = 1; i <= width; i++) letter[i] = substr(want, i, 1)
		for (i = 0; i < limit + 2; i++) {
			from = int(i * width / (limit + 2))
			to = int((i + 1) * width / (limit + 2))
			if (to > from) piece[++pieces] = substr(want, from + 1, to - from)
		}
		names = split(ENVIRON["KP_AWK_NAMES"], name, "\n")
		for (i = 1; i <= names; i++) relative[name[i]] = 1
	}
	$3 == "_sinittext" { freed = 1 }
	$3 == "_einittext" { freed = 0 }
	freed || $2 !~ /^[tTwW]$/ || $4 == "[bpf]" || $4 ~ /^\[__builtin__/ { next }
	$3 in relative { exists[$3] = 1; next }
	limit {
		len = length($3)
		if (len - width > limit || width - len > limit) next
		if (!has_piece($3) || $3 in seen || $3 ~ /^__(pfx|cfi)_/) next
		d = distance($3, len)
		if (d > limit) next
		found_at[d]++
		seen[$3] = 1
		list[d] = list[d] " " ($4 == "" ? "" : substr($4, 2, length($4) - 2) ":") $3
		# With five of them only nearer ones are of interest.
		sum = 0
		for (d = 1; d <= limit; d++) sum += found_at[d]
		for (; limit > 0 && sum >= 5; limit--) sum -= found_at[limit]
	}
	END {
		for (i = 1; i <= names && told < 5; i++)
			if (name[i] != want && name[i] in exists) {
				print "related|" name[i]
				delete exists[name[i]]
				told++
			}
		told = 0
		for (d = 1; d <= 3; d++) {
			found = split(list[d], name, " ")
			for (i = 1; i <= found && told < 5; i++) {
				print "near|" name[i]
				told++
			}
		}
	}'
}

#
# A module that is not loaded yet
#

# kp_symbols_in_object() { # <file.ko> <func> <run directory>
# Is the function in the module's file, packed (.gz .xz .zst) or not? Status 0;
# 10 with near names if it is not; 2 if the file is none; 11 without the tools.
kp_symbols_in_object() {
	local file=$1 func=$2 rundir=$3 shown where table
	local -i status=0
	where=$(kp_printable "$file" 200)
	shown=$(kp_printable "$func")
	if [[ ! -f $file || ! -r $file ]]; then
		kp_err "module $where: not a file that can be read"
		return "$KP_EX_USAGE"
	fi
	if ! table=$(mktemp -- "$rundir/object.XXXXXX" 2>&1); then
		kp_err "directory $rundir: no file can be made in it: ${table##*: }"
		return "$KP_EX_MACHINE"
	fi
	_kp_symbols_object_table "$file" "$where" "$table" || status=$?
	if ((status == 0)); then
		_kp_symbols_check_object "$table" "$func" "$shown" "$where" || status=$?
	fi
	rm --force -- "$table" "$table.ko"
	return "$status"
}

# _kp_symbols_object_table() { # <file> <where> <table>: nm's lines to <table>
#	0000000000000a10 T e1000_intr
_kp_symbols_object_table() {
	local file=$1 where=$2 table=$3 object said
	local -a unpack=()
	case $file in
	*.gz) unpack=(gzip --decompress --stdout) ;;
	*.xz) unpack=(xz --decompress --stdout) ;;
	*.zst) unpack=(zstd --decompress --stdout --quiet) ;;
	*) ;;
	esac
	_kp_symbols_has_tools nm "${unpack[@]:0:1}" || return
	object=$file
	if ((${#unpack[@]})); then
		object=$table.ko
		if ! said=$("${unpack[@]}" -- "$file" 2>&1 >"$object"); then
			kp_err "module $where: cannot be unpacked: ${said##*: }"
			return "$KP_EX_USAGE"
		fi
	fi
	# nm says "no symbols" with status 0, and nothing of what is no object.
	if ! nm --defined-only --numeric-sort -- "$object" >"$table" 2>/dev/null \
		|| [[ ! -s $table ]]; then
		kp_err "module $where: not a kernel module: no object file with symbols"
		return "$KP_EX_USAGE"
	fi
}

# _kp_symbols_has_tools() { # <tool>...
_kp_symbols_has_tools() {
	local tool
	for tool in "$@"; do
		if ! command -v "$tool" >/dev/null; then
			kp_err "tool $tool: not installed"
			kp_hint "nm is in binutils; gzip, xz (xz-utils) and zstd unpack modules"
			return "$KP_EX_MACHINE"
		fi
	done
}

# _kp_symbols_check_object() { # <table> <func> <shown> <where>
_kp_symbols_check_object() {
	local table=$1 func=$2 shown=$3 where=$4
	local KP_SYMBOLS_HIDDEN=0 # whatever it is for kallsyms
	_kp_symbols_scan "$table" "$func" '' || return
	case ${#_KP_SYMBOLS_TEXT[@]} in
	1) return 0 ;;
	0)
		if [[ -n $_KP_SYMBOLS_DATA ]]; then
			kp_err "function $shown: it is data in $where, not a function"
		else
			_kp_symbols_refuse_unknown "$table" "$func" "not in $where; it may be inlined" || :
		fi
		;;
	*)
		kp_err "function $shown: ${#_KP_SYMBOLS_TEXT[@]} functions of $where have this name"
		kp_hint "load the module, then choose one: --probe='MOD:$shown#1'"
		;;
	esac
	return "$KP_EX_TARGET"
}
