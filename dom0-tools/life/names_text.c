// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of names.h that needs neither store nor hypervisor. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "life/names.h"

void name_path(const char *name, char *path, size_t size)
{
	size_t n = (size_t)snprintf(path, size, "/pavise/name/");

	for (; *name && n + 4 < size; name++) {
		if (isalnum((unsigned char)*name) || *name == '-')
			path[n++] = *name;
		else
			n += (size_t)snprintf(path + n, size - n, "_%02x", (unsigned char)*name);
	}
	path[n] = '\0';
}

unsigned long long name_parse_start(const char *stat)
{
	const char *p = strrchr(stat, ')');
	unsigned long long start = 0;
	int field;

	/* The command's name may hold anything; field 3 follows its closing parenthesis. */
	for (field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p || sscanf(p, "%llu", &start) != 1)
		return 0;
	return start;
}

unsigned long long name_process_start(unsigned long pid)
{
	char path[48], text[1024];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%lu/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return name_parse_start(text);
}

bool name_process_lives(const char *mark)
{
	unsigned long long start;
	unsigned long pid;

	return sscanf(mark, "%lu %llu", &pid, &start) == 2 && start &&
	       name_process_start(pid) == start;
}
