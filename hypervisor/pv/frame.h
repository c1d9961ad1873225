/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that the hypervisor pushes for a guest kernel: pure composition over registers. */
#ifndef PV_FRAME_H
#define PV_FRAME_H

#include <hv/regs.h>
#include <hv/types.h>

#define FLAG_TF      (1u << 8)
#define FLAG_IF      (1u << 9)
#define FLAG_DF      (1u << 10)
#define FLAG_IOPL    (3u << 12)
#define FLAG_NT      (1u << 14)
#define FLAG_RF      (1u << 16)
#define FLAG_VM      (1u << 17)
#define FLAG_AC      (1u << 18)

#define PV_FRAME_MAX 11

struct pv_frame {
	uint64_t sp; /* where word[0] goes */
	unsigned n;
	uint64_t word[PV_FRAME_MAX];
};

/* What was interrupted. */
struct pv_origin {
	bool kernel;
	uint8_t mask; /* upcall mask at that time */
	uint64_t sp;  /* stack to push on */
};

/*
 * Frame of an exception, event or system call, with @extras words that not each has: the error
 * code, or the failsafe callback's ds, es, fs, gs.
 */
void pv_frame_make(struct pv_frame *f, const struct regs *r, const struct pv_origin *o,
		   const uint64_t *extra, unsigned extras);
/* Does any byte of it lie in the hypervisor's range or beyond canonical addresses? */
bool pv_frame_forbidden(const struct pv_frame *f);
/* Registers with which the handler starts. */
void pv_frame_enter(struct regs *r, const struct pv_frame *f, uint64_t handler);

#endif
