/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parsers of this folder read machine memory, so that tests can give them any blob. */
#ifndef BOOT_PHYS_H
#define BOOT_PHYS_H

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

/* Little-endian fields of tables without alignment. */
static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}
static inline uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

#endif
