// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domctl.h"
#include "lib/plain.h"
#include "libpav/handle.h"

static void tell(struct pav_error *err, int rc, struct diag *d)
{
	if (!d->text[0])
		diag_set(d, rc, "%s", strerror(-rc));
	diag_remedy(d, rc);
	err->code = rc;
	plain_text(err->message, sizeof(err->message), d->text);
	plain_text(err->remedy, sizeof(err->remedy), d->hint);
}

int handle_done(struct pav *p, int rc)
{
	if (rc < 0)
		tell(&p->error, rc, &p->d);
	p->d = (struct diag)DIAG_INIT;
	return rc;
}

int handle_guest(struct pav *p, uint32_t domid, uint16_t *id)
{
	struct domctl_getdomaininfo info;
	int rc;

	*id = (uint16_t)domid;
	if (!domid)
		return diag_hint(&p->d, diag_set(&p->d, -EINVAL, "domain 0 is the control domain"),
				 "name a guest");
	rc = domid < DOMID_FIRST_RESERVED ? domctl_info(&p->h.hv, *id, &info) : -ESRCH;
	if (rc == -ESRCH)
		return diag_hint(&p->d, diag_set(&p->d, -ENOENT, "there is no domain %u", domid),
				 "pav list shows those there are");
	return rc ? diag_set(&p->d, rc, "domain %u: %s", domid, strerror(-rc)) : 0;
}

int pav_open(struct pav **out, struct pav_error *err)
{
	struct pav *p = calloc(1, sizeof(*p));
	struct diag d = DIAG_INIT;
	int rc = p ? host_open(&p->h, &d) : diag_set(&d, -ENOMEM, "out of memory");

	*out = NULL;
	if (err)
		*err = (struct pav_error){0};
	if (rc) {
		free(p);
		if (err)
			tell(err, rc, &d);
		return rc;
	}
	*out = p;
	return 0;
}

void pav_close(struct pav *p)
{
	if (!p)
		return;
	host_close(&p->h);
	free(p);
}

const struct pav_error *pav_error(const struct pav *p)
{
	return &p->error;
}

void pav_free(void *memory)
{
	free(memory);
}

const char *pav_version(void)
{
	return PAVISE_VERSION;
}
