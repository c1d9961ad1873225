// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/guests.h"
#include "life/devices.h"
#include "life/names.h"

int guest_info(struct cli *c, const char *what, struct domctl_getdomaininfo *info)
{
	uint16_t domid;
	int rc = name_resolve(&c->h, what, &domid, &c->d);

	if (rc)
		return rc;
	rc = domctl_info(&c->h.hv, domid, info);
	return rc ? diag_set(&c->d, rc, "%s: %s", what, strerror(-rc)) : 0;
}

int guest_find(struct cli *c, const char *what, const char *done, uint16_t *domid)
{
	int rc = name_resolve(&c->h, what, domid, &c->d);

	if (!rc && !*domid)
		rc = diag_hint(&c->d,
			       diag_set(&c->d, -EINVAL, "the control domain cannot be %s", done),
			       GUESTS_NAME_ONE);
	return rc;
}

int guests_each(struct cli *c, int n, char **args, const char *done,
		int (*one)(struct cli *c, uint16_t domid, const char *what))
{
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++) {
		uint16_t domid;

		rc = guest_find(c, args[i], done, &domid);
		if (!rc)
			rc = one(c, domid, args[i]);
	}
	return rc;
}

static int join(struct cli *c, char *spec, size_t size, int n, char **args)
{
	size_t used = 0;
	int i;

	spec[0] = '\0';
	for (i = 0; i < n; i++) {
		used += (size_t)snprintf(spec + used, size - used, "%s%s", i ? "," : "", args[i]);
		if (used >= size)
			return diag_set(&c->d, -E2BIG, "this specification is too long");
	}
	return 0;
}

int guest_attach(struct cli *c, int n, char **args,
		 int (*add)(struct host *h, uint16_t domid, const char *spec, struct diag *d))
{
	struct domctl_getdomaininfo i;
	char spec[1024];
	int rc = join(c, spec, sizeof(spec), n - 1, args + 1);

	if (!rc)
		rc = guest_info(c, args[0], &i);
	if (!rc && !i.domain)
		rc = diag_hint(&c->d,
			       diag_set(&c->d, -EINVAL, "the control domain takes no such devices"),
			       GUESTS_NAME_ONE);
	return rc ? rc : add(&c->h, i.domain, spec, &c->d);
}

int guest_size(struct cli *c, const char *text, uint64_t *kib)
{
	static const char letters[] = "kmgt";
	unsigned long long n;
	const char *at;
	char *end;

	n = isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
	if (!n || n > 1ULL << 40)
		return opt_wrong(&c->verb->cmd, "'%s' is not a size such as 512, 512M or 2G", text);
	at = *end ? strchr(letters, tolower((unsigned char)*end)) : letters + 1;
	if (!at || (*end && end[1]))
		return opt_wrong(&c->verb->cmd, "'%s' is not a size such as 512, 512M or 2G", text);
	*kib = n << (10 * (at - letters));
	if (*kib >> (10 * (at - letters)) != n)
		return opt_wrong(&c->verb->cmd, "'%s' is too large", text);
	return 0;
}

int guest_card(struct cli *c, uint16_t domid, const char *what, uint32_t *devid)
{
	unsigned long long num;
	uint32_t *ids = NULL;
	char mac[32];
	int n, i, rc;

	if (!opt_uint(what, 0xffff, &num)) {
		*devid = (uint32_t)num;
		return 0;
	}
	rc = diag_set(&c->d, -ENOENT, "the guest has no card %s", what);
	diag_hint(&c->d, rc, "pav network-list %u shows those it has", domid);
	n = devices_list(&c->h, domid, "vif", &ids);
	for (i = 0; i < n; i++) {
		if (store_get(c->h.store, 0, mac, sizeof(mac), "/libxl/%u/device/vif/%u/mac", domid,
			      ids[i]) <= 0 ||
		    strcasecmp(mac, what))
			continue;
		*devid = ids[i];
		rc = 0;
	}
	free(ids);
	return rc;
}
