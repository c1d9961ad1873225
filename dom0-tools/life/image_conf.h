/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that goes with a guest into its image: as it is now. */
#ifndef TOOLS_LIFE_IMAGE_CONF_H
#define TOOLS_LIFE_IMAGE_CONF_H

#include "conf/domconf.h"
#include "lib/domctl.h"
#include "lib/host.h"

/* *json is for the caller to free. 0 or -errno with d. */
int image_conf(struct host *h, const struct domctl_getdomaininfo *info, char **json,
	       struct diag *d);

/* Read what image_conf, or another tool, wrote. 0 or -errno with d; domconf_free either way. */
int image_conf_read(const char *json, struct domconf *out, struct diag *d);

#endif
