/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen_version: who we are and what we offer. The numbers are those of the ABI that we speak
 * (kernels and tools look for them); extraversion and changeset name Pavise.
 */
#include <abi/version.h>
#include <hv/cmdline.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/string.h>
#include <hv/vaspace.h>
#include <hv/version.h>

static int64_t put_text(uint64_t gva, const char *text, size_t room)
{
	size_t n = MIN(strlen(text), room - 1);

	if (copy_to_guest(gva, text, n) || clear_guest(gva + n, room - n))
		return -EFAULT;
	return 0;
}

static int64_t version_compile_info(uint64_t gva)
{
	struct version_compile_info ci = {.compiler = HV_COMPILER,
					  .compile_by = "pavise",
					  .compile_domain = "",
					  .compile_date = HV_BUILD_DATE};

	return copy_to_guest(gva, &ci, sizeof(ci)) ? -EFAULT : 0;
}

static int64_t version_features(uint64_t gva)
{
	struct version_feature_info fi;

	if (copy_from_guest(&fi, gva, sizeof(fi)))
		return -EFAULT;
	if (fi.submap_idx)
		return -EINVAL;
	fi.submap = 1u << XENFEAT_mmu_pt_update_preserve_ad | 1u << XENFEAT_highmem_assist |
		    1u << XENFEAT_gnttab_map_avail_bits | 1u << XENFEAT_memory_op_vnode_supported |
		    1u << XENFEAT_direct_mapped;
	if (current_domain()->privileged)
		fi.submap |= 1u << XENFEAT_dom0;
	return copy_to_guest(gva, &fi, sizeof(fi)) ? -EFAULT : 0;
}

static NOINLINE int64_t version_other(uint64_t cmd, uint64_t a2)
{
	const struct domain *d = current_domain();
	struct version_platform_parameters pp = {.virt_start = HV_VA_START};

	switch (cmd) {
	case XENVER_extraversion:
		return put_text(a2, HV_EXTRAVERSION, XENVER_EXTRAVERSION_LEN);
	case XENVER_compile_info:
		return version_compile_info(a2);
	case XENVER_capabilities:
		return put_text(a2, "xen-3.0-x86_64 ", XENVER_CAPABILITIES_LEN);
	case XENVER_changeset:
		return put_text(a2, HV_CHANGESET, XENVER_CHANGESET_LEN);
	case XENVER_platform_parameters:
		return copy_to_guest(a2, &pp, sizeof(pp)) ? -EFAULT : 0;
	case XENVER_get_features:
		return version_features(a2);
	case XENVER_pagesize:
		return PAGE_SIZE;
	case XENVER_guest_handle:
		return copy_to_guest(a2, d->config.handle, sizeof(d->config.handle)) ? -EFAULT : 0;
	case XENVER_commandline:
		return d->privileged ? put_text(a2, cmdline_text(), XENVER_COMMANDLINE_LEN)
				     : -EPERM;
	case XENVER_build_id:
		return -ENODATA;
	default:
		return -ENOSYS;
	}
}

HYPERCALL_HANDLER(xen_version)
{
	/* Kernels call it for the look at their events on the way out. */
	return likely(a1 == XENVER_version) ? HV_ABI_MAJOR << 16 | HV_ABI_MINOR
					    : version_other(a1, a2);
}
