// SPDX-License-Identifier: GPL-2.0-or-later
/* A domain through the stream: what arrives is what left, whatever fails leaves words. */
#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/mmu.h"
#include "abi/shared_info.h"
#include "abi/start_info.h"
#include "stream/dump.h"
#include "stream/restore.h"
#include "stream/save.h"
#include "suite.h"
#include "vm_sim.h"

/* The guest: pages 0 to 599, its tables and lists among them. */
enum {
	PAGES = 600,
	L4 = 1,
	L3,
	L2,
	L1,
	GDT,
	START,
	STORE,
	CONSOLE,
	USER_L4,
	LEAF0,
	LEAF1,
	HOLE = 100,
	WRITTEN = 200,
	FROM = 0x5000,
	TO = 0x9000,
};
#define LIST_VA 0x8000000000ULL

static struct vm *from, *to;
static struct wire w;
static struct diag d;
static bool suspended;
static void (*at_suspend)(void);

/* The frame of a page of the first domain. */
static uint64_t frame(unsigned pfn)
{
	return FROM + 1 + (pfn * 7) % PAGES;
}

static uint64_t *page(unsigned pfn)
{
	return sim_at(from, frame(pfn));
}

static void table(unsigned pfn, unsigned level, bool pinned)
{
	memset(page(pfn), 0, FRAME_SIZE);
	from->kind[frame(pfn) - FROM] = (uint8_t)(level | (pinned ? KIND_PINNED : 0));
}

static uint64_t pte(uint64_t f)
{
	return f << 12 | PTE_PRESENT | PTE_RW | PTE_NX;
}

static void make_tables(void)
{
	table(L4, 4, true);
	table(L3, 3, false);
	table(L2, 2, false);
	table(L1, 1, false);
	table(USER_L4, 4, true);
	page(L4)[1] = pte(frame(L3));
	page(L4)[256] = pte(0x1234); /* the hypervisor's own */
	page(L3)[0] = pte(frame(L2));
	page(L2)[0] = pte(frame(L1));
	page(L1)[0] = pte(frame(LEAF0));
	page(L1)[1] = pte(frame(LEAF1));
	page(L1)[300] = frame(WRITTEN) << 12; /* not present: the guest's own business */
}

static void make_vcpu(unsigned id)
{
	struct sim_vcpu *v = &from->vcpu[id];

	v->online = true;
	v->context.ctrlreg[3] = frame(L4) << 12;
	v->context.ctrlreg[1] = id ? 0 : frame(USER_L4) << 12;
	v->context.gdt_ents = 20;
	v->context.gdt_frames[0] = frame(GDT);
	v->context.user_regs.rdx = id ? 77 : frame(START);
	v->context.user_regs.rip = 0x1000 + id;
	v->extended.vcpu = id;
	v->extended.size = 64;
	v->extended.sysenter_callback_eip = 0x2000 + id;
	v->xsave_size = SIM_XSAVE;
	memset(v->xsave, 0x40 + (int)id, SIM_XSAVE);
	v->nr_msrs = 1;
	v->msrs[0] = (struct domctl_vcpu_msr){.index = 0xc0000103, .value = id};
}

static void setup(void)
{
	struct shared_info *s;
	struct start_info *si;
	unsigned i;

	d = (struct diag)DIAG_INIT;
	suspended = false;
	at_suspend = NULL;
	from = sim_new(FROM, PAGES + 1);
	to = sim_new(TO, PAGES + 100);
	for (i = 0; i < PAGES; i++) {
		from->pfn[frame(i) - FROM] = i;
		memset(page(i), (int)i & 0xff, FRAME_SIZE);
	}
	make_tables();
	memset(page(LEAF1), 0xff, FRAME_SIZE);
	for (i = 0; i < PAGES; i++)
		page(LEAF0 + i / 512)[i % 512] = i == HOLE ? ~0ULL : frame(i);
	si = (struct start_info *)page(START);
	si->store_mfn = STORE;
	si->console.domU.mfn = CONSOLE;
	s = sim_at(from, FROM);
	s->arch.max_pfn = PAGES;
	s->arch.p2m_cr3 = frame(L4) << 12;
	s->arch.p2m_vaddr = LIST_VA;
	s->vcpu_info[1].evtchn_upcall_mask = 1;
	s->evtchn_pending[3] = 5;
	make_vcpu(0);
	make_vcpu(1);
	from->vcpu[1].online = false;
	from->tsc = (struct domctl_tsc_info){.tsc_mode = 2, .gtsc_khz = 99, .elapsed_nsec = 1234};
	from->leaf = (struct domctl_cpuid_leaf){.leaf = 7, .b = 3};
	w = (struct wire){.fd = memfd_create("stream", 0), .name = "stream"};
}

static void teardown(void)
{
	close(w.fd);
	sim_free(from);
	sim_free(to);
}

static int on_suspend(void *arg, struct diag *unused)
{
	(void)arg;
	(void)unused;
	suspended = true;
	if (at_suspend)
		at_suspend();
	return 0;
}

static int save(unsigned rounds)
{
	struct save_plan plan = {.suspend = on_suspend, .rounds = rounds};

	return stream_save(from, &w, &plan, &d);
}

static int restore(struct restore_result *res)
{
	struct restore_plan plan = {.console_port = 3, .store_port = 4, .max_pages = 1 << 20};

	lseek(w.fd, 0, SEEK_SET);
	w.done = 0;
	return stream_restore(to, &w, &plan, res, &d);
}

static uint64_t arrived(unsigned pfn)
{
	uint64_t f;

	for (f = 0; f < to->frames; f++)
		if (to->pfn[f] == pfn)
			return TO + f;
	return ~0ULL;
}

static uint64_t *new_page(unsigned pfn)
{
	return sim_at(to, arrived(pfn));
}

static void expect_memory(void)
{
	unsigned i;

	for (i = LEAF1 + 1; i < PAGES; i++)
		if (i != HOLE)
			ck_assert_msg(!memcmp(new_page(i), page(i), FRAME_SIZE), "page %u", i);
	ck_assert_uint_eq(arrived(HOLE), ~0ULL);
	for (i = 0; i < PAGES; i++)
		ck_assert_uint_eq(new_page(LEAF0 + i / 512)[i % 512], arrived(i));
	ck_assert_uint_eq(new_page(LEAF1)[511], ~0ULL);
	ck_assert_uint_eq(new_page(L4)[1], pte(arrived(L3)));
	ck_assert_uint_eq(new_page(L4)[256], 0);
	ck_assert_uint_eq(new_page(L1)[1], pte(arrived(LEAF1)));
	ck_assert_uint_eq(new_page(L1)[300], frame(WRITTEN) << 12);
}

START_TEST(what_arrives_is_what_left)
{
	struct restore_result res;
	const struct shared_info *s = sim_at(to, TO);
	const struct start_info *si;
	const struct vcpu_guest_context *c = &to->vcpu[0].context;

	ck_assert_int_eq(save(0), 0);
	ck_assert(suspended);
	ck_assert_msg(!restore(&res), "%s", d.text);
	expect_memory();
	si = (struct start_info *)new_page(START);
	ck_assert_uint_eq(res.store.n, arrived(STORE));
	ck_assert_uint_eq(si->console.domU.mfn, arrived(CONSOLE));
	ck_assert_uint_eq(si->store_evtchn, 4);
	ck_assert_uint_eq(si->shared_info, (uint64_t)TO << 12);
	ck_assert_uint_eq(s->evtchn_pending[3], 0);
	ck_assert_uint_eq(s->evtchn_mask[0], ~0ULL);
	ck_assert_uint_eq(s->vcpu_info[1].evtchn_upcall_mask, 1);
	ck_assert_uint_eq(c->ctrlreg[3], arrived(L4) << 12);
	ck_assert_uint_eq(c->ctrlreg[1], arrived(USER_L4) << 12);
	ck_assert_uint_eq(c->gdt_frames[0], arrived(GDT));
	ck_assert_uint_eq(c->user_regs.rdx, arrived(START));
	ck_assert_uint_eq(c->user_regs.rip, 0x1000);
	ck_assert_uint_eq(to->vcpu[0].extended.sysenter_callback_eip, 0x2000);
	ck_assert_uint_eq(to->vcpu[0].xsave[SIM_XSAVE - 1], 0x40);
	ck_assert_uint_eq(to->vcpu[0].msrs[0].index, 0xc0000103);
	ck_assert(!to->vcpu[1].online);
	ck_assert_uint_eq(to->tsc.elapsed_nsec, 1234);
	ck_assert_uint_eq(to->leaf.b, 3);
	ck_assert_uint_eq(to->nr_pins, 2);
	ck_assert_uint_eq(to->pins[0].table.n, arrived(L4));
}
END_TEST

START_TEST(second_vcpu_too)
{
	struct restore_result res;

	from->vcpu[1].online = true;
	ck_assert_int_eq(save(0), 0);
	ck_assert_int_eq(restore(&res), 0);
	ck_assert(to->vcpu[1].online);
	ck_assert_uint_eq(to->vcpu[1].context.user_regs.rdx, 77);
	ck_assert_uint_eq(to->vcpu[1].context.ctrlreg[1], 0);
}
END_TEST

static void dirty(unsigned pfn)
{
	from->dirty[pfn / 64] |= 1ULL << pfn % 64;
}

/* While it ran it wrote; two pages exchanged their places; one went away, one came. */
static void write_late(void)
{
	page(WRITTEN)[5] = 0xabcdef;
	dirty(WRITTEN);
	page(LEAF0)[WRITTEN + 1] = ~0ULL;
	page(LEAF0)[HOLE] = frame(HOLE);
	dirty(LEAF0);
	dirty(WRITTEN + 1);
}

START_TEST(changes_while_it_runs)
{
	struct restore_result res;

	at_suspend = write_late;
	ck_assert_int_eq(save(3), 0);
	ck_assert(!from->logging);
	ck_assert_msg(!restore(&res), "%s", d.text);
	ck_assert_uint_eq(new_page(WRITTEN)[5], 0xabcdef);
	ck_assert_mem_eq(new_page(HOLE), page(HOLE), FRAME_SIZE);
	ck_assert_uint_eq(new_page(LEAF0)[HOLE], arrived(HOLE));
}
END_TEST

static uint64_t sent_after_first; /* bytes */

static void all_dirty(void)
{
	unsigned i;

	for (i = 0; i < PAGES; i++)
		dirty(i);
}

static void all_dirty_one_written(void)
{
	page(WRITTEN)[7]++;
	all_dirty();
}

static void on_round(void *arg, unsigned number, uint64_t pages)
{
	(void)arg;
	(void)pages;
	if (number == 1)
		all_dirty();
	if (number == 2)
		sent_after_first = w.done;
}

/* The log reports too much: what is as it was sent is not sent again. */
START_TEST(reported_but_not_changed)
{
	struct save_plan plan = {.suspend = on_suspend, .rounds = 5, .round = on_round};
	struct restore_result res;

	at_suspend = all_dirty_one_written;
	ck_assert_int_eq(stream_save(from, &w, &plan, &d), 0);
	ck_assert_uint_gt(w.done, sent_after_first + FRAME_SIZE);
	ck_assert_uint_lt(w.done, sent_after_first + 5 * FRAME_SIZE);
	ck_assert_msg(!restore(&res), "%s", d.text);
	expect_memory();
}
END_TEST

static void goes_away(void *arg, unsigned number, uint64_t pages)
{
	(void)arg;
	(void)pages;
	if (number == 1)
		all_dirty();
	if (number == 2)
		page(LEAF0)[WRITTEN] = ~0ULL;
}

static void comes_back(void)
{
	page(LEAF0)[WRITTEN] = frame(WRITTEN);
	dirty(LEAF0);
}

/* A page that went and came is sent again, though it has the contents it was first sent with. */
START_TEST(goes_and_comes_back)
{
	struct save_plan plan = {.suspend = on_suspend, .rounds = 5, .round = goes_away};
	struct restore_result res;

	at_suspend = comes_back;
	ck_assert_int_eq(stream_save(from, &w, &plan, &d), 0);
	ck_assert_msg(!restore(&res), "%s", d.text);
	expect_memory();
}
END_TEST

static void heal(void)
{
	page(L1)[7] = 0;
	from->unmappable = 0;
}

/* What cannot be sent while the guest runs is sent when it stands still. */
START_TEST(put_off_while_it_runs)
{
	struct restore_result res;

	page(L1)[7] = pte(0x777);
	from->unmappable = frame(300);
	at_suspend = heal;
	ck_assert_int_eq(save(3), 0);
	ck_assert_msg(!restore(&res), "%s", d.text);
	expect_memory();
}
END_TEST

START_TEST(foreign_mapping_is_told)
{
	page(L1)[7] = pte(0x777);
	ck_assert_int_eq(save(0), -ERANGE);
	ck_assert_msg(strstr(d.text, "page 0x4 of the guest is a page table") != NULL, "%s",
		      d.text);
}
END_TEST

START_TEST(list_moved_meanwhile)
{
	struct shared_info *s = sim_at(from, FROM);

	s->arch.p2m_generation = 2;
	ck_assert_int_eq(save(0), 0);
	s->arch.max_pfn = 0;
	ck_assert_int_eq(save(0), -ERANGE);
	s->arch.max_pfn = PAGES;
	s->arch.p2m_vaddr = 0x0000900000000000;
	ck_assert_int_eq(save(0), -ERANGE);
	ck_assert_msg(strstr(d.text, "list of its frames is at 0x900000000000") != NULL, "%s",
		      d.text);
}
END_TEST

/* Room for much more, all of which shows one empty table: only what is there is sent. */
START_TEST(reserved_room_is_left_out)
{
	struct shared_info *s = sim_at(from, FROM);
	struct restore_result res;
	unsigned i;

	s->arch.max_pfn = 4 * 512 * 512;
	for (i = 1; i < 4; i++)
		page(L2)[i] = pte(frame(500));
	for (i = 2; i < 512; i++)
		page(L1)[i] = pte(frame(501));
	memset(page(501), 0xff, FRAME_SIZE);
	ck_assert_msg(!save(0), "%s", d.text);
	/* The table of the rest is no table that is pinned or used: it goes as plain memory. */
	ck_assert_msg(!restore(&res), "%s", d.text);
	ck_assert_uint_eq(new_page(LEAF0)[WRITTEN], arrived(WRITTEN));
}
END_TEST

START_TEST(tree_of_older_kernels)
{
	struct shared_info *s = sim_at(from, FROM);
	struct restore_result res;

	s->arch.p2m_cr3 = 0;
	s->arch.pfn_to_mfn_frame_list_list = frame(400);
	page(400)[0] = frame(401);
	page(401)[0] = frame(LEAF0);
	page(401)[1] = frame(LEAF1);
	ck_assert_msg(!save(0), "%s", d.text);
	ck_assert_msg(!restore(&res), "%s", d.text);
	expect_memory();
}
END_TEST

START_TEST(cut_anywhere)
{
	struct restore_result res;
	off_t size, cut;

	ck_assert_int_eq(save(0), 0);
	size = lseek(w.fd, 0, SEEK_END);
	for (cut = size - 1; cut > 0; cut -= cut > size - 30000 ? 509 : 99991) {
		sim_free(to);
		to = sim_new(TO, PAGES + 100);
		ck_assert_int_eq(ftruncate(w.fd, cut), 0);
		ck_assert_int_eq(restore(&res), -ENODATA);
		ck_assert(strstr(d.text, "ends too early") != NULL);
	}
}
END_TEST

/* Put a number at an offset of the stream; see what restore says of it. */
static void expect_damage(off_t at, uint32_t value, const char *words)
{
	struct restore_result res;
	uint32_t before;
	int rc;

	ck_assert_int_eq(pread(w.fd, &before, 4, at), 4);
	ck_assert_int_eq(pwrite(w.fd, &value, 4, at), 4);
	sim_free(to);
	to = sim_new(TO, PAGES + 100);
	rc = restore(&res);
	ck_assert_msg(rc == -EINVAL || rc == -ERANGE, "%d, not: %s", rc, words);
	ck_assert_msg(strstr(d.text, words) != NULL, "'%s', not: %s", d.text, words);
	ck_assert_int_eq(pwrite(w.fd, &before, 4, at), 4);
}

START_TEST(damage_is_told)
{
	/* Heads 40, PV_INFO 16, CPUID_POLICY 32, STATIC_DATA_END 8, P2M_FRAMES 32, then pages. */
	enum { INFO = 40, POLICY = 56, STATIC = 88, P2M = 96, MEMORY = 128 };

	ck_assert_int_eq(save(0), 0);
	expect_damage(8, 0, "no domain's stream");
	expect_damage(12, 0x09000000, "version 9");
	expect_damage(24, 2, "type 2");
	expect_damage(INFO, 0x55, "record of unknown type at byte 40: what it means is not known");
	expect_damage(INFO + 8, 0x0304, "words of 4 bytes");
	expect_damage(POLICY + 4, 23, "units of 24");
	expect_damage(STATIC, REC_VERIFY, "wrong place");
	expect_damage(P2M + 8, 1, "it covers pages 0x1");
	expect_damage(P2M + 12, 0x7fffffff, "has 24 bytes for pages");
	expect_damage(P2M + 16, 0xffff, "names page 0xffff");
	expect_damage(P2M + 4, RECORD_MAX + 1, "claims");
	expect_damage(P2M, REC_SHARED_INFO, "not 4096");
	expect_damage(MEMORY + 8, 0, "claims 0 pages");
	expect_damage(MEMORY + 8, 0x7fffffff, "claims 2147483647 pages");
	expect_damage(MEMORY + 16, PAGES, "page 0x258 of 0x258");
	expect_damage(MEMORY + 20, 0x50000000, "is of no known kind");
	expect_damage(MEMORY + 20, 0xf0000000, "contents of");
}
END_TEST

START_TEST(missing_parts_are_told)
{
	struct restore_result res;

	from->vcpu[0].online = false;
	ck_assert_int_eq(save(0), 0);
	ck_assert_int_eq(restore(&res), -EINVAL);
	ck_assert_msg(strstr(d.text, "the first vCPU is missing") != NULL, "%s", d.text);
}
END_TEST

START_TEST(registers_are_checked)
{
	struct restore_result res;

	from->vcpu[0].context.ctrlreg[3] = frame(L3) << 12;
	ck_assert_int_eq(save(0), 0);
	ck_assert_int_eq(restore(&res), -ERANGE);
	ck_assert_msg(strstr(d.text, "vCPU 0: its page table, page 0x2") != NULL, "%s", d.text);
	from->vcpu[0].context.ctrlreg[3] = 0x999 << 12;
	ck_assert_int_eq(save(0), -ERANGE);
	ck_assert_msg(strstr(d.text, "its page table, frame 0x999") != NULL, "%s", d.text);
}
END_TEST

START_TEST(other_processor)
{
	struct restore_result res;

	to->refuse_policy = true;
	ck_assert_int_eq(save(0), 0);
	ck_assert_int_eq(restore(&res), -EOPNOTSUPP);
	ck_assert_msg(strstr(d.text, "CPUID leaf 0x7") != NULL, "%s", d.text);
}
END_TEST

START_TEST(too_little_memory)
{
	struct restore_result res;

	to->most = 50;
	ck_assert_int_eq(save(0), 0);
	ck_assert_int_eq(restore(&res), -ENOMEM);
	ck_assert_msg(strstr(d.text, "cannot give the guest memory") != NULL, "%s", d.text);
}
END_TEST

START_TEST(full_disk)
{
	close(w.fd);
	w.fd = open("/dev/full", O_WRONLY);
	ck_assert_int_eq(save(0), -ENOSPC);
	ck_assert_msg(strstr(d.text, "cannot write to stream: No space") != NULL, "%s", d.text);
}
END_TEST

static int cancel(struct wire *unused)
{
	return unused->done > 100000 ? -EINTR : 0;
}

START_TEST(cancelled)
{
	w.tick = cancel;
	ck_assert_int_eq(save(3), -EINTR);
	ck_assert(!from->logging);
	ck_assert(!suspended);
}
END_TEST

/* The section of that name in the dump. */
static const uint8_t *section(const uint8_t *file, const char *name, uint64_t *size)
{
	const Elf64_Ehdr *e = (const void *)file;
	const Elf64_Shdr *h = (const void *)(file + e->e_shoff);
	const char *names = (const char *)file + h[e->e_shstrndx].sh_offset;
	unsigned i;

	for (i = 1; i < e->e_shnum; i++)
		if (!strcmp(names + h[i].sh_name, name)) {
			*size = h[i].sh_size;
			return file + h[i].sh_offset;
		}
	ck_abort_msg("no section %s", name);
}

START_TEST(dump_for_a_debugger)
{
	uint64_t n, pages, i;
	const uint64_t *list;
	const uint8_t *file, *data;

	ck_assert_msg(!stream_dump(from, &w, &d), "%s", d.text);
	file = mmap(NULL, w.done, PROT_READ, MAP_PRIVATE, w.fd, 0);
	ck_assert_uint_eq(w.done, w.expected);
	ck_assert_mem_eq(file, ELFMAG, SELFMAG);
	data = section(file, ".note.Xen", &n);
	ck_assert_uint_eq(n, 4 * 16 + 32 + 1280 + 8);
	ck_assert_uint_eq(((const uint32_t *)(const void *)data)[2], 0x2000000);
	ck_assert_uint_eq(((const uint64_t *)(const void *)data)[4], 0xf00febed);
	ck_assert_uint_eq(((const uint64_t *)(const void *)data)[5], 2);
	ck_assert_uint_eq(((const uint64_t *)(const void *)data)[6], PAGES - 1);
	ck_assert_mem_eq(section(file, ".xen_prstatus", &n), &from->vcpu[0].context, n / 2);
	ck_assert_mem_eq(section(file, ".xen_shared_info", &n), sim_at(from, FROM), FRAME_SIZE);
	list = (const uint64_t *)(const void *)section(file, ".xen_p2m", &n);
	ck_assert_uint_eq(n, (PAGES - 1) * 16);
	data = section(file, ".xen_pages", &pages);
	ck_assert_uint_eq(pages, (PAGES - 1) * FRAME_SIZE);
	ck_assert_uint_eq((uint64_t)(data - file) % FRAME_SIZE, 0);
	for (i = 0; i < PAGES - 1; i++) {
		unsigned pfn = (unsigned)list[2 * i];

		ck_assert_uint_eq(pfn, i < HOLE ? i : i + 1);
		ck_assert_uint_eq(list[2 * i + 1], frame(pfn));
		ck_assert_mem_eq(data + i * FRAME_SIZE, page(pfn), FRAME_SIZE);
	}
	munmap((void *)file, w.done);
}
END_TEST

/* A page that goes away while the domain runs on is written as zeros, and nothing moves. */
START_TEST(dump_of_one_that_runs)
{
	uint64_t n;
	const uint8_t *file, *data;

	from->unmappable = frame(20);
	ck_assert_int_eq(stream_dump(from, &w, &d), 0);
	file = mmap(NULL, w.done, PROT_READ, MAP_PRIVATE, w.fd, 0);
	data = section(file, ".xen_pages", &n);
	ck_assert_uint_eq(data[20 * FRAME_SIZE + 5], 0);
	ck_assert_mem_eq(data + 21 * FRAME_SIZE, page(21), FRAME_SIZE);
	munmap((void *)file, w.done);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("a domain through the stream");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_arrives_is_what_left);
	tcase_add_test(t, second_vcpu_too);
	tcase_add_test(t, changes_while_it_runs);
	tcase_add_test(t, reported_but_not_changed);
	tcase_add_test(t, goes_and_comes_back);
	tcase_add_test(t, put_off_while_it_runs);
	tcase_add_test(t, foreign_mapping_is_told);
	tcase_add_test(t, list_moved_meanwhile);
	tcase_add_test(t, reserved_room_is_left_out);
	tcase_add_test(t, tree_of_older_kernels);
	tcase_add_test(t, cut_anywhere);
	tcase_add_test(t, damage_is_told);
	tcase_add_test(t, missing_parts_are_told);
	tcase_add_test(t, registers_are_checked);
	tcase_add_test(t, other_processor);
	tcase_add_test(t, too_little_memory);
	tcase_add_test(t, full_disk);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, dump_for_a_debugger);
	tcase_add_test(t, dump_of_one_that_runs);
	suite_add_tcase(s, t);
	return suite_run(s);
}
