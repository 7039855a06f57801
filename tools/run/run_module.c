// SPDX-License-Identifier: GPL-2.0-only
/*
 * run_module.c - the engine that plants a module of ours: what its target needs,
 * then the module, then its target, so that the target's init function is hit.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_armed.h"
#include "run_engine.h"
#include "run_explain.h"
#include "run_image.h"
#include "run_log.h"
#include "run_remove.h"
#include "run_signal.h"
#include "run_sys.h"

#define NAMES_MAX 999

/**
 * struct module - what is being planted
 * @brought: names that were loaded for it, in order
 * @is_loaded: it is
 * @shown: its probes, as people write them
 */
struct module {
	const struct plan *plan;
	char *name;
	const char *brought[PLAN_BRING_MAX + 1];
	size_t nbrought;
	bool is_loaded;
	char *shown;
};

static int module__no_memory(const struct module *m)
{
	log__err("module %s: out of memory", m->name);
	return EX_LOAD;
}

/* NAME, or NAME_2 to NAME_999 */
static int module__pick(struct module *m, int *number)
{
	const char *base = m->plan->name;

	for (; *number <= NAMES_MAX; (*number)++) {
		if (*number == 1)
			snprintf(m->name, KERNEL_NAME_MAX + 1, "%s", base);
		else
			snprintf(m->name, KERNEL_NAME_MAX + 1, "%s_%d", base,
				 *number);
		if (!kernel__is_loaded(m->name))
			return 0;
	}
	log__err("module %s: %d of that name are planted", base, NAMES_MAX);
	log__hint("kp_load.sh --list shows them; kp_load.sh --unload=NAME");
	return EX_LOAD;
}

static bool file__is_packed(int fd)
{
	char magic[4] = "";

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       memcmp(magic, "\177ELF", sizeof(magic)) != 0;
}

/* Of the user's own choice, or the distribution's. Returns 0 or -errno. */
static int file__load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = sys__load_file(fd, file__is_packed(fd));
	close(fd);
	return err;
}

/* What the target needs, but for what is there. */
static int module__bring(struct module *m)
{
	const struct plan *p = m->plan;
	size_t i;
	int err;

	for (i = 0; i < p->nbring; i++) {
		if (kernel__is_loaded(p->bring[i].name))
			continue;
		if (signals__taken())
			return EX_SIGNAL + signals__taken();
		err = file__load(p->bring[i].file);
		if (!err) {
			m->brought[m->nbrought++] = p->bring[i].name;
		} else if (err != -EEXIST) {
			log__err("module %s: cannot be loaded: %s",
				 p->bring[i].name, explain__error(-err));
			return EX_LOAD;
		}
	}
	return 0;
}

/* One line, as insmod makes it of its words. NULL: out of memory */
static char *module__params(const struct module *m)
{
	const struct plan *p = m->plan;
	char *text = NULL;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (i = 0; i < p->nparams; i++)
		fprintf(f, "%s ", p->param[i]);
	/* The viewer switches it on. */
	if (p->pilot)
		fputs("enabled=0 ", f);
	if (m->nbrought || p->target.name)
		fputs("brought=", f);
	for (i = 0; i < m->nbrought; i++)
		fprintf(f, "%s%s", m->brought[i],
			i + 1 < m->nbrought || p->target.name ? "," : "");
	if (p->target.name)
		fputs(p->target.name, f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/*
 * The planted engine is ftrace, and it has no place there (EINVAL), its own state
 * does not allow it (ENODEV), or another user of it (EBUSY).
 */
static bool module__falls_back(const struct module *m, int err)
{
	return m->plan->fallback &&
	       (err == -EINVAL || err == -ENODEV || err == -EBUSY);
}

static int module__refused(const struct module *m, int err,
			   const struct kmsg *log)
{
	char *what;

	if (module__falls_back(m, err))
		return EX_FALLBACK;
	if (asprintf(&what, "%s on %s", m->name, m->shown) < 0)
		return module__no_memory(m);
	explain(what, -err, log);
	free(what);
	return EX_LOAD;
}

/* Two of one name at once: one is first, the other has to take the next name. */
static int module__insert(struct module *m, const struct image *shape,
			  const char *params, int *number)
{
	struct image im = { malloc(shape->size), shape->size };
	struct kmsg log;
	int ret, err;

	if (!im.data)
		return module__no_memory(m);
	memcpy(im.data, shape->data, shape->size);
	ret = image__name(&im, m->plan, m->name);
	if (!ret) {
		kmsg__begin(&log);
		err = sys__load(im.data, im.size, params);
		m->is_loaded = !err;
		kmsg__end(&log);
		if (err == -EEXIST && kernel__is_loaded(m->name))
			(*number)++;
		else if (err)
			ret = module__refused(m, err, &log);
		kmsg__free(&log);
	}
	image__free(&im);
	return ret;
}

static int module__load(struct module *m, const struct image *shape)
{
	char *params = module__params(m);
	int number = 1, ret = 0;

	if (!params)
		return module__no_memory(m);
	while (!m->is_loaded && !ret) {
		ret = module__pick(m, &number);
		if (!ret && signals__taken())
			ret = EX_SIGNAL + signals__taken();
		if (!ret)
			ret = module__insert(m, shape, params, &number);
	}
	free(params);
	if (m->is_loaded && number > 1)
		log__note("%s is planted already; this one is %s",
			  m->plan->name, m->name);
	return ret;
}

static int module__load_target(struct module *m)
{
	const struct plan_module *target = &m->plan->target;
	struct kmsg log;
	int err;

	if (!target->name)
		return 0;
	kmsg__begin(&log);
	err = file__load(target->file);
	kmsg__end(&log);
	if (err)
		explain(target->name, -err, &log);
	else
		m->brought[m->nbrought++] = target->name;
	kmsg__free(&log);
	return err ? EX_LOAD : 0;
}

/* An init function is gone by now, and its probe with it: its hit is not. */
static bool module__was_hit(const struct module *m)
{
	static const char none[] = "hits=0 ";
	char stats[256];

	return m->plan->target.name &&
	       (kernel__param(m->name, "stats", stats, sizeof(stats)) ||
		strncmp(stats, none, strlen(none)) != 0);
}

static void module__undo(struct module *m)
{
	if (m->is_loaded && remove__module(m->name))
		return;
	while (m->nbrought)
		remove__module(m->brought[--m->nbrought]);
}

static int module__plant_shape(struct module *m, const struct image *shape)
{
	struct armed armed;
	int ret = module__bring(m);

	if (!ret) {
		armed__begin(&armed, m->plan);
		ret = module__load(m, shape);
	}
	if (!ret)
		ret = module__load_target(m);
	if (!ret && !module__was_hit(m))
		ret = armed__check(&armed, m->plan, m->name);
	if (!ret && signals__taken())
		ret = EX_SIGNAL + signals__taken();
	if (ret)
		module__undo(m);
	return ret;
}

static int module__plant(struct planted *to, const struct plan *p,
			 struct trust *t)
{
	struct module m = { .plan = p, .name = to->name };
	struct image shape;
	int ret;

	snprintf(to->name, sizeof(to->name), "%s", p->name);
	m.shown = plan__shown(p);
	ret = m.shown ? image__read(&shape, t, p->shape) :
			module__no_memory(&m);
	if (!ret)
		ret = module__plant_shape(&m, &shape);
	if (m.shown)
		image__free(&shape);
	free(m.shown);
	return ret;
}

static int module__can(const struct plan *p)
{
	if (p->shape)
		return 0;
	log__err("plan %s: without a shape, which engine module needs",
		 p->name);
	return EX_USAGE;
}

static int module__status(const char *name)
{
	char stats[4096];
	int err = kernel__param(name, "stats", stats, sizeof(stats));

	if (!err && printf("%s\n", stats) >= 0 && !fflush(stdout))
		return 0;
	log__err("probe %s: its counts cannot be told: %s", name,
		 strerror(err ? -err : errno));
	return EX_LOAD;
}

const struct engine module_engine = {
	.name = "module",
	.can = module__can,
	.plant = module__plant,
	.has = kernel__is_ours,
	.status = module__status,
	.remove = remove__probe,
};
