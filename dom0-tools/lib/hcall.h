/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls from user space: /dev/xen/privcmd carries them, /dev/xen/hypercall gives memory that
 * stays in place while the hypervisor reads and writes it. Buffers come from one small arena in
 * stack order: take a mark, allocate, call, go back to the mark.
 */
#ifndef TOOLS_LIB_HCALL_H
#define TOOLS_LIB_HCALL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"

enum { HV_ARENA_BYTES = 40 * 4096 };

struct hv {
	int privcmd;
	int hypercall;
	uint8_t *arena;
	size_t used;
};

/* Open both devices. 0 or -errno with d (no such device: not a control domain). */
int hv_open(struct hv *hv, struct diag *d);
void hv_close(struct hv *hv);

/* Issue hypercall op; its result, or -errno. Pointers among the arguments must be arena memory. */
long hv_call(struct hv *hv, unsigned op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

/* n zeroed bytes, 16-byte aligned; NULL when the arena is full. */
void *hv_buf(struct hv *hv, size_t n);

static inline size_t hv_mark(const struct hv *hv)
{
	return hv->used;
}

static inline void hv_release(struct hv *hv, size_t mark)
{
	hv->used = mark;
}

static inline uint64_t hv_ptr(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

/*
 * One hypercall whose arguments are (cmd, pointer to size bytes): copies *arg in, calls, copies it
 * back. Result of the hypercall or -errno.
 */
long hv_op(struct hv *hv, unsigned op, uint64_t cmd, void *arg, size_t size);

#endif
