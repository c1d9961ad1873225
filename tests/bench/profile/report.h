/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROFILE_REPORT_H
#define PROFILE_REPORT_H

#include <stdbool.h>

struct report_options {
	char *path;
	bool code;  /* list each instruction too */
	bool exact; /* blocks cut short were counted as far as they ran */
};

/* Close the books and write them as JSON (README.md); says on standard error if it cannot. */
void report_write(const struct report_options *options);

#endif
