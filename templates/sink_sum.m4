m4_dnl SPDX-License-Identifier: GPL-2.0-only
m4_dnl Sums: hits are counted by a key, or their values in a histogram.
m4_divert(-1)
m4_define(<|TPL_LOG|>, <|0|>)

# TPL_RECORD(KIND)
# ----------------
# What is looked at of a hit, or a call, by a probe of KIND, p or r.
m4_define(<|TPL_RECORD|>, <|TPL_IF(<|TPL_HASRECORD|>, <|/* What is looked at of one m4_ifelse(<|$1|>, <|r|>, <|call|>, <|hit|>). */
struct kp_record_P {
m4_ifelse(<|$1|>, <|r|>, <|TPL_IF(<|TPL_TIMED|>, <|	u64 duration; /* until the return: when it was entered */
|>)|>)m4_dnl
TPL_FIELDS()m4_dnl
TPL_IF(<|TPL_HASDATA|>, <|	struct kp_data data;
|>)m4_dnl
};

m4_ifelse(<|$1|>, <|r|>, <|TPL_IF(<|TPL_HASDATA|>, <|#define KP_RECORD_LEN_P (sizeof(struct kp_record_P) + TPL_ROOM)
|>, <|#define KP_RECORD_LEN_P sizeof(struct kp_record_P)
|>)
|>)m4_dnl
|>)m4_dnl
TPL_IF(<|TPL_HISTARG|>, <|static const struct kp_field kp_fields_P[] = {
TPL_DESCS()m4_dnl
};

|>)m4_dnl
|>)

# _TPL_VARS()
# -----------
# Those that do not depend on where the record is, and the line after all of them.
m4_define(<|_TPL_VARS|>, <|TPL_IF(<|TPL_SUMSTACK|>, <|	unsigned long stack[KP_STACK_DEPTH] = {};
|>)m4_dnl
TPL_CTX()m4_dnl
TPL_IF(<|TPL_SUMVARS|>, <|
|>)m4_dnl
|>)

# TPL_VARS()
# ----------
# The variables of kp_entry_P().
m4_define(<|TPL_VARS|>, <|TPL_IF(<|TPL_HASDATA|>, <|	char room[sizeof(struct kp_record_P) + TPL_ROOM] __aligned(8);
	struct kp_record_P *r = (struct kp_record_P *)room;
|>)m4_dnl
TPL_IF(<|TPL_PLAINDATA|>, <|	struct kp_record_P record, *r = &record;
|>)m4_dnl
_TPL_VARS()m4_dnl
|>)

# TPL_BEGIN()
# -----------
# What comes before the arguments.
m4_define(<|TPL_BEGIN|>, <|	if (kp_is_unwanted(cpu, TPL_NUMBER, hit))
		return KP_LEFT;
|>)

# TPL_UNDO()
# ----------
# A filter refused it: there is nothing to undo.
m4_define(<|TPL_UNDO|>, <||>)

# TPL_PUT()
# ---------
# What comes after them: it is added up.
m4_define(<|TPL_PUT|>, <|TPL_SUM()m4_dnl
|>)

# TPL_CALL_BEGIN()
# ----------------
# At the entry, before the arguments.
m4_define(<|TPL_CALL_BEGIN|>, <|TPL_IF(<|TPL_ATENTRY|>, <|	struct kp_record_P *r = hit->call;

|>)m4_dnl
TPL_BEGIN()m4_dnl
|>)

# TPL_CALL_END()
# --------------
# And after them.
m4_define(<|TPL_CALL_END|>, <|TPL_IF(<|TPL_TIMED|>, <|	r->duration = kp_clock();
|>)m4_dnl
|>)

# TPL_RETURN_VARS()
# -----------------
# The variables of kp_return_P().
m4_define(<|TPL_RETURN_VARS|>, <|TPL_IF(<|TPL_ATRETURN|>, <|	struct kp_record_P *r = hit->call;
|>)m4_dnl
_TPL_VARS()m4_dnl
|>)

# TPL_RETURN_BEGIN()
# ------------------
# At the return, before the arguments.
m4_define(<|TPL_RETURN_BEGIN|>, <|TPL_IF(<|TPL_TIMED|>, <|	r->duration = kp_clock() - r->duration;
|>)m4_dnl
|>)

# TPL_RETURN_PUT()
# ----------------
# And after them.
m4_define(<|TPL_RETURN_PUT|>, <|TPL_PUT()m4_dnl
|>)

# TPL_CALL_SIZE()
# ---------------
# What kp_rp_P says of it.
m4_define(<|TPL_CALL_SIZE|>, <|TPL_IF(<|TPL_HASRECORD|>, <|	.data_size = KP_RECORD_LEN_P, /* goes along with the call */
|>)m4_dnl
|>)

# TPL_TOLD(KIND)
# --------------
# What the viewer is told.
m4_define(<|TPL_TOLD|>, <|TPL_SUMFACTS()m4_dnl
|>)

# TPL_TARGET(KIND)
# ----------------
# What kp_target_P says besides.
m4_define(<|TPL_TARGET|>, <|	.describe = kp_describe_P,
|>)
m4_divert(0)m4_dnl
