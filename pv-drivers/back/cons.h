/* SPDX-License-Identifier: MIT */
/*
 * The back-end's half of a console page: what the guest prints is taken, what a user types is
 * given. Works on the mapped page alone; who carries the bytes on, and who rings the event channel,
 * is the caller's business. Nothing the guest writes into the page can make it touch other memory.
 */
#ifndef PV_BACK_CONS_H
#define PV_BACK_CONS_H

#include <stdbool.h>
#include <stddef.h>

#include "abi/console_ring.h"
#include "pv-drivers/ring/bytes.h"

struct cons_back {
	struct bytes_ring out; /* guest to us */
	struct bytes_ring in;  /* us to guest */
};

/*
 * Begin, or go on after another back-end process: our indices continue where the page says. If the
 * page's indices are impossible, what was in the ring is given up (returns false).
 */
bool cons_open(struct cons_back *c, struct xencons_interface *page);

/* Output of the guest, up to n bytes; 0: none; -EPROTO: the guest broke the ring. */
long cons_take(struct cons_back *c, char *to, size_t n);

/* cons_take in two steps: a copy, then the guest gets the room of n of these bytes. */
long cons_look(const struct cons_back *c, char *to, size_t n);
void cons_done(struct cons_back *c, size_t n);
/* The output's index up to which it has been taken: it counts bytes, and outlives the process. */
uint32_t cons_index(const struct cons_back *c);

/* Input for the guest; bytes accepted; -EPROTO. */
long cons_give(struct cons_back *c, const char *from, size_t n);

/* Room for input; -EPROTO. */
long cons_room(const struct cons_back *c);

#endif
