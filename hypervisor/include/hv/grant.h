/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables (version 1): entries of a domain, maps held by it. */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/page.h>

struct domain;

int grant_table_create(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames);
/* Unmap all that @d mapped of others; -ERESTART: again. Called while the domain dies. */
int grant_release_mappings(struct domain *d);
void grant_table_destroy(struct domain *d);
/* Frame @idx of the table, growing it; for acquire_resource and the dom0 builder. -EINVAL/-ENOMEM. */
int grant_table_frame(struct domain *d, uint32_t idx, mfn_t *out);

#endif
