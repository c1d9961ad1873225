/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest has, and in the control domain the machine: to be the same before and after. */
#ifndef BAD_CALLS_BOOKS_H
#define BAD_CALLS_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

enum books_row {
	BOOKS_PAGES,   /* of the guest */
	BOOKS_PORTS,   /* event channels and what they are bound to */
	BOOKS_GRANTS,  /* entries lent */
	BOOKS_TABLES,  /* root, and mappings of the image */
	BOOKS_TYPES,   /* control domain: what each of its frames is used as, and pins */
	BOOKS_FREE,    /* control domain: pages of the machine that are free, and claims */
	BOOKS_DOMAINS, /* control domain: domains, their state, memory and vCPUs */
	BOOKS_POOLS,   /* control domain: pools of CPUs */
	BOOKS_ROWS
};

struct books {
	uint64_t row[BOOKS_ROWS];
};

/* Remember the ports that exist, and in the control domain make the domain that calls act on. */
void books_init(void);
void books_take(struct books *b);

/* The first row that differs, or NULL. */
const char *books_difference(const struct books *a, const struct books *b);

/* Undo what calls did that succeeded: ports opened, timers, domains made or ended. */
void books_restore(void);

#endif
