/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of nodes: what is a legal path, and how a relative one becomes absolute. Pure. */
#ifndef STORED_PATH_H
#define STORED_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PATH_ABS_MAX = 3072, /* limits of the wire protocol, without the NUL */
	PATH_REL_MAX = 2048,
	PATH_BUF = PATH_ABS_MAX + 64, /* room for a relative path's base */
};

/* An absolute path: '/', legal characters, no empty component, not too long. */
bool path_legal(const char *path, size_t len);

/*
 * Make an absolute path of what a client sent: relative ones lie below the home of domid.
 * out has PATH_BUF bytes. Names that start with '@' are taken as they are if at is true.
 * Returns the length or -EINVAL.
 */
int path_resolve(char *out, const char *in, size_t len, uint16_t domid, bool at);

/* Length of the parent of path ("/" for "/x"), given path's own length > 1. */
size_t path_parent_len(const char *path, size_t len);

#endif
