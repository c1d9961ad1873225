// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top.h"
#include "life/names.h"

static const char *const order_names[] = {"cpu", "memory", "disk", "net", "vcpus", "name", "id"};

int top_look(struct cli *c, struct top_look *l)
{
	int rc = sysctl_physinfo(&c->h.hv, &l->machine);

	*l = (struct top_look){.machine = l->machine, .at = host_now()};
	l->n = rc ? rc : sysctl_domains(&c->h.hv, &l->list);
	if (l->n < 0)
		return diag_set(&c->d, l->n, "cannot list the domains: %s", strerror(-l->n));
	l->nusage = usage_look(&l->usage);
	return l->nusage < 0 ? diag_set(&c->d, l->nusage, "out of memory") : 0;
}

void top_release(struct top_look *l)
{
	free(l->list);
	free(l->usage);
	*l = (struct top_look){0};
}

/* The same domain at the look before, or as it is now if it is new. */
static const struct domctl_getdomaininfo *earlier(const struct top_look *l,
						  const struct domctl_getdomaininfo *d)
{
	int i;

	for (i = 0; i < l->n; i++)
		if (l->list[i].domain == d->domain && !memcmp(l->list[i].handle, d->handle, 16))
			return &l->list[i];
	return d;
}

/* Devices that went and came again count anew. */
static double rate(uint64_t before, uint64_t now, double seconds)
{
	return seconds > 0 && now > before ? (double)(now - before) / seconds : 0;
}

static char state_of(uint32_t flags)
{
	if (flags & XEN_DOMINF_dying)
		return 'd';
	if (flags & XEN_DOMINF_shutdown)
		return (flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == 3 ? 'c'
											  : 's';
	if (flags & XEN_DOMINF_paused)
		return 'p';
	return flags & XEN_DOMINF_running ? 'r' : flags & XEN_DOMINF_blocked ? 'b' : '-';
}

static void fill(struct cli *c, struct top_row *r, const struct top_look *before,
		 const struct top_look *now, const struct domctl_getdomaininfo *d)
{
	const struct domctl_getdomaininfo *old = earlier(before, d);
	struct usage was = usage_of(before->usage, before->nusage, d->domain);
	struct usage is = usage_of(now->usage, now->nusage, d->domain);
	/* A guest that is new has no rates, though its devices have counts. */
	double s = old == d ? 0 : (double)(now->at - before->at) / 1e9;

	name_of(&c->h, d->domain, r->name, sizeof(r->name));
	r->domid = d->domain;
	r->vcpus = d->nr_online_vcpus;
	r->cpu_seconds = (double)d->cpu_time / 1e9;
	r->cpu_percent = rate(old->cpu_time, d->cpu_time, s) / 1e7;
	r->memory_kib = d->tot_pages << 2;
	r->memory_percent = (double)d->tot_pages * 100 / (double)now->machine.total_pages;
	r->read = rate(was.read, is.read, s);
	r->written = rate(was.written, is.written, s);
	r->received = rate(was.received, is.received, s);
	r->sent = rate(was.sent, is.sent, s);
	r->state = state_of(d->flags);
}

static double key_of(const struct top_row *r, enum top_order order)
{
	switch (order) {
	case TOP_CPU:
		return r->cpu_percent;
	case TOP_MEMORY:
		return (double)r->memory_kib;
	case TOP_DISK:
		return r->read + r->written;
	case TOP_NET:
		return r->received + r->sent;
	case TOP_VCPUS:
		return r->vcpus;
	default:
		return 0;
	}
}

struct sorting {
	enum top_order order;
	bool reverse;
};

/* The largest first, names and numbers from the smallest; equal ones by number. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct top_row *x = a, *y = b;
	const struct sorting *s = arg;
	double p = key_of(x, s->order), q = key_of(y, s->order);
	int rc = s->order == TOP_NAME ? strcmp(x->name, y->name) : (p < q) - (p > q);

	if (!rc)
		rc = (x->domid > y->domid) - (x->domid < y->domid);
	return s->reverse ? -rc : rc;
}

struct top_row *top_rows(struct cli *c, const struct top_look *before, const struct top_look *now,
			 enum top_order order, bool reverse)
{
	struct top_row *rows = calloc((size_t)now->n + 1, sizeof(*rows));
	struct sorting s = {order, reverse};
	int i;

	for (i = 0; rows && i < now->n; i++)
		fill(c, &rows[i], before, now, &now->list[i]);
	if (rows)
		qsort_r(rows, (size_t)now->n, sizeof(*rows), compare, &s);
	return rows;
}

void top_heading(char *line, size_t size, const struct top_look *l)
{
	snprintf(line, size, "%d domains, %u CPUs at %u MHz, memory %llu MiB, %llu MiB free", l->n,
		 l->machine.nr_cpus, l->machine.cpu_khz / 1000,
		 (unsigned long long)l->machine.total_pages >> 8,
		 (unsigned long long)l->machine.free_pages >> 8);
}

const char *top_bytes(double n, char *buf)
{
	static const char units[] = " KMGTP";
	unsigned i = 0;

	while (n >= 1000 && units[i + 1]) {
		n /= 1024;
		i++;
	}
	snprintf(buf, 16, i && n < 10 ? "%.1f%c" : "%.0f%c", n, units[i]);
	/* Plain bytes have no letter. */
	buf[strcspn(buf, " ")] = '\0';
	return buf;
}

int top_order_of(const char *word)
{
	int i;

	for (i = 0; i < TOP_ORDERS; i++)
		if (!strcmp(word, order_names[i]))
			return i;
	return -1;
}

const char *top_order_name(enum top_order order)
{
	return order_names[order];
}
