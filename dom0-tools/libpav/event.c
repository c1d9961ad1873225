// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libpav/handle.h"

#define NEW "@introduceDomain"
#define END "@releaseDomain"

int pav_watch(struct pav *p)
{
	int rc = p->watching ? 0 : store_watch_named(p->h.store, NEW, "new");

	if (!rc && !p->watching)
		rc = store_watch_named(p->h.store, END, "end");
	if (rc)
		diag_set(&p->d, rc, "cannot watch for guests in the store: %s", strerror(-rc));
	p->watching = !rc;
	return handle_done(p, rc);
}

int pav_fd(const struct pav *p)
{
	return store_fd(p->h.store);
}

int pav_next(struct pav *p, int timeout_ms, struct pav_event *event)
{
	char *path, *token;
	int rc;

	if (!p->watching)
		return handle_done(p,
				   diag_hint(&p->d, diag_set(&p->d, -EINVAL, "nothing is watched"),
					     "call pav_watch first"));
	rc = store_event(p->h.store, timeout_ms, &path, &token);
	if (rc < 0)
		diag_set(&p->d, rc, "the store daemon is gone: %s", strerror(-rc));
	if (rc <= 0)
		return handle_done(p, rc);
	event->what = strcmp(token, "new") ? PAV_EVENT_END : PAV_EVENT_NEW;
	event->domid = (uint32_t)store_event_domain(path);
	free(path);
	return handle_done(p, 1);
}
