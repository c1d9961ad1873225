/* SPDX-License-Identifier: MIT */
/*
 * A ring of bytes shared with a peer that is not trusted: one side produces, the other consumes,
 * both indices run freely and wrap at 2^32. Each index has one writer; the other side's is read
 * once, checked, and only the copy is used. Our own index is kept in private memory too, since the
 * peer can write the shared one.
 */
#ifndef PV_RING_BYTES_H
#define PV_RING_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes_ring {
	char *data;     /* shared; size bytes */
	uint32_t size;  /* a power of two */
	uint32_t *prod; /* shared indices */
	uint32_t *cons;
	uint32_t own; /* private copy of the index that is ours */
};

/* Take up to n bytes as the consumer (own = cons). Bytes taken, or -EPROTO: impossible index. */
long bytes_take(struct bytes_ring *r, char *to, size_t n);

/*
 * The same in two steps, for a consumer that must not lose what it has when it dies between them:
 * a copy, and then the peer gets the room of n of these bytes.
 */
long bytes_look(const struct bytes_ring *r, char *to, size_t n);
void bytes_done(struct bytes_ring *r, size_t n);

/* Add up to n bytes as the producer (own = prod). Bytes added, or -EPROTO: impossible index. */
long bytes_add(struct bytes_ring *r, const char *from, size_t n);

/* Room for the producer, or -EPROTO. */
long bytes_room(const struct bytes_ring *r);

#endif
