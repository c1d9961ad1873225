/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front's half of a request ring, with a back-end played by hand, an honest one and others. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "pv-drivers/ring/requests.h"
#include "suite.h"

#define ENTRY 112u

static _Alignas(4096) uint8_t page[4096];
static struct requests_ring ring;

static void setup(void)
{
	memset(page, 0, sizeof(page));
	requests_init(&ring, page, sizeof(page), ENTRY);
}

static struct ring_head *head(void)
{
	return (struct ring_head *)page;
}

/* The back-end answers the next request by a byte. */
static void answer(uint8_t byte)
{
	uint32_t at = head()->rsp_prod & (ring.count - 1);

	page[RING_HEAD_SIZE + at * ENTRY] = byte;
	head()->rsp_prod++;
}

START_TEST(holds_what_fits)
{
	uint8_t request = 1;

	setup();
	ck_assert_uint_eq(ring.count, 32);
	ck_assert_uint_eq(head()->req_event, 1);
	ck_assert_uint_eq(head()->rsp_event, 1);
	for (int i = 0; i < 32; i++)
		ck_assert(requests_put(&ring, &request, 1));
	ck_assert(!requests_put(&ring, &request, 1));
	ck_assert_uint_eq(requests_in_flight(&ring), 32);
}
END_TEST

START_TEST(notifies_when_asked)
{
	uint8_t request = 1;

	setup();
	requests_put(&ring, &request, 1);
	ck_assert(requests_push(&ring));
	ck_assert_uint_eq(head()->req_prod, 1);
	/* The back-end is still at work and has not asked for more. */
	requests_put(&ring, &request, 1);
	ck_assert(!requests_push(&ring));
	head()->req_event = 4;
	requests_put(&ring, &request, 1);
	requests_put(&ring, &request, 1);
	ck_assert(requests_push(&ring));
	ck_assert(!requests_push(&ring));
}
END_TEST

START_TEST(takes_responses_round_the_ring)
{
	setup();
	for (uint32_t i = 0; i < 1000; i++) {
		uint8_t request = (uint8_t)i, response = 0;

		ck_assert(requests_put(&ring, &request, 1));
		requests_push(&ring);
		ck_assert_int_eq(requests_take(&ring, &response, 1), 0);
		ck_assert_uint_eq(head()->rsp_event, i + 1);
		answer((uint8_t)(i * 3));
		ck_assert_int_eq(requests_take(&ring, &response, 1), 1);
		ck_assert_uint_eq(response, (uint8_t)(i * 3));
	}
	ck_assert_uint_eq(requests_in_flight(&ring), 0);
}
END_TEST

START_TEST(believes_no_index_that_runs_ahead)
{
	uint8_t request = 1, response;

	setup();
	head()->rsp_prod = 1;
	ck_assert_int_eq(requests_take(&ring, &response, 1), -EPROTO);
	head()->rsp_prod = 0;
	/* Put, but not published: nobody can have answered it. */
	requests_put(&ring, &request, 1);
	head()->rsp_prod = 1;
	ck_assert_int_eq(requests_take(&ring, &response, 1), -EPROTO);
	requests_push(&ring);
	ck_assert_int_eq(requests_take(&ring, &response, 1), 1);
	head()->rsp_prod = 0;
	ck_assert_int_eq(requests_take(&ring, &response, 1), -EPROTO);
}
END_TEST

START_TEST(keeps_its_own_indices)
{
	uint8_t request = 1;

	setup();
	requests_put(&ring, &request, 1);
	requests_push(&ring);
	head()->req_prod = 77;
	requests_put(&ring, &request, 1);
	requests_push(&ring);
	ck_assert_uint_eq(head()->req_prod, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("requests");
	TCase *t = tcase_create("requests");

	tcase_add_test(t, holds_what_fits);
	tcase_add_test(t, notifies_when_asked);
	tcase_add_test(t, takes_responses_round_the_ring);
	tcase_add_test(t, believes_no_index_that_runs_ahead);
	tcase_add_test(t, keeps_its_own_indices);
	suite_add_tcase(s, t);
	return suite_run(s);
}
