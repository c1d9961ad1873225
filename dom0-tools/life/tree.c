// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "life/tree.h"

enum { CONSOLE_LIMIT = 1 << 20 };

struct writer {
	struct host *h;
	uint32_t tx;
	const struct tree *t;
	char dir[64]; /* what put() writes below */
};

static void put(struct writer *w, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put(struct writer *w, const char *key, const char *fmt, ...)
{
	char value[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	store_put(w->h->store, w->tx, w->dir, key, value);
}

/* A directory (or empty node) of dir: readable by the guest, or the guest's own. */
static void dir(struct writer *w, const char *name, int guests_own)
{
	struct store_perm p[2] = {{'n', 0}, {'r', w->t->domid}};
	char path[128];

	if (guests_own)
		p[0].domid = w->t->domid;
	snprintf(path, sizeof(path), "%s%s%s", w->dir, name[0] ? "/" : "", name);
	store_mkdir(w->h->store, w->tx, path);
	store_set_perms(w->h->store, w->tx, path, p, guests_own ? 1 : 2);
}

static void write_vm(struct writer *w)
{
	const struct domconf *c = w->t->conf;
	char uuid[37];

	uuid_format(c->uuid, uuid);
	snprintf(w->dir, sizeof(w->dir), "/vm/%s", uuid);
	dir(w, "", 0);
	put(w, "uuid", "%s", uuid);
	put(w, "domid", "%u", w->t->domid);
	put(w, "name", "%s", c->name);
	put(w, "start_time", "%lld.00", (long long)time(NULL));
	put(w, "image/ostype", "linux");
	put(w, "image/kernel", "%s", c->kernel);
	if (c->ramdisk)
		put(w, "image/ramdisk", "%s", c->ramdisk);
	put(w, "image/cmdline", "%s", c->cmdline);
}

static void write_domain(struct writer *w)
{
	static const char *const own[] = {
		"control/shutdown",
		"control/feature-poweroff",
		"control/feature-reboot",
		"control/feature-suspend",
		"control/sysrq",
		"device/suspend/event-channel",
		"data",
		"drivers",
		"feature",
		"attr",
		"error",
	};
	const struct tree *t = w->t;
	char uuid[37];
	unsigned i;

	uuid_format(t->conf->uuid, uuid);
	snprintf(w->dir, sizeof(w->dir), "/local/domain/%u", t->domid);
	dir(w, "", 0);
	put(w, "vm", "/vm/%s", uuid);
	put(w, "name", "%s", t->conf->name);
	put(w, "domid", "%u", t->domid);
	for (i = 0; i < t->conf->maxvcpus; i++) {
		char key[32];

		snprintf(key, sizeof(key), "cpu/%u/availability", i);
		put(w, key, "%s", i < t->conf->vcpus ? "online" : "offline");
	}
	put(w, "memory/static-max", "%llu", (unsigned long long)t->conf->maxmem_kib);
	put(w, "memory/target", "%llu", (unsigned long long)t->conf->memory_kib);
	/* Who has this takes part in pav autoballoon. */
	if (t->conf->minmem_kib || t->conf->maxmem_kib > t->conf->memory_kib)
		put(w, "memory/dynamic-min", "%llu",
		    (unsigned long long)(t->conf->minmem_kib ? t->conf->minmem_kib
							     : t->conf->memory_kib));
	put(w, "memory/videoram", "0");
	dir(w, "device", 0);
	dir(w, "control", 0);
	put(w, "control/platform-feature-multiprocessor-suspend", "1");
	put(w, "control/platform-feature-xs_reset_watches", "1");
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		dir(w, own[i], 1);
	put(w, "store/port", "%u", t->store_port);
	put(w, "store/ring-ref", "%llu", (unsigned long long)t->store.n);
}

/* No back-end nodes: the kernel would make a device of them, which no driver takes. */
static void write_console(struct writer *w)
{
	const struct tree *t = w->t;

	snprintf(w->dir, sizeof(w->dir), "/local/domain/%u/console", t->domid);
	dir(w, "", 0);
	put(w, "limit", "%d", CONSOLE_LIMIT);
	put(w, "type", "xenconsoled");
	put(w, "output", "pty");
	put(w, "tty", "%s", "");
	put(w, "port", "%u", t->console_port);
	put(w, "ring-ref", "%llu", (unsigned long long)t->console.n);
}

static void write_record(struct writer *w)
{
	snprintf(w->dir, sizeof(w->dir), "/libxl/%u", w->t->domid);
	put(w, "type", "pv");
}

void tree_write(struct host *h, uint32_t tx, const struct tree *t)
{
	struct writer w = {.h = h, .tx = tx, .t = t};

	write_vm(&w);
	write_domain(&w);
	write_console(&w);
	write_record(&w);
}

void tree_remove(struct host *h, uint16_t domid, const uint8_t uuid[16])
{
	static const char *const paths[] = {
		"/local/domain/%u",
		"/libxl/%u",
		"/pavise/domain/%u",
		"/pavise/saving/%u",
	};
	char path[96], text[37], by[64];
	unsigned i;

	uuid_format(uuid, text);
	/* A guest that restarts has its UUID again at once: leave the new one's node alone. */
	snprintf(path, sizeof(path), "/vm/%s", text);
	if (store_get(h->store, 0, by, sizeof(by), "%s/domid", path) < 0 ||
	    strtoul(by, NULL, 10) == domid)
		store_rm(h->store, 0, path);
	store_batch(h->store);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		snprintf(path, sizeof(path), paths[i], domid);
		store_rm(h->store, 0, path);
	}
	store_batch_end(h->store);
}
