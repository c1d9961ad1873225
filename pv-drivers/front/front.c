/* SPDX-License-Identifier: MIT */
#include "pv-drivers/front/front.h"

#include <errno.h>
#include <string.h>

#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"

#define STATE_WAIT (20 * TIME_S)
#define POLL       (20 * TIME_MS)

int64_t front_find(struct front *f, const char *kind, unsigned int index)
{
	char names[256], path[64], *at = names;
	int64_t n;

	memset(f, 0, sizeof(*f));
	text_format(path, sizeof(path), "device/%s", kind);
	n = store_list(STORE_NONE, path, names, sizeof(names) - 1);
	if (n <= 0)
		return -ENODEV;
	if (n > (int64_t)sizeof(names) - 1)
		n = sizeof(names) - 1;
	names[n] = 0;
	while (index-- && at < names + n)
		at += strlen(at) + 1;
	if (at >= names + n)
		return -ENODEV;
	text_format(f->path, sizeof(f->path), "device/%s/%s", kind, at);
	text_format(path, sizeof(path), "%s/backend", f->path);
	n = store_read(STORE_NONE, path, f->backend, sizeof(f->backend));
	if (n <= 0)
		return -ENODEV;
	text_format(path, sizeof(path), "%s/backend-id", f->path);
	f->backend_id = (uint16_t)store_number(path, 0);
	return 0;
}

uint64_t front_number(const struct front *f, const char *key, uint64_t otherwise)
{
	char path[160];

	text_format(path, sizeof(path), "%s/%s", f->backend, key);
	return store_number(path, otherwise);
}

int64_t front_publish(const struct front *f, const char *key, const char *value)
{
	char path[96];

	text_format(path, sizeof(path), "%s/%s", f->path, key);
	return store_write(STORE_NONE, path, value);
}

int64_t front_publish_number(const struct front *f, const char *key, uint64_t value)
{
	char text[24];

	text_format(text, sizeof(text), "%lu", value);
	return front_publish(f, key, text);
}

int64_t front_set_state(const struct front *f, unsigned int state)
{
	return front_publish_number(f, "state", state);
}

/* Wait until the back-end's state is one of `wanted` (bits); one of `fatal` ends it. */
static int64_t wait_state(const struct front *f, unsigned int wanted, unsigned int fatal)
{
	uint64_t end = time_now() + STATE_WAIT;

	while (time_now() < end) {
		uint64_t state = front_number(f, "state", XENBUS_STATE_UNKNOWN);

		if (state < 16 && wanted >> state & 1)
			return 0;
		if (state >= 16 || fatal >> state & 1)
			return -ENODEV;
		time_wait(NULL, NULL, POLL);
	}
	return -ETIMEDOUT;
}

#define BIT(state) (1u << (state))
#define GONE       (BIT(XENBUS_STATE_CLOSING) | BIT(XENBUS_STATE_CLOSED))

int64_t front_begin(struct front *f)
{
	/* Also what makes a back-end that an earlier front has left start anew. */
	int64_t rc = front_set_state(f, XENBUS_STATE_INITIALISING);

	return rc ? rc : wait_state(f, BIT(XENBUS_STATE_INIT_WAIT), BIT(XENBUS_STATE_UNKNOWN));
}

int64_t front_add_ring(struct front *f)
{
	void *page = page_alloc();
	int64_t ref;

	if (!page)
		return -ENOMEM;
	ref = grant_access(f->backend_id, page, false);
	if (ref < 0) {
		page_free(page);
		return ref;
	}
	f->rings[f->ring_count] = page;
	f->refs[f->ring_count++] = (uint32_t)ref;
	return 0;
}

int64_t front_add_event(struct front *f, event_fn *fn, void *arg)
{
	int64_t port = event_alloc(f->backend_id, fn, arg);

	if (port < 0)
		return port;
	f->port = (uint32_t)port;
	return 0;
}

int64_t front_connect(struct front *f, unsigned int state)
{
	int64_t rc = front_set_state(f, state);

	if (!rc)
		rc = wait_state(f, BIT(XENBUS_STATE_CONNECTED), GONE);
	if (!rc && state != XENBUS_STATE_CONNECTED)
		rc = front_set_state(f, XENBUS_STATE_CONNECTED);
	return rc;
}

int64_t front_close(struct front *f)
{
	int64_t rc = 0;

	front_set_state(f, XENBUS_STATE_CLOSING);
	wait_state(f, GONE | BIT(XENBUS_STATE_UNKNOWN), 0);
	front_set_state(f, XENBUS_STATE_CLOSED);
	/* A back-end that waits for a new front is done with the old one too. */
	wait_state(f,
		   BIT(XENBUS_STATE_CLOSED) | BIT(XENBUS_STATE_UNKNOWN) |
			   BIT(XENBUS_STATE_INIT_WAIT),
		   0);
	if (f->port)
		event_close(f->port);
	while (f->ring_count) {
		f->ring_count--;
		if (grant_end(f->refs[f->ring_count]))
			rc = -EBUSY;
		else
			page_free(f->rings[f->ring_count]);
	}
	return rc;
}
