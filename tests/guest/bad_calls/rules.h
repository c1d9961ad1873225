/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that cannot be made wrong in every way, each with its reason. */
#ifndef BAD_CALLS_RULES_H
#define BAD_CALLS_RULES_H

#include <stdbool.h>

enum rule {
	RULE_NEVER = 1 << 0,   /* not called */
	RULE_SURE = 1 << 1,    /* only with what is refused for sure: done rightly, it does harm */
	RULE_ALWAYS = 1 << 2,  /* there is no wrong argument: it is called with odd ones */
	RULE_EXTENTS = 1 << 3, /* the answer is how many extents were done: 0 when refused */
	RULE_NULL = 1 << 4,    /* a null structure means something */
	RULE_OTHER = 1 << 5,   /* another declared error may come before the one asked for */
	RULE_TAKES = 1 << 6,   /* there is a slot in which a wrong value is taken */
};

/* Rules of a call, by its name in the grammar. */
unsigned int rules_of(const char *name);

#endif
