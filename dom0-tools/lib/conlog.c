// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/conlog.h"
#include "lib/tame.h"

void conlog_path(const char *name, char *path, size_t size)
{
	size_t n = (size_t)snprintf(path, size, CONLOG_DIR "/guest-");

	for (; *name && n + 8 < size; name++)
		path[n++] = isalnum((unsigned char)*name) || strchr("-._", *name) ? *name : '_';
	snprintf(path + n, size - n, ".log");
}

static int copy(const char *path, FILE *out, struct tame *t)
{
	char buf[8192], shown[sizeof(buf) + TAME_HELD];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return -errno;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(shown, 1, tame(t, buf, n, shown), out);
	fclose(f);
	return 0;
}

int conlog_print(const char *name, FILE *out)
{
	char path[320], part[332];
	struct tame t = {0};
	unsigned i;

	conlog_path(name, path, sizeof(path));
	for (i = CONLOG_PARTS_MAX; i > 0; i--) {
		snprintf(part, sizeof(part), "%s.%u", path, i);
		copy(part, out, &t);
	}
	return copy(path, out, &t);
}

int conlog_tail(const char *name, unsigned lines, char *buf, size_t size)
{
	char path[320];
	FILE *f;
	size_t n, at;

	conlog_path(name, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (fseek(f, -(long)(size - 1), SEEK_END))
		rewind(f);
	n = fread(buf, 1, size - 1, f);
	fclose(f);
	while (n && (buf[n - 1] == '\n' || buf[n - 1] == '\r'))
		n--;
	for (at = n; at > 0; at--)
		if (buf[at - 1] == '\n' && !--lines)
			break;
	memmove(buf, buf + at, n - at);
	buf[n - at] = '\0';
	return 0;
}
