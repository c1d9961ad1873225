// SPDX-License-Identifier: GPL-2.0-or-later
/* The cache of unpacked kernels, in a folder of its own. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "build/unpacked.h"
#include "suite.h"

static char top[64], dir[80];

static void set_up(void)
{
	strcpy(top, "/tmp/test_unpacked.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(dir, sizeof(dir), "%s/cache", top);
}

static unsigned files(void)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void tear_down(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
	rmdir(top);
}

static struct stat kernel(unsigned n)
{
	return (struct stat){.st_dev = 1, .st_ino = n, .st_size = 100, .st_mtim = {5, 6}};
}

static void has(const struct stat *st, const char *text)
{
	const uint8_t *image;
	size_t n;

	ck_assert_int_eq(unpacked_find(dir, st, &image, &n), 0);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_mem_eq(image, text, n);
	munmap((void *)image, n);
}

static void has_not(const struct stat *st)
{
	const uint8_t *image;
	size_t n;

	ck_assert_int_eq(unpacked_find(dir, st, &image, &n), -ENOENT);
}

static int keep(const struct stat *st, const char *text)
{
	return unpacked_keep(dir, st, (const uint8_t *)text, strlen(text));
}

START_TEST(test_keep)
{
	struct stat one = kernel(1), two = kernel(2);

	has_not(&one);
	ck_assert_int_eq(keep(&one, "first"), 0);
	ck_assert_int_eq(keep(&two, "second"), 0);
	has(&one, "first");
	has(&two, "second");
	/* Two creations at once: the first to come stays. */
	ck_assert_int_eq(keep(&one, "again"), -EEXIST);
	has(&one, "first");
	ck_assert_uint_eq(files(), 2);
}
END_TEST

/* Written to, replaced, touched: each is another file. */
START_TEST(test_changed)
{
	struct stat st = kernel(1), other;

	ck_assert_int_eq(keep(&st, "first"), 0);
	other = st, other.st_dev++;
	has_not(&other);
	other = st, other.st_ino++;
	has_not(&other);
	other = st, other.st_size++;
	has_not(&other);
	other = st, other.st_mtim.tv_sec++;
	has_not(&other);
	other = st, other.st_mtim.tv_nsec++;
	has_not(&other);
	other = st, other.st_ctim.tv_sec++;
	has_not(&other);
	other = st, other.st_ctim.tv_nsec++;
	has_not(&other);
	has(&st, "first");
}
END_TEST

START_TEST(test_oldest_goes)
{
	struct stat st;

	for (unsigned n = 0; n <= UNPACKED_MAX; n++) {
		st = kernel(n);
		ck_assert_int_eq(keep(&st, "image"), 0);
		/* File systems tell times apart by a tick at best. */
		usleep(20000);
	}
	ck_assert_uint_eq(files(), UNPACKED_MAX);
	st = kernel(0);
	has_not(&st);
	st = kernel(UNPACKED_MAX);
	has(&st, "image");
}
END_TEST

/* Into a folder that others may write to anybody could put a kernel. */
START_TEST(test_not_ours)
{
	struct stat st = kernel(1);
	const uint8_t *image;
	size_t n;

	ck_assert_int_eq(keep(&st, "first"), 0);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	ck_assert_int_eq(unpacked_find(dir, &st, &image, &n), -EPERM);
	ck_assert_int_eq(keep(&st, "second"), -EPERM);
	ck_assert_int_eq(chmod(dir, 0700), 0);
	has(&st, "first");
}
END_TEST

START_TEST(test_no_place)
{
	struct stat st = kernel(1);

	ck_assert_int_eq(unpacked_keep("/nothing/here", &st, (const uint8_t *)"x", 1), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("unpacked");
	TCase *c = tcase_create("unpacked");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, test_keep);
	tcase_add_test(c, test_changed);
	tcase_add_test(c, test_oldest_goes);
	tcase_add_test(c, test_not_ours);
	tcase_add_test(c, test_no_place);
	suite_add_tcase(s, c);
	return suite_run(s);
}
