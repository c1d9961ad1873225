/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who look at guests' consoles through the socket (lib/conview.h). */
#ifndef CONSOLED_VIEW_H
#define CONSOLED_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct consoled;
struct guest;
struct view;

/* Listen. 0 or -errno. */
int view_listen(struct consoled *c);
/* Take in who waits. */
void view_accept(struct consoled *c);
/* Is p one of the viewers? */
bool view_known(const struct consoled *c, const void *p);
void view_event(struct consoled *c, struct view *v, unsigned epoll_events);

/* The guest has printed, or has room for what was typed. */
void view_guest(struct consoled *c, struct guest *g);
/*
 * Bytes that it may print before a viewer misses some; one that takes nothing does not count. None
 * while those are awaited that the process before had.
 */
size_t view_room(const struct consoled *c, const struct guest *g, uint64_t now);
/* The guest goes: show what it printed last, and part. */
void view_leave(struct consoled *c, struct guest *g);

#endif
