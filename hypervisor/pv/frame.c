/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts: abi-facts "Bounce frame", and bounce_frame and failsafe_frame of the ABI description. */
#include <abi/base.h>
#include <hv/vaspace.h>
#include "frame.h"

/* rip to ss, as each frame ends; returns the number of words. */
static unsigned put_tail(uint64_t *w, const struct regs *r, const struct pv_origin *o)
{
	uint64_t cs = r->cs & 0xffff;

	w[0] = r->rip;
	w[1] = (o->kernel ? cs & ~3ull : cs) | (uint64_t)o->mask << 32;
	w[2] = (r->rflags & ~(uint64_t)(FLAG_IF | FLAG_IOPL)) | (o->mask ? 0 : FLAG_IF);
	w[3] = r->rsp;
	w[4] = r->ss & 0xffff;
	return 5;
}

void pv_frame_make(struct pv_frame *f, const struct regs *r, const struct pv_origin *o,
		   const uint64_t *extra, unsigned extras)
{
	f->n = 0;
	f->word[f->n++] = r->rcx;
	f->word[f->n++] = r->r11;
	for (unsigned i = 0; i < extras; i++)
		f->word[f->n++] = extra[i];
	f->n += put_tail(f->word + f->n, r, o);
	f->sp = (o->sp & ~15ull) - 8 * f->n;
}

bool pv_frame_forbidden(const struct pv_frame *f)
{
	uint64_t last = f->sp + 8 * f->n - 1;

	return last < f->sp || !va_canonical(f->sp) || !va_canonical(last) ||
	       (last >= HV_VA_START && f->sp < HV_VA_END);
}

void pv_frame_enter(struct regs *r, const struct pv_frame *f, uint64_t handler)
{
	r->vector = 0;
	r->rip = handler;
	r->cs = FLAT_RING3_CS64;
	r->ss = FLAT_RING3_SS64;
	r->rsp = f->sp;
	r->rflags &= ~(uint64_t)(FLAG_AC | FLAG_VM | FLAG_RF | FLAG_NT | FLAG_TF | FLAG_IOPL);
	r->rflags |= FLAG_IF;
}
