/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parsers of this folder read machine memory, so that tests can give them any blob. */
#ifndef BOOT_PHYS_H
#define BOOT_PHYS_H

#include <guest-abi/bootproto/le.h>
#include <hv/types.h>

struct phys_view {
	/* @len bytes at @pa, or NULL when they cannot be read. */
	const void *(*at)(void *ctx, uint64_t pa, size_t len);
	void *ctx;
};

static inline const void *phys_at(const struct phys_view *v, uint64_t pa, size_t len)
{
	return pa + len < pa ? NULL : v->at(v->ctx, pa, len);
}

#endif
