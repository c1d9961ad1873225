// SPDX-License-Identifier: GPL-2.0-or-later
/* Pieces that a far command's output comes in, and addresses as users write them. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "tls/address.h"
#include "tls/frame.h"

static const uint8_t stream[] = {1,   0, 3, 'a', 'b', 'c', 2, 0, 2, 'x',
				 'y', 1, 0, 1,   'd', 3,   0, 1, 9};

/* The stream in portions of @portion bytes: what is output, messages, status. */
static void read_in(size_t portion, char *out, char *err, int *status)
{
	struct frame_reader r = {.have = 0};
	size_t at = 0, skip, len;
	int n;

	*out = *err = '\0';
	*status = -1;
	while (at < sizeof(stream)) {
		len = portion < sizeof(stream) - at ? portion : sizeof(stream) - at;
		while (len) {
			n = frame_look(&r, stream + at, len, &skip);
			ck_assert_int_ge(n, 0);
			ck_assert_uint_le((size_t)n + skip, len);
			at += skip;
			len -= skip;
			if (!n)
				continue;
			if (frame_kind(&r) == FRAME_STATUS)
				*status = stream[at];
			else
				strncat(frame_kind(&r) == FRAME_OUT ? out : err,
					(const char *)stream + at, (size_t)n);
			frame_taken(&r, (size_t)n);
			at += (size_t)n;
			len -= (size_t)n;
		}
	}
}

START_TEST(test_frames)
{
	char out[16], err[16];
	int status;

	for (size_t portion = 1; portion <= sizeof(stream); portion++) {
		read_in(portion, out, err, &status);
		ck_assert_str_eq(out, "abcd");
		ck_assert_str_eq(err, "xy");
		ck_assert_int_eq(status, 9);
	}
}
END_TEST

START_TEST(test_bad_frames)
{
	static const uint8_t bad[][FRAME_HEAD] = {
		{0, 0, 1}, {4, 0, 1}, {1, 0, 0}, {1, 0xff, 0xff}, {3, 0, 2}};
	size_t skip;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct frame_reader r = {.have = 0};

		ck_assert_int_eq(frame_look(&r, bad[i], FRAME_HEAD, &skip), -EPROTO);
	}
}
END_TEST

START_TEST(test_head)
{
	struct frame_reader r = {.have = 0};
	uint8_t head[FRAME_HEAD];
	size_t skip;

	frame_head(head, FRAME_ERR, FRAME_MAX);
	ck_assert_int_eq(frame_look(&r, head, sizeof(head), &skip), 0);
	ck_assert_uint_eq(skip, FRAME_HEAD);
	ck_assert_uint_eq(r.left, FRAME_MAX);
	ck_assert_int_eq(frame_kind(&r), FRAME_ERR);
}
END_TEST

static void address(const char *text, const char *host, const char *port)
{
	struct diag d = DIAG_INIT;
	struct address a;

	ck_assert_int_eq(address_parse(text, &a, &d), 0);
	ck_assert_str_eq(a.host, host);
	ck_assert_str_eq(a.port, port);
}

START_TEST(test_addresses)
{
	static const char *const bad[] = {"", ":", ":80", "host:", "[::1]80", "[]", "[]:80"};
	struct diag d = DIAG_INIT;
	struct address a;

	address("host", "host", TLS_PORT);
	address("host:99", "host", "99");
	address("10.0.0.1:99", "10.0.0.1", "99");
	address("fe80::1", "fe80::1", TLS_PORT);
	address("[fe80::1]", "fe80::1", TLS_PORT);
	address("[fe80::1]:99", "fe80::1", "99");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(address_parse(bad[i], &a, &d), -EINVAL);
		ck_assert_ptr_nonnull(strstr(d.text, bad[i]));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tls");
	TCase *c = tcase_create("tls");

	tcase_add_test(c, test_frames);
	tcase_add_test(c, test_bad_frames);
	tcase_add_test(c, test_head);
	tcase_add_test(c, test_addresses);
	suite_add_tcase(s, c);
	return suite_run(s);
}
