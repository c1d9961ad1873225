// SPDX-License-Identifier: GPL-2.0-or-later
#include <hv/console.h>
#include <hv/domain.h>
#include <stdio.h>
#include <stdlib.h>
#include "host.h"

bool host_log_quiet;

static void print(const char *fmt, va_list args)
{
	if (host_log_quiet)
		return;
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list args;

	(void)level;
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

void log_guest(const struct domain *d, enum log_level level, const char *fmt, ...)
{
	va_list args;

	(void)d;
	(void)level;
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	host_log_quiet = false;
	print(fmt, args);
	va_end(args);
	abort();
}
