/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which descriptors a guest's tables may hold; pure. */
#include <hv/pv.h>

#define DESC_PRESENT   (1ull << 47)
#define DESC_DPL_SHIFT 45
#define DESC_DPL       (3ull << DESC_DPL_SHIFT)
#define DESC_S         (1ull << 44) /* code or data, not system */
#define DESC_TYPE(d)   (((d) >> 40) & 15)
#define DESC_CALL_GATE 0xc
#define DESC_GATE_RPL  (3ull << 16)
#define DESCS_PER_PAGE 512

bool pv_desc_check(uint64_t *desc)
{
	uint64_t d = *desc, dpl = (d & DESC_DPL) >> DESC_DPL_SHIFT;

	if (!(d & DESC_PRESENT))
		return true;
	if (d & DESC_S) {
		*desc = d | DESC_DPL; /* the guest kernel runs in ring 3 */
		return true;
	}
	if (DESC_TYPE(d) == 0)
		return true;
	if (DESC_TYPE(d) != DESC_CALL_GATE)
		return false;
	/* A gate of DPL 0 only ever faults; the target's RPL remembers what the guest wrote. */
	*desc = (d & ~(DESC_DPL | DESC_GATE_RPL)) | dpl << 16;
	return true;
}

bool pv_desc_page_check(uint64_t *descs)
{
	for (unsigned i = 0; i < DESCS_PER_PAGE; i++)
		if (!pv_desc_check(&descs[i]))
			return false;
	return true;
}
