/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last bytes that a guest printed, in a file that outlives the process (on a tmpfs, mapped).
 * Bytes are known by the index they had in the guest's ring, so a viewer can say how far it has
 * seen, to this process or to the next one. Beside them stands how far the log has been written.
 * The file grows with what is printed.
 */
#ifndef CONSOLED_HIST_H
#define CONSOLED_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIST_DIR "/run/pavise/console"

enum { HIST_SIZE = 64 << 10 };

/* What of it is in the log: all before `index` was, when the file had that size. */
struct hist_mark {
	uint64_t size;
	uint32_t index, pad;
};

struct hist_page {
	char magic[16];
	struct hist_mark mark[2]; /* the one at `now` counts, the other is written next */
	uint32_t now;
	uint32_t seen;    /* index up to which some viewer has been shown all */
	uint32_t end;     /* index behind the last byte */
	uint32_t count;   /* bytes that are here, HIST_SIZE at most */
	uint32_t base;    /* index of the byte that came first, which is at the beginning */
	uint32_t viewers; /* who looked at it last */
	uint32_t pad[2];
	char bytes[HIST_SIZE];
};

struct hist {
	struct hist_page *page; /* NULL: none */
	uint32_t ready;         /* bytes that the file system has given room for */
	char path[96];
};

/*
 * Open or make the file at path. Goes on with what is there if it ends at index or so little behind
 * it as fits in a ring; else begins empty at index. 0 or -errno.
 */
int hist_open(struct hist *h, const char *path, uint32_t index);
/* Unmap; gone: the guest is no more, remove the file. */
void hist_close(struct hist *h, bool gone);

/* Keep n <= HIST_SIZE more bytes. -errno: no room for them, and the history ends. */
int hist_put(struct hist *h, const char *text, size_t n);
/* All before index is in the log, which has that size now. */
void hist_logged(struct hist *h, uint32_t index, uint64_t size);
static inline const struct hist_mark *hist_mark(const struct hist *h)
{
	return &h->page->mark[h->page->now];
}

/* The first index there is a byte of. */
static inline uint32_t hist_begin(const struct hist *h)
{
	return h->page->end - h->page->count;
}
/* The byte of an index that there is. */
char hist_byte(const struct hist *h, uint32_t index);
/*
 * Copy up to n bytes from index on, which moves up to the first there is if it is older, or is no
 * index of this history. Bytes copied.
 */
size_t hist_get(const struct hist *h, uint32_t *index, char *to, size_t n);

#endif
