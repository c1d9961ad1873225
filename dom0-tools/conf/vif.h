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

/* So many bytes in so many microseconds. */
struct rate_limit {
	uint64_t bytes;
	uint32_t usecs;
};

/*
 * "10Mb/s", "250KB/s", "1GB/s@20ms": an amount per second (b: bits, B: bytes), spent per interval
 * of 50 ms or as given. 0; -EINVAL; -ERANGE: less than a byte.
 */
int rate_parse(const char *s, struct rate_limit *out);

/* Fill *out from spec ("" is a card with all defaults). 0; -EINVAL, -EOPNOTSUPP, -ENOMEM with d. */
int vif_parse(const char *spec, struct vif_conf *out, struct diag *d);

void vif_conf_free(struct vif_conf *c);

/* "aa:bb:cc:dd:ee:ff" to six bytes; -EINVAL also for multicast and all-zero addresses. */
int vif_mac_parse(const char *s, uint8_t mac[6]);

#endif
