m4_changequote(<|, |>)m4_changecom()m4_dnl
m4_divert(-1)
# SPDX-License-Identifier: GPL-2.0-only
#
# tpl.m4 - the m4 library: it selects and repeats, it does not compute. Facts
# (TPL_ names) come from lib/generate.sh, which lets only whitelisted text in.

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
m4_divert(0)m4_dnl
