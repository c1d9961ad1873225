// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lib/plain.h"
#include "log.h"

static FILE *file; /* NULL: standard error or syslog */
static bool background;

int log_open(const char *path)
{
	FILE *f = fopen(path, "ae");

	if (!f)
		return -errno;
	setlinebuf(f);
	if (file)
		fclose(file);
	file = f;
	return 0;
}

void log_background(void)
{
	background = true;
	openlog("pav-stored", LOG_PID, LOG_DAEMON);
}

static void line(int level, const char *fmt, va_list ap)
{
	FILE *to = file ? file : stderr;
	struct timespec now;
	char said[1024], text[2 * sizeof(said)];
	struct tm tm;

	/* Paths and values are guests' own. */
	vsnprintf(said, sizeof(said), fmt, ap);
	plain_text(text, sizeof(text), said);
	if (!file && background) {
		syslog(level, "%s", text);
		return;
	}
	if (file) {
		clock_gettime(CLOCK_REALTIME, &now);
		gmtime_r(&now.tv_sec, &tm);
		fprintf(to, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", tm.tm_year + 1900,
			tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
			now.tv_nsec / 1000000);
	} else if (!isatty(STDERR_FILENO)) {
		fprintf(to, "<%d>", level);
	}
	fprintf(to, "pav-stored: %s\n", text);
}

#define LOG_AS(name, level)                                                                        \
	void name(const char *fmt, ...)                                                            \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		line(level, fmt, ap);                                                              \
		va_end(ap);                                                                        \
	}

LOG_AS(log_info, LOG_INFO)
LOG_AS(log_warn, LOG_WARNING)
LOG_AS(log_error, LOG_ERR)
