/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes between a connection and pipes, both ways at once; neither way waits for the other. */
#ifndef TLS_RELAY_H
#define TLS_RELAY_H

#include <sys/types.h>

#include "lib/diag.h"
#include "tls/session.h"

/*
 * The side that called: standard input goes out, what the other side's command prints goes to
 * standard output and error, until that command has ended. Its exit status, or -ECONNRESET,
 * -EPROTO, -EIO and d.
 */
int relay_call(struct session *s, int fd, struct diag *d);

/* The command of the side that was called, and the pipes to it, which relay_serve closes. */
struct relay_command {
	pid_t pid;
	int in, out, err;
};

/*
 * The side that was called: what comes is the command's input, which ends when the caller's does
 * or the connection is gone; what it prints goes out, and its status when it has ended. 0, or
 * -errno and d if the connection did not live that long.
 */
int relay_serve(struct session *s, int fd, const struct relay_command *c, struct diag *d);

#endif
