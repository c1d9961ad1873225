/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual CPUs. The first part is what the entry code touches on every syscall, interrupt and
 * hypercall (offsets reach assembly through arch/x86/asm_defs.c); keep it together.
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include <hv/cpumask.h>
#include <hv/evtchn.h>
#include <hv/regs.h>
#include <hv/sched.h>
#include <hv/timer.h>
#include <abi/base.h>
#include <abi/counter.h>
#include <abi/shared_info.h>
#include <abi/vcpu.h>
#include <abi/vcpu_context.h>

struct domain;

/* A callback's flags. */
#define PV_CB_MASK_EVENTS 1u

/* Root slots that a guest's kernel may have beyond its users' for them to share a root. */
#define ROOT_STEPS 12

struct vcpu {
	/* ---- hot: entry code ---- */
	struct domain *domain;
	struct vcpu_info *info; /* hypervisor's address of the registered vcpu_info */
	uint64_t cr3_kernel;    /* value for CR3: the root's address | arch_cr3_kernel_bits */
	uint64_t cr3_user;      /* 0 = none */
	uint64_t kernel_sp, kernel_ss;
	uint64_t event_eip, failsafe_eip, syscall_eip, syscall32_eip, sysenter_eip;
	/* The next four are tested as one word. */
	uint8_t nmi_pending, mce_pending;
	uint8_t nmi_blocked, mce_blocked; /* delivered, and no iret since */
	uint8_t in_kernel;                /* guest-kernel mode (both run in ring 3) */
	uint8_t syscall_masks; /* callbacks mask events; 0 also where there is no callback */
	uint8_t failsafe_masks, syscall32_masks, sysenter_masks;
	uint8_t iopl;            /* virtual IOPL */
	struct trap_info *traps; /* a frame of 256 entries; flags 0 where there is no handler */
	/* info and traps where the CPU's window shows them to the entry code (asm/narrow.h). */
	struct vcpu_info *window_info;
	struct trap_info *window_traps;
	/* Its ways from one mode's root to the other's (asm/roots.h). */
	void (*root_enter)(void), (*root_leave)(void);
	uint64_t cr3_out; /* value for CR3 in user mode: cr3_user or the joint root's address */
	struct root_step {
		uint64_t *slot, entry;
	} root_steps[ROOT_STEPS];
	uint64_t *joint_root; /* NULL: none made yet */
	uint32_t root_step;   /* the first of root_steps in use, going up */
	uint64_t roots_seen;  /* domain.roots_changed when these were chosen; 0: have to be */
	uint64_t counters[PAVISE_COUNTERS]; /* hv/counter.h; entry code counts hypercalls */
	/* ---- PV CPU state (pv/), valid in memory while the vCPU is not loaded ---- */
	struct regs regs;
	uint64_t fs_base, gs_base_kernel, gs_base_user;
	uint16_t ds, es, fs, gs;
	uint64_t cr0_ts, cr4; /* virtual TS; guest-chosen CR4 bits */
	uint64_t dr[8];
	uint64_t tsc_aux;
	uint64_t xcr0;
	void *fpu; /* XSAVE area, 64-byte aligned */
	uint64_t gdt_mfn[16], gdt_entries;
	uint64_t ldt_va, ldt_entries;
	uint64_t ldt_mfn[16]; /* those in the CPU's window, each with a reference; 0 = not yet */
	uint16_t syscall32_cs, sysenter_cs;
	uint64_t io_bitmap_gva, io_bitmap_ports;
	uint32_t pci_cf8;   /* latch of port 0xcf8 */
	uint8_t cmos_index; /* latch of port 0x70 */
	/* ---- PV MMU (pv/pt_*.c) ---- */
	mfn_t pt_pending; /* table left half dropped by a preempted call, 0 = none */
	/* ---- identity and life (core/) ---- */
	uint32_t id;
	bool initialised; /* has had a context */
	bool down;        /* VCPUOP_down, or never brought up */
	bool info_registered;
	mfn_t info_mfn;                /* frame that holds a registered vcpu_info */
	struct vcpu_info private_info; /* for who has no place in shared_info yet, or any more */
	int32_t pause_count;
	bool paused_for_shutdown; /* its domain's shutdown holds one pause */
	/* ---- events (core/evtchn.c) ---- */
	evtchn_port_t virq_port[24];
	uint32_t poll_port; /* while its bit in evtchn.pollers: the polled port, or 0 = several */
	/* ---- scheduler (core/sched.c) ---- */
	struct sched_vcpu sched;
	bool blocked;
	struct timer poll_timer, singleshot, periodic;
	int64_t periodic_ns;
	struct vcpu_runstate_info runstate; /* under the run queue's lock, see vcpu_runstate_get */
	uint64_t runstate_gva, time_gva;    /* guest copies, 0 = none */
	uint64_t time_gva_written;          /* the one that holds the present scale */
	int64_t online_since;
};

/* New vCPU, down and without context. -EEXIST, -ENOMEM. Under the domain's lock. */
int vcpu_create(struct domain *d, uint32_t id);
void vcpu_destroy(struct vcpu *v);

/* Counted pause; the sync form waits until it is off its CPU and its state is in memory. */
void vcpu_pause(struct vcpu *v);
void vcpu_pause_nosync(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);

/* A virtual NMI; wakes a blocked vCPU. Any context. */
void vcpu_send_nmi(struct vcpu *v);

/* Bring up and down (VCPUOP_up/down): -EINVAL without context. */
int vcpu_up(struct vcpu *v);
void vcpu_down(struct vcpu *v);

/* ns it has run so far. */
static inline uint64_t vcpu_cpu_time(const struct vcpu *v)
{
	return v->sched.runtime +
	       (v->sched.running ? (uint64_t)(time_now() - v->sched.started) : 0);
}

/*
 * Register the vcpu_info at @offset of the frame (ABI: register_vcpu_info). -EINVAL: again, bad
 * offset, or the frame can't be written by the domain.
 */
int vcpu_info_register(struct vcpu *v, mfn_t frame, uint32_t offset);
/* Keep nothing of the domain's memory; it is dying and gets no events any more. */
void vcpu_info_drop(struct vcpu *v);

/* sched.c: @v is in RUNSTATE_* @state from @now on. Under its run queue's lock. */
void vcpu_runstate_set(struct vcpu *v, int state, int64_t now);
/* Snapshot with the times of the present state up to now. Any context. */
void vcpu_runstate_get(struct vcpu *v, struct vcpu_runstate_info *out);

/*
 * One-shot timer: VIRQ_TIMER at @deadline (system time), which may have passed; INT64_MAX stops
 * it. Periodic: every @period_ns from now on, 0 stops it. @v is current or paused.
 */
void vcpu_timer_set(struct vcpu *v, int64_t deadline);
void vcpu_timer_periodic(struct vcpu *v, int64_t period_ns);
/* All timers of @v off, and their functions not running. */
void vcpu_timers_stop(struct vcpu *v);

/*
 * Wait until one of the @n ports of the current vCPU's domain is pending, another event comes, or
 * @deadline (0 = none) has passed. -EINVAL: a port that cannot be. Ends on the way out.
 */
int vcpu_poll(const evtchn_port_t *ports, unsigned n, int64_t deadline);

#endif
