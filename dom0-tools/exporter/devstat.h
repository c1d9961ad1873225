/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's back-ends have done for the disks and cards of guests. */
#ifndef TOOLS_EXPORTER_DEVSTAT_H
#define TOOLS_EXPORTER_DEVSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DISK_READS,
	DISK_WRITES,
	DISK_FLUSHES,
	DISK_DISCARDS,
	DISK_SECTORS_READ,
	DISK_SECTORS_WRITTEN,
	DISK_VALUES
};

/* As the guest sees it: it receives what its vif sends. */
enum {
	CARD_RX_BYTES,
	CARD_RX_PACKETS,
	CARD_RX_DROPPED,
	CARD_TX_BYTES,
	CARD_TX_PACKETS,
	CARD_TX_DROPPED,
	CARD_VALUES
};

enum { DEVSTAT_VALUES = 6 }; /* the more of both */

struct devstat {
	bool card; /* else a disk */
	uint16_t domid;
	uint32_t devid;
	uint64_t value[DEVSTAT_VALUES];
};

/*
 * All devices of the back-ends that have something to tell, in one allocation for the caller to
 * free. Number of them; none where there are no back-ends; -ENOMEM.
 */
int devstat_read(struct devstat **out);

/* "vbd-3-51712" or "vif-3-0" to kind, domid and devid; pure. False: another device. */
bool devstat_parse_name(const char *name, struct devstat *out);

/* The line of an interface in the text of /proc/net/dev to values; pure. False: it has none. */
bool devstat_parse_card(const char *text, const char *ifname, uint64_t value[CARD_VALUES]);

#endif
