/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of xl.cfg files: `key = value` settings, where a value is a string, a number or a list
 * (lists may nest), with comments, `;` or newline between settings and backslash-newline as a
 * continuation. Knows no key: meaning is domconf's. Pure: works on a buffer, no I/O.
 */
#ifndef TOOLS_CONF_CFG_H
#define TOOLS_CONF_CFG_H

#include <stddef.h>

#include "lib/diag.h"

enum cfg_kind {
	CFG_STRING, /* quoted */
	CFG_NUMBER, /* bare digits; text holds them as written */
	CFG_LIST,
};

struct cfg_value {
	enum cfg_kind kind;
	int line;
	char *text;              /* string or number; NULL for a list */
	struct cfg_value *items; /* list: first member */
	struct cfg_value *next;  /* next member of the list this value is in */
};

struct cfg_entry {
	char *key;
	const char *file; /* borrowed from the caller of cfg_parse */
	int line;
	struct cfg_value *value;
	struct cfg_entry *next;
};

struct cfg {
	struct cfg_entry *first;
	struct cfg_entry **tail;
};

void cfg_init(struct cfg *c);
void cfg_free(struct cfg *c);

/*
 * Parse len bytes and add their settings to c; a later setting of a key replaces the earlier one,
 * `+=` appends to a list. file names the source in messages and must outlive c.
 * 0; -EINVAL with "file:line: ..." in d; -ENOMEM. On error c keeps what came before.
 */
int cfg_parse(struct cfg *c, const char *file, const char *text, size_t len, struct diag *d);

/* The entry of a key, or NULL. */
const struct cfg_entry *cfg_find(const struct cfg *c, const char *key);

#endif
