/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One guest's console: its ring, event channel, terminal and log. */
#ifndef CONSOLED_GUEST_H
#define CONSOLED_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/base.h"
#include "consoled/hist.h"
#include "consoled/log.h"
#include "consoled/pace.h"
#include "consoled/tty.h"
#include "lib/host.h"
#include "pv-drivers/back/cons.h"

/* What all guests share. */
struct consoled {
	struct host h;
	int epoll;
	int evtchn, gntdev, inotify, listener;
	struct view *views;
	struct guest *guests;
	struct guest *by_domid[DOMID_FIRST_RESERVED];
	bool foreign[DOMID_FIRST_RESERVED]; /* noted as made by other tools */
};

struct guest {
	struct guest *next;
	uint16_t domid;
	int port; /* local event channel, -1 */
	struct xencons_interface *page;
	bool granted;     /* mapped by grant, not by frame number */
	bool broken;      /* the guest wrecked its ring: listened to no more */
	bool muted;       /* printed too much of late: port stays masked until the tick */
	struct pace pace; /* how much it may print now */
	uint32_t watched; /* what epoll waits for on the terminal */
	struct cons_back back;
	struct tty tty;
	struct hist hist;     /* opened by the first byte or viewer */
	bool no_hist;         /* it could not be */
	unsigned nviews;      /* viewers */
	unsigned awaited;     /* that the process before had and that are not back yet; 0: none */
	uint64_t awaited_end; /* when they are given up */
	struct log log;
};

/* Take up the console of a domain. NULL when it has none or something failed (then told). */
struct guest *guest_add(struct consoled *c, uint16_t domid);

/* Let go of it: what it printed last is still read. */
void guest_remove(struct consoled *c, struct guest *g);

/* Open its history unless that was done. False: there is none. */
bool guest_hist(struct consoled *c, struct guest *g);

/* Its event channel fired. */
void guest_event(struct consoled *c, struct guest *g);

/* Its terminal can be read or written. */
void guest_tty(struct consoled *c, struct guest *g, unsigned epoll_events);

/* Its terminal was opened or closed. */
void guest_user(struct consoled *c, struct guest *g, int change);

/* Give it what a viewer has typed, as much as it takes: *n bytes are left, moved to the front. */
void guest_type(struct consoled *c, struct guest *g, char *typed, size_t *n);

/* Every GUEST_TICK_MS while a guest is muted: let such guests speak again. */
enum { GUEST_TICK_MS = 100 };
void guest_tick(struct consoled *c);

#endif
