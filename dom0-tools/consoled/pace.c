// SPDX-License-Identifier: GPL-2.0-or-later
#include "consoled/pace.h"

unsigned pace_limit = 256 << 10;

enum { SECOND = 1000000000, CALM_S = 1 };

size_t pace_room(struct pace *r, uint64_t now)
{
	uint64_t burst = (uint64_t)pace_limit * PACE_BURST_S;

	if (!r->then || now - r->then >= (uint64_t)PACE_BURST_S * SECOND)
		r->left = burst;
	else
		r->left += (now - r->then) * pace_limit / SECOND;
	r->then = now;
	if (r->left > burst)
		r->left = burst;
	return r->left < PACE_TURN ? (size_t)r->left : PACE_TURN;
}

bool pace_took(struct pace *r, uint64_t now, size_t n, bool more, uint64_t *ms, uint64_t *bytes)
{
	bool waits = more && r->left <= n, ends, tells;

	r->left -= n < r->left ? n : r->left;
	if (!r->since && !waits)
		return false;
	if (!r->since) {
		r->since = now;
		r->bytes = 0;
		*ms = *bytes = 0;
		return true;
	}
	r->bytes += n;
	*ms = (now - r->since) / (SECOND / 1000);
	*bytes = r->bytes;
	/* It is over when it could print for a second without being stopped. */
	ends = r->left >= (uint64_t)pace_limit * CALM_S;
	tells = ends || now - r->since >= (uint64_t)PACE_TELL_S * SECOND;
	if (ends)
		r->since = 0;
	else if (tells) {
		r->since = now;
		r->bytes = 0;
	}
	return tells;
}
