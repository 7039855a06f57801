# shellcheck disable=SC2154 # bats sets output
# SPDX-License-Identifier: GPL-2.0-only
# layout.bats - the house: one road through it, each thing in one place.
# bats file_tags=unit

load helpers/common

# sources() { # prints the shell files of the program
sources() {
	printf '%s\n' "$KP_TOP/kp_load.sh"
	find "$KP_TOP/lib" -name '*.sh' ! -path '*/guest/*' | sort
}

@test "kp_load.sh is a table of contents, of 150 lines at most" {
	(($(wc -l <"$KP_TOP/kp_load.sh") <= 150))
}

@test "no function in shell has more than 40 lines" {
	local found
	# shellcheck disable=SC2016 # awk's $1, not ours
	found=$(sources | xargs awk '
		/^[a-z_0-9]+\(\) *\{/ { name = $1; begin = FNR }
		/^\}/ && name != "" {
			if (FNR - begin + 1 > 40) print FILENAME ": " name " " FNR - begin + 1
			name = ""
		}')
	assert_equal "$found" ''
}

# writers() { # prints "GLOBAL FILE" for each file that writes it
# By assignment, by read, mapfile or printf -v, and by shadowing it. What stands
# in quotes is a message.
writers() {
	local file
	while IFS= read -r file; do
		sed -E "s/^[[:space:]]*#.*//; s/\"[^\"]*\"/Q/g; s/'[^']*'/Q/g; s/[[:space:]]#.*//" "$file" \
			| grep -oE '(^|[[:space:];(])KP_[A-Z_]+(\[[^]]*\])?\+?=|(read|mapfile) [^|<>;]*[[:space:]]KP_[A-Z_]+|printf -v KP_[A-Z_]+|local ([^;]*[[:space:]])?KP_[A-Z_]+' \
			| grep -oE 'KP_[A-Z_]+' | sort -u | sed "s|\$| ${file#"$KP_TOP/"}|"
	done < <(sources)
}

@test "no global is written by two files" {
	run -0 writers
	# What says that a file was read is its own.
	assert_equal "$(grep -v '_SOURCED ' <<<"$output" | sort \
		| awk '$1 == name { print name, file, $2 } { name = $1; file = $2 }')" ''
}

# defined() { # prints "FUNCTION FILE" of all that are private
defined() {
	sources | xargs grep -oE '^_kp_[a-z0-9_]+\(\)' | sed -E 's/^(.*):(.*)\(\)$/\2 \1/'
}

@test "no file calls what is private to another of another name" {
	local name file user family
	local -a bad=()
	while read -r name file; do
		# What begins like it, and the directory of its name, is of its family.
		family=${name#_kp_} family=${family%%_*}
		for user in $(sources | xargs grep -lE "^[^#]*(^|[^A-Za-z0-9_])$name([^A-Za-z0-9_]|\$)"); do
			[[ ${user#"$KP_TOP/lib/"} =~ (^|/)$family([_./]) ]] || [[ $user == "$file" ]] \
				|| bad+=("${user#"$KP_TOP/"}: $name")
		done
	done < <(defined)
	assert_equal "${bad[*]}" ''
}
