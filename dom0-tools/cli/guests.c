// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guests.h"
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
