/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two guests and nothing but what one lends the other: the borrower maps and copies what it was
 * lent, in the way it was lent, hears of the lender by an event channel, and can reach nothing else
 * of it, neither by its frame numbers nor by references that are for somebody else. When it has let
 * go, the lender has all back. A broken hypervisor is a hole between customers.
 */
#include <errno.h>
#include <string.h>

#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define WAIT (60 * TIME_S)

/* What lies in the page lent for writing. */
struct shared {
	uint32_t readonly_ref, others_ref, port;
	uint32_t done; /* by the borrower, last */
	uint64_t private_mfn;
	uint32_t failed; /* a bit per check of the borrower */
	uint32_t checks;
};

static volatile unsigned int heard;

static void on_event(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	heard++;
}

static uint64_t poll_number(const char *path, uint64_t none)
{
	uint64_t end = time_now() + WAIT, v = none;

	while (v == none && time_now() < end) {
		v = store_number(path, none);
		if (v == none)
			time_wait(NULL, NULL, 50 * TIME_MS);
	}
	return v;
}

static bool is_done(void *arg)
{
	return ((volatile struct shared *)arg)->done;
}

static void lend(uint16_t self, uint16_t peer)
{
	volatile struct shared *s = page_alloc();
	char *readonly = page_alloc(), *others = page_alloc(), own[8], reader[8];
	const char *perms[] = {own, reader};
	uint32_t ref = (uint32_t)grant_access(peer, (void *)s, false);

	memset(readonly, 'r', GUEST_PAGE);
	s->readonly_ref = (uint32_t)grant_access(peer, readonly, true);
	s->others_ref = (uint32_t)grant_access(0x1234, others, false);
	s->private_mfn = guest_mfn(others);
	s->port = (uint32_t)event_alloc(peer, on_event, NULL);
	text_format(own, sizeof(own), "n%u", self);
	text_format(reader, sizeof(reader), "r%u", peer);
	store_printf(STORE_NONE, "data/ref", "%u", ref);
	test_equal("let the peer read", 0, store_set_perms(STORE_NONE, "data/ref", perms, 2));
	if (!test_true("the peer has finished", time_wait(is_done, (void *)s, WAIT)))
		return;
	test_true("heard of the peer", heard);
	test_true("the peer checked", s->checks >= 10);
	test_equal("failed over there", 0, s->failed);
	test_true("what was lent read-only is as it was", readonly[0] == 'r' && readonly[9] == 'r');
	test_true("what was not lent too", !others[0]);
	time_wait(NULL, NULL, 300 * TIME_MS);
	test_equal("take back", 0, grant_end(ref));
	test_equal("take the read-only one back", 0, grant_end(s->readonly_ref));
	test_equal("take the other one back", 0, grant_end(s->others_ref));
}

static volatile struct shared *board;

static void check(bool holds)
{
	if (!holds)
		board->failed |= 1u << board->checks;
	board->checks++;
}

static int16_t copy_from(uint16_t peer, uint32_t ref, void *to)
{
	struct gnttab_copy c = {.source = {.u.ref = ref, .domid = peer},
				.dest = {.u.gmfn = guest_mfn(to), .domid = DOMID_SELF},
				.len = 16,
				.flags = GNTCOPY_source_gref};

	grant_op(GNTTABOP_copy, &c);
	return c.status;
}

static int64_t foreign_map(uint16_t peer, void *va, uint64_t mfn)
{
	struct mmu_update u = {.ptr = paging_maddr(paging_entry((uint64_t)va)),
			       .val = mfn << 12 | PAGING_RW};

	return hypercall4(HC_MMU_UPDATE, (uint64_t)&u, 1, 0, peer);
}

static void use(uint16_t peer, uint32_t ref)
{
	char *page = page_alloc(), *window = page_alloc();
	uint32_t handle, readonly;
	int64_t port;

	paging_set((uint64_t)window, 0);
	paging_set((uint64_t)page, 0);
	if (grant_map(peer, ref, (uint64_t)window, 0, &handle))
		test_give_up("map the board", -1);
	board = (volatile struct shared *)window;
	check(!grant_map(peer, board->readonly_ref, (uint64_t)page, GNTMAP_readonly, &readonly));
	check(page[5] == 'r');
	check(TRAP_IS(trap_write(page, 0), 14));
	check(!grant_unmap((uint64_t)page, readonly));
	check(grant_map(peer, board->readonly_ref, (uint64_t)page, 0, &readonly) < 0);
	check(grant_map(peer, board->others_ref, (uint64_t)page, 0, &readonly) < 0);
	check(paging_set((uint64_t)page, board->private_mfn << 12 | PAGING_RW) < 0);
	check(foreign_map(peer, page, board->private_mfn) < 0);
	paging_writable(page);
	check(copy_from(peer, board->readonly_ref, page) == GNTST_okay && page[3] == 'r');
	check(copy_from(peer, board->others_ref, page) < 0);
	port = event_connect(peer, board->port, on_event, NULL);
	check(port > 0);
	check(event_connect(peer, board->port, on_event, NULL) < 0);
	check(!event_notify((uint32_t)port));
	__atomic_store_n(&board->done, 1, __ATOMIC_SEQ_CST);
	test_equal("unmap the board", GNTST_okay, grant_unmap((uint64_t)window, handle));
}

void test_main(void)
{
	uint16_t self, peer = (uint16_t)boot_option_number("peer", 0);
	char path[48];

	if (store_init())
		test_give_up("store", -1);
	self = (uint16_t)store_number("domid", 0);
	if (!peer) {
		peer = (uint16_t)poll_number("data/peer", 0);
		test_true("a peer came", peer);
		lend(self, peer);
		return;
	}
	text_format(path, sizeof(path), "/local/domain/%u/data/ref", peer);
	use(peer, (uint32_t)poll_number(path, 0));
}
