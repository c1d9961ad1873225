/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine that was called sends back: pieces of its command's output, of its messages,
 * and at the end how it ended. A piece is one byte of kind, two of length, most significant
 * first, and so many bytes. The caller sends the command's input as it is. Pure.
 */
#ifndef TLS_FRAME_H
#define TLS_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum frame_kind {
	FRAME_OUT = 1,    /* standard output */
	FRAME_ERR = 2,    /* standard error */
	FRAME_STATUS = 3, /* one byte: exit status as a shell has it; nothing comes after it */
};

enum { FRAME_HEAD = 3, FRAME_MAX = 16000 };

/* Where a reader is in what has come. Zeroed: at the beginning. */
struct frame_reader {
	uint8_t head[FRAME_HEAD];
	unsigned have; /* bytes of the head */
	size_t left;   /* bytes of the piece that are to come */
};

/* Write the head of a piece of @len bytes, 1 to FRAME_MAX, to @head. */
void frame_head(uint8_t head[FRAME_HEAD], enum frame_kind kind, size_t len);

/*
 * Look at @len bytes, 1 or more: *skip gets how many of them are head; then that many follow of
 * the piece at hand as are returned, 0 if the head is not complete. -EPROTO: no piece begins so.
 * What was taken of a piece is told by frame_taken.
 */
int frame_look(struct frame_reader *r, const uint8_t *data, size_t len, size_t *skip);

enum frame_kind frame_kind(const struct frame_reader *r);
void frame_taken(struct frame_reader *r, size_t n);

#endif
