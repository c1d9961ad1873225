// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consoled/hist.h"

#define MAGIC "pavise-console1"

enum { RING_MAX = 4096, UNLOGGED_MAX = 2 * RING_MAX, STEP = 4096 };

#define HEAD ((uint32_t)offsetof(struct hist_page, bytes))

/* Room is had before it is touched: on a full file system that would be a SIGBUS. */
static int make_room(struct hist *h, uint32_t bytes)
{
	int fd, rc;

	if (bytes <= h->ready)
		return 0;
	bytes = (HEAD + bytes + STEP - 1) / STEP * STEP - HEAD;
	fd = open(h->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = -posix_fallocate(fd, 0, (off_t)HEAD + (off_t)bytes);
	close(fd);
	if (!rc)
		h->ready = bytes;
	return rc;
}

static bool goes_on(const struct hist_page *p, uint32_t index)
{
	return !memcmp(p->magic, MAGIC, sizeof(MAGIC)) && p->end - index <= RING_MAX &&
	       p->count <= HIST_SIZE && p->count <= p->end - p->base && p->now <= 1 &&
	       p->end - p->mark[p->now].index <= UNLOGGED_MAX;
}

static void begin(struct hist_page *p, uint32_t index)
{
	p->end = p->seen = p->base = index;
	p->count = p->now = p->viewers = 0;
	p->mark[0] = (struct hist_mark){.index = index};
	memcpy(p->magic, MAGIC, sizeof(MAGIC));
}

static int map_file(struct hist *h)
{
	struct stat st;
	int fd = open(h->path, O_RDWR | O_CLOEXEC), rc = 0;

	if (fd < 0 || fstat(fd, &st))
		rc = -errno;
	if (!rc) {
		h->page = mmap(NULL, sizeof(*h->page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (h->page == MAP_FAILED)
			rc = -errno;
	}
	if (fd >= 0)
		close(fd);
	if (rc)
		h->page = NULL;
	else
		h->ready = (uint32_t)st.st_size - HEAD;
	return rc;
}

int hist_open(struct hist *h, const char *path, uint32_t index)
{
	int rc;

	*h = (struct hist){.ready = 0};
	snprintf(h->path, sizeof(h->path), "%s", path);
	rc = make_room(h, 1);
	if (!rc)
		rc = map_file(h);
	if (!rc && (!goes_on(h->page, index) ||
		    (h->ready < HIST_SIZE && h->page->end - h->page->base > h->ready)))
		begin(h->page, index);
	return rc;
}

void hist_close(struct hist *h, bool gone)
{
	if (!h->page)
		return;
	munmap(h->page, sizeof(*h->page));
	h->page = NULL;
	if (gone)
		unlink(h->path);
}

static uint32_t place(const struct hist_page *p, uint32_t index)
{
	return (index - p->base) % HIST_SIZE;
}

int hist_put(struct hist *h, const char *text, size_t n)
{
	struct hist_page *p = h->page;
	uint32_t at = place(p, p->end), keep = HIST_SIZE - (uint32_t)n;
	size_t first = n < HIST_SIZE - at ? n : HIST_SIZE - at;
	int rc = make_room(h, at + (uint32_t)first);

	if (rc) {
		hist_close(h, true);
		return rc;
	}
	/* What will be overwritten goes first, what is new counts last: it may end at any time. */
	if (p->count > keep)
		p->count = keep;
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(p->bytes + at, text, first);
	memcpy(p->bytes, text + first, n - first);
	atomic_signal_fence(memory_order_seq_cst);
	p->end += (uint32_t)n;
	atomic_signal_fence(memory_order_seq_cst);
	p->count += (uint32_t)n;
	return 0;
}

void hist_logged(struct hist *h, uint32_t index, uint64_t size)
{
	uint32_t next = !h->page->now;

	h->page->mark[next] = (struct hist_mark){.size = size, .index = index};
	atomic_signal_fence(memory_order_seq_cst);
	h->page->now = next;
}

char hist_byte(const struct hist *h, uint32_t index)
{
	return h->page->bytes[place(h->page, index)];
}

size_t hist_get(const struct hist *h, uint32_t *index, char *to, size_t n)
{
	const struct hist_page *p = h->page;
	uint32_t at, have = p->end - *index;
	size_t first;

	if (have > p->count) {
		*index = hist_begin(h);
		have = p->count;
	}
	if (n > have)
		n = have;
	at = place(p, *index);
	first = n < HIST_SIZE - at ? n : HIST_SIZE - at;
	memcpy(to, p->bytes + at, first);
	memcpy(to + first, p->bytes, n - first);
	return n;
}
