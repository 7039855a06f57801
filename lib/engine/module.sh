# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# engine/module.sh - plants by a kernel module of our own: which way, and the plan.
# Needs log.sh paths.sh options.sh facts.sh symbols.sh request.sh build.sh plan.sh.
[[ -n ${_KP_ENGINE_MODULE_SOURCED:-} ]] && return 0
_KP_ENGINE_MODULE_SOURCED=1

KP_ENGINE=kprobe     # or ftrace, which takes those at an entry
_KP_MODULE_INSISTS=0 # 1: no other engine is to try

# kp_module_choose() { # ftrace for entries, all of them, where events go to the ring
# Which functions ftrace takes only the kernel knows: it is asked by planting.
kp_module_choose() {
	KP_ENGINE=kprobe
	((KP_OPT_FOLLOW)) && [[ " ${KP_FACTS_KIND[*]} " == *' p '* && $KP_OPT_ENGINE != kprobe ]] \
		|| return 0
	if ! _kp_module_needs_kprobe; then
		KP_ENGINE=ftrace
	elif [[ $KP_OPT_ENGINE == ftrace ]]; then
		_kp_module_refuse "option --engine=ftrace: it probes the entry of a function, and has no %ip"
	fi
}

# kp_module_fall_back() { # ftrace refused: by kprobes, then
# Who asked for ftrace is told of which function, or by the kernel's own words.
kp_module_fall_back() {
	local -i i
	if [[ $KP_OPT_ENGINE != ftrace ]]; then
		KP_ENGINE=kprobe
		return
	fi
	# shellcheck source=lib/symbols_one.sh
	source "$KP_TOP/lib/symbols_one.sh"
	for i in "${!KP_FACTS_KIND[@]}"; do
		[[ ${KP_FACTS_KIND[i]} == p ]] || continue
		if ! kp_symbols_is_traceable "$i"; then
			_kp_module_refuse "function ${KP_SYMBOLS_NAME[i]}: ftrace cannot trace it"
			return
		fi
	done
	_KP_MODULE_INSISTS=1
}

# _kp_module_refuse() { # <cause>
_kp_module_refuse() {
	kp_err "$1"
	kp_hint "--engine=kprobe needs no place that the compiler left, and probes any instruction"
	return "$KP_EX_TARGET"
}

# _kp_module_needs_kprobe() { # is one not at an entry, or does it ask for more than that?
_kp_module_needs_kprobe() {
	local -i i
	for i in "${!KP_FACTS_KIND[@]}"; do
		[[ ${KP_FACTS_KIND[i]} == p ]] || continue
		[[ ${KP_SYMBOLS_PLANT[i]} != *+* ]] && ((!KP_FACTS_KPROBE[i])) || return 0
	done
	return 1
}

# kp_module_plan() { # <file> <name>: the plan that plants what was built
# What is followed, and told, is added by the place before.
kp_module_plan() {
	# shellcheck disable=SC2034 # by its name
	local -a listed=("${KP_SYMBOLS_PLACE[@]}")
	local -i i
	for i in "${!KP_FACTS_KIND[@]}"; do
		# register_ftrace_function() does say when it cannot.
		# shellcheck disable=SC2034 # by its name
		[[ $KP_ENGINE/${KP_FACTS_KIND[i]} != ftrace/p ]] || listed[i]=
	done
	kp_plan_set engine module
	kp_plan_set name "$2"
	kp_plan_set shape "$KP_BUILD_SHAPE"
	[[ $KP_ENGINE != ftrace ]] || ((_KP_MODULE_INSISTS)) || kp_plan_set fallback kprobe
	kp_plan_probes KP_FACTS_KIND KP_SYMBOLS_TARGET KP_SYMBOLS_PLANT KP_REQUEST_EVENTS listed
	if ((KP_OPT_FOLLOW)); then
		kp_plan_param ${KP_OPT_BUFFER:+"ring_kb=$KP_OPT_BUFFER"} ${KP_OPT_BUDGET:+"budget=$KP_OPT_BUDGET"}
	else
		kp_plan_param dyndbg=+p
	fi
	kp_request_params || return
	kp_plan_write "$1"
}

# kp_module_target() { # what is loaded before the probe, and after it
#	insmod /lib/modules/6.1.0-56-amd64/kernel/drivers/net/mdio.ko
kp_module_target() {
	local name file said
	local -a depends
	IFS=, read -ra depends <<<"${KP_REQUEST_MODFILE[depends]}"
	for name in "${depends[@]}"; do
		if ! said=$(modprobe --show-depends "$name" 2>&1); then
			kp_err "module $name: cannot be loaded: ${said##*: }"
			return "$KP_EX_LOAD"
		fi
		while read -r name file _; do
			[[ $name == insmod ]] || continue
			name=${file##*/} name=${name%%.ko*} name=${name//-/_}
			[[ -d $KP_SYSMODULE/$name || " ${KP_PLAN_LINES[*]} " == *" $file "* ]] \
				|| kp_plan_add bring "$name $file"
		done <<<"$said"
	done
	kp_plan_set target "${KP_REQUEST_MODFILE[name]} ${KP_REQUEST_MODFILE[path]}"
}
