/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

extern void nmi_entry(void);

int64_t nmi_set(void)
{
	struct nmi_callback callback = {.handler_address = ABI_PTR(nmi_entry)};

	return xennmi_register_callback(&callback);
}
