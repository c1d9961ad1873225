// SPDX-License-Identifier: GPL-2.0-or-later
#include "life/adopt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domconf.h"
#include "lib/domctl.h"
#include "lib/gnttab.h"
#include "life/names.h"
#include "life/record.h"
#include "life/tree.h"

/* Does the domain of the tree run, and is it in no store yet? */
static bool is_due(struct host *h, const struct bootdt_domain *b)
{
	struct domctl_getdomaininfo info;
	char text[64];

	return !domctl_info(&h->hv, (uint16_t)b->id, &info) && info.domain == b->id &&
	       !memcmp(info.handle, b->uuid, sizeof(b->uuid)) && !(info.flags & XEN_DOMINF_dying) &&
	       store_get(h->store, 0, text, sizeof(text), "/local/domain/%u/name", b->id) <= 0;
}

/* Its kernel was a boot module, which is gone: it has one life. */
static int describe(const struct bootdt_domain *b, struct domconf *c)
{
	snprintf(c->name, sizeof(c->name), "%s", b->name);
	memcpy(c->uuid, b->uuid, sizeof(c->uuid));
	c->has_uuid = true;
	c->memory_kib = c->maxmem_kib = b->memory_kib;
	c->vcpus = c->maxvcpus = b->vcpus;
	c->on_poweroff = c->on_reboot = c->on_crash = END_DESTROY;
	c->kernel = strdup(b->kernel.name ? b->kernel.name : "(boot module)");
	c->cmdline = strdup(b->bootargs ? b->bootargs : "");
	return c->kernel && c->cmdline ? 0 : -ENOMEM;
}

static int write_store(struct host *h, const struct tree *t)
{
	char dir[RECORD_DIR];
	uint32_t tx;
	int rc, end;

	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		store_batch(h->store);
		tree_write(h, tx, t);
		record_dir(t->domid, dir);
		rc = record_write(h, tx, dir, t->conf);
		end = store_batch_end(h->store);
		if (!rc)
			rc = end;
		rc = store_finish(h->store, tx, rc);
	} while (rc == -EAGAIN);
	return rc ? rc : store_introduce(h->store, t->domid, t->store.n, t->store_port);
}

static int adopt(struct host *h, const struct bootdt_domain *b, struct domconf *c, struct diag *d)
{
	struct tree t = {
		.domid = (uint16_t)b->id,
		.conf = c,
		.console_port = BOOTDT_CONSOLE_PORT,
		.store_port = BOOTDT_STORE_PORT,
	};
	int rc = describe(b, c);

	if (rc)
		return diag_set(d, rc, "out of memory");
	rc = gnttab_seeded(&h->hv, t.domid, &t.console, &t.store);
	if (rc)
		return diag_set(d, rc, "cannot read the grants of domain %u: %s", b->id,
				strerror(-rc));
	rc = name_adopt(h, c->name, c->uuid, d);
	if (rc)
		return rc;
	rc = write_store(h, &t);
	if (!rc)
		return 1;
	tree_remove(h, t.domid, c->uuid);
	name_drop(h, c->name, c->uuid);
	return diag_set(d, rc, "cannot write domain %u into the store: %s", b->id, strerror(-rc));
}

int adopt_domain(struct host *h, const struct bootdt_domain *b, struct diag *d)
{
	struct domconf *c;
	int rc;

	if (!is_due(h, b))
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c)
		return diag_set(d, -ENOMEM, "out of memory");
	rc = adopt(h, b, c, d);
	domconf_free(c);
	free(c);
	return rc < 0 ? diag_at(d, rc, "boot-time domain %s", b->name) : rc;
}
