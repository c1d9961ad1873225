// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "trace/record.h"

bool record_next(const unsigned char **at, size_t *left, struct record *r)
{
	uint32_t head, tsc[2];
	size_t size;

	if (*left < sizeof(head))
		return false;
	memcpy(&head, *at, sizeof(head));
	r->n = head >> TRACE_EXTRA_SHIFT & TRACE_EXTRA_MAX;
	size = (1 + (head & TRACE_TSC ? 2 : 0) + r->n) * sizeof(uint32_t);
	if (*left < size)
		return false;
	r->event = head & 0x0fffffff;
	if (head & TRACE_TSC) {
		memcpy(tsc, *at + sizeof(head), sizeof(tsc));
		r->tsc = (uint64_t)tsc[1] << 32 | tsc[0];
	}
	memcpy(r->word, *at + size - r->n * sizeof(uint32_t), r->n * sizeof(uint32_t));
	*at += size;
	*left -= size;
	return true;
}
