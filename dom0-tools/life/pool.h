/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of CPUs: the hypervisor's, with names. A name is in the store, /local/pool/ID/name, where
 * xl has it; a pool without one is called Pool-ID.
 */
#ifndef TOOLS_LIFE_POOL_H
#define TOOLS_LIFE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/diag.h"
#include "lib/domctl.h"
#include "lib/host.h"

enum { POOL_NAME = 64 };

struct pool {
	uint32_t id;
	unsigned domains;
	uint8_t cpus[CPUMAP_BYTES];
	char name[POOL_NAME];
};

/* Is it a name for a pool: 1 to 63 printable characters, no blank and no '/', no number? Pure. */
bool pool_name_valid(const char *name);

/* The first pool with that id or a higher one. 0, -ENOENT: there is none; -errno. */
int pool_next(struct host *h, uint32_t from, struct pool *p);

/* A pool by name or id. 0 or -ENOENT, -errno with d. */
int pool_find(struct host *h, const char *what, struct pool *p, struct diag *d);

/* CPUs that are in no pool. 0 or -errno with d. */
int pool_free_cpus(struct host *h, uint8_t cpus[CPUMAP_BYTES], struct diag *d);

/*
 * Make a pool of these free CPUs, or of one free CPU if cpus is NULL. 0; -EEXIST (the name),
 * -EBUSY (a CPU is not free), -errno with d, and then there is no new pool.
 */
int pool_create(struct host *h, const char *name, const uint8_t *cpus, uint32_t *id,
		struct diag *d);

/* Its CPUs become free. 0; -EBUSY with d: domains use it. Pool 0 stays (-EINVAL). */
int pool_destroy(struct host *h, const struct pool *p, struct diag *d);

/* Put free CPUs into a pool, or take CPUs out of it; at the first error the rest is left. */
int pool_change_cpus(struct host *h, const struct pool *p, const uint8_t cpus[CPUMAP_BYTES],
		     bool add, struct diag *d);

/* Let a domain use the CPUs of a pool. 0 or -errno with d. */
int pool_move(struct host *h, uint16_t domid, const struct pool *p, struct diag *d);

/* 0; -EEXIST, -EINVAL, -errno with d. What guests keep of their pool follows. */
int pool_rename(struct host *h, const struct pool *p, const char *name, struct diag *d);

#endif
