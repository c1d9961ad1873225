/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk behind the control domain's block back-end: connect, read, write, read back across the
 * life of a connection, and errors for what is beyond its end. Rings, grants, events and the store
 * together: a broken hypervisor shows here as a sector that is another's.
 */
#include <errno.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/store.h"
#include "pv-drivers/front/blk.h"
#include "tests/guest/lib/test.h"

#define PAGES   11u
#define ROUNDS  40u
#define SECTORS (PAGES * 8)

static struct blk disk;
static void *pages[PAGES];

static void fill(uint64_t seed)
{
	for (unsigned int p = 0; p < PAGES; p++) {
		for (unsigned int i = 0; i < 512; i++)
			((uint64_t *)pages[p])[i] = seed + p * 512 + i;
	}
}

static unsigned int differing(uint64_t seed)
{
	unsigned int n = 0;

	for (unsigned int p = 0; p < PAGES; p++) {
		for (unsigned int i = 0; i < 512; i++)
			n += ((uint64_t *)pages[p])[i] != seed + p * 512 + i;
	}
	return n;
}

static int64_t write_all(void)
{
	int64_t rc = 0;

	for (unsigned int r = 0; !rc && r < ROUNDS; r++) {
		fill(r * 1000000ul);
		rc = blk_write(&disk, r * SECTORS, pages, PAGES);
	}
	return rc;
}

static void read_all(const char *when)
{
	unsigned int wrong = 0;
	int64_t rc = 0;

	for (unsigned int r = 0; !rc && r < ROUNDS; r++) {
		fill(77);
		rc = blk_read(&disk, r * SECTORS, pages, PAGES);
		wrong += differing(r * 1000000ul);
	}
	test_equal(test_name("%s: read", when), 0, rc);
	test_equal(test_name("%s: wrong words", when), 0, wrong);
}

void test_main(void)
{
	int64_t rc = store_init();

	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = page_alloc();
	if (!rc)
		rc = blk_open(&disk, 0);
	if (rc)
		test_give_up("open the disk", rc);
	test_true("size", disk.sectors >= ROUNDS * SECTORS);
	test_true("sector size", disk.sector_size >= 512);
	test_equal("write", 0, write_all());
	read_all("back");
	rc = blk_flush(&disk);
	test_true("flush", rc == 0 || rc == -ENOSYS);
	test_equal("read beyond the end", -EIO, blk_read(&disk, disk.sectors, pages, 1));
	test_equal("write beyond the end", -EIO, blk_write(&disk, disk.sectors - 1, pages, 2));
	test_equal("too many pages", -EINVAL, blk_read(&disk, 0, pages, PAGES + 1));
	test_equal("close", 0, blk_close(&disk));
	rc = blk_open(&disk, 0);
	if (test_equal("open again", 0, rc)) {
		read_all("after closing");
		blk_close(&disk);
	}
	test_equal("no second disk", -ENODEV, blk_open(&disk, 1));
}
