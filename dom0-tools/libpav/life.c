// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domctl.h"
#include "libpav/handle.h"
#include "life/ask.h"
#include "life/conf_file.h"
#include "life/create.h"
#include "life/destroy.h"

static int gather(struct domconf *conf, const char *path, const char *text,
		  const char *const *settings, struct diag *d)
{
	struct cfg cfg;
	int rc = 0;

	cfg_init(&cfg);
	if (path)
		rc = conf_file_read(&cfg, path, d);
	if (!rc && text)
		rc = cfg_parse(&cfg, "text", text, strlen(text), d);
	for (; !rc && settings && *settings; settings++)
		rc = conf_file_set(&cfg, *settings, d);
	if (!rc)
		rc = conf_file_mean(conf, &cfg, NULL, NULL, d);
	cfg_free(&cfg);
	return rc;
}

static int create(struct pav *p, struct domconf *conf, unsigned flags, uint32_t *domid)
{
	struct create_facts facts;
	uint16_t id = 0;
	int rc;

	if (flags & PAV_CREATE_DRY_RUN)
		return create_check(&p->h, conf, &facts, &p->d);
	destroy_stale(&p->h, &p->d);
	rc = create_guest(&p->h, conf, flags & PAV_CREATE_PAUSED, &id, &p->d);
	if (!rc && domid)
		*domid = id;
	return rc;
}

int pav_create(struct pav *p, const char *path, const char *text, const char *const *settings,
	       unsigned flags, uint32_t *domid)
{
	struct domconf *conf = calloc(1, sizeof(*conf));
	int rc;

	if (!conf)
		return handle_done(p, diag_set(&p->d, -ENOMEM, "out of memory"));
	rc = gather(conf, path, text, settings, &p->d);
	if (!rc) {
		rc = create(p, conf, flags, domid);
		if (rc)
			diag_at(&p->d, rc, "guest %s", conf->name);
	}
	domconf_free(conf);
	free(conf);
	return handle_done(p, rc);
}

int pav_destroy(struct pav *p, uint32_t domid)
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	return handle_done(p, rc ? rc : destroy_guest(&p->h, id, &p->d));
}

static int ask(struct pav *p, uint32_t domid, const char *what)
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	return handle_done(p, rc ? rc : ask_shutdown(&p->h, id, what, &p->d));
}

int pav_shutdown(struct pav *p, uint32_t domid)
{
	return ask(p, domid, "poweroff");
}

int pav_reboot(struct pav *p, uint32_t domid)
{
	return ask(p, domid, "reboot");
}

static int set_paused(struct pav *p, uint32_t domid, bool paused)
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	if (rc)
		return handle_done(p, rc);
	rc = paused ? domctl_pause(&p->h.hv, id) : domctl_unpause(&p->h.hv, id);
	if (rc)
		diag_set(&p->d, rc, "cannot %s domain %u: %s", paused ? "pause" : "unpause", domid,
			 strerror(-rc));
	return handle_done(p, rc);
}

int pav_pause(struct pav *p, uint32_t domid)
{
	return set_paused(p, domid, true);
}

int pav_unpause(struct pav *p, uint32_t domid)
{
	return set_paused(p, domid, false);
}

int pav_wait(struct pav *p, uint32_t domid, int timeout_ms)
{
	uint64_t end = timeout_ms < 0 ? 0 : host_now() + (uint64_t)timeout_ms * 1000000u;

	if (!domid || domid >= DOMID_FIRST_RESERVED)
		return handle_done(p, diag_set(&p->d, -EINVAL, "domain %u is no guest", domid));
	return handle_done(p, ask_wait(&p->h, (uint16_t)domid, false, end, &p->d));
}
