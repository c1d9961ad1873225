/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest without devices reaches no I/O port: its kernel reads all ones and its writes vanish, its
 * user mode gets the #GP that hardware gives without IOPL, with or without a permission bitmap.
 * Other privileged instructions do what the ABI says. A broken hypervisor lets a guest reset the
 * machine by port 0xcf9.
 */
#include <errno.h>

#include "abi/physdev.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/user.h"
#include "tests/guest/lib/test.h"

extern const char code[], code_cli[], code_end[];

__asm__(".pushsection .rodata\n"
	"code: inb $0x80, %al\n	ud2\n"
	"code_cli: cli\n	ud2\n"
	"code_end:\n"
	".popsection");

static int64_t iopl(uint32_t level)
{
	struct physdev_set_iopl op = {.iopl = level};

	return hypercall2(HC_PHYSDEV_OP, PHYSDEVOP_set_iopl, (uint64_t)&op);
}

static uint64_t in32(uint16_t port, uint32_t *v)
{
	return TRAP_TRY_GET("inl %%dx, %%eax", "=a"(*v), "d"(port), "1"(0));
}

static void kernel(void)
{
	static const uint16_t ports[] = {0x20, 0x40, 0x60, 0x70, 0xcfc, 0x3f8, 0x402};
	unsigned int i;
	uint32_t v;

	test_trap("in with IOPL 0", 13, in32(0x80, &v));
	test_equal("set_iopl(1)", 0, iopl(1));
	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		test_equal(test_name("in from %x", ports[i]), 0, (int64_t)in32(ports[i], &v));
		test_equal(test_name("all ones from %x", ports[i]), 0xffffffff, v);
	}
	test_equal("out to the reset port", 0,
		   (int64_t)TRAP_TRY("outb %%al, %%dx", "a"(6), "d"(0xcf9)));
	test_equal("set_iopl(4)", -EINVAL, iopl(4));
	test_equal("set_iopl(0)", 0, iopl(0));
}

static unsigned int run(const char *from)
{
	struct trap_frame r;

	user_regs_init(&r, (uint64_t)(from - code));
	return user_run(&r);
}

static void user(void)
{
	static uint8_t bitmap[64];
	struct physdev_set_iobitmap op = {.bitmap = (uint64_t)bitmap, .nr_ports = 512};

	iopl(1);
	test_equal("user's in with IOPL 1", 13, run(code));
	test_equal("user's cli", 13, run(code_cli));
	iopl(3);
	test_equal("user's in with IOPL 3", 6, run(code));
	iopl(1);
	test_equal("set_iobitmap", 0,
		   hypercall2(HC_PHYSDEV_OP, PHYSDEVOP_set_iobitmap, (uint64_t)&op));
	test_equal("user's in by bitmap", 6, run(code));
	bitmap[0x80 / 8] = 0xff;
	test_equal("user's in against the bitmap", 13, run(code));
	op.nr_ports = 65537;
	test_equal("bitmap too long", -EINVAL,
		   hypercall2(HC_PHYSDEV_OP, PHYSDEVOP_set_iobitmap, (uint64_t)&op));
}

static void privileged(void)
{
	uint64_t v = 0;

	test_equal("mov from cr0", 0, (int64_t)TRAP_TRY_GET("mov %%cr0, %1", "=r"(v), "i"(0)));
	test_equal("PE and PG", 0x80000001, (int64_t)v & 0x80000001);
	test_equal("mov to cr0, same", 0, (int64_t)TRAP_TRY("mov %1, %%cr0", "r"(v)));
	test_trap("mov to cr0, paging off", 13, TRAP_TRY("mov %1, %%cr0", "r"(v & ~(1ul << 31))));
	test_equal("mov from cr4", 0, (int64_t)TRAP_TRY_GET("mov %%cr4, %1", "=r"(v), "i"(0)));
	test_equal("PAE", 0x20, (int64_t)v & 0x20);
	test_equal("mov to cr4, same", 0, (int64_t)TRAP_TRY("mov %1, %%cr4", "r"(v)));
	test_equal("mov from cr3", 0, (int64_t)TRAP_TRY_GET("mov %%cr3, %1", "=r"(v), "i"(0)));
	test_equal("cr3 is the root", (int64_t)guest_mfn((void *)boot_info->pt_base),
		   (int64_t)v >> 12);
	test_equal("clts", 0, (int64_t)TRAP_TRY("clts", "i"(0)));
	test_equal("wbinvd", 0, (int64_t)TRAP_TRY("wbinvd", "i"(0)));
	test_trap("lidt", 13, TRAP_TRY("lidt (%1)", "r"(&v)));
	test_trap("ltr", 13, TRAP_TRY("ltr %w1", "r"(0)));
	test_trap("sysret", 13, TRAP_TRY("sysretq", "i"(0)));
	test_trap("rdpmc", 13, TRAP_TRY("rdpmc", "c"(0)));
	test_trap("vmcall or its like", 6, TRAP_TRY(".byte 0x0f, 0x01, 0xc1", "i"(0)));
}

void test_main(void)
{
	int64_t rc = user_init(code, (size_t)(code_end - code));

	if (rc)
		test_give_up("user root", rc);
	kernel();
	user();
	privileged();
}
