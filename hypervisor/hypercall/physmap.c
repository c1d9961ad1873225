// SPDX-License-Identifier: GPL-2.0-or-later
/* memory_op about the machine-to-physical table and about frames of resources. */
#include <hv/errno.h>
#include <hv/grant.h>
#include <hv/guest_copy.h>
#include <abi/base.h>
#include <abi/memory.h>
#include "memory.h"

#define M2P_CHUNK_FRAMES 512ul /* the list has one frame for 2 MiB of the table */

int memory_machphys_list(uint64_t arg)
{
	struct memory_machphys_mfn_list list;
	uint64_t chunks =
		DIV_ROUND_UP(frame_table_end * sizeof(uint64_t), M2P_CHUNK_FRAMES * PAGE_SIZE);
	uint64_t last = 0;

	if (!current_domain()->privileged)
		return -EPERM;
	if (copy_from_guest(&list, arg, sizeof(list)))
		return -EFAULT;
	list.nr_extents = (uint32_t)MIN(chunks, list.max_extents);
	for (uint32_t i = 0; i < list.nr_extents; i++) {
		mfn_t mfn = arch_m2p_frame(i * M2P_CHUNK_FRAMES);

		/* Holes show the chunk before them, so the list maps without gaps. */
		if (!mfn_eq(mfn, MFN_INVALID))
			last = mfn.n;
		if (copy_elem_to_guest(list.extent_start, i, &last))
			return -EFAULT;
	}
	return copy_to_guest(arg, &list, sizeof(list));
}

int memory_machphys_mapping(uint64_t arg)
{
	struct memory_machphys_mapping m = {
		.v_start = MACH2PHYS_VIRT_START,
		.v_end = MACH2PHYS_VIRT_END,
		.max_mfn = frame_table_end - 1,
	};

	return copy_to_guest(arg, &m, sizeof(m));
}

int memory_acquire_resource(uint64_t arg)
{
	struct memory_acquire_resource a;
	struct domain *d;
	int rc;

	if (!current_domain()->privileged)
		return -EPERM;
	if (copy_from_guest(&a, arg, sizeof(a)))
		return -EFAULT;
	if (a.pad || a.frame > UINT32_MAX - a.nr_frames)
		return -EINVAL;
	if (a.type != XENMEM_resource_grant_table || a.id != XENMEM_resource_grant_table_id_shared)
		return -EOPNOTSUPP;
	rc = priv_target(a.domid, &d);
	if (rc)
		return rc;
	if (!a.nr_frames) {
		a.nr_frames = d->config.max_grant_frames;
		rc = a.frame_list ? -EINVAL : copy_to_guest(arg, &a, sizeof(a));
		goto put;
	}
	for (uint32_t i = 0; i < a.nr_frames && !rc; i++) {
		mfn_t mfn;

		rc = grant_table_frame(d, (uint32_t)a.frame + i, &mfn);
		if (!rc)
			rc = copy_elem_to_guest(a.frame_list, i, &mfn.n);
	}
put:
	domain_put(d);
	return rc;
}
