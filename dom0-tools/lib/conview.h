/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How `pav console` and pav-consoled talk: packets on a local socket. The viewer's first one says
 * which guest, and from where on it wants to see; the daemon's have a head each, the first one no
 * bytes. All other packets of the viewer are what was typed. Any number of viewers can look at one
 * guest. A byte's index counts the guest's output and is the same for the next daemon, so a viewer
 * that lost its daemon goes on where it was.
 */
#ifndef TOOLS_LIB_CONVIEW_H
#define TOOLS_LIB_CONVIEW_H

#include <stdint.h>

#define CONVIEW_SOCKET "/run/pavise/console.sock"

enum {
	CONVIEW_MAGIC = 0x76500001,
	CONVIEW_BYTES = 4096, /* of output in one packet */
	CONVIEW_TYPED = 512,  /* of input */
	CONVIEW_FROM = 1,     /* flag: `from` counts */
};

struct conview_hello {
	uint32_t magic;
	uint16_t domid;
	uint16_t flags;
	uint32_t from;  /* index of the first byte wanted */
	uint32_t lines; /* else: so many lines, and whatever nobody has seen */
};

struct conview_head {
	uint32_t index; /* of the first byte behind it */
};

/* Connect and say hello. Descriptor and *index of what comes, or -errno; -EAGAIN: not there yet. */
int conview_connect(const struct conview_hello *hello, uint32_t *index);

#endif
