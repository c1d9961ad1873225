/* SPDX-License-Identifier: MIT */
/*
 * What all front-ends share: finding the device in the store, and the handshake by which both ends
 * go from Initialising to Connected and to Closed. A kind of device adds what it publishes and what
 * it then reads. One vCPU, events enabled; store_init() was called.
 */
#ifndef PV_FRONT_FRONT_H
#define PV_FRONT_FRONT_H

#include <stddef.h>
#include <stdint.h>

#include "abi/ring.h"
#include "guest-abi/guest/event.h"

#define FRONT_RINGS_MAX 2

struct front {
	char path[48];     /* device/<kind>/<id>, relative to the domain */
	char backend[112]; /* absolute */
	uint16_t backend_id;
	uint32_t port;
	void *rings[FRONT_RINGS_MAX];
	uint32_t refs[FRONT_RINGS_MAX];
	unsigned int ring_count;
};

/* Find the index-th device of a kind ("vbd", "vif"). -ENODEV: there is none. */
int64_t front_find(struct front *f, const char *kind, unsigned int index);

/* Start anew: wait for the back-end to be ready for us. -ENODEV: it is gone; -ETIMEDOUT. */
int64_t front_begin(struct front *f);

/* A zeroed ring page, granted, and the event channel. 0 or -errno; undone by front_close(). */
int64_t front_add_ring(struct front *f);
int64_t front_add_event(struct front *f, event_fn *fn, void *arg);

/* Write a key of ours; numbers by front_publish_number(). 0 or -errno. */
int64_t front_publish(const struct front *f, const char *key, const char *value);
int64_t front_publish_number(const struct front *f, const char *key, uint64_t value);

/* Say that all is published (Initialised or Connected, by kind) and wait until the back-end is. */
int64_t front_connect(struct front *f, unsigned int state);

/* A number that the back-end published. */
uint64_t front_number(const struct front *f, const char *key, uint64_t otherwise);
int64_t front_set_state(const struct front *f, unsigned int state);

/*
 * Closing and Closed, with the back-end, then take rings and port back. Also after a failed
 * handshake. 0; -EBUSY: the back-end still holds a ring, which is then left to it.
 */
int64_t front_close(struct front *f);

static inline void front_notify(const struct front *f)
{
	event_notify(f->port);
}

#endif
