// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/xlconf.h"
#include "lib/domctl.h"
#include "life/destroy.h"
#include "life/image_conf.h"
#include "life/outfile.h"
#include "life/save.h"
#include "life/suspend.h"
#include "stream/file.h"
#include "stream/save.h"
#include "stream/vm_real.h"

/* Beside memory there is little: lists, registers, headers. */
enum { BESIDE_MEMORY = 4 << 20 };

struct saving {
	struct host *h;
	uint16_t domid;
	const struct save_request *req;
	bool suspended;
	struct outfile out;
	char *json;
	struct wire w;
};

static int suspend(void *arg, struct diag *d)
{
	struct saving *s = arg;
	int rc = suspend_guest(s->h, s->domid, d);

	s->suspended = !rc;
	return rc;
}

static int write_image(struct saving *s, struct diag *d)
{
	struct save_plan plan = {.suspend = suspend, .arg = s};
	struct vm *vm = vm_open(&s->h->hv, s->domid, d);
	int rc;

	if (!vm)
		return -EIO;
	rc = file_begin(&s->w, s->json, d);
	if (!rc)
		rc = stream_save(vm, &s->w, &plan, d);
	if (!rc)
		rc = file_end(&s->w, d);
	vm_close(vm);
	return rc;
}

static int end(struct saving *s, struct diag *d)
{
	int rc;

	if (s->req->after == SAVE_END) {
		rc = destroy_guest(s->h, s->domid, d);
		suspend_forget(s->h, s->domid);
		return rc ? diag_at(d, rc, "the image is complete, but the guest is still there")
			  : 0;
	}
	if (s->req->after == SAVE_PAUSE)
		domctl_pause(&s->h->hv, s->domid);
	return suspend_undo(s->h, s->domid, d);
}

static void undo(struct saving *s, struct diag *d)
{
	struct diag worse = DIAG_INIT;

	outfile_close(&s->out);
	if (s->suspended && suspend_undo(s->h, s->domid, &worse))
		*d = worse;
}

int save_guest(struct host *h, uint16_t domid, const struct save_request *req, struct diag *d)
{
	struct saving s = {
		.h = h, .domid = domid, .req = req, .out = {.fd = -1}, .w = {.tick = req->tick}};
	struct domctl_getdomaininfo info;
	int rc = domctl_info(&h->hv, domid, &info);

	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	suspend_stale(h);
	rc = image_conf(h, &info, &s.json, d);
	if (!rc)
		rc = outfile_open(&s.out, req->file, info.tot_pages * FRAME_SIZE + BESIDE_MEMORY,
				  d);
	s.w.fd = s.out.fd;
	s.w.name = s.out.name;
	if (!rc)
		rc = write_image(&s, d);
	if (!rc)
		rc = outfile_complete(&s.out, d);
	if (rc)
		undo(&s, d);
	else
		rc = end(&s, d);
	outfile_close(&s.out);
	free(s.json);
	return rc;
}
