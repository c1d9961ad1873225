/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page faults and what changes page tables. */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "micro.h"

#define PAGE 4096ul
#define FEW  64

static char *anonymous(unsigned pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	if (p == MAP_FAILED)
		die("mmap");
	/* One page at a time is what is measured. */
	madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
	return p;
}

static char *map(unsigned pages, int kind)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/*
 * Areas of a page in use, below which the next one goes: the page table of all is there, as in most
 * programs, and as they are shared the kernel does not merge them.
 */
static void neighbours(unsigned n)
{
	static unsigned areas;

	for (; areas < n; areas++)
		*(volatile char *)map(1, MAP_SHARED) = 1;
}

static uint64_t touch_write(char *p, unsigned pages)
{
	uint64_t t = row_begin();

	for (unsigned i = 0; i < pages; i++)
		*(volatile char *)(p + i * PAGE) = 1;
	return row_end(t);
}

static uint64_t touch_read(const char *p, unsigned pages)
{
	uint64_t t = row_begin();

	for (unsigned i = 0; i < pages; i++)
		(void)*(const volatile char *)(p + i * PAGE);
	return row_end(t);
}

static uint64_t fault_anonymous(unsigned n)
{
	char *p = anonymous(n);
	uint64_t t = touch_write(p, n);

	munmap(p, n * PAGE);
	return t;
}

static uint64_t fault_zero(unsigned n)
{
	char *p = anonymous(n);
	uint64_t t = touch_read(p, n);

	munmap(p, n * PAGE);
	return t;
}

static uint64_t fault_shared(unsigned n)
{
	int fd = memfd_create("micro", 0);
	char *p;
	uint64_t t;

	if (fd < 0 || ftruncate(fd, n * PAGE))
		die("memfd");
	p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	memset(p, 1, n * PAGE);
	munmap(p, n * PAGE);
	p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	t = touch_write(p, n);
	munmap(p, n * PAGE);
	close(fd);
	return t;
}

/* The child holds the pages, so that each write here makes a copy. */
static uint64_t fault_copy(unsigned n)
{
	char *p = anonymous(n);
	int hold[2];
	pid_t child;
	uint64_t t;
	char c;

	memset(p, 1, n * PAGE);
	if (pipe(hold))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		close(hold[1]);
		_exit(read(hold[0], &c, 1) != 0);
	}
	close(hold[0]);
	t = touch_write(p, n);
	close(hold[1]);
	waitpid(child, NULL, 0);
	munmap(p, n * PAGE);
	return t;
}

static uint64_t map_unmap(unsigned n)
{
	uint64_t t;

	neighbours(5);
	t = row_begin();
	while (n--)
		munmap(map(FEW, MAP_PRIVATE), FEW * PAGE);
	return row_end(t);
}

static uint64_t map_touch_unmap(unsigned n)
{
	uint64_t t;

	neighbours(5);
	t = row_begin();
	while (n--) {
		char *p = map(FEW, MAP_PRIVATE);

		for (unsigned i = 0; i < FEW; i++)
			*(volatile char *)(p + i * PAGE) = 1;
		munmap(p, FEW * PAGE);
	}
	return row_end(t);
}

static uint64_t protect(unsigned n, unsigned pages)
{
	char *p;
	uint64_t t;

	neighbours(2);
	p = map(pages, MAP_PRIVATE);
	memset(p, 1, pages * PAGE);
	t = row_begin();
	while (n--)
		mprotect(p, pages * PAGE, n & 1 ? PROT_READ : PROT_READ | PROT_WRITE);
	t = row_end(t);
	munmap(p, pages * PAGE);
	return t;
}

static uint64_t protect_1(unsigned n)
{
	return protect(n, 1);
}

static uint64_t protect_64(unsigned n)
{
	return protect(n, FEW);
}

const struct row rows_memory[] = {
	{"fault_anonymous", fault_anonymous, 512},
	{"fault_zero", fault_zero, 512},
	{"fault_shared", fault_shared, 512},
	{"fault_copy", fault_copy, 256},
	{"mmap_munmap", map_unmap, 100},
	{"mmap_touch_munmap_64", map_touch_unmap, 10},
	{"mprotect_1", protect_1, 400},
	{"mprotect_64", protect_64, 100},
	{NULL, NULL, 0},
};
