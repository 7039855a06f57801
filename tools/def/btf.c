// SPDX-License-Identifier: GPL-2.0-only
/* btf.c - see btf.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "btf.h"
#include "image.h"

#define ANON_MAX 16 /* the kernel's BTF_ANON_STACK_MAX */

struct btf_module {
	struct btf_module *next;
	struct btf *btf;
	char name[];
};

struct btf_src {
	const char *path;
	const char *module_path;
	const char *module_dir;
	struct btf *base;
	struct btf_module *modules; /* all that were read */
	struct btf *module; /* the last that was asked for */
	struct btf_dump *dump;
	const struct btf *dump_btf;
	struct buf dump_out;
	char why[300];
};

static int btf_src__quiet(enum libbpf_print_level level, const char *fmt,
			  va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

struct btf_src *btf_src__new(const char *path, const char *module_path,
			     const char *module_dir)
{
	struct btf_src *src = calloc(1, sizeof(*src));

	if (!src)
		return NULL;
	libbpf_set_print(btf_src__quiet);
	src->path = path;
	src->module_path = module_path;
	src->module_dir = module_dir;
	return src;
}

void btf_src__free(struct btf_src *src)
{
	struct btf_module *module;

	if (!src)
		return;
	btf_dump__free(src->dump);
	while ((module = src->modules)) {
		src->modules = module->next;
		btf__free(module->btf);
		free(module);
	}
	btf__free(src->base);
	buf__free(&src->dump_out);
	free(src);
}

const char *btf_src__why(const struct btf_src *src)
{
	return src->why;
}

/* What libbpf says is not always an errno. */
static void btf_src__set_why(struct btf_src *src, const char *path,
			     const char *cause, int err)
{
	char text[100] = "";

	if (!cause && err == LIBBPF_ERRNO__FORMAT)
		cause = "no BTF, and no file that could have it inside";
	if (!cause && err == EINVAL)
		cause = "damaged, or cut short";
	if (!cause && err >= __LIBBPF_ERRNO__START) {
		libbpf_strerror(err, text, sizeof(text));
		cause = text;
	}
	snprintf(src->why, sizeof(src->why), "%.180s: %s", path,
		 cause ? cause : strerror(err));
}

/* libbpf parses files: an image's vmlinux is shown to it by its descriptor. */
static struct btf *btf_src__parse_image(int fd, const char **why)
{
	struct btf *btf = NULL;
	char path[40];
	int elf, err;

	elf = image__vmlinux(fd, why);
	if (elf < 0) {
		errno = -elf;
		return NULL;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", elf);
	btf = btf__parse_elf(path, NULL);
	err = errno;
	close(elf);
	errno = err;
	return btf;
}

/*
 * Raw BTF mapped instead of read: in sysfs (mappable from 6.16 on) reading goes
 * page by page, and libbpf would keep a second copy. NULL: try the other way.
 */
static struct btf *btf_src__map(int fd)
{
	static const uint8_t magic[] = { 0x9f, 0xeb };
	struct btf *btf = NULL;
	struct stat st;
	void *data;

	if (fstat(fd, &st) || st.st_size < 24 || st.st_size > UINT32_MAX)
		return NULL;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ,
		    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		return NULL;
	if (!memcmp(data, magic, sizeof(magic)))
		btf = btf__new(data, (uint32_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	return btf;
}

static struct btf *btf_src__parse(struct btf_src *src, const char *path,
				  struct btf *base)
{
	const char *why = NULL;
	struct btf *btf = NULL;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		btf_src__set_why(src, path, NULL, errno);
		return NULL;
	}
	if (!base && image__is_bzimage(fd)) {
		btf = btf_src__parse_image(fd, &why);
	} else {
		btf = base ? NULL : btf_src__map(fd);
		btf = btf ? btf : btf__parse_split(path, base);
	}
	if (!btf && !why && (errno == ENOENT || errno == ENODATA))
		why = "no BTF inside";
	if (!btf)
		btf_src__set_why(src, path, why, errno);
	close(fd);
	return btf;
}

static struct btf *btf_src__base(struct btf_src *src)
{
	const char *path = src->path ? src->path : DEF_BTF_DEFAULT;

	if (!src->base && !src->why[0])
		src->base = btf_src__parse(src, path, NULL);
	return src->base;
}

/* Where a module's BTF is; false, with the reason, where that is not known. */
static bool btf_src__module_path(struct btf_src *src, const char *name,
				 char *path, size_t size)
{
	const char *dir = src->module_dir;

	if (src->module_path) {
		snprintf(path, size, "%s", src->module_path);
		return true;
	}
	if (!dir && !src->path)
		dir = "/sys/kernel/btf";
	if (dir)
		snprintf(path, size, "%s/%.200s", dir, name);
	if (dir && (!src->module_dir || !access(path, R_OK)))
		return true;
	snprintf(
		src->why, sizeof(src->why),
		"module %.60s: its types are not known: name its file with --mod=PATH.ko, or load it",
		name);
	return false;
}

/* Each is read once, and stays: probes point into it. */
static struct btf *btf_src__module(struct btf_src *src, const char *name)
{
	struct btf_module *module;
	char path[4096];

	name = src->module_path ? "" : name;
	for (module = src->modules; module; module = module->next)
		if (strcmp(module->name, name) == 0)
			return src->module = module->btf;
	if (!btf_src__module_path(src, name, path, sizeof(path)))
		return NULL;
	module = calloc(1, sizeof(*module) + strlen(name) + 1);
	if (!module)
		return NULL;
	strcpy(module->name, name);
	module->btf = btf_src__parse(src, path, src->base);
	module->next = src->modules;
	src->modules = module;
	return src->module = module->btf;
}

static int btf_src__lookup(const struct btf *btf, const char *name,
			   struct btf_func *func)
{
	const struct btf_type *t;
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);

	if (id < 0)
		return -ENOENT;
	t = btf__type_by_id(btf, (uint32_t)id);
	func->proto_id = t->type;
	func->proto = btf__type_by_id(btf, t->type);
	if (!func->proto || !btf_is_func_proto(func->proto))
		return -ENOENT;
	func->btf = btf;
	return 0;
}

int btf_src__find_func(struct btf_src *src, const char *module,
		       const char *name, struct btf_func *func)
{
	const struct btf *btf = btf_src__base(src);
	int err;

	memset(func, 0, sizeof(*func));
	if (!btf)
		return -ENODATA;
	if (!module && !src->module_path)
		return btf_src__lookup(btf, name, func);
	btf = btf_src__module(src, module ? module : "");
	if (!btf)
		return -ENODATA;
	err = btf_src__lookup(btf, name, func);
	return err;
}

int btf_src__find_type(struct btf_src *src, const char *name, uint32_t kind,
		       const struct btf **btf, uint32_t *id)
{
	int ret;

	*btf = src->module ? src->module : btf_src__base(src);
	if (!*btf)
		return -ENODATA;
	ret = btf__find_by_name_kind(*btf, name, kind);
	if (ret < 0)
		return -ENOENT;
	*id = (uint32_t)ret;
	return 0;
}

__attribute__((format(printf, 2, 0))) static void
btf_src__on_text(void *ctx, const char *fmt, va_list ap)
{
	struct btf_src *src = ctx;

	buf__vaddf(&src->dump_out, fmt, ap);
}

int btf_src__decl(struct btf_src *src, const struct btf *btf, uint32_t id,
		  const char *name, struct buf *out)
{
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = name, );
	size_t i;
	int err;

	if (src->dump && src->dump_btf != btf) {
		btf_dump__free(src->dump);
		src->dump = NULL;
	}
	if (!src->dump) {
		src->dump = btf_dump__new(btf, btf_src__on_text, src, NULL);
		if (!src->dump)
			return -errno;
		src->dump_btf = btf;
	}
	buf__free(&src->dump_out);
	err = btf_dump__emit_type_decl(src->dump, id, &opts);
	for (i = 0; !err && i < src->dump_out.len; i++)
		buf__addn(out,
			  src->dump_out.data[i] == '\n' ?
				  " " :
				  &src->dump_out.data[i],
			  1);
	return err;
}

/* All of it or nothing, unless it is a device. */
static int file__write(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "we");
	bool is_file;
	struct stat st;
	int err;

	if (!f)
		return -errno;
	is_file = !fstat(fileno(f), &st) && S_ISREG(st.st_mode);
	err = fwrite(data, size, 1, f) == 1 ? 0 : -errno;
	if (fclose(f) && !err)
		err = -errno;
	if (err && is_file)
		unlink(path);
	return err;
}

int btf_src__extract(struct btf_src *src, const char *out)
{
	struct btf *btf = btf_src__base(src);
	const void *raw;
	uint32_t size;

	if (!btf)
		return -ENODATA;
	raw = btf__raw_data(btf, &size);
	return raw ? file__write(out, raw, size) : -ENOMEM;
}

const struct btf_type *btf_type__skip(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);
	int depth;

	for (depth = 0; t && depth < 32; depth++) {
		if (!btf_is_mod(t) && !btf_is_typedef(t))
			return t;
		*id = t->type;
		t = btf__type_by_id(btf, t->type);
	}
	return NULL;
}

const char *btf_type__name(const struct btf *btf, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(btf, t->name_off);

	return name ? name : "";
}

struct anon {
	uint32_t id;
	uint32_t bit_off;
};

/* One level; anonymous members go to the stack. True when found. */
static bool btf_type__scan(const struct btf *btf, const struct anon *in,
			   const char *name, struct btf_field *field,
			   struct anon *stack, int *top)
{
	const struct btf_type *t = btf__type_by_id(btf, in->id);
	const struct btf_member *m = btf_members(t);
	uint32_t i, id, off;

	for (i = 0; i < btf_vlen(t); i++) {
		off = in->bit_off + btf_member_bit_offset(t, i);
		id = m[i].type;
		if (!m[i].name_off) {
			const struct btf_type *u = btf_type__skip(btf, &id);

			if (u && btf_is_composite(u) && *top < ANON_MAX)
				stack[(*top)++] = (struct anon){ id, off };
			continue;
		}
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), name))
			continue;
		field->type_id = id;
		field->bit_off = off;
		field->bit_size = btf_member_bitfield_size(t, i);
		return true;
	}
	return false;
}

int btf_type__field(const struct btf *btf, uint32_t id, const char *name,
		    struct btf_field *field)
{
	const struct btf_type *t = btf_type__skip(btf, &id);
	struct anon stack[ANON_MAX] = { { id, 0 } };
	int top = 1, visits = 0;

	if (!t || !btf_is_composite(t))
		return -EINVAL;
	while (top && visits++ < 1000) {
		struct anon in = stack[--top];

		if (btf_type__scan(btf, &in, name, field, stack, &top))
			return 0;
	}
	return -ENOENT;
}
