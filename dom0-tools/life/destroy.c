// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domconf.h"
#include "dev/device.h"
#include "lib/domctl.h"
#include "lib/sysctl.h"
#include "life/destroy.h"
#include "life/names.h"
#include "life/record.h"
#include "life/tree.h"

enum { GONE_MS = 60000 };

static int wait_gone(struct host *h, uint16_t domid)
{
	uint64_t end = host_now() + GONE_MS * 1000000ull;
	struct domctl_getdomaininfo info;

	while (domctl_info(&h->hv, domid, &info) == 0) {
		if (host_now() > end)
			return -ETIMEDOUT;
		host_sleep(1);
	}
	return 0;
}

int destroy_guest(struct host *h, uint16_t domid, struct diag *d)
{
	struct domctl_getdomaininfo info;
	struct diag first = DIAG_INIT;
	char name[DOMCONF_NAME_MAX * 2];
	int rc = domctl_info(&h->hv, domid, &info), end;

	if (rc == -ESRCH)
		return diag_set(d, -ENOENT, "there is no domain %u", domid);
	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	name_of(h, domid, name, sizeof(name));
	/* Stop it first, so that it does not see its devices go. */
	domctl_pause(&h->hv, domid);
	rc = device_remove_all(h, domid, &first);
	end = domctl_destroy(&h->hv, domid);
	if (end && end != -ESRCH) {
		diag_set(&first, end, "the hypervisor would not destroy domain %u: %s", domid,
			 strerror(-end));
		rc = end;
	}
	store_release(h->store, domid);
	tree_remove(h, domid, info.handle);
	name_drop(h, name, info.handle);
	if (!rc && wait_gone(h, domid)) {
		rc = diag_set(&first, -ETIMEDOUT,
			      "domain %u is dying, but something still holds its memory", domid);
		diag_hint(&first, rc,
			  "it will vanish when that is closed; pav list shows it with state d");
	}
	if (rc)
		*d = first;
	return rc;
}

/* The mark says who was at work; a process that lives is left alone. */
static int reap(struct host *h, const char *uuid_text, const struct domctl_getdomaininfo *list,
		int n)
{
	char text[160], name[DOMCONF_NAME_MAX + 1] = "";
	struct diag ignored = DIAG_INIT;
	uint8_t uuid[16];
	int i;

	if (store_get(h->store, 0, text, sizeof(text), "/pavise/creating/%s", uuid_text) < 0)
		return 0;
	if (name_process_lives(text))
		return 0;
	sscanf(text, "%*u %*u %64s", name);
	if (uuid_parse(uuid_text, uuid))
		return 0;
	for (i = 0; i < n; i++)
		if (!memcmp(list[i].handle, uuid, 16) && !(list[i].flags & XEN_DOMINF_dying))
			destroy_guest(h, list[i].domain, &ignored);
	name_drop(h, name, uuid);
	return 1;
}

int destroy_stale(struct host *h, struct diag *d)
{
	struct domctl_getdomaininfo *list;
	char **marks;
	int n, marked = store_list(h->store, 0, "/pavise/creating", &marks), i, done = 0;

	if (marked <= 0) {
		if (!marked)
			free(marks);
		return marked == -ENOENT ? 0 : marked;
	}
	n = sysctl_domains(&h->hv, &list);
	if (n < 0) {
		free(marks);
		return diag_set(d, n, "cannot list the domains: %s", strerror(-n));
	}
	for (i = 0; i < marked; i++)
		done += reap(h, marks[i], list, n);
	free(list);
	free(marks);
	return done;
}

static void forget(struct host *h, uint16_t domid)
{
	struct domconf *c = calloc(1, sizeof(*c));
	struct diag ignored = DIAG_INIT;
	char dir[RECORD_DIR];

	if (!c)
		return;
	record_dir(domid, dir);
	record_read(h, dir, c, &ignored);
	device_remove_all(h, domid, &ignored);
	tree_remove(h, domid, c->uuid);
	/* A guest that has begun a new life has its name and UUID again; that one is left alone. */
	if (c->name[0] && name_resolve(h, c->name, &domid, &ignored) == -ENOENT)
		name_drop(h, c->name, c->uuid);
	domconf_free(c);
	free(c);
}

int destroy_orphans(struct host *h)
{
	struct domctl_getdomaininfo info;
	char **ids;
	int n = store_list(h->store, 0, "/pavise/domain", &ids), i, done = 0;

	for (i = 0; i < n; i++) {
		unsigned long domid = strtoul(ids[i], NULL, 10);

		if (domid < DOMID_FIRST_RESERVED &&
		    domctl_info(&h->hv, (uint16_t)domid, &info) == -ESRCH) {
			forget(h, (uint16_t)domid);
			done++;
		}
	}
	if (n >= 0)
		free(ids);
	return n == -ENOENT ? 0 : n < 0 ? n : done;
}
