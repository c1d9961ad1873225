/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies between frames of two domains, by grant or by the caller's own frame. */
#include "grant.h"

#include <hv/string.h>

struct copy_side {
	struct domain *domain; /* granter, with a reference; NULL: the caller's own frame */
	uint32_t ref;
	mfn_t mfn;
};

static int side_take(struct domain *ld, const struct gnttab_copy_side *s, bool by_ref,
		     bool readonly, struct copy_side *out)
{
	int rc;

	out->domain = NULL;
	if (!by_ref) {
		if (s->domid != DOMID_SELF)
			return GNTST_permission_denied;
		out->mfn = mfn_make(s->u.gmfn);
		return (readonly ? page_get(out->mfn, ld)
				 : page_get_and_type(out->mfn, ld, PGT_WRITABLE))
			       ? GNTST_bad_page
			       : GNTST_okay;
	}
	out->domain = domain_get(s->domid);
	if (!out->domain)
		return GNTST_bad_domain;
	out->ref = s->u.ref;
	rc = grant_acquire(out->domain, out->ref, ld->id, readonly, &out->mfn);
	if (rc)
		domain_put(out->domain);
	return rc;
}

static void side_drop(struct copy_side *s, bool readonly)
{
	grant_put_page(s->mfn, readonly);
	if (!s->domain)
		return;
	grant_release_use(s->domain, s->ref, readonly);
	domain_put(s->domain);
}

static int copy_one(struct domain *ld, const struct gnttab_copy *op)
{
	struct copy_side src, dst;
	int rc;

	if (op->source.offset + (uint32_t)op->len > PAGE_SIZE ||
	    op->dest.offset + (uint32_t)op->len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	rc = side_take(ld, &op->source, op->flags & GNTCOPY_source_gref, true, &src);
	if (rc)
		return rc;
	rc = side_take(ld, &op->dest, op->flags & GNTCOPY_dest_gref, false, &dst);
	if (rc)
		goto drop_src;
	memmove((char *)frame_virt(dst.mfn) + op->dest.offset,
		(const char *)frame_virt(src.mfn) + op->source.offset, op->len);
	side_drop(&dst, false);
drop_src:
	side_drop(&src, true);
	return rc;
}

void grant_copy(struct domain *ld, struct gnttab_copy *op)
{
	op->status = (int16_t)copy_one(ld, op);
}
