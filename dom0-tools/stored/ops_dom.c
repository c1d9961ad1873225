// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on domains, for the control domain's tools. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "proto.h"
#include "ring.h"
#include "state.h"

enum { INTRODUCE = 0, RELEASE = 1 }; /* indices of the special names */

/* The i-th string as the id of a guest. */
static int guest_id(struct req *r, unsigned i)
{
	long long id = req_num(r, i, DOM_MAX - 1);

	return id > 0 ? (int)id : -EINVAL;
}

int op_introduce(struct req *r)
{
	int id = guest_id(r, 0), rc;
	long long gfn = req_num(r, 1, LONG_MAX), port = req_num(r, 2, UINT_MAX);
	struct dom *d;

	if (id < 0 || gfn < 0 || port <= 0)
		return -EINVAL;
	d = dom_find(&r->db->doms, (unsigned)id);
	if (!d) {
		/* Should connecting fail, the next scan finds out whether there is such a domain.
		 */
		d = dom_make(&r->db->doms, (uint16_t)id, r->db->gen + 1);
		state_dom(r->db, d);
	}
	rc = ring_introduce(r->db, d, (uint64_t)gfn, (uint32_t)port);
	if (rc)
		return rc;
	db_fire_special(r->db, INTRODUCE, d->id);
	return 0;
}

int op_release(struct req *r)
{
	int id = guest_id(r, 0);
	struct dom *d = id < 0 ? NULL : dom_find(&r->db->doms, (unsigned)id);

	if (id < 0)
		return id;
	if (!d || !d->introduced)
		return -ENOENT;
	if (d->conn == r->conn)
		return -EINVAL;
	ring_release(r->db, d);
	db_fire_special(r->db, RELEASE, d->id);
	return 0;
}

int op_is_introduced(struct req *r)
{
	long long id = req_num(r, 0, UINT16_MAX);
	const struct dom *d = id < 0 ? NULL : dom_find(&r->db->doms, (unsigned)id);

	if (id < 0 || !req_strs(r, 1))
		return -EINVAL;
	req_reply_str(r, d && d->introduced ? "T" : "F");
	return 0;
}

int op_domain_path(struct req *r)
{
	long long id = req_num(r, 0, UINT16_MAX);
	char path[40];

	if (id < 0 || !req_strs(r, 1))
		return -EINVAL;
	snprintf(path, sizeof(path), "/local/domain/%lld", id);
	req_reply_str(r, path);
	return 0;
}

int op_resume(struct req *r)
{
	int id = guest_id(r, 0);
	struct dom *d = id < 0 ? NULL : dom_find(&r->db->doms, (unsigned)id);

	if (id < 0)
		return id;
	if (!d || !d->introduced)
		return -ENOENT;
	d->shutdown = false;
	state_dom(r->db, d);
	return 0;
}

int op_set_target(struct req *r)
{
	int id = guest_id(r, 0), target = guest_id(r, 1);
	struct dom *d = id < 0 ? NULL : dom_find(&r->db->doms, (unsigned)id);

	if (id < 0 || target < 0)
		return -EINVAL;
	if (!d || !dom_find(&r->db->doms, (unsigned)target))
		return -ENOENT;
	d->target = target;
	state_dom(r->db, d);
	return 0;
}
