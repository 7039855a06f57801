/* SPDX-License-Identifier: GPL-2.0-only */
/* array.h - how many elements an array has. */
#ifndef KP_ARRAY_H
#define KP_ARRAY_H

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))

#endif
