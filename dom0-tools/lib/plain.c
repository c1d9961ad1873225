// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/plain.h"

enum { ESCAPED = 4 };

/* Length of the well-formed UTF-8 character at p and its number; 0: there is none. */
static size_t utf8(const uint8_t *p, size_t n, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4, i;

	if (!len || p[0] > 0xf4 || len > n)
		return 0;
	*code = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return len;
}

/* Controls of both sets, and what is invisible or turns text around. */
static bool harmless(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	return !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0x61c && code != 0xfeff &&
	       !(code >= 0xe0000 && code <= 0xe007f);
}

size_t plain_bytes(char *out, size_t size, const char *text, size_t n, const char *keep)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t at = 0, used = 0, len, i;
	uint32_t code;

	if (!size)
		return 0;
	while (at < n) {
		len = utf8(p + at, n - at, &code);
		if (len && (harmless(code) || (p[at] && strchr(keep, p[at])))) {
			if (used + len >= size)
				break;
			memcpy(out + used, p + at, len);
			used += len;
			at += len;
			continue;
		}
		/* All bytes of a character that may not show. */
		len = len ? len : 1;
		if (used + len * ESCAPED >= size)
			break;
		for (i = 0; i < len; i++, at++)
			used += (size_t)snprintf(out + used, ESCAPED + 1, "\\x%02x", p[at]);
	}
	out[used] = '\0';
	return used;
}

size_t plain_text(char *out, size_t size, const char *text)
{
	return plain_bytes(out, size, text, strlen(text), "");
}
