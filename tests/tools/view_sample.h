/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view_sample.h - descriptions of every mode and kind, and what view_image
 * makes of the first one, for the fuzz targets to begin with.
 */
#ifndef VIEW_SAMPLE_H
#define VIEW_SAMPLE_H

#include "array.h"

#define SAMPLE_CPUS 2
#define SAMPLE_RING 1024 /* as the descriptions say */
#define SAMPLE_SLACK 512
#define SAMPLE_DATA (SAMPLE_RING + SAMPLE_SLACK)

#define SAMPLE_HEAD "kp\t2\nname\tn\ncpus\t2\narea\t8192\nring\t1024\t512\n"

static const char *const samples[] = {
	SAMPLE_HEAD
	"mode\tevents\n"
	"clock\t2000000\t5\t7\n"
	"context\t0xff\t0x100\t0xf0000\t0xf00000\t0x80000000\t0x80000000\t2\t2\t8\n"
	"probe\t0\tp\ta\tf\t0\tf+0x0/0x1\n"
	"data\t0\t48\t56\t184\t176\n"
	"field\t0\t0\ts\tstring\tstr\t128\t0\t%s\n"
	"field\t0\t1\tss\ttask\tstr\t144\t2\t%s\n"
	"field\t0\t2\te\tenum\ts32\t76\t0\t%d\n"
	"enum\t0\t2\t-1\tMINUS\n"
	"enum\t0\t2\t1\tONE\n"
	"field\t0\t3\tg\tgfp\tu32\t80\t0\t%pGg\n"
	"flag\t0xcc0\tGFP_KERNEL\n"
	"flag\t0x40\t__GFP_IO\n"
	"field\t0\t4\td\tdev\tu32\t84\t0\t%u:%u\n"
	"field\t0\t5\tc\tchar\ts8\t88\t3\t'%c'\n"
	"field\t0\t6\tb\tbool\tu8\t91\t0\t%u\n"
	"field\t0\t7\to\tvalue\tu16\t92\t0\t0%o\n"
	"field\t0\t8\tx\tvalue\ts16\t94\t0\t0x%x\n"
	"field\t0\t9\tp\tpointer\tu64\t96\t0\t0x%llx\n"
	"field\t0\t10\ty\tsymbol\tu64\t104\t2\t%pS\n"
	"field\t0\t11\tep\terrptr\tu64\t120\t0\t0x%llx\n"
	"probe\t1\tr\tb\tf\t0\tf+0x0/0x1\n"
	"data\t1\t48\t0\t0\n"
	"field\t1\t0\tret\terrno\ts64\t56\t0\t%lld\n"
	"field\t1\t1\tns\tduration\tu64\t64\t0\t%llu\n"
	"field\t1\t2\tcaller\tcaller\tu64\t72\t0\t%pS\n",
	SAMPLE_HEAD "mode\thist\nhist\t0\tduration\n",
	SAMPLE_HEAD "mode\tkeys\nkeys\tcomm\t16\t40\n",
	SAMPLE_HEAD "mode\tkeys\nkeys\tstack\t24\t32\n",
	SAMPLE_HEAD "mode\tkeys\nkeys\tret\t8\t64\n",
	SAMPLE_HEAD "mode\tkeys\n"
		    "probe\t0\tp\ta\tf\t0\tf+0x0/0x1\n"
		    "keys\tstack\t24\t16\n"
		    "probe\t1\tr\tb\tg\t0\tg+0x0/0x1\n",
};

#define SAMPLES ARRAY_SIZE(samples)

static const char *const sample_commands[] = {
	"at 960",
	"hit 0 5 cat 1 irqs=0 thread=8 context=0x10101 s=text ss=a,b... e=1 g=0xcc1 d=9",
	"hit 0 6 cat 1 s=(fault) c=1,2,3 b=1 o=8 x=-1 p=1 y=1,2 ep=-1",
	"cpu 1",
	"hit 1 5 dog 2 lost=3 ret=-2 ns=5 caller=7 stack=1,2",
	"pad 16",
	"note 7 some text",
};

#endif
