/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop: waits for events of sockets, rings and signals, and lets each part do its share. */
#ifndef STORED_SERVER_H
#define STORED_SERVER_H

#include <stdbool.h>

struct db;

struct server {
	struct db *db;
	const char *state; /* journal file, or NULL */
	int listener;
	bool rings;  /* port.h is open */
	int changes; /* local port of "some domain changed", or negative */
};

/* Serve until SIGTERM or SIGINT. -errno if the loop cannot start. */
int server_run(struct server *s);

#endif
