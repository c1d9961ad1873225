// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cancel.h"
#include "lib/domctl.h"
#include "life/early.h"
#include "life/names.h"
#include "life/suspend.h"

enum { ANSWER_MS = 60000, STILL_MS = 60000, STEP_MS = 1 };

#define REQUEST "suspend"
#define GIVEN   "given away"

static void mark_path(uint16_t domid, char *path, size_t size)
{
	snprintf(path, size, "/pavise/saving/%u", domid);
}

void suspend_forget(struct host *h, uint16_t domid)
{
	char path[64];

	mark_path(domid, path, sizeof(path));
	store_rm(h->store, 0, path);
}

static int busy(const char *by, uint16_t domid, struct diag *d)
{
	if (strcmp(by, GIVEN) != 0)
		return diag_hint(d,
				 diag_set(d, -EBUSY,
					  "domain %u is being saved or moved by process %lu", domid,
					  strtoul(by, NULL, 10)),
				 "wait until that one is done, or end it");
	diag_set(d, -EBUSY, "domain %u was given to another machine, which has not answered",
		 domid);
	return diag_hint(d, -EBUSY,
			 "if it runs there: pav destroy %u, if not: pav migrate --resume %u", domid,
			 domid);
}

static bool others(const char *by)
{
	return !strcmp(by, GIVEN) ||
	       (strtoul(by, NULL, 10) != (unsigned long)getpid() && name_process_lives(by));
}

static int check(struct host *h, uint16_t domid, struct diag *d)
{
	struct domctl_getdomaininfo info;
	int rc = domctl_info(&h->hv, domid, &info);

	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	if (info.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying))
		return diag_hint(d, diag_set(d, -EINVAL, "domain %u has ended", domid),
				 "pav list shows its state; pav destroy %u removes what is left",
				 domid);
	if (info.flags & XEN_DOMINF_paused) {
		diag_set(d, -EINVAL, "domain %u is paused and cannot suspend itself", domid);
		return diag_hint(d, -EINVAL, "let it run: pav unpause %u", domid);
	}
	return 0;
}

int suspend_claim(struct host *h, uint16_t domid, struct diag *d)
{
	unsigned long pid = (unsigned long)getpid();
	char path[64], text[64], by[64];
	uint32_t tx;
	bool taken;
	int rc;

	mark_path(domid, path, sizeof(path));
	snprintf(text, sizeof(text), "%lu %llu", pid, name_process_start(pid));
	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		taken = store_get(h->store, tx, by, sizeof(by), "%s", path) > 0 && others(by);
		rc = taken ? -EBUSY : store_write(h->store, tx, path, text);
		rc = store_finish(h->store, tx, rc);
		if (taken)
			return busy(by, domid, d);
	} while (rc == -EAGAIN);
	if (rc)
		return diag_set(d, rc, "cannot write to the store: %s", strerror(-rc));
	rc = check(h, domid, d);
	if (rc)
		suspend_forget(h, domid);
	return rc;
}

int suspend_given(struct host *h, uint16_t domid)
{
	char path[64];

	mark_path(domid, path, sizeof(path));
	return store_write(h->store, 0, path, GIVEN);
}

/* The guest takes a request by emptying the node; what it has not taken can be taken back. */
static bool withdraw(struct host *h, const char *path)
{
	char text[16];
	uint32_t tx;
	bool taken;
	int rc;

	do {
		if (store_begin(h->store, &tx))
			return true;
		taken = store_get(h->store, tx, text, sizeof(text), "%s", path) < 0 ||
			strcmp(text, REQUEST) != 0;
		if (!taken)
			store_write(h->store, tx, path, "");
		rc = store_end(h->store, tx, !taken);
	} while (rc == -EAGAIN);
	return !taken;
}

static int no_answer(uint16_t domid, struct diag *d)
{
	if (cancel_asked())
		return diag_set(d, -EINTR, "cancelled");
	diag_set(d, -ETIMEDOUT, "domain %u does not answer the request to suspend", domid);
	return diag_hint(d, -ETIMEDOUT, "its kernel may still be starting; see pav console --log");
}

static int wait_answer(struct host *h, uint16_t domid, const char *path, struct diag *d)
{
	uint64_t end = host_now() + ANSWER_MS * 1000000ull;
	char text[16];

	while (store_get(h->store, 0, text, sizeof(text), "%s", path) > 0 &&
	       !strcmp(text, REQUEST)) {
		/* Once it has taken the request it cannot be stopped. */
		if ((host_now() > end || cancel_asked()) && withdraw(h, path))
			return no_answer(domid, d);
		host_sleep(STEP_MS);
	}
	return 0;
}

static int wait_still(struct host *h, uint16_t domid, struct diag *d)
{
	uint64_t end = host_now() + STILL_MS * 1000000ull;
	struct domctl_getdomaininfo info;
	int rc;

	for (;;) {
		rc = domctl_info(&h->hv, domid, &info);
		if (rc || info.flags & XEN_DOMINF_dying)
			return diag_set(d, -ESRCH, "domain %u ended while it was to suspend",
					domid);
		if (domctl_suspended(&info))
			return 0;
		if (info.flags & XEN_DOMINF_shutdown)
			return diag_set(d, -ESRCH, "domain %u %s instead of suspending", domid,
					early_reason(info.flags >> XEN_DOMINF_shutdownshift &
						     XEN_DOMINF_shutdownmask));
		if (host_now() > end)
			break;
		host_sleep(STEP_MS);
	}
	diag_set(d, -ETIMEDOUT, "domain %u began to suspend, but does not stand still", domid);
	return diag_hint(d, -ETIMEDOUT, "see pav console --log %u; it may still do so", domid);
}

int suspend_guest(struct host *h, uint16_t domid, struct diag *d)
{
	char path[64];
	int rc = suspend_claim(h, domid, d);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", domid);
	rc = store_write(h->store, 0, path, REQUEST);
	if (rc)
		return diag_set(d, rc, "cannot ask domain %u to suspend: %s", domid, strerror(-rc));
	rc = wait_answer(h, domid, path, d);
	if (!rc)
		rc = wait_still(h, domid, d);
	if (rc)
		suspend_forget(h, domid);
	return rc;
}

/* The call by which the guest suspended returns 1 when it was not restored elsewhere. */
static int resume(struct host *h, uint16_t domid)
{
	struct vcpu_guest_context c;
	int rc = domctl_get_context(&h->hv, domid, 0, &c);

	c.user_regs.rax = 1;
	if (!rc)
		rc = domctl_set_context(&h->hv, domid, 0, &c);
	if (!rc)
		rc = domctl_resume(&h->hv, domid);
	return rc ? rc : store_resume(h->store, domid);
}

int suspend_undo(struct host *h, uint16_t domid, struct diag *d)
{
	int rc = resume(h, domid);

	if (rc) {
		diag_set(d, rc, "domain %u is suspended and cannot be woken: %s", domid,
			 strerror(-rc));
		return diag_hint(d, rc, "its memory is still there: try pav dmesg for the reason");
	}
	suspend_forget(h, domid);
	return 0;
}

int suspend_settle(struct host *h, uint16_t domid, struct diag *d)
{
	struct domctl_getdomaininfo info;
	char by[64];
	int rc = domctl_info(&h->hv, domid, &info);

	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	if (!domctl_suspended(&info))
		return diag_hint(d, diag_set(d, -EINVAL, "domain %u is not suspended", domid),
				 "there is nothing to settle; pav list %u shows its state", domid);
	if (store_get(h->store, 0, by, sizeof(by), "/pavise/saving/%u", domid) > 0 &&
	    strcmp(by, GIVEN) != 0 && others(by))
		return busy(by, domid, d);
	return suspend_undo(h, domid, d);
}

int suspend_stale(struct host *h)
{
	struct domctl_getdomaininfo info;
	struct diag ignored = DIAG_INIT;
	char **ids, by[64];
	int n = store_list(h->store, 0, "/pavise/saving", &ids), i, done = 0;

	for (i = 0; i < n; i++) {
		uint16_t domid = (uint16_t)strtoul(ids[i], NULL, 10);

		if (store_get(h->store, 0, by, sizeof(by), "/pavise/saving/%u", domid) < 0 ||
		    name_process_lives(by))
			continue;
		if (!domctl_info(&h->hv, domid, &info) && domctl_suspended(&info)) {
			if (!strcmp(by, GIVEN))
				continue;
			done += !suspend_undo(h, domid, &ignored);
		}
		suspend_forget(h, domid);
	}
	if (n >= 0)
		free(ids);
	return n < 0 && n != -ENOENT ? n : done;
}
