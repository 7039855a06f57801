/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probes of a module, and what the kernel could not tell them: kp_plant.h
 * plants them.
 *
 * The C that includes this defines KP_PROBES and kp_targets, all its probes.
 */
#ifndef KP_TARGET_H
#define KP_TARGET_H

#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/printk.h>

#define KP_FUNCNAME_LEN 512 /* KSYM_NAME_LEN since 6.1 */
#define KP_BROUGHT_LEN 256
#define KP_MAXACTIVE_MAX 4096 /* of kprobetrace: KRETPROBE_MAXACTIVE_MAX */

struct kp_description;

/**
 * struct kp_target - one probe, and the module that holds its function
 * @kp: the kprobe; only for finding the function where there is @ops
 * @rp: the kretprobe that it belongs to, or NULL
 * @ops: of the ftrace engine, or NULL; probes may share one
 * @scratch_size: bytes that a CPU needs to handle a hit
 * @scratch: these, or NULL for none
 * @describe: tells the viewer what a record holds
 * @reserve: bytes of the longest record in the ring
 * @symbol: what register_kprobe() is given
 * @module: the module's name, empty for the kernel itself
 * @where: address of the probe, once it was planted; 0 where ftrace's is not
 * @planted: it is registered
 * @missed: hits missed in earlier lives of the module
 * @overrun: of these, the calls that found maxactive others on their way
 * @told: that there are such calls was logged
 * @nb: told when the module comes and goes
 */
struct kp_target {
	struct kprobe *kp;
	struct kretprobe *rp;
	struct ftrace_ops *ops;
	size_t scratch_size;
	void __percpu *scratch;
	void (*describe)(struct kp_description *text);
	unsigned int reserve;
	char symbol[KP_FUNCNAME_LEN];
	char module[MODULE_NAME_LEN];
	unsigned long where;
	bool planted;
	unsigned long missed;
	unsigned long overrun;
	atomic_t told;
	struct notifier_block nb;
};

static struct kp_target *const kp_targets[KP_PROBES];

/* Over what is planted, missed and armed. */
static DEFINE_MUTEX(kp_target_lock);
static bool kp_disarmed; /* nothing is to be hit for now */

/* Another probe was being handled, or too many calls were on their way. */
static unsigned long kp_target_nmissed(const struct kp_target *t)
{
	unsigned long nmissed = t->ops ? 0 : READ_ONCE(t->kp->nmissed);

	if (t->rp)
		nmissed += READ_ONCE(t->rp->nmissed);
	return nmissed;
}

/* Hits that the kernel could not deliver. */
static unsigned long kp_target_missed(const struct kp_target *t)
{
	return t->missed + (t->planted ? kp_target_nmissed(t) : 0);
}

/* Calls that found maxactive others on their way: their returns were missed. */
static inline unsigned long kp_targets_overrun(void)
{
	unsigned long sum = 0;
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		const struct kp_target *t = kp_targets[n];

		sum += t->overrun;
		if (t->rp && t->planted)
			sum += READ_ONCE(t->rp->nmissed);
	}
	return sum;
}

/* Tell of them once, while the probe can still be planted anew with more. */
static inline void kp_target_watch(struct kp_target *t)
{
	if (!READ_ONCE(t->rp->nmissed) || atomic_read(&t->told) ||
	    atomic_xchg(&t->told, 1))
		return;
	pr_warn("more than %d calls at a time: the others' returns are missed; plant it with r%d:\n",
		t->rp->maxactive, min(2 * t->rp->maxactive, KP_MAXACTIVE_MAX));
}
NOKPROBE_SYMBOL(kp_target_watch);

#endif /* KP_TARGET_H */
