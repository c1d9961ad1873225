// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/text.h"

enum { ROOM_MIN = 16384 };

void text_free(struct text *t)
{
	free(t->at);
	memset(t, 0, sizeof(*t));
}

static bool room_for(struct text *t, size_t more)
{
	size_t room = t->room ? t->room : ROOM_MIN;
	char *at;

	while (room < t->len + more)
		room *= 2;
	if (room == t->room)
		return true;
	at = realloc(t->at, room);
	if (!at) {
		t->failed = true;
		return false;
	}
	t->at = at;
	t->room = room;
	return true;
}

static void append(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void append(struct text *t, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(t->at ? t->at + t->len : NULL, t->room - t->len, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n >= t->room - t->len) {
		if (room_for(t, (size_t)n + 1))
			vsnprintf(t->at + t->len, t->room - t->len, fmt, again);
		else
			n = 0;
	}
	va_end(again);
	t->len += n > 0 ? (size_t)n : 0;
}

void text_family(struct text *t, const char *name, const char *type, const char *help)
{
	append(t, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void text_label(char *buf, size_t size, const char *key, const char *value)
{
	size_t n = strlen(buf), room;

	n += (size_t)snprintf(buf + n, size - n, "%s%s=\"", n ? "," : "", key);
	/* A character of two and what closes the label. */
	for (room = size - 4; *value && n < room; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '\\' || c == '"' || c == '\n')
			buf[n++] = '\\';
		buf[n++] = (char)(c == '\n' ? 'n' : c < ' ' || c > '~' ? '?' : c);
	}
	buf[n++] = '"';
	buf[n] = '\0';
}

static void sample(struct text *t, const char *name, const char *labels)
{
	append(t, labels[0] ? "%s{%s} " : "%s%s ", name, labels);
}

void text_number(struct text *t, const char *name, const char *labels, uint64_t value)
{
	sample(t, name, labels);
	append(t, "%llu\n", (unsigned long long)value);
}

void text_seconds(struct text *t, const char *name, const char *labels, uint64_t ns)
{
	sample(t, name, labels);
	append(t, "%llu.%09u\n", (unsigned long long)(ns / 1000000000),
	       (unsigned)(ns % 1000000000));
}
