// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/version.h"
#include "conf/domconf.h"
#include "dev/usage.h"
#include "lib/domctl.h"
#include "lib/plain.h"
#include "lib/sysctl.h"
#include "libpav/handle.h"
#include "life/names.h"

static int counted(struct pav *p, struct usage **usage)
{
	int n = usage_look(usage);

	return n < 0 ? diag_set(&p->d, n, "out of memory") : n;
}

static void fill(struct pav *p, struct pav_guest *g, const struct domctl_getdomaininfo *i,
		 const struct usage *u)
{
	*g = (struct pav_guest){
		.domid = i->domain,
		.code = -1,
		.vcpus = i->nr_online_vcpus,
		.max_vcpus = i->max_vcpu_id + 1,
		.disks = u->disks,
		.cards = u->cards,
		.memory_kib = i->tot_pages << 2,
		.max_memory_kib = i->max_pages << 2,
		.cpu_ns = i->cpu_time,
		.read_bytes = u->read,
		.written_bytes = u->written,
		.received_bytes = u->received,
		.sent_bytes = u->sent,
	};
	if (i->flags & XEN_DOMINF_running)
		g->state |= PAV_STATE_RUNNING;
	if (i->flags & XEN_DOMINF_blocked)
		g->state |= PAV_STATE_BLOCKED;
	if (i->flags & XEN_DOMINF_paused)
		g->state |= PAV_STATE_PAUSED;
	if (i->flags & XEN_DOMINF_dying)
		g->state |= PAV_STATE_DYING;
	if (i->flags & XEN_DOMINF_shutdown) {
		g->state |= PAV_STATE_SHUTDOWN;
		g->code = (int32_t)(i->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask);
	}
	uuid_format(i->handle, g->uuid);
	name_of(&p->h, i->domain, g->name, sizeof(g->name));
}

static int list(struct pav *p, struct pav_guest **guests, size_t *n)
{
	struct domctl_getdomaininfo *all;
	struct usage *usage, u;
	int count = sysctl_domains(&p->h.hv, &all), users, i;

	if (count < 0)
		return diag_set(&p->d, count, "cannot list the domains: %s", strerror(-count));
	users = counted(p, &usage);
	*guests = users < 0 ? NULL : calloc((size_t)count + 1, sizeof(**guests));
	for (i = 0; *guests && i < count; i++) {
		u = usage_of(usage, users, all[i].domain);
		fill(p, &(*guests)[i], &all[i], &u);
	}
	free(all);
	if (users < 0)
		return users;
	free(usage);
	*n = (size_t)count;
	return *guests ? 0 : diag_set(&p->d, -ENOMEM, "out of memory");
}

int pav_list(struct pav *p, struct pav_guest **guests, size_t *n)
{
	*guests = NULL;
	*n = 0;
	return handle_done(p, list(p, guests, n));
}

static int one(struct pav *p, uint32_t domid, struct pav_guest *g)
{
	struct domctl_getdomaininfo info;
	struct usage *usage, u;
	uint16_t id = 0;
	int rc = domid ? handle_guest(p, domid, &id) : 0, users;

	if (!rc)
		rc = domctl_info(&p->h.hv, id, &info);
	if (rc)
		return diag_else(&p->d, rc, "pav list shows those there are");
	users = counted(p, &usage);
	if (users < 0)
		return users;
	u = usage_of(usage, users, id);
	free(usage);
	fill(p, g, &info, &u);
	return 0;
}

int pav_guest(struct pav *p, uint32_t domid, struct pav_guest *guest)
{
	return handle_done(p, one(p, domid, guest));
}

int pav_find(struct pav *p, const char *what, uint32_t *domid)
{
	uint16_t id = 0;
	int rc = name_resolve(&p->h, what, &id, &p->d);

	*domid = id;
	return handle_done(p, rc);
}

int pav_host(struct pav *p, struct pav_host *host)
{
	char extra[XENVER_EXTRAVERSION_LEN + 1] = "", text[sizeof(extra) + 24];
	struct sysctl_physinfo i;
	int rc = sysctl_physinfo(&p->h.hv, &i);
	long v = version_get(&p->h.hv, XENVER_version, NULL, 0);

	if (rc)
		return handle_done(p, diag_set(&p->d, rc,
					       "cannot ask the hypervisor for its state: %s",
					       strerror(-rc)));
	version_get(&p->h.hv, XENVER_extraversion, extra, XENVER_EXTRAVERSION_LEN);
	*host = (struct pav_host){
		.cpus = i.nr_cpus,
		.cpu_mhz = i.cpu_khz / 1000,
		.memory_kib = i.total_pages << 2,
		.free_kib = i.free_pages << 2,
	};
	snprintf(text, sizeof(text), "%ld.%ld%s", v >> 16, v & 0xffff, extra);
	plain_text(host->hypervisor, sizeof(host->hypervisor), text);
	return handle_done(p, 0);
}
