/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl shadow_op: the log of dirty pages, the only part of it that makes sense here, for there
 * are no shadow page tables. A call pauses the domain over all its restarts; others are refused
 * meanwhile.
 */
#include "domctl.h"

#include <hv/cpu.h>
#include <hv/dirty.h>
#include <hv/errno.h>
#include <hv/pt.h>

static uint64_t last_token;

/* First call: pause and note who it is. @take, @report: see struct dirty_log. */
static void call_begin(struct domain *d, bool take, bool report)
{
	struct dirty_log *log = d->dirty;

	domain_pause(d);
	log->token = ++last_token;
	log->take = take;
	log->report = report;
	log->done = log->dirty = 0;
	pt_dirty_begin(d);
}

static int call_end(struct domain *d, int rc)
{
	if (rc == -ERESTART) {
		domctl_resume = d->dirty->token;
		return rc;
	}
	if (d->dirty)
		d->dirty->token = 0;
	domain_unpause(d);
	return rc;
}

/* The guest says how many pfns it has, to tools and to us alike. */
static uint64_t pfns_of(const struct domain *d)
{
	return __atomic_load_n(&d->shared_info->arch.max_pfn, __ATOMIC_RELAXED) + 1;
}

static int log_on(struct domain *d, bool first)
{
	int rc;

	if (first) {
		/* Devices write without anybody's mapping. */
		if (d->dirty || pt_has_devices(d))
			return -EINVAL;
		rc = dirty_create(d, pfns_of(d));
		if (rc)
			return rc;
		/* The caller takes all pages for dirty now. */
		call_begin(d, true, false);
	}
	rc = dirty_grow(d->dirty);
	if (!rc)
		rc = pt_dirty_scan(d);
	if (rc && rc != -ERESTART)
		dirty_free(d, false);
	return call_end(d, rc);
}

static int log_off(struct domain *d, bool first)
{
	if (!d->dirty)
		return 0;
	if (first)
		call_begin(d, false, false);
	return call_end(d, dirty_free(d, true));
}

static int log_read(struct domain *d, struct domctl_shadow_op *s, bool first)
{
	struct dirty_log *log = d->dirty;
	const bool clean = s->op == XEN_DOMCTL_SHADOW_OP_CLEAN;
	uint64_t pfns;
	int rc;

	if (!log || s->mode & ~(uint32_t)XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL)
		return -EINVAL;
	pfns = MIN(s->pages, log->chunks * DIRTY_CHUNK_PFNS);
	if (first)
		call_begin(d, clean, true);
	rc = pt_dirty_scan(d);
	if (!rc)
		rc = dirty_copy(log, s->dirty_bitmap, pfns, clean);
	if (!rc) {
		s->pages = pfns;
		s->stats = (struct domctl_shadow_op_stats){.dirty_count = (uint32_t)log->dirty};
	}
	return call_end(d, rc);
}

int domctl_shadow_op(struct xen_domctl *op, struct domain *d)
{
	struct domctl_shadow_op *s = &op->u.shadow_op;
	const bool first = !d->dirty || !d->dirty->token;

	if (d == current_domain() || d->state != DOMAIN_ALIVE || !domain_vcpu(d, 0))
		return -EINVAL;
	if (!first && d->dirty->token != domctl_resume)
		return -EBUSY;
	switch (s->op) {
	case XEN_DOMCTL_SHADOW_OP_OFF:
		return log_off(d, first);
	case XEN_DOMCTL_SHADOW_OP_ENABLE:
		if (s->mode != XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY)
			return -EINVAL;
		return log_on(d, first);
	case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
		return log_on(d, first);
	case XEN_DOMCTL_SHADOW_OP_CLEAN:
	case XEN_DOMCTL_SHADOW_OP_PEEK:
		return log_read(d, s, first);
	case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
	case XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION:
		s->mb = 0;
		return 0;
	default:
		return -EINVAL;
	}
}
