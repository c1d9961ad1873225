/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of a test that runs its cases on the machine of mm_sim.h. */
#ifndef MM_MAIN_H
#define MM_MAIN_H

#include "mm_sim.h"
#include "suite.h"
#include <check.h>
#include <string.h>
#include <stdlib.h>

static int run_cases(const char *name, const TTest *const *cases, size_t n)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, sim_start, sim_stop);
	tcase_set_timeout(t, 60);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(t, cases[i]);
	suite_add_tcase(s, t);
	return suite_run(s);
}

#endif
