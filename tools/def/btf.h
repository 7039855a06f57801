/* SPDX-License-Identifier: GPL-2.0-only */
/* btf.h - functions, members and C declarations out of BTF (libbpf). */
#ifndef DEF_BTF_H
#define DEF_BTF_H

#include <stdbool.h>
#include <stdint.h>
#include <bpf/btf.h>

#include "str.h"

#define DEF_BTF_DEFAULT "/sys/kernel/btf/vmlinux"

struct btf_src;

/* A function's prototype; btf is NULL where none was found. */
struct btf_func {
	const struct btf *btf;
	const struct btf_type *proto;
	uint32_t proto_id;
};

/* A member, counted in bits from the start of the outermost structure. */
struct btf_field {
	uint32_t type_id;
	uint32_t bit_off;
	uint32_t bit_size; /* 0: no bitfield */
};

/*
 * Nothing is read before the first question. NULL paths: the running
 * kernel's BTF, and the one of its module where a module is named. In
 * module_dir, if there is one, each module's is a file of its name.
 */
struct btf_src *btf_src__new(const char *path, const char *module_path,
			     const char *module_dir);
void btf_src__free(struct btf_src *src);
/* 0, -ENODATA without BTF (btf_src__why() tells), -ENOENT: no such function */
int btf_src__find_func(struct btf_src *src, const char *module,
		       const char *name, struct btf_func *func);
/* The file that is missing or wrong, and why. */
const char *btf_src__why(const struct btf_src *src);
int btf_src__find_type(struct btf_src *src, const char *name, uint32_t kind,
		       const struct btf **btf, uint32_t *id);
/* "int dfd", "void (*fn)(struct work_struct *)" */
int btf_src__decl(struct btf_src *src, const struct btf *btf, uint32_t id,
		  const char *name, struct buf *out);
/* Writes the BTF inside an image or ELF file as a raw BTF file, or none. */
int btf_src__extract(struct btf_src *src, const char *out);

/* Without modifiers and typedefs; *id becomes the type's own. */
const struct btf_type *btf_type__skip(const struct btf *btf, uint32_t *id);
const char *btf_type__name(const struct btf *btf, const struct btf_type *t);
/* 0, -ENOENT, or -EINVAL for a type without members */
int btf_type__field(const struct btf *btf, uint32_t id, const char *name,
		    struct btf_field *field);

#endif
