// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "abi/base.h"
#include "abi/memory.h"
#include "abi/mmu.h"
#include "lib/e820.h"
#include "lib/memory.h"

enum { MAP_MAX = 128 }; /* entries of the machine's map, as the ABI has them at most */

/*
 * A kernel without preemption runs nobody else until a hypercall ends, and a machine that has to
 * find the memory first may take a tenth of a second for each 2 MiB.
 */
enum { FRAMES_AT_ONCE = 4096 };

static long populate_some(struct hv *hv, uint16_t dom, unsigned order, uint64_t *frames, size_t n)
{
	struct memory_reservation *res = hv_buf(hv, sizeof(*res));
	uint64_t *list = hv_buf(hv, n * sizeof(*list));
	long rc;

	if (!res || !list)
		return -ENOMEM;
	memcpy(list, frames, n * sizeof(*list));
	res->extent_start = hv_ptr(list);
	res->nr_extents = n;
	res->extent_order = order;
	res->domid = dom;
	rc = hv_call(hv, HC_MEMORY_OP, XENMEM_populate_physmap, hv_ptr(res), 0, 0);
	if (rc > 0)
		memcpy(frames, list, (size_t)rc * sizeof(*list));
	return rc;
}

long memory_populate(struct hv *hv, uint16_t dom, unsigned order, uint64_t *frames, size_t n)
{
	size_t done = 0, most = FRAMES_AT_ONCE >> order ? FRAMES_AT_ONCE >> order : 1;

	while (done < n) {
		size_t mark = hv_mark(hv);
		size_t some = n - done < most ? n - done : most;
		long rc = populate_some(hv, dom, order, frames + done, some);

		hv_release(hv, mark);
		if (rc < 0)
			return done ? (long)done : rc;
		done += (size_t)rc;
		if ((size_t)rc < some)
			break;
	}
	return (long)done;
}

int memory_claim(struct hv *hv, uint16_t dom, uint64_t frames)
{
	struct memory_reservation r = {.nr_extents = frames, .domid = dom};

	return (int)hv_op(hv, HC_MEMORY_OP, XENMEM_claim_pages, &r, sizeof(r));
}

/* The machine's map, in memory of the arena; how many entries, or -errno. */
static long machine_map(struct hv *hv, struct e820_entry **out)
{
	struct memory_map m = {.nr_entries = MAP_MAX};
	long rc;

	*out = hv_buf(hv, MAP_MAX * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	m.buffer = hv_ptr(*out);
	rc = hv_op(hv, HC_MEMORY_OP, XENMEM_machine_memory_map, &m, sizeof(m));
	return rc ? rc : (long)m.nr_entries;
}

int memory_set_map(struct hv *hv, uint16_t dom, uint64_t bytes, bool holes)
{
	size_t mark = hv_mark(hv);
	struct e820_entry *e = hv_buf(hv, 2 * sizeof(*e)), *machine = NULL;
	struct memory_foreign_map m = {.domid = dom};
	long rc = e ? 0 : -ENOMEM;

	if (!rc && holes)
		rc = machine_map(hv, &machine);
	if (rc >= 0) {
		e[0] = (struct e820_entry){.addr = 0, .size = bytes, .type = E820_RAM};
		m.map.nr_entries = holes ? e820_around(machine, (unsigned)rc, bytes, e) : 1;
		m.map.buffer = hv_ptr(e);
		rc = hv_op(hv, HC_MEMORY_OP, XENMEM_set_memory_map, &m, sizeof(m));
	}
	hv_release(hv, mark);
	return (int)rc;
}

int memory_pin_l4(struct hv *hv, uint16_t dom, mfn_t l4)
{
	size_t mark = hv_mark(hv);
	struct mmuext_op *op = hv_buf(hv, sizeof(*op));
	long rc;

	if (!op)
		return -ENOMEM;
	op->cmd = MMUEXT_PIN_L4_TABLE;
	op->arg1.mfn = l4.n;
	rc = hv_call(hv, HC_MMUEXT_OP, hv_ptr(op), 1, 0, dom);
	hv_release(hv, mark);
	return (int)rc;
}
