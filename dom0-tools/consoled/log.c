// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consoled/log.h"

enum { LOG_MAX = 1 << 20, PIECE = 2048 };

static int open_file(struct log *l)
{
	struct stat st;

	l->fd = open(l->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (l->fd < 0)
		return -errno;
	l->size = fstat(l->fd, &st) ? 0 : (size_t)st.st_size;
	return 0;
}

static void move(const struct log *l, const char *suffix)
{
	char to[340];

	snprintf(to, sizeof(to), "%s%s", l->path, suffix);
	rename(l->path, to);
}

int log_open(struct log *l, const char *path, bool fresh)
{
	char part[340];

	snprintf(l->path, sizeof(l->path), "%s", path);
	l->tame = (struct tame){0};
	if (fresh) {
		move(l, ".old");
		snprintf(part, sizeof(part), "%s+", l->path);
		unlink(part);
	}
	return open_file(l);
}

static void append(struct log *l, const char *text, size_t n)
{
	while (n) {
		ssize_t k = write(l->fd, text, n);

		if (k < 0 && errno == EINTR)
			continue;
		/* A full disk costs log lines, not the console. */
		if (k <= 0)
			return;
		l->size += (size_t)k;
		text += k;
		n -= (size_t)k;
	}
}

void log_write(struct log *l, const char *text, size_t n)
{
	char out[PIECE + TAME_HELD];
	size_t k;

	if (l->fd < 0)
		return;
	if (l->size > LOG_MAX) {
		log_close(l);
		move(l, "+");
		if (open_file(l))
			return;
	}
	for (; n; n -= k, text += k) {
		k = n < PIECE ? n : PIECE;
		append(l, out, tame(&l->tame, text, k, out));
	}
}

void log_close(struct log *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
