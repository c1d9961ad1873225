// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory maps for guests: the machine's as firmware gave it, and the one a domain's builder set. */
#include <hv/boot.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include "memory.h"

int memory_map_machine(uint64_t buffer, uint32_t *nr)
{
	unsigned n = e820_count();

	if (buffer && *nr < n)
		return -EINVAL;
	if (buffer && copy_to_guest(buffer, e820_get(0), n * sizeof(struct e820_entry)))
		return -EFAULT;
	*nr = n;
	return 0;
}

int memory_map_get(struct domain *d, uint64_t buffer, uint32_t *nr)
{
	struct e820_entry *copy = mem_alloc(E820_MAX * sizeof(*copy));
	uint64_t n;
	int rc = -ENOSYS;

	if (!copy)
		return -ENOMEM;
	/* Guest memory is not touched under a lock. */
	spin_lock(&d->lock);
	n = d->memory_map ? d->memory_map_len : 0;
	for (uint64_t i = 0; i < n; i++)
		copy[i] = ((struct e820_entry *)d->memory_map)[i];
	spin_unlock(&d->lock);
	if (!n)
		goto free;
	/* A guest with little room gets what fits. */
	n = MIN(n, *nr);
	rc = copy_to_guest(buffer, copy, n * sizeof(*copy));
	*nr = (uint32_t)n;
free:
	mem_free(copy);
	return rc;
}

int memory_map_set(struct domain *d, uint64_t buffer, uint32_t nr)
{
	struct e820_entry *map;
	void *old;

	if (!nr || nr > E820_MAX)
		return -EINVAL;
	map = mem_alloc(nr * sizeof(*map));
	if (!map)
		return -ENOMEM;
	if (copy_from_guest(map, buffer, nr * sizeof(*map))) {
		mem_free(map);
		return -EFAULT;
	}
	spin_lock(&d->lock);
	old = d->memory_map;
	d->memory_map = map;
	d->memory_map_len = nr;
	spin_unlock(&d->lock);
	mem_free(old);
	return 0;
}
