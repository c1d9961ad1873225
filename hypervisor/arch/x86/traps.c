/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of the hypervisor itself, NMI and machine check; what a crash shows. */
#include <arch/dump.h>
#include <arch/power.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/roots.h>
#include <asm/traps.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/string.h>

struct extable_entry {
	uint64_t fault, fixup;
};

extern const struct extable_entry extable_start[], extable_end[];
extern const uint32_t symtab_count, symtab_offsets[];
extern const char symtab_text[];
extern char text_start[], text_end[];

static bool stopping;

static const char *const trap_names[32] = {
	[0] = "divide error",   [1] = "debug",          [2] = "NMI",
	[3] = "breakpoint",     [4] = "overflow",       [5] = "bound",
	[6] = "invalid opcode", [7] = "no FPU",         [8] = "double fault",
	[10] = "invalid TSS",   [11] = "no segment",    [12] = "stack fault",
	[13] = "protection",    [14] = "page fault",    [16] = "x87 error",
	[17] = "alignment",     [18] = "machine check", [19] = "SIMD error",
	[21] = "control flow",
};

bool arch_symbol(uint64_t addr, char *buf, size_t size)
{
	uint32_t off = (uint32_t)(addr - IMAGE_VA), i = 0;
	const char *name = symtab_text;

	if (addr < (uint64_t)text_start || addr >= (uint64_t)text_end)
		return false;
	if (!symtab_count || off < symtab_offsets[0])
		return false;
	while (i + 1 < symtab_count && symtab_offsets[i + 1] <= off)
		i++;
	off -= symtab_offsets[i];
	while (i--)
		name += strlen(name) + 1;
	hv_snprintf(buf, size, "%s+0x%x", name, off);
	return true;
}

/* @back: the address follows a call, which may have been its function's last instruction. */
static void dump_address(uint64_t addr, unsigned back)
{
	char name[80];

	if (arch_symbol(addr - back, name, sizeof(name)))
		log_error("  [%016lx] %s", addr, name);
	else
		log_error("  [%016lx]", addr);
}

/* Along the frame links, as long as they rise within this CPU's stack. */
static void dump_frames(uint64_t rbp)
{
	uint64_t here = (uint64_t)__builtin_frame_address(0);

	for (unsigned n = 0; n < 32; n++) {
		const uint64_t *frame = (const uint64_t *)rbp;

		if ((rbp ^ here) & ~(STACK_SIZE - 1) || rbp & 7 || rbp >= (uint64_t)cpu_info() - 8)
			return;
		if (frame[1])
			dump_address(frame[1], 1);
		if (frame[0] <= rbp)
			return;
		rbp = frame[0];
	}
}

void arch_dump_stack(void)
{
	log_error("stack:");
	dump_frames((uint64_t)__builtin_frame_address(0));
}

void arch_dump_regs(const struct regs *r)
{
	char name[80] = "";

	arch_symbol(r->rip, name, sizeof(name));
	log_error("rip %04lx:%016lx %s", r->cs & 0xffff, r->rip, name);
	log_error("rsp %04lx:%016lx rflags %08lx", r->ss & 0xffff, r->rsp, r->rflags);
	log_error("rax %016lx rbx %016lx rcx %016lx rdx %016lx", r->rax, r->rbx, r->rcx, r->rdx);
	log_error("rsi %016lx rdi %016lx rbp %016lx r8  %016lx", r->rsi, r->rdi, r->rbp, r->r8);
	log_error("r9  %016lx r10 %016lx r11 %016lx r12 %016lx", r->r9, r->r10, r->r11, r->r12);
	log_error("r13 %016lx r14 %016lx r15 %016lx", r->r13, r->r14, r->r15);
	log_error("cr0 %08lx cr2 %016lx cr3 %016lx cr4 %08lx", read_cr0(), read_cr2(), read_cr3(),
		  read_cr4());
	if (r->cs & 3)
		return;
	log_error("stack:");
	dump_address(r->rip, 0);
	dump_frames(r->rbp);
}

void fatal_trap(const struct regs *regs)
{
	unsigned vector = regs->vector & 0xff;
	const char *name = vector < 32 && trap_names[vector] ? trap_names[vector] : "exception";

	if (!panic_begin())
		arch_halt();
	log_error("*** %s (vector %u, error code %04x) on CPU %u", name, vector, regs->error_code,
		  this_cpu());
	arch_dump_regs(regs);
	panic_end();
}

static bool fix_up(struct regs *regs)
{
	for (const struct extable_entry *e = extable_start; e < extable_end; e++)
		if (e->fault == regs->rip) {
			regs->rip = e->fixup;
			return true;
		}
	return false;
}

void nmi_stops_cpus(void)
{
	__atomic_store_n(&stopping, true, __ATOMIC_SEQ_CST);
}

/* The console's lock is held with interrupts off only: where they were on, it is not ours. */
static void nmi(const struct regs *regs)
{
	if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
		arch_halt();
	if (regs->rflags & 0x200)
		log_warn("NMI on CPU %u, port 0x61 reads %02x", this_cpu(), inb(0x61));
}

/*
 * A watchpoint or single step that reaches into the hypervisor (MOV SS before SYSCALL): nothing of
 * ours is debugged this way.
 */
static void debug_in_hv(struct regs *regs)
{
	regs->rflags &= ~0x100ul;
	__asm__ volatile("movq %0, %%db6" ::"r"(0xffff0ff0ul));
}

void trap_from_hv(struct regs *regs)
{
	switch (regs->vector & 0xff) {
	case 1:
		debug_in_hv(regs);
		return;
	case 2:
		nmi(regs);
		return;
	case 8:
	case 18:
		break;
	case 14:
		if (roots_fault(read_cr2()) || fix_up(regs))
			return;
		break;
	default:
		if (fix_up(regs))
			return;
	}
	fatal_trap(regs);
}

void nmi_from_guest(struct regs *regs)
{
	nmi(regs);
}

void mce_from_guest(struct regs *regs)
{
	fatal_trap(regs);
}
