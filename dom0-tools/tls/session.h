/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TLS 1.3 connection between two machines that both show a certificate of one authority. Of the
 * folder's files this alone knows the library.
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/diag.h"

struct session;

/*
 * Read ca.pem, cert.pem and key.pem of @dir and look whether the key belongs to the certificate.
 * NULL and d if one is missing or cannot be used.
 */
struct session *session_new(const char *dir, struct diag *d);
void session_free(struct session *s);

/*
 * Agree with the other side over the connected socket @fd, which becomes non-blocking; 30 s at
 * most. @host: the name that the other side's certificate must have, by which this is the side
 * that called; NULL: this side was called. 0, or -EACCES if the other side's certificate is not
 * good enough, -EPROTO, -ETIMEDOUT and so on; d.
 */
int session_begin(struct session *s, int fd, const char *host, struct diag *d);

/* Name in the other side's certificate, in words; valid until the session is freed. */
const char *session_peer(const struct session *s);

/* Bytes that have come and that poll() on the socket does not tell of. */
bool session_pending(const struct session *s);

/*
 * Bytes read or sent, up to len; 0 from session_read: the other side has said that it sends no
 * more. -EAGAIN: call again, with the same bytes, when the socket is ready. -ECONNRESET: the
 * connection ended without a word. Others: -EIO, and session_trouble says what.
 */
ssize_t session_read(struct session *s, void *data, size_t len);
ssize_t session_write(struct session *s, const void *data, size_t len);
const char *session_trouble(const struct session *s);

/*
 * Tell the other side that no more is sent from here; its own goes on. 0, -EAGAIN as above, -EIO.
 */
int session_finish(struct session *s);

#endif
