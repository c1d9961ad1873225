/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that a guest, or anybody else, may have chosen, for a terminal, a log or JSON: what could
 * steer a terminal, forge a line or turn the reading direction is written \xNN. Names, values out
 * of the store and messages with either in them pass here before they are shown. Pure.
 */
#ifndef TOOLS_LIB_PLAIN_H
#define TOOLS_LIB_PLAIN_H

#include <stddef.h>

/*
 * Write the n bytes at text to out, cut at a whole character to fit into size bytes with the NUL.
 * Printable ASCII and well-formed UTF-8 stay, so that what came out once passes unchanged; bytes
 * that keep names stay, too, all others become \xNN. Returns the length written.
 */
size_t plain_bytes(char *out, size_t size, const char *text, size_t n, const char *keep);

/* The same for a string, of which no control character stays. */
size_t plain_text(char *out, size_t size, const char *text);

#endif
