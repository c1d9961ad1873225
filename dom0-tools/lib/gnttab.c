// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/base.h"
#include "abi/gntdev.h"
#include "abi/grant.h"
#include "abi/memory.h"
#include "lib/foreign.h"
#include "lib/gnttab.h"

int gnttab_open(void)
{
	int fd = open("/dev/xen/gntdev", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

void *gnttab_map(int fd, uint16_t dom, uint32_t ref)
{
	struct gntdev_map_grant_ref m = {.count = 1, .refs = {{dom, ref}}};
	struct gntdev_unmap_grant_ref u = {.count = 1};
	void *p;
	int e;

	if (ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, &m) < 0)
		return NULL;
	p = mmap(NULL, FRAME_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)m.index);
	if (p != MAP_FAILED)
		return p;
	e = errno;
	u.index = m.index;
	ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &u);
	errno = e;
	return NULL;
}

void gnttab_unmap(int fd, void *page)
{
	struct gntdev_get_offset_for_vaddr o = {.vaddr = hv_ptr(page)};
	struct gntdev_unmap_grant_ref u = {.count = 1};

	if (!page || ioctl(fd, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &o) < 0)
		return;
	munmap(page, FRAME_SIZE);
	u.index = o.offset;
	u.count = o.count;
	ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &u);
}

/* Older way, for hypervisors without acquire_resource: have the table set up, map its frame. */
static void *table_by_frame(struct hv *hv, uint16_t dom)
{
	size_t mark = hv_mark(hv);
	struct gnttab_setup_table *s = hv_buf(hv, sizeof(*s));
	mfn_t *frame = hv_buf(hv, sizeof(*frame));
	void *p = NULL;
	long rc;

	s->dom = dom;
	s->nr_frames = 1;
	s->frame_list = hv_ptr(frame);
	rc = hv_call(hv, HC_GRANT_TABLE_OP, GNTTABOP_setup_table, hv_ptr(s), 1, 0);
	if (rc)
		errno = (int)-rc;
	else if (s->status)
		errno = EIO;
	else
		p = foreign_map(hv, dom, 1, frame, 1);
	hv_release(hv, mark);
	return p;
}

static void fill(struct grant_entry_v1 *e, mfn_t frame, uint16_t to)
{
	e->domid = to;
	e->frame = (uint32_t)frame.n;
	__atomic_store_n(&e->flags, GTF_permit_access, __ATOMIC_RELEASE);
}

static struct grant_entry_v1 *first_frame(struct hv *hv, uint16_t dom)
{
	struct grant_entry_v1 *table = foreign_map_resource(
		hv, dom, XENMEM_resource_grant_table, XENMEM_resource_grant_table_id_shared, 0, 1);

	return table ? table : table_by_frame(hv, dom);
}

int gnttab_seed(struct hv *hv, uint16_t dom, mfn_t console, uint16_t console_dom, mfn_t store,
		uint16_t store_dom)
{
	struct grant_entry_v1 *table = first_frame(hv, dom);

	if (!table)
		return -errno;
	fill(&table[GNTTAB_RESERVED_CONSOLE], console, console_dom);
	fill(&table[GNTTAB_RESERVED_XENSTORE], store, store_dom);
	foreign_unmap(table, 1);
	return 0;
}

int gnttab_seeded(struct hv *hv, uint16_t dom, mfn_t *console, mfn_t *store)
{
	struct grant_entry_v1 *table = first_frame(hv, dom);

	if (!table)
		return -errno;
	console->n = table[GNTTAB_RESERVED_CONSOLE].frame;
	store->n = table[GNTTAB_RESERVED_XENSTORE].frame;
	foreign_unmap(table, 1);
	return 0;
}
