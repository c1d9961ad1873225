/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root_slots ROUNDS [loop]: entries of a root come and go under a thread that runs on another CPU.
 * One thread maps a page where nothing was in the 512 GiB around, so that the kernel writes the
 * root; the other sees it at once. Then the page, and with it the entry, goes: the other faults.
 * With `loop` it goes on doing nothing, on CPU 0, after it has said how it went.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOT_FIRST 16
#define SLOT_COUNT 100

enum step { READ, FAULT, END };

static unsigned rounds, failures;
static volatile uint64_t *page;
static uint64_t wanted;
static enum step step;
static unsigned asked, answered;
static sigjmp_buf back;

static void on_fault(int number)
{
	siglongjmp(back, number);
}

static void pin(unsigned cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void ask(enum step what)
{
	unsigned n = asked + 1;

	step = what;
	__atomic_store_n(&asked, n, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&answered, __ATOMIC_SEQ_CST) != n)
		__builtin_ia32_pause();
}

static void look(void)
{
	uint64_t seen = 0;
	int faulted = sigsetjmp(back, 1);

	if (!faulted)
		seen = *page;
	if (step == READ ? faulted || seen != wanted : !faulted) {
		failures++;
		printf("root_slots: %p: %s\n", (void *)page,
		       step == FAULT ? "still there"
		       : faulted     ? "faults"
				     : "wrong content");
	}
}

static void *other(void *arg)
{
	pin(1);
	signal(SIGSEGV, on_fault);
	for (unsigned n = 1; step != END || n == 1; n++) {
		while (__atomic_load_n(&asked, __ATOMIC_SEQ_CST) != n)
			__builtin_ia32_pause();
		if (step != END)
			look();
		__atomic_store_n(&answered, n, __ATOMIC_SEQ_CST);
		if (step == END)
			break;
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t id;

	rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
	pin(0);
	if (pthread_create(&id, NULL, other, NULL))
		return 2;
	for (unsigned i = 0; i < rounds && !failures; i++) {
		void *at = (void *)((uint64_t)(SLOT_FIRST + i % SLOT_COUNT) << 39);

		page = mmap(at, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (page != at) {
			perror("root_slots: mmap");
			return 2;
		}
		*page = wanted = i * 1000003ull + 1;
		ask(READ);
		munmap(at, 4096);
		ask(FAULT);
	}
	ask(END);
	pthread_join(id, NULL);
	printf("root_slots: %u rounds, %u failures\n", rounds, failures);
	/* What is printed last is held back on its way. */
	for (unsigned i = 0; argc > 2 && i < 20; i++)
		printf("then a loop without end\n");
	fflush(stdout);
	while (argc > 2)
		;
	return failures != 0;
}
