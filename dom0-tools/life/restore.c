// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/net.h"
#include "lib/gnttab.h"
#include "lib/memory.h"
#include "life/image_conf.h"
#include "life/make.h"
#include "life/restore.h"
#include "stream/file.h"
#include "stream/restore.h"
#include "stream/vm_real.h"

/* Kernels count pages with holes, and with room for memory that is never added. */
enum { HOLES_PAGES = 16 << 20 };

struct source {
	struct wire *w;
	const struct restore_request *req;
};

static int ready(void *arg, struct diag *d)
{
	const struct source *s = arg;

	return s->req->ready(s->req->arg, d);
}

static int fill(void *arg, struct host *h, const struct make_domain *m, struct make_rings *rings,
		struct diag *d)
{
	struct restore_plan plan = {
		.console_port = m->console_port,
		.store_port = m->store_port,
		.max_pages = (m->conf->maxmem_kib >> 2) + HOLES_PAGES,
	};
	struct restore_result res;
	struct wire *w = ((struct source *)arg)->w;
	struct vm *vm = vm_open(&h->hv, m->domid, d);
	int rc;

	if (!vm)
		return -EIO;
	rc = memory_claim(&h->hv, m->domid, m->conf->memory_kib >> 2);
	if (rc)
		diag_set(d, rc, "the hypervisor will not keep memory for the guest: %s",
			 strerror(-rc));
	if (!rc)
		rc = stream_restore(vm, w, &plan, &res, d);
	if (!rc)
		rc = file_finish(w, d);
	memory_claim(&h->hv, m->domid, 0);
	vm_close(vm);
	if (rc)
		return rc;
	rings->console = res.console;
	rings->store = res.store;
	rc = gnttab_seed(&h->hv, m->domid, res.console, 0, res.store, 0);
	return rc ? diag_set(d, rc, "cannot write the guest's first grants: %s", strerror(-rc)) : 0;
}

/* Two guests must not have one UUID, nor two cards one address. */
static int make_copy(struct domconf *c, const char *name, struct diag *d)
{
	uint8_t mac[6];
	size_t i;

	const char *why = domconf_name_wrong(name);

	if (why)
		return diag_hint(
			d, diag_set(d, -EINVAL, "'%s' cannot be a guest's name: it %s", name, why),
			"choose another name, such as guest-2");
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->has_uuid = false;
	for (i = 0; i < c->nvifs; i++) {
		net_draw_mac(mac);
		if (domconf_change_mac(c, i, mac))
			return diag_set(d, -ENOMEM, "out of memory");
	}
	return 0;
}

static int change_disks(struct domconf *c, const char *specs, struct diag *d)
{
	char *copy = strdup(specs), *rest = copy, *spec;
	int rc = copy ? 0 : diag_set(d, -ENOMEM, "out of memory");

	while (!rc && (spec = strsep(&rest, ";")) != NULL)
		rc = domconf_change_disk(c, spec, d);
	free(copy);
	return rc;
}

static int restore_from(struct host *h, const struct restore_request *req, struct wire *w,
			uint16_t *domid, struct diag *d)
{
	struct source s = {.w = w, .req = req};
	struct make_source source = {.fill = fill, .arg = &s};
	struct domconf *c = calloc(1, sizeof(*c));
	char *json = NULL;
	int rc = c ? file_open(w, &json, d) : diag_set(d, -ENOMEM, "out of memory");

	if (!rc) {
		rc = image_conf_read(json, c, d);
		if (rc)
			diag_at(d, rc, "%s", w->name);
	}
	diag_else(d, rc, "it must be what pav save or xl save has written, whole: copy it again");
	if (!rc && req->name)
		rc = make_copy(c, req->name, d);
	if (!rc && req->disks)
		rc = change_disks(c, req->disks, d);
	if (req->ready)
		source.ready = ready;
	if (!rc)
		rc = make_guest(h, c, &source, req->paused, domid, d);
	if (rc == -EINVAL || rc == -ENODATA || rc == -EIO)
		diag_else(d, rc,
			  "the image may be damaged: copy it again, or save the guest again");
	if (c)
		domconf_free(c);
	free(c);
	free(json);
	return rc;
}

int restore_guest(struct host *h, const struct restore_request *req, uint16_t *domid,
		  struct diag *d)
{
	struct wire w = {
		.fd = STDIN_FILENO,
		.name = "standard input",
		.tick = req->tick,
		.patience = req->patience,
	};
	struct stat st;
	int rc;

	if (strcmp(req->file, "-") != 0) {
		w.name = req->file;
		w.fd = open(req->file, O_RDONLY | O_CLOEXEC);
		if (w.fd < 0)
			return diag_hint(d,
					 diag_set(d, -errno, "cannot open %s: %s", req->file,
						  strerror(errno)),
					 "give the path of an image that pav save has written");
	}
	if (!fstat(w.fd, &st) && S_ISREG(st.st_mode))
		w.expected = (uint64_t)st.st_size;
	rc = restore_from(h, req, &w, domid, d);
	if (w.fd != STDIN_FILENO)
		close(w.fd);
	return rc;
}
