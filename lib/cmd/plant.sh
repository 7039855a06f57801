# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cmd/plant.sh - plants probes: here, in a VM, or no further than a module.
[[ -n ${_KP_CMD_PLANT_SOURCED:-} ]] && return 0
_KP_CMD_PLANT_SOURCED=1

# shellcheck source=lib/paths.sh
source "$KP_TOP/lib/paths.sh"
# shellcheck source=lib/trust.sh
source "$KP_TOP/lib/trust.sh"
# shellcheck source=lib/cleanup.sh
source "$KP_TOP/lib/cleanup.sh"
# shellcheck source=lib/workdir.sh
source "$KP_TOP/lib/workdir.sh"
# shellcheck source=lib/kernel.sh
source "$KP_TOP/lib/kernel.sh"
# shellcheck source=lib/tools.sh
source "$KP_TOP/lib/tools.sh"
# shellcheck source=lib/checked.sh
source "$KP_TOP/lib/checked.sh"
# shellcheck source=lib/facts.sh
source "$KP_TOP/lib/facts.sh"
# shellcheck source=lib/symbols.sh
source "$KP_TOP/lib/symbols.sh"
# shellcheck source=lib/plan.sh
source "$KP_TOP/lib/plan.sh"
# shellcheck source=lib/request.sh
source "$KP_TOP/lib/request.sh"
# shellcheck source=lib/build.sh
source "$KP_TOP/lib/build.sh"
# shellcheck source=lib/engine/module.sh
source "$KP_TOP/lib/engine/module.sh"
# shellcheck source=lib/place/here.sh
source "$KP_TOP/lib/place/here.sh"

kp_cmd_plant() {
	local name
	kp_kernel_choose || return
	_kp_plant_check_machine || return
	kp_workdir_begin || return
	_kp_plant_find_tools || return
	kp_checked_keep || return
	# What is asked for, and may it be probed?
	kp_symbols_begin || return
	kp_request_mod || return
	kp_request_read KP_OPT_PROBES || return
	kp_request_find KP_OPT_PROBES || return
	# What a module of it is.
	kp_build_state || return
	kp_facts_make KP_REQUEST_WORDS KP_REQUEST_MODFILE \
		"${KP_BUILD_WITH[@]/#/--with=}" "${KP_BUILD_STATE[@]/#/--state=}" || return
	kp_request_events || return
	kp_module_choose || return
	name=${KP_SYMBOLS_PLAIN[0]}
	((${#KP_SYMBOLS_PLAIN[@]} == 1)) || name+=_and_$((${#KP_SYMBOLS_PLAIN[@]} - 1))
	kp_build_name name || return
	# Where it goes, and how far.
	if [[ -n ${KP_REHEARSAL:-} ]]; then
		_kp_plant_in_guest "$name"
	elif ((KP_OPT_REHEARSE)); then
		_kp_plant_in_vm "$name"
	elif ((KP_OPT_DRY_RUN || KP_OPT_BUILD_ONLY)) || [[ -n $KP_OPT_EMIT ]]; then
		_kp_plant_source "$name"
	else
		kp_here_plant "$name"
	fi
}

# _kp_plant_find_tools() { # what plants, before anything is made that needs it
_kp_plant_find_tools() {
	((!KP_OPT_DRY_RUN)) && [[ -z $KP_OPT_EMIT ]] || return 0
	kp_tools_find kp_run || return
	((!KP_OPT_FOLLOW)) || kp_tools_find kp_view
}

# _kp_plant_source() { # <name>: no further than its source, or the module
_kp_plant_source() {
	# shellcheck source=lib/publish.sh
	source "$KP_TOP/lib/publish.sh"
	# shellcheck source=lib/request_unseen.sh
	source "$KP_TOP/lib/request_unseen.sh"
	kp_request_warn_unknown || return
	if [[ -n $KP_OPT_EMIT ]]; then
		kp_publish_emit "$1" || return
	elif ((KP_OPT_BUILD_ONLY)); then
		kp_publish_module "$1" || return
	else
		kp_publish "$1" || return
		printf '%s\n' "$KP_PUBLISHED"
	fi
	kp_publish_tell_params
}

# _kp_plant_in_vm() { # <name>: what its guest may need is built before
_kp_plant_in_vm() {
	# shellcheck source=lib/place/vm.sh
	source "$KP_TOP/lib/place/vm.sh"
	# shellcheck source=lib/place/rehearse.sh
	source "$KP_TOP/lib/place/rehearse.sh"
	kp_build_shape "$KP_ENGINE" "$1" && kp_build_trust "$KP_BUILD_SHAPE" || return
	if [[ $KP_ENGINE/$KP_OPT_ENGINE == ftrace/auto ]]; then
		kp_build_shape kprobe "$1" && kp_build_trust "$KP_BUILD_SHAPE" || return
	fi
	kp_rehearse "$1"
}

# _kp_plant_in_guest() { # <name>
_kp_plant_in_guest() {
	# shellcheck source=lib/kmsg.sh
	source "$KP_TOP/lib/kmsg.sh"
	# shellcheck source=lib/planted.sh
	source "$KP_TOP/lib/planted.sh"
	# shellcheck source=lib/place/guest.sh
	source "$KP_TOP/lib/place/guest.sh"
	kp_guest_run "$1"
}

# _kp_plant_check_machine: may, and can, it be done?
_kp_plant_check_machine() {
	local what=build
	! kp_kernel_is_here || what=load
	((!KP_OPT_REHEARSE)) || what=rehearse
	# The guest of a rehearsal finds its module in the cache.
	[[ -z ${KP_REHEARSAL:-} ]] || what=guest
	! kp_checked_holds "$what" || return 0
	# shellcheck source=lib/sanity.sh
	source "$KP_TOP/lib/sanity.sh"
	kp_sanity_require_for "$what" && return
	_kp_plant_suggest_rehearsal
	return "$KP_EX_MACHINE"
}

# Where this kernel cannot do it an installed one may, in a VM.
_kp_plant_suggest_rehearsal() {
	local release
	if kp_kernel_is_here && [[ -z ${KP_REHEARSAL:-} ]] \
		&& release=$(kp_kernel_default); then
		kp_hint "or add --rehearse: kernel $release is installed, and takes it in a VM"
	fi
}
