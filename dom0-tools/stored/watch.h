/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who hears of changes at which path. Watches hang on a hash table of paths; to find those that a
 * change concerns, each prefix of its path is looked up, hashing along the path once. The number of
 * watches elsewhere does not matter. Pure.
 */
#ifndef STORED_WATCH_H
#define STORED_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct conn;
struct perms;
struct watch_path;

enum { WATCH_DEEP = -1 };

struct watch {
	LIST_ENTRY(watch) at_path, at_conn;
	struct watch_path *path;
	struct conn *conn;
	int depth;     /* levels below the path that count; WATCH_DEEP: all */
	bool lost;     /* an event could not be queued */
	uint16_t skip; /* bytes that a relative watch does not see of its paths */
	uint16_t tlen;
	char token[];
};

struct watch_path {
	struct watch_path *next;
	LIST_HEAD(, watch) watches;
	uint32_t hash;
	uint16_t len;
	char path[];
};

/* What a watch takes of its owner's memory limit. */
static inline size_t watch_bytes(size_t plen, size_t tlen)
{
	return sizeof(struct watch) + sizeof(struct watch_path) + plen + tlen + 2;
}

struct watch_table {
	struct watch_path **slot;
	uint32_t mask; /* slots - 1 */
	uint32_t paths;
	uint32_t n; /* watches */
};

/* Whose rights let a watcher hear of a change: one of up to three lists must let it read. */
struct watch_view {
	unsigned n;
	struct {
		const struct perms *perms;
		uint64_t pgen;
	} by[3];
};
static inline void watch_view_add(struct watch_view *v, const struct perms *perms, uint64_t pgen)
{
	v->by[v->n].perms = perms;
	v->by[v->n++].pgen = pgen;
}

void watch_init(struct watch_table *t);
void watch_fini(struct watch_table *t);

/* Add a watch. -EEXIST: the connection has one with this path and token. */
int watch_add(struct watch_table *t, struct conn *c, const char *path, size_t len,
	      const char *token, size_t tlen, size_t skip, int depth, struct watch **out);
/* Find the connection's watch with this path and token. */
struct watch *watch_find(struct watch_table *t, const struct conn *c, const char *path, size_t len,
			 const char *token, size_t tlen);
void watch_remove(struct watch_table *t, struct watch *w);

/* Queue an event for every watch on path or above it whose owner may see it. */
void watch_fire(struct watch_table *t, const char *path, size_t len, const struct watch_view *v);
/* The same for watches on exactly this path. */
void watch_fire_exact(struct watch_table *t, const char *path, size_t len,
		      const struct watch_view *v);
/* For those on the special name that path begins with: who gave a depth hears all of the path. */
void watch_fire_special(struct watch_table *t, const char *path, size_t len, size_t prefix,
			const struct watch_view *v);

#endif
