// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "build/build.h"
#include "dev/block.h"
#include "dev/net.h"
#include "dev/pci.h"
#include "lib/cpumap.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/evtchn.h"
#include "lib/memory.h"
#include "lib/sysctl.h"
#include "life/destroy.h"
#include "life/limits.h"
#include "life/make.h"
#include "life/names.h"
#include "life/pool.h"
#include "life/record.h"
#include "life/tree.h"
#include "life/want.h"

enum { CONSOLE_MS = 60000, MAXMEM_SLACK_KIB = 1024 };

struct make {
	struct host *h;
	struct domconf *conf;
	const struct make_source *source;
	struct diag *d;
	bool claimed; /* the name */
	bool waited;  /* for memory, which it has not got yet */
	bool made;
	uint16_t domid;
	uint32_t console_port, store_port;
	struct make_rings rings;
	struct pool pool; /* of CPUs */
	struct block blocks[DOMCONF_DEVS_MAX];
	size_t nblocks; /* opened */
};

static int check_devices(const struct domconf *c, struct diag *d)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < c->ndisks && !rc; i++)
		rc = block_check(&c->disks[i], d);
	for (i = 0; i < c->nvifs && !rc; i++)
		rc = net_check(&c->vifs[i], d);
	for (i = 0; i < c->npcis && !rc; i++)
		rc = pci_check(&c->pcis[i], d);
	return rc ? rc : make_look_disks(c, d);
}

int make_look_disks(const struct domconf *c, struct diag *d)
{
	size_t i, k;

	for (i = 0; i < c->ndisks; i++)
		for (k = 0; k < i; k++) {
			if (!block_clash(&c->disks[k], &c->disks[i]))
				continue;
			diag_set(d, -EBUSY, "disk %s: image %s is this guest's disk %s already",
				 c->disks[i].vdev, c->disks[i].target, c->disks[k].vdev);
			return diag_hint(d, -EBUSY,
					 "give each disk an image of its own, or give "
					 "both read-only: access r");
		}
	return 0;
}

int make_look_cpus(const struct domconf *c, struct diag *d)
{
	uint8_t map[CPUMAP_BYTES];

	if (!c->cpus || !cpumap_parse(c->cpus, map))
		return 0;
	diag_set(d, -EINVAL, "cpus '%s' is not a list of CPUs", c->cpus);
	return diag_hint(d, -EINVAL, "write numbers and ranges, as in cpus = \"0-3,^2\"");
}

static int draw(struct domconf *c, struct diag *d)
{
	size_t i;

	if (!c->has_uuid) {
		if (getrandom(c->uuid, 16, 0) != 16)
			return diag_set(d, -EIO, "the kernel gives no random numbers");
		c->uuid[6] = (uint8_t)((c->uuid[6] & 0x0f) | 0x40);
		c->uuid[8] = (uint8_t)((c->uuid[8] & 0x3f) | 0x80);
		c->has_uuid = true;
	}
	for (i = 0; i < c->nvifs; i++) {
		uint8_t mac[6];

		if (c->vifs[i].has_mac)
			continue;
		net_draw_mac(mac);
		if (domconf_set_mac(c, i, mac))
			return diag_set(d, -ENOMEM, "out of memory");
	}
	return 0;
}

/* The pool of CPUs that the guest shall use; number 0 if its configuration names none. */
static int find_pool(struct host *h, const struct domconf *k, struct pool *p, struct diag *d)
{
	static const uint8_t none[CPUMAP_BYTES];
	int rc = k->pool ? pool_find(h, k->pool, p, d) : 0;

	if (rc || !k->pool || memcmp(p->cpus, none, CPUMAP_BYTES))
		return rc;
	diag_set(d, -ENODEV, "the CPU pool %s has no CPU", p->name);
	return diag_hint(d, -ENODEV, "give it one: pav cpupool-cpu-add %s CPU", p->name);
}

/* All but memory. */
static int check(struct host *h, const struct domconf *k, const struct make_source *source,
		 struct pool *pool, struct diag *d)
{
	int rc = check_devices(k, d);

	if (!rc)
		rc = make_look_cpus(k, d);
	if (!rc)
		rc = find_pool(h, k, pool, d);
	if (!rc && source->check)
		rc = source->check(source->arg, k, d);
	return rc;
}

static unsigned grant_version(struct hv *hv)
{
	struct sysctl_physinfo p;

	if (sysctl_physinfo(hv, &p))
		return 1;
	if (p.capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v2)
		return 2;
	return p.capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v1 ? 1 : 0;
}

static int set_scheduling(struct make *c)
{
	const struct domconf *k = c->conf;
	unsigned weight, cap, i;
	uint8_t map[CPUMAP_BYTES];
	int rc = 0, sched;

	if (k->weight || k->has_cap) {
		sched = sysctl_sched_id(&c->h->hv);
		rc = sched < 0 ? sched
			       : domctl_get_sched(&c->h->hv, c->domid, (unsigned)sched, &weight,
						  &cap);
		if (!rc)
			rc = domctl_set_sched(&c->h->hv, c->domid, (unsigned)sched,
					      k->weight ? k->weight : weight,
					      k->has_cap ? k->cap : cap);
		if (rc)
			return diag_set(c->d, rc, "cannot set cpu_weight or cap: %s",
					strerror(-rc));
	}
	if (!k->cpus || cpumap_parse(k->cpus, map))
		return 0;
	for (i = 0; i < k->maxvcpus && !rc; i++)
		rc = domctl_set_affinity(&c->h->hv, c->domid, i, map);
	if (!rc)
		return 0;
	diag_set(c->d, rc, "cannot pin the guest to CPUs %s: %s", k->cpus, strerror(-rc));
	return diag_hint(c->d, rc, "pav info shows how many CPUs there are");
}

static int make_domain(struct make *c)
{
	struct domctl_new n = {.max_vcpus = c->conf->maxvcpus, .pool = c->pool.id};
	struct hv *hv = &c->h->hv;
	const char *step = "create a domain";
	int rc;

	memcpy(n.uuid, c->conf->uuid, 16);
	n.grant_version = grant_version(hv);
	rc = domctl_create(hv, &n, &c->domid);
	c->made = !rc;
	if (!rc) {
		step = "give it vCPUs";
		rc = domctl_max_vcpus(hv, c->domid, c->conf->maxvcpus);
	}
	if (!rc) {
		step = "set its memory limit";
		rc = domctl_max_mem(hv, c->domid, c->conf->maxmem_kib + MAXMEM_SLACK_KIB);
	}
	if (!rc) {
		step = "set its memory map";
		rc = memory_set_map(hv, c->domid, c->conf->maxmem_kib << 10,
				    domconf_keeps_holes(c->conf));
	}
	if (!rc) {
		step = "set its clock";
		rc = domctl_set_tsc(hv, c->domid, c->conf->tsc_mode);
	}
	if (rc)
		return diag_set(c->d, rc, "the hypervisor would not %s: %s", step, strerror(-rc));
	return set_scheduling(c);
}

static int want(struct make *c)
{
	int rc = want_memory(c->h, c->conf->memory_kib, c->d);

	c->waited = rc > 0;
	return rc > 0 ? 0 : rc;
}

static int make_ports(struct make *c)
{
	int console = evtchn_alloc_unbound(&c->h->hv, c->domid, 0);
	int store = evtchn_alloc_unbound(&c->h->hv, c->domid, 0);

	if (console < 0 || store < 0)
		return diag_set(c->d, console < 0 ? console : store,
				"the hypervisor gave no event channel: %s",
				strerror(-(console < 0 ? console : store)));
	c->console_port = (uint32_t)console;
	c->store_port = (uint32_t)store;
	return 0;
}

static int fill(struct make *c)
{
	struct make_domain m = {
		.conf = c->conf,
		.domid = c->domid,
		.console_port = c->console_port,
		.store_port = c->store_port,
	};

	return c->source->fill(c->source->arg, c->h, &m, &c->rings, c->d);
}

static int open_disks(struct make *c)
{
	int rc = 0;

	while (c->nblocks < c->conf->ndisks && !rc) {
		struct block *b = &c->blocks[c->nblocks];

		rc = block_open(c->h, b, c->domid, &c->conf->disks[c->nblocks], c->d);
		if (!rc)
			c->nblocks++;
	}
	return rc;
}

static int open_pcis(struct make *c)
{
	size_t i;
	int rc = pci_look(c->h, 0, c->conf->pcis, c->conf->npcis, c->d);

	for (i = 0; i < c->conf->npcis && !rc; i++)
		rc = pci_open(c->h, c->domid, &c->conf->pcis[i], c->d);
	return rc;
}

/* The whole guest appears in the store at once. */
static int write_store(struct make *c)
{
	struct tree t = {
		.domid = c->domid,
		.conf = c->conf,
		.console = c->rings.console,
		.store = c->rings.store,
		.console_port = c->console_port,
		.store_port = c->store_port,
	};
	struct store *s = c->h->store;
	char dir[RECORD_DIR];
	struct device dev;
	uint32_t tx;
	size_t i;
	int rc, end;

	do {
		rc = store_begin(s, &tx);
		if (rc)
			break;
		/* Another creation may have been faster. */
		if (pci_look(c->h, tx, c->conf->pcis, c->conf->npcis, c->d))
			return store_finish(s, tx, -EBUSY);
		store_batch(s);
		tree_write(c->h, tx, &t);
		for (i = 0; i < c->nblocks; i++) {
			block_write(c->h, tx, &c->blocks[i]);
			limits_write(c->h, tx, &c->blocks[i]);
		}
		for (i = 0; i < c->conf->nvifs; i++) {
			device_init(&dev, "vif", c->domid, (uint32_t)i);
			net_write(c->h, tx, &dev, &c->conf->vifs[i]);
		}
		if (c->conf->npcis)
			pci_write(c->h, tx, c->domid, c->conf->pcis, c->conf->npcis);
		record_dir(c->domid, dir);
		rc = record_write(c->h, tx, dir, c->conf);
		end = store_batch_end(s);
		if (!rc)
			rc = end;
		rc = store_finish(s, tx, rc);
	} while (rc == -EAGAIN);
	if (!rc)
		rc = store_introduce(s, c->domid, c->rings.store.n, c->store_port);
	return rc ? diag_set(c->d, rc, "cannot write the guest into the store: %s", strerror(-rc))
		  : 0;
}

static int finish_devices(struct make *c)
{
	struct device dev;
	size_t i;
	int rc = 0;

	for (i = 0; i < c->nblocks && !rc; i++)
		rc = block_finish(c->h, &c->blocks[i], c->d);
	for (i = 0; i < c->conf->nvifs && !rc; i++) {
		device_init(&dev, "vif", c->domid, (uint32_t)i);
		rc = net_finish(c->h, &dev, &c->conf->vifs[i], c->d);
	}
	if (!rc && c->conf->npcis)
		rc = pci_finish(c->h, c->domid, c->d);
	return rc;
}

/* Not a line of the guest's output may be lost: it starts when somebody listens. */
static int wait_console(struct make *c)
{
	uint64_t end = host_now() + CONSOLE_MS * 1000000ull;
	char tty[64];

	while (store_get(c->h->store, 0, tty, sizeof(tty), "/local/domain/%u/console/tty",
			 c->domid) <= 0) {
		if (host_now() > end || !daemon_runs("pav-consoled")) {
			diag_set(c->d, -ENOTCONN,
				 "the console daemon does not take the guest's console");
			return diag_hint(c->d, -ENOTCONN,
					 "is pav-consoled running? systemctl status pav-consoled");
		}
		host_sleep(1);
	}
	return 0;
}

static void undo(struct make *c)
{
	struct diag ignored = DIAG_INIT;
	size_t i;

	if (c->waited)
		want_done(c->h);
	for (i = 0; i < c->nblocks; i++)
		block_abort(&c->blocks[i]);
	if (c->made)
		destroy_guest(c->h, c->domid, &ignored);
	if (c->claimed)
		name_drop(c->h, c->conf->name, c->conf->uuid);
}

static int run(struct make *c, bool paused)
{
	int rc = draw(c->conf, c->d);

	if (!rc)
		rc = check(c->h, c->conf, c->source, &c->pool, c->d);
	if (!rc)
		rc = want(c);
	if (!rc)
		rc = name_claim(c->h, c->conf->name, c->conf->uuid, c->d);
	if (rc)
		return rc;
	c->claimed = true;
	rc = make_domain(c);
	if (!rc && c->waited)
		rc = want_domain(c->h, c->conf->memory_kib, c->domid, c->d);
	if (!rc)
		rc = make_ports(c);
	if (!rc)
		rc = fill(c);
	if (c->waited)
		want_done(c->h);
	c->waited = false;
	if (!rc)
		rc = open_disks(c);
	if (!rc)
		rc = open_pcis(c);
	if (!rc)
		rc = write_store(c);
	if (!rc)
		rc = finish_devices(c);
	if (!rc)
		rc = wait_console(c);
	if (!rc && c->source->ready)
		rc = c->source->ready(c->source->arg, c->d);
	if (rc)
		return rc;
	name_commit(c->h, c->conf->uuid);
	rc = paused ? 0 : domctl_unpause(&c->h->hv, c->domid);
	return rc ? diag_set(c->d, rc, "the hypervisor would not start the guest: %s",
			     strerror(-rc))
		  : 0;
}

int make_look_daemon(struct diag *d)
{
	if (daemon_runs("pav-consoled"))
		return 0;
	diag_set(d, -ENOTCONN, "the console daemon is not running");
	return diag_hint(d, -ENOTCONN,
			 "start it: systemctl start pav-consoled (or run pav-consoled)");
}

int make_look(struct host *h, const struct domconf *conf, const struct make_source *source,
	      struct diag *d)
{
	struct pool pool;
	size_t i;
	int rc = make_look_daemon(d);

	if (!rc)
		rc = check(h, conf, source, &pool, d);
	if (!rc)
		rc = build_check_memory(&h->hv, conf->memory_kib >> 2, d);
	if (!rc)
		rc = name_look(h, conf->name, conf->has_uuid ? conf->uuid : NULL, d);
	for (i = 0; i < conf->ndisks && !rc; i++)
		rc = block_look(h, &conf->disks[i], d);
	if (!rc)
		rc = pci_look(h, 0, conf->pcis, conf->npcis, d);
	return rc;
}

int make_guest(struct host *h, struct domconf *conf, const struct make_source *source, bool paused,
	       uint16_t *domid, struct diag *d)
{
	struct make *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return diag_set(d, -ENOMEM, "out of memory");
	c->h = h;
	c->conf = conf;
	c->source = source;
	c->d = d;
	rc = make_look_daemon(d);
	if (!rc)
		rc = run(c, paused);
	if (rc)
		undo(c);
	*domid = c->domid;
	free(c);
	return rc;
}
