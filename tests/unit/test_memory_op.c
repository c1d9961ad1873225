// SPDX-License-Identifier: GPL-2.0-or-later
/* memory_op: reservations, balloon, exchange, maps; who may, what a full or bad argument does. */
#include "mm_main.h"
#include <abi/base.h>
#include <abi/memory.h>

static struct domain *dom0, *d;

static void domains(void)
{
	dom0 = sim_domain(0);
	d = sim_domain(1);
	dom0->config.max_grant_frames = d->config.max_grant_frames = 4;
	sim_run(d->vcpu[0]);
}

static int64_t memop(uint64_t cmd, const void *arg)
{
	int64_t rc = hc_memory_op(cmd, (uint64_t)arg, 0, 0, 0);

	while (rc == HOST_RESTARTED)
		rc = hc_memory_op(host_restart.args[0], host_restart.args[1], 0, 0, 0);
	sim_check();
	return rc;
}

static struct memory_reservation reservation(uint64_t *list, uint64_t n, uint32_t order)
{
	return (struct memory_reservation){(uint64_t)list, n, order, 0, DOMID_SELF, {0}};
}

START_TEST(populate_and_decrease)
{
	uint64_t list[6] = {10, 11, 12, 13, 14, 15};
	struct memory_reservation r;

	domains();
	r = reservation(list, 6, 0);
	host_preempt_after = 0; /* restarted after each extent */
	ck_assert_int_eq(memop(XENMEM_populate_physmap, &r), 6);
	ck_assert_uint_ge(host_restart.count, 5);
	host_preempt_after = -1;
	for (unsigned i = 0; i < 6; i++)
		ck_assert_uint_eq(m2p_get(mfn_make(list[i])), 10 + i);
	ck_assert_uint_eq(d->pages.tot, 6);
	ck_assert_int_eq(memop(XENMEM_decrease_reservation, &r), 6);
	ck_assert_uint_eq(d->pages.tot, 0);
	ck_assert_int_eq(memop(XENMEM_decrease_reservation, &r), 0);
}
END_TEST

START_TEST(counts_are_short_at_limits)
{
	uint64_t list[6] = {0};
	struct memory_reservation r;

	domains();
	d->pages.max = 4;
	r = reservation(list, 6, 0);
	ck_assert_int_eq(memop(XENMEM_populate_physmap, &r), 4);
	r = reservation(list, 1, 10);
	ck_assert_int_eq(memop(XENMEM_populate_physmap, &r), 0); /* order too large */
	r = reservation((uint64_t *)8, 1, 0);
	d->pages.max = 100;
	ck_assert_int_eq(memop(XENMEM_increase_reservation, &r), 0); /* cannot be told */
	ck_assert_uint_eq(d->pages.tot, 4);
	r = reservation(NULL, 3, 0);
	ck_assert_int_eq(memop(XENMEM_increase_reservation, &r), 3);
	r.domid = 0;
	ck_assert_int_eq(memop(XENMEM_increase_reservation, &r), 0); /* not privileged */
	ck_assert_int_eq(memop(XENMEM_populate_physmap, (void *)8), 0);
}
END_TEST

START_TEST(blocks_are_populated_for_others_by_the_control_domain)
{
	static struct shared_info shared;
	uint64_t list[2] = {512, 1024};
	struct memory_reservation r;

	domains();
	sim_run(dom0->vcpu[0]);
	r = reservation(list, 1, 8);
	r.domid = 1;
	ck_assert_int_eq(memop(XENMEM_populate_physmap, &r), 1);
	ck_assert_uint_eq(list[0] % 256, 0);
	ck_assert_uint_eq(m2p_get(mfn_make(list[0] + 255)), 512 + 255);
	ck_assert_uint_eq(d->pages.tot, 256);
	ck_assert_int_eq(memop(XENMEM_current_reservation, &r.domid), 256);
	ck_assert_int_eq(memop(XENMEM_maximum_reservation, &r.domid), SIM_FRAMES);
	ck_assert_int_eq(memop(XENMEM_maximum_gpfn, &r.domid), 0);
	d->shared_info = &shared;
	ck_assert_int_eq(memop(XENMEM_maximum_gpfn, &r.domid), 0);
	shared.arch.max_pfn = 700;
	ck_assert_int_eq(memop(XENMEM_maximum_gpfn, &r.domid), 699);
	d->shared_info = NULL;
	r.domid = 9;
	ck_assert_int_eq(memop(XENMEM_current_reservation, &r.domid), -ESRCH);
	ck_assert_int_eq(memop(XENMEM_current_reservation, (void *)8), -EFAULT);
}
END_TEST

/* What Linux does for a DMA buffer: single frames for one block below a limit, and back. */
START_TEST(exchange_is_all_or_nothing)
{
	uint64_t in[4], out = 77, back[4] = {1, 2, 3, 4}, before;
	struct memory_exchange x;

	domains();
	for (unsigned i = 0; i < 4; i++) {
		in[i] = sim_frame(d).n;
		m2p_set(mfn_make(in[i]), i);
	}
	x = (struct memory_exchange){.in = reservation(in, 4, 0), .out = reservation(&out, 1, 2)};
	x.out.mem_flags = 13; /* nothing below 8 KiB */
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -ENOMEM);
	x.out.mem_flags = 22;
	ck_assert_int_eq(page_get(mfn_make(in[2]), d), 0); /* in use */
	before = heap_free_pages();
	ck_assert_int_eq(hc_memory_op(XENMEM_exchange, (uint64_t)&x, 0, 0, 0), -EBUSY);
	ck_assert_uint_eq(x.nr_exchanged, 0);
	ck_assert_uint_eq(heap_free_pages(), before);
	ck_assert_uint_eq(m2p_get(mfn_make(in[3])), 3);
	page_put(page_of(mfn_make(in[2])));
	ck_assert_int_eq(memop(XENMEM_exchange, &x), 0);
	ck_assert_uint_eq(x.nr_exchanged, 4);
	ck_assert_uint_lt(out, 1u << 10);
	ck_assert_uint_eq(out % 4, 0);
	ck_assert_uint_eq(m2p_get(mfn_make(out + 3)), 80);
	ck_assert_uint_eq(m2p_get(mfn_make(in[0])), M2P_INVALID);
	ck_assert_uint_eq(d->pages.tot, 4);
	ck_assert_int_eq(page_get(mfn_make(in[0]), d), -EINVAL);
	x = (struct memory_exchange){.in = reservation(&out, 1, 2), .out = reservation(back, 4, 0)};
	ck_assert_int_eq(memop(XENMEM_exchange, &x), 0);
	ck_assert_uint_eq(d->pages.tot, 4);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(m2p_get(mfn_make(back[i])), i + 1);
}
END_TEST

START_TEST(exchange_checks_its_arguments)
{
	uint64_t in = 5, out = 6;
	struct memory_exchange x;

	domains();
	x = (struct memory_exchange){.in = reservation(&in, 2, 0), .out = reservation(&out, 1, 0)};
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -EINVAL);
	x.in.nr_extents = 1;
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -EINVAL); /* not its frame */
	x.in.domid = 0;
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -EPERM);
	x.in.domid = DOMID_SELF;
	x.in.extent_order = x.out.extent_order = 10;
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -EPERM);
	ck_assert_int_eq(memop(XENMEM_exchange, (void *)8), -EFAULT);
	x.out.extent_order = x.in.extent_order = 0;
	x.nr_exchanged = 9;
	ck_assert_int_eq(memop(XENMEM_exchange, &x), -EINVAL);
}
END_TEST

START_TEST(claims_are_for_the_control_domain)
{
	struct memory_reservation r = reservation(NULL, 100, 0);

	domains();
	ck_assert_int_eq(memop(XENMEM_claim_pages, &r), -EPERM);
	sim_run(dom0->vcpu[0]);
	r.domid = 1;
	ck_assert_int_eq(memop(XENMEM_claim_pages, &r), 0);
	ck_assert_uint_eq(heap_claimed_pages(), 100);
	r.nr_extents = 0;
	ck_assert_int_eq(memop(XENMEM_claim_pages, &r), 0);
	ck_assert_uint_eq(heap_claimed_pages(), 0);
	r.extent_order = 1;
	ck_assert_int_eq(memop(XENMEM_claim_pages, &r), -EINVAL);
}
END_TEST

/* Two domains that each find memory enough, as there is for one of them only. */
START_TEST(of_two_claims_for_the_last_memory_one_holds)
{
	static uint64_t list[SIM_FRAMES];
	struct memory_reservation one, two;
	struct domain *e;
	uint64_t want;

	domains();
	e = sim_domain(2);
	sim_run(dom0->vcpu[0]);
	want = heap_free_pages() * 6 / 10;
	one = reservation(NULL, want, 0);
	one.domid = d->id;
	two = one;
	two.domid = e->id;
	ck_assert_int_eq(memop(XENMEM_claim_pages, &one), 0);
	ck_assert_int_eq(memop(XENMEM_claim_pages, &two), -ENOMEM);
	ck_assert_uint_eq(e->pages.outstanding_claim, 0);
	/* Without a claim it gets the rest, and leaves the other one's share alone. */
	two.extent_start = one.extent_start = (uint64_t)list;
	ck_assert_int_lt(memop(XENMEM_populate_physmap, &two), (int64_t)want);
	ck_assert_uint_eq(heap_free_pages(), want);
	ck_assert_int_eq(memop(XENMEM_populate_physmap, &one), (int64_t)want);
	ck_assert_uint_eq(heap_claimed_pages(), 0);
	ck_assert_uint_eq(heap_free_pages(), 0);
}
END_TEST

START_TEST(maps_of_machine_and_domain)
{
	struct e820_entry map[2] = {{0, 1 << 20, E820_RAM}}, got[2] = {{0}};
	struct memory_foreign_map f = {.domid = 1, .map = {.nr_entries = 1}};
	struct memory_map m = {.nr_entries = 2};

	domains();
	m.buffer = (uint64_t)got;
	f.map.buffer = (uint64_t)map;
	ck_assert_int_eq(memop(XENMEM_memory_map, &m), -ENOSYS);
	ck_assert_int_eq(memop(XENMEM_machine_memory_map, &m), -EPERM);
	ck_assert_int_eq(memop(XENMEM_set_memory_map, &f), -EPERM);
	sim_run(dom0->vcpu[0]);
	ck_assert_int_eq(memop(XENMEM_set_memory_map, &f), 0);
	ck_assert_int_eq(memop(XENMEM_machine_memory_map, &m), 0);
	ck_assert_uint_eq(m.nr_entries, 1);
	ck_assert_uint_eq(got[0].size, SIM_FRAMES * PAGE_SIZE);
	m.nr_entries = 0;
	ck_assert_int_eq(memop(XENMEM_machine_memory_map, &m), -EINVAL);
	f.map.nr_entries = 1000;
	ck_assert_int_eq(memop(XENMEM_set_memory_map, &f), -EINVAL);
	sim_run(d->vcpu[0]);
	m.nr_entries = 2;
	ck_assert_int_eq(memop(XENMEM_memory_map, &m), 0);
	ck_assert_uint_eq(m.nr_entries, 1);
	ck_assert_mem_eq(&got[0], &map[0], sizeof(map[0]));
}
END_TEST

START_TEST(m2p_is_described)
{
	struct memory_machphys_mapping m = {0};
	uint64_t frames[3] = {0};
	struct memory_machphys_mfn_list l = {.max_extents = 3};

	domains();
	l.extent_start = (uint64_t)frames;
	ck_assert_int_eq(memop(XENMEM_machphys_mapping, &m), 0);
	ck_assert_uint_eq(m.v_start, MACH2PHYS_VIRT_START);
	ck_assert_uint_eq(m.max_mfn, SIM_FRAMES - 1);
	ck_assert_int_eq(memop(XENMEM_machphys_mfn_list, &l), -EPERM);
	sim_run(dom0->vcpu[0]);
	ck_assert_int_eq(memop(XENMEM_machphys_mfn_list, &l), 0);
	ck_assert_uint_eq(l.nr_extents, 1);
	ck_assert_uint_eq(frames[0], arch_m2p_frame(0).n);
	ck_assert_int_eq(memop(XENMEM_maximum_ram_page, NULL), SIM_FRAMES);
}
END_TEST

START_TEST(resources_are_grant_frames)
{
	uint64_t frames[2] = {0};
	struct memory_acquire_resource a = {.domid = 1, .type = XENMEM_resource_grant_table};

	domains();
	ck_assert_int_eq(memop(XENMEM_acquire_resource, &a), -EPERM);
	sim_run(dom0->vcpu[0]);
	ck_assert_int_eq(memop(XENMEM_acquire_resource, &a), 0);
	ck_assert_uint_eq(a.nr_frames, 4);
	a.nr_frames = 2;
	a.frame = 1;
	a.frame_list = (uint64_t)frames;
	ck_assert_int_eq(memop(XENMEM_acquire_resource, &a), 0);
	ck_assert_uint_eq(frames[1], 102);
	a.frame = 3;
	ck_assert_int_eq(memop(XENMEM_acquire_resource, &a), -EINVAL);
	a.type = XENMEM_resource_ioreq_server;
	ck_assert_int_eq(memop(XENMEM_acquire_resource, &a), -EOPNOTSUPP);
}
END_TEST

START_TEST(the_rest_is_refused)
{
	domains();
	ck_assert_int_eq(memop(XENMEM_add_to_physmap, NULL), -ENOSYS);
	ck_assert_int_eq(memop(XENMEM_get_sharing_freed_pages, NULL), -ENOSYS);
	ck_assert_int_eq(memop(XENMEM_get_vnumainfo, NULL), -EOPNOTSUPP);
	ck_assert_int_eq(memop(63, NULL), -ENOSYS);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		populate_and_decrease,
		counts_are_short_at_limits,
		blocks_are_populated_for_others_by_the_control_domain,
		exchange_is_all_or_nothing,
		exchange_checks_its_arguments,
		claims_are_for_the_control_domain,
		of_two_claims_for_the_last_memory_one_holds,
		maps_of_machine_and_domain,
		m2p_is_described,
		resources_are_grant_frames,
		the_rest_is_refused,
	};

	return run_cases("memory_op", cases, ARRAY_SIZE(cases));
}
