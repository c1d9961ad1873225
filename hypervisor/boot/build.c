/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"
#include "unpack.h"

#include <arch/mmu.h>
#include <guest-abi/bootproto/bzimage.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/m2p.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include <hv/string.h>

#define CHUNK_ORDER 9u /* allocate 2 MiB at a time */

static int fail(struct build *b, int rc, const char *why)
{
	b->why = why;
	return rc;
}

static uint64_t p2m_lookup(void *ctx, uint64_t pfn)
{
	const struct build *b = ctx;

	return b->p2m[pfn];
}

int build_vcpus(struct domain *d)
{
	int rc = 0;

	spin_lock(&d->lock);
	for (uint32_t i = 0; !rc && i < d->max_vcpus; i++)
		rc = vcpu_create(d, i);
	spin_unlock(&d->lock);
	return rc;
}

int build_open(struct build *b)
{
	struct bzimage bz;
	const void *elf;
	size_t len;
	int rc = bzimage_open(modules_data(b->kernel), b->kernel->size, &bz, &b->why);

	if (rc)
		return rc;
	elf = bz.payload;
	len = bz.payload_len;
	if (bz.kind != BZIMAGE_ELF) {
		rc = unpack_payload(bz.payload, bz.payload_len, &b->image, &b->image_len, &b->why);
		if (rc)
			return rc;
		elf = b->image;
		len = b->image_len;
	}
	rc = elf_open(elf, len, &b->elf, &b->why);
	return rc ? rc : notes_read(&b->elf, &b->notes, &b->why);
}

int build_plan(struct build *b, bool control)
{
	struct layout_request req = {
		.nr_pages = b->nr_pages,
		.initrd_len = b->initrd ? b->initrd->size : 0,
		.control = control,
	};

	return layout_plan(&b->elf, &b->notes, &req, &b->l, &b->why);
}

/*
 * All frames of the domain, in runs as long as there are. What the firmware or a former run left in
 * them is no secret from the control domain, which may map any frame: for it they are not cleared.
 */
static int populate(struct build *b)
{
	struct page *pg;
	uint64_t pfn = 0;

	b->p2m_order = heap_order(b->nr_pages * sizeof(*b->p2m));
	pg = heap_alloc(b->p2m_order, 0);
	if (!pg)
		return fail(b, -ENOMEM, "no memory for the list of its frames");
	b->p2m = frame_virt(page_mfn(pg));
	while (pfn < b->nr_pages) {
		unsigned order = CHUNK_ORDER;

		while ((1ull << order) > b->nr_pages - pfn)
			order--;
		while (!(pg = domain_alloc_pages(b->d, order, 0, MEMF_NO_SCRUB)) && order)
			order--;
		if (!pg)
			return fail(b, -ENOMEM, "there is not enough memory");
		if (!b->d->privileged)
			memset(page_virt(pg), 0, PAGE_SIZE << order);
		for (uint64_t i = 0; i < 1ull << order; i++, pfn++) {
			b->p2m[pfn] = page_mfn(pg).n + i;
			m2p_set(mfn_make(b->p2m[pfn]), pfn);
		}
	}
	return 0;
}

/*
 * Store @len bytes, zeroes if @src is null, at a pseudo-physical address. The layout keeps it
 * within the domain.
 */
static void store(struct build *b, uint64_t paddr, const void *src, uint64_t len)
{
	const uint8_t *from = src;

	while (len) {
		uint64_t in_page = MIN(len, PAGE_SIZE - paddr % PAGE_SIZE);
		uint8_t *to = (uint8_t *)build_page(b, paddr >> PAGE_SHIFT) + paddr % PAGE_SIZE;

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
static int fill_hypercall_page(struct build *b)
{
	uint64_t pfn = (b->notes.hypercall_page - b->l.virt_base) >> PAGE_SHIFT;

	if (!notes_have(&b->notes, XEN_ELFNOTE_HYPERCALL_PAGE))
		return 0;
	if (pfn < b->l.kernel.pfn || pfn >= b->l.kernel.pfn + b->l.kernel.pages)
		return fail(b, -ENOEXEC, "its hypercall page lies outside it");
	pv_hypercall_page_fill(build_page(b, pfn));
	return 0;
}

static void fill_start_info(struct build *b)
{
	struct start_info *si = build_start_info(b);

	memset(si, 0, PAGE_SIZE);
	layout_start_info(&b->l, si);
	si->shared_info = mfn_to_paddr(virt_frame(b->d->shared_info)).a;
}

int build_load(struct build *b)
{
	struct elf_segment seg;
	int rc = populate(b);

	if (rc)
		return rc;
	for (unsigned i = 0; i < b->elf.phnum; i++) {
		uint64_t at;

		elf_segment(&b->elf, i, &seg);
		if (seg.type != ELF_PT_LOAD)
			continue;
		at = seg.paddr - b->l.paddr_offset;
		store(b, at, seg.bytes, seg.filesz);
		store(b, at + seg.filesz, NULL, seg.memsz - seg.filesz);
	}
	if (b->initrd)
		store(b, b->l.initrd.pfn << PAGE_SHIFT, modules_data(b->initrd), b->initrd->size);
	store(b, b->l.p2m.pfn << PAGE_SHIFT, b->p2m, b->nr_pages * sizeof(*b->p2m));
	/* Linux reads on to the end of the last page of the list. */
	if (b->nr_pages * 8 % PAGE_SIZE)
		memset((uint8_t *)build_page(b, b->l.p2m.pfn + b->nr_pages * 8 / PAGE_SIZE) +
			       b->nr_pages * 8 % PAGE_SIZE,
		       0xff, PAGE_SIZE - b->nr_pages * 8 % PAGE_SIZE);
	fill_start_info(b);
	return fill_hypercall_page(b);
}

static int first_vcpu(struct build *b)
{
	struct vcpu_guest_context *c = mem_alloc(sizeof(*c));
	mfn_t root = mfn_make(b->p2m[layout_table_pfn(&b->l, 0)]);
	struct vcpu *v = b->d->vcpu[0];
	int rc;

	if (!c)
		return fail(b, -ENOMEM, "no memory for its first context");
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
	return rc ? fail(b, rc, "its first page tables or registers are refused") : 0;
}

int build_finish(struct build *b)
{
	for (uint64_t i = 0; i < layout_table_count(&b->l); i++)
		layout_table(&b->l, i, p2m_lookup, b, build_page(b, layout_table_pfn(&b->l, i)));
	return first_vcpu(b);
}

void build_end(struct build *b)
{
	if (b->image)
		unpack_free(b->image, b->image_len);
	if (b->p2m)
		heap_free(page_of(virt_frame(b->p2m)), b->p2m_order);
}
