/* SPDX-License-Identifier: GPL-2.0-only */
/* sym_answer.h - what is to be known of each probe, checked. */
#ifndef SYM_ANSWER_H
#define SYM_ANSWER_H

#include "sym_find.h"
#include "sym_list.h"

enum state {
	STATE_OK,
	STATE_ABSENT, /* no function of the name there */
	STATE_PADDING, /* before a function */
	STATE_INDEX, /* #N beyond the last */
	STATE_SEVERAL, /* functions of the name, and no #N */
	STATE_PAST, /* +OFFSET is past the function's end */
	STATE_HIDDEN, /* the address would be needed */
	STATE_FAR, /* from _stext */
	STATE_FORBIDDEN, /* by the kernel */
	STATE_DENIED, /* by our list */
	STATE_CPU, /* @SYMBOL: each CPU has its own */
	STATES
};

extern const char *const state_names[STATES];

struct rules {
	struct sym_table *table;
	const struct deny_list *denied; /* NULL: not asked */
	bool is_forced; /* our list only warns */
	bool is_forbidden_asked; /* of the kernel */
	bool is_unseen; /* another kernel's: nothing is looked up */
};

/* What it is asked for, and what came of it. */
struct answer {
	const char *word;
	unsigned int uses;
	unsigned int ask; /* number of the word on the command line */
	bool is_of_glob;
	/* [MOD:]FUNC[#N][+OFFSET] */
	char *func;
	char *module;
	uint32_t index;
	uint64_t offset;
	enum state state;
	bool has_addr;
	uint64_t addr;
	char type;
	bool has_size;
	uint64_t size;
	uint32_t count;
	const char *in; /* module; "" is the kernel */
	struct text aliases;
	struct text plant; /* for struct kprobe: symbol_name+0xoffset */
	bool is_told; /* there is something to say */
};

/* Details go to details, each as a field: N,CLASS,... */
void answer__find(struct answer *a, const struct rules *rules, unsigned int n,
		  struct text *details);
void answer__free(struct answer *a);

#endif
