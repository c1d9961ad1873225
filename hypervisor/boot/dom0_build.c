/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control domain: its share of the machine, its rights, and what its kernel is told. */
#include "build.h"
#include "domains.h"

#include <arch/console.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/heap.h>
#include <hv/irq.h>
#include <hv/string.h>

/* Left for the hypervisor and first guests when dom0_mem= does not say. */
#define DOM0_MIN_PAGES    (256ull << 8)  /* 256 MiB */
#define DOM0_MAX_PAGES    (4096ull << 8) /* 4 GiB */
#define HV_RESERVE_PAGES  (32ull << 8)
#define DOM0_EVTCHN_PORTS (EVTCHN_MAX_PORTS - 1)

static uint64_t dom0_pages(void)
{
	uint64_t free = heap_free_pages(), n = hv_options.dom0_mem >> PAGE_SHIFT;

	if (!n)
		n = MIN(MAX(free / 4, DOM0_MIN_PAGES), DOM0_MAX_PAGES);
	return MIN(n, free > HV_RESERVE_PAGES ? free - HV_RESERVE_PAGES : 0);
}

static void dom0_create(struct build *b)
{
	struct domain_config cfg = {
		.max_vcpus = hv_options.dom0_max_vcpus ? hv_options.dom0_max_vcpus
						       : cpumask_count(&cpus_online),
		.max_evtchn_port = DOM0_EVTCHN_PORTS,
		.max_grant_frames = BUILD_GRANT_FRAMES,
		.max_maptrack_frames = BUILD_MAPTRACK,
		.privileged = true,
	};
	int rc;

	cfg.max_vcpus = MIN(cfg.max_vcpus, (uint32_t)DOMAIN_MAX_VCPUS);
	rc = domain_create(0, &cfg, &b->d);
	if (!rc)
		rc = build_vcpus(b->d);
	if (!rc)
		rc = irq_domain_create(b->d);
	if (rc)
		panic("control domain can't be created (%d)", rc);
	b->d->pages.max = MAX(b->nr_pages, hv_options.dom0_mem_max >> PAGE_SHIFT);
	dom0_hw_grant(b->d);
}

/* A PV kernel looks for the RSDP only where BIOSes put it: it must be told what EFI said. */
static void dom0_cmdline(const struct build *b, char *out, size_t size)
{
	const char *text = b->kernel->text;
	paddr_t rsdp = boot_rsdp();

	if (rsdp.a && !strstr(text, "acpi_rsdp="))
		hv_snprintf(out, size, "%s acpi_rsdp=%#lx", text, rsdp.a);
	else
		hv_snprintf(out, size, "%s", text);
}

static void dom0_start_info(struct build *b)
{
	struct start_info *si = build_start_info(b);
	struct dom0_vga_console_info *vga = (struct dom0_vga_console_info *)(si + 1);

	si->flags |= SIF_PRIVILEGED | SIF_INITDOMAIN;
	dom0_cmdline(b, (char *)si->cmd_line, sizeof(si->cmd_line));
	if (boot_has_vga()) {
		vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
		vga->u.text_mode_3.font_height = 16;
		vga->u.text_mode_3.rows = 25;
		vga->u.text_mode_3.columns = 80;
		vga->u.text_mode_3.cursor_y = 24;
		si->console.dom0.info_off = sizeof(*si);
		si->console.dom0.info_size = sizeof(*vga);
	}
}

static void must(int rc, const struct build *b)
{
	if (rc)
		panic("control domain with %lu MiB: %s (%d)", b->nr_pages >> 8, b->why, rc);
}

void dom0_build(unsigned modules)
{
	struct build b = {.kernel = modules_get(0), .initrd = modules > 1 ? modules_get(1) : NULL};

	must(build_open(&b), &b);
	b.nr_pages = dom0_pages();
	must(build_plan(&b, true), &b);
	dom0_create(&b);
	must(build_load(&b), &b);
	dom0_start_info(&b);
	must(build_finish(&b), &b);
	log_info("control domain: %lu MiB, %u vCPUs, entry %lx", b.nr_pages >> 8, b.d->max_vcpus,
		 b.l.entry);
	build_end(&b);
	vga_release();
}
