// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The profiler as a TCG plugin of QEMU: README.md. Until a mark is translated nothing is counted
 * and the machine runs as fast as without. Then all code is translated anew, with two things added:
 * a call at the start of each block, and a count in line before each instruction. The count tells
 * at the next block how much of the last one ran: a fault may have cut it short.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "qemu_api.h"
#include "report.h"
#include "tests/bench/mark.h"

#define BLOCK_INSNS 512 /* QEMU's limit */
#define NO_REGION   -1

struct mark {
	struct code *code;
	unsigned int index;
	uint32_t what;
};

/* Of a virtual CPU: what it does now. */
struct cpu {
	struct code *code;
	struct use *use;          /* the block's count if a region was open when it began */
	const uint64_t *executed; /* instructions begun since the plugin woke */
	uint64_t start;           /* that, when the block began */
	struct page *outside;     /* last page that was not the hypervisor's */
	enum space space;
};

__attribute__((visibility("default"))) int qemu_plugin_version;

static struct cpu *cpus;
static bool several; /* CPUs: then callbacks come at the same time */
static bool copies;  /* qemu_plugin_insn_data() does */
static struct qemu_plugin_scoreboard *scores;
static uint64_t executed_alone;
static int open_region = NO_REGION;
static bool from_power_on; /* region 0 is open before the first instruction */
static struct report_options options;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* QEMU looks at the version before it calls anything. */
__attribute__((constructor)) static void choose_version(void)
{
	qemu_plugin_version = qemu_plugin_scoreboard_new ? 2 : 1;
}

static void enter(void)
{
	if (several)
		pthread_mutex_lock(&lock);
}

static void leave(void)
{
	if (several)
		pthread_mutex_unlock(&lock);
}

/*
 * The block before did not run to its end when fewer instructions began than it has. The last that
 * began then was refused, and comes again or never, unless @next goes on behind it: QEMU cuts a
 * block so at an instruction that touches a device.
 */
static void settle(struct cpu *cpu, const struct code *next)
{
	const struct code *code = cpu->code;
	uint64_t done = *cpu->executed - cpu->start;

	if (done >= code->count)
		return;
	if (done && code->insn[done].va != next->insn[0].va)
		done--;
	book_less(code, cpu->use, done, code->count);
}

/* Whether @code is entered from another space; and what that tells of who owns its page. */
static bool crossed(struct cpu *cpu, struct code *code)
{
	struct page *page = code->page, *before = cpu->outside;
	enum space from = cpu->space;

	cpu->space = page->space;
	if (page->space == SPACE_HYPERVISOR)
		return from != SPACE_HYPERVISOR;
	cpu->outside = page;
	if (!before || before == page)
		return from != page->space;
	if (from == SPACE_HYPERVISOR)
		book_vote(before, page);
	else
		book_unite(before, page);
	return from != page->space;
}

static void on_block(unsigned int vcpu, void *data)
{
	struct code *code = data;
	struct cpu *cpu = &cpus[vcpu];
	bool entered;

	enter();
	if (!cpu->executed && scores)
		cpu->executed = qemu_plugin_scoreboard_find(scores, vcpu);
	if (cpu->use && cpu->executed)
		settle(cpu, code);
	entered = crossed(cpu, code);
	cpu->code = code;
	cpu->use = NULL;
	if (cpu->executed)
		cpu->start = *cpu->executed;
	if (open_region != NO_REGION) {
		cpu->use = book_use(code, open_region);
		cpu->use->runs++;
		cpu->use->entered += entered;
	}
	leave();
}

static void on_mark(unsigned int vcpu, void *data)
{
	const struct mark *mark = data;
	struct code *code = mark->code;
	struct cpu *cpu = &cpus[vcpu];
	int region = mark->what & (REGIONS - 1);
	bool begin = (mark->what & ~(REGIONS - 1)) == MARK_BEGIN;

	enter();
	if (begin || region == open_region) {
		if (cpu->use)
			book_less(code, cpu->use, mark->index, code->count);
		cpu->use = NULL;
		open_region = NO_REGION;
	}
	if (begin) {
		book_mark(code->page);
		book_opened[region]++;
		open_region = region;
		cpu->use = book_use(code, region);
		cpu->use->runs++;
		book_less(code, cpu->use, 0, mark->index + 1);
	}
	leave();
}

/* The mark's number, or 0. */
static uint32_t mark_of(const struct insn *insn)
{
	static const uint8_t nopl_rax_disp32[] = {0x0f, 0x1f, 0x80};
	uint32_t what;

	if (insn->size != 7 || memcmp(insn->bytes, nopl_rax_disp32, 3) != 0)
		return 0;
	memcpy(&what, insn->bytes + 3, 4);
	return (what & ~(REGIONS - 1)) == MARK_BEGIN || (what & ~(REGIONS - 1)) == MARK_END ? what
											    : 0;
}

static void read_insn(const struct qemu_plugin_insn *from, struct insn *insn)
{
	uintptr_t bytes;

	memset(insn, 0, sizeof(*insn));
	insn->va = qemu_plugin_insn_vaddr(from);
	insn->size = qemu_plugin_insn_size(from);
	bytes = qemu_plugin_insn_data(from, insn->bytes, insn->size);
	if (!copies)
		memcpy(insn->bytes, (const void *)bytes, insn->size);
}

static void add_mark(struct qemu_plugin_insn *insn, struct code *code, unsigned int index)
{
	struct mark *mark = malloc(sizeof(*mark));

	if (!mark)
		abort();
	*mark = (struct mark){.code = code, .index = index, .what = mark_of(&code->insn[index])};
	qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_NO_REGS, mark);
}

static void count_insn(struct qemu_plugin_insn *insn)
{
	qemu_plugin_u64 score = {.score = scores};

	if (scores)
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_ADD_U64,
								    score, 1);
	else if (!several)
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_ADD_U64,
							   &executed_alone, 1);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static __thread struct insn insns[BLOCK_INSNS];
	size_t count = qemu_plugin_tb_n_insns(tb);
	struct code *code;

	(void)id;
	for (size_t i = 0; i < count; i++)
		read_insn(qemu_plugin_tb_get_insn(tb, i), &insns[i]);
	enter();
	code = book_code(
		book_page(insns[0].va, qemu_plugin_insn_haddr(qemu_plugin_tb_get_insn(tb, 0))),
		insns, count);
	leave();
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_NO_REGS, code);
	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		count_insn(insn);
		if (mark_of(&insns[i]))
			add_mark(insn, code, i);
	}
}

static void report(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	options.exact = scores || !several;
	report_write(&options);
}

static void wake(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, report, NULL);
}

/* Asleep: the block with the mark is translated again, with all that counts, before it runs. */
static void look_for_mark(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *from = qemu_plugin_tb_get_insn(tb, i);
		struct insn insn;

		if (qemu_plugin_insn_size(from) != 7)
			continue;
		read_insn(from, &insn);
		if (mark_of(&insn)) {
			qemu_plugin_reset(id, wake);
			return;
		}
	}
}

static bool read_options(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			options.path = argv[i] + 4;
		else if (!strcmp(argv[i], "code=on"))
			options.code = true;
		else if (!strcmp(argv[i], "boot=on"))
			from_power_on = true;
		else
			return false;
	}
	return options.path;
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	if (!info->system_emulation || strcmp(info->target_name, "x86_64") != 0 ||
	    !read_options(argc, argv))
		return -1;
	several = info->system.max_vcpus > 1;
	copies = info->version.cur >= 3;
	cpus = calloc(info->system.max_vcpus, sizeof(*cpus));
	if (!cpus)
		return -1;
	if (qemu_plugin_scoreboard_new)
		scores = qemu_plugin_scoreboard_new(sizeof(uint64_t));
	else if (!several)
		cpus[0].executed = &executed_alone;
	if (from_power_on) {
		book_opened[0]++;
		open_region = 0;
		wake(id);
		return 0;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, look_for_mark);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
