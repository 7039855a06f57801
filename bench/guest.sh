# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# guest.sh - for the benchmarks that count instructions: boots a guest in which
# virtual time is the number of instructions, and plants in it what is measured.
#
# With -icount shift=0 QEMU's clock advances one nanosecond an instruction, and
# with it the guest's time-stamp counter: what it shows is nearly the same in
# each run, whatever else this machine does. Instructions are not time: nothing
# here knows of caches or of slow instructions.
#
# A benchmark runs twice. On this machine bench_boot starts the guest; there
# BENCH_DIR is set, and the same script measures.
# Needs KP_TOP; BENCH_HELP, what kp_load.sh --help says; rows and in_the_readme,
# what is measured and how the README shows it.
# shellcheck disable=SC2034,SC2154 # globals shared with those who source this

# Instructions of the guest are counted. A processor as QEMU has it by default,
# of which the kernel trusts the time-stamp counter; and with a source of random
# numbers, which LTTng does not start without.
readonly BENCH_ACCEL="-accel tcg,thread=single -icount shift=0,sleep=off -cpu qemu64,+rdrand"
# The guest's directory here, and what is measured there.
BENCH_DIR=${BENCH_DIR:-}
readonly BENCH_TRACING=/sys/kernel/tracing
readonly BENCH_RUN=/run/kp_bench
# What bench_remove saw: events, or a dash; why bench_plant failed.
BENCH_SEEN=- BENCH_WHY=
BENCH_KIND=none BENCH_PID=

# --- on this machine ------------------------------------------------------

bench_init() {
	local lib source
	KP_VM_TIMEOUT=${KP_VM_TIMEOUT:-900}
	KP_VM_CPUS=${KP_VM_CPUS:-1}
	KP_VM_ACCEL=${KP_VM_ACCEL:-$BENCH_ACCEL}
	for lib in log paths trust cleanup sanity place/vm; do
		# shellcheck source=/dev/null # the libraries
		source "$KP_TOP/lib/$lib.sh"
	done
	trap 'kp_cleanup_run' EXIT
	BENCH_RELEASE=$(kp_kernel_default)
	BENCH_DIR=$(mktemp -d)
	kp_cleanup_push rm -rf -- "$BENCH_DIR"
	for source in "$KP_TOP"/bench/*.c; do
		gcc -O2 -Wall -Wextra -o "$BENCH_DIR/$(basename "$source" .c)" "$source"
	done
	# Modules for ours are built before the boot: the guest compiles nothing.
	export KP_WORKDIR=$BENCH_DIR/work
	mkdir -- "$KP_WORKDIR"
}

# bench_boot() { # <script>: runs it in the guest, status as there
bench_boot() {
	install -m 0755 -- "$KP_TOP/lib/guest/init.sh" "$BENCH_DIR/init"
	printf '%s\n' "$KP_TOP" >"$BENCH_DIR/cwd"
	printf 'export BENCH_DIR=%q KP_WORKDIR=%q\nexec %q\n' \
		"$BENCH_DIR" "$KP_WORKDIR" "$1" >"$BENCH_DIR/job"
	kp_vm_run "$BENCH_RELEASE" "$BENCH_DIR"
}

# bench_title() { # <name>: what was measured, when and on what
bench_title() {
	local qemu
	qemu=$(qemu-system-x86_64 --version | sed -n 's/.*version \([0-9.]*\).*/\1/p')
	printf '%s, %(%F)T\n' "$1" -1
	printf 'Linux %s (%s), %s CPU\n' "$BENCH_RELEASE" \
		"$(bench_package "linux-image-$BENCH_RELEASE")" "$KP_VM_CPUS"
	printf 'QEMU %s %s\n' "$qemu" "$KP_VM_ACCEL"
	printf 'bpftrace %s, perf-tools %s, LTTng %s\n' "$(bench_package bpftrace)" \
		"$(bench_package perf-tools-unstable)" "$(bench_package lttng-tools)"
}

bench_package() {
	dpkg-query -W -f='${Version}' "$1" 2>/dev/null || printf 'not installed'
}

# bench_record() { # <name> <command>: what the command prints, here and to
# bench/results; what in_the_readme makes of that, to the README's place for it, if
# it has one
bench_record() {
	local name=$1 file out tee
	file=$KP_TOP/bench/results/$name-$(cut -d. -f1-2 <<<"$BENCH_RELEASE").txt
	mkdir -p -- "${file%/*}"
	# Not in a pipe, whose shells do not end the guest when they are ended.
	exec {out}> >(tee -- "$BENCH_DIR/result")
	tee=$!
	"$2" >&"$out"
	exec {out}>&-
	wait "$tee"
	cp -- "$BENCH_DIR/result" "$file"
	grep -qxF "<!-- bench/$name -->" "$KP_TOP/README.md" || return 0
	in_the_readme "$file" >"$BENCH_DIR/table"
	printf '\nMeasured on %s, Linux %s: [bench/%s](%s)\n' \
		"$(sed -n '1s/.*, //p' "$file")" "$BENCH_RELEASE" "$name" \
		"${file#"$KP_TOP"/}" >>"$BENCH_DIR/table"
	NAME=$name FILE=$BENCH_DIR/table awk '
		$0 == "<!-- end of bench/" ENVIRON["NAME"] " -->" { skip = 0 }
		!skip { print }
		$0 == "<!-- bench/" ENVIRON["NAME"] " -->" {
			skip = 1
			while ((getline line <ENVIRON["FILE"]) > 0)
				print line
		}' "$KP_TOP/README.md" >"$BENCH_DIR/README.md"
	cat -- "$BENCH_DIR/README.md" >"$KP_TOP/README.md"
}

# bench_each() { # <command>: calls it with the fields of each of the rows
bench_each() {
	local row
	local -a fields
	while IFS= read -r row; do
		mapfile -t fields < <(tr '|' '\n' <<<"$row" | sed 's/^ *//; s/ *$//')
		"$1" "${fields[@]}" </dev/null
	done < <(rows)
}

# bench_lacks() { # <kind> <what>: prints the option or program that is missing
bench_lacks() {
	local word
	case $1 in
	bpftrace) type -P bpftrace >/dev/null || printf 'bpftrace is not installed' ;;
	command)
		type -P "${2%% *}" >/dev/null || printf '%s is not installed' "${2%% *}"
		;;
	lttng) bench_lacks_lttng ;;
	kp_load)
		for word in $2; do
			[[ $word == --* ]] || continue
			word=${word%%=*}
			grep -qE -- "(^|[ ,])$word([=[ ,]|$)" <<<"$BENCH_HELP" && continue
			printf 'kp_load.sh has no %s' "$word"
			return
		done
		if grep -qxF -- "$2" "$BENCH_DIR/unbuilt" 2>/dev/null; then
			printf 'could not be built'
		fi
		;;
	esac
}

bench_lacks_lttng() {
	local program
	for program in lttng lttng-sessiond babeltrace2; do
		type -P "$program" >/dev/null && continue
		printf '%s is not installed' "$program"
		return
	done
	if [[ -z $(compgen -G "/usr/src/lttng-modules-*/") ]]; then
		printf 'lttng-modules-dkms is not installed'
	elif [[ ! -e $(bench_lttng_modules)/modules.dep ]]; then
		printf 'lttng-modules could not be built'
	fi
}

# bench_lttng_modules() { # prints where its modules are, for modprobe
bench_lttng_modules() {
	printf '%s' "$BENCH_DIR/lttng/lib/modules/${BENCH_RELEASE:-$(uname -r)}"
}

# bench_build_lttng() { # its modules, of the sources that its package installs
# Without the kernel's own tracepoints, which are not to be traced, and which
# not every version of it can build for every kernel.
bench_build_lttng() {
	local tree=$BENCH_DIR/lttng.build kbuild modules
	local -a sources=(/usr/src/lttng-modules-*/)
	[[ -d ${sources[0]} && ! -e $tree ]] || return 0
	cp -r -- "${sources[0]}" "$tree"
	kbuild=$tree/src/probes/Kbuild
	sed -n '/^TOP_LTTNG_MODULES_DIR/p; /^include/p; /^ccflags-y/p' \
		"${sources[0]}/src/probes/Kbuild" >"$kbuild"
	printf 'obj-m += lttng-kprobes.o lttng-kretprobes.o lttng-uprobes.o\n' >>"$kbuild"
	if ! make -s -C "$tree" KERNELDIR="/lib/modules/$BENCH_RELEASE/build" \
		>"$BENCH_DIR/said" 2>&1; then
		grep -m 1 -i error "$BENCH_DIR/said" >&2 || :
		return 0
	fi
	modules=$(bench_lttng_modules)
	mkdir -p -- "$modules"
	find "$tree" -name '*.ko' -exec cp -t "$modules" {} +
	cp -- "/lib/modules/$BENCH_RELEASE"/modules.{builtin,order} "$modules"
	depmod -b "$BENCH_DIR/lttng" "$BENCH_RELEASE"
}

# bench_build() { # <kind> <what>: the module that kp_load.sh will load there
# What cannot be built is named in BENCH_DIR/unbuilt.
bench_build() {
	local built
	local -a args
	[[ $1 != lttng ]] || bench_build_lttng
	[[ $1 == kp_load && -z $(bench_lacks "$1" "$2") ]] || return 0
	bench_words args "$2"
	if built=$("$KP_TOP/kp_load.sh" --kver="$BENCH_RELEASE" --build-only "${args[@]}" 2>"$BENCH_DIR/said"); then
		rm -rf -- "${built%/*}"
	else
		cat -- "$BENCH_DIR/said" >&2
		printf '%s\n' "$2" >>"$BENCH_DIR/unbuilt"
	fi
}

# bench_words() { # <name> <text>: words of our own table, quoted as in a shell
bench_words() {
	eval "$1=($2)" # not a foreign word in it
}

# --- in the guest ---------------------------------------------------------

# bench_until() { # <seconds> <command>...: until it succeeds
# Virtual seconds, which fly while the guest waits for this machine's files.
bench_until() {
	local tries=$(($1 * 10))
	shift
	until "$@"; do
		((tries-- > 0)) || return 1
		sleep 0.1
	done
}

bench_is_planted() { [[ -n $(<"$BENCH_TRACING/enabled_functions") ]]; }
bench_is_clear() { ! bench_is_planted; }
bench_is_planted_or_dead() { bench_is_planted || ! kill -0 "$BENCH_PID" 2>/dev/null; }

bench_is_followed_or_dead() {
	{ pgrep -x kp_view >/dev/null && grep -qv '^0$' /sys/module/kp_*/refcnt; } \
		|| ! kill -0 "$BENCH_PID" 2>/dev/null
}

# bench_plant() { # <kind> <what>: plants it; status 1 with BENCH_WHY
bench_plant() {
	local -a args
	BENCH_KIND=$1 BENCH_PID=
	: >"$BENCH_RUN/out"
	: >"$BENCH_RUN/err"
	case $1 in
	none) return 0 ;;
	tracefs | tracefs_read)
		echo >"$BENCH_TRACING/trace"
		if ! printf '%s\n' "$2" >"$BENCH_TRACING/kprobe_events"; then
			BENCH_WHY=$(tail -n 4 "$BENCH_TRACING/error_log")
			return 1
		fi
		if [[ $1 == tracefs_read ]]; then
			cat "$BENCH_TRACING/trace_pipe" >"$BENCH_RUN/out" &
			BENCH_PID=$!
		fi
		echo 1 >"$BENCH_TRACING/events/kprobes/enable"
		;;
	bpftrace)
		bpftrace -e "$2" >"$BENCH_RUN/out" 2>"$BENCH_RUN/err" &
		BENCH_PID=$!
		;;
	lttng) bench_lttng_start "$2" || return ;;
	kp_load)
		bench_words args "$2"
		# For the interrupt: to timeout, a group of its own has it. Without, a
		# shell in the background ignores it. The time is never.
		timeout 1000000000 "$KP_TOP/kp_load.sh" "${args[@]}" \
			>"$BENCH_RUN/out" 2>"$BENCH_RUN/err" &
		BENCH_PID=$!
		;;
	esac
	if [[ -n $BENCH_PID ]]; then
		bench_until 7200 bench_is_planted_or_dead || :
	fi
	if ! bench_is_planted; then
		BENCH_WHY=$(grep -hiE 'error|lost' "$BENCH_RUN/err" | grep -m 1 .) \
			|| BENCH_WHY="was not planted"
		return 1
	fi
	# Its rings are there before who reads them is.
	[[ $1 != kp_load ]] || bench_until 7200 bench_is_followed_or_dead || :
	sleep 1 # a second probe of the same program
}

# bench_lttng_start() { # <options of enable-event>; status 1 with BENCH_WHY
# An event of its own has the time and the stream of its CPU; the rest of what
# ours have is context.
bench_lttng_start() {
	local -a args
	export LTTNG_HOME=$BENCH_RUN/lttng
	rm -rf -- "${LTTNG_HOME:?}"
	mkdir -- "$LTTNG_HOME"
	bench_words args "$1"
	mount --bind "$(bench_lttng_modules)" "/lib/modules/$(uname -r)"
	{
		lttng-sessiond --daemonize --kmod-probes=none \
			&& lttng create bench --output="$LTTNG_HOME/trace" \
			&& lttng enable-event --kernel "${args[@]}" o \
			&& lttng add-context --kernel --type=vpid --type=procname \
			&& lttng start
	} >"$BENCH_RUN/out" 2>"$BENCH_RUN/err" && return
	BENCH_WHY=$(grep -m 1 -i error "$BENCH_RUN/err") || BENCH_WHY="was not planted"
	bench_lttng_stop
	BENCH_KIND=none
	return 1
}

# bench_lttng_stop() { # counts in BENCH_SEEN what it saw of the caller
bench_lttng_stop() {
	lttng destroy bench >/dev/null 2>&1 || :
	BENCH_SEEN=$(babeltrace2 "$LTTNG_HOME/trace" 2>/dev/null \
		| grep -c 'procname = "caller"') || :
	pkill -x lttng-sessiond || : # a guest of our own: it is ours
	bench_until 7200 bench_is_without_lttng || :
	umount "/lib/modules/$(uname -r)"
}

bench_is_without_lttng() { ! pgrep '^lttng-' >/dev/null; }

# bench_remove() { # takes it away again, counts in BENCH_SEEN what it saw
bench_remove() {
	BENCH_SEEN=-
	[[ $BENCH_KIND != none ]] || return 0
	if [[ $BENCH_KIND == tracefs* ]]; then
		BENCH_SEEN=$(awk '{ n += $2 } END { print n + 0 }' "$BENCH_TRACING/kprobe_profile")
		echo 0 >"$BENCH_TRACING/events/kprobes/enable"
	fi
	if [[ -n $BENCH_PID ]]; then
		kill -INT "$BENCH_PID" 2>/dev/null || :
		[[ $BENCH_KIND != tracefs* ]] || kill -TERM "$BENCH_PID" 2>/dev/null || :
		bench_until 7200 bench_is_gone "$BENCH_PID" || kill -KILL "$BENCH_PID"
		wait "$BENCH_PID" 2>/dev/null || :
	fi
	if [[ $BENCH_KIND == lttng ]]; then
		bench_lttng_stop
	elif [[ $BENCH_KIND == bpftrace ]]; then
		BENCH_SEEN=$(bench_bpftrace_events <"$BENCH_RUN/out")
	elif [[ $BENCH_KIND == kp_load ]]; then
		# hits=H shown=S filtered=F dropped=D missed=M
		BENCH_SEEN=$(sed -n 's/^hits=\([0-9]*\) .*/\1/p' "$BENCH_RUN/err")
	fi
	bench_clear
}

# bench_clear() { # removes what is left in tracefs; status 1 if a probe is left
bench_clear() {
	echo 0 >"$BENCH_TRACING/events/enable"
	: >"$BENCH_TRACING/kprobe_events"
	echo >"$BENCH_TRACING/trace"
	bench_until 7200 bench_is_clear
}

bench_is_gone() { ! kill -0 "$1" 2>/dev/null; }

# A count, a histogram, or lines that name the caller:
#	@: 20000
#	[1K, 2K)           19994 |@@@@@@@@@@
#	event 197 0 caller 23315307924 6e 0
bench_bpftrace_events() {
	awk '/^@[a-z]*: [0-9]+$/ { n += $2 }
		/^[[(].*[])] +[0-9]+ \|/ { sub(/ *\|.*/, ""); n += $NF }
		/^event .* caller / { n++ }
		END { print n + 0 }'
}
