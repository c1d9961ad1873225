/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `pav check`: one finding after another, each fine or with what to do about it. */
#ifndef TOOLS_CLI_CHECK_H
#define TOOLS_CLI_CHECK_H

#include <jansson.h>

#include "lib/host.h"

struct check {
	struct host h; /* hv and store as far as they could be opened */
	bool has_hv;
	json_t *rows;
	int missing;
};

/* It is as it should be; the words say what was found. */
void check_ok(struct check *k, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* It is not: d says what and has the remedy. */
void check_missing(struct check *k, const char *what, const struct diag *d);

/* rc 0: fine, in those words; else missing. */
void check_told(struct check *k, const char *what, int rc, const char *found, const struct diag *d);

/* The machine: rights, hypervisor, devices, drivers, daemons, bridges, memory, folders. */
void check_host(struct check *k);

/* The configuration at path with n settings on top: itself, and what it asks of the machine. */
void check_conf(struct check *k, const char *path, char **settings, int n);

#endif
