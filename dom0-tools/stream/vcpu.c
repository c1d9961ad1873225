// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>

#include "abi/base.h"
#include "stream/vcpu.h"

enum { ENTRIES_PER_FRAME = 512, FRAME_AT = 12, USER_ROOT = 1, KERNEL_ROOT = 3 };
enum { GDT_ENTRIES_MAX = FIRST_RESERVED_GDT_PAGE * ENTRIES_PER_FRAME };

/* In a stream, bit 0 tells a user root that is page 0 from none. */
enum { USER_ROOT_THERE = 1 };

struct way {
	table_map map;
	uint64_t (*map_use)(void *arg, uint64_t pfn, enum vcpu_use use);
	void *arg;
	unsigned id;
	struct diag *d;
};

static int convert(const struct way *w, uint64_t *n, enum vcpu_use use, const char *what)
{
	uint64_t to = w->map ? w->map(w->arg, *n) : w->map_use(w->arg, *n, use);

	if (to == ~0ULL)
		return diag_set(w->d, -ERANGE, "vCPU %u: its %s, %s %#llx, is none of its pages",
				w->id, what, w->map ? "frame" : "page", (unsigned long long)*n);
	*n = to;
	return 0;
}

static int convert_all(const struct way *w, struct vcpu_guest_context *c, bool user_root)
{
	uint64_t root = c->ctrlreg[KERNEL_ROOT] >> FRAME_AT;
	uint64_t user = c->ctrlreg[USER_ROOT] >> FRAME_AT, i;
	int rc = 0;

	if (c->gdt_ents > GDT_ENTRIES_MAX)
		return diag_set(w->d, -EINVAL, "vCPU %u: its descriptor table has %llu entries",
				w->id, (unsigned long long)c->gdt_ents);
	if (!w->id)
		rc = convert(w, &c->user_regs.rdx, VCPU_PLAIN, "suspend record");
	for (i = 0; i * ENTRIES_PER_FRAME < c->gdt_ents && !rc; i++)
		rc = convert(w, &c->gdt_frames[i], VCPU_PLAIN, "descriptor table");
	if (!rc)
		rc = convert(w, &root, VCPU_ROOT, "page table");
	if (!rc && user_root)
		rc = convert(w, &user, VCPU_ROOT, "page table for programs");
	c->ctrlreg[KERNEL_ROOT] = root << FRAME_AT;
	c->ctrlreg[USER_ROOT] = user_root ? user << FRAME_AT : 0;
	return rc;
}

int vcpu_to_pfns(struct vcpu_guest_context *c, unsigned id, table_map map, void *arg,
		 struct diag *d)
{
	struct way w = {.map = map, .arg = arg, .id = id, .d = d};
	bool user = c->ctrlreg[USER_ROOT] != 0;
	int rc = convert_all(&w, c, user);

	if (user)
		c->ctrlreg[USER_ROOT] |= USER_ROOT_THERE;
	return rc;
}

int vcpu_to_frames(struct vcpu_guest_context *c, unsigned id,
		   uint64_t (*map)(void *arg, uint64_t pfn, enum vcpu_use use), void *arg,
		   struct diag *d)
{
	struct way w = {.map_use = map, .arg = arg, .id = id, .d = d};

	return convert_all(&w, c, c->ctrlreg[USER_ROOT] & USER_ROOT_THERE);
}
