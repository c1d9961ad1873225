// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "path.h"

static const bool legal[256] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['-'] = true,
	['/'] = true,         ['_'] = true,         ['@'] = true,
};

static bool chars_legal(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!legal[(unsigned char)s[i]] || (s[i] == '/' && i + 1 < len && s[i + 1] == '/'))
			return false;
	return true;
}

bool path_legal(const char *path, size_t len)
{
	if (len == 0 || len > PATH_ABS_MAX || path[0] != '/')
		return false;
	if (len > 1 && path[len - 1] == '/')
		return false;
	return chars_legal(path, len);
}

int path_resolve(char *out, const char *in, size_t len, uint16_t domid, bool at)
{
	int base = 0;

	if (len == 0 || len > PATH_ABS_MAX)
		return -EINVAL;
	if (in[0] == '@') {
		if (!at || !chars_legal(in, len) || memchr(in, '/', len))
			return -EINVAL;
		memcpy(out, in, len);
		out[len] = '\0';
		return (int)len;
	}
	if (in[0] != '/') {
		if (len > PATH_REL_MAX)
			return -EINVAL;
		base = sprintf(out, "/local/domain/%u/", domid);
	}
	memcpy(out + base, in, len);
	out[base + (int)len] = '\0';
	return path_legal(out, base + len) ? base + (int)len : -EINVAL;
}

size_t path_parent_len(const char *path, size_t len)
{
	do
		len--;
	while (path[len] != '/');
	return len ? len : 1;
}
