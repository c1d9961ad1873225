/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds the control domain: kernel payload -> ELF and notes -> layout -> frames, contents, page
 * tables, first vCPU. The layout itself is shared with the control domain's own builder
 * (guest-abi/bootproto); here are the machine's frames and the privileges.
 */
#include "dom0_build.h"
#include "unpack.h"

#include <abi/start_info.h>
#include <arch/console.h>
#include <arch/mmu.h>
#include <guest-abi/bootproto/bzimage.h>
#include <guest-abi/bootproto/elf.h>
#include <guest-abi/bootproto/layout.h>
#include <guest-abi/bootproto/notes.h>
#include <hv/boot.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/irq.h>
#include <hv/m2p.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include <hv/string.h>

/* Left for the hypervisor and first guests when dom0_mem= does not say. */
#define DOM0_MIN_PAGES      (256ull << 8)  /* 256 MiB */
#define DOM0_MAX_PAGES      (4096ull << 8) /* 4 GiB */
#define HV_RESERVE_PAGES    (32ull << 8)
#define DOM0_EVTCHN_PORTS   (EVTCHN_MAX_PORTS - 1)
#define DOM0_GRANT_FRAMES   64u
#define DOM0_MAPTRACK       1024u
#define SEGMENT_CHUNK_ORDER 9u /* allocate 2 MiB at a time */

struct dom0 {
	struct domain *d;
	const struct boot_module *kernel, *initrd;
	uint8_t *image; /* decompressed kernel; NULL when the module is an ELF itself */
	size_t image_len;
	struct elf_image elf;
	struct bootproto_notes notes;
	struct layout l;
	uint64_t *p2m; /* machine frame of each pfn */
	unsigned p2m_order;
	uint64_t nr_pages;
};

static const void *module_data(const struct boot_module *m)
{
	return frame_virt(paddr_to_mfn(m->start));
}

static uint8_t *pfn_virt(const struct dom0 *b, uint64_t pfn)
{
	return frame_virt(mfn_make(b->p2m[pfn]));
}

static uint64_t p2m_lookup(void *ctx, uint64_t pfn)
{
	const struct dom0 *b = ctx;

	return b->p2m[pfn];
}

/* Module 0 to an opened ELF image with notes. */
static void dom0_open_kernel(struct dom0 *b)
{
	struct bzimage bz;
	const char *why = "";
	const void *elf;
	size_t len;
	int rc;

	b->kernel = modules_get(0);
	b->initrd = modules_get(1);
	if (!b->kernel)
		panic("no module for the control domain: give the boot loader its kernel");
	rc = bzimage_open(module_data(b->kernel), b->kernel->size, &bz, &why);
	if (rc)
		panic("control domain's kernel (module 0): %s (%d)", why, rc);
	elf = bz.payload;
	len = bz.payload_len;
	if (bz.kind != BZIMAGE_ELF) {
		rc = unpack_payload(bz.payload, bz.payload_len, &b->image, &b->image_len, &why);
		if (rc)
			panic("control domain's kernel (module 0) %s (%d)", why, rc);
		elf = b->image;
		len = b->image_len;
	}
	rc = elf_open(elf, len, &b->elf, &why);
	if (!rc)
		rc = notes_read(&b->elf, &b->notes, &why);
	if (rc)
		panic("control domain's kernel (module 0): %s (%d)", why, rc);
}

static void dom0_plan(struct dom0 *b)
{
	struct layout_request req = {.control = true};
	const char *why = "";
	uint64_t free = heap_free_pages();
	int rc;

	b->nr_pages = hv_options.dom0_mem >> PAGE_SHIFT;
	if (!b->nr_pages)
		b->nr_pages = MIN(MAX(free / 4, DOM0_MIN_PAGES), DOM0_MAX_PAGES);
	b->nr_pages = MIN(b->nr_pages, free > HV_RESERVE_PAGES ? free - HV_RESERVE_PAGES : 0);
	req.nr_pages = b->nr_pages;
	req.initrd_len = b->initrd ? b->initrd->size : 0;
	rc = layout_plan(&b->elf, &b->notes, &req, &b->l, &why);
	if (rc)
		panic("control domain with %lu MiB: %s (%d); see dom0_mem=", b->nr_pages >> 8, why,
		      rc);
}

static void dom0_create(struct dom0 *b)
{
	struct domain_config cfg = {
		.max_vcpus = hv_options.dom0_max_vcpus ? hv_options.dom0_max_vcpus
						       : cpumask_count(&cpus_online),
		.max_evtchn_port = DOM0_EVTCHN_PORTS,
		.max_grant_frames = DOM0_GRANT_FRAMES,
		.max_maptrack_frames = DOM0_MAPTRACK,
		.privileged = true,
	};
	int rc;

	cfg.max_vcpus = MIN(cfg.max_vcpus, (uint32_t)DOMAIN_MAX_VCPUS);
	rc = domain_create(0, &cfg, &b->d);
	spin_lock(&b->d->lock);
	for (uint32_t i = 0; !rc && i < cfg.max_vcpus; i++)
		rc = vcpu_create(b->d, i);
	spin_unlock(&b->d->lock);
	if (!rc)
		rc = irq_domain_create(b->d);
	if (rc)
		panic("control domain can't be created (%d)", rc);
	b->d->pages.max = MAX(b->nr_pages, hv_options.dom0_mem_max >> PAGE_SHIFT);
	dom0_hw_grant(b->d);
}

/*
 * All frames of the domain, in runs as long as there are. What the firmware or a former run left in
 * them is no secret from this domain, which may map any frame: they are not cleared.
 */
static void dom0_populate(struct dom0 *b)
{
	struct page *pg;
	uint64_t pfn = 0;

	b->p2m_order = heap_order(b->nr_pages * sizeof(*b->p2m));
	pg = heap_alloc(b->p2m_order, 0);
	if (!pg)
		panic("control domain: no memory for its frame list");
	b->p2m = frame_virt(page_mfn(pg));
	while (pfn < b->nr_pages) {
		unsigned order = SEGMENT_CHUNK_ORDER;

		while ((1ull << order) > b->nr_pages - pfn)
			order--;
		while (!(pg = domain_alloc_pages(b->d, order, 0, MEMF_NO_SCRUB)) && order)
			order--;
		if (!pg)
			panic("control domain: only %lu of %lu MiB to be had", pfn >> 8,
			      b->nr_pages >> 8);
		for (uint64_t i = 0; i < 1ull << order; i++, pfn++) {
			b->p2m[pfn] = page_mfn(pg).n + i;
			m2p_set(mfn_make(b->p2m[pfn]), pfn);
		}
	}
}

/*
 * Store @len bytes, zeroes if @src is null, at a pseudo-physical address. The layout keeps it
 * within the domain.
 */
static void dom0_store(struct dom0 *b, uint64_t paddr, const void *src, uint64_t len)
{
	const uint8_t *from = src;

	while (len) {
		uint64_t in_page = MIN(len, PAGE_SIZE - paddr % PAGE_SIZE);
		uint8_t *to = pfn_virt(b, paddr >> PAGE_SHIFT) + paddr % PAGE_SIZE;

		if (from)
			memcpy(to, from, in_page);
		else
			memset(to, 0, in_page);
		from = from ? from + in_page : NULL;
		paddr += in_page;
		len -= in_page;
	}
}

/* Kernels of before the inline SYSCALL call stubs that they expect in a page of theirs. */
static void dom0_hypercall_page(struct dom0 *b)
{
	uint64_t pfn = (b->notes.hypercall_page - b->l.virt_base) >> PAGE_SHIFT;

	if (!notes_have(&b->notes, XEN_ELFNOTE_HYPERCALL_PAGE))
		return;
	if (pfn < b->l.kernel.pfn || pfn >= b->l.kernel.pfn + b->l.kernel.pages)
		panic("control domain's kernel: its hypercall page lies outside it");
	pv_hypercall_page_fill(pfn_virt(b, pfn));
}

static void dom0_load(struct dom0 *b)
{
	struct elf_segment seg;

	for (unsigned i = 0; i < b->elf.phnum; i++) {
		uint64_t at;

		elf_segment(&b->elf, i, &seg);
		if (seg.type != ELF_PT_LOAD)
			continue;
		at = seg.paddr - b->l.paddr_offset;
		dom0_store(b, at, seg.bytes, seg.filesz);
		dom0_store(b, at + seg.filesz, NULL, seg.memsz - seg.filesz);
	}
	dom0_hypercall_page(b);
	if (b->initrd)
		dom0_store(b, b->l.initrd.pfn << PAGE_SHIFT, module_data(b->initrd),
			   b->initrd->size);
	dom0_store(b, b->l.p2m.pfn << PAGE_SHIFT, b->p2m, b->nr_pages * sizeof(*b->p2m));
	/* Linux reads on to the end of the last page of the list. */
	memset(pfn_virt(b, b->l.p2m.pfn + b->nr_pages * 8 / PAGE_SIZE) +
		       b->nr_pages * 8 % PAGE_SIZE,
	       0xff, b->nr_pages * 8 % PAGE_SIZE ? PAGE_SIZE - b->nr_pages * 8 % PAGE_SIZE : 0);
}

/* A PV kernel looks for the RSDP only where BIOSes put it: it must be told what EFI said. */
static void dom0_cmdline(const struct dom0 *b, char *out, size_t size)
{
	const char *text = b->kernel->text;
	paddr_t rsdp = boot_rsdp();

	if (rsdp.a && !strstr(text, "acpi_rsdp="))
		hv_snprintf(out, size, "%s acpi_rsdp=%#lx", text, rsdp.a);
	else
		hv_snprintf(out, size, "%s", text);
}

static void dom0_start_info(struct dom0 *b)
{
	uint8_t *page = pfn_virt(b, b->l.start_info.pfn);
	struct start_info *si = (struct start_info *)page;
	struct dom0_vga_console_info *vga = (struct dom0_vga_console_info *)(si + 1);

	memset(page, 0, PAGE_SIZE);
	layout_start_info(&b->l, si);
	si->flags |= SIF_PRIVILEGED | SIF_INITDOMAIN;
	si->shared_info = mfn_to_paddr(virt_frame(b->d->shared_info)).a;
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

static void dom0_page_tables(struct dom0 *b)
{
	for (uint64_t i = 0; i < layout_table_count(&b->l); i++)
		layout_table(&b->l, i, p2m_lookup, b,
			     (uint64_t *)(void *)pfn_virt(b, layout_table_pfn(&b->l, i)));
}

static void dom0_first_vcpu(struct dom0 *b)
{
	struct vcpu_guest_context *c = mem_alloc(sizeof(*c));
	mfn_t root = mfn_make(b->p2m[layout_table_pfn(&b->l, 0)]);
	struct vcpu *v = b->d->vcpu[0];
	int rc;

	if (!c)
		panic("control domain: no memory for its first context");
	c->flags = VGCF_in_kernel | VGCF_online;
	c->user_regs.rip = b->l.entry;
	c->user_regs.rsp = b->l.stack_top;
	c->user_regs.rsi = b->l.start_info.va;
	c->user_regs.rflags = 1ul << 9;
	c->user_regs.cs = FLAT_RING3_CS64;
	c->user_regs.ss = FLAT_RING3_SS64;
	c->kernel_ss = FLAT_RING3_SS64;
	c->kernel_sp = b->l.stack_top;
	c->ctrlreg[3] = mfn_to_paddr(root).a;
	/* A kernel unpins its first root when it has its own. Checking is long; timers run. */
	while ((rc = page_pin(root, b->d, PGT_L4)) == -ERESTART)
		softirq_run();
	if (!rc)
		rc = pv_context_set(v, c);
	mem_free(c);
	if (!rc)
		rc = vcpu_up(v);
	if (rc)
		panic("control domain's first page tables or registers are refused (%d)", rc);
}

void dom0_build(void)
{
	struct dom0 b = {0};

	dom0_open_kernel(&b);
	dom0_plan(&b);
	dom0_create(&b);
	dom0_populate(&b);
	dom0_load(&b);
	dom0_start_info(&b);
	dom0_page_tables(&b);
	if (b.image)
		unpack_free(b.image, b.image_len);
	modules_release();
	dom0_first_vcpu(&b);
	heap_free(page_of(virt_frame(b.p2m)), b.p2m_order);
	log_info("control domain: %lu MiB, %u vCPUs, entry %lx", b.nr_pages >> 8, b.d->max_vcpus,
		 b.l.entry);
	vga_release();
	b.d->controller_pause = 0;
	domain_unpause(b.d);
}
