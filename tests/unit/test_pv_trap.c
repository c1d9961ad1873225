/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames on the guest kernel's stack, and the way back by the iret hypercall. */
#include <abi/base.h>
#include <abi/callback.h>
#include <check.h>
#include <hv/errno.h>
#include <hv/pv_trap.h>
#include <stdlib.h>
#include <string.h>
#include "pv_sim.h"
#include "vcpu.h"
#include "suite.h"

#define IF 0x200ull

static uint64_t *frame(void)
{
	return (uint64_t *)sim_regs->rsp;
}

START_TEST(trap_from_kernel)
{
	sim_regs->rsp -= 8; /* to be aligned */
	sim_regs->rflags = 0x40302;
	pv_inject_trap(sim_regs, TRAP_GP, 0x18);
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_GP));
	ck_assert_uint_eq(sim_regs->rsp, sim_vcpu.kernel_sp - 16 - 64);
	ck_assert_uint_eq(frame()[0], 0xc0);
	ck_assert_uint_eq(frame()[1], 0x11);
	ck_assert_uint_eq(frame()[2], 0x18);
	ck_assert_uint_eq(frame()[3], 0x401000);
	ck_assert_uint_eq(frame()[4], 0xe030 | 1ull << 32); /* RPL 0: kernel; events were masked */
	ck_assert_uint_eq(frame()[5], 0x40102);             /* so IF reads clear */
	ck_assert_uint_eq(frame()[6], sim_vcpu.kernel_sp - 8);
	ck_assert_uint_eq(frame()[7], 0xe02b);
	ck_assert_uint_eq(sim_regs->rflags, 0x202); /* AC and TF are gone, IF stays */
	ck_assert_uint_eq(sim_regs->cs, FLAT_RING3_CS64);
	ck_assert_uint_eq(host_hw.toggles, 0);
}
END_TEST

START_TEST(trap_from_user)
{
	sim_vcpu.in_kernel = 0;
	sim_vcpu.info->evtchn_upcall_mask = 0;
	sim_vcpu.traps[TRAP_UD].flags = 0;
	sim_regs->rsp = 0x7fff0000;
	sim_regs->cs = 0x33;
	pv_inject_trap(sim_regs, TRAP_UD, 0);
	ck_assert_uint_eq(sim_regs->rsp, sim_vcpu.kernel_sp - 56);
	ck_assert_uint_eq(frame()[2], 0x401000); /* no error code */
	ck_assert_uint_eq(frame()[3], 0x33);
	ck_assert_uint_eq(frame()[4], 0x202);
	ck_assert_uint_eq(frame()[5], 0x7fff0000);
	ck_assert_uint_eq(sim_vcpu.in_kernel, 1);
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_mask, 0); /* this handler lets events in */
}
END_TEST

START_TEST(page_fault_tells_mode)
{
	pv_inject_page_fault(sim_regs, 0x1234, 7);
	ck_assert_uint_eq(sim_vcpu.info->arch.cr2, 0x1234);
	ck_assert_uint_eq(frame()[2], 3);
	sim_init();
	sim_vcpu.in_kernel = 0;
	pv_inject_page_fault(sim_regs, 0x5678, 2);
	ck_assert_uint_eq(frame()[2], 6);
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_mask, 1);
}
END_TEST

START_TEST(crashes)
{
	sim_vcpu.traps[TRAP_UD].address = 0;
	pv_inject_trap(sim_regs, TRAP_UD, 0);
	ck_assert_uint_eq(sim_crashes, 1);
	sim_regs->rsp = HV_VA_START + 0x100;
	pv_inject_trap(sim_regs, TRAP_GP, 0);
	ck_assert_uint_eq(sim_crashes, 2);
	sim_regs->rsp = 0x800; /* not mapped */
	pv_inject_trap(sim_regs, TRAP_GP, 0);
	ck_assert_uint_eq(sim_crashes, 3);
	sim_regs->rsp = 16; /* below address 0 */
	pv_inject_trap(sim_regs, TRAP_GP, 0);
	ck_assert_uint_eq(sim_crashes, 4);
	sim_vcpu.info->evtchn_upcall_mask = 0;
	sim_vcpu.info->evtchn_upcall_pending = 1;
	sim_vcpu.event_eip = 0;
	ck_assert(pv_deliver_pending(sim_regs));
	ck_assert_uint_eq(sim_crashes, 5);
}
END_TEST

START_TEST(order_of_delivery)
{
	sim_vcpu.info->evtchn_upcall_mask = 0;
	sim_vcpu.info->evtchn_upcall_pending = 1;
	sim_vcpu.nmi_pending = sim_vcpu.mce_pending = 1;
	ck_assert(pv_deliver_pending(sim_regs));
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_MC));
	ck_assert(!pv_deliver_pending(sim_regs)); /* MCE blocks NMI and masked events */
	sim_vcpu.mce_blocked = 0;
	ck_assert(pv_deliver_pending(sim_regs));
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_NMI));
	ck_assert(!sim_vcpu.nmi_pending && sim_vcpu.nmi_blocked);
	sim_vcpu.info->evtchn_upcall_mask = 0;
	ck_assert(!pv_deliver_pending(sim_regs));
	ck_assert_uint_eq(sim_regs->rip, SIM_CALLBACK);
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_pending, 1); /* the guest clears it */
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_mask, 1);
	ck_assert(!pv_deliver_pending(sim_regs));
	ck_assert_uint_eq(sim_vcpu.counters[PAVISE_COUNTER_upcalls], 1);
}
END_TEST

START_TEST(soft_interrupts)
{
	pv_soft_interrupt(sim_regs, 0x80, 2); /* DPL 0: nobody's */
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_GP));
	ck_assert_uint_eq(frame()[2], 0x80 << 3 | 2);
	ck_assert_uint_eq(frame()[3], 0x401000);
	sim_init();
	sim_vcpu.traps[0x80].flags = 1;
	pv_soft_interrupt(sim_regs, 0x80, 2); /* DPL 1: the kernel's */
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(0x80));
	ck_assert_uint_eq(frame()[2], 0x401002);
	sim_init();
	sim_vcpu.traps[0x80].flags = 1;
	sim_vcpu.in_kernel = 0;
	pv_soft_interrupt(sim_regs, 0x80, 2); /* but not the user's */
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_GP));
	sim_init();
	sim_vcpu.traps[0x80].flags = 3;
	sim_vcpu.in_kernel = 0;
	pv_soft_interrupt(sim_regs, 0x80, 2);
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(0x80));
	sim_init();
	sim_vcpu.in_kernel = 0;
	pv_soft_interrupt(sim_regs, TRAP_BP, 1); /* the DPL of int3 is not looked at */
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_BP));
}
END_TEST

START_TEST(syscalls)
{
	sim_vcpu.in_kernel = 0;
	pv_syscall(sim_regs, false);
	ck_assert_uint_eq(sim_regs->rip, SIM_CALLBACK);
	ck_assert_uint_eq(frame()[2], 0x401000);
	sim_init();
	sim_vcpu.in_kernel = 0;
	pv_syscall(sim_regs, true); /* nothing registered for 32-bit code */
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_UD));
	ck_assert_uint_eq(frame()[2], 0x401000 - 2);
	sim_init();
	sim_vcpu.in_kernel = 0;
	pv_sysenter(sim_regs);
	ck_assert_uint_eq(sim_regs->rip, SIM_HANDLER(TRAP_GP));
}
END_TEST

START_TEST(failsafe)
{
	const uint16_t sel[4] = {0x2b, 0x33, 0x3b, 0x43};

	pv_failsafe(sim_regs, sel);
	ck_assert_uint_eq(sim_regs->rsp, sim_vcpu.kernel_sp - 88);
	ck_assert_uint_eq(frame()[2], 0x2b);
	ck_assert_uint_eq(frame()[5], 0x43);
	ck_assert_uint_eq(frame()[6], 0x401000);
}
END_TEST

START_TEST(iret)
{
	struct iret_context *c = (struct iret_context *)sim_stack;

	*c = (struct iret_context){.rax = 1,
				   .r11 = 2,
				   .rcx = 3,
				   .rip = 0x5000,
				   .cs = 0x33,
				   .rflags = 0x27302,
				   .rsp = 0x6000,
				   .ss = 0x2b};
	sim_regs->rsp = (uint64_t)c;
	sim_vcpu.nmi_blocked = 1;
	ck_assert_int_eq(pv_iret(sim_regs), 1);
	ck_assert_uint_eq(sim_vcpu.in_kernel, 0);
	ck_assert_uint_eq(sim_regs->rip, 0x5000);
	ck_assert_uint_eq(sim_regs->r11, 2);
	ck_assert_uint_eq(sim_regs->rcx, 3);
	ck_assert_uint_eq(sim_regs->rsp, 0x6000);
	ck_assert_uint_eq(sim_regs->rflags, 0x4302); /* neither VM nor IOPL */
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_mask, 0);
	ck_assert_uint_eq(sim_vcpu.nmi_blocked, 0);

	sim_init();
	*c = (struct iret_context){.flags = VGCF_in_syscall, .cs = 0x10, .ss = 0x18};
	sim_regs->rsp = (uint64_t)c;
	pv_iret(sim_regs);
	ck_assert_uint_eq(sim_vcpu.in_kernel, 1);
	ck_assert_uint_eq(sim_regs->cs, 0x13);
	ck_assert_uint_eq(sim_regs->ss, 0x1b);
	ck_assert_uint_eq(sim_regs->rcx, 0xc0);
	ck_assert_uint_eq(sim_regs->rflags & IF, IF);            /* really on, */
	ck_assert_uint_eq(sim_vcpu.info->evtchn_upcall_mask, 1); /* virtually off */

	sim_init();
	c->cs = 0x33;
	sim_regs->rsp = (uint64_t)c;
	sim_vcpu.cr3_user = 0;
	pv_iret(sim_regs);
	ck_assert_uint_eq(sim_crashes, 1);
	sim_regs->rsp = 0x100;
	pv_iret(sim_regs);
	ck_assert_uint_eq(sim_crashes, 2);
}
END_TEST

START_TEST(registration)
{
	struct trap_info t = {.vector = 9, .flags = 4, .address = 1ull << 47};

	ck_assert_int_eq(pv_trap_set(&sim_vcpu, &t), -EINVAL);
	t.address = 0;
	ck_assert_int_eq(pv_trap_set(&sim_vcpu, &t), 0);
	ck_assert_uint_eq(sim_vcpu.traps[9].flags, 0); /* entry.S relies on it */
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, 3, true, 0), -ENOSYS);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_event, true, 1ull << 50), -EINVAL);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_syscall, true, 0), 0);
	ck_assert_uint_eq(sim_vcpu.syscall_masks, 0);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_sysenter, true, 0x1000), 0);
	ck_assert_uint_eq(sim_vcpu.sysenter_eip, 0x1000);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_syscall32, false, 0x2000), 0);
	ck_assert_uint_eq(sim_vcpu.syscall32_masks, 0);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_failsafe, true, 0x3000), 0);
	ck_assert_uint_eq(sim_vcpu.failsafe_masks, 1);
	ck_assert_int_eq(pv_callback_set(&sim_vcpu, CALLBACKTYPE_nmi, true, 0x4000), 0);
	ck_assert_uint_eq(sim_vcpu.traps[TRAP_NMI].address, 0x4000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pv_trap");
	TCase *t = tcase_create("trap");

	tcase_add_checked_fixture(t, sim_init, NULL);
	tcase_add_test(t, trap_from_kernel);
	tcase_add_test(t, trap_from_user);
	tcase_add_test(t, page_fault_tells_mode);
	tcase_add_test(t, crashes);
	tcase_add_test(t, order_of_delivery);
	tcase_add_test(t, soft_interrupts);
	tcase_add_test(t, syscalls);
	tcase_add_test(t, failsafe);
	tcase_add_test(t, iret);
	tcase_add_test(t, registration);
	suite_add_tcase(s, t);
	return suite_run(s);
}
