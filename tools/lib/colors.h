/* SPDX-License-Identifier: GPL-2.0-only */
/* colors.h - what makes a terminal change the colour of text. */
#ifndef KP_COLORS_H
#define KP_COLORS_H

#define BOLD "\033[1m"
#define RED "\033[31m"
#define NORMAL "\033[m"

#endif
