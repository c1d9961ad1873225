/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains of the device tree (docs/boot-domains.md). All are created first, so that channels can
 * join them, then filled one after another; the control domain gets what memory they leave. libfdt
 * runs in arch_foreign_begin()'s bracket.
 */
#include "domains.h"
#include "build.h"

#include <abi/grant.h>
#include <arch/foreign.h>
#include <guest-abi/bootproto/bootdt.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/evtchn.h>
#include <hv/grant.h>
#include <hv/heap.h>
#include <hv/softirq.h>
#include <hv/string.h>

#define EVTCHN_PORTS 1023u
#define SLACK_PAGES  256u /* above a domain's memory, as the control domain's builder has it */

static struct bootdt tree;
static unsigned controls; /* modules before the tree: the control domain's */
static struct domain *made[BOOTDT_DOMAINS_MAX + 1]; /* the control domain is last */

static void complain(const struct bootdt_error *e)
{
	log_error("device tree: node %s%s%s: %s", e->node, e->is_property, e->property, e->text);
}

static void read_tree(const struct boot_module *m)
{
	struct bootdt_error e;
	int rc;

	arch_foreign_begin();
	rc = bootdt_read(modules_data(m), m->size, &tree, &e);
	arch_foreign_end();
	if (!rc)
		return;
	complain(&e);
	tree.domains = 0;
}

static void leave_out(unsigned i, int node, const char *property, const char *text)
{
	struct domain *d = made[i];
	struct bootdt_error e;

	arch_foreign_begin();
	bootdt_fail(&tree, node, property, text, &e);
	arch_foreign_end();
	complain(&e);
	made[i] = NULL;
	if (!d)
		return;
	domain_ref(d);
	while (domain_kill(d) == -ERESTART)
		softirq_run();
	domain_put(d);
}

static void create(unsigned i)
{
	const struct bootdt_domain *t = &tree.domain[i];
	struct domain_config cfg = {
		.max_vcpus = t->vcpus,
		.max_evtchn_port = EVTCHN_PORTS,
		.max_grant_frames = BUILD_GRANT_FRAMES,
		.max_maptrack_frames = BUILD_MAPTRACK,
		.console_io = t->capabilities & BOOTDT_CAP_CONSOLE,
		.ends_machine = t->capabilities & BOOTDT_CAP_MACHINE,
	};
	const struct cpumask *cpus = (const struct cpumask *)(const void *)t->affinity;
	evtchn_port_t port;
	int rc;

	_Static_assert(sizeof(*cpus) == sizeof(t->affinity), "one bit a CPU");
	memcpy(cfg.handle, t->uuid, sizeof(cfg.handle));
	rc = domain_create((domid_t)t->id, &cfg, &made[i]);
	if (!rc)
		rc = build_vcpus(made[i]);
	/* Store, then console: in a new domain they get the ports that everybody expects. */
	if (rc || evtchn_alloc_unbound(made[i], 0, &port) ||
	    evtchn_alloc_unbound(made[i], 0, &port))
		return leave_out(i, t->node, "", "there is no memory to create it");
	for (uint32_t v = 0; t->has_affinity && v < t->vcpus; v++)
		if (sched_set_affinity(made[i]->vcpu[v], cpus, cpus))
			return leave_out(i, t->node, "affinity", "none of these CPUs is there");
	/* Each channel when its later end is there. */
	for (const struct bootdt_channel *c = t->channel; c < t->channel + t->channels; c++)
		if (c->peer < i && made[c->peer])
			evtchn_bind_ports(made[i], c->port, made[c->peer], c->peer_port);
}

static const struct boot_module *find_module(const struct bootdt_module *by)
{
	const struct boot_module *m;

	for (unsigned i = 0; (m = modules_get(i)); i++)
		if (bootdt_is_module(by, i, m->text))
			break;
	return m;
}

/* Entry @ref of the domain's grant table lets domain @to map @mfn. */
static int grant(struct domain *d, uint32_t ref, domid_t to, mfn_t mfn, bool readonly)
{
	struct grant_entry_v1 *e;
	mfn_t table;
	int rc = grant_table_frame(d, 0, &table);

	if (rc)
		return rc;
	e = (struct grant_entry_v1 *)frame_virt(table) + ref;
	e->domid = to;
	e->frame = (uint32_t)mfn.n;
	e->flags = GTF_permit_access | (readonly ? GTF_readonly : 0);
	return 0;
}

/* The tree numbers pages in the order of their grants, and each has one. */
static int share_pages(struct domain *d, const struct bootdt_domain *t)
{
	struct page *pg = NULL;
	unsigned next = 0;
	int rc = 0;

	for (const struct bootdt_grant *g = t->grant; !rc && g < t->grant + t->grants; g++) {
		if (g->page == next) {
			pg = domain_alloc_pages(d, 0, 0, 0);
			next++;
		}
		rc = pg ? grant(d, g->ref, (domid_t)tree.domain[g->to].id, page_mfn(pg),
				g->readonly)
			: -ENOMEM;
	}
	return rc;
}

static int fill_rings(struct build *b, const struct bootdt_domain *t)
{
	struct start_info *si = build_start_info(b);
	mfn_t store = mfn_make(b->p2m[b->l.store.pfn]),
	      console = mfn_make(b->p2m[b->l.console.pfn]);
	int rc = grant(b->d, BOOTDT_GRANT_CONSOLE, 0, console, false);

	/* Linux waits for the store if it is told of one; without a control domain for ever. */
	if (controls && !t->no_store) {
		si->store_mfn = store.n;
		si->store_evtchn = BOOTDT_STORE_PORT;
	}
	si->console.domU.mfn = console.n;
	si->console.domU.evtchn = BOOTDT_CONSOLE_PORT;
	hv_snprintf((char *)si->cmd_line, sizeof(si->cmd_line), "%s",
		    bootdt_cmdline(t, b->kernel->text));
	if (!rc)
		rc = grant(b->d, BOOTDT_GRANT_STORE, 0, store, false);
	if (rc || t->console == BOOTDT_CONSOLE_DAEMON)
		return rc;
	return guest_console_init(b->d, console, BOOTDT_CONSOLE_PORT,
				  t->console == BOOTDT_CONSOLE_MACHINE);
}

/* What is wrong, NULL if nothing; *@node and *@property say where. */
static const char *fill(struct build *b, const struct bootdt_domain *t, int *node,
			const char **property)
{
	const struct bootdt_module *m = &t->kernel;

	b->initrd = find_module(&t->ramdisk);
	b->kernel = find_module(m);
	if (t->ramdisk.given && !b->initrd)
		m = &t->ramdisk;
	*node = m->node;
	*property = m->name ? "module-name" : "module-index";
	if (!b->kernel || m == &t->ramdisk)
		return "the boot loader gave no such module";
	if (build_open(b))
		return b->why;
	*node = t->node;
	*property = "memory";
	if (build_plan(b, false) || build_load(b))
		return b->why;
	if (fill_rings(b, t) || share_pages(b->d, t))
		return "there is no memory for grants and shared pages";
	return build_finish(b) ? b->why : NULL;
}

static void make(unsigned i)
{
	const struct bootdt_domain *t = &tree.domain[i];
	struct build b = {.d = made[i], .nr_pages = t->memory_kib >> (PAGE_SHIFT - 10)};
	const char *wrong, *property = "";
	int node = t->node;

	if (!b.d)
		return;
	b.d->pages.max = b.nr_pages + t->pages + SLACK_PAGES;
	wrong = fill(&b, t, &node, &property);
	build_end(&b);
	if (wrong)
		leave_out(i, node, property, wrong);
	else
		log_info("domain %u '%s': %lu MiB, %u vCPUs", b.d->id, t->name, b.nr_pages >> 8,
			 t->vcpus);
}

void domains_build(void)
{
	const struct boot_module *m;
	unsigned running = 0;

	for (; (m = modules_get(controls)); controls++)
		if (bootdt_is_blob(modules_data(m), m->size))
			break;
	if (m)
		read_tree(m);
	for (unsigned i = 0; i < tree.domains; i++)
		create(i);
	for (unsigned i = 0; i < tree.domains; i++)
		make(i);
	if (controls)
		dom0_build(controls);
	modules_release();
	made[BOOTDT_DOMAINS_MAX] = control_domain;
	for (unsigned i = 0; i < ARRAY_SIZE(made); i++)
		if (made[i]) {
			made[i]->controller_pause = 0;
			domain_unpause(made[i]);
			running++;
		}
	if (!running)
		panic("no domain to run: give the boot loader the control domain's kernel");
}
