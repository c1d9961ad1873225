// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "dom.h"

struct dom *dom_make(struct dom_table *t, uint16_t id, uint64_t gen)
{
	struct dom *d = t->d[id];

	if (d)
		return d;
	d = mem_zalloc(sizeof(*d));
	d->id = id;
	d->target = -1;
	d->born = gen;
	t->d[id] = d;
	LIST_INSERT_HEAD(&t->all, d, all);
	t->n++;
	return d;
}

void dom_drop(struct dom_table *t, struct dom *d)
{
	t->d[d->id] = NULL;
	LIST_REMOVE(d, all);
	t->n--;
	free(d->own);
	free(d);
}

struct perm_who dom_who(struct dom_table *t, const struct dom *d)
{
	struct perm_who who = {.id = d->id, .born = d->born, .target = -1};
	const struct dom *target = d->target < 0 ? NULL : dom_find(t, (unsigned)d->target);

	if (target) {
		who.target = d->target;
		who.target_born = target->born;
	}
	return who;
}
