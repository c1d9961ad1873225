/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* The next user program's thread-local storage. */
int64_t tls_set(uint64_t fs_base)
{
	return hypercall_set_segment_base(SEGBASE_FS, fs_base);
}
