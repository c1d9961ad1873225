/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that is called: a process for each caller, so that none holds up another. */
#ifndef TLS_SERVE_H
#define TLS_SERVE_H

#include "lib/diag.h"

struct serve {
	const char *dir;     /* of the certificates, read anew for each caller */
	const char *command; /* run by the shell for each caller */
	unsigned max;        /* callers at the same time; others wait */
};

/*
 * Serve the listening socket @fd until SIGTERM or SIGINT; those being served go on. 0, or -errno
 * and d.
 */
int serve(const struct serve *v, int fd, struct diag *d);

#endif
