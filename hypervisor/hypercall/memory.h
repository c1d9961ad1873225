/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sub-operations of memory_op, by file. Each gets the argument's guest address. */
#ifndef HYPERCALL_MEMORY_H
#define HYPERCALL_MEMORY_H

#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/priv.h>

/* Largest block a domain may ask for, as an order. */
unsigned memory_max_order(const struct domain *d);

/* exchange.c: 0, or -ERESTART with the progress in the guest's structure. */
int memory_exchange(uint64_t arg);

/* physmap.c: what guests are told about frames and maps. */
int memory_machphys_list(uint64_t arg);
int memory_machphys_mapping(uint64_t arg);
int memory_acquire_resource(uint64_t arg);

/*
 * e820.c: maps of 20-byte entries at @buffer; *@nr: room, then entries written (all there are when
 * @buffer is 0). -EINVAL: too little room or too many entries; -ENOSYS: the domain has no map.
 */
int memory_map_machine(uint64_t buffer, uint32_t *nr);
int memory_map_get(struct domain *d, uint64_t buffer, uint32_t *nr);
int memory_map_set(struct domain *d, uint64_t buffer, uint32_t nr);

#endif
