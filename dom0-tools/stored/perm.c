// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perm.h"

static const char letters[] = "nrwb"; /* indexed by access */

struct perms *perm_new(const struct perm *p, unsigned n)
{
	struct perms *ps = mem_alloc(sizeof(*ps) + n * sizeof(*p));

	ps->refs = 1;
	ps->n = (uint16_t)n;
	memcpy(ps->p, p, n * sizeof(*p));
	return ps;
}

void perm_put(struct perms *ps)
{
	if (--ps->refs == 0)
		free(ps);
}

unsigned perm_access(const struct perms *ps, uint64_t pgen, const struct perm_who *who)
{
	bool self = pgen >= who->born;
	bool target = who->target >= 0 && pgen >= who->target_born;
	unsigned i;

	if ((self && ps->p[0].id == who->id) || (target && ps->p[0].id == who->target))
		return PERM_ALL;
	for (i = 1; i < ps->n; i++)
		if ((self && ps->p[i].id == who->id) || (target && ps->p[i].id == who->target))
			return ps->p[i].access;
	return ps->p[0].access;
}

static int parse_one(const char *s, struct perm *p)
{
	const char *l = s[0] ? strchr(letters, s[0]) : NULL;
	unsigned id = 0;

	if (!l || !s[1] || strlen(s) > 6)
		return -EINVAL;
	for (s++; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		id = id * 10 + (unsigned)(*s - '0');
	}
	if (id > UINT16_MAX)
		return -EINVAL;
	*p = (struct perm){.id = (uint16_t)id, .access = (uint8_t)(l - letters)};
	return 0;
}

int perm_parse(const char *data, size_t len, struct perm *out, unsigned max)
{
	unsigned n = 0;

	if (!len || data[len - 1])
		return -EINVAL;
	while (len) {
		size_t l = strlen(data) + 1;
		struct perm p;

		if (parse_one(data, &p))
			return -EINVAL;
		if (n == max)
			return -ENOSPC;
		out[n++] = p;
		data += l;
		len -= l;
	}
	return (int)n;
}

void perm_format(const struct perms *ps, struct buf *out)
{
	char s[8];
	unsigned i;

	for (i = 0; i < ps->n; i++)
		buf_put(out, s,
			(uint32_t)sprintf(s, "%c%u", letters[ps->p[i].access & 3], ps->p[i].id) +
				1);
}
