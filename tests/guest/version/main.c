/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen_version says who the hypervisor is and what it offers; kernels and tools decide by it. A
 * broken answer makes a kernel take itself for translated, or a tool refuse to work.
 */
#include <errno.h>
#include <string.h>

#include "abi/version.h"
#include "guest-abi/guest/guest.h"
#include "tests/guest/lib/test.h"

static int64_t version(unsigned int cmd, void *arg)
{
	return hypercall2(HC_XEN_VERSION, cmd, (uint64_t)arg);
}

static bool ends(const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (!s[i])
			return i > 0;
	}
	return false;
}

void test_main(void)
{
	static char text[XENVER_CAPABILITIES_LEN];
	static struct version_compile_info info;
	struct version_platform_parameters params;
	struct version_feature_info f = {.submap_idx = 0};
	uint8_t handle[16] = {0};
	unsigned int i, zero = 0;

	test_equal("4.17", 4 << 16 | 17, version(XENVER_version, NULL));
	test_equal("extraversion", 0, version(XENVER_extraversion, text));
	test_true("extraversion ends", ends(text, XENVER_EXTRAVERSION_LEN));
	test_equal("compile info", 0, version(XENVER_compile_info, &info));
	test_true("compiler ends", ends(info.compiler, sizeof(info.compiler)));
	test_equal("capabilities", 0, version(XENVER_capabilities, text));
	test_true("xen-3.0-x86_64", !strncmp(text, "xen-3.0-x86_64", 14));
	test_equal("changeset", 0, version(XENVER_changeset, text));
	test_equal("platform parameters", 0, version(XENVER_platform_parameters, &params));
	test_equal("hypervisor's start", (int64_t)HYPERVISOR_VIRT_START,
		   (int64_t)params.virt_start);
	test_equal("features", 0, version(XENVER_get_features, &f));
	test_equal("no writable page tables", 0, f.submap >> XENFEAT_writable_page_tables & 1);
	test_equal("not translated", 0, f.submap >> XENFEAT_auto_translated_physmap & 1);
	test_equal("preserve A/D", 1, f.submap >> XENFEAT_mmu_pt_update_preserve_ad & 1);
	test_equal("grants with available bits", 1, f.submap >> XENFEAT_gnttab_map_avail_bits & 1);
	test_equal("not the control domain", 0, f.submap >> XENFEAT_dom0 & 1);
	f.submap_idx = 7;
	test_equal("no such submap", -EINVAL, version(XENVER_get_features, &f));
	test_equal("page size", GUEST_PAGE, version(XENVER_pagesize, NULL));
	test_equal("handle", 0, version(XENVER_guest_handle, handle));
	for (i = 0; i < sizeof(handle); i++)
		zero += !handle[i];
	test_true("handle is set", zero < 8);
	test_equal("no such sub-op", -ENOSYS, version(99, text));
}
