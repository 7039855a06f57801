m4_changequote(<|, |>)m4_changecom()m4_dnl
m4_divert(-1)
# SPDX-License-Identifier: GPL-2.0-only
#
# tpl.m4 - the m4 library: it selects and repeats, it does not compute. Facts
# (TPL_ names) come from kp_def and lib/generate.sh, which let only whitelisted
# text in.
#
# A module is a frame (helper_*.c.in) around its probes, each made from a part
# (part_*.c.in) with facts of its own, and around what is its sink's: what becomes
# of a hit (sink_*.m4: all that the parts name and do not define). In a part a name
# that ends in _P is that of this probe: lib/generate.sh puts the probe's number in
# place of that, or nothing where there is only one.

# TPL_FATAL(MESSAGE)
# ------------------
# Stop with MESSAGE and the place in the template.
m4_define(<|TPL_FATAL|>,
<|m4_errprint(m4___file__:m4___line__: <|$1|>
)m4_m4exit(1)|>)

# TPL_IF(FLAG, THEN, [ELSE])
# --------------------------
# THEN where the fact FLAG is 1, ELSE where it is 0. Anything else is a bug in
# the generator, most likely a fact that it did not define.
m4_define(<|TPL_IF|>,
<|m4_ifelse($1, <|1|>, <|$2|>, $1, <|0|>, <|$3|>,
	    <|TPL_FATAL(<|flag is neither 0 nor 1: |>$1)|>)|>)

# TPL_TEXT(FILE)
# --------------
# FILE verbatim: free text is never scanned for macros.
m4_define(<|TPL_TEXT|>, <|m4_undivert(<|$1|>)|>)

# TPL_FIELD(CTYPE, NAME, COUNT, DECL)
# -----------------------------------
# A field of struct kp_record, with the declaration that it came from.
m4_define(<|TPL_FIELD|>,
<|	m4_ifelse(<|$1|>, <|str|>, <|struct kp_str|>, <|$1|>) $2<||>m4_ifelse(<|$3|>, <|0|>, <||>, <|[$3]|>);m4_ifelse(<|$4|>, <|-|>, <||>, <| /* $4 */|>)
|>)

# TPL_VALUE(N, NAME, COUNT, EXPR)
# -------------------------------
# Capture argument N, a number.
m4_define(<|TPL_VALUE|>,
<|	m4_ifelse(<|$3|>, <|0|>, <|KP_CAPTURE|>, <|KP_CAPTURE_ARRAY|>)(r, $1, $2, $4);
|>)

# TPL_SET(NAME, EXPR)
# -------------------
# Capture an argument that cannot fail.
m4_define(<|TPL_SET|>, <|	r->$1 = $2;
|>)

# TPL_DESC(NAME, KIND, CTYPE, COUNT, FORMAT, FIELD)
# -------------------------------------------------
# Describe an argument to the viewer.
m4_define(<|TPL_DESC|>,
<|	KP_FIELD(kp_record_P, $6, "$1", "$2", "$3", $4, "$5"),
|>)

# TPL_STRING(N, NAME, COUNT, EXPR, GET)
# -------------------------------------
# Capture argument N, a string: GET is the function and what it takes besides.
m4_define(<|TPL_STRING|>,
<|	m4_ifelse(<|$3|>, <|0|>, <|KP_CAPTURE_STR|>, <|KP_CAPTURE_STR_ARRAY|>)(m4_regexp(<|$5|>, <|^[a-z_]+|>, <|\&|>), r, $1, $2, $4<||>m4_patsubst(<|$5|>, <|^[a-z_]+|>));
|>)

# TPL_SHOW(N, NAME, COUNT, FORMAT, VALUE, FIELD)
# ----------------------------------------------
# Show argument N; VALUE is that of one element where FIELD is an array.
m4_define(<|TPL_SHOW|>,
<|	m4_ifelse(<|$3|>, <|0|>, <|KP_SHOW(line, r, $1, "$2", |>, <|KP_SHOW_ARRAY(line, r, $1, $6, "$2", |>)_TPL_SHOWN(<|$4|>, <|$5|>));
|>)

# _TPL_SHOWN(FORMAT, VALUE)
# -------------------------
# What is printed: text that a program chose goes through kp_escape.h.
m4_define(<|_TPL_SHOWN|>,
<|m4_ifelse(<|$1|>, <|'%c'|>, <|"'%s'", kp_char(line, $2)|>, <|$1|>, <|\"%s\"|>, <|"$1", kp_quoted(line, $2)|>, <|"$1", $2|>)|>)

# TPL_FILTERED()
# --------------
# The function kp_filter_P() of a probe of helper_ring.c.in, if it has a filter;
# it is given the context where that is asked for.
m4_define(<|TPL_FILTERED|>,
<|TPL_IF(<|TPL_HASFILTER|>, <|static inline bool kp_filter_P(const struct kp_record_P *r<||>TPL_IF(<|TPL_FILTERCTX|>, <|,
			     const struct kp_ctx *ctx|>))
{
	return TPL_FILTER;
}

|>)|>)

# TPL_CTX()
# ---------
# The context of a hit, for a filter that asks for it.
m4_define(<|TPL_CTX|>, <|TPL_IF(<|TPL_FILTERCTX|>, <|	struct kp_ctx ctx = kp_hit_ctx(hit);
|>)|>)

# TPL_REFUSE([UNDO])
# ------------------
# A hit that the filter does not take ends here, after UNDO.
m4_define(<|TPL_REFUSE|>,
<|TPL_IF(<|TPL_HASFILTER|>, <|	if (!kp_filter_P(r<||>TPL_IF(<|TPL_FILTERCTX|>, <|, &ctx|>))) {
		KP_COUNT(cpu, TPL_NUMBER, filtered);
$1		return KP_WORKED;
	}
|>)|>)

# TPL_DESCRIBE(KIND)
# ------------------
# What the viewer is told of a probe of KIND, p or r.
m4_define(<|TPL_DESCRIBE|>,
<|TPL_IF(<|TPL_LOG|>, <||>, <|
static struct kp_target kp_target_P;

static void kp_describe_P(struct kp_description *text)
{
	kp_fact_probe(text, TPL_NUMBER, '$1', event[TPL_NUMBER], &kp_target_P);
TPL_TOLD(<|$1|>)m4_dnl
}
|>)|>)

# _TPL_EACH(N, MACRO)
# -------------------
# MACRO(M) for each probe M of the module from N on.
m4_define(<|_TPL_EACH|>,
<|m4_ifelse(<|$1|>, TPL_PROBES, <||>, <|$2(<|$1|>)_TPL_EACH(m4_incr(<|$1|>), <|$2|>)|>)|>)

# TPL_FUNCNAMES(), TPL_EVENTS(), TPL_TARGETS()
# --------------------------------------------
# What the frame lists: a line for each probe. The names are facts of their own,
# TPL_FUNCNAME0 TPL_FUNCNAME1 ...; of one probe alone the C's names have no number.
m4_define(<|TPL_FUNCNAMES|>, <|_TPL_EACH(<|0|>, <|_TPL_FUNCNAME|>)|>)
m4_define(<|TPL_EVENTS|>, <|_TPL_EACH(<|0|>, <|_TPL_EVENT|>)|>)
m4_define(<|TPL_TARGETS|>, <|_TPL_EACH(<|0|>, <|_TPL_TARGET|>)|>)
m4_define(<|_TPL_FUNCNAME|>, <|TPL_LINE(<|<|"|>m4_indir(<|TPL_FUNCNAME$1|>)<|",|>|>)|>)
m4_define(<|_TPL_EVENT|>, <|TPL_LINE(<|<|"|>m4_indir(<|TPL_EVENT$1|>)<|",|>|>)|>)
m4_define(<|_TPL_TARGET|>,
<|TPL_LINE(<|&kp_target|>m4_ifelse(TPL_PROBES, <|1|>, <||>, <|$1|>)<|,|>)|>)

# TPL_TOP(TEXT)
# -------------
# TEXT as a line at the left margin.
m4_define(<|TPL_TOP|>, <|$1
|>)

# TPL_LINE(TEXT)
# --------------
# TEXT as a line of a function.
m4_define(<|TPL_LINE|>, <|	$1
|>)
m4_divert(0)m4_dnl
