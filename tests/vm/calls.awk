# SPDX-License-Identifier: GPL-2.0-only
# calls.awk - which functions of the kernel the handlers of a module call, from
# what objdump -dr prints of it:
#
#	0000000000001680 <handler_ftrace>:
#	    16d2:	e8 00 00 00 00       	call   16d7 <handler_ftrace+0x57>
#				16d3: R_X86_64_PLT32	copy_from_user_nofault-0x4
#	    1710:	e8 0b fa ff ff       	call   1120 <kp_str_rest>

/^[0-9a-f]+ <.*>:$/ {
	at = $2
	gsub(/[<>:]/, "", at)
	is_ours[at]
	next
}

# What stands before a relocation is not where it goes.
/R_[A-Z0-9_]*(PLT32|PC32|CALL26|JUMP26|PC24)/ {
	local = ""
	name = $3
	sub(/[-+]0x[0-9a-f]+$/, "", name)
	if ($2 !~ /PC32/)
		calls[at] = calls[at] " " name
	next
}

{
	calls[at] = calls[at] " " local
	local = ""
}

/\t(call|jmp|j[a-z]+|bl?) .*<[^+>]*>$/ {
	local = $NF
	gsub(/[<>]/, "", local)
}

function visit(name,    i, n, names) {
	if (seen[name]++)
		return
	if (!(name in is_ours)) {
		if (name !~ /^\./ && name !~ /^(__x86_(return|indirect)_thunk|__SC[TK]__)/)
			print name
		return
	}
	n = split(calls[name], names)
	for (i = 1; i <= n; i++)
		visit(names[i])
}

END {
	for (name in is_ours)
		# Calls to those in another section are by that section's name.
		if (name ~ /^handler_|_timed$|^kp_(cost_add|ring_has_room)$/)
			visit(name)
}
