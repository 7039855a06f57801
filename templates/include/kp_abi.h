/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a module and its viewer agree on: the device /dev/kp/NAME.
 *
 * read(2) gives the description: text, a fact a line, its words separated by
 * one TAB each.
 *
 *   kp       VERSION             KP_ABI_VERSION, always the first line
 *   name     NAME                of the module
 *   mode     events|count|hist|keys
 *   cpus     N                   areas, of CPUs from 0
 *   area     BYTES               from one area to the next
 *   page     BYTES               of the control page; without it they are those
 *                                of the machine that reads
 *   ring     BYTES SLACK        of data in an area, behind its control page:
 *                                positions count modulo BYTES, and a record
 *                                that begins below may end in the slack
 *   clock    KHZ CYCLES NS       times are cycles of that rate, CYCLES being NS
 *                                of CLOCK_MONOTONIC; KHZ 0: they are its ns
 *   context  PREEMPT SOFTIRQ HARDIRQ NMI RESCHED FLIP IRQS FLIP THREAD
 *                                masks: of a record's context, of its irqs, for
 *                                interrupts being off, and of its thread, which
 *                                is to give way; a FLIP has the bits that are
 *                                the other way round
 *   probe    P p|r EVENT SYMBOL OFFSET WHERE
 *                                WHERE is SYMBOL+0xOFF/0xLEN [MODULE] as %pS
 *                                prints the probed address
 *   data     P FAULTS CUT TEXT ABSENT
 *                                offsets in the record: bitmaps of 64 bits and
 *                                the text of strings; 0 is none. ABSENT tells
 *                                which faults are only of a page not in memory
 *   field    P N NAME KIND TYPE OFFSET COUNT FORMAT
 *                                argument N; KIND, TYPE and FORMAT as the
 *                                facts of kp_def have them (CTYPE): str is
 *                                { u16 at; u16 len; u64 address; }. And the
 *                                kinds of its own that a return has:
 *                                duration (of the clock) and caller (an address)
 *   enum     P N VALUE TEXT      of argument N
 *   flag     MASK TEXT           names of gfp_t's flags, to be tried in order
 *   hist     P N|duration|ret    what the histogram is of
 *   keys     comm|ret|stack|sym BYTES SLOTS
 *                                the same for all probes
 *
 * mmap(2): area C begins at C * BYTES. Its first page is struct kp_control,
 * which is mapped by itself, and alone for writing; EINVAL: there is no such CPU.
 * What follows is read-only data; EAGAIN: none yet, as the CPU was not online
 * and has not been hit since. Once its control page has a head it is there:
 *   events   a ring of records, see struct kp_event
 *   count    nothing: the module's parameter stats has the counts
 *   hist     for each probe, in their order:
 *            u64[KP_HIST_LEN]: [fls64(value)], the last for negative values
 *   keys     for each probe, in their order:
 *            SLOTS times { s64 count; char key[BYTES]; }; count 0 is free, and
 *            below 0 the key is being written
 *
 * poll(2) tells POLLIN where events wait, POLLHUP when the probe is being
 * removed. A second open(2) is refused with EBUSY.
 */
#ifndef KP_ABI_H
#define KP_ABI_H

#include <linux/types.h>

#define KP_ABI_VERSION 2

/**
 * struct kp_control - of one CPU's area; positions count bytes since ever
 * @head: end of the complete records, by the kernel; may step back by what
 *	  comes again at once, so that behind @tail means empty
 * @lost: hits that found no room, by the kernel
 * @tail: begin of what was not read yet, by the viewer
 */
struct kp_control {
	__u64 head;
	__u64 lost;
	__u64 pad[6];
	__u64 tail;
};

#define KP_EVENT_PAD 0 /* no event */
#define KP_EVENT_HIT 1
#define KP_EVENT_NOTE 2 /* a text behind the header: what the budget did */

/**
 * struct kp_event - head of a record, which is 8-byte aligned
 * @len: of the record, a multiple of 8; of a pad only @len and @type are there
 * @type: KP_EVENT_...
 * @probe: number of the probe in the description
 * @stack: where in it { u64 count; u64 address[count]; } begins, or 0
 * @irqs: from the flags of the processor, in the probed context
 * @thread: from those of the thread
 * @time: of the clock
 * @lost: hits that found no room on this CPU so far
 * @context: preempt_count() of the probed context, and a bit of the CPU
 * @tid: thread
 * @pid: process
 * @comm: name of the thread
 */
struct kp_event {
	__u16 len;
	__u8 type;
	__u8 probe;
	__u16 stack;
	__u8 irqs;
	__u8 thread;
	__u64 time;
	__u32 lost;
	__u32 context;
	__s32 tid;
	__s32 pid;
	char comm[16];
};

/* The first eight bytes of struct kp_event as one number, others being 0. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define KP_EVENT_WORD(len, type, probe) \
	((__u64)(len) << 48 | (__u64)(type) << 40 | (__u64)(probe) << 32)
#else
#define KP_EVENT_WORD(len, type, probe) \
	((__u64)(len) | (__u64)(type) << 16 | (__u64)(probe) << 24)
#endif

#define KP_EVENT_MIN 8 /* bytes of the smallest pad */
#define KP_HIST_LEN 66

#endif /* KP_ABI_H */
