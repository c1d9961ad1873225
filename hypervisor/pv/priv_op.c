/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * #GP and #UD of guests: INT n, and the privileged instructions that a PV kernel may still use. The
 * instruction is fetched once; only that copy is looked at.
 */
#include <arch/mmu.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include <hv/pv_policy.h>
#include <hv/pv_trap.h>
#include <hv/string.h>
#include "frame.h"
#include "priv.h"

#define ERROR_EXT 1u
#define ERROR_IDT 2u
#define CR0_TS    8ull
#define DR6_STEP  0x4000ull
#define XCR0_X87  1ull
#define XCR0_SSE  2ull
#define XCR0_AVX  4ull
#define XCR0_512  0xe0ull
/* PAE MCE OSFXSR OSXMMEXCPT: the hardware's CR4 bits that a guest sees. */
#define CR4_SEEN 0x660ull

static int fetch(const struct regs *regs, bool long_mode, struct insn *in)
{
	uint8_t bytes[INSN_MAX];
	size_t n = MIN(sizeof(bytes), PAGE_SIZE - (regs->rip & ~PAGE_MASK));
	int rc;

	if (copy_from_guest(bytes, regs->rip, n))
		return -EFAULT;
	rc = insn_decode(in, bytes, n, long_mode);
	if (rc != -ENODATA)
		return rc;
	if (copy_from_guest(bytes + n, regs->rip + n, sizeof(bytes) - n))
		return -EFAULT;
	return insn_decode(in, bytes, sizeof(bytes), long_mode);
}

static uint64_t cr_read(const struct vcpu *v, unsigned nr, bool *ok)
{
	switch (nr) {
	case 0:
		return (arch_cr0() & ~CR0_TS) | (v->cr0_ts ? CR0_TS : 0);
	case 2:
		return v->info->arch.cr2;
	case 3:
		return v->cr3_kernel & 0x000ffffffffff000ull;
	case 4:
		return (arch_cr4() & CR4_SEEN) | v->cr4;
	default:
		*ok = false;
		return 0;
	}
}

static enum emulated cr_write(struct vcpu *v, unsigned nr, uint64_t value)
{
	bool ok = true;
	int rc;

	switch (nr) {
	case 0:
		if ((value ^ cr_read(v, 0, &ok)) & ~CR0_TS)
			return EMUL_REFUSE;
		v->cr0_ts = !!(value & CR0_TS);
		arch_ts_set(v->cr0_ts);
		return EMUL_DONE;
	case 2:
		v->info->arch.cr2 = value;
		return EMUL_DONE;
	case 3:
		rc = pv_root_set_kernel(v, mfn_make((value & 0x000ffffffffff000ull) >> PAGE_SHIFT));
		return !rc ? EMUL_DONE : rc == -ERESTART ? EMUL_AGAIN : EMUL_REFUSE;
	case 4: /* other bits are the hypervisor's: kept, and never a fault */
		v->cr4 = value & PV_CR4_GUEST;
		arch_cr4_apply(v);
		return EMUL_DONE;
	default:
		return EMUL_REFUSE;
	}
}

bool pv_xcr0_valid(uint64_t x)
{
	if (!(x & XCR0_X87) || (x & ~arch_fpu_mask()))
		return false;
	if ((x & XCR0_AVX) && !(x & XCR0_SSE))
		return false;
	return !(x & XCR0_512) || ((x & XCR0_512) == XCR0_512 && (x & XCR0_AVX));
}

static enum emulated xsetbv(struct vcpu *v, const struct regs *regs)
{
	uint64_t value = (uint64_t)(uint32_t)regs->rdx << 32 | (uint32_t)regs->rax;

	if ((uint32_t)regs->rcx != 0 || !pv_xcr0_valid(value))
		return EMUL_REFUSE;
	arch_fpu_save(v);
	v->xcr0 = value;
	arch_fpu_load(v);
	return EMUL_DONE;
}

static void put_pair(struct regs *regs, uint64_t value)
{
	regs->rax = (uint32_t)value;
	regs->rdx = value >> 32;
}

static enum emulated msr_read(struct vcpu *v, struct regs *regs)
{
	uint32_t msr = (uint32_t)regs->rcx;
	uint64_t value;

	if (pv_msr_read(v, msr, &value)) {
		/* Before the guest can take a #GP, an existing MSR reads as 0. */
		if (v->traps[TRAP_GP].address || arch_msr_read(msr, &value))
			return EMUL_REFUSE;
		value = 0;
	}
	put_pair(regs, value);
	return EMUL_DONE;
}

static enum emulated msr_write(struct vcpu *v, struct regs *regs)
{
	uint64_t value = (uint64_t)(uint32_t)regs->rdx << 32 | (uint32_t)regs->rax;

	if (pv_msr_write(v, (uint32_t)regs->rcx, value) && v->traps[TRAP_GP].address)
		return EMUL_REFUSE;
	return EMUL_DONE;
}

static enum emulated group_01(struct vcpu *v, struct regs *regs, const struct insn *in)
{
	if (in->is_mem)
		return EMUL_REFUSE;
	if (in->reg == 2 && in->rm == 1)
		return xsetbv(v, regs);
	if (in->reg == 7 && in->rm == 1) { /* rdtscp under the guest's own CR4.TSD */
		put_pair(regs, arch_tsc_read());
		regs->rcx = (uint32_t)v->tsc_aux;
		return EMUL_DONE;
	}
	return EMUL_REFUSE;
}

static enum emulated move_cr_dr(struct vcpu *v, struct regs *regs, const struct insn *in)
{
	uint64_t *reg = insn_reg(regs, in->rm), value;
	bool ok = true;

	switch (in->opcode) {
	case 0x20:
		value = cr_read(v, in->reg, &ok);
		break;
	case 0x21:
		ok = !pv_debugreg_get(v, in->reg, &value);
		break;
	case 0x22:
		return cr_write(v, in->reg, *reg);
	default:
		return pv_debugreg_set(v, in->reg, *reg) ? EMUL_REFUSE : EMUL_DONE;
	}
	if (!ok)
		return EMUL_REFUSE;
	*reg = value;
	return EMUL_DONE;
}

/* Instructions of the 0f map; the guest kernel alone may have them emulated. */
static enum emulated emulate_0f(struct vcpu *v, struct regs *regs, const struct insn *in)
{
	if (!v->in_kernel)
		return EMUL_REFUSE;
	switch (in->opcode) {
	case 0x01:
		return group_01(v, regs, in);
	case 0x06:
		v->cr0_ts = 0;
		arch_ts_set(false);
		return EMUL_DONE;
	case 0x08:
	case 0x09: /* caches matter only to those who talk to devices */
		if (v->domain->io_mem.n)
			arch_cache_flush_all();
		return EMUL_DONE;
	case 0x20 ... 0x23:
		return move_cr_dr(v, regs, in);
	case 0x30:
		return msr_write(v, regs);
	case 0x31:
		put_pair(regs, arch_tsc_read());
		return EMUL_DONE;
	case 0x32:
		return msr_read(v, regs);
	default:
		return EMUL_REFUSE;
	}
}

static enum emulated emulate(struct regs *regs, const struct insn *in, bool long_mode)
{
	struct vcpu *v = current_vcpu();

	if (in->map == INSN_MAP_0F)
		return emulate_0f(v, regs, in);
	switch (in->opcode) {
	case 0x6c ... 0x6f:
	case 0xe4 ... 0xe7:
	case 0xec ... 0xef:
		return pv_emulate_io(regs, in, long_mode);
	case 0xfa:
	case 0xfb: /* cli, sti: without effect on the virtual flag, as the ABI has it */
		return v->iopl >= (v->in_kernel ? 1 : 3) ? EMUL_DONE : EMUL_REFUSE;
	default:
		return EMUL_REFUSE;
	}
}

static void finish(struct regs *regs, unsigned len)
{
	bool step = regs->rflags & FLAG_TF;

	regs->rip += len;
	regs->rflags &= ~(uint64_t)FLAG_RF;
	if (step) {
		current_vcpu()->dr[6] |= DR6_STEP;
		pv_inject_trap(regs, TRAP_DB, 0);
	}
}

void pv_general_protection(struct regs *regs)
{
	uint32_t error = regs->error_code;
	bool long_mode = arch_selector_is_long((uint16_t)regs->cs);
	enum emulated done;
	struct insn in;

	if (fetch(regs, long_mode, &in)) {
		pv_inject_trap(regs, TRAP_GP, error);
		return;
	}
	/*
	 * The error code names the vector, but QEMU 7.2 computes it wrong: the instruction tells
	 * it for sure.
	 */
	if ((error & (ERROR_EXT | ERROR_IDT)) == ERROR_IDT && in.map == INSN_MAP_1 &&
	    in.opcode == 0xcd) {
		pv_soft_interrupt(regs, (uint8_t)in.imm, in.len);
		return;
	}
	done = error ? EMUL_REFUSE : emulate(regs, &in, long_mode);
	if (done == EMUL_DONE)
		finish(regs, in.len);
	else if (done == EMUL_REFUSE)
		pv_inject_trap(regs, TRAP_GP, error);
}

void pv_invalid_opcode(struct regs *regs)
{
	static const uint8_t forced_cpuid[] = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2};
	uint8_t bytes[sizeof(forced_cpuid)];
	struct cpuid_regs r;

	if (copy_from_guest(bytes, regs->rip, sizeof(bytes)) ||
	    memcmp(bytes, forced_cpuid, sizeof(bytes))) {
		pv_inject_trap(regs, TRAP_UD, 0);
		return;
	}
	pv_cpuid(current_vcpu(), (uint32_t)regs->rax, (uint32_t)regs->rcx, &r);
	regs->rax = r.a;
	regs->rbx = r.b;
	regs->rcx = r.c;
	regs->rdx = r.d;
	finish(regs, sizeof(forced_cpuid));
}
