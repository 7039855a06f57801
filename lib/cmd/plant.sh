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
# shellcheck source=lib/sanity.sh
source "$KP_TOP/lib/sanity.sh"
# shellcheck source=lib/kmsg.sh
source "$KP_TOP/lib/kmsg.sh"
# shellcheck source=lib/symbols.sh
source "$KP_TOP/lib/symbols.sh"
# shellcheck source=lib/blacklist.sh
source "$KP_TOP/lib/blacklist.sh"
# shellcheck source=lib/tools.sh
source "$KP_TOP/lib/tools.sh"
# shellcheck source=lib/facts.sh
source "$KP_TOP/lib/facts.sh"
# shellcheck source=lib/glob.sh
source "$KP_TOP/lib/glob.sh"
# shellcheck source=lib/build.sh
source "$KP_TOP/lib/build.sh"
# shellcheck source=lib/publish.sh
source "$KP_TOP/lib/publish.sh"
# shellcheck source=lib/request.sh
source "$KP_TOP/lib/request.sh"
# shellcheck source=lib/planted.sh
source "$KP_TOP/lib/planted.sh"
# shellcheck source=lib/engine/module.sh
source "$KP_TOP/lib/engine/module.sh"
# shellcheck source=lib/place/here.sh
source "$KP_TOP/lib/place/here.sh"
# shellcheck source=lib/place/guest.sh
source "$KP_TOP/lib/place/guest.sh"
# shellcheck source=lib/place/vm.sh
source "$KP_TOP/lib/place/vm.sh"
# shellcheck source=lib/place/rehearse.sh
source "$KP_TOP/lib/place/rehearse.sh"
# shellcheck source=lib/remember.sh
source "$KP_TOP/lib/remember.sh"

kp_cmd_plant() {
	kp_kernel_choose || return
	_kp_plant_check_machine || return
	kp_workdir_begin || return
	((KP_OPT_DRY_RUN)) || [[ -n $KP_OPT_EMIT ]] || kp_build_state || return
	kp_request_resolve || return
	((${#KP_REQUEST_TARGETS[@]} == 1)) || KP_REQUEST_NAME+=_and_$((${#KP_REQUEST_TARGETS[@]} - 1))
	KP_NAME=$(kp_build_name "$KP_REQUEST_NAME") || return
	if [[ -n ${KP_REHEARSAL:-} ]]; then
		kp_guest_run
	elif ((KP_OPT_REHEARSE)); then
		kp_build || return
		kp_build_other_engine || return
		kp_rehearse
	elif ((KP_OPT_DRY_RUN)); then
		kp_publish || return
		printf '%s\n' "$KP_PUBLISHED"
		kp_publish_tell_params
	elif ((KP_OPT_BUILD_ONLY)); then
		kp_publish_module || return
		kp_publish_tell_params
	elif [[ -n $KP_OPT_EMIT ]]; then
		kp_publish_emit || return
		kp_publish_tell_params
	elif ((KP_OPT_FOLLOW)); then
		kp_here_follow
	else
		kp_here_warn_of_readers
		kp_here_plant
	fi
}

_kp_plant_check_machine() {
	local -a gates=()
	if kp_kernel_is_here; then
		gates+=("${KP_SANITY_LOAD[@]}")
	elif ((KP_OPT_REHEARSE)); then
		gates+=("${KP_SANITY_REHEARSE[@]}")
	fi
	# The guest of a rehearsal finds its module in the cache.
	[[ -n ${KP_REHEARSAL:-} ]] || gates+=("${KP_SANITY_BUILD[@]}")
	kp_sanity_require "${gates[@]}" || {
		_kp_plant_suggest_rehearsal
		return "$KP_EX_MACHINE"
	}
}

# Where this kernel cannot do it an installed one may, in a VM.
_kp_plant_suggest_rehearsal() {
	local release
	if kp_kernel_is_here && [[ -z ${KP_REHEARSAL:-} ]] \
		&& release=$(kp_kernel_default); then
		kp_hint "or add --rehearse: kernel $release is installed, and takes it in a VM"
	fi
}
