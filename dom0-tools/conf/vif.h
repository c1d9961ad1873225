/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network card specification as xl-network-configuration(5) defines it. Pure. */
#ifndef TOOLS_CONF_VIF_H
#define TOOLS_CONF_VIF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/diag.h"

struct vif_conf {
	bool has_mac; /* else the caller draws one */
	uint8_t mac[6];
	char bridge[16];  /* empty: the standard bridge */
	char vifname[16]; /* empty: vifDOMID.DEVID */
	char *ip;         /* as given, several separated by blanks; NULL if absent */
	char *script;
	uint64_t rate_bytes; /* per interval; 0: no limit */
	uint32_t rate_usecs;
	unsigned mtu; /* 0: the bridge's */
	int trusted;  /* 1 default */
};

/* Fill *out from spec ("" is a card with all defaults). 0; -EINVAL, -EOPNOTSUPP, -ENOMEM with d. */
int vif_parse(const char *spec, struct vif_conf *out, struct diag *d);

void vif_conf_free(struct vif_conf *c);

/* "aa:bb:cc:dd:ee:ff" to six bytes; -EINVAL also for multicast and all-zero addresses. */
int vif_mac_parse(const char *s, uint8_t mac[6]);

#endif
