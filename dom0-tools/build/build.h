/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fill a created, empty domain: memory, kernel, page tables, start_info, first vCPU. What was done
 * is undone by destroying the domain; nothing else is touched.
 */
#ifndef TOOLS_BUILD_BUILD_H
#define TOOLS_BUILD_BUILD_H

#include <stdint.h>

#include "build/kernel.h"
#include "lib/diag.h"
#include "lib/frame.h"
#include "lib/hcall.h"

struct build_request {
	uint16_t domid;
	const char *cmdline;
	uint32_t console_port, store_port; /* of the new domain, unbound */
};

struct build_result {
	mfn_t console, store; /* frames of the two rings */
};

/* 0, or -ENOMEM with d: there is no memory for that many frames. */
/* Memory that nobody has nor was promised, in KiB. 0 or -errno with d. */
int build_free_memory(struct hv *hv, uint64_t *kib, struct diag *d);

int build_check_memory(struct hv *hv, uint64_t frames, struct diag *d);

/* 0, or -errno with d. */
int build_domain(struct hv *hv, const struct kernel *k, const struct build_request *req,
		 struct build_result *res, struct diag *d);

#endif
