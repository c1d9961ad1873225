// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "dev/usage.h"

#define DEVICES "/sys/bus/xen-backend/devices"

enum { PATH = 600, SECTOR = 512, STEP = 64 };

static uint64_t number(const char *dir, const char *name)
{
	unsigned long long n = 0;
	char path[PATH + 64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/statistics/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void add_disk(struct usage *u, const char *device)
{
	char dir[PATH];

	snprintf(dir, sizeof(dir), DEVICES "/%s", device);
	u->disks++;
	u->read += number(dir, "rd_sect") * SECTOR;
	u->written += number(dir, "wr_sect") * SECTOR;
}

/* The interface may have been given a name of its own. */
static void add_card(struct usage *u, const char *device)
{
	char path[PATH];
	struct dirent *e;
	DIR *dir;

	u->cards++;
	snprintf(path, sizeof(path), DEVICES "/%s/net", device);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/class/net/%s", e->d_name);
		u->received += number(path, "tx_bytes");
		u->sent += number(path, "rx_bytes");
	}
	if (dir)
		closedir(dir);
}

static int by_domid(const void *a, const void *b)
{
	const struct usage *x = a, *y = b;

	return (x->domid > y->domid) - (x->domid < y->domid);
}

/* One entry for each device becomes one for each guest. */
static int merge(struct usage *all, int n)
{
	int i, k = 0;

	qsort(all, (size_t)n, sizeof(*all), by_domid);
	for (i = 0; i < n; i++) {
		if (!k || all[k - 1].domid != all[i].domid) {
			all[k++] = all[i];
			continue;
		}
		all[k - 1].disks += all[i].disks;
		all[k - 1].cards += all[i].cards;
		all[k - 1].read += all[i].read;
		all[k - 1].written += all[i].written;
		all[k - 1].received += all[i].received;
		all[k - 1].sent += all[i].sent;
	}
	return k;
}

int usage_look(struct usage **all)
{
	DIR *dir = opendir(DEVICES);
	struct usage *grown;
	unsigned domid, id;
	struct dirent *e;
	int n = 0;

	*all = NULL;
	while (dir && (e = readdir(dir))) {
		struct usage u = {0};

		if (sscanf(e->d_name, "vbd-%u-%u", &domid, &id) == 2)
			add_disk(&u, e->d_name);
		else if (sscanf(e->d_name, "vif-%u-%u", &domid, &id) == 2)
			add_card(&u, e->d_name);
		else
			continue;
		u.domid = (uint16_t)domid;
		grown = n % STEP ? *all : realloc(*all, (size_t)(n + STEP) * sizeof(**all));
		if (!grown) {
			free(*all);
			*all = NULL;
			closedir(dir);
			return -ENOMEM;
		}
		*all = grown;
		grown[n++] = u;
	}
	if (dir)
		closedir(dir);
	return n ? merge(*all, n) : 0;
}

struct usage usage_of(const struct usage *all, int n, uint16_t domid)
{
	struct usage key = {.domid = domid}, *found;

	found = n ? bsearch(&key, all, (size_t)n, sizeof(key), by_domid) : NULL;
	return found ? *found : key;
}
