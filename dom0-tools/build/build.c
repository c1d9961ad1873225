// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/elfnote.h"
#include "abi/shared_info.h"
#include "abi/start_info.h"
#include "build/build.h"
#include "lib/domctl.h"
#include "lib/foreign.h"
#include "lib/gnttab.h"
#include "lib/memory.h"
#include "lib/sysctl.h"

enum { LARGE_ORDER = 9, LARGE = 1 << LARGE_ORDER };

struct build {
	struct hv *hv;
	const struct kernel *k;
	const struct layout *l;
	const struct build_request *req;
	struct diag *d;
	mfn_t *p2m;
	uint8_t *main; /* mapped: from the kernel's first frame to the last page table */
	uint64_t main_first, main_n;
	uint64_t shared_info; /* frame */
};

static int no_memory(struct diag *d, uint64_t need, uint64_t have)
{
	diag_set(d, -ENOMEM, "not enough memory: the guest needs %llu MiB, %llu MiB are free",
		 (unsigned long long)need >> 8, (unsigned long long)have >> 8);
	return diag_hint(
		d, -ENOMEM,
		"lower memory in the configuration, end another guest, or take memory from "
		"the control domain: pav mem-set 0 SIZE");
}

/* Frames that nobody has nor was promised. */
static int free_frames(struct hv *hv, uint64_t *frames, struct diag *d)
{
	struct sysctl_physinfo p;
	int rc = sysctl_physinfo(hv, &p);

	if (rc)
		return diag_set(d, rc, "cannot ask the hypervisor for its state: %s",
				strerror(-rc));
	*frames = p.free_pages > p.outstanding_pages ? p.free_pages - p.outstanding_pages : 0;
	return 0;
}

int build_free_memory(struct hv *hv, uint64_t *kib, struct diag *d)
{
	int rc = free_frames(hv, kib, d);

	*kib <<= 2;
	return rc;
}

int build_check_memory(struct hv *hv, uint64_t frames, struct diag *d)
{
	uint64_t have = 0;
	int rc = free_frames(hv, &have, d);

	return rc || frames <= have ? rc : no_memory(d, frames, have);
}

/* Large extents where they fit, single frames for the rest. */
static int populate(struct build *b)
{
	uint64_t n = b->l->nr_pages, large = n >> LARGE_ORDER, done = 0, i, k;
	long rc;

	/* The list of extents is built in the p2m's own memory, at the front, and spread from the
	 * end. */
	for (i = 0; i < large; i++)
		b->p2m[i].n = i << LARGE_ORDER;
	rc = large ? memory_populate(b->hv, b->req->domid, LARGE_ORDER, &b->p2m[0].n, large) : 0;
	if (rc > 0)
		done = (uint64_t)rc << LARGE_ORDER;
	for (i = rc > 0 ? (uint64_t)rc : 0; i-- > 0;) {
		uint64_t first = b->p2m[i].n;

		for (k = LARGE; k-- > 0;)
			b->p2m[(i << LARGE_ORDER) + k].n = first + k;
	}
	for (i = done; i < n; i++)
		b->p2m[i].n = i;
	rc = n > done ? memory_populate(b->hv, b->req->domid, 0, &b->p2m[done].n, n - done) : 0;
	if (rc < 0)
		return diag_set(b->d, (int)rc, "cannot give the guest memory: %s",
				strerror((int)-rc));
	if (done + (uint64_t)rc < n)
		return diag_set(
			b->d, -ENOMEM, "the hypervisor gave %llu of the %llu MiB it promised",
			(unsigned long long)(done + (uint64_t)rc) >> 8, (unsigned long long)n >> 8);
	return 0;
}

/*
 * Of several creations that find memory enough for each, but not for all, some must not fail: what
 * there is goes to who asks for all of its share first. The domain's end gives up what is kept.
 */
static int take_memory(struct build *b)
{
	uint64_t have = 0;
	int rc = memory_claim(b->hv, b->req->domid, b->l->nr_pages);

	if (rc == -ENOMEM && !free_frames(b->hv, &have, b->d))
		return no_memory(b->d, b->l->nr_pages, have);
	if (rc)
		return diag_set(b->d, rc, "the hypervisor will not keep memory for the guest: %s",
				strerror(-rc));
	rc = populate(b);
	if (!rc)
		memory_claim(b->hv, b->req->domid, 0);
	return rc;
}

static int map_failed(struct build *b, const char *what)
{
	return diag_set(b->d, -errno, "cannot map the guest's %s: %s", what, strerror(errno));
}

static uint8_t *at(const struct build *b, uint64_t pfn)
{
	return b->main + ((pfn - b->main_first) << FRAME_SHIFT);
}

static int map_main(struct build *b)
{
	b->main_first = b->l->kernel.pfn;
	b->main_n = b->l->tables.at.pfn + b->l->tables.at.pages - b->main_first;
	b->main = foreign_map(b->hv, b->req->domid, 1, b->p2m + b->main_first, b->main_n);
	return b->main ? 0 : map_failed(b, "kernel range");
}

static void load_kernel(struct build *b)
{
	struct elf_segment s;
	unsigned int i;

	for (i = 0; i < b->k->elf.phnum; i++) {
		uint64_t off;

		elf_segment(&b->k->elf, i, &s);
		if (s.type != ELF_PT_LOAD)
			continue;
		off = s.paddr - b->l->paddr_offset - (b->main_first << FRAME_SHIFT);
		memcpy(b->main + off, s.bytes, s.filesz);
		memset(b->main + off + s.filesz, 0, s.memsz - s.filesz);
	}
}

static int load_initrd(struct build *b)
{
	const struct layout_region *r = &b->l->initrd;
	uint64_t len = b->k->initrd_len, done = 0;
	uint8_t *p;

	if (!r->pages)
		return 0;
	p = foreign_map(b->hv, b->req->domid, 1, b->p2m + r->pfn, r->pages);
	if (!p)
		return map_failed(b, "initrd range");
	while (done < len) {
		ssize_t n = pread(b->k->initrd, p + done, len - done, (off_t)done);

		if (n <= 0)
			break;
		done += (uint64_t)n;
	}
	memset(p + done, 0, (r->pages << FRAME_SHIFT) - done);
	foreign_unmap(p, r->pages);
	return done == len ? 0
			   : diag_set(b->d, -EIO, "the ramdisk became shorter while it was read");
}

static int load_p2m(struct build *b)
{
	const struct layout_region *r = &b->l->p2m;
	uint8_t *p = foreign_map(b->hv, b->req->domid, 1, b->p2m + r->pfn, r->pages);
	size_t used = b->l->nr_pages * sizeof(mfn_t);

	if (!p)
		return map_failed(b, "p2m");
	memcpy(p, b->p2m, used);
	/* Guests walk the list to the end of its last page. */
	memset(p + used, 0xff, (r->pages << FRAME_SHIFT) - used);
	foreign_unmap(p, r->pages);
	return 0;
}

static uint64_t frame_of(void *ctx, uint64_t pfn)
{
	return ((struct build *)ctx)->p2m[pfn].n;
}

static int load_tables(struct build *b)
{
	const struct layout_region *apart = &b->l->p2m_tables.at;
	uint64_t n = b->l->tables.at.pages, i;
	uint8_t *p;

	for (i = 0; i < n; i++)
		layout_table(b->l, i, frame_of, b, (uint64_t *)at(b, layout_table_pfn(b->l, i)));
	if (!apart->pages)
		return 0;
	p = foreign_map(b->hv, b->req->domid, 1, b->p2m + apart->pfn, apart->pages);
	if (!p)
		return map_failed(b, "page tables");
	for (; i < layout_table_count(b->l); i++)
		layout_table(b->l, i, frame_of, b,
			     (uint64_t *)(p + ((layout_table_pfn(b->l, i) - apart->pfn)
					       << FRAME_SHIFT)));
	foreign_unmap(p, apart->pages);
	return 0;
}

static void write_start_info(struct build *b, struct build_result *res)
{
	struct start_info *si = (struct start_info *)at(b, b->l->start_info.pfn);

	memset(si, 0, FRAME_SIZE);
	memset(at(b, b->l->store.pfn), 0, FRAME_SIZE);
	memset(at(b, b->l->console.pfn), 0, FRAME_SIZE);
	res->store = b->p2m[b->l->store.pfn];
	res->console = b->p2m[b->l->console.pfn];
	layout_start_info(b->l, si);
	si->shared_info = b->shared_info << FRAME_SHIFT;
	si->store_mfn = res->store.n;
	si->store_evtchn = b->req->store_port;
	si->console.domU.mfn = res->console.n;
	si->console.domU.evtchn = b->req->console_port;
	strncpy(si->cmd_line, b->req->cmdline, MAX_GUEST_CMDLINE - 1);
}

static int find_shared_info(struct build *b)
{
	struct domctl_getdomaininfo info;
	int rc = domctl_info(b->hv, b->req->domid, &info);

	b->shared_info = info.shared_info_frame;
	return rc ? diag_set(b->d, rc, "cannot read the new domain's state: %s", strerror(-rc)) : 0;
}

static int init_shared_info(struct build *b)
{
	mfn_t frame = {b->shared_info};
	struct shared_info *s = foreign_map(b->hv, b->req->domid, 1, &frame, 1);
	unsigned i;

	if (!s)
		return map_failed(b, "shared_info");
	memset(s, 0, FRAME_SIZE);
	for (i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		s->vcpu_info[i].evtchn_upcall_mask = 1;
	foreign_unmap(s, 1);
	return 0;
}

static int start_vcpu(struct build *b)
{
	struct vcpu_guest_context c = {.flags = VGCF_in_kernel | VGCF_online};
	int rc;

	c.user_regs.rip = b->l->entry;
	c.user_regs.rsp = b->l->stack_top;
	c.user_regs.rsi = b->l->start_info.va;
	c.user_regs.rflags = 1 << 9;
	c.user_regs.cs = FLAT_RING3_CS64;
	c.user_regs.ss = FLAT_RING3_SS64;
	c.kernel_ss = FLAT_RING3_SS64;
	c.kernel_sp = b->l->stack_top;
	c.ctrlreg[3] = b->p2m[b->l->tables.at.pfn].n << FRAME_SHIFT;
	rc = domctl_set_context(b->hv, b->req->domid, 0, &c);
	return rc ? diag_set(b->d, rc, "the hypervisor refused the first vCPU: %s", strerror(-rc))
		  : 0;
}

/* All that is written through the main mapping, which must be gone before tables are pinned. */
static int load(struct build *b, struct build_result *res)
{
	int rc = map_main(b);

	if (rc)
		return rc;
	load_kernel(b);
	rc = load_initrd(b);
	if (!rc)
		rc = load_p2m(b);
	if (!rc)
		rc = load_tables(b);
	if (!rc)
		write_start_info(b, res);
	foreign_unmap(b->main, b->main_n);
	return rc;
}

static int hypercall_page(struct build *b)
{
	uint64_t pfn = (b->k->notes.hypercall_page - b->l->virt_base) >> FRAME_SHIFT;
	int rc;

	if (!notes_have(&b->k->notes, XEN_ELFNOTE_HYPERCALL_PAGE))
		return 0;
	if (pfn < b->l->kernel.pfn || pfn >= b->l->kernel.pfn + b->l->kernel.pages)
		return diag_set(b->d, -ENOEXEC, "the kernel's hypercall page lies outside it");
	rc = domctl_hypercall_page(b->hv, b->req->domid, b->p2m[pfn].n);
	return rc ? diag_set(b->d, rc, "cannot write the hypercall page: %s", strerror(-rc)) : 0;
}

static int seal(struct build *b, const struct build_result *res)
{
	int rc = hypercall_page(b);

	if (rc)
		return rc;
	rc = memory_pin_l4(b->hv, b->req->domid, b->p2m[b->l->tables.at.pfn]);
	if (rc)
		return diag_set(b->d, rc, "the hypervisor refused the guest's page tables: %s",
				strerror(-rc));
	rc = init_shared_info(b);
	if (!rc)
		rc = start_vcpu(b);
	if (rc)
		return rc;
	rc = gnttab_seed(b->hv, b->req->domid, res->console, 0, res->store, 0);
	return rc ? diag_set(b->d, rc, "cannot write the guest's first grants: %s", strerror(-rc))
		  : 0;
}

int build_domain(struct hv *hv, const struct kernel *k, const struct build_request *req,
		 struct build_result *res, struct diag *d)
{
	struct build b = {.hv = hv, .k = k, .l = &k->layout, .req = req, .d = d};
	int rc;

	b.p2m = malloc(k->layout.nr_pages * sizeof(*b.p2m));
	if (!b.p2m)
		return diag_set(d, -ENOMEM, "out of memory for a list of %llu frames",
				(unsigned long long)k->layout.nr_pages);
	rc = find_shared_info(&b);
	if (!rc)
		rc = take_memory(&b);
	if (!rc)
		rc = load(&b, res);
	if (!rc)
		rc = seal(&b, res);
	free(b.p2m);
	return rc;
}
