// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RAM as a memory file, so that records and M2P, which lie in RAM, also have an address of their
 * own, as on x86.
 */
#include <hv/boot.h>
#include <hv/domain.h>
#include <sys/mman.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host.h"

#define TABLE_SIZE (1ull << 30) /* address space for either table: up to 2^25 frames */

char *host_ram;
struct page *host_frame_table;
uint64_t *host_m2p;
unsigned arch_phys_bits = 44;

static int ram_fd = -1;
static uint64_t ram_frames, alloc_end, m2p_frames;
static mfn_t m2p_first; /* one range of RAM, so one range of M2P */

static void *reserve(uint64_t size)
{
	void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

void host_ram_init(uint64_t frames)
{
	struct ram_range ram = {mfn_make(0), mfn_make(frames)};

	ram_fd = memfd_create("ram", 0);
	if (ram_fd < 0 || ftruncate(ram_fd, (off_t)(frames * PAGE_SIZE)))
		abort();
	ram_frames = alloc_end = frames;
	host_ram = mmap(NULL, frames * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ram_fd, 0);
	if (host_ram == MAP_FAILED)
		abort();
	host_frame_table = reserve(TABLE_SIZE);
	host_m2p = reserve(TABLE_SIZE);
	frame_table_init(&ram, 1);
}

void host_ram_free(void)
{
	munmap(host_ram, ram_frames * PAGE_SIZE);
	munmap(host_frame_table, TABLE_SIZE);
	munmap(host_m2p, TABLE_SIZE);
	close(ram_fd);
}

paddr_t boot_alloc(uint64_t size, uint64_t align)
{
	uint64_t start = (alloc_end * PAGE_SIZE - size) & ~(align - 1);

	if (size > alloc_end * PAGE_SIZE || start < PAGE_SIZE)
		abort();
	alloc_end = start / PAGE_SIZE;
	return (paddr_t){start};
}

uint64_t host_boot_alloc_end(void)
{
	return alloc_end;
}

/* Show frames of RAM, fresh ones, at @at as well. */
static mfn_t back(void *at, uint64_t size)
{
	mfn_t mfn = paddr_to_mfn(boot_alloc(size, PAGE_SIZE));

	if (mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ram_fd,
		 (off_t)(mfn.n * PAGE_SIZE)) == MAP_FAILED)
		abort();
	return mfn;
}

void arch_map_frame_records(mfn_t start, mfn_t end)
{
	uint64_t n = ROUND_UP(end.n - start.n, 512);

	back(host_frame_table + start.n, n * sizeof(*host_frame_table));
	m2p_first = back(host_m2p + start.n, n * sizeof(*host_m2p));
	m2p_frames = n / 512;
	memset(host_m2p + start.n, 0xff, n * sizeof(*host_m2p));
}

void arch_alias_frame_records(mfn_t hole, mfn_t from)
{
	const size_t n = sizeof(*host_frame_table) << 16;

	if (mprotect(host_frame_table + hole.n, n, PROT_READ | PROT_WRITE))
		abort();
	memcpy(host_frame_table + hole.n, host_frame_table + from.n, n);
}

mfn_t arch_m2p_frame(uint64_t i)
{
	return i < m2p_frames ? mfn_add(m2p_first, i) : MFN_INVALID;
}
