// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/domctl.h"
#include "lib/frame.h"
#include "life/destroy.h"
#include "life/dump.h"
#include "life/outfile.h"
#include "stream/dump.h"
#include "stream/vm_real.h"

/* Beside pages there are notes and registers, and 16 bytes for each page. */
enum { BESIDE_MEMORY = 1 << 20, PAGE_COST = FRAME_SIZE + 16 };

static int write_file(struct host *h, uint16_t domid, const struct dump_request *req,
		      uint64_t pages, struct diag *d)
{
	struct outfile out;
	struct wire w = {.tick = req->tick};
	struct vm *vm;
	int rc = outfile_open(&out, req->file, pages * PAGE_COST + BESIDE_MEMORY, d);

	if (rc)
		return rc;
	w.fd = out.fd;
	w.name = out.name;
	vm = vm_open(&h->hv, domid, d);
	rc = vm ? stream_dump(vm, &w, d) : -EIO;
	vm_close(vm);
	if (!rc)
		rc = outfile_complete(&out, d);
	outfile_close(&out);
	return rc;
}

int dump_guest(struct host *h, uint16_t domid, const struct dump_request *req, struct diag *d)
{
	struct domctl_getdomaininfo info;
	int rc = domctl_info(&h->hv, domid, &info);

	if (!rc && !req->live)
		rc = domctl_pause(&h->hv, domid);
	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	rc = write_file(h, domid, req, info.tot_pages, d);
	if (!rc && req->end)
		return destroy_guest(h, domid, d);
	if (!req->live)
		domctl_unpause(&h->hv, domid);
	return rc;
}

int dump_crashed(struct host *h, uint16_t domid, const char *name, char *path, size_t size,
		 struct diag *d)
{
	struct dump_request req = {.file = path, .live = true};
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	snprintf(path, size, DUMP_DIR "/%s-%s.core", name, when);
	/* What cannot be made shows when the file is opened. */
	mkdir("/var/lib/pavise", 0755);
	mkdir(DUMP_DIR, 0700);
	return dump_guest(h, domid, &req, d);
}
