/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From names to planted probes: in the kernel or in a module that is loaded now,
 * later, or more than once.
 */
#ifndef KP_PLANT_H
#define KP_PLANT_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "kp_by_ftrace.h"
#include "kp_compat.h"
#include "kp_target.h"

#define KP_INSN_MAX 16 /* bytes: longer than any instruction */

/**
 * kp_target_parse() - split what is to be probed
 * @t: gets the symbol as register_kprobe() takes it, the module's name and the
 *     kprobe's offset
 * @funcname: [MODULE:]SYMBOL[+OFFSET]
 *
 * Return: 0 or -EINVAL.
 */
static int kp_target_parse(struct kp_target *t, const char *funcname)
{
	const char *colon = strchr(funcname, ':');
	char *plus;

	if (strscpy(t->symbol, funcname, sizeof(t->symbol)) < 0)
		return -EINVAL;
	plus = strchr(t->symbol, '+');
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
	return t->symbol[0] ? 0 : -EINVAL;
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
	t->kp->flags = kp_disarmed ? KPROBE_FLAG_DISABLED : 0;
	if (t->ops)
		err = kp_target_plant_ops(t);
	else if (t->rp)
		err = register_kretprobe(t->rp);
	else
		err = register_kprobe(t->kp);
	if (!err && !t->ops)
		t->where = (unsigned long)t->kp->addr;
	t->planted = !err;
	if (err == -EILSEQ)
		kp_target_tell_instructions(t);
	return err;
}

static void kp_target_remove(struct kp_target *t)
{
	if (!t->planted)
		return;
	if (t->ops)
		kp_target_remove_ops(t);
	else if (t->rp)
		unregister_kretprobe(t->rp);
	else
		unregister_kprobe(t->kp);
	t->missed += kp_target_nmissed(t);
	if (t->rp)
		t->overrun += READ_ONCE(t->rp->nmissed);
	t->planted = false;
}

static inline int kp_target_arm(struct kp_target *t, bool arm)
{
	int err;

	if (t->rp)
		err = arm ? enable_kretprobe(t->rp) : disable_kretprobe(t->rp);
	else
		err = arm ? enable_kprobe(t->kp) : disable_kprobe(t->kp);
	/* While debugfs' kprobes/enabled is 0 it is not, and nobody says so. */
	if (!err && arm && (t->kp->flags & KPROBE_FLAG_DISABLED))
		err = -EAGAIN;
	return err;
}

static inline int kp_targets_arm_kprobes(bool arm)
{
	int err = 0, failed = 0;
	unsigned int n;

	for (n = 0; n < KP_PROBES; n++) {
		if (kp_targets[n]->planted && !kp_targets[n]->ops)
			err = kp_target_arm(kp_targets[n], arm);
		failed = failed ?: err;
	}
	return failed;
}

/**
 * kp_targets_arm() - switch all that is planted, from a context that may sleep
 * @arm: on
 *
 * Return: 0, or the first error. Where arming fails nothing is armed.
 */
static inline int kp_targets_arm(bool arm)
{
	int err;

	mutex_lock(&kp_target_lock);
	err = kp_disarmed == arm ? kp_targets_arm_ops(arm) : 0;
	if (!err && kp_disarmed == arm) {
		err = kp_targets_arm_kprobes(arm);
		if (err && arm) {
			kp_targets_arm_kprobes(false);
			kp_targets_arm_ops(false);
		} else {
			kp_disarmed = !arm;
		}
	}
	mutex_unlock(&kp_target_lock);
	return err;
}

/*
 * Is it in text that goes now, as the module has begun? A place that ftrace is
 * told of would wait for another module, and a kprobe that is gone cannot be
 * armed again, which would be an error for all.
 */
static bool kp_target_is_init(const struct kp_target *t,
			      const struct module *mod)
{
	return t->planted && within_module_init(t->where, mod);
}

static int kp_target_notify(struct notifier_block *nb, unsigned long state,
			    void *data)
{
	struct kp_target *t = container_of(nb, struct kp_target, nb);
	struct module *mod = data;
	int err = 0;

	if (strcmp(mod->name, t->module))
		return NOTIFY_DONE;

	mutex_lock(&kp_target_lock);
	if (state == MODULE_STATE_COMING && !t->planted)
		err = kp_target_plant(t);
	else if (state == MODULE_STATE_GOING ||
		 (state == MODULE_STATE_LIVE && kp_target_is_init(t, mod)))
		kp_target_remove(t);
	mutex_unlock(&kp_target_lock);
	if (err)
		pr_err("cannot probe %s: %pe\n", t->kp->symbol_name,
		       ERR_PTR(err));
	return NOTIFY_OK;
}

/**
 * kp_target_register() - plant a probe now, or when its module comes
 * @t: with @kp set
 * @funcname: [MODULE:]SYMBOL[+OFFSET]
 *
 * The notifier is called before the module's init function runs, so that this
 * too can be probed.
 *
 * Return: 0, also where the module is not there yet; what register_kprobe()
 * says otherwise.
 */
static int kp_target_register(struct kp_target *t, const char *funcname)
{
	int err;

	t->kp->symbol_name = t->symbol;
	kp_compat_prepare(t->kp);
	err = kp_target_parse(t, funcname);
	if (err)
		return err;
	if (t->scratch_size) {
		t->scratch = __alloc_percpu(t->scratch_size, sizeof(u64));
		if (!t->scratch)
			return -ENOMEM;
	}
	if (t->module[0]) {
		t->nb.notifier_call = kp_target_notify;
		err = register_module_notifier(&t->nb);
		if (err)
			goto out;
	}
	mutex_lock(&kp_target_lock);
	if (!t->planted)
		err = kp_target_plant(t);
	mutex_unlock(&kp_target_lock);
	if (err == -ENOENT && t->module[0])
		return 0;
	if (err && t->module[0]) {
		unregister_module_notifier(&t->nb);
		/* It may have come again meanwhile. */
		mutex_lock(&kp_target_lock);
		kp_target_remove(t);
		mutex_unlock(&kp_target_lock);
	}
out:
	if (err)
		free_percpu(t->scratch);
	return err;
}

static void kp_target_unregister(struct kp_target *t)
{
	if (t->module[0])
		unregister_module_notifier(&t->nb);
	mutex_lock(&kp_target_lock);
	kp_target_remove(t);
	mutex_unlock(&kp_target_lock);
	free_percpu(t->scratch);
}

/* The first @n of them, last first. */
static void kp_targets_unregister(unsigned int n)
{
	while (n--)
		kp_target_unregister(kp_targets[n]);
}

/**
 * kp_targets_register() - plant all probes, or none
 * @funcnames: of each, [MODULE:]SYMBOL[+OFFSET]
 *
 * Return: 0, or what kp_target_register() says of the first that cannot be.
 */
static int kp_targets_register(char *const *funcnames)
{
	unsigned int n;
	int err;

	for (n = 0; n < KP_PROBES; n++) {
		err = kp_target_register(kp_targets[n], funcnames[n]);
		if (err) {
			pr_err("cannot probe %s: %pe\n", funcnames[n],
			       ERR_PTR(err));
			kp_targets_unregister(n);
			return err;
		}
	}
	return 0;
}

#endif /* KP_PLANT_H */
