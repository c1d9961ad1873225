// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <time.h>

#include "lib/host.h"

int host_open(struct host *h, struct diag *d)
{
	int rc = hv_open(&h->hv, d);

	h->store = NULL;
	if (rc)
		return rc;
	h->store = store_open(d);
	if (!h->store) {
		hv_close(&h->hv);
		return -ENOTCONN;
	}
	return 0;
}

void host_close(struct host *h)
{
	store_close(h->store);
	hv_close(&h->hv);
}

uint64_t host_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void host_sleep(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}
