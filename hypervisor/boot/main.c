/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start-up, in the order it happens. boot.S calls boot_main() on the boot stack, interrupts off. */
#include "acpi.h"
#include "domains.h"
#include "e820.h"
#include "modules.h"
#include "multiboot.h"

#include <arch/console.h>
#include <arch/dump.h>
#include <arch/mmu.h>
#include <arch/smp.h>
#include <arch/vcpu.h>
#include <asm/apic.h>
#include <asm/cpu_features.h>
#include <asm/desc.h>
#include <asm/ioapic.h>
#include <asm/narrow.h>
#include <asm/paging.h>
#include <asm/smp.h>
#include <asm/time.h>
#include <asm/vector.h>
#include <asm/window.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/heap.h>
#include <hv/pv_policy.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/version.h>

#define BOOT_MAP_END (4ull << 30) /* what boot.S maps */

extern char image_start[], image_end[];
NORETURN void stack_switch(void *top, void (*fn)(void));
NORETURN void boot_main(uint32_t magic, uint32_t info_pa);

static struct boot_info info;
static paddr_t rsdp;

/* The boot tables' view of memory, before the map is known. */
static const void *early_at(void *ctx, uint64_t pa, size_t len)
{
	(void)ctx;
	return pa + len <= BOOT_MAP_END ? (const void *)(DIRECTMAP_VA + pa) : NULL;
}

static const void *firmware_at(void *ctx, uint64_t pa, size_t len)
{
	(void)ctx;
	return arch_ioremap((paddr_t){pa}, len, true);
}

static void boot_info_init(uint32_t magic, uint32_t info_pa)
{
	struct phys_view view = {.at = early_at};
	int rc = multiboot_parse(&view, magic, info_pa, &info);

	cmdline_parse(info.cmdline);
	if (strstr(hv_options.console, "com1"))
		serial_init(hv_options.com1);
	console_replay(serial_write);
	log_at(LOG_INFO, "Pavise " HV_VERSION ", a hypervisor for paravirtualized guests");
	if (rc)
		panic("not started by a Multiboot loader that gives a memory map (%08x)", magic);
	log_info("loaded by '%s'%s, command line '%s'", info.loader, info.efi ? " (EFI)" : "",
		 cmdline_text());
	if (info.modules_left_out)
		log_warn("%u modules left out", info.modules_left_out);
}

/*
 * Below 1 MiB are firmware's tables, the screen, and perhaps modules. We take one free page for the
 * trampoline; the heap gets none of it.
 */
static void low_memory_init(void)
{
	uint64_t start, end;

	e820_reserve(0, PAGE_SIZE);
	if (e820_next_free(0, &start, &end) && start < 0xa0000)
		smp_trampoline = start;
	e820_reserve(0, LOW_MEMORY_END);
}

static void memory_map_init(void)
{
	static const char *const names[] = {"?", "RAM", "reserved", "ACPI", "NVS", "unusable"};
	uint64_t ram = 0;

	e820_init(info.e820, info.e820_count);
	for (unsigned i = 0; i < e820_count(); i++) {
		const struct e820_entry *e = e820_get(i);

		log_debug("memory %012lx-%012lx %s", e->addr, e->addr + e->size - 1,
			  names[e->type]);
		if (e->type == E820_RAM)
			ram += e->size;
	}
	e820_reserve((uint64_t)image_start - IMAGE_VA, (uint64_t)image_end - IMAGE_VA);
	modules_init(&info);
	low_memory_init();
	log_info("memory: %lu MiB in %u ranges, up to %lu MiB", ram >> 20, e820_count(),
		 e820_ram_end().n >> 8);
}

static void heap_init(void)
{
	struct ram_range ram[E820_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < e820_count(); i++) {
		const struct e820_entry *e = e820_get(i);
		/* The first MiB is firmware's: the control domain may map it as it may devices. */
		uint64_t start = DIV_ROUND_UP(MAX(e->addr, LOW_MEMORY_END), PAGE_SIZE);
		uint64_t end = MIN(e->addr + e->size, DIRECTMAP_VA_END - DIRECTMAP_VA) / PAGE_SIZE;

		if (e->type == E820_RAM && start < end)
			ram[n++] = (struct ram_range){mfn_make(start), mfn_make(end)};
	}
	frame_table_init(ram, n);
	e820_to_heap();
	log_info("heap: %lu MiB free", heap_free_pages() >> 8);
}

static void tables_init(void)
{
	struct phys_view view = {.at = firmware_at};
	const uint8_t *p = info.rsdp_len ? info.rsdp : NULL;
	size_t len = info.rsdp_len;

	rsdp.a = info.rsdp_pa;
	if (!p) {
		uint64_t pa = rsdp.a ? rsdp.a : acpi_find_rsdp(&view);

		p = pa ? phys_at(&view, pa, 36) : NULL;
		len = 36;
	}
	if (!p || acpi_parse(&view, p, len, &acpi))
		panic("no usable ACPI tables");
	log_info("ACPI: %u CPUs, %u IO-APICs, %u overrides, SCI %u, HPET %s, %u ECAM ranges, "
		 "reset register %s",
		 acpi.cpus, acpi.ioapics, acpi.overrides, acpi.sci, acpi.hpet ? "yes" : "no",
		 acpi.mcfgs, acpi.reset.addr ? "yes" : "no");
	if (acpi.bad_tables)
		log_warn("ACPI: %u damaged tables left out", acpi.bad_tables);
	if (!acpi.ioapics)
		panic("no IO-APIC");
}

paddr_t boot_rsdp(void)
{
	return rsdp;
}

bool boot_has_vga(void)
{
	return !info.efi && !info.framebuffer;
}

static void start_up(void)
{
	gdt_cpu_init(0);
	idt_init();
	idt_load();
	vga_init(boot_has_vga() && strstr(hv_options.console, "vga"));
	console_replay(vga_write);
	heap_init();
	tables_init();
	apic_init();
	ioapic_init();
	vector_cpu_init(0);
	time_init();
	smp_init();
	sched_init();
	smp_cpu_init(0);
	pv_policy_init(); /* with the FPU's components known */
	serial_irq_init();
	irq_enable();
	arch_smp_start();
	domains_build();
	arch_enter_guests();
}

void boot_main(uint32_t magic, uint32_t info_pa)
{
	boot_info_init(magic, info_pa);
	cpu_identify();
	log_info("CPU: %s, %s%s%s%s%s%s%s", cpu_features.vendor, cpu_features.model,
		 cpu_features.smep ? ", SMEP" : "", cpu_features.smap ? ", SMAP" : "",
		 cpu_features.umip ? ", UMIP" : "", cpu_features.pcid ? ", PCID" : "",
		 cpu_features.xsave ? ", XSAVE" : "", cpu_features.x2apic ? ", x2APIC" : "");
	cpu_patch_text();
	cpu_init_this();
	memory_map_init();
	paging_init();
	narrow_init();
	percpu_window_init(0);
	stack_switch(window_cpu_info(0), start_up);
}
