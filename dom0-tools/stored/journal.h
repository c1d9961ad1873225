/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of records, mapped into memory: to add one is to copy it, and it is there for the next
 * process even if this one is killed by the very next instruction, for the page cache keeps it.
 * What counts is what lies before the end mark, and only journal_commit moves that: the records
 * between two commits take effect together or not at all. Guards against the death of the process,
 * not against that of the machine.
 */
#ifndef STORED_JOURNAL_H
#define STORED_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal {
	int fd;
	char *map;
	size_t size; /* of file and map */
	size_t used; /* end of what was put */
	size_t base; /* end of what journal_publish found: the size of the dump it started with */
	char *path, *tmp; /* tmp: its name until journal_publish */
	bool failed;      /* it could not grow: what was put since is lost */
};

struct journal_rec {
	uint32_t len; /* of the payload */
	uint16_t id;
	uint8_t type;
	uint8_t pad;
};

/* An empty journal under a temporary name beside path. NULL with errno. */
struct journal *journal_new(const char *path);
/* Commit and take the place of the file at path. -errno. */
int journal_publish(struct journal *j);
/* Map an existing one. NULL with errno; EINVAL: this is no journal or its end mark is impossible.
 */
struct journal *journal_open(const char *path);
/* Unmap and close; a journal not published is removed. */
void journal_close(struct journal *j);

/* Room for a record's payload, good until the next call; NULL if the journal has failed. */
void *journal_put(struct journal *j, uint8_t type, uint16_t id, uint32_t len);
void journal_commit(struct journal *j);

/*
 * The record at *at (start with 0), and *at moves on. NULL at the end of what was committed, or,
 * with *at left alone, before a record that does not fit.
 */
const struct journal_rec *journal_next(const struct journal *j, size_t *at);
static inline bool journal_end(const struct journal *j, size_t at)
{
	return at == j->used;
}

#endif
