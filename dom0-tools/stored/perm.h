/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what with a node. A list of permissions is immutable and shared: a child that inherits
 * its parent's list holds a reference to it. Pure.
 */
#ifndef STORED_PERM_H
#define STORED_PERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

enum {
	PERM_READ = 1,
	PERM_WRITE = 2,
	PERM_OWNER = 4,
	PERM_ALL = PERM_READ | PERM_WRITE | PERM_OWNER,
};

struct perm {
	uint16_t id;
	uint8_t access; /* PERM_READ | PERM_WRITE */
};

/* p[0].id is the owner, p[0].access what everybody has whom no further entry names. */
struct perms {
	uint32_t refs;
	uint16_t n; /* >= 1 */
	struct perm p[];
};

/* A list with one reference. */
struct perms *perm_new(const struct perm *p, unsigned n);
static inline struct perms *perm_get(struct perms *ps)
{
	ps->refs++;
	return ps;
}
void perm_put(struct perms *ps);

/* A domain that asks; NULL fields are none. `born` is the generation at which the id became its. */
struct perm_who {
	uint16_t id;
	uint64_t born;
	int target; /* domain on whose behalf it may act, or -1 */
	uint64_t target_born;
};

/*
 * The rights of an unprivileged domain on a node whose list was set at generation pgen: entries
 * older than the domain speak of an earlier domain with the same id and do not count.
 */
unsigned perm_access(const struct perms *ps, uint64_t pgen, const struct perm_who *who);

/*
 * Parse NUL-terminated strings like "b3" from data: fills out (room for max) and returns their
 * number. -EINVAL: malformed, none at all, or not terminated; -ENOSPC: more than max.
 */
int perm_parse(const char *data, size_t len, struct perm *out, unsigned max);

/* Append the strings, each with its NUL. */
void perm_format(const struct perms *ps, struct buf *out);

#endif
