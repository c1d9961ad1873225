/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is saved of a domain besides its memory. */
#ifndef TOOLS_STREAM_SAVE_STATE_H
#define TOOLS_STREAM_SAVE_STATE_H

#include "abi/shared_info.h"
#include "lib/diag.h"
#include "stream/table.h"
#include "stream/vm.h"
#include "stream/wire.h"

/* What the guest sees of the processor. 0 or -errno with d. */
int save_policy(struct vm *vm, struct wire *w, struct diag *d);

/* Clock, shared page and vCPUs of a domain that stands still. 0 or -errno with d. */
int save_state(struct vm *vm, struct wire *w, const struct shared_info *shared, table_map to_pfn,
	       void *arg, struct diag *d);

#endif
