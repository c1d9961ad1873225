/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands around the domain in a saved image: configuration and outer stream. */
#ifndef TOOLS_STREAM_FILE_H
#define TOOLS_STREAM_FILE_H

#include "stream/wire.h"

/* Write all that comes before the inner stream. 0 or -errno with d. */
int file_begin(struct wire *w, const char *json, struct diag *d);
/* And what comes after it. */
int file_end(struct wire *w, struct diag *d);

/*
 * Read up to the inner stream; *json, for the caller to free, is the configuration. 0, -EINVAL with
 * d for what is no such file, -errno with d.
 */
int file_open(struct wire *w, char **json, struct diag *d);
/* Read what comes after the inner stream. */
int file_finish(struct wire *w, struct diag *d);

#endif
