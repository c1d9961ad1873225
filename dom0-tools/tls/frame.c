// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls/frame.h"

#include <errno.h>

void frame_head(uint8_t head[FRAME_HEAD], enum frame_kind kind, size_t len)
{
	head[0] = (uint8_t)kind;
	head[1] = (uint8_t)(len >> 8);
	head[2] = (uint8_t)len;
}

int frame_look(struct frame_reader *r, const uint8_t *data, size_t len, size_t *skip)
{
	*skip = 0;
	while (!r->left && *skip < len) {
		r->head[r->have++] = data[(*skip)++];
		if (r->have < FRAME_HEAD)
			continue;
		r->have = 0;
		r->left = (size_t)r->head[1] << 8 | r->head[2];
		if (r->head[0] < FRAME_OUT || r->head[0] > FRAME_STATUS || !r->left ||
		    r->left > FRAME_MAX || (r->head[0] == FRAME_STATUS && r->left != 1))
			return -EPROTO;
	}
	return (int)(len - *skip < r->left ? len - *skip : r->left);
}

enum frame_kind frame_kind(const struct frame_reader *r)
{
	return r->head[0];
}

void frame_taken(struct frame_reader *r, size_t n)
{
	r->left -= n;
}
