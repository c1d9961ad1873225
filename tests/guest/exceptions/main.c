/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each exception that a guest kernel can cause reaches its own handler, with the vector, error code
 * and saved state that hardware would give a kernel. A broken hypervisor would deliver it to
 * itself, lose the error code, push a frame in the wrong form, or let INT n reach vectors that are
 * not for it.
 */
#include "abi/mmu.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define CODE_IF 0x200

static struct trap_frame seen;
static unsigned int count;

static bool remember(struct trap_frame *f)
{
	seen = *f;
	count++;
	return false;
}

static bool remember_and_go_on(struct trap_frame *f)
{
	remember(f);
	f->rflags &= ~0x100ul;
	return true;
}

static bool return_from_call(struct trap_frame *f)
{
	remember(f);
	f->rip = *(uint64_t *)f->rsp;
	f->rsp += 8;
	return true;
}

static void arithmetic(void)
{
	uint32_t low, high;

	test_trap_error("divide error", 0, 0,
			TRAP_TRY_GET("div %4", TRAP_OUTS("=a"(low), "=d"(high)), "1"(0), "r"(0)));
	test_trap_error("undefined opcode", 6, 0, TRAP_TRY("ud2", "i"(0)));
	test_trap_error("breakpoint", 3, 0, TRAP_TRY("int3", "i"(0)));
	/* x87: an unmasked division by zero is raised by the next waiting instruction. */
	test_trap_error(
		"x87 error", 16, 0,
		TRAP_TRY("fninit; fldcw %1; fld1; fldz; fdivrp; fwait", "m"((uint16_t){0x33b})));
	__asm__ volatile("fnclex; fninit");
}

static bool restore_rbp(struct trap_frame *f)
{
	f->rbp = f->rdi;
	return remember(f);
}

static void general_protection(void)
{
	uint64_t scratch, taken;

	test_trap_error("non-canonical load", 13, 0,
			TRAP_TRY("testb $0, (%1)", "r"(0x8000000000000000ul)));
	test_trap_error("null selector for ss", 13, 0, TRAP_TRY("mov %1, %%ss", "r"(0)));
	test_trap_error("selector beyond the table", 13, 0xfff8,
			TRAP_TRY("mov %1, %%ds", "r"(0xfffb)));
	test_trap_error("hlt", 13, 0, TRAP_TRY("hlt", "i"(0)));
	test_trap_error("lgdt", 13, 0, TRAP_TRY("lgdt (%1)", "r"(&seen)));
	trap_set(12, restore_rbp);
	count = 0;
	trap_set(13, restore_rbp);
	taken = TRAP_TRY_GET("mov %%rbp, %1; mov %2, %%rbp; testb $0, (%%rbp); mov %1, %%rbp",
			     "=&D"(scratch), "r"(0x8000000000000000ul));
	trap_set(12, NULL);
	trap_set(13, NULL);
	/* Emulators before QEMU 8 raise a general protection fault here. */
	test_true("stack fault", TRAP_IS(taken, 12) || TRAP_IS(taken, 13));
	test_equal("stack fault's error code", 0, TRAP_ERROR(taken));
	test_equal("stack fault's handler", 1, count);
}

/* INT n: allowed by the entry's own level, else a #GP that names the vector. */
static void software(void)
{
	struct trap_info rows[] = {
		{.vector = 0x40, .flags = 3, .cs = FLAT_RING3_CS64, .address = trap_entry(0x80)},
		{.vector = 0x41, .flags = 0, .cs = FLAT_RING3_CS64, .address = trap_entry(0x80)},
		{.address = 0}};

	test_equal("set_trap_table", 0, hypercall2(HC_SET_TRAP_TABLE, (uint64_t)rows, 0));
	trap_set(0x80, remember_and_go_on);
	count = 0;
	__asm__ volatile("int $0x40" ::: "memory");
	test_equal("int 0x40 of level 3", 1, count);
	__asm__ volatile("int $0x80" ::: "memory");
	test_equal("int 0x80", 2, count);
	test_trap_error("int 0x41 of level 0", 13, 0x41 * 8 + 2, TRAP_TRY("int $0x41", "i"(0)));
	test_trap_error("int without entry", 13, 0x55 * 8 + 2, TRAP_TRY("int $0x55", "i"(0)));
	test_equal("handler not reached", 2, count);
	trap_set(0x80, NULL);
}

/* The frame: flags and stack pointer as they were, kernel mode by RPL 0, IF by the event mask. */
static void frame(void)
{
	uint64_t rsp, rip;

	trap_set(3, remember_and_go_on);
	__asm__ volatile("mov %%rsp, %0; lea 1f(%%rip), %1; stc; int3; 1:"
			 : "=r"(rsp), "=r"(rip)::"cc", "memory");
	test_equal("rip behind the instruction", (int64_t)rip, (int64_t)seen.rip);
	test_equal("rsp", (int64_t)rsp, (int64_t)seen.rsp);
	test_equal("cs with RPL 0", FLAT_RING3_CS64 & ~3, seen.cs);
	test_equal("ss", FLAT_RING3_SS64, (int64_t)seen.ss & 0xffff);
	test_equal("carry kept", 1, seen.rflags & 1);
	test_equal("IF: events unmasked", CODE_IF, seen.rflags & CODE_IF);
	test_equal("IOPL hidden", 0, seen.rflags & 0x3000);
	test_equal("saved mask", 0, seen.saved_mask);
	vcpu_self()->info->evtchn_upcall_mask = 1;
	__asm__ volatile("int3" ::: "memory");
	test_equal("IF: events masked", 0, seen.rflags & CODE_IF);
	test_equal("saved mask set", 1, seen.saved_mask);
	test_equal("mask kept by iret", 1, vcpu_self()->info->evtchn_upcall_mask);
	vcpu_self()->info->evtchn_upcall_mask = 0;
	trap_set(3, NULL);
}

static void single_step(void)
{
	trap_set(1, remember_and_go_on);
	count = 0;
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" ::: "cc", "memory");
	test_equal("single step taken once", 1, count);
	test_equal("TF in the frame", 0x100, seen.rflags & 0x100);
	trap_set(1, NULL);
}

static void page_faults(void)
{
	uint64_t *page = page_alloc();
	uint64_t v, taken;

	*(uint8_t *)page = 0xc3;
	taken = trap_read((void *)0x1238, &v);
	test_trap_error("read, not present", 14, 0, taken);
	test_equal("cr2", 0x1238, (int64_t)trap_cr2());
	test_trap_error("write, not present", 14, 2, trap_write((void *)0x2000, 0));
	paging_readonly(page);
	test_trap_error("write, read-only", 14, 3, trap_write(page, 0));
	test_equal("cr2 of a write", (int64_t)page, (int64_t)trap_cr2());
	paging_set((uint64_t)page, guest_mfn(page) << 12 | PAGING_RW | PTE_NX);
	trap_set(14, return_from_call);
	__asm__ volatile("call *%0" ::"r"(page) : "memory");
	trap_set(14, NULL);
	test_equal("fetch, no execute: rip", (int64_t)page, (int64_t)seen.rip);
	test_equal("fetch, no execute: error code", 0x11, seen.error);
	paging_writable(page);
	test_trap("hypervisor's space cannot be read", 14,
		  trap_read((void *)0xffff830000000000, &v));
	page_free(page);
}

static void not_available(void)
{
	test_equal("fpu_taskswitch(1)", 0, hypercall2(HC_FPU_TASKSWITCH, 1, 0));
	test_trap_error("device not available", 7, 0, TRAP_TRY("fwait; fninit", "i"(0)));
	test_equal("cleared by the trap", 0, (int64_t)TRAP_TRY("fninit", "i"(0)));
	hypercall2(HC_FPU_TASKSWITCH, 1, 0);
	hypercall2(HC_FPU_TASKSWITCH, 0, 0);
	test_equal("cleared by the call", 0, (int64_t)TRAP_TRY("fninit", "i"(0)));
}

void test_main(void)
{
	arithmetic();
	general_protection();
	software();
	frame();
	single_step();
	page_faults();
	not_available();
}
