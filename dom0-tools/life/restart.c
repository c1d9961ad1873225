// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi/sched.h"
#include "dev/device.h"
#include "lib/sysctl.h"
#include "life/create.h"
#include "life/destroy.h"
#include "life/dump.h"
#include "life/early.h"
#include "life/names.h"
#include "life/record.h"
#include "life/restart.h"

enum { RESTART_TRIES = 30 }; /* pav-domd looks for unfinished ones every ten seconds */

static void by_me(char *buf, size_t size)
{
	snprintf(buf, size, "%d %llu", (int)getpid(), name_process_start((unsigned long)getpid()));
}

static bool has_node(struct host *h, uint16_t domid, const char *key)
{
	char text[8];

	return store_get(h->store, 0, text, sizeof(text), "/pavise/domain/%u/%s", domid, key) > 0;
}

bool restart_open(struct host *h, const struct domctl_getdomaininfo *info)
{
	uint32_t f = info->flags;

	if (!info->domain || !(f & XEN_DOMINF_shutdown) || f & XEN_DOMINF_dying ||
	    (f >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == SHUTDOWN_suspend)
		return false;
	return !has_node(h, info->domain, "kept") && has_node(h, info->domain, "config/0");
}

bool restart_due(struct host *h, const struct domctl_getdomaininfo *info)
{
	char by[64];

	if (!restart_open(h, info))
		return false;
	return store_get(h->store, 0, by, sizeof(by), "/pavise/domain/%u/acting", info->domain) <=
		       0 ||
	       !name_process_lives(by);
}

bool restart_of(struct host *h, const char *name)
{
	char **uuids, other[DOMCONF_NAME_MAX];
	int n = store_list(h->store, 0, "/pavise/restart", &uuids), i;
	bool found = false;

	for (i = 0; i < n && !found; i++)
		found = store_get(h->store, 0, other, sizeof(other), "/pavise/restart/%s/name",
				  uuids[i]) > 0 &&
			!strcmp(other, name);
	if (n >= 0)
		free(uuids);
	return found;
}

static void put(struct host *h, uint16_t domid, const char *key, const char *value)
{
	char dir[RECORD_DIR];

	record_dir(domid, dir);
	store_writef(h->store, 0, dir, key, "%s", value);
}

/* 0 if it is not there. */
static unsigned number(struct host *h, const char *dir, const char *key)
{
	char text[16];

	if (store_get(h->store, 0, text, sizeof(text), "%s/%s", dir, key) <= 0)
		return 0;
	return (unsigned)strtoul(text, NULL, 10);
}

static long long lived(struct host *h, const struct domconf *c)
{
	char uuid[37], text[32];

	uuid_format(c->uuid, uuid);
	if (store_get(h->store, 0, text, sizeof(text), "/vm/%s/start_time", uuid) <= 0)
		return POLICY_QUICK_S;
	return (long long)time(NULL) - strtoll(text, NULL, 10);
}

static void mark_path(const struct domconf *c, char path[RECORD_DIR])
{
	char uuid[37];

	uuid_format(c->uuid, uuid);
	snprintf(path, RECORD_DIR, "/pavise/restart/%s", uuid);
}

static int write_mark(struct host *h, const struct domconf *c, unsigned quick, unsigned tries)
{
	char path[RECORD_DIR], by[48];
	int rc, end;

	mark_path(c, path);
	by_me(by, sizeof(by));
	store_batch(h->store);
	rc = record_write(h, 0, path, c);
	store_writef(h->store, 0, path, "by", "%s", by);
	store_writef(h->store, 0, path, "name", "%s", c->name);
	store_writef(h->store, 0, path, "quick", "%u", quick);
	store_writef(h->store, 0, path, "tries", "%u", tries);
	end = store_batch_end(h->store);
	return rc ? rc : end;
}

/* With the mark of this process left behind, whoever looks for unfinished restarts tries again. */
static int start_again(struct host *h, struct domconf *c, unsigned quick, unsigned tries,
		       struct diag *d)
{
	char path[RECORD_DIR], text[16];
	uint16_t domid;
	int rc = create_guest(h, c, false, &domid, d);

	if (!rc) {
		snprintf(text, sizeof(text), "%u", quick);
		put(h, domid, "quick", text);
	}
	/* What it needs may come back: a daemon that is being restarted, memory, a disk in use. */
	if (rc && tries < RESTART_TRIES)
		return diag_hint(d, rc, "pav-domd tries again (%u of %u)", tries, RESTART_TRIES);
	mark_path(c, path);
	store_rm(h->store, 0, path);
	return rc ? diag_hint(d, rc, "guest %s is given up; start it with pav create", c->name) : 0;
}

/* Put the ended domain aside under another name and UUID, its devices free for the next one. */
static int put_aside(struct host *h, uint16_t domid, const struct domconf *c, struct diag *d)
{
	uint8_t uuid[16];
	char name[DOMCONF_NAME_MAX + 16];
	int rc;

	memcpy(uuid, c->uuid, 16);
	uuid[15] ^= (uint8_t)domid;
	uuid[14] ^= (uint8_t)(domid >> 8 | 0x80);
	snprintf(name, sizeof(name), "%s-%u", c->name, domid);
	rc = device_remove_all(h, domid, d);
	if (!rc)
		rc = name_change(h, domid, uuid, name, d);
	if (!rc) {
		rc = domctl_set_handle(&h->hv, domid, uuid);
		if (rc)
			diag_set(d, rc, "cannot give domain %u another UUID: %s", domid,
				 strerror(-rc));
	}
	if (!rc)
		put(h, domid, "kept", "rename-restart");
	return rc;
}

/* Without a dump life goes on all the same. */
static void keep_dump(struct host *h, uint16_t domid, const struct domconf *c, const char *who)
{
	struct diag d = DIAG_INIT;
	char path[256];

	if (dump_crashed(h, domid, c->name, path, sizeof(path), &d))
		log_line(who, "guest %s: its memory is not kept: %s", c->name, d.text);
	else
		log_line(who, "guest %s: its memory is in %s", c->name, path);
}

static int act(struct host *h, uint16_t domid, struct domconf *c, const struct policy_verdict *v,
	       const char *who, struct diag *d)
{
	bool again = v->action == END_RESTART || v->action == END_COREDUMP_RESTART;
	int rc;

	switch (v->action) {
	case END_PRESERVE:
		put(h, domid, "kept", "preserve");
		return 0;
	case END_COREDUMP_DESTROY:
		keep_dump(h, domid, c, who);
		return destroy_guest(h, domid, d);
	case END_DESTROY:
		return destroy_guest(h, domid, d);
	case END_COREDUMP_RESTART:
		keep_dump(h, domid, c, who);
		break;
	case END_RESTART:
	case END_RENAME_RESTART:
		break;
	}
	rc = write_mark(h, c, v->quick, 1);
	if (rc)
		return diag_set(d, rc, "cannot write to the store: %s", strerror(-rc));
	rc = again ? destroy_guest(h, domid, d) : put_aside(h, domid, c, d);
	if (rc && rc != -ENOENT && rc != -ETIMEDOUT)
		return rc;
	return start_again(h, c, v->quick, 1, d);
}

int restart_act(struct host *h, const struct domctl_getdomaininfo *info, const char *who,
		struct diag *d)
{
	struct policy_end end = {
		.code = info->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask,
	};
	struct domconf *c = calloc(1, sizeof(*c));
	struct policy_verdict v;
	char dir[RECORD_DIR], by[48];
	int rc;

	if (!c)
		return diag_set(d, -ENOMEM, "out of memory");
	by_me(by, sizeof(by));
	put(h, info->domain, "acting", by);
	record_dir(info->domain, dir);
	rc = record_read(h, dir, c, d);
	if (!rc) {
		end.lived_s = lived(h, c);
		end.quick = number(h, dir, "quick");
		end.final = has_node(h, info->domain, "final");
		v = policy_decide(c, &end);
		log_line(who, "guest %s (domain %u) %s: %s%s", c->name, info->domain,
			 early_reason(end.code),
			 v.act ? end_action_name(v.action) : "left as it is",
			 v.given_up ? ", as it has died too often right after its start" : "");
		rc = v.act ? act(h, info->domain, c, &v, who, d) : 0;
	}
	domconf_free(c);
	free(c);
	return rc;
}

int restart_unfinished(struct host *h, char ***uuids)
{
	int n = store_list(h->store, 0, "/pavise/restart", uuids), i, kept = 0;
	char by[64];

	for (i = 0; i < n; i++) {
		if (store_get(h->store, 0, by, sizeof(by), "/pavise/restart/%s/by", (*uuids)[i]) >
			    0 &&
		    name_process_lives(by))
			continue;
		(*uuids)[kept++] = (*uuids)[i];
	}
	if (n >= 0 && !kept)
		free(*uuids);
	return n == -ENOENT ? 0 : n < 0 ? n : kept;
}

/* The domain that has this UUID, if there is one. */
static bool find(struct host *h, const uint8_t uuid[16], struct domctl_getdomaininfo *out)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&h->hv, &list), i;
	bool found = false;

	for (i = 0; i < n && !found; i++) {
		found = !memcmp(list[i].handle, uuid, 16) && !(list[i].flags & XEN_DOMINF_dying);
		*out = list[i];
	}
	if (n >= 0)
		free(list);
	return found;
}

int restart_finish(struct host *h, const char *uuid, struct diag *d)
{
	struct domconf *c = calloc(1, sizeof(*c));
	struct domctl_getdomaininfo info;
	char path[RECORD_DIR];
	unsigned quick, tries;
	int rc;

	if (!c)
		return diag_set(d, -ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "/pavise/restart/%s", uuid);
	quick = number(h, path, "quick");
	tries = number(h, path, "tries") + 1;
	rc = record_read(h, path, c, d);
	if (!rc)
		rc = write_mark(h, c, quick, tries);
	if (!rc && find(h, c->uuid, &info)) {
		if (!(info.flags & XEN_DOMINF_shutdown)) {
			/* It was started again already; only the mark is left. */
			rc = store_rm(h->store, 0, path);
			goto out;
		}
		destroy_guest(h, info.domain, d);
	}
	if (rc)
		store_rm(h->store, 0, path);
	else
		rc = start_again(h, c, quick, tries, d);
out:
	domconf_free(c);
	free(c);
	return rc;
}
