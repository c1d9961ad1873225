// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Regions whose user instructions are known: tests/system/bench_profile.sh. In assembly, for the
 * compiler's choice must not matter.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/mark.h"

#define LOOPS    1000000
#define SYSCALLS 1000
#define MANY     300000
#define PAGES    256

#define IN_PLACE static inline __attribute__((always_inline))

/* 1 + 2 * LOOPS instructions. */
IN_PLACE void loop(int region)
{
	long n;

	mark_begin(region);
	__asm__ volatile("movl %1, %k0\n1:\tdecq %0\n\tjnz 1b" : "=&r"(n) : "i"(LOOPS));
	mark_end(region);
}

/* 1 + 4 * @count. */
IN_PLACE void syscalls(int region, int count)
{
	long n;

	mark_begin(region);
	__asm__ volatile("movl %1, %k0\n1:\tmovl %2, %%eax\n\tsyscall\n\tdecq %0\n\tjnz 1b"
			 : "=&r"(n)
			 : "i"(count), "i"(SYS_getppid)
			 : "rax", "rcx", "r11", "memory");
	mark_end(region);
}

/* 1 + 5 * PAGES: the store faults, in the middle of a block. */
IN_PLACE void faults(int region, char *p)
{
	long n, at;

	mark_begin(region);
	__asm__ volatile(
		"movl %3, %k0\n1:\tmovq %0, %1\n\tshlq $12, %1\n\tmovb $1, -4096(%2,%1)\n\t"
		"decq %0\n\tjnz 1b"
		: "=&r"(n), "=&r"(at)
		: "r"(p), "i"(PAGES)
		: "memory");
	mark_end(region);
}

/* Regions @base to @base + 3; the last has the end of one mark and the call of the next alone. */
IN_PLACE void round_of(int base, char *p)
{
	volatile int number = base + 3;
	int n = number;

	/* What else the machine has to do comes now, or at another time in each round. */
	usleep(30000 + 100 * base);
	loop(base);
	syscalls(base + 1, SYSCALLS);
	madvise(p, PAGES * 4096, MADV_DONTNEED);
	faults(base + 2, p);
	mark_begin(n);
	mark_end(n);
}

/* Any argument: region 40, which lasts so long that other domains run meanwhile. */
int main(int argc, char **argv)
{
	char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || madvise(p, PAGES * 4096, MADV_NOHUGEPAGE)) {
		perror("known");
		return 1;
	}
	(void)argv;
	if (argc > 1) {
		syscalls(40, MANY);
		puts("known: done");
		return 0;
	}
	/* So many, since a timer interrupt or what the machine does beside may disturb some. */
	round_of(10, p);
	round_of(20, p);
	round_of(30, p);
	round_of(50, p);
	round_of(60, p);
	round_of(70, p);
	round_of(80, p);
	round_of(90, p);
	round_of(100, p);
	puts("known: done");
	return 0;
}
