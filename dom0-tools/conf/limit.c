// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/limit.h"

int limit_parse(const char *s, struct limit *out)
{
	unsigned long long n, usecs = 50000, mult;
	char *end;

	errno = 0;
	n = isdigit((unsigned char)*s) ? strtoull(s, &end, 10) : 0;
	if (!n || errno)
		return -EINVAL;
	mult = *end == 'K' ? 1000ULL : *end == 'M' ? 1000000ULL : *end == 'G' ? 1000000000ULL : 1;
	if (mult > 1)
		end++;
	if ((*end != 'b' && *end != 'B') || strncmp(end + 1, "/s", 2) || n > (1ULL << 44) / mult)
		return -EINVAL;
	n = n * mult / (*end == 'b' ? 8 : 1);
	end += 3;
	if (*end == '@') {
		usecs = isdigit((unsigned char)end[1]) ? strtoull(end + 1, &end, 10) : 0;
		if (!strcmp(end, "ms") && usecs <= 10000)
			usecs *= 1000;
		else if (!strcmp(end, "s") && usecs <= 10)
			usecs *= 1000000;
		else if (strcmp(end, "us"))
			usecs = 0;
		end = usecs ? strchr(end, '\0') : end;
	}
	if (*end || !usecs || usecs > 10000000)
		return -EINVAL;
	out->bytes = (uint64_t)((unsigned __int128)n * usecs / 1000000);
	out->usecs = (uint32_t)usecs;
	return out->bytes ? 0 : -ERANGE;
}
