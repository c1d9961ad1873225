// SPDX-License-Identifier: GPL-2.0-or-later
/* The control command: what an administrator asks of the daemon with `xenstore-control`. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "log.h"
#include "proto.h"

static void reply_fmt(struct req *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void reply_fmt(struct req *r, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->reply->len + strlen(text) < XENSTORE_PAYLOAD_MAX)
		buf_put(r->reply, text, (uint32_t)strlen(text));
}

/* The text so far becomes one string. */
static int reply_end(struct req *r)
{
	buf_put(r->reply, "", 1);
	return 0;
}

static int cmd_check(struct req *r)
{
	struct buf text = {0};
	unsigned bad = db_check(r->db, &text);

	if (bad) {
		log_error("check: %u differences:\n%.*s", bad, (int)text.len, buf_data(&text));
		reply_fmt(r, "%u differences:\n%.*s", bad, (int)text.len, buf_data(&text));
		reply_end(r);
	}
	buf_free(&text);
	return 0;
}

static int cmd_log(struct req *r)
{
	size_t len;
	const char *how = req_str(r, 1, &len);

	if (!how || (strcmp(how, "on") && strcmp(how, "off")))
		return -EINVAL;
	r->db->trace = !strcmp(how, "on");
	return 0;
}

static int cmd_logfile(struct req *r)
{
	size_t len;
	const char *path = req_str(r, 1, &len);

	return path && path[0] == '/' ? log_open(path) : -EINVAL;
}

static int cmd_print(struct req *r)
{
	size_t len;
	const char *text = req_str(r, 1, &len);

	if (!text)
		return -EINVAL;
	log_info("%s", text);
	return 0;
}

static int cmd_memreport(struct req *r)
{
	const struct db *db = r->db;
	const struct dom *d;
	const struct conn *c;
	unsigned introduced = 0, clients = 0;

	LIST_FOREACH(d, &db->doms.all, all)
		introduced += d->introduced;
	LIST_FOREACH(c, &db->clients, at_db)
		clients++;
	reply_fmt(r, "nodes %lu\ngeneration %lu\ndomains %u\nintroduced %u\nclients %u\n",
		  db->nodes, db->gen, db->doms.n, introduced, clients);
	reply_fmt(r, "watches %u\nwatched paths %u\n", db->watches.n, db->watches.paths);
	if (db->log)
		reply_fmt(r, "journal %zu bytes, %zu of them the last dump%s\n", db->log->used,
			  db->log->base, db->log->failed ? ", FAILED" : "");
	return reply_end(r);
}

static void reply_limits(struct req *r, const struct quota *q, const struct quota_name *n)
{
	for (; n->name; n++)
		reply_fmt(r, "%-18s %8u  %s\n", n->name, quota_value(q, n), n->what);
}

/* What a domain uses, and what it may use. */
static int reply_domain(struct req *r, const struct dom *d)
{
	const struct quota *q = d->own ? d->own : &r->db->quota;
	const struct quota_name *n;

	reply_fmt(r, "uses:\n%-18s %8u\n%-18s %8u\n%-18s %8u\n%-18s %8zu\n%-18s %8u\n", "nodes",
		  d->nodes, "watches", d->watches, "transactions", d->txns, "memory", quota_used(d),
		  "unread", d->conn ? d->conn->out.len : 0);
	if (d->id == 0) {
		reply_fmt(r, "may use: anything\n");
		return reply_end(r);
	}
	reply_fmt(r, "may use:\n");
	for (n = quota_names; n->name; n++)
		reply_fmt(r, "%-18s %8u\n", n->name, quota_value(q, n));
	reply_fmt(r, "soft-%-13s %8u\n", quota_soft_names->name, quota_value(q, quota_soft_names));
	return reply_end(r);
}

/* set NAME N, from string `at` on, for d or for all guests. */
static int set_quota(struct req *r, struct dom *d, unsigned at, bool soft)
{
	size_t len;
	const char *name = req_str(r, at + 1, &len);
	long long v = req_num(r, at + 2, INT_MAX);
	const struct quota_name *n = name ? quota_find(name, soft) : NULL;

	if (!name || v < 0 || !req_strs(r, at + 3))
		return -EINVAL;
	if (!n)
		return -ENOENT;
	quota_change(r->db, d, n, (unsigned)v);
	return 0;
}

static int quota_or_soft(struct req *r, bool soft)
{
	size_t len;
	const char *s = req_str(r, 1, &len), *verb = req_str(r, 2, &len);
	long long id = req_num(r, 1, DOM_MAX - 1);
	struct dom *d;

	if (s && !strcmp(s, "set"))
		return set_quota(r, NULL, 1, soft);
	if (!s || !*s) {
		reply_limits(r, &r->db->quota, soft ? quota_soft_names : quota_names);
		return reply_end(r);
	}
	d = id < 0 ? NULL : dom_find(&r->db->doms, (unsigned)id);
	if (!d)
		return id < 0 ? -EINVAL : -ENOENT;
	if (!verb)
		return reply_domain(r, d);
	/* The control domain has no limits that could be changed. */
	return id == 0 || strcmp(verb, "set") ? -EINVAL : set_quota(r, d, 2, soft);
}

/* quota: the limits; quota DOMID: what it uses; quota [DOMID] set NAME N: change a limit. */
static int cmd_quota(struct req *r)
{
	return quota_or_soft(r, false);
}

static int cmd_quota_soft(struct req *r)
{
	return quota_or_soft(r, true);
}

/*
 * As xenstore-control asks: -f FILE, -c ARGUMENTS; then -s [-t SECONDS] [-F], which is answered by
 * the new daemon; -a forgets the rest. Nothing has to be waited for, so neither patience (-t) nor
 * force (-F) is needed.
 */
static int cmd_live_update(struct req *r)
{
	struct update *u = &r->db->update;
	size_t len;
	const char *how = req_str(r, 1, &len), *what = req_str(r, 2, &len);

	if (!how)
		return -EINVAL;
	if (!strcmp(how, "-a")) {
		update_forget(u);
		return 0;
	}
	if (!strcmp(how, "-f") && what && what[0] == '/')
		return update_set(&u->file, what);
	if (!strcmp(how, "-c") && what)
		return update_set(&u->args, what);
	if (strcmp(how, "-s"))
		return -EINVAL;
	if (!u->file || u->asker) {
		reply_fmt(r, u->asker ? "BUSY" : "no new program was named (-f FILE)");
		return reply_end(r);
	}
	u->asker = r->conn;
	u->hdr = r->hdr;
	r->later = true;
	return 0;
}

static int cmd_help(struct req *r);

static const struct {
	const char *name;
	int (*fn)(struct req *r);
	const char *args;
} cmds[] = {
	{"check", cmd_check, ""},
	{"help", cmd_help, ""},
	{"live-update", cmd_live_update, "-f <file> | -c <arguments> | -s | -a"},
	{"log", cmd_log, "on|off"},
	{"logfile", cmd_logfile, "<file>"},
	{"memreport", cmd_memreport, ""},
	{"print", cmd_print, "<text>"},
	{"quota", cmd_quota, "[<domid>] [set <name> <value>]"},
	{"quota-soft", cmd_quota_soft, "[<domid>] [set <name> <value>]"},
};

static int cmd_help(struct req *r)
{
	unsigned i;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		reply_fmt(r, "%s\t%s\n", cmds[i].name, cmds[i].args);
	return reply_end(r);
}

int op_control(struct req *r)
{
	size_t len;
	const char *name = req_str(r, 0, &len);
	unsigned i;

	for (i = 0; name && i < sizeof(cmds) / sizeof(cmds[0]); i++)
		if (!strcmp(cmds[i].name, name))
			return cmds[i].fn(r);
	return -EINVAL;
}
