// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/plain.h"

int diag_set(struct diag *d, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	d->hint[0] = '\0';
	return rc;
}

int diag_hint(struct diag *d, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->hint, sizeof(d->hint), fmt, ap);
	va_end(ap);
	return rc;
}

int diag_else(struct diag *d, int rc, const char *fmt, ...)
{
	va_list ap;

	if (!rc || d->hint[0])
		return rc;
	va_start(ap, fmt);
	vsnprintf(d->hint, sizeof(d->hint), fmt, ap);
	va_end(ap);
	return rc;
}

int diag_remedy(struct diag *d, int rc)
{
	switch (-rc) {
	case EACCES:
	case EPERM:
		return diag_else(d, rc, "run pav as root: sudo pav ...");
	case ENOMEM:
		return diag_else(d, rc, "end a guest or a program; pav info shows what is free");
	case ENOSPC:
	case EDQUOT:
		return diag_else(d, rc, "make room, or choose another file system");
	case EROFS:
		return diag_else(d, rc, "choose another folder: this one is read-only");
	case EPIPE:
	case ENOTCONN:
		return diag_else(d, rc, "see systemctl status pav-stored");
	case ESRCH:
		return diag_else(d, rc, "it may have ended; pav list shows the guests there are");
	case ENOENT:
	case EISDIR:
	case ENOTDIR:
		return diag_else(d, rc, "check the path");
	default:
		return diag_else(d, rc,
				 "pav check looks for what this machine lacks; pav dmesg "
				 "and dmesg may tell more");
	}
}

int diag_at(struct diag *d, int rc, const char *fmt, ...)
{
	char at[sizeof(d->text) / 2];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(at, sizeof(at) - 2, fmt, ap);
	va_end(ap);
	n = strlen(at);
	memcpy(at + n, ": ", 2);
	n += 2;
	memmove(d->text + n, d->text, sizeof(d->text) - n - 1);
	memcpy(d->text, at, n);
	d->text[sizeof(d->text) - 1] = '\0';
	return rc;
}

void diag_print(const struct diag *d, const char *who)
{
	log_line(who, "%s", d->text[0] ? d->text : "failed without a reason given");
	if (d->hint[0])
		log_line(who, "hint: %s", d->hint);
}

void log_line(const char *who, const char *fmt, ...)
{
	char line[1024], plain[2 * sizeof(line)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fflush(stdout);
	plain_text(plain, sizeof(plain), line);
	fprintf(stderr, "%s: %s\n", who, plain);
}
