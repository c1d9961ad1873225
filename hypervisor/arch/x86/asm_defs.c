/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that assembly needs of C; hypervisor/build.mk turns them into asm_defs.h. */
#include <hv/cpu_info.h>
#include <hv/vaspace.h>
#include <hv/vcpu.h>

#define DEFINE(name, value)   __asm__ volatile("\n->" #name " %0" ::"i"((uint64_t)(value)))
#define OFFSET(name, type, m) DEFINE(name, offsetof(type, m))

void asm_defs(void);

void asm_defs(void)
{
	DEFINE(CPU_INFO_SIZE, sizeof(struct cpu_info));
	DEFINE(REGS_SIZE, sizeof(struct regs));
	OFFSET(REGS_error_code, struct regs, error_code);
	OFFSET(REGS_vector, struct regs, vector);
	OFFSET(REGS_rbp, struct regs, rbp);
	OFFSET(REGS_rip, struct regs, rip);
	OFFSET(REGS_cs, struct regs, cs);
	OFFSET(REGS_rflags, struct regs, rflags);
	OFFSET(REGS_rsp, struct regs, rsp);
	OFFSET(REGS_ss, struct regs, ss);
	OFFSET(REGS_rax, struct regs, rax);
	OFFSET(REGS_rcx, struct regs, rcx);
	OFFSET(REGS_rdx, struct regs, rdx);
	OFFSET(REGS_rsi, struct regs, rsi);
	OFFSET(REGS_rdi, struct regs, rdi);
	OFFSET(REGS_r8, struct regs, r8);
	OFFSET(REGS_r9, struct regs, r9);
	OFFSET(REGS_r10, struct regs, r10);
	OFFSET(REGS_r11, struct regs, r11);

	OFFSET(CPU_current, struct cpu_info, current);
	OFFSET(CPU_window_vcpu, struct cpu_info, window_vcpu);
	OFFSET(CPU_narrow_kernel, struct cpu_info, narrow_kernel);
	OFFSET(CPU_narrow_user, struct cpu_info, narrow_user);
	OFFSET(CPU_wide_idle, struct cpu_info, wide_idle);
	OFFSET(CPU_softirqs, struct cpu_info, softirqs);
	DEFINE(STACK_BYTES, STACK_SIZE);
	DEFINE(STUB_TO_GUEST_RSP, WINDOW_STACK + STACK_SIZE - sizeof(struct cpu_info) +
					  offsetof(struct regs, rsp) - WINDOW_STUB);

	OFFSET(VCPU_info, struct vcpu, info);
	OFFSET(VCPU_cr3_kernel, struct vcpu, cr3_kernel);
	OFFSET(VCPU_cr3_user, struct vcpu, cr3_user);
	OFFSET(VCPU_kernel_sp, struct vcpu, kernel_sp);
	OFFSET(VCPU_syscall_eip, struct vcpu, syscall_eip);
	OFFSET(VCPU_syscall_masks, struct vcpu, syscall_masks);
	OFFSET(VCPU_in_kernel, struct vcpu, in_kernel);
	OFFSET(VCPU_nmi_pending, struct vcpu, nmi_pending);
	OFFSET(VCPU_traps, struct vcpu, traps);
	OFFSET(VCPU_hypercalls, struct vcpu, counters[PAVISE_COUNTER_hypercalls]);
	OFFSET(VCPU_window_info, struct vcpu, window_info);
	OFFSET(VCPU_window_traps, struct vcpu, window_traps);
	OFFSET(VCPU_root_enter, struct vcpu, root_enter);
	OFFSET(VCPU_root_leave, struct vcpu, root_leave);
	OFFSET(VCPU_cr3_out, struct vcpu, cr3_out);
	OFFSET(VCPU_root_steps, struct vcpu, root_steps);
	DEFINE(ROOT_STEPS, ROOT_STEPS);
	OFFSET(INFO_pending, struct vcpu_info, evtchn_upcall_pending);
	OFFSET(INFO_mask, struct vcpu_info, evtchn_upcall_mask);
	OFFSET(INFO_cr2, struct vcpu_info, arch.cr2);
	DEFINE(VGCF_IN_SYSCALL, VGCF_in_syscall);
}
