/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a name to a planted kprobe: in the kernel or in a module
 * that is loaded now, later, or more than once.
 */
#ifndef KP_TARGET_H
#define KP_TARGET_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "kp_compat.h"

#define KP_FUNCNAME_LEN 512 /* KSYM_NAME_LEN since 6.1 */
#define KP_BROUGHT_LEN 256
#define KP_MAXACTIVE_MAX 4096 /* of kprobetrace: KRETPROBE_MAXACTIVE_MAX */
#define KP_INSN_MAX 16 /* bytes: longer than any instruction */

/**
 * struct kp_target - one probe, and the module that holds its function
 * @kp: the kprobe; only for finding the function where there is @ops
 * @rp: the kretprobe that it belongs to, or NULL
 * @ops: of the ftrace engine, or NULL
 * @module: the module's name, empty for the kernel itself
 * @where: address of the probe, once it was planted
 * @planted: it is registered
 * @disarmed: but not to be hit for now
 * @missed: hits missed in earlier lives of the module
 * @overrun: of these, the calls that found maxactive others on their way
 * @told: that there are such calls was logged
 * @nb: told when the module comes and goes
 * @lock: held while planting and removing
 */
struct kp_target {
	struct kprobe *kp;
	struct kretprobe *rp;
	struct ftrace_ops *ops;
	char module[MODULE_NAME_LEN];
	unsigned long where;
	bool planted;
	bool disarmed;
	unsigned long missed;
	unsigned long overrun;
	atomic_t told;
	struct notifier_block nb;
	struct mutex lock; /* over planted and missed */
};

/**
 * kp_target_parse() - split what is to be probed
 * @t: gets the module's name and the kprobe's offset
 * @symbol: gets [MODULE:]SYMBOL, as register_kprobe() takes it
 * @funcname: [MODULE:]SYMBOL[+OFFSET]
 *
 * Return: 0 or -EINVAL.
 */
static int kp_target_parse(struct kp_target *t, char *symbol,
			   const char *funcname)
{
	const char *colon = strchr(funcname, ':');
	char *plus;

	strscpy(symbol, funcname, KP_FUNCNAME_LEN);
	plus = strchr(symbol, '+');
	if (plus) {
		*plus = '\0';
		if (kstrtouint(plus + 1, 0, &t->kp->offset))
			return -EINVAL;
	}
	if (colon) {
		if (colon - funcname >= (long)sizeof(t->module))
			return -EINVAL;
		memcpy(t->module, funcname, colon - funcname);
	}
	return symbol[0] ? 0 : -EINVAL;
}

/*
 * By ftrace. A kprobe that is never armed finds the function, and refuses what
 * the kernel does not want probed. -EINVAL: ftrace has no place there.
 */
static int kp_target_plant_ops(struct kp_target *t)
{
	int err;

	t->kp->flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(t->kp);
	if (err)
		return err;
	t->where = (unsigned long)t->kp->addr;
	unregister_kprobe(t->kp);
	err = ftrace_set_filter_ip(t->ops, t->where, 0, 1);
	if (!err)
		err = register_ftrace_function(t->ops);
	return err;
}

/* Tell the first place from @offset on, in steps of @step, for a kprobe. */
static void kp_target_tell_near(const struct kp_target *t, int step)
{
	struct kprobe near = {};
	int i;

	for (i = 1; i < KP_INSN_MAX; i++) {
		if (step < 0 && i > t->kp->offset)
			return;
		near.symbol_name = t->kp->symbol_name;
		near.offset = t->kp->offset + i * step;
		near.addr = NULL;
		near.flags = KPROBE_FLAG_DISABLED;
		if (register_kprobe(&near))
			continue;
		pr_err("an instruction begins at %pS\n", near.addr);
		unregister_kprobe(&near);
		return;
	}
}

/*
 * The offset is inside of an instruction: which ones are around it? The kernel
 * decodes them to decide, and exports no decoder; so it is asked.
 */
static void kp_target_tell_instructions(const struct kp_target *t)
{
	kp_target_tell_near(t, -1);
	kp_target_tell_near(t, 1);
}

static int kp_target_plant(struct kp_target *t)
{
	int err;

	/* A kprobe that was registered before keeps its address. */
	t->kp->addr = NULL;
	t->kp->flags = 0;
	if (t->ops)
		err = kp_target_plant_ops(t);
	else if (t->rp)
		err = register_kretprobe(t->rp);
	else
		err = register_kprobe(t->kp);
	if (!err && !t->ops)
		t->where = (unsigned long)t->kp->addr;
	t->planted = !err;
	t->disarmed = false;
	if (err == -EILSEQ)
		kp_target_tell_instructions(t);
	return err;
}

/* Another probe was being handled, or too many calls were on their way. */
static unsigned long kp_target_nmissed(const struct kp_target *t)
{
	unsigned long nmissed = t->ops ? 0 : READ_ONCE(t->kp->nmissed);

	if (t->rp)
		nmissed += READ_ONCE(t->rp->nmissed);
	return nmissed;
}

static void kp_target_remove(struct kp_target *t)
{
	if (!t->planted)
		return;
	if (t->ops) {
		if (!t->disarmed)
			unregister_ftrace_function(t->ops);
		ftrace_set_filter_ip(t->ops, t->where, 1, 0);
	} else if (t->rp) {
		unregister_kretprobe(t->rp);
	} else {
		unregister_kprobe(t->kp);
	}
	t->missed += kp_target_nmissed(t);
	if (t->rp)
		t->overrun += READ_ONCE(t->rp->nmissed);
	t->planted = false;
}

/* Switches a planted probe, from a context that may sleep. */
static inline void kp_target_arm(struct kp_target *t, bool arm)
{
	mutex_lock(&t->lock);
	if (t->planted && t->disarmed == arm) {
		if (t->ops)
			arm ? register_ftrace_function(t->ops) :
			      unregister_ftrace_function(t->ops);
		else if (t->rp)
			arm ? enable_kretprobe(t->rp) :
			      disable_kretprobe(t->rp);
		else
			arm ? enable_kprobe(t->kp) : disable_kprobe(t->kp);
		t->disarmed = !arm;
	}
	mutex_unlock(&t->lock);
}

static int kp_target_notify(struct notifier_block *nb, unsigned long state,
			    void *data)
{
	struct kp_target *t = container_of(nb, struct kp_target, nb);
	struct module *mod = data;
	int err = 0;

	if (strcmp(mod->name, t->module))
		return NOTIFY_DONE;

	mutex_lock(&t->lock);
	if (state == MODULE_STATE_COMING && !t->planted)
		err = kp_target_plant(t);
	else if (state == MODULE_STATE_GOING)
		kp_target_remove(t);
	mutex_unlock(&t->lock);
	if (err)
		pr_err("cannot probe %s: %pe\n", t->kp->symbol_name,
		       ERR_PTR(err));
	return NOTIFY_OK;
}

/**
 * kp_target_register() - plant the kprobe now, or when its module comes
 * @t: with @kp set
 * @symbol: KP_FUNCNAME_LEN bytes that outlive the kprobe
 * @funcname: [MODULE:]SYMBOL[+OFFSET]
 *
 * The notifier is called before the module's init function runs, so that this
 * too can be probed.
 *
 * Return: 0, also where the module is not there yet; what register_kprobe()
 * says otherwise.
 */
static int kp_target_register(struct kp_target *t, char *symbol,
			      const char *funcname)
{
	int err;

	mutex_init(&t->lock);
	t->kp->symbol_name = symbol;
	kp_compat_prepare(t->kp);
	err = kp_target_parse(t, symbol, funcname);
	if (err)
		return err;

	if (t->module[0]) {
		t->nb.notifier_call = kp_target_notify;
		err = register_module_notifier(&t->nb);
		if (err)
			return err;
	}
	mutex_lock(&t->lock);
	if (!t->planted)
		err = kp_target_plant(t);
	mutex_unlock(&t->lock);
	if (err == -ENOENT && t->module[0])
		return 0;
	if (err && t->module[0])
		unregister_module_notifier(&t->nb);
	return err;
}

static void kp_target_unregister(struct kp_target *t)
{
	if (t->module[0])
		unregister_module_notifier(&t->nb);
	kp_target_remove(t);
}

/* Hits that the kernel could not deliver. */
static unsigned long kp_target_missed(const struct kp_target *t)
{
	return t->missed + (t->planted ? kp_target_nmissed(t) : 0);
}

/**
 * kp_target_overrun() - calls whose return was not caught for want of room
 * @t: with a kretprobe
 *
 * Return: those that found maxactive others on their way.
 */
static inline unsigned long kp_target_overrun(const struct kp_target *t)
{
	return t->overrun + (t->planted ? READ_ONCE(t->rp->nmissed) : 0);
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
