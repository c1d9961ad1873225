// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conlog.h"
#include "libpav/handle.h"

int pav_console(struct pav *p, uint32_t domid)
{
	char path[64];
	uint16_t id;
	int rc = handle_guest(p, domid, &id), fd;

	if (rc)
		return handle_done(p, rc);
	if (store_get(p->h.store, 0, path, sizeof(path), "/local/domain/%u/console/tty", id) <= 0) {
		diag_set(&p->d, -ENODEV, "domain %u has no console terminal", domid);
		return handle_done(p, diag_hint(&p->d, -ENODEV,
						"start the console daemon: systemctl start "
						"pav-consoled"));
	}
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		fd = diag_set(&p->d, -errno, "console %s of domain %u: %s", path, domid,
			      strerror(errno));
	return handle_done(p, fd);
}

int pav_console_log(struct pav *p, const char *name, char **text, size_t *n)
{
	FILE *f = open_memstream(text, n);
	int rc = f ? conlog_print(name, f) : -ENOMEM;

	if (f && fclose(f) && !rc)
		rc = -ENOMEM;
	if (rc) {
		if (f)
			free(*text);
		*text = NULL;
		diag_set(&p->d, rc, "no console log of a guest '%s' is kept: %s", name,
			 strerror(-rc));
		diag_hint(&p->d, rc, "logs are in " CONLOG_DIR "; is pav-consoled running?");
	}
	return handle_done(p, rc);
}
