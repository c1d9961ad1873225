/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/bad_calls/wrong.h"

#include "abi/base.h"
#include "abi/evtchn.h"
#include "abi/grammar.h"
#include "abi/mmu.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/paging.h"
#include "tests/guest/bad_calls/call.h"

#define LIST(a) ((struct wrong_list){a, sizeof(a) / sizeof((a)[0])})

static const uint64_t addresses[] = {
	0,
	/* Never mapped. */
	1,
	8,
	0xff8,
	0x1000,
	0x7fff0,
	0x100000,
	0x400000,
	0x7fffffff,
	0x80000000,
	0xfffffff8,
	0x100000000,
	CALL_PAGES - 8,
	CALL_PAGES - 4096,
	CALL_END,
	CALL_END + 8,
	0x7f0000000000,
	0x7fffffffeff8,
	0x7fffffffefff,
	0x7ffffffff000,
	0x7ffffffffff8,
	0x7fffffffffff,
	0xffff880000000000,
	0xffff888000000000,
	0xffffc90000000000,
	0xfffffffffffff000,
	0xfffffffffffffff8,
	0xffffffffffffffff,
	/* Not canonical. */
	0x0000800000000000,
	0x0000800000000008,
	0x00008000fffffff8,
	0x0001000000000000,
	0x00ffffffffffffff,
	0x0100000000000000,
	0x3fffffffffffffff,
	0x4000000000000000,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xdeadbeefdeadbeef,
	0xff00000000000000,
	0xfffe800000000000,
	0xffff000000000000,
	0xffff7ffffffffff8,
	0xffff7fffffffffff,
	/* The hypervisor's, the table that the guest may read left out. */
	0xffff804000000000,
	0xffff808000000000,
	0xffff810000000000,
	0xffff818000000000,
	0xffff820000000000,
	0xffff828000000000,
	0xffff82c000000000,
	0xffff82d040000000,
	0xffff82d080000000,
	0xffff82e000000000,
	0xffff82ffffffff00,
	0xffff830000000000,
	0xffff830000100000,
	0xffff83000009f000,
	0xffff8300fee00000,
	0xffff838000000000,
	0xffff840000000000,
	0xffff840012345678,
	0xffff850000000000,
	0xffff868000000000,
	0xffff87fffffff000,
	0xffff87fffffffff8,
};

static const uint64_t not_canonical[] = {
	0x0000800000000000, 0x0000ffffffffffff, 0x0001000000000000, 0x00ff000000000000,
	0x0fffffffffffffff, 0x1234567812345678, 0x4000000000000000, 0x7fffffffffffffff,
	0x8000000000000000, 0x9000000000001000, 0xdeadbeefdeadbeef, 0xf000000000000000,
	0xff7fffffffffffff, 0xffef800000000000, 0xffff000000000000, 0xffff00000000f000,
	0xffff7fffffffffff,
};

static const uint64_t domids[] = {
	0x7fe0, 0x7fef, DOMID_INVALID, 0x7ff5, DOMID_IDLE, 0x8000, 0x8001, 0xfff0, 0xffff,
};

static const uint64_t vcpus[] = {
	0x80,       0x1000,     0x2000,     0x7fff,     0x10000,
	0x7fffffff, 0x80000000, 0x80000001, 0xffff0000, 0xffffffff,
};

static const uint64_t ports[] = {
	EVTCHN_FIFO_NR_CHANNELS,
	0x20001,
	0x40000,
	0xffffff,
	0x7fffffff,
	0x80000000,
	0xfffe0000,
	0xffffffff,
};

static const uint64_t numbers[] = {
	24, 0x100, 0x1000, 0x10000, 0x7fffffff, 0x80000000, 0xffff0000, 0xffffffff,
};

static const uint64_t versions[] = {
	0, 1, 0x14, 0x16, 0x03000000, 0x03000002, 0x15000000, 0x80000015, 0x7fffffff, 0xffffffff,
};

static const uint64_t limits[] = {
	0,
	1,
	2,
	7,
	0x7f,
	0xff,
	0x7fe0,
	DOMID_IO,
	DOMID_XEN,
	DOMID_COW,
	0x7fff,
	0xffff,
	0x10000,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0xfffffffff,
	0x10000000000,
	0xffff830000000000,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xfffffffffffffffe,
	0xffffffffffffffff,
};

/* Bits 12 and up, so that no other sub-operation is hit. */
static uint64_t stray_bits[20];

/* Of the hypervisor, and of nobody; the last entry would make a page table writable. */
#define NR_FRAMES 6
static uint64_t frames[NR_FRAMES], entries[NR_FRAMES], maddrs[NR_FRAMES];

void wrong_init(void)
{
	static const uint64_t of_others[NR_FRAMES - 1] = {0x200, 0x210, 0x10000000, 0xfffffffff,
							  0xffffffffff};
	const size_t count = NR_FRAMES - 1;

	for (unsigned int i = 0; i < 20; i++)
		stray_bits[i] = 1ul << (12 + i);
	for (size_t i = 0; i < count; i++) {
		frames[i] = of_others[i];
		maddrs[i] = of_others[i] << 12;
		entries[i] = (of_others[i] << 12 & PTE_ADDR_MASK) | PAGING_RW;
	}
	frames[count] = 0x20000000;
	maddrs[count] = paging_maddr(paging_root()) + 4;
	entries[count] = paging_maddr(paging_root()) | PAGING_RW;
}

struct wrong_list wrong_addresses(void)
{
	return LIST(addresses);
}

struct wrong_list wrong_limits(void)
{
	return LIST(limits);
}

struct wrong_list wrong_for_sure(unsigned int kind)
{
	switch (kind) {
	case ABI_KIND_op:
	case ABI_KIND_cmd:
		return LIST(stray_bits);
	case ABI_KIND_version:
		return LIST(versions);
	case ABI_KIND_arg:
	case ABI_KIND_ptr:
		return (struct wrong_list){addresses + 1,
					   sizeof(addresses) / sizeof(addresses[0]) - 1};
	case ABI_KIND_vaddr:
		return LIST(not_canonical);
	case ABI_KIND_domid:
		return LIST(domids);
	case ABI_KIND_vcpu:
		return LIST(vcpus);
	case ABI_KIND_port:
		return LIST(ports);
	case ABI_KIND_gref:
	case ABI_KIND_handle:
	case ABI_KIND_virq:
	case ABI_KIND_pirq:
	case ABI_KIND_cpu:
		return LIST(numbers);
	case ABI_KIND_mfn:
		return LIST(frames);
	case ABI_KIND_maddr:
		return LIST(maddrs);
	case ABI_KIND_pte:
		return LIST(entries);
	default:
		return (struct wrong_list){limits, 0};
	}
}

uint64_t wrong_random(void)
{
	static uint64_t x = 88172645463325252ul;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}
