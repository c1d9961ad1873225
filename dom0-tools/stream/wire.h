/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records through a file, pipe or socket: counted, padded, with bounded lengths. */
#ifndef TOOLS_STREAM_WIRE_H
#define TOOLS_STREAM_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "lib/diag.h"
#include "stream/format.h"

struct wire {
	int fd;
	const char *name;  /* of the other end, for messages */
	uint64_t done;     /* bytes that went through */
	uint64_t expected; /* how many there will be, as far as is known; 0: unknown */
	/* After each record, and while nothing moves: not 0 ends the work. May be NULL. */
	int (*tick)(struct wire *w);
	/* Seconds after which the other end counts as gone if nothing moves; 0: never. */
	unsigned patience;
};

/* A record that was read; body is the reader's until the next one. */
struct record {
	uint32_t type;
	uint32_t length;
	uint64_t at; /* offset in the stream, for messages */
	uint8_t *body;
	size_t room;
};

/* Write all of it (iov is used up). 0, -EINTR when tick ends it, or -errno with d. */
int wire_write(struct wire *w, struct iovec *iov, size_t n, struct diag *d);

/* Read exactly n bytes. 0, -ENODATA with d when the stream ends before, else as wire_write. */
int wire_read(struct wire *w, void *buf, size_t n, struct diag *d);

/* Write one record whose body is the n parts. 0, what tick said, or -errno with d. */
int wire_put(struct wire *w, uint32_t type, const struct iovec *parts, size_t n, struct diag *d);

/* One record whose body is size bytes at body. */
int wire_put1(struct wire *w, uint32_t type, const void *body, size_t size, struct diag *d);

/* Read the next record. 0, -EINVAL with d for a length that cannot be, else as wire_read. */
int wire_next(struct wire *w, struct record *r, struct diag *d);
void record_release(struct record *r);

#endif
