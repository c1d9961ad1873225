/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole domains on the fake machine: the real core, memory manager and hypercalls, with page tables
 * reduced to an array of entries for grant maps. Guest addresses are host pointers.
 */
#ifndef TESTS_CORE_SIM_H
#define TESTS_CORE_SIM_H

#include <hv/domain.h>
#include <hv/evtchn.h>
#include <hv/grant.h>
#include <hv/page.h>
#include <hv/vcpu.h>

#define SIM_FRAMES 4096u
#define SIM_PTES   256u

/* Linear address of entry @i, and its "machine address" for contains_pte maps. */
#define SIM_VA(i)  (0x100000ull + (uint64_t)(i)*PAGE_SIZE)
#define SIM_PTE(i) (0x80000000ull + (uint64_t)(i)*8)

struct sim_pte {
	struct domain *owner; /* whose tables it is in; NULL: empty */
	mfn_t mfn;
	bool writable;
};

extern struct sim_pte sim_ptes[SIM_PTES];
extern char sim_printed[];    /* what went to the machine's console since it was "" */
extern const char *sim_typed; /* what console_read() gives */

void sim_start(unsigned cpus);
/* Ends all domains and aborts if anything of the memory is missing. */
void sim_stop(void);
/* A running domain; id 0 is the control domain. @cfg NULL: defaults. */
struct domain *sim_domain(domid_t id, unsigned vcpus);
/* Pause @d; no CPU holds any vCPU of it. */
void sim_quiesce(struct domain *d);
/* domain_kill() to its end, restarts and the reaper included. */
void sim_kill(struct domain *d);
/* Make @v current on CPU 0 as if it were in a hypercall; NULL: nobody. */
void sim_enter(struct vcpu *v);
/* A fresh frame of @d. */
mfn_t sim_frame(struct domain *d);
/* The guest stores an entry over an own one: drops what was there. */
void sim_pte_clear(unsigned i);
/* Is @port pending in the bitmap? */
bool sim_pending(const struct domain *d, evtchn_port_t port);
/* The guest handles everything: clears pending bits, selectors, upcall. */
void sim_ack(struct vcpu *v);

#endif
