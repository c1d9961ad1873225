/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's memory and registers as an ELF file of Xen's dump format 0.1, which crash opens:
 * notes, vcpu_guest_context of each vCPU, the shared page, pages and which they are.
 */
#ifndef TOOLS_STREAM_DUMP_H
#define TOOLS_STREAM_DUMP_H

#include "stream/vm.h"
#include "stream/wire.h"

/*
 * Write it. A page that goes away meanwhile, as the domain runs, is written as zeros. 0, what the
 * wire's tick said, or -errno with d.
 */
int stream_dump(struct vm *vm, struct wire *w, struct diag *d);

#endif
