# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# remember.sh - keeps what a command came to, for the next time: see again.sh.
# Needs log.sh options.sh paths.sh trust.sh define.sh build.sh events.sh, and
# what the run has found out.
[[ -n ${_KP_REMEMBER_SOURCED:-} ]] && return 0
_KP_REMEMBER_SOURCED=1

# kp_remember() { # <parameters>: this run, and what its module was given
# It planted $KP_RUN/module.ko. No run that had something to say, which the next
# one has to say again, or that it may have to do otherwise.
kp_remember() {
	local dir=$KP_WORKDIR/again file
	local -a files=()
	[[ -z $KP_LOG_SAID$KP_OPT_MOD${KP_REHEARSAL:-}$KP_SYSROOT ]] || return 0
	((!KP_OPT_KEEP)) || return 0
	_kp_remember_is_sure || return 0
	_kp_remember_files files
	for file in "${files[@]}"; do
		[[ ! $file -nt $KP_RUN/began ]] || return 0
	done
	mkdir -p -- "$dir" && kp_trust_has "$dir" || return 0
	[[ $dir/kp_view -ef $KP_TOOLS/kp_view ]] \
		|| ln -f -- "$KP_TOOLS/kp_view" "$dir/kp_view" || return 0
	{
		printf 'file %s\n' "${files[@]}"
		printf 'line %s\n' "$KP_PROC/sys/kernel/random/boot_id" \
			"$KP_PROC/sys/kernel/ftrace_enabled" \
			"$KP_PROC/sys/kernel/kptr_restrict" \
			"$KP_PROC/sys/kernel/panic_on_oops" \
			"$KP_KPROBES/enabled"
		printf 'modules %s\n' "$KP_PROC/modules"
		printf 'name %s\n' "$KP_NAME"
		printf 'params %s\n' "$1"
		printf 'view %s\n' "${KP_HERE_OPTIONS[@]}"
		printf 'module %s\n' "$KP_RUN/module.ko"
	} | "$KP_TOOLS/kp_view" --remember="$dir" --script="$KP_TOP/kp_load.sh" -- "${KP_ARGV[@]}" || return 0
	kp_workdir_prune "$dir"
}

# Since 6.14 only the kernel's list of kprobes tells whether one is armed, and
# only kp_load.sh reads that.
_kp_remember_is_sure() {
	local major minor
	[[ $KP_ENGINE != ftrace || " ${KP_FACTS_KIND[*]} " == *' r '* ]] || return 0
	IFS=.- read -r major minor _ <<<"$KP_RELEASE"
	((major < 6 || (major == 6 && minor < 14)))
}

# _kp_remember_files() { # <array>: that a module is made of, or decided by
# kp_load.sh is the first; a directory tells of files that come and go.
_kp_remember_files() {
	local -n _files=$1
	local _dir
	_files=("$KP_TOP/kp_load.sh")
	for _dir in lib templates templates/include tools tools/def tools/view tools/lib; do
		_files+=("$KP_TOP/$_dir" "$KP_TOP/$_dir"/*)
	done
	_files+=("$KP_KDIR/.config" "$KP_KDIR/Module.symvers" "$(command -v -- "$KP_KERNEL_CC")")
}
