/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of other domains by hypercall: give frames, set the memory map, pin page tables. */
#ifndef TOOLS_LIB_MEMORY_H
#define TOOLS_LIB_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/frame.h"
#include "lib/hcall.h"

/*
 * Have that many frames, those that dom has included, kept for dom alone; what it is given comes
 * out of them, and 0 lets go of the rest. 0; -ENOMEM: so many are not free or are kept for others.
 */
int memory_claim(struct hv *hv, uint16_t dom, uint64_t frames);

/*
 * Give dom 2^order frames at each of the n guest frame numbers in frames[]; each is replaced by
 * the first machine frame. Returns how many extents were given (the first ones), or -errno.
 */
long memory_populate(struct hv *hv, uint16_t dom, unsigned order, uint64_t *frames, size_t n);

/*
 * Set the memory map that dom will see: that many bytes of RAM, in one range or, with holes, where
 * the machine has RAM below 4 GiB and the rest above. 0 or -errno.
 */
int memory_set_map(struct hv *hv, uint16_t dom, uint64_t bytes, bool holes);

/* Have the table tree below l4 of dom checked and pinned. 0 or -errno. */
int memory_pin_l4(struct hv *hv, uint16_t dom, mfn_t l4);

#endif
