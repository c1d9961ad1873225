// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "mem.h"

#define MAGIC "pavise-stored-1"

struct head {
	char magic[16];
	_Atomic uint64_t end;
	uint64_t pad[5];
};

enum { FIRST = sizeof(struct head), STEP = 1 << 20 };

static struct head *head(const struct journal *j)
{
	return (struct head *)j->map;
}

static struct journal *journal_make(const char *path)
{
	struct journal *j = mem_zalloc(sizeof(*j));

	j->fd = -1;
	j->map = MAP_FAILED;
	j->path = mem_alloc(strlen(path) + 1);
	strcpy(j->path, path);
	return j;
}

void journal_close(struct journal *j)
{
	if (j->map != MAP_FAILED)
		munmap(j->map, j->size);
	if (j->fd >= 0)
		close(j->fd);
	if (j->tmp)
		unlink(j->tmp);
	free(j->tmp);
	free(j->path);
	free(j);
}

/* The blocks are allocated before they are touched: on a full file system a store would SIGBUS. */
static int grow(struct journal *j, size_t size)
{
	void *map;
	int rc = posix_fallocate(j->fd, 0, (off_t)size);

	if (rc)
		return -rc;
	map = j->map == MAP_FAILED ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, j->fd, 0)
				   : mremap(j->map, j->size, size, MREMAP_MAYMOVE);
	if (map == MAP_FAILED)
		return -errno;
	j->map = map;
	j->size = size;
	return 0;
}

struct journal *journal_new(const char *path)
{
	struct journal *j = journal_make(path);
	int rc;

	if (asprintf(&j->tmp, "%s.new", path) < 0)
		j->tmp = NULL;
	j->fd = j->tmp ? open(j->tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	rc = j->fd < 0 ? -errno : grow(j, STEP);
	if (rc) {
		journal_close(j);
		errno = -rc;
		return NULL;
	}
	memcpy(head(j)->magic, MAGIC, sizeof(MAGIC));
	j->used = FIRST;
	journal_commit(j);
	return j;
}

int journal_publish(struct journal *j)
{
	if (j->failed)
		return -ENOSPC;
	journal_commit(j);
	if (rename(j->tmp, j->path))
		return -errno;
	free(j->tmp);
	j->tmp = NULL;
	j->base = j->used;
	return 0;
}

static int map_existing(struct journal *j)
{
	struct stat st;

	j->fd = open(j->path, O_RDWR | O_CLOEXEC);
	if (j->fd < 0 || fstat(j->fd, &st))
		return -errno;
	if (st.st_size < FIRST)
		return -EINVAL;
	j->size = (size_t)st.st_size;
	j->map = mmap(NULL, j->size, PROT_READ | PROT_WRITE, MAP_SHARED, j->fd, 0);
	if (j->map == MAP_FAILED)
		return -errno;
	j->used = j->base = (size_t)head(j)->end;
	if (memcmp(head(j)->magic, MAGIC, sizeof(MAGIC)) || j->used < FIRST || j->used > j->size)
		return -EINVAL;
	return 0;
}

struct journal *journal_open(const char *path)
{
	struct journal *j = journal_make(path);
	int rc = map_existing(j);

	if (!rc)
		return j;
	journal_close(j);
	errno = -rc;
	return NULL;
}

static size_t rec_size(uint32_t len)
{
	return sizeof(struct journal_rec) + ((len + 7ul) & ~7ul);
}

void *journal_put(struct journal *j, uint8_t type, uint16_t id, uint32_t len)
{
	size_t need = rec_size(len);
	struct journal_rec *r;

	if (j->used + need > j->size && !j->failed) {
		size_t by = need + j->size / 2;

		if (grow(j, (j->size + by + STEP - 1) / STEP * STEP))
			j->failed = true;
	}
	if (j->failed)
		return NULL;
	r = (struct journal_rec *)(j->map + j->used);
	*r = (struct journal_rec){.len = len, .id = id, .type = type};
	j->used += need;
	return r + 1;
}

void journal_commit(struct journal *j)
{
	if (!j->failed)
		atomic_store_explicit(&head(j)->end, j->used, memory_order_release);
}

const struct journal_rec *journal_next(const struct journal *j, size_t *at)
{
	size_t pos = *at ? *at : FIRST;
	const struct journal_rec *r = (const struct journal_rec *)(j->map + pos);

	if (j->used - pos < sizeof(*r) || j->used - pos < rec_size(r->len)) {
		*at = pos;
		return NULL;
	}
	*at = pos + rec_size(r->len);
	return r;
}
