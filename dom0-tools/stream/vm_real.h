/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain of vm.h, by hypercalls. */
#ifndef TOOLS_STREAM_VM_REAL_H
#define TOOLS_STREAM_VM_REAL_H

#include "lib/diag.h"
#include "lib/hcall.h"
#include "stream/vm.h"

/* NULL with d. */
struct vm *vm_open(struct hv *hv, uint16_t domid, struct diag *d);
void vm_close(struct vm *vm);

#endif
