/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample_btf.h - a small BTF of known layout, for tests
 *
 *	enum color { RED, GREEN = 7 };
 *	struct inner { int x; unsigned int f3 : 3; int s5 : 5; u64 wide; };
 *	struct outer {					offset
 *		int a;					0
 *		union { unsigned int u1; u8 c1; };	4
 *		struct inner in;			8
 *		struct inner *pin;			32
 *		char name[16];				40
 *		char *cname;				56
 *		enum color col;				64
 *		struct { long deep; };			72
 *	};
 *	int t_all(int dfd, u8 small, char *s, struct outer *o, enum color c,
 *		  bool b, gfp_t g, void (*fn)(int), const char *buf,
 *		  size_t count);
 *	void t_void(void);
 *	struct outer *t_ptr(struct pair p, struct big g, long after);
 *	long t_connect(struct sockaddr *name, int addr_len,
 *		       struct sockaddr *peer, struct bio *bio);
 *	void t_huge(struct huge h, long a, long b, long c, long d, long e,
 *		    long f, long after);	h: 600 bytes, so all on the stack
 *	long __x64_sys_openat(const struct pt_regs *regs);
 */
#ifndef SAMPLE_BTF_H
#define SAMPLE_BTF_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/btf.h>

struct sample {
	struct btf *btf;
	int s32, u8, u32, u64, slong, chr, boolean, size_t_, gfp;
	int pchar, pcchar, color, inner, outer, pouter, fnptr, pair, big, huge;
};

static void sample__scalars(struct sample *s)
{
	struct btf *b = s->btf;

	s->s32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	s->u8 = btf__add_int(b, "unsigned char", 1, 0);
	s->u32 = btf__add_int(b, "unsigned int", 4, 0);
	s->u64 = btf__add_int(b, "unsigned long", 8, 0);
	s->slong = btf__add_int(b, "long", 8, BTF_INT_SIGNED);
	s->chr = btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	s->boolean = btf__add_typedef(
		b, "bool", btf__add_int(b, "_Bool", 1, BTF_INT_BOOL));
	s->size_t_ = btf__add_typedef(b, "size_t", s->u64);
	s->gfp = btf__add_typedef(b, "gfp_t", s->u32);
	s->pchar = btf__add_ptr(b, s->chr);
	s->pcchar = btf__add_ptr(b, btf__add_const(b, s->chr));
	s->color = btf__add_enum(b, "color", 4);
	btf__add_enum_value(b, "RED", 0);
	btf__add_enum_value(b, "GREEN", 7);
}

static void sample__structs(struct sample *s)
{
	struct btf *b = s->btf;
	int u, deep, pin, name;

	s->inner = btf__add_struct(b, "inner", 24);
	btf__add_field(b, "x", s->s32, 0, 0);
	btf__add_field(b, "f3", s->u32, 32, 3);
	btf__add_field(b, "s5", s->s32, 35, 5);
	btf__add_field(b, "wide", s->u64, 64, 0);
	u = btf__add_union(b, NULL, 4);
	btf__add_field(b, "u1", s->u32, 0, 0);
	btf__add_field(b, "c1", s->u8, 0, 0);
	deep = btf__add_struct(b, NULL, 8);
	btf__add_field(b, "deep", s->slong, 0, 0);
	pin = btf__add_ptr(b, s->inner);
	name = btf__add_array(b, s->s32, s->chr, 16);
	s->outer = btf__add_struct(b, "outer", 80);
	btf__add_field(b, "a", s->s32, 0, 0);
	btf__add_field(b, NULL, u, 32, 0);
	btf__add_field(b, "in", s->inner, 64, 0);
	btf__add_field(b, "pin", pin, 256, 0);
	btf__add_field(b, "name", name, 320, 0);
	btf__add_field(b, "cname", s->pchar, 448, 0);
	btf__add_field(b, "col", s->color, 512, 0);
	btf__add_field(b, NULL, deep, 576, 0);
	s->pouter = btf__add_ptr(b, s->outer);
	s->pair = btf__add_struct(b, "pair", 16);
	btf__add_field(b, "l", s->slong, 0, 0);
	btf__add_field(b, "r", s->slong, 64, 0);
	s->big = btf__add_struct(b, "big", 24);
	btf__add_field(b, "w", s->slong, 0, 0);
	s->huge = btf__add_struct(b, "huge", 600);
	btf__add_field(b, "w", s->slong, 0, 0);
}

static void sample__functions(struct sample *s)
{
	struct btf *b = s->btf;
	int proto, regs, sockaddr, bio, i;

	proto = btf__add_func_proto(b, 0);
	btf__add_func_param(b, NULL, s->s32);
	s->fnptr = btf__add_ptr(b, proto);
	proto = btf__add_func_proto(b, s->s32);
	btf__add_func_param(b, "dfd", s->s32);
	btf__add_func_param(b, "small", s->u8);
	btf__add_func_param(b, "s", s->pchar);
	btf__add_func_param(b, "o", s->pouter);
	btf__add_func_param(b, "c", s->color);
	btf__add_func_param(b, "b", s->boolean);
	btf__add_func_param(b, "g", s->gfp);
	btf__add_func_param(b, "fn", s->fnptr);
	btf__add_func_param(b, "buf", s->pcchar);
	btf__add_func_param(b, "count", s->size_t_);
	btf__add_func(b, "t_all", BTF_FUNC_STATIC, proto);
	proto = btf__add_func_proto(b, 0);
	btf__add_func(b, "t_void", BTF_FUNC_STATIC, proto);
	proto = btf__add_func_proto(b, s->pouter);
	btf__add_func_param(b, "p", s->pair);
	btf__add_func_param(b, "g", s->big);
	btf__add_func_param(b, "after", s->slong);
	btf__add_func(b, "t_ptr", BTF_FUNC_STATIC, proto);
	sockaddr = btf__add_ptr(b, btf__add_fwd(b, "sockaddr", BTF_FWD_STRUCT));
	bio = btf__add_ptr(b, btf__add_fwd(b, "bio", BTF_FWD_STRUCT));
	proto = btf__add_func_proto(b, s->slong);
	btf__add_func_param(b, "name", sockaddr);
	btf__add_func_param(b, "addr_len", s->s32);
	btf__add_func_param(b, "peer", sockaddr);
	btf__add_func_param(b, "bio", bio);
	btf__add_func(b, "t_connect", BTF_FUNC_STATIC, proto);
	proto = btf__add_func_proto(b, 0);
	btf__add_func_param(b, "h", s->huge);
	for (i = 0; i < 6; i++)
		btf__add_func_param(b, (char[]){ (char)('a' + i), '\0' },
				    s->slong);
	btf__add_func_param(b, "after", s->slong);
	btf__add_func(b, "t_huge", BTF_FUNC_STATIC, proto);
	regs = btf__add_fwd(b, "pt_regs", BTF_FWD_STRUCT);
	regs = btf__add_ptr(b, btf__add_const(b, regs));
	proto = btf__add_func_proto(b, s->slong);
	btf__add_func_param(b, "regs", regs);
	btf__add_func(b, "__x64_sys_openat", BTF_FUNC_STATIC, proto);
}

/* The path of a file in memory, good as long as the process lives. */
static const char *sample__path(void)
{
	static char path[40];
	struct sample s = { .btf = btf__new_empty() };
	const void *raw;
	uint32_t size;
	int fd;

	sample__scalars(&s);
	sample__structs(&s);
	sample__functions(&s);
	raw = btf__raw_data(s.btf, &size);
	fd = memfd_create("btf", 0);
	if (!raw || fd < 0 || write(fd, raw, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	btf__free(s.btf);
	return path;
}

#endif
