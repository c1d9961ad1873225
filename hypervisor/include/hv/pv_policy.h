/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU policy: what CPUID and MSRs show to a PV guest. One record for the machine, one for each
 * domain that was given its own (abi-facts "CPUID policy").
 */
#ifndef HV_PV_POLICY_H
#define HV_PV_POLICY_H

#include <abi/base.h>
#include <abi/domctl.h>
#include <hv/types.h>

/* CR4 bits a guest has of its own. FSGSBASE is on in any case, and only noted. */
#define PV_CR4_TSD      0x4ull
#define PV_CR4_DE       0x8ull
#define PV_CR4_FSGSBASE 0x10000ull
#define PV_CR4_OSXSAVE  0x40000ull
#define PV_CR4_GUEST    (PV_CR4_TSD | PV_CR4_DE | PV_CR4_FSGSBASE | PV_CR4_OSXSAVE)

/* vm_assist types that are served, as bits. */
#define PV_VM_ASSIST_VALID                                                                         \
	(1ull << VMASST_TYPE_4gb_segments | 1ull << VMASST_TYPE_writable_pagetables |              \
	 1ull << VMASST_TYPE_pae_extended_cr3 | 1ull << VMASST_TYPE_runstate_update_flag |         \
	 1ull << VMASST_TYPE_m2p_strict)

#define POLICY_NO_SUBLEAF 0xffffffffu /* subleaf of a leaf that has none */
#define POLICY_LEAVES_MAX 120         /* so much room the tools' library wants for any policy */
#define POLICY_MSRS_MAX   2
#define POLICY_WORDS      14 /* feature words, in the order of sysctl's featureset */

enum policy_kind {
	POLICY_HOST,       /* the machine */
	POLICY_PV_MAX,     /* what a guest may have */
	POLICY_PV_DEFAULT, /* what it gets */
};

struct domain;
struct vcpu;
struct cpuid_regs;

/* Read the machine's CPUID; once, after fpu_cpu_init() of the boot CPU. */
void pv_policy_init(void);

/* Leaves, MSRs, feature words of a kind; each returns how many (at most the _MAX above). */
unsigned pv_policy_leaves(enum policy_kind kind, struct domctl_cpuid_leaf *out);
unsigned pv_policy_msrs(enum policy_kind kind, struct domctl_msr_entry *out);
unsigned pv_policy_words(enum policy_kind kind, uint32_t *out);

/* A domain's own; its MSRs are those of any kind. */
unsigned pv_domain_policy_leaves(const struct domain *d, struct domctl_cpuid_leaf *out);
/*
 * Change leaves and MSRs of a domain that has not run yet; those not named stay. -EINVAL: a feature
 * or value that can't be given (its place in *@bad_leaf, *@bad_sub or *@bad_msr); -ENOMEM.
 */
int pv_domain_policy_set(struct domain *d, const struct domctl_cpuid_leaf *leaves, unsigned n,
			 const struct domctl_msr_entry *msrs, unsigned m, uint32_t *bad_leaf,
			 uint32_t *bad_sub, uint32_t *bad_msr);

/* CPUID as @v sees it by the emulated form of the instruction. */
void pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out);

/* Emulated RDMSR and WRMSR of the current vCPU. -EINVAL: #GP. */
int pv_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value) MUST_CHECK;
int pv_msr_write(struct vcpu *v, uint32_t msr, uint64_t value) MUST_CHECK;

#endif
