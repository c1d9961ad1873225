// SPDX-License-Identifier: GPL-2.0-or-later
/* pav-stored: the store daemon. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db.h"
#include "init.h"
#include "lib/opt.h"
#include "log.h"
#include "port.h"
#include "process.h"
#include "relaunch.h"
#include "ring.h"
#include "server.h"
#include "sock.h"
#include "state.h"

#define STATE_FILE "/run/pavise/stored.state"
#define SOCKET     "/run/xenstored/socket"
#define PID_FILE   "/run/pavise/stored.pid"

static struct {
	bool foreground, fresh, restore, no_state, socket_only, trace, version, update;
	const char *socket, *state, *pid_file, *log_file, *quota, *take_over, *rehearse;
} o = {.socket = SOCKET, .state = STATE_FILE, .pid_file = PID_FILE};

static const struct opt opts[] = {
	{'F', "foreground", NULL, OPT_FLAG, &o.foreground, "do not go into the background"},
	{0, "socket", "PATH", OPT_STR, &o.socket, "where to listen (" SOCKET ")"},
	{0, "state", "FILE", OPT_STR, &o.state, "journal that survives a restart (" STATE_FILE ")"},
	{0, "restore", NULL, OPT_FLAG, &o.restore, "fail if there is no journal to go on from"},
	{0, "fresh", NULL, OPT_FLAG, &o.fresh, "start empty even if there is a journal"},
	{0, "no-state", NULL, OPT_FLAG, &o.no_state, "keep no journal"},
	{0, "pid-file", "FILE", OPT_STR, &o.pid_file, "written when ready (" PID_FILE ")"},
	{0, "log-file", "FILE", OPT_STR, &o.log_file, "append the log to FILE, not standard error"},
	{0, "quota", "NAME=N,...", OPT_STR, &o.quota, "limits of each guest (see the manual)"},
	{0, "socket-only", NULL, OPT_FLAG, &o.socket_only, "serve no rings; needs no hypervisor"},
	{0, "trace", NULL, OPT_FLAG, &o.trace, "log every request"},
	{0, "update", NULL, OPT_FLAG, &o.update, "let the daemon that runs become this program"},
	{0, "take-over", "FILE", OPT_STR, &o.take_over, "go on as the process that wrote FILE"},
	{0, "rehearse", "FILE", OPT_STR, &o.rehearse, "only see whether that could be done"},
	{'V', "version", NULL, OPT_FLAG, &o.version, "print the version"},
	{0, NULL, NULL, OPT_FLAG, NULL, NULL},
};

static const struct opt_cmd cmd = {
	.name = "pav-stored",
	.args = "",
	.summary = "Serve the store: configuration and state shared between domains.",
	.opts = opts,
};

static int set_quotas(struct quota *q, const char *list)
{
	char *copy = strdup(list), *at, *save = NULL;
	int rc = copy ? 0 : -ENOMEM;

	for (at = copy ? strtok_r(copy, ",", &save) : NULL; at && !rc;
	     at = strtok_r(NULL, ",", &save)) {
		bool soft = !strncmp(at, "soft-", 5);
		const struct quota_name *n;
		char *eq = strchr(at, '=');
		unsigned long long v;

		if (eq)
			*eq = '\0';
		if (!eq || opt_uint(eq + 1, 0x7fffffff, &v))
			rc = opt_wrong(&cmd, "--quota: '%s' needs a number: %s=N", at, at);
		else if (!(n = quota_find(soft ? at + 5 : at, soft)))
			rc = opt_wrong(&cmd, "--quota: no limit is called '%s'", at);
		else
			quota_set(q, n, (unsigned)v);
	}
	free(copy);
	return rc;
}

/* Fill the store with what the process had that has become this one. */
static int take_over(struct db *db, const char *file, struct handover *h)
{
	size_t at;
	int rc = state_take_over(db, file, h, &at);

	if (rc)
		log_error("%s: cannot go on from it (%s at byte %zu)", file, strerror(-rc), at);
	return rc;
}

/* Fill the store from the journal, or with what a new one holds. */
static int load(struct db *db)
{
	size_t at;
	int rc = o.fresh || o.no_state ? -ENOENT : state_load(db, o.state, &at);

	if (!rc) {
		log_info("%lu nodes and %u domains from %s", db->nodes, db->doms.n, o.state);
	} else if (rc == -ENOENT) {
		if (o.restore)
			log_error("--restore: there is no %s to go on from", o.state);
	} else {
		log_error("%s: cannot be read back (%s at byte %zu): with --fresh the store starts "
			  "empty and running guests lose theirs",
			  o.state, strerror(-rc), at);
	}
	return rc == -ENOENT && !o.restore ? 0 : rc;
}

static int connect_rings(struct server *s)
{
	char text[512];
	int rc = port_open(text, sizeof(text));

	if (rc) {
		log_error("%s (--socket-only serves without a hypervisor)", text);
		return rc;
	}
	s->rings = true;
	s->changes = port_bind_changes();
	if (s->changes < 0) {
		log_error(
			"cannot bind the event for changes of domains: %s; is another store daemon "
			"running?",
			strerror(-s->changes));
		return s->changes;
	}
	/* Those that have died meanwhile must not be attached to. */
	ring_scan(s->db);
	ring_restore(s->db);
	rc = ring_own(s->db);
	if (rc)
		log_error("cannot connect to the own kernel (/dev/xen/xenbus_backend): %s",
			  strerror(-rc));
	return rc;
}

/* Take the place of nobody: lock and state of one's own. */
static int start_fresh(struct server *s, int *lock)
{
	char text[512];
	int rc = process_lock(o.socket, text, sizeof(text));

	*lock = rc;
	if (rc >= 0)
		rc = o.no_state ? 0 : process_dir_of(o.state, text, sizeof(text));
	if (rc < 0) {
		log_error("%s", text);
		return rc;
	}
	return load(s->db);
}

static int start_over(struct server *s, int *lock)
{
	struct handover h;
	int rc = take_over(s->db, o.take_over, &h);

	if (rc)
		return rc;
	s->listener = h.listener;
	*lock = h.lock;
	fcntl(h.listener, F_SETFD, FD_CLOEXEC);
	fcntl(h.lock, F_SETFD, FD_CLOEXEC);
	log_info("went on as version " PAVISE_VERSION " with %lu nodes and %u domains",
		 s->db->nodes, s->db->doms.n);
	return 0;
}

static int start(struct server *s, char **argv)
{
	char text[512];
	int lock, rc = o.take_over ? start_over(s, &lock) : start_fresh(s, &lock);

	if (rc)
		return rc;
	relaunch_init(argv, lock);
	init_nodes(s->db);
	/* Also after a new process has found that one in the journal that nobody answered. */
	update_answer(&s->db->update, "OK");
	if (!o.no_state) {
		rc = state_save(s->db, o.state);
		if (rc) {
			log_error("cannot write %s: %s; choose another place with --state", o.state,
				  strerror(-rc));
			return rc;
		}
		s->state = o.state;
	}
	if (!o.socket_only)
		rc = connect_rings(s);
	if (rc || s->listener >= 0)
		return rc;
	s->listener = sock_listen(o.socket, text, sizeof(text));
	if (s->listener < 0)
		log_error("%s", text);
	return s->listener < 0 ? s->listener : 0;
}

static int serve(struct server *s, char **argv)
{
	char text[512];
	int rc = start(s, argv);

	if (!rc) {
		process_drop_rights();
		rc = process_ready(o.pid_file, text, sizeof(text));
		if (rc)
			log_error("%s", text);
	}
	if (!rc) {
		log_info("ready on %s", o.socket);
		rc = server_run(s);
		unlink(o.pid_file);
		unlink(o.socket);
		if (s->state && state_save(s->db, s->state))
			log_warn("cannot renew %s; the next start reads the longer one", s->state);
		log_info("stopped");
	}
	return rc;
}

int main(int argc, char **argv)
{
	static struct db db;
	struct server s = {.db = &db, .listener = -1, .changes = -1};
	struct handover h;
	int rc = opt_parse(&cmd, argc, argv, false);

	if (rc < 0)
		return rc == -2 ? 0 : 2;
	if (rc < argc)
		return opt_wrong(&cmd, "unexpected '%s'", argv[rc]);
	if (o.version) {
		puts(RELAUNCH_MARK PAVISE_VERSION);
		return 0;
	}
	if (o.update)
		return relaunch_ask(o.socket);
	if (o.restore && (o.fresh || o.no_state))
		return opt_wrong(&cmd, "--restore goes with neither --fresh nor --no-state");
	db_init(&db);
	if (o.quota && set_quotas(&db.quota, o.quota))
		return 2;
	db.trace = o.trace;
	if (o.log_file && (rc = log_open(o.log_file))) {
		fprintf(stderr, "pav-stored: cannot open the log %s: %s\n", o.log_file,
			strerror(-rc));
		return 1;
	}
	if (o.take_over || o.rehearse) {
		if (!o.foreground && !o.log_file)
			log_background();
	} else if (!o.foreground && (rc = process_background()) != 0) {
		return rc < 0 ? 1 : rc - 1;
	}
	if (o.rehearse)
		return take_over(&db, o.rehearse, &h) ? 1 : RELAUNCH_FIT;
	return serve(&s, argv) ? 1 : 0;
}
