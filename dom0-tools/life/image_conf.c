// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/xlconf.h"
#include "life/image_conf.h"
#include "life/record.h"

/* Where Debian's xl keeps the configuration of its guests, with what was attached since. */
#define XL_CONF "/var/lib/xen/userdata-d.%u.%s.libxl-json"

static int made_by_xl(const struct domctl_getdomaininfo *info, struct domconf *c, struct diag *d)
{
	char path[128], uuid[37];
	json_error_t why;
	json_t *j;
	int rc;

	uuid_format(info->handle, uuid);
	snprintf(path, sizeof(path), XL_CONF, info->domain, uuid);
	/* A NUL is behind the text. */
	j = json_load_file(path, JSON_DISABLE_EOF_CHECK, &why);
	if (!j && json_error_code(&why) != json_error_cannot_open_file)
		return diag_set(d, -EINVAL, "file %s: %s", path, why.text);
	if (!j) {
		diag_set(d, -ENOENT,
			 "domain %u: its configuration is not known, neither pav nor xl made it",
			 info->domain);
		return diag_hint(d, -ENOENT, "save it with the tool that made it");
	}
	rc = xlconf_to_domconf(j, c, d);
	json_decref(j);
	return rc ? diag_at(d, rc, "file %s", path) : 0;
}

static void adapt(struct domconf *c, const struct domctl_getdomaininfo *info)
{
	/* What is kept counts in MiB; what the guest has must fit. */
	c->memory_kib = (info->tot_pages * 4 + 1023) >> 10 << 10;
	if (c->maxmem_kib < c->memory_kib)
		c->maxmem_kib = c->memory_kib;
	if (info->nr_online_vcpus && info->nr_online_vcpus <= c->maxvcpus)
		c->vcpus = info->nr_online_vcpus;
}

int image_conf(struct host *h, const struct domctl_getdomaininfo *info, char **json, struct diag *d)
{
	struct domconf *c = calloc(1, sizeof(*c));
	char dir[RECORD_DIR];
	json_t *j = NULL;
	int rc;

	if (!c)
		return diag_set(d, -ENOMEM, "out of memory");
	record_dir(info->domain, dir);
	rc = record_read(h, dir, c, d);
	if (rc == -ENOENT)
		rc = made_by_xl(info, c, d);
	if (!rc && c->npcis) {
		rc = diag_set(d, -EBUSY,
			      "guest %s has PCI devices of this machine (%s), which stay here",
			      c->name, c->pcis[0].bdf);
		diag_hint(d, rc, "take them away first: pav pci-detach %s %s", c->name,
			  c->pcis[0].bdf);
	}
	if (!rc) {
		adapt(c, info);
		j = xlconf_from_domconf(c);
		*json = j ? json_dumps(j, JSON_COMPACT) : NULL;
		rc = *json ? 0 : diag_set(d, -ENOMEM, "out of memory");
	}
	json_decref(j);
	domconf_free(c);
	free(c);
	return rc;
}

int image_conf_read(const char *json, struct domconf *out, struct diag *d)
{
	json_error_t why;
	json_t *j = json_loads(json, 0, &why);
	int rc;

	if (!j)
		return diag_set(d, -EINVAL, "the image's configuration is damaged: %s", why.text);
	rc = xlconf_to_domconf(j, out, d);
	json_decref(j);
	return rc ? diag_at(d, rc, "the image's configuration") : 0;
}
