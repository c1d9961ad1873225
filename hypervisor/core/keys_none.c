/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked instead of keys.c when CONFIG_DEBUG_KEYS is off. */
#include <hv/keys.h>

#include <hv/console.h>

void keys_handle(char key)
{
	log_warn("debug key '%c': this hypervisor was built without CONFIG_DEBUG_KEYS", key);
}
