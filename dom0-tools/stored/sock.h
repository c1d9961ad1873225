/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections of the control domain's tools over a UNIX socket. */
#ifndef STORED_SOCK_H
#define STORED_SOCK_H

#include <stdint.h>

struct conn;
struct db;

/*
 * Listen at path, making its directory and replacing a socket that an earlier daemon left; the
 * caller holds the lock that proves there is no other. Descriptor, or -errno with text filled.
 */
int sock_listen(const char *path, char *text, unsigned size);

/* Accept what waits and watch it in the epoll set. */
void sock_accept(struct db *db, int listener, int epoll);

/* Watch the clients that an earlier process had, and those of their answers that still wait. */
void sock_adopt(struct db *db, int epoll);

/* Epoll events came for a client: read and do requests. */
void sock_event(struct conn *c, uint32_t events);
/* Send what is queued; asks for EPOLLOUT if the peer is slow. */
void sock_flush(struct conn *c, int epoll);
/* Close and free. */
void sock_close(struct conn *c);

#endif
