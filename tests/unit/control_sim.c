// SPDX-License-Identifier: GPL-2.0-or-later
#include "control_sim.h"

#include <hv/console.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/keys.h>
#include <hv/pv.h>
#include <hv/pv_policy.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <string.h>
#include "host.h"

const char *sim_console = "";
char sim_keys[8];

int64_t sim_domctl(struct xen_domctl *op)
{
	int64_t rc;

	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	rc = hc_domctl((uint64_t)(uintptr_t)op, 0, 0, 0, 0);
	return rc == HOST_RESTARTED ? sim_domctl_again() : rc;
}

int64_t sim_domctl_again(void)
{
	const uint64_t *a = host_restart.args;
	int64_t rc;

	do {
		rc = hc_domctl(a[0], a[1], a[2], a[3], a[4]);
	} while (rc == HOST_RESTARTED);
	return rc;
}

int64_t sim_sysctl(struct xen_sysctl *op)
{
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return hc_sysctl((uint64_t)(uintptr_t)op, 0, 0, 0, 0);
}

void pv_context_get(struct vcpu *v, struct vcpu_guest_context *c)
{
	(void)v;
	c->user_regs.rip = SIM_RIP;
}

void pv_hypercall_page_fill(void *page)
{
	memset(page, 0xcc, PAGE_SIZE);
}

uint32_t arch_tsc_khz(void)
{
	return 2000000;
}

uint64_t arch_fpu_mask(void)
{
	return SIM_XCR0;
}

/* AVX's registers follow the header. */
void arch_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	*out = (struct cpuid_regs){0};
	if (leaf == 0xd && subleaf == 2)
		*out = (struct cpuid_regs){.a = 256, .b = 576};
}

bool pv_xcr0_valid(uint64_t x)
{
	return x & 1 && !(x & ~SIM_XCR0) && (!(x & 4) || x & 2);
}

void keys_handle(char key)
{
	size_t n = strlen(sim_keys);

	if (n < sizeof(sim_keys) - 1)
		sim_keys[n] = key;
}

/* The index counts bytes since the start; a reader that does not follow begins there. */
size_t console_ring_read(char *buf, size_t n, uint32_t *index, bool incremental, bool clear)
{
	size_t from = incremental ? MIN((size_t)*index, strlen(sim_console)) : 0;

	(void)clear;
	n = MIN(n, strlen(sim_console + from));
	memcpy(buf, sim_console + from, n);
	*index = (uint32_t)(from + n);
	return n;
}

unsigned pv_policy_leaves(enum policy_kind kind, struct domctl_cpuid_leaf *out)
{
	out[0] = (struct domctl_cpuid_leaf){.leaf = 0, .a = kind};
	out[1] = (struct domctl_cpuid_leaf){.leaf = 1, .a = kind};
	return 2;
}

unsigned pv_policy_msrs(enum policy_kind kind, struct domctl_msr_entry *out)
{
	out[0] = (struct domctl_msr_entry){.idx = 0xce, .val = kind};
	return 1;
}

unsigned pv_policy_words(enum policy_kind kind, uint32_t *out)
{
	for (unsigned i = 0; i < POLICY_WORDS; i++)
		out[i] = 100 * kind + i;
	return POLICY_WORDS;
}

unsigned pv_domain_policy_leaves(const struct domain *d, struct domctl_cpuid_leaf *out)
{
	(void)d;
	return pv_policy_leaves(POLICY_PV_DEFAULT, out);
}

int pv_domain_policy_set(struct domain *d, const struct domctl_cpuid_leaf *leaves, unsigned n,
			 const struct domctl_msr_entry *msrs, unsigned m, uint32_t *bad_leaf,
			 uint32_t *bad_sub, uint32_t *bad_msr)
{
	(void)d;
	(void)msrs;
	(void)m;
	(void)bad_sub;
	(void)bad_msr;
	for (unsigned i = 0; i < n; i++)
		if (leaves[i].leaf == SIM_BAD_LEAF) {
			*bad_leaf = leaves[i].leaf;
			return -EINVAL;
		}
	return 0;
}
