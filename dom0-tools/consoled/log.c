// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consoled/log.h"
#include "lib/conlog.h"

struct log_limits log_limits = {.size = 1 << 20, .keep = 4};

enum { PART_BYTES = 340, PIECE = 2048 };

static int open_file(struct log *l)
{
	struct stat st;

	l->fd = open(l->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (l->fd < 0)
		return -errno;
	l->size = fstat(l->fd, &st) ? 0 : (uint64_t)st.st_size;
	return 0;
}

static void part_name(const struct log *l, unsigned i, char to[PART_BYTES])
{
	if (i)
		snprintf(to, PART_BYTES, "%s.%u", l->path, i);
	else
		snprintf(to, PART_BYTES, "%s", l->path);
}

int log_open(struct log *l, const char *path, bool fresh)
{
	char part[PART_BYTES];
	unsigned i;

	snprintf(l->path, sizeof(l->path), "%s", path);
	l->tame = (struct tame){0};
	if (fresh) {
		snprintf(part, sizeof(part), "%s.old", l->path);
		rename(l->path, part);
		for (i = 1; i <= CONLOG_PARTS_MAX; i++) {
			part_name(l, i, part);
			unlink(part);
		}
	}
	return open_file(l);
}

/* Each part takes the next number; the last one goes, and those of a time when more were kept. */
static void rotate(struct log *l)
{
	char from[PART_BYTES], to[PART_BYTES];
	unsigned i;

	log_close(l);
	for (i = CONLOG_PARTS_MAX; i > log_limits.keep; i--) {
		part_name(l, i, from);
		unlink(from);
	}
	for (i = log_limits.keep; i > 0; i--) {
		part_name(l, i - 1, from);
		part_name(l, i, to);
		rename(from, to);
	}
	if (!log_limits.keep)
		unlink(l->path);
	open_file(l);
}

bool log_room(struct log *l, size_t n)
{
	if (l->fd < 0 || !l->size || l->size + n <= log_limits.size)
		return false;
	rotate(l);
	return true;
}

static void append(struct log *l, const char *text, size_t n)
{
	while (l->fd >= 0 && n) {
		ssize_t k = write(l->fd, text, n);

		if (k < 0 && errno == EINTR)
			continue;
		/* A full disk costs log lines, not the console. */
		if (k <= 0)
			return;
		l->size += (uint64_t)k;
		text += k;
		n -= (size_t)k;
	}
}

void log_write(struct log *l, const char *text, size_t n)
{
	char out[PIECE + TAME_HELD];
	size_t k;

	log_room(l, n);
	for (; l->fd >= 0 && n; n -= k, text += k) {
		k = n < PIECE ? n : PIECE;
		append(l, out, tame(&l->tame, text, k, out));
	}
}

void log_cut(struct log *l, uint64_t size)
{
	if (l->fd >= 0 && l->size > size && !ftruncate(l->fd, (off_t)size))
		l->size = size;
}

void log_close(struct log *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
