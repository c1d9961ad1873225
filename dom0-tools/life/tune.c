// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "life/record.h"
#include "life/tune.h"

enum { SLACK_KIB = 1024 };

static void edit_memory(struct domconf *c, const void *kib)
{
	c->memory_kib = *(const uint64_t *)kib;
	if (c->minmem_kib > c->memory_kib)
		c->minmem_kib = c->memory_kib;
}

int tune_memory(struct host *h, const struct domctl_getdomaininfo *i, const char *what,
		uint64_t kib, struct diag *d)
{
	uint64_t limit = i->max_pages << 2;
	char text[32], dir[64];
	int rc;

	if (store_get(h->store, 0, text, sizeof(text), "/local/domain/%u/memory/static-max",
		      i->domain) > 0)
		limit = strtoull(text, NULL, 10);
	if (kib > limit) {
		diag_set(d, -EINVAL, "%s can have %llu MiB at most", what,
			 (unsigned long long)limit >> 10);
		return diag_hint(d, -EINVAL, "maxmem in its configuration sets that at creation");
	}
	/* Down, the guest gives back first; up, the hypervisor must allow first. Both fit this
	 * order. */
	rc = domctl_max_mem(&h->hv, i->domain, kib + SLACK_KIB);
	if (rc)
		return diag_set(d, rc, "cannot set the memory limit of %s: %s", what,
				strerror(-rc));
	snprintf(dir, sizeof(dir), "/local/domain/%u/memory", i->domain);
	/* What the user says goes for pav autoballoon too. */
	if (store_get(h->store, 0, text, sizeof(text), "%s/dynamic-min", dir) > 0 &&
	    kib < strtoull(text, NULL, 10))
		store_writef(h->store, 0, dir, "dynamic-min", "%llu", (unsigned long long)kib);
	rc = store_writef(h->store, 0, dir, "target", "%llu", (unsigned long long)kib);
	if (!rc)
		record_edit(h, i->domain, edit_memory, &kib);
	return rc ? diag_set(d, rc, "cannot tell %s: %s", what, strerror(-rc)) : 0;
}

static void edit_vcpus(struct domconf *c, const void *vcpus)
{
	c->vcpus = *(const unsigned *)vcpus;
}

int tune_vcpus(struct host *h, const struct domctl_getdomaininfo *i, const char *what,
	       unsigned vcpus, struct diag *d)
{
	char dir[64], key[32];
	unsigned v;
	int rc;

	if (!vcpus || vcpus > i->max_vcpu_id + 1) {
		diag_set(d, -EINVAL, "%s has at most %u vCPUs", what, i->max_vcpu_id + 1);
		return diag_hint(d, -EINVAL, "maxvcpus in its configuration sets that at creation");
	}
	snprintf(dir, sizeof(dir), "/local/domain/%u/cpu", i->domain);
	store_batch(h->store);
	for (v = 0; v <= i->max_vcpu_id; v++) {
		snprintf(key, sizeof(key), "%u/availability", v);
		store_writef(h->store, 0, dir, key, "%s", v < vcpus ? "online" : "offline");
	}
	rc = store_batch_end(h->store);
	if (!rc)
		record_edit(h, i->domain, edit_vcpus, &vcpus);
	return rc ? diag_set(d, rc, "cannot tell %s: %s", what, strerror(-rc)) : 0;
}
