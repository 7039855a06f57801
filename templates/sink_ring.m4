m4_dnl SPDX-License-Identifier: GPL-2.0-only
m4_dnl The ring: an event for each hit, for the viewer to take.
m4_divert(-1)
m4_define(<|TPL_LOG|>, <|0|>)

# TPL_RECORD(KIND)
# ----------------
# What is recorded of a hit by a probe of KIND, p or r.
m4_define(<|TPL_RECORD|>, <|/* What one hit records. */
struct kp_record_P {
	struct kp_event event;
m4_ifelse(<|$1|>, <|r|>, <|	u64 duration; /* until the return: when it was entered */
	u64 caller;
|>)m4_dnl
TPL_FIELDS()m4_dnl
TPL_IF(<|TPL_HASDATA|>, <|	struct kp_data data;
|>)m4_dnl
} __aligned(8);

TPL_IF(<|TPL_HASDATA|>, <|#define KP_RECORD_LEN_P ALIGN(sizeof(struct kp_record_P) + TPL_ROOM, 8)
|>, <|#define KP_RECORD_LEN_P sizeof(struct kp_record_P)
|>)m4_dnl
TPL_IF(<|TPL_SHOWSTACK|>, <|#define KP_RESERVE_LEN_P (KP_RECORD_LEN_P + KP_STACK_ROOM)
|>, <|#define KP_RESERVE_LEN_P KP_RECORD_LEN_P
|>)m4_dnl
static_assert(KP_RESERVE_LEN_P <= U16_MAX); /* as its head tells it */

TPL_IF(_TPL_HASFIELDS(<|$1|>), <|static const struct kp_field kp_fields_P[] = {
TPL_DESCS()m4_dnl
m4_ifelse(<|$1|>, <|r|>, <|	KP_FIELD(kp_record_P, duration, "ns", "duration", "u64", 0, "%llu"),
	KP_FIELD(kp_record_P, caller, "caller", "caller", "u64", 0, "%pS"),
|>)m4_dnl
};

|>)m4_dnl
|>)

# _TPL_HASFIELDS(KIND)
# --------------------
# A return probe has some without arguments.
m4_define(<|_TPL_HASFIELDS|>, <|m4_ifelse(<|$1|>, <|r|>, <|1|>, <|TPL_HASARGS|>)|>)

# TPL_VARS()
# ----------
# The variables of kp_entry_P().
m4_define(<|TPL_VARS|>, <|	int done = kp_begin(cpu, TPL_NUMBER, hit);
	struct kp_ring *ring = &cpu->ring;
	struct kp_record_P *r;
	u32 len = KP_RECORD_LEN_P;
	unsigned long at;
TPL_CTX()m4_dnl
|>)

# TPL_BEGIN()
# -----------
# What comes before the arguments: room for the record.
m4_define(<|TPL_BEGIN|>, <|
	if (done != KP_WORKED)
		return done;
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN_P, &at, hit->quick)))
		return kp_ring_full(cpu, TPL_NUMBER, hit->quick);
	r = kp_ring_at(ring, at);
TPL_IF(<|TPL_HASFILTER|>, <||>, <|	kp_event_fill(&r->event, TPL_NUMBER, len, ring, hit);
|>)m4_dnl
|>)

# TPL_UNDO()
# ----------
# A filter refused what was recorded.
m4_define(<|TPL_UNDO|>, <|		kp_ring_shrink(ring, at, KP_RESERVE_LEN_P, 0);
|>)

# TPL_PUT()
# ---------
# What comes after them: the record is whole.
m4_define(<|TPL_PUT|>, <|TPL_IF(<|TPL_HASFILTER|>, <|	kp_event_fill(&r->event, TPL_NUMBER, len, ring, hit);
|>)m4_dnl
TPL_IF(<|TPL_HASDATA|>, <|	len = offsetof(struct kp_record_P, data.text) + kp_data_end(&r->data);
	len = ALIGN(len, 8);
	r->event.len = len;
|>)m4_dnl
	KP_COUNT(cpu, TPL_NUMBER, shown);
TPL_IF(<|TPL_SHOWSTACK|>, <|	len += kp_stack_record(&r->event, len, hit->regs);
|>)m4_dnl
TPL_IF(<|TPL_VARIES|>, <|	kp_ring_shrink(ring, at, KP_RESERVE_LEN_P, len);
|>)m4_dnl
|>)

# TPL_CALL_BEGIN()
# ----------------
# At the entry, before the arguments.
m4_define(<|TPL_CALL_BEGIN|>, <|	int done = kp_begin(cpu, TPL_NUMBER, hit);
	struct kp_record_P *r = hit->call;

	if (done != KP_WORKED)
		return done;
	/* Before 5.11 it was not zeroed, and what no field fills is copied, too. */
	memset((char *)r + sizeof(r->event), 0, sizeof(*r) - sizeof(r->event));
|>)

# TPL_CALL_END()
# --------------
# And after them.
m4_define(<|TPL_CALL_END|>, <|	r->duration = kp_clock_of(hit);
|>)

# TPL_RETURN_VARS()
# -----------------
# The variables of kp_return_P().
m4_define(<|TPL_RETURN_VARS|>, <|	struct kp_record_P *r = hit->call, *record;
	struct kp_ring *ring = &cpu->ring;
	u32 len = KP_RECORD_LEN_P;
	unsigned long at;
TPL_CTX()m4_dnl
|>)

# TPL_RETURN_BEGIN()
# ------------------
# At the return, before the arguments.
m4_define(<|TPL_RETURN_BEGIN|>, <|
	if (hit->quick && !kp_ring_is_quick(ring, KP_RESERVE_LEN_P))
		return KP_AGAIN;
|>)

# TPL_RETURN_PUT()
# ----------------
# And after them.
m4_define(<|TPL_RETURN_PUT|>, <|TPL_IF(<|TPL_HASDATA|>, <|	len = offsetof(struct kp_record_P, data.text) + kp_data_end(&r->data);
	len = ALIGN(len, 8);
|>)m4_dnl
	if (unlikely(!kp_ring_reserve(ring, KP_RESERVE_LEN_P, &at, hit->quick)))
		return kp_ring_full(cpu, TPL_NUMBER, hit->quick);
	record = kp_ring_at(ring, at);
	memcpy((char *)record + sizeof(r->event), (char *)r + sizeof(r->event),
	       len - sizeof(r->event));
	kp_event_fill(&record->event, TPL_NUMBER, len, ring, hit);
	KP_COUNT(cpu, TPL_NUMBER, shown);
	record->duration = record->event.time - r->duration;
	record->caller = hit->caller;
TPL_IF(<|TPL_SHOWSTACK|>, <|	len += kp_stack_record(&record->event, len, hit->regs);
|>)m4_dnl
TPL_IF(<|TPL_VARIES|>, <|	kp_ring_shrink(ring, at, KP_RESERVE_LEN_P, len);
|>)m4_dnl
|>)

# TPL_CALL_SIZE()
# ---------------
# What kp_rp_P says of it.
m4_define(<|TPL_CALL_SIZE|>, <|	.data_size = KP_RECORD_LEN_P, /* goes along with the call */
|>)

# TPL_TOLD(KIND)
# --------------
# What the viewer is told of a probe of KIND.
m4_define(<|TPL_TOLD|>, <|TPL_IF(<|TPL_HASDATA|>, <|	kp_fact(text, "data\t%u\t%zu\t%zu\t%zu\t%zu\n", TPL_NUMBER,
		offsetof(struct kp_record_P, data.faults),
		offsetof(struct kp_record_P, data.cut),
		offsetof(struct kp_record_P, data.text),
		offsetof(struct kp_record_P, data.absent));
|>)m4_dnl
TPL_IF(_TPL_HASFIELDS(<|$1|>), <|	kp_fact_fields(text, TPL_NUMBER, kp_fields_P, ARRAY_SIZE(kp_fields_P));
|>)m4_dnl
TPL_FACTS()m4_dnl
|>)

# TPL_TARGET(KIND)
# ----------------
# What kp_target_P says besides.
m4_define(<|TPL_TARGET|>, <|	.describe = kp_describe_P,
	.reserve = KP_RESERVE_LEN_P,
|>)
m4_divert(0)m4_dnl
