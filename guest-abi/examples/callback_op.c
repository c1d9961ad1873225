/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

extern void event_entry(void);

int64_t event_callback_set(void)
{
	struct callback_register op = {
		.type = CALLBACKTYPE_event,
		.flags = CALLBACKF_mask_events,
		.address = ABI_PTR(event_entry),
	};

	return callbackop_register(&op);
}
