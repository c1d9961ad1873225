/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that never fails, and byte queues on it. Running out of memory ends the daemon: its state
 * is in the journal, so a restart loses nothing, whereas a half-done change would.
 */
#ifndef STORED_MEM_H
#define STORED_MEM_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
void *mem_realloc(void *p, size_t n);

/* FNV-1a, continued: hash a string piecewise by passing the last result as h. */
#define MEM_HASH_INIT 2166136261u
static inline uint32_t mem_hash_byte(uint32_t h, char c)
{
	return (h ^ (uint8_t)c) * 16777619u;
}

/* A queue of bytes: put at the end, take from the front. All zero is an empty queue. */
struct buf {
	char *p;
	uint32_t head, len, cap;
};

/* Room for n more bytes at the end; the caller fills them. The pointer is good until the next call.
 */
char *buf_grow(struct buf *b, uint32_t n);
void buf_put(struct buf *b, const void *data, uint32_t n);
static inline const char *buf_data(const struct buf *b)
{
	return b->p + b->head;
}
/* Drop n <= len bytes from the front; a large queue that runs empty gives its memory back. */
void buf_take(struct buf *b, uint32_t n);
void buf_free(struct buf *b);

#endif
