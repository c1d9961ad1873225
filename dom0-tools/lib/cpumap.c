// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cpumap.h"

enum { CPUS = CPUMAP_BYTES * 8 };

static bool is_set(const uint8_t *map, unsigned i)
{
	return map[i / 8] >> i % 8 & 1;
}

static int cpu(const char **p, unsigned *out)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)**p))
		return -EINVAL;
	n = strtoul(*p, &end, 10);
	if (n >= CPUS)
		return -EINVAL;
	*out = (unsigned)n;
	*p = end;
	return 0;
}

static int range(const char **p, uint8_t *map)
{
	bool not = **p == '^';
	unsigned from, to;

	*p += not ;
	if (!strncmp(*p, "all", 3)) {
		*p += 3;
		memset(map, not ? 0 : 0xff, CPUMAP_BYTES);
		return 0;
	}
	if (cpu(p, &from))
		return -EINVAL;
	to = from;
	if (**p == '-' && (++*p, cpu(p, &to) || to < from))
		return -EINVAL;
	for (; from <= to; from++) {
		uint8_t bit = (uint8_t)(1 << from % 8);

		map[from / 8] = (uint8_t)(not ? map[from / 8] & ~bit : map[from / 8] | bit);
	}
	return 0;
}

int cpumap_parse(const char *list, uint8_t map[CPUMAP_BYTES])
{
	unsigned i;

	memset(map, 0, CPUMAP_BYTES);
	for (;;) {
		if (range(&list, map))
			return -EINVAL;
		if (!*list)
			break;
		if (*list++ != ',')
			return -EINVAL;
	}
	for (i = 0; i < CPUMAP_BYTES; i++)
		if (map[i])
			return 0;
	return -EINVAL;
}

void cpumap_format(const uint8_t map[CPUMAP_BYTES], unsigned limit, char *buf, size_t size)
{
	unsigned i = 0, from;
	size_t n = 0;

	buf[0] = '\0';
	while (i < limit && n + 16 < size) {
		if (!is_set(map, i)) {
			i++;
			continue;
		}
		for (from = i; i < limit && is_set(map, i); i++)
			;
		if (from == 0 && i == limit)
			n = (size_t)snprintf(buf, size, "all");
		else if (i - from == 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%u", n ? "," : "", from);
		else
			n += (size_t)snprintf(buf + n, size - n, "%s%u-%u", n ? "," : "", from,
					      i - 1);
	}
}
