// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domctl.h"
#include "lib/opt.h"
#include "lib/sysctl.h"
#include "life/rebalance.h"
#include "life/want.h"

/* A guest that has not moved for so long is left alone, and asked again after some time. */
#define STUCK_NS 15000000000ull
#define AGAIN_NS 60000000000ull

enum { SLACK_KIB = 1024 };

void rebalance_free(struct rebalance *r)
{
	free(r->guests);
	free(r->domids);
	free(r->past);
	memset(r, 0, sizeof(*r));
}

/* A number that may be a guest's own: nothing but digits counts. */
static bool number(struct host *h, uint16_t domid, const char *what, uint64_t *out)
{
	unsigned long long v;
	char text[32];

	if (store_get(h->store, 0, text, sizeof(text), "/local/domain/%u/%s", domid, what) <= 0 ||
	    opt_uint(text, UINT64_MAX >> 10, &v))
		return false;
	*out = v;
	return true;
}

static const struct rebalance_past *past_of(const struct rebalance *r, uint16_t domid)
{
	size_t i;

	for (i = 0; i < r->npast; i++)
		if (r->past[i].domid == domid)
			return &r->past[i];
	return NULL;
}

/* It was told to give back, and has long given nothing. */
static bool stuck(const struct rebalance_past *p, uint64_t now)
{
	uint64_t waited = p ? host_now() - p->since : 0;

	return p && now > p->target + SLACK_KIB && p->now == now && waited > STUCK_NS &&
	       waited < AGAIN_NS;
}

/* Does the guest take part? Then it is described. */
static bool describe(const struct rebalance *r, struct host *h,
		     const struct domctl_getdomaininfo *i, struct balloon_guest *g)
{
	uint64_t spare;

	memset(g, 0, sizeof(*g));
	if (!i->domain || i->flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown) ||
	    !number(h, i->domain, "memory/dynamic-min", &g->min) ||
	    !number(h, i->domain, "memory/static-max", &g->max))
		return false;
	g->now = i->tot_pages << 2;
	g->used = BALLOON_UNTOLD;
	if (number(h, i->domain, "data/meminfo_free", &spare))
		g->used = spare < g->now ? g->now - spare : 0;
	g->fixed = i->flags & XEN_DOMINF_paused || stuck(past_of(r, i->domain), g->now);
	return true;
}

static int gather(struct rebalance *r, struct host *h, struct diag *d)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&h->hv, &list), i;

	if (n < 0)
		return diag_set(d, n, "cannot list the domains: %s", strerror(-n));
	free(r->guests);
	free(r->domids);
	r->n = 0;
	r->guests = calloc((size_t)n + 1, sizeof(*r->guests));
	r->domids = calloc((size_t)n + 1, sizeof(*r->domids));
	for (i = 0; i < n && r->guests && r->domids; i++) {
		r->domids[r->n] = list[i].domain;
		r->n += describe(r, h, &list[i], &r->guests[r->n]);
	}
	free(list);
	return r->guests && r->domids ? 0 : diag_set(d, -ENOMEM, "out of memory");
}

int rebalance_look(struct rebalance *r, struct host *h, uint64_t keep, struct diag *d)
{
	int rc = want_free(&h->hv, &r->free);

	if (rc)
		return diag_set(d, rc, "cannot ask the hypervisor for its state: %s",
				strerror(-rc));
	r->wanted = want_sum(h);
	rc = gather(r, h, d);
	if (!rc)
		r->enough = balloon_plan(r->guests, r->n, r->free, keep + r->wanted);
	return rc;
}

static bool tell(struct host *h, uint16_t domid, const struct balloon_guest *g)
{
	uint64_t told = 0;
	char dir[64];

	if (number(h, domid, "memory/target", &told) && told == g->target)
		return false;
	if (domctl_max_mem(&h->hv, domid, g->target + SLACK_KIB))
		return false;
	snprintf(dir, sizeof(dir), "/local/domain/%u/memory", domid);
	return !store_writef(h->store, 0, dir, "target", "%llu", (unsigned long long)g->target);
}

static void remember(struct rebalance *r)
{
	struct rebalance_past *new = calloc(r->n + 1, sizeof(*new));
	const struct rebalance_past *old;
	size_t i;

	for (i = 0; new &&i < r->n; i++) {
		uint64_t begin = host_now();

		old = past_of(r, r->domids[i]);
		new[i] = (struct rebalance_past){r->domids[i], r->guests[i].now,
						 r->guests[i].target, begin};
		if (old && r->guests[i].fixed)
			new[i].target = old->target;
		if (old && old->now == new[i].now &&new[i].now >
					       old->target + SLACK_KIB &&begin - old->since <
					       AGAIN_NS)
			new[i].since = old->since;
	}
	free(r->past);
	r->past = new;
	r->npast = new ? r->n : 0;
}

int rebalance_apply(struct rebalance *r, struct host *h)
{
	int told = 0;
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!r->guests[i].fixed && r->guests[i].target != r->guests[i].now)
			told += tell(h, r->domids[i], &r->guests[i]);
	remember(r);
	return told;
}
