/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole contexts, descriptor tables, debug registers: what is refused, and that nothing changed. */
#include <check.h>
#include <hv/errno.h>
#include <hv/pv.h>
#include <stdlib.h>
#include <string.h>
#include "pv_sim.h"
#include "vcpu.h"
#include "suite.h"

static struct vcpu_guest_context ctx, out;

static void setup(void)
{
	sim_init();
	sim_vcpu.cr3_kernel = sim_vcpu.cr3_user = 0;
	memset(&ctx, 0, sizeof(ctx));
	ctx.user_regs.rip = 0xffffffff81000000ull;
	ctx.user_regs.rsi = 0x77;
	ctx.user_regs.cs = 0x10;
	ctx.user_regs.rflags = 0x1000; /* virtual IOPL 1 */
	ctx.user_regs.fs = 0x20;
	ctx.flags = VGCF_in_kernel | VGCF_syscall_disables_events;
	ctx.ctrlreg[3] = 5ull << PAGE_SHIFT;
	ctx.ctrlreg[1] = 6ull << PAGE_SHIFT;
	ctx.gdt_ents = 513;
	ctx.gdt_frames[0] = 1;
	ctx.gdt_frames[1] = 1;
	ctx.syscall_callback_eip = 0x1234;
	ctx.trap_ctxt[14].address = 0x5678;
	ctx.trap_ctxt[14].flags = 4;
	ctx.trap_ctxt[15].flags = 4; /* without an address */
	ctx.debugreg[7] = 0x401;
	ctx.debugreg[0] = 0x9000;
	ctx.kernel_sp = 0x8000;
}

START_TEST(first_context)
{
	struct vcpu *v = &sim_vcpu;

	ck_assert_int_eq(pv_context_set(v, &ctx), 0);
	ck_assert(v->initialised && v->in_kernel);
	ck_assert_uint_eq(v->cr3_kernel, 0x5000);
	ck_assert_uint_eq(v->cr3_user, 0x6000);
	ck_assert_int_eq(sim_refs, 2);
	ck_assert_uint_eq(v->regs.cs, 0x13);
	ck_assert_uint_eq(v->regs.rsi, 0x77);
	ck_assert_uint_eq(v->regs.rflags, 0x202); /* IF is really on, IOPL really 0 */
	ck_assert_uint_eq(v->iopl, 1);
	ck_assert_uint_eq(v->fs, 0x23);
	ck_assert_uint_eq(v->traps[14].flags, 4);
	ck_assert_uint_eq(v->traps[15].flags, 0);
	ck_assert_uint_eq(v->syscall_masks, 1);
	ck_assert_uint_eq(v->dr[7], 0x401);

	pv_context_get(v, &out);
	ck_assert_uint_eq(out.user_regs.rflags, 0x1202);
	ck_assert_uint_eq(out.ctrlreg[3], ctx.ctrlreg[3]);
	ck_assert_uint_eq(out.ctrlreg[1], ctx.ctrlreg[1]);
	ck_assert_uint_eq(out.gdt_ents, 513);
	ck_assert_uint_eq(out.gdt_frames[1], 1);
	ck_assert_uint_eq(out.trap_ctxt[14].address, 0x5678);
	ck_assert_uint_eq(out.debugreg[0], 0x9000);
	ck_assert_uint_eq(out.flags & ctx.flags, ctx.flags);
	/* What was read can be set. */
	ck_assert_int_eq(pv_context_set(v, &out), 0);

	pv_vcpu_reset(v);
	ck_assert_int_eq(sim_refs, 0);
	ck_assert(!v->initialised && !v->cr3_kernel && !v->traps[14].address);
}
END_TEST

START_TEST(refused_contexts)
{
	struct vcpu_guest_context good = ctx;
	struct vcpu before = sim_vcpu;
	const uint64_t bad = 1ull << 47;

#define REFUSED(change)                                                                            \
	do {                                                                                       \
		ctx = good;                                                                        \
		change;                                                                            \
		ck_assert_int_eq(pv_context_set(&sim_vcpu, &ctx), -EINVAL);                        \
		ck_assert_int_eq(memcmp(&before, &sim_vcpu, sizeof(before)), 0);                   \
		ck_assert_int_eq(sim_refs, 0);                                                     \
	} while (0)
	REFUSED(ctx.user_regs.rip = bad);
	REFUSED(ctx.event_callback_eip = bad);
	REFUSED(ctx.gs_base_user = bad);
	REFUSED(ctx.trap_ctxt[3].address = bad);
	REFUSED(ctx.gdt_ents = 7169);
	REFUSED(ctx.ctrlreg[3] = 0);
	REFUSED((ctx.ldt_ents = 1, ctx.ldt_base = 0x1001));
	REFUSED((ctx.ldt_ents = 8193, ctx.ldt_base = 0x1000));
	REFUSED((ctx.ldt_ents = 1, ctx.ldt_base = HV_VA_START));
	REFUSED((ctx.flags |= VGCF_i387_valid, ctx.fpu_ctxt.x[3] = 0x10000));
	REFUSED((sim_type_error = -EINVAL, sim_type_error_after = 1)); /* the GDT's second frame */
	sim_type_error = 0;
	REFUSED(sim_root_error = -EINVAL);
}
END_TEST

START_TEST(second_context)
{
	ck_assert_int_eq(pv_context_set(&sim_vcpu, &ctx), 0);
	ctx.user_regs.rax = 1;
	ck_assert_int_eq(pv_context_set(&sim_vcpu, &ctx), 0);
	ck_assert_uint_eq(sim_vcpu.regs.rax, 1);
	ctx.user_regs.rax = 2;
	ctx.ctrlreg[3] = 7ull << PAGE_SHIFT;
	ck_assert_int_eq(pv_context_set(&sim_vcpu, &ctx), -EOPNOTSUPP);
	ctx.ctrlreg[3] = 5ull << PAGE_SHIFT;
	ctx.gdt_frames[1] = 0;
	ck_assert_int_eq(pv_context_set(&sim_vcpu, &ctx), -EOPNOTSUPP);
	ck_assert_uint_eq(sim_vcpu.regs.rax, 1);
}
END_TEST

START_TEST(gdt)
{
	uint64_t frames[14] = {1, 1, 1};

	ck_assert_int_eq(pv_gdt_set(&sim_vcpu, frames, 1024), 0);
	ck_assert_int_eq(sim_refs, 2);
	ck_assert_int_eq(pv_gdt_set(&sim_vcpu, frames, 7169), -EINVAL);
	sim_type_error = -EINVAL;
	sim_type_error_after = 2;
	ck_assert_int_eq(pv_gdt_set(&sim_vcpu, frames, 1025), -EINVAL);
	ck_assert_int_eq(sim_refs, 2);
	ck_assert_uint_eq(sim_vcpu.gdt_entries, 1024);
	pv_gdt_clear(&sim_vcpu);
	ck_assert_int_eq(sim_refs, 0);
	ck_assert_uint_eq(host_hw.gdt_loads, 2);
}
END_TEST

START_TEST(ldt)
{
	host_hw.ldt_window = 0x100000;
	ck_assert_int_eq(pv_ldt_set(&sim_vcpu, 0x123, 1), -EINVAL);
	ck_assert_int_eq(pv_ldt_set(&sim_vcpu, HV_VA_START - 0x1000, 1), -EINVAL);
	ck_assert_int_eq(pv_ldt_set(&sim_vcpu, 0x5000, 600), 0);
	ck_assert(!pv_ldt_fault(0x100000)); /* not mapped by the guest */
	sim_pte = 0x1001;
	ck_assert(!pv_ldt_fault(0xff000));
	ck_assert(!pv_ldt_fault(0x102000)); /* behind its end */
	ck_assert(pv_ldt_fault(0x101000));
	ck_assert(!pv_ldt_fault(0x101000)); /* a second time it is another fault */
	ck_assert_int_eq(sim_refs, 1);
	ck_assert_uint_eq(host_hw.ldt_maps, 1);
	sim_type_error = -EINVAL;
	sim_type_error_after = 0;
	ck_assert(!pv_ldt_fault(0x100000)); /* a frame that may not hold descriptors */
	ck_assert_int_eq(pv_ldt_set(&sim_vcpu, 0, 0), 0);
	ck_assert_int_eq(sim_refs, 0);
	ck_assert_uint_eq(host_hw.ldt_maps, 0);
}
END_TEST

START_TEST(descriptors)
{
	static const struct {
		uint64_t desc, stored;
		bool ok;
	} rows[] = {
		{0, 0, true},
		{0x00af9b000000ffffull, 0x00affb000000ffffull, true}, /* code, DPL 0 becomes 3 */
		{0x00cff3000000ffffull, 0x00cff3000000ffffull, true},
		{0x0000090000000000ull, 0x0000090000000000ull, true}, /* TSS, but not present */
		{0x0000890000000067ull, 0, false},                    /* TSS */
		{0x0000820000000000ull, 0, false},                    /* LDT */
		{0x00008e0000080000ull, 0, false},                    /* interrupt gate */
		{0x0000ec0000130000ull, 0x00008c0000130000ull, true}, /* call gate: DPL to RPL */
		{0x0000800000000000ull, 0x0000800000000000ull, true},
	};
	uint64_t page[512] = {0};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t d = rows[i].desc;

		ck_assert_int_eq(pv_desc_check(&d), rows[i].ok);
		ck_assert(!rows[i].ok || d == rows[i].stored);
	}
	page[511] = rows[1].desc;
	ck_assert(pv_desc_page_check(page));
	ck_assert_uint_eq(page[511], rows[1].stored);
	page[300] = rows[4].desc;
	ck_assert(!pv_desc_page_check(page));
}
END_TEST

START_TEST(debug_registers)
{
	struct vcpu *v = &sim_vcpu;
	uint64_t value;

	ck_assert_int_eq(pv_debugreg_set(v, 0, HV_VA_START + 8), -EPERM);
	ck_assert_int_eq(pv_debugreg_set(v, 0, 0x1000), 0);
	ck_assert_uint_eq(host_hw.dr[0], 0); /* nothing is armed */
	ck_assert_int_eq(pv_debugreg_set(v, 7, 1ull << 32), -EINVAL);
	ck_assert_int_eq(pv_debugreg_set(v, 7, 0x2000), -EPERM);  /* GD */
	ck_assert_int_eq(pv_debugreg_set(v, 7, 0x20001), -EPERM); /* I/O breakpoint */
	ck_assert_int_eq(pv_debugreg_set(v, 7, 1), 0);
	ck_assert_uint_eq(host_hw.dr[0], 0x1000);
	ck_assert_uint_eq(host_hw.dr[7], 0x401);
	ck_assert_int_eq(pv_debugreg_set(v, 1, 0x2000), 0);
	ck_assert_uint_eq(host_hw.dr[1], 0x2000);
	ck_assert_int_eq(pv_debugreg_set(v, 6, 1ull << 32), -EINVAL);
	ck_assert_int_eq(pv_debugreg_set(v, 4, 0), 0); /* another name of 6 */
	ck_assert_int_eq(pv_debugreg_get(v, 4, &value), 0);
	ck_assert_uint_eq(value, 0xffff0ff0);
	v->cr4 = 8; /* unless CR4.DE */
	ck_assert_int_eq(pv_debugreg_get(v, 4, &value), -ENODEV);
	ck_assert_int_eq(pv_debugreg_set(v, 5, 0), -ENODEV);
	ck_assert_int_eq(pv_debugreg_set(v, 8, 0), -ENODEV);
	ck_assert_int_eq(pv_debugreg_set(v, 7, 0x20001), 0);
	ck_assert_int_eq(pv_debugreg_set(v, 7, 0), 0);
	ck_assert_uint_eq(host_hw.dr[7], 0x400);
}
END_TEST

START_TEST(hypercall_page)
{
	uint8_t page[PAGE_SIZE];

	pv_hypercall_page_fill(page);
	ck_assert_int_eq(memcmp(page + 17 * 32,
				"\x51\x41\x53\xb8\x11\0\0\0\x0f\x05\x41\x5b\x59\xc3\xcc", 15),
			 0);
	ck_assert_int_eq(memcmp(page + 23 * 32, "\x51\x41\x53\x50\xb8\x17\0\0\0\x0f\x05", 11), 0);
}
END_TEST

START_TEST(birth_and_death)
{
	struct vcpu v = {0};

	ck_assert_int_eq(pv_vcpu_init(&v), 0);
	ck_assert_uint_eq(v.dr[7], 0x400);
	pv_vcpu_free(&v);
	ck_assert_ptr_null(v.traps);
	ck_assert_ptr_null(v.fpu);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pv_context");
	TCase *t = tcase_create("context");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, first_context);
	tcase_add_test(t, refused_contexts);
	tcase_add_test(t, second_context);
	tcase_add_test(t, gdt);
	tcase_add_test(t, ldt);
	tcase_add_test(t, descriptors);
	tcase_add_test(t, debug_registers);
	tcase_add_test(t, hypercall_page);
	tcase_add_test(t, birth_and_death);
	suite_add_tcase(s, t);
	return suite_run(s);
}
