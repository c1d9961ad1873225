/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port I/O of guests. Two questions: may this code use ports at all (virtual IOPL, bitmap), and
 * which ports has the domain. PCI configuration and CMOS are reached by address latches that
 * belong to the vCPU, because the hypervisor uses the same ports itself.
 */
#include <arch/pci.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/cpu.h>
#include <hv/guest_copy.h>
#include <hv/pv.h>
#include <hv/rangeset.h>
#include "frame.h"
#include "priv.h"

#define PORT_PIT_CH2   0x42
#define PORT_PIT_MODE  0x43
#define PORT_SPEAKER   0x61
#define PORT_CMOS      0x70
#define PORT_CMOS_DATA 0x71
#define PORT_PCI       0xcf8
#define PORT_PCI_DATA  0xcfc
#define PCI_ENABLE     0x80000000u
#define PIT_CHANNEL(v) (((v) >> 6) & 3)
#define REP_LIMIT      4096 /* elements moved before interrupts get a look */
#define PF_WRITE       2u
#define SEG_FS         0x64
#define SEG_GS         0x65

/* The bitmap is the guest kernel's; its user may be running. */
static int read_bitmap(const struct vcpu *v, uint64_t gva, uint16_t *bits)
{
	unsigned long flags;
	int rc;

	if (v->in_kernel)
		return copy_from_guest(bits, gva, sizeof(*bits));
	flags = irq_save();
	arch_mode_root(v, true);
	rc = copy_from_guest(bits, gva, sizeof(*bits));
	arch_mode_root(v, false);
	irq_restore(flags);
	return rc;
}

bool pv_port_permitted(const struct vcpu *v, uint16_t port, unsigned size)
{
	uint16_t bits;

	/* The guest kernel counts as ring 1. */
	if (v->iopl >= (v->in_kernel ? 1 : 3))
		return true;
	if ((uint32_t)port + size > v->io_bitmap_ports || !v->io_bitmap_gva)
		return false;
	if (read_bitmap(v, v->io_bitmap_gva + port / 8, &bits))
		return false;
	return !(bits >> (port & 7) & ((1u << size) - 1));
}

static uint32_t ones(unsigned size)
{
	return size == 4 ? ~0u : (1u << (8 * size)) - 1;
}

/* The configuration register that latch and data port name; false: none. */
static bool pci_register(const struct vcpu *v, uint16_t port, unsigned size, struct pci_addr *dev,
			 unsigned *reg)
{
	*dev = (struct pci_addr){0, (uint8_t)(v->pci_cf8 >> 16), (uint8_t)(v->pci_cf8 >> 8)};
	/* Bits 24 to 27 are the upper part of AMD's extended registers. */
	*reg = (v->pci_cf8 & 0xfc) | (v->pci_cf8 >> 16 & 0xf00) | (port & 3);
	return v->pci_cf8 & PCI_ENABLE && (port & 3) + size <= 4;
}

static bool is_pci_data(uint16_t port)
{
	return (port & ~3) == PORT_PCI_DATA;
}

static bool owns(const struct vcpu *v, uint16_t port, unsigned size)
{
	return rangeset_contains(&v->domain->io_ports, port, port + size - 1u);
}

/* Channel 2 and the speaker gate serve nobody but the control domain. */
static bool is_speaker(const struct vcpu *v, uint16_t port, unsigned size)
{
	return v->domain->privileged && size == 1 && (port == PORT_PIT_CH2 || port == PORT_SPEAKER);
}

uint32_t pv_port_in(struct vcpu *v, uint16_t port, unsigned size)
{
	struct pci_addr dev;
	unsigned reg;

	if (port == PORT_PCI && size == 4)
		return v->pci_cf8;
	if (port == PORT_CMOS && size == 1)
		return v->cmos_index;
	if (is_pci_data(port) && v->domain->privileged)
		return pci_register(v, port, size, &dev, &reg) ? arch_pci_read(dev, reg, size)
							       : ones(size);
	if (port == PORT_CMOS_DATA && size == 1 && v->domain->privileged)
		return arch_cmos_read(v->cmos_index);
	/*
	 * Who drives the speaker never reads its timer. Linux would measure the TSC by it, and
	 * leaves it at the rate we tell if it stands at 0; at ones it reads 100,000 times.
	 */
	if (port == PORT_PIT_CH2)
		return 0;
	if (is_speaker(v, port, size) || owns(v, port, size))
		return arch_port_in(port, size);
	return ones(size);
}

void pv_port_out(struct vcpu *v, uint16_t port, unsigned size, uint32_t value)
{
	struct pci_addr dev;
	unsigned reg;

	if (port == PORT_PCI && size == 4) {
		v->pci_cf8 = value;
	} else if (port == PORT_CMOS && size == 1) {
		v->cmos_index = value & 0x7f;
	} else if (is_pci_data(port) && v->domain->privileged) {
		if (pci_register(v, port, size, &dev, &reg))
			arch_pci_write(dev, reg, size, value);
	} else if (port == PORT_CMOS_DATA && size == 1 && v->domain->privileged) {
		arch_cmos_write(v->cmos_index, (uint8_t)value);
	} else if (port == PORT_PIT_MODE && size == 1 && v->domain->privileged) {
		if (PIT_CHANNEL(value) == 2)
			arch_port_out(port, size, value);
	} else if (is_speaker(v, port, size) || owns(v, port, size)) {
		arch_port_out(port, size, value);
	}
}

static uint64_t seg_base(const struct insn *in)
{
	return in->seg == SEG_FS   ? arch_base_read(ARCH_BASE_FS)
	       : in->seg == SEG_GS ? arch_base_read(ARCH_BASE_GS)
				   : 0;
}

/* One element between memory at @va and the port; false: a page fault was delivered. */
static bool move_element(struct vcpu *v, struct regs *regs, uint64_t va, unsigned size, bool in)
{
	uint32_t value = 0;

	if (in) {
		value = pv_port_in(v, (uint16_t)regs->rdx, size);
		if (!copy_to_guest(va, &value, size))
			return true;
		pv_inject_page_fault(regs, va, PF_WRITE);
		return false;
	}
	if (copy_from_guest(&value, va, size)) {
		pv_inject_page_fault(regs, va, 0);
		return false;
	}
	pv_port_out(v, (uint16_t)regs->rdx, size, value);
	return true;
}

/* String forms; segments of 32-bit code have bases that are not looked up, so it can't use them. */
static enum emulated string_io(struct vcpu *v, struct regs *regs, const struct insn *insn,
			       unsigned size, bool long_mode)
{
	bool in = insn->opcode < 0x6e;
	uint64_t *ptr = in ? &regs->rdi : &regs->rsi;
	uint64_t step = regs->rflags & FLAG_DF ? -(uint64_t)size : size;
	uint64_t base = in ? 0 : seg_base(insn);

	if (!long_mode || insn->addr_size != 8)
		return EMUL_REFUSE;
	for (unsigned done = 0; !insn->rep || regs->rcx; done++) {
		if (done == REP_LIMIT)
			return EMUL_AGAIN;
		if (!move_element(v, regs, *ptr + base, size, in))
			return EMUL_TRAP;
		*ptr += step;
		if (!insn->rep)
			break;
		regs->rcx--;
	}
	return EMUL_DONE;
}

enum emulated pv_emulate_io(struct regs *regs, const struct insn *in, bool long_mode)
{
	struct vcpu *v = current_vcpu();
	unsigned size = MIN(in->op_size, 4u); /* REX.W does not widen ports */
	bool by_dx = in->opcode >= 0xec || in->opcode <= 0x6f;
	uint16_t port = by_dx ? (uint16_t)regs->rdx : (uint8_t)in->imm;

	if (!pv_port_permitted(v, port, size))
		return EMUL_REFUSE;
	if (in->opcode <= 0x6f)
		return string_io(v, regs, in, size, long_mode);
	if (in->opcode & 2)
		pv_port_out(v, port, size, (uint32_t)regs->rax & ones(size));
	else
		insn_reg_write(regs, in, 0, size, pv_port_in(v, port, size));
	return EMUL_DONE;
}
