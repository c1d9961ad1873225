/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Let kernel mode use I/O ports, as far as they are the domain's. */
int64_t ports_allow(void)
{
	struct physdev_set_iopl op = {.iopl = 1};

	return physdevop_set_iopl(&op);
}

/* Interrupt line `gsi`, level-triggered and active low; then a port can be bound to it. */
int64_t line_prepare(int gsi, int32_t *pirq)
{
	struct physdev_setup_gsi setup = {.gsi = gsi, .triggering = 1, .polarity = 1};
	struct physdev_map_pirq map = {
		.domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = gsi, .pirq = gsi};
	int64_t rc = physdevop_setup_gsi(&setup);

	if (!rc)
		rc = physdevop_map_pirq(&map);
	*pirq = map.pirq;
	return rc;
}
