# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# place/rehearse.sh - the same module in a throw-away VM of the same kernel: boots
# it, shows what comes, ends with the guest's status. Needs log.sh cleanup.sh
# workdir.sh request.sh place/vm.sh; KP_ARGV.
[[ -n ${_KP_PLACE_REHEARSE_SOURCED:-} ]] && return 0
_KP_PLACE_REHEARSE_SOURCED=1

# kp_rehearse() { # <name>: boots, shows what comes, ends with the guest's status
kp_rehearse() {
	local name=$1 vm=$KP_RUN/vm status=0 kept
	local -i began=$SECONDS
	if ! mkdir -- "$vm" || ! _kp_rehearse_job "$vm"; then
		kp_err "rehearsal of $name: its files in $vm could not be written"
		kp_hint "is the disk full? see df $KP_WORKDIR"
		return "$KP_EX_MACHINE"
	fi
	kp_note "rehearsal: booting $KP_RELEASE in QEMU; the whole takes 20 seconds, or a minute or more without KVM"
	kp_vm_start "$KP_RELEASE" "$vm" || return
	kp_vm_wait "$vm" _kp_rehearse_show "$vm" || status=$?
	if ((status == 0)); then
		read -r status <"$vm/status" || status=$KP_EX_INTERNAL
		# It was told there, and so here.
		((status == 0)) || kp_log_tell
	fi
	if ((status == KP_EX_FAULT)); then
		kept=$KP_WORKDIR/$name.rehearsal.log
		cat -- "$vm/console" "$vm/dmesg" 2>/dev/null | tr -d '\r' >"$kept" || :
		kp_note "rehearsal: FAULT on $KP_RELEASE after $((SECONDS - began)) s"
		kp_hint "the guest's log is kept: $kept"
	elif ((status == 0)); then
		kp_note "rehearsal: PASS on $KP_RELEASE in $((SECONDS - began)) s; nothing was changed here"
		kp_note "the same kernel, but not the same load or hardware"
	fi
	return "$status"
}

# _kp_rehearse_job() { # <vm dir>: the same command line, for the guest
_kp_rehearse_job() {
	local vm=$1
	local -a words
	_kp_rehearse_words words
	cp -- "$KP_TOP/lib/guest/init.sh" "$vm/init" && chmod 0755 "$vm/init" || return
	pwd >"$vm/cwd" || return
	{
		printf 'export KP_REHEARSAL=/run/kp_vm KP_WORKDIR=%q\n' "$KP_WORKDIR"
		printf 'exec %q' "$KP_TOP/kp_load.sh"
		printf ' %q' "${KP_REQUEST_WORDS[@]/#/--probe=}" "${words[@]}"
		printf '\n'
	} >"$vm/job"
}

# _kp_rehearse_words() { # <array>: the command line without its probes
# The guest is handed those that patterns stand for here, whatever matches there.
_kp_rehearse_words() {
	local -n _others=$1
	local -i _value=0
	local _word
	_others=()
	for _word in "${KP_ARGV[@]}"; do
		if ((_value)); then
			_value=0
		elif [[ $_word == --probe ]]; then
			_value=1
		elif [[ $_word != --probe=* ]]; then
			_others+=("$_word")
		fi
	done
}

# How much of the guest's output was told here, in bytes.
_KP_REHEARSE_OUT=0
_KP_REHEARSE_ERR=0
_KP_REHEARSE_TOLD=0 # SECONDS when anything was last

# _kp_rehearse_show() { # <vm dir>: what the guest has said since
# On a terminal also, now and then, that the guest goes on without a word.
_kp_rehearse_show() {
	local had=$_KP_REHEARSE_OUT.$_KP_REHEARSE_ERR
	_kp_rehearse_more "$1/stdout" _KP_REHEARSE_OUT
	_kp_rehearse_more "$1/stderr" _KP_REHEARSE_ERR >&2
	if [[ $_KP_REHEARSE_OUT.$_KP_REHEARSE_ERR != "$had" ]] || ((!_KP_REHEARSE_TOLD)); then
		_KP_REHEARSE_TOLD=$SECONDS
	elif ((SECONDS >= _KP_REHEARSE_TOLD + 10)) && [[ -t 2 ]]; then
		_KP_REHEARSE_TOLD=$SECONDS
		if [[ -s $1/alive ]]; then
			kp_note "rehearsal: $SECONDS s: the guest runs"
		else
			kp_note "rehearsal: $SECONDS s: the guest is booting"
		fi
	fi
}

# _kp_rehearse_more() { # <file> <var>: what it holds beyond <var> bytes
_kp_rehearse_more() {
	local -n _told=$2
	local _size
	_size=$(stat -c %s -- "$1") || return 0
	((_size > _told)) || return 0
	tail -c "+$((_told + 1))" -- "$1" | head -c "$((_size - _told))" || :
	_told=$_size
}
