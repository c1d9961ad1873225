// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/physdev.h"

#include "abi/base.h"
#include "abi/physdev.h"

int physdev_map_line(struct hv *hv, uint16_t domid, unsigned line)
{
	struct physdev_map_pirq op = {
		.domid = domid,
		.type = MAP_PIRQ_TYPE_GSI,
		.index = (int32_t)line,
		.pirq = (int32_t)line,
	};

	return (int)hv_op(hv, HC_PHYSDEV_OP, PHYSDEVOP_map_pirq, &op, sizeof(op));
}

int physdev_unmap_line(struct hv *hv, uint16_t domid, unsigned line)
{
	struct physdev_unmap_pirq op = {.domid = domid, .pirq = (int32_t)line};

	return (int)hv_op(hv, HC_PHYSDEV_OP, PHYSDEVOP_unmap_pirq, &op, sizeof(op));
}
