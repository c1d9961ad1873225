// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "lib/domctl.h"
#include "lib/plain.h"
#include "life/names.h"

static void mark_path(const uint8_t uuid[16], char *path, size_t size)
{
	char text[37];

	uuid_format(uuid, text);
	snprintf(path, size, "/pavise/creating/%s", text);
}

/* A domain is in the store when it is complete; until then its mark has the name. */
static bool name_to_be(struct host *h, uint16_t domid, char *buf, size_t size)
{
	struct domctl_getdomaininfo info;
	char path[NAME_PATH], text[160];
	int at = 0;

	if (domctl_info(&h->hv, domid, &info))
		return false;
	mark_path(info.handle, path, sizeof(path));
	if (store_get(h->store, 0, text, sizeof(text), "%s", path) <= 0 ||
	    sscanf(text, "%*u %*u %n", &at) < 0 || !at)
		return false;
	snprintf(buf, size, "%s", text + at);
	return true;
}

void name_of(struct host *h, uint16_t domid, char *buf, size_t size)
{
	char name[NAME_PATH];

	if (store_get(h->store, 0, name, sizeof(name), "/local/domain/%u/name", domid) > 0 ||
	    (domid && name_to_be(h, domid, name, sizeof(name))))
		plain_text(buf, size, name);
	else
		snprintf(buf, size, domid ? "domain-%u" : "Domain-0", domid);
}

static bool is_uuid(const struct domctl_getdomaininfo *info, const uint8_t uuid[16])
{
	return !memcmp(info->handle, uuid, 16) && !(info->flags & XEN_DOMINF_dying);
}

/* The domain among list[0..n) with that UUID, or -1. */
static int by_uuid(const struct domctl_getdomaininfo *list, int n, const uint8_t uuid[16])
{
	int i;

	for (i = 0; i < n; i++)
		if (is_uuid(&list[i], uuid))
			return list[i].domain;
	return -1;
}

/* The same without a list, of guests that these tools made whole; or -1. */
static int by_store(struct host *h, uint32_t tx, const char *uuid_text, const uint8_t uuid[16])
{
	struct domctl_getdomaininfo info;
	char text[16];
	unsigned long domid;

	if (store_get(h->store, tx, text, sizeof(text), "/vm/%s/domid", uuid_text) <= 0)
		return -1;
	domid = strtoul(text, NULL, 10);
	return domid < DOMID_FIRST_RESERVED && !domctl_info(&h->hv, (uint16_t)domid, &info) &&
			       is_uuid(&info, uuid)
		       ? (int)domid
		       : -1;
}

/* Mark the domains whose names the index is sure to hold. */
static void mark_indexed(struct host *h, uint8_t *map)
{
	char **names;
	int n = store_list(h->store, 0, "/pavise/domain", &names), i;

	for (i = 0; i < n; i++) {
		unsigned long id = strtoul(names[i], NULL, 10);

		if (id < DOMID_FIRST_RESERVED)
			map[id / 8] |= (uint8_t)(1 << id % 8);
	}
	if (n >= 0)
		free(names);
}

/* Guests that other tools made are in nobody's index: ask each for its name. */
static int by_asking(struct host *h, const struct domctl_getdomaininfo *list, int n,
		     const char *name)
{
	char other[DOMCONF_NAME_MAX * 2];
	uint8_t indexed[DOMID_FIRST_RESERVED / 8 + 1] = {0};
	int i;

	mark_indexed(h, indexed);
	for (i = 0; i < n; i++) {
		unsigned id = list[i].domain;

		if (list[i].flags & XEN_DOMINF_dying || indexed[id / 8] & 1 << id % 8)
			continue;
		name_of(h, list[i].domain, other, sizeof(other));
		if (!strcmp(other, name))
			return list[i].domain;
	}
	return -1;
}

static int by_list(struct host *h, const char *name, const uint8_t *uuid)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&h->hv, &list), domid = -1;

	if (n < 0)
		return n;
	if (uuid)
		domid = by_uuid(list, n, uuid);
	if (domid < 0)
		domid = by_asking(h, list, n, name);
	free(list);
	return domid < 0 ? -ENOENT : domid;
}

static int find(struct host *h, const char *name)
{
	char path[NAME_PATH], text[64];
	uint8_t uuid[16];
	bool known;
	int domid = -1;

	name_path(name, path, sizeof(path));
	known = store_get(h->store, 0, text, sizeof(text), "%s", path) > 0 &&
		!uuid_parse(text, uuid);
	if (known)
		domid = by_store(h, 0, text, uuid);
	return domid < 0 ? by_list(h, name, known ? uuid : NULL) : domid;
}

int name_resolve(struct host *h, const char *what, uint16_t *domid, struct diag *d)
{
	struct domctl_getdomaininfo info;
	unsigned long n;
	char *end;
	int rc;

	n = strtoul(what, &end, 10);
	if (isdigit((unsigned char)*what) && !*end && n < DOMID_FIRST_RESERVED) {
		rc = domctl_info(&h->hv, (uint16_t)n, &info);
		*domid = (uint16_t)n;
		if (rc == -ESRCH)
			diag_set(d, -ENOENT, "there is no domain %lu", n);
		else if (rc)
			return diag_set(d, rc, "domain %lu: %s", n, strerror(-rc));
		return rc ? diag_hint(d, -ENOENT, "pav list shows those there are") : 0;
	}
	rc = find(h, what);
	if (rc >= 0) {
		*domid = (uint16_t)rc;
		return 0;
	}
	if (rc != -ENOENT)
		return diag_set(d, rc, "cannot look for guest %s: %s", what, strerror(-rc));
	diag_set(d, -ENOENT, "there is no guest '%s'", what);
	return diag_hint(d, -ENOENT, "pav list shows those there are");
}

static int taken(struct diag *d, const char *what, const char *why)
{
	diag_set(d, -EEXIST, "%s %s", what, why);
	return diag_hint(d, -EEXIST,
			 "choose another one in the configuration, or destroy that guest");
}

/* Is a creation mark there whose process lives? */
static int being_made(struct host *h, uint32_t tx, const char *uuid_text)
{
	char text[160];

	return store_get(h->store, tx, text, sizeof(text), "/pavise/creating/%s", uuid_text) >= 0 &&
	       name_process_lives(text);
}

bool name_being_made(struct host *h, const char *name)
{
	char path[NAME_PATH], uuid[64];

	name_path(name, path, sizeof(path));
	return store_get(h->store, 0, uuid, sizeof(uuid), "%s", path) > 0 && being_made(h, 0, uuid);
}

enum held { NOTHING, UUID, NAME };

/* What of these a guest of other tools has. pav-consoled notes which guests these are. */
static enum held foreign_has(struct host *h, uint32_t tx, const char *name, const uint8_t uuid[16])
{
	char other[DOMCONF_NAME_MAX * 2], **ids;
	struct domctl_getdomaininfo info;
	int n = store_list(h->store, tx, "/pavise/foreign", &ids), i;
	enum held what = NOTHING;

	for (i = 0; i < n && what == NOTHING; i++) {
		unsigned long domid = strtoul(ids[i], NULL, 10);

		if (domid >= DOMID_FIRST_RESERVED || domctl_info(&h->hv, (uint16_t)domid, &info) ||
		    info.flags & XEN_DOMINF_dying)
			continue;
		name_of(h, (uint16_t)domid, other, sizeof(other));
		what = !strcmp(other, name) ? NAME : is_uuid(&info, uuid) ? UUID : NOTHING;
	}
	if (n >= 0)
		free(ids);
	return what;
}

/* Is the name in the index, and the guest there that it belongs to, or about to be? */
static int check_indexed(struct host *h, uint32_t tx, const char *name, struct diag *d)
{
	char path[NAME_PATH], text[64], what[DOMCONF_NAME_MAX + 16];
	uint8_t owner[16];

	snprintf(what, sizeof(what), "name '%s'", name);
	name_path(name, path, sizeof(path));
	if (store_get(h->store, tx, text, sizeof(text), "%s", path) <= 0 || uuid_parse(text, owner))
		return 0;
	if (by_store(h, tx, text, owner) >= 0)
		return taken(d, what, "is taken by a guest that exists");
	if (being_made(h, tx, text))
		return taken(d, what, "is taken by a guest that is just being made");
	return by_list(h, name, owner) >= 0 ? taken(d, what, "is taken by a guest that exists") : 0;
}

static int check_free(struct host *h, uint32_t tx, const char *name, const uint8_t uuid[16],
		      struct diag *d)
{
	char own[37], what[DOMCONF_NAME_MAX + 16], control[DOMCONF_NAME_MAX * 2];
	enum held foreign;
	int rc = check_indexed(h, tx, name, d);

	if (rc)
		return rc;
	uuid_format(uuid, own);
	snprintf(what, sizeof(what), "name '%s'", name);
	foreign = foreign_has(h, tx, name, uuid);
	name_of(h, 0, control, sizeof(control));
	if (!strcmp(control, name) || foreign == NAME)
		return taken(d, what, "is taken by a guest that exists");
	snprintf(what, sizeof(what), "UUID %s", own);
	if (foreign == UUID || by_store(h, tx, own, uuid) >= 0)
		return taken(d, what, "belongs to a guest that exists");
	if (being_made(h, tx, own))
		return taken(d, what, "belongs to a guest that is just being made");
	return 0;
}

static int write_claim(struct host *h, uint32_t tx, const char *name, const uint8_t uuid[16],
		       bool mark)
{
	char path[NAME_PATH], text[37], value[160];
	int rc;

	uuid_format(uuid, text);
	name_path(name, path, sizeof(path));
	rc = store_write(h->store, tx, path, text);
	if (rc || !mark)
		return rc;
	mark_path(uuid, path, sizeof(path));
	snprintf(value, sizeof(value), "%lu %llu %s", (unsigned long)getpid(),
		 name_process_start((unsigned long)getpid()), name);
	return store_write(h->store, tx, path, value);
}

static int claim(struct host *h, const char *name, const uint8_t uuid[16], bool mark,
		 struct diag *d)
{
	uint32_t tx;
	int rc;

	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		rc = check_free(h, tx, name, uuid, d);
		if (!rc)
			rc = write_claim(h, tx, name, uuid, mark);
		rc = store_finish(h->store, tx, rc);
	} while (rc == -EAGAIN);
	if (rc && rc != -EEXIST)
		diag_set(d, rc, "cannot note the new guest in the store: %s", strerror(-rc));
	return rc;
}

int name_claim(struct host *h, const char *name, const uint8_t uuid[16], struct diag *d)
{
	return claim(h, name, uuid, true, d);
}

int name_adopt(struct host *h, const char *name, const uint8_t uuid[16], struct diag *d)
{
	return claim(h, name, uuid, false, d);
}

int name_look(struct host *h, const char *name, const uint8_t *uuid, struct diag *d)
{
	uint8_t drawn[16];
	uint32_t tx;
	int rc = store_begin(h->store, &tx);

	if (!rc && !uuid && getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn))
		rc = -EIO;
	if (rc)
		return diag_set(d, rc, "cannot look for name '%s' in the store: %s", name,
				strerror(-rc));
	rc = check_free(h, tx, name, uuid ? uuid : drawn, d);
	store_end(h->store, tx, false);
	return rc;
}

int name_commit(struct host *h, const uint8_t uuid[16])
{
	char path[NAME_PATH];

	mark_path(uuid, path, sizeof(path));
	return store_rm(h->store, 0, path);
}

void name_drop(struct host *h, const char *name, const uint8_t uuid[16])
{
	char path[NAME_PATH], text[64];
	uint8_t owner[16];

	name_path(name, path, sizeof(path));
	if (store_get(h->store, 0, text, sizeof(text), "%s", path) > 0 &&
	    !uuid_parse(text, owner) && !memcmp(owner, uuid, 16))
		store_rm(h->store, 0, path);
	name_commit(h, uuid);
}

int name_change(struct host *h, uint16_t domid, const uint8_t uuid[16], const char *name,
		struct diag *d)
{
	char old[DOMCONF_NAME_MAX * 2], path[NAME_PATH], text[37];
	int rc = find(h, name);

	if (rc >= 0) {
		snprintf(path, sizeof(path), "name '%s'", name);
		return taken(d, path, "is taken by a guest that exists");
	}
	name_of(h, domid, old, sizeof(old));
	uuid_format(uuid, text);
	name_path(name, path, sizeof(path));
	store_batch(h->store);
	store_write(h->store, 0, path, text);
	snprintf(path, sizeof(path), "/vm/%s", text);
	store_put(h->store, 0, path, "name", name);
	store_writef(h->store, 0, path, "domid", "%u", domid);
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	store_put(h->store, 0, path, "name", name);
	name_path(old, path, sizeof(path));
	store_rm(h->store, 0, path);
	rc = store_batch_end(h->store);
	return rc ? diag_set(d, rc, "cannot rename %s: %s", old, strerror(-rc)) : 0;
}
