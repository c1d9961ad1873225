/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants: tables, maps, unmaps, copies, what the granter sees, and what death leaves. */
#include <abi/base.h>
#include <abi/grant.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

static struct domain *d0, *d1, *d2;
static struct grant_entry_v1 *table; /* of d1 */

static int64_t op(struct domain *d, unsigned cmd, void *arg, uint64_t n)
{
	sim_enter(d->vcpu[0]);
	return hc_grant_table_op(cmd, (uint64_t)(uintptr_t)arg, n, 0, 0);
}

static void setup(void)
{
	mfn_t mfn;

	sim_start(1);
	d0 = sim_domain(0, 1);
	d1 = sim_domain(1, 1);
	d2 = sim_domain(2, 1);
	ck_assert_int_eq(grant_table_frame(d1, 0, &mfn), 0);
	table = frame_virt(mfn);
}

static mfn_t grant(uint32_t ref, domid_t to, uint16_t flags)
{
	mfn_t mfn = sim_frame(d1);

	table[ref] = (struct grant_entry_v1){flags, to, (uint32_t)mfn.n};
	return mfn;
}

static struct gnttab_map_grant_ref map(struct domain *by, uint32_t ref, uint32_t flags, uint64_t at)
{
	struct gnttab_map_grant_ref m = {
		.host_addr = at,
		.flags = flags,
		.ref = ref,
		.dom = 1,
		.status = 99,
	};

	ck_assert_int_eq(op(by, GNTTABOP_map_grant_ref, &m, 1), 0);
	return m;
}

static int unmap(struct domain *by, uint32_t handle, uint64_t at, uint64_t bus)
{
	struct gnttab_unmap_grant_ref u = {
		.host_addr = at, .dev_bus_addr = bus, .handle = handle, .status = 99};

	ck_assert_int_eq(op(by, GNTTABOP_unmap_grant_ref, &u, 1), 0);
	return u.status;
}

static uint64_t refs(mfn_t mfn)
{
	return page_of(mfn)->count & PGC_COUNT_MASK;
}

/* Handles that @d holds, and entries of its own that are in use. */
static void check_usage(struct domain *d, uint32_t maps, uint32_t used)
{
	struct grant_usage u;

	grant_usage(d, &u);
	ck_assert_uint_eq(u.maps, maps);
	ck_assert_uint_eq(u.used, used);
	/* Maptrack: one page where maps were made. Granter: one of entries, one of counts. */
	ck_assert_uint_eq(u.pages, d == d1 ? 2 : 1);
}

START_TEST(set_up)
{
	uint64_t frames[8] = {0};
	struct gnttab_setup_table s = {
		.dom = DOMID_SELF, .nr_frames = 3, .frame_list = (uint64_t)(uintptr_t)frames};
	struct gnttab_query_size q = {.dom = DOMID_SELF};
	struct gnttab_set_version sv = {2};
	struct gnttab_get_version gv = {.dom = 1};
	struct grant_entry_v1 *first;

	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_okay);
	ck_assert(frames[0] && frames[1] && frames[2] && !frames[3]);
	first = frame_virt(mfn_make(frames[0]));
	first[5].frame = 77;
	s.nr_frames = 8;
	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_ptr_eq(frame_virt(mfn_make(frames[0])), first);
	ck_assert_uint_eq(first[5].frame, 77);
	/* The guest may map them, and nobody else. */
	ck_assert_int_eq(page_get_and_type(mfn_make(frames[7]), d2, PGT_WRITABLE), 0);
	page_put_and_type(page_of(mfn_make(frames[7])));
	ck_assert_int_eq(page_get(mfn_make(frames[7]), d1), -EINVAL);
	s.nr_frames = 9;
	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_general_error);
	s = (struct gnttab_setup_table){.dom = 1, .nr_frames = 1, .frame_list = s.frame_list};
	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_permission_denied);
	ck_assert_int_eq(op(d0, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_okay);
	ck_assert_ptr_eq(frame_virt(mfn_make(frames[0])), table);
	s.dom = 55;
	ck_assert_int_eq(op(d0, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_bad_domain);
	s = (struct gnttab_setup_table){.dom = DOMID_SELF, .nr_frames = 1, .frame_list = 8};
	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 1), 0);
	ck_assert_int_eq(s.status, GNTST_bad_virt_addr);
	ck_assert_int_eq(op(d2, GNTTABOP_setup_table, &s, 2), -EINVAL);

	ck_assert_int_eq(op(d2, GNTTABOP_query_size, &q, 1), 0);
	ck_assert_uint_eq(q.nr_frames, 8);
	ck_assert_uint_eq(q.max_nr_frames, 8);
	q.dom = 1;
	ck_assert_int_eq(op(d2, GNTTABOP_query_size, &q, 1), 0);
	ck_assert_int_eq(q.status, GNTST_permission_denied);
	ck_assert_int_eq(op(d2, GNTTABOP_query_size, &q, 0), -EINVAL);

	ck_assert_int_eq(op(d2, GNTTABOP_set_version, &sv, 1), -ENOSYS);
	ck_assert_uint_eq(sv.version, 1);
	ck_assert_int_eq(op(d2, GNTTABOP_set_version, &sv, 1), 0);
	sv.version = 3;
	ck_assert_int_eq(op(d2, GNTTABOP_set_version, &sv, 1), -EINVAL);
	ck_assert_int_eq(op(d2, GNTTABOP_get_version, &gv, 1), -EPERM);
	ck_assert_int_eq(op(d0, GNTTABOP_get_version, &gv, 1), 0);
	ck_assert_uint_eq(gv.version, 1);
	gv.dom = 55;
	ck_assert_int_eq(op(d0, GNTTABOP_get_version, &gv, 1), -ESRCH);
}
END_TEST

START_TEST(refused_commands)
{
	char arg[64] = {0};
	const unsigned absent[] = {GNTTABOP_dump_table,
				   GNTTABOP_transfer,
				   GNTTABOP_get_status_frames,
				   GNTTABOP_swap_grant_ref,
				   GNTTABOP_cache_flush,
				   13,
				   1000};

	for (unsigned i = 0; i < ARRAY_SIZE(absent); i++)
		ck_assert_int_eq(op(d1, absent[i], arg, 1), -ENOSYS);
	ck_assert_int_eq(op(d1, GNTTABOP_map_grant_ref, arg, 1ull << 31), -EINVAL);
	ck_assert_int_eq(op(d1, GNTTABOP_map_grant_ref, (void *)8, 1), -EFAULT);
	ck_assert_int_eq(op(d1, GNTTABOP_map_grant_ref, (void *)8, 0), 0);
	ck_assert_int_eq(op(d1, GNTTABOP_unmap_grant_ref, (void *)8, 1), -EFAULT);
	ck_assert_int_eq(op(d1, GNTTABOP_copy, (void *)8, 1), -EFAULT);
}
END_TEST

START_TEST(map_and_unmap)
{
	mfn_t mfn = grant(9, 0, GTF_permit_access);
	struct gnttab_map_grant_ref rw = map(d0, 9, GNTMAP_host_map, SIM_VA(3)), ro;

	ck_assert_int_eq(rw.status, GNTST_okay);
	ck_assert_uint_eq(rw.dev_bus_addr, mfn.n << PAGE_SHIFT);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access | GTF_reading | GTF_writing);
	ck_assert(sim_ptes[3].owner == d0 && sim_ptes[3].writable);
	ck_assert_uint_eq(refs(mfn), 2);
	ro = map(d0, 9, GNTMAP_host_map | GNTMAP_readonly | GNTMAP_contains_pte, SIM_PTE(4));
	ck_assert_int_eq(ro.status, GNTST_okay);
	ck_assert_uint_ne(ro.handle, rw.handle);
	ck_assert(!sim_ptes[4].writable);
	check_usage(d0, 2, 0);
	check_usage(d1, 0, 1);

	host_flushes.full = 0;
	ck_assert_int_eq(unmap(d0, rw.handle, SIM_VA(3), 0), GNTST_okay);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access | GTF_reading);
	ck_assert_uint_eq(refs(mfn), 2);
	ck_assert_int_eq(unmap(d0, rw.handle, SIM_VA(3), 0), GNTST_bad_handle);
	/* At another place than it was mapped: nothing happens. */
	ck_assert_int_eq(unmap(d0, ro.handle, SIM_PTE(3), 0), GNTST_general_error);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access | GTF_reading);
	ck_assert_int_eq(unmap(d0, ro.handle, SIM_PTE(4), 0), GNTST_okay);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access);
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_uint_eq(page_of(mfn)->type & PGT_COUNT_MASK, 0);
	ck_assert_int_eq(unmap(d0, 5000, SIM_VA(3), 0), GNTST_bad_handle);
	ck_assert_int_eq(unmap(d2, 0, SIM_VA(3), 0), GNTST_bad_handle);
	check_usage(d0, 0, 0);
	check_usage(d1, 0, 0);
}
END_TEST

START_TEST(map_refusals)
{
	mfn_t mfn = grant(9, 0, GTF_permit_access | GTF_readonly);
	const uint32_t host = GNTMAP_host_map;

	ck_assert_int_eq(map(d0, 9, host, SIM_VA(0)).status, GNTST_general_error);
	ck_assert_int_eq(map(d2, 9, host | GNTMAP_readonly, SIM_VA(0)).status, GNTST_general_error);
	ck_assert_int_eq(map(d0, 9, 0, SIM_VA(0)).status, GNTST_bad_gntref);
	ck_assert_int_eq(map(d0, 10, host, SIM_VA(0)).status, GNTST_general_error);
	ck_assert_int_eq(map(d0, 512, host, SIM_VA(0)).status, GNTST_bad_gntref);
	ck_assert_int_eq(map(d0, UINT32_MAX, host, SIM_VA(0)).status, GNTST_bad_gntref);
	ck_assert_int_eq(map(d0, 9, host | GNTMAP_readonly, SIM_VA(999)).status,
			 GNTST_general_error);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access | GTF_readonly);
	ck_assert_uint_eq(refs(mfn), 1);
	/* Somebody else's frame, and one that is none. */
	table[11] = (struct grant_entry_v1){GTF_permit_access, 0, (uint32_t)sim_frame(d2).n};
	ck_assert_int_eq(map(d0, 11, host, SIM_VA(0)).status, GNTST_bad_page);
	table[11].frame = 0xfffffff0;
	ck_assert_int_eq(map(d0, 11, host, SIM_VA(0)).status, GNTST_bad_page);
	ck_assert_uint_eq(table[11].flags, GTF_permit_access);
	for (unsigned type = 0; type < 4; type++) {
		table[12] = (struct grant_entry_v1){(uint16_t)type, 0, (uint32_t)mfn.n};
		if (type != GTF_permit_access)
			ck_assert_int_eq(map(d0, 12, host, SIM_VA(0)).status, GNTST_general_error);
	}
	{
		struct gnttab_map_grant_ref m = {.host_addr = SIM_VA(0), .flags = host, .dom = 55};

		ck_assert_int_eq(op(d0, GNTTABOP_map_grant_ref, &m, 1), 0);
		ck_assert_int_eq(m.status, GNTST_bad_domain);
	}
}
END_TEST

START_TEST(device_part)
{
	mfn_t mfn = grant(9, 0, GTF_permit_access);
	struct gnttab_map_grant_ref m = map(d0, 9, GNTMAP_host_map | GNTMAP_device_map, SIM_VA(1));

	ck_assert_int_eq(m.status, GNTST_okay);
	ck_assert_uint_eq(refs(mfn), 3);
	ck_assert_int_eq(unmap(d0, m.handle, 0, m.dev_bus_addr + PAGE_SIZE), GNTST_bad_dev_addr);
	ck_assert_int_eq(unmap(d0, m.handle, SIM_VA(1), 0), GNTST_okay);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access | GTF_reading | GTF_writing);
	ck_assert_int_eq(unmap(d0, m.handle, 0, m.dev_bus_addr), GNTST_okay);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access);
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_int_eq(unmap(d0, m.handle, 0, m.dev_bus_addr), GNTST_bad_handle);
	/* A device part alone, then both at once. */
	m = map(d0, 9, GNTMAP_device_map, 0);
	ck_assert_int_eq(m.status, GNTST_okay);
	ck_assert_int_eq(unmap(d0, m.handle, 0, m.dev_bus_addr), GNTST_okay);
	m = map(d0, 9, GNTMAP_host_map | GNTMAP_device_map | GNTMAP_readonly, SIM_VA(1));
	ck_assert_int_eq(unmap(d0, m.handle, SIM_VA(1), m.dev_bus_addr), GNTST_okay);
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access);
}
END_TEST

/* The guest overwrote the entry itself: the reference went then, the handle is left dangling. */
START_TEST(overwritten_entry)
{
	mfn_t mfn = grant(9, 0, GTF_permit_access);
	struct gnttab_map_grant_ref m = map(d0, 9, GNTMAP_host_map, SIM_VA(1));

	sim_pte_clear(1);
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_int_eq(unmap(d0, m.handle, SIM_VA(1), 0), GNTST_general_error);
	ck_assert_uint_eq(refs(mfn), 1);
	sim_kill(d0);
	control_domain = NULL;
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access);
}
END_TEST

START_TEST(replace)
{
	mfn_t a = grant(9, 0, GTF_permit_access), b = grant(10, 0, GTF_permit_access);
	struct gnttab_map_grant_ref ma = map(d0, 9, GNTMAP_host_map, SIM_VA(1));
	struct gnttab_map_grant_ref mb = map(d0, 10, GNTMAP_host_map, SIM_VA(2));
	struct gnttab_unmap_and_replace r = {
		.host_addr = SIM_VA(1), .new_addr = SIM_VA(2), .handle = ma.handle};

	ck_assert_int_eq(op(d0, GNTTABOP_unmap_and_replace, &r, 1), 0);
	ck_assert_int_eq(r.status, GNTST_okay);
	ck_assert_uint_eq(refs(a), 1);
	ck_assert_uint_eq(refs(b), 2);
	ck_assert(sim_ptes[2].owner == NULL && mfn_eq(sim_ptes[1].mfn, b));
	ck_assert_int_eq(unmap(d0, mb.handle, SIM_VA(1), 0), GNTST_okay);
}
END_TEST

START_TEST(self_grant)
{
	mfn_t mfn = grant(20, 1, GTF_permit_access);
	struct gnttab_map_grant_ref m = map(d1, 20, GNTMAP_host_map, SIM_VA(1));

	ck_assert_int_eq(m.status, GNTST_okay);
	ck_assert_int_eq(unmap(d1, m.handle, SIM_VA(1), 0), GNTST_okay);
	ck_assert_uint_eq(refs(mfn), 1);
}
END_TEST

START_TEST(handle_limit)
{
	struct gnttab_map_grant_ref m;
	unsigned n = 0, first;

	grant(9, 0, GTF_permit_access);
	while (!(m = map(d0, 9, GNTMAP_host_map, SIM_VA(1))).status)
		n++;
	ck_assert_int_eq(m.status, GNTST_no_device_space);
	ck_assert_uint_eq(n, 4 * 256);
	/* All but the last were overwritten; that one can go, and its handle comes back. */
	first = n - 1;
	ck_assert_int_eq(unmap(d0, first, SIM_VA(1), 0), GNTST_okay);
	ck_assert_int_eq(map(d0, 9, GNTMAP_host_map, SIM_VA(1)).status, GNTST_okay);
}
END_TEST

START_TEST(batches)
{
	struct gnttab_map_grant_ref m[70];
	struct gnttab_unmap_grant_ref u[70];

	for (unsigned i = 0; i < 70; i++) {
		grant(100 + i, 0, GTF_permit_access);
		m[i] = (struct gnttab_map_grant_ref){
			.host_addr = SIM_VA(i), .ref = 100 + i, .flags = GNTMAP_host_map, .dom = 1};
	}
	host_preempt_after = 30;
	ck_assert_int_eq(op(d0, GNTTABOP_map_grant_ref, m, 70), HOST_RESTARTED);
	ck_assert_uint_eq(host_restart.nr, HC_GRANT_TABLE_OP);
	ck_assert_uint_eq(host_restart.args[2], 40);
	host_preempt_after = -1;
	ck_assert_int_eq(hc_grant_table_op(host_restart.args[0], host_restart.args[1],
					   host_restart.args[2], 0, 0),
			 0);
	for (unsigned i = 0; i < 70; i++) {
		ck_assert_int_eq(m[i].status, GNTST_okay);
		u[i] = (struct gnttab_unmap_grant_ref){.host_addr = SIM_VA(i),
						       .handle = m[i].handle};
	}
	u[33].handle = 999;
	cpumask_set(&d0->dirty_cpus, 0);
	host_flushes.full = 0;
	ck_assert_int_eq(op(d0, GNTTABOP_unmap_grant_ref, u, 70), 0);
	ck_assert_uint_eq(host_flushes.full, 3);
	for (unsigned i = 0; i < 70; i++)
		ck_assert_int_eq(u[i].status, i == 33 ? GNTST_bad_handle : GNTST_okay);
	ck_assert_int_eq(unmap(d0, m[33].handle, SIM_VA(33), 0), GNTST_okay);
	/* A fault half way: what was unmapped before it is finished all the same. */
	m[0] = map(d0, 100, GNTMAP_host_map, SIM_VA(0));
	ck_assert_int_eq(m[0].status, GNTST_okay);
}
END_TEST

static int copy(struct domain *by, struct gnttab_copy c)
{
	c.status = 99;
	ck_assert_int_eq(op(by, GNTTABOP_copy, &c, 1), 0);
	return c.status;
}

START_TEST(copies)
{
	mfn_t src = grant(30, 0, GTF_permit_access | GTF_readonly),
	      dst = grant(31, 0, GTF_permit_access);
	mfn_t own = sim_frame(d0), other = sim_frame(d2);
	char *s = frame_virt(src), *o = frame_virt(own), *t = frame_virt(dst);
	struct gnttab_copy c =
				   {
					   .source = {.u.ref = 30, .domid = 1, .offset = 100},
					   .dest = {.u.gmfn = own.n,
						    .domid = DOMID_SELF,
						    .offset = 200},
					   .len = 50,
					   .flags = GNTCOPY_source_gref,
				   },
			   k;

	memset(s + 100, 'x', 50);
	ck_assert_int_eq(copy(d0, c), GNTST_okay);
	ck_assert_int_eq(o[199], 0);
	ck_assert_int_eq(o[200], 'x');
	ck_assert_int_eq(o[249], 'x');
	ck_assert_int_eq(o[250], 0);
	ck_assert_uint_eq(table[30].flags, GTF_permit_access | GTF_readonly);

	/* From own to granted, whole page; from granted to granted. */
	k = (struct gnttab_copy){.source = {.u.gmfn = own.n, .domid = DOMID_SELF},
				 .dest = {.u.ref = 31, .domid = 1},
				 .len = PAGE_SIZE,
				 .flags = GNTCOPY_dest_gref};
	ck_assert_int_eq(copy(d0, k), GNTST_okay);
	ck_assert_int_eq(t[249], 'x');
	k = (struct gnttab_copy){.source = {.u.ref = 30, .domid = 1, .offset = 100},
				 .dest = {.u.ref = 31, .domid = 1, .offset = 4000},
				 .len = 50,
				 .flags = GNTCOPY_source_gref | GNTCOPY_dest_gref};
	ck_assert_int_eq(copy(d0, k), GNTST_okay);
	ck_assert_int_eq(t[4049], 'x');

	k = c;
	k.len = 4000;
	ck_assert_int_eq(copy(d0, k), GNTST_bad_copy_arg);
	k = c;
	k.dest.offset = PAGE_SIZE;
	ck_assert_int_eq(copy(d0, k), GNTST_bad_copy_arg);
	k = c;
	k.dest.domid = 0;
	ck_assert_int_eq(copy(d0, k), GNTST_permission_denied);
	k = c;
	k.dest.u.gmfn = other.n;
	ck_assert_int_eq(copy(d0, k), GNTST_bad_page);
	k = c;
	k.source.domid = 55;
	ck_assert_int_eq(copy(d0, k), GNTST_bad_domain);
	k = c;
	k.source.u.ref = 4096;
	ck_assert_int_eq(copy(d0, k), GNTST_bad_gntref);
	/* Not writable for us. */
	k = (struct gnttab_copy){.source = {.u.gmfn = own.n, .domid = DOMID_SELF},
				 .dest = {.u.ref = 30, .domid = 1},
				 .len = 1,
				 .flags = GNTCOPY_dest_gref};
	ck_assert_int_eq(copy(d0, k), GNTST_general_error);
	ck_assert_uint_eq(refs(src), 1);
	ck_assert_uint_eq(refs(dst), 1);
	ck_assert_uint_eq(refs(own), 1);
	ck_assert_uint_eq(table[31].flags, GTF_permit_access);
}
END_TEST

START_TEST(mapper_dies)
{
	mfn_t mfn = grant(9, 2, GTF_permit_access);

	ck_assert_int_eq(map(d2, 9, GNTMAP_host_map | GNTMAP_device_map, SIM_VA(1)).status,
			 GNTST_okay);
	ck_assert_int_eq(map(d2, 9, GNTMAP_host_map | GNTMAP_readonly, SIM_VA(2)).status,
			 GNTST_okay);
	ck_assert_uint_eq(refs(mfn), 4);
	check_usage(d2, 2, 0);
	sim_kill(d2);
	check_usage(d1, 0, 0);
	ck_assert_uint_eq(refs(mfn), 1);
	ck_assert_uint_eq(page_of(mfn)->type & PGT_COUNT_MASK, 0);
	ck_assert_uint_eq(table[9].flags, GTF_permit_access);
}
END_TEST

START_TEST(granter_dies)
{
	mfn_t mfn = grant(9, 0, GTF_permit_access);
	struct gnttab_map_grant_ref m = map(d0, 9, GNTMAP_host_map, SIM_VA(1));
	struct domain *zombie;

	((char *)frame_virt(mfn))[7] = 'z';
	sim_kill(d1);
	/* Still there for the mapper, and for the list; no new use of it. */
	zombie = domain_get(1);
	ck_assert_ptr_eq(zombie, d1);
	ck_assert_uint_eq(zombie->state, DOMAIN_DEAD);
	ck_assert_uint_eq(zombie->pages.tot, 1);
	domain_put(zombie);
	ck_assert_int_eq(((char *)frame_virt(mfn))[7], 'z');
	ck_assert_int_ne(map(d0, 9, GNTMAP_host_map, SIM_VA(2)).status, GNTST_okay);
	ck_assert_int_eq(grant_table_frame(d1, 0, &mfn), -EINVAL);
	ck_assert_int_eq(grant_table_frame(d1, 1, &mfn), -EINVAL);
	ck_assert_int_eq(unmap(d0, m.handle, SIM_VA(1), 0), GNTST_okay);
	sim_enter(NULL);
	sim_kill(d2);
	ck_assert_ptr_null(domain_get(1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("grant");
	TCase *tc = tcase_create("grant");

	tcase_add_checked_fixture(tc, setup, sim_stop);
	tcase_add_test(tc, set_up);
	tcase_add_test(tc, refused_commands);
	tcase_add_test(tc, map_and_unmap);
	tcase_add_test(tc, map_refusals);
	tcase_add_test(tc, device_part);
	tcase_add_test(tc, overwritten_entry);
	tcase_add_test(tc, replace);
	tcase_add_test(tc, self_grant);
	tcase_add_test(tc, handle_limit);
	tcase_add_test(tc, batches);
	tcase_add_test(tc, copies);
	tcase_add_test(tc, mapper_dies);
	tcase_add_test(tc, granter_dies);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
