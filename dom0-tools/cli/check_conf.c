// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "cli/check.h"
#include "dev/block.h"
#include "dev/net.h"
#include "dev/pci.h"
#include "life/conf_file.h"
#include "life/create.h"
#include "life/make.h"
#include "life/names.h"

static void warn(void *arg, const char *text)
{
	check_ok(arg, "configuration", "%s", text);
}

static void name(struct check *k, const struct domconf *c)
{
	struct diag d = DIAG_INIT;
	int rc = name_look(&k->h, c->name, c->has_uuid ? c->uuid : NULL, &d);

	check_told(k, "name", rc, c->name, &d);
}

static void kernel(struct check *k, const struct domconf *c)
{
	struct create_facts f = {0};
	struct diag d = DIAG_INIT;
	int rc = create_check_kernel(c, &f, &d);

	if (rc)
		check_missing(k, "kernel", &d);
	else
		check_ok(k, "kernel", "%s, %llu KiB in memory", c->kernel,
			 (unsigned long long)f.kernel_bytes >> 10);
}

static void memory(struct check *k, const struct domconf *c)
{
	struct diag d = DIAG_INIT;
	char found[64];

	snprintf(found, sizeof(found), "%llu MiB for the guest",
		 (unsigned long long)c->memory_kib >> 10);
	check_told(k, "memory", build_check_memory(&k->h.hv, c->memory_kib >> 2, &d), found, &d);
}

static void disk(struct check *k, const struct disk_conf *c)
{
	struct diag d = DIAG_INIT;
	int rc = block_check(c, &d);
	char what[48];

	snprintf(what, sizeof(what), "disk %s", c->vdev);
	if (!rc && k->h.store && k->has_hv)
		rc = block_look(&k->h, c, &d);
	check_told(k, what, rc, c->target, &d);
}

static void card(struct check *k, const struct vif_conf *c, size_t number)
{
	struct diag d = DIAG_INIT;
	char what[32];

	snprintf(what, sizeof(what), "card %zu", number);
	check_told(k, what, net_check(c, &d), net_bridge(c), &d);
}

static void pci(struct check *k, const struct pci_conf *c)
{
	struct diag d = DIAG_INIT;
	int rc = pci_check(c, &d);

	if (!rc && k->h.store && k->has_hv)
		rc = pci_look(&k->h, 0, c, 1, &d);
	check_told(k, "pci", rc, c->bdf, &d);
}

static void guest(struct check *k, const struct domconf *c)
{
	struct diag d = DIAG_INIT;
	size_t i;

	if (k->h.store && k->has_hv)
		name(k, c);
	kernel(k, c);
	if (k->has_hv)
		memory(k, c);
	if (make_look_cpus(c, &d))
		check_missing(k, "cpus", &d);
	for (i = 0; i < c->ndisks; i++)
		disk(k, &c->disks[i]);
	if (make_look_disks(c, &d))
		check_missing(k, "disks", &d);
	for (i = 0; i < c->nvifs; i++)
		card(k, &c->vifs[i], i);
	for (i = 0; i < c->npcis; i++)
		pci(k, &c->pcis[i]);
}

void check_conf(struct check *k, const char *path, char **settings, int n)
{
	struct domconf *conf = calloc(1, sizeof(*conf));
	struct diag d = DIAG_INIT;
	int rc = conf ? conf_file_guest(conf, path, settings, n, warn, k, &d)
		      : diag_set(&d, -ENOMEM, "out of memory");

	check_told(k, "configuration", rc, path ? path : "command line", &d);
	if (!rc)
		guest(k, conf);
	if (conf)
		domconf_free(conf);
	free(conf);
}
