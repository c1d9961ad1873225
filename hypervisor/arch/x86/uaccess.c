/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies to and from guest memory. A guest may raise a page's rights without a flush, and the CPU
 * may then fault on the stale entry, which the fault itself drops: so each copy is tried twice.
 */
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/vaspace.h>

bool uaccess_copy(void *dst, const void *src, size_t n);
bool uaccess_clear(void *dst, size_t n);

static bool range_ok(uint64_t gva, size_t n)
{
	uint64_t end = gva + n;

	return end >= gva && (end <= 1ull << 47 || gva >= HV_VA_END);
}

int copy_from_guest(void *dst, uint64_t gva, size_t n)
{
	const void *src = (const void *)gva;

	if (!range_ok(gva, n))
		return -EFAULT;
	return uaccess_copy(dst, src, n) || uaccess_copy(dst, src, n) ? 0 : -EFAULT;
}

int copy_to_guest(uint64_t gva, const void *src, size_t n)
{
	void *dst = (void *)gva;

	if (!range_ok(gva, n))
		return -EFAULT;
	return uaccess_copy(dst, src, n) || uaccess_copy(dst, src, n) ? 0 : -EFAULT;
}

int clear_guest(uint64_t gva, size_t n)
{
	void *dst = (void *)gva;

	if (!range_ok(gva, n))
		return -EFAULT;
	return uaccess_clear(dst, n) || uaccess_clear(dst, n) ? 0 : -EFAULT;
}
