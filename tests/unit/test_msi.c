// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MSI and MSI-X of a device whose configuration space may say anything: what is found, what is
 * refused, and which words a message and a mask change.
 */
#include <check.h>
#include <hv/errno.h>
#include <hv/msi.h>
#include <stdlib.h>
#include <string.h>
#include "host.h"
#include "suite.h"

#define STATUS 0x06
#define BAR(n) (0x10 + 4 * (n))
#define CAPS   0x34
#define MSI    0x50
#define MSIX   0x70

static const struct pci_addr dev = {0, 3, 0x18};
static const struct irq_vector vector = {2, 0x41};
static struct msi_source m;

static void put(unsigned at, unsigned size, uint32_t value)
{
	arch_pci_write(dev, at, size, value);
}

static uint32_t get(unsigned at, unsigned size)
{
	return arch_pci_read(dev, at, size);
}

/* An MSI-X capability behind an MSI one; the table is in BAR 2 at offset 0x40. */
static void setup(void)
{
	memset(&host_pci, 0, sizeof(host_pci));
	host_pci.dev = dev;
	host_pci.memory_base = 0x1f0000000;
	put(0, 2, 0x8086);
	put(STATUS, 2, 0x10);
	put(CAPS, 1, MSI);
	put(MSI, 2, MSIX << 8 | 0x05);
	put(MSIX, 2, 0x11);
	put(MSIX + 2, 2, 7);
	put(MSIX + 4, 4, 0x40 | 2);
	put(BAR(2), 4, 0xf0000004);
	put(BAR(3), 4, 1);
}

START_TEST(plain_msi)
{
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), 0);
	ck_assert_uint_eq(m.cap, MSI);
	ck_assert(!m.is_64 && !m.maskable && !m.entry);
	put(MSI + 12, 4, 0x12345678);
	msi_source_program(&m, vector);
	ck_assert_uint_eq(get(MSI + 4, 4), 0xfee02000);
	ck_assert_uint_eq(get(MSI + 8, 2), 0x41);
	/* There is no mask, so the word behind stays. */
	msi_source_mask(&m, true);
	ck_assert_uint_eq(get(MSI + 12, 4), 0x12345678);
}
END_TEST

START_TEST(msi_with_64_bits_and_mask)
{
	put(MSI + 2, 2, 0x180);
	put(MSI + 8, 4, 0xffffffff);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), 0);
	ck_assert(m.is_64 && m.maskable);
	msi_source_program(&m, vector);
	ck_assert_uint_eq(get(MSI + 4, 4), 0xfee02000);
	ck_assert_uint_eq(get(MSI + 8, 4), 0);
	ck_assert_uint_eq(get(MSI + 12, 2), 0x41);
	ck_assert_uint_eq(get(MSI + 16, 4), 1);
	msi_source_mask(&m, false);
	ck_assert_uint_eq(get(MSI + 16, 4), 0);
	/* 32 bits: data and mask are one word nearer. */
	put(MSI + 2, 2, 0x100);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), 0);
	msi_source_program(&m, vector);
	ck_assert_uint_eq(get(MSI + 8, 2), 0x41);
	ck_assert_uint_eq(get(MSI + 12, 4), 1);
}
END_TEST

START_TEST(msix_entry)
{
	const uint32_t *entry = &host_pci.memory[(0x40 + 3 * 16) / 4];

	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, 3, &m), 0);
	ck_assert_uint_eq(m.cap, MSIX);
	msi_source_program(&m, vector);
	ck_assert_uint_eq(entry[0], 0xfee02000);
	ck_assert_uint_eq(entry[1], 0);
	ck_assert_uint_eq(entry[2], 0x41);
	ck_assert_uint_eq(entry[3], 1);
	msi_source_mask(&m, false);
	ck_assert_uint_eq(entry[3], 0);
	for (unsigned i = 0; i < ARRAY_SIZE(host_pci.memory); i++)
		if (&host_pci.memory[i] < entry || &host_pci.memory[i] > entry + 3)
			ck_assert_uint_eq(host_pci.memory[i], 0);
}
END_TEST

START_TEST(msix_refused)
{
	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, 8, &m), -EINVAL);
	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, UINT32_MAX, &m), -EINVAL);
	ck_assert_int_eq(msi_source_find(dev, 0x1f0001000, 0, &m), -EINVAL);
	/* The upper half of the BAR counts. */
	ck_assert_int_eq(msi_source_find(dev, 0xf0000000, 0, &m), -EINVAL);
	put(BAR(2), 4, 0xf0000000);
	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, 0, &m), -EINVAL);
	/* Right, but there is no room to map it. */
	ck_assert_int_eq(msi_source_find(dev, 0xf0000000, 0, &m), -ENOMEM);
	put(MSIX + 4, 4, 6);
	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, 0, &m), -EINVAL);
	put(MSI, 2, 0x05);
	ck_assert_int_eq(msi_source_find(dev, 0x1f0000000, 0, &m), -ENODEV);
}
END_TEST

START_TEST(no_capability)
{
	static const struct pci_addr other = {0, 3, 0x19};

	ck_assert_int_eq(msi_source_find(other, 0, 0, &m), -ENODEV);
	put(STATUS, 2, 0);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), -ENODEV);
	put(STATUS, 2, 0x10);
	/* A list that bites its tail, one that ends at once, one that leads into the header. */
	put(MSI, 2, MSIX << 8 | 0x01);
	put(MSIX, 2, MSI << 8 | 0x01);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), -ENODEV);
	put(CAPS, 1, 0);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), -ENODEV);
	put(CAPS, 1, 0x20);
	put(0x20, 2, 0x05);
	ck_assert_int_eq(msi_source_find(dev, 0, 0, &m), -ENODEV);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("msi");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, plain_msi);
	tcase_add_test(t, msi_with_64_bits_and_mask);
	tcase_add_test(t, msix_entry);
	tcase_add_test(t, msix_refused);
	tcase_add_test(t, no_capability);
	suite_add_tcase(s, t);
	return suite_run(s);
}
