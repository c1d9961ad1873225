// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cli/devlist.h"
#include "cli/guests.h"
#include "dev/device.h"
#include "life/devices.h"

static json_t *row_of(struct cli *c, const struct device *dev, const struct devlist_node *nodes)
{
	json_t *row = json_pack("{s:i,s:i}", "domid", (int)dev->domid, "id", (int)dev->devid);
	char text[512];

	for (; nodes->node; nodes++) {
		if (store_get(c->h.store, 0, text, sizeof(text), "%s/%s",
			      nodes->side == 'b' ? dev->back : dev->front, nodes->node) < 0)
			continue;
		json_object_set_new(row, nodes->key,
				    nodes->number ? json_integer(strtoll(text, NULL, 10))
						  : table_text(text));
	}
	json_object_set_new(row, "backend_path", json_string(dev->back));
	return row;
}

int devlist_print(struct cli *c, const char *kind, const struct devlist_node *nodes,
		  const struct column *cols, bool as_json, int n, char **args)
{
	struct domctl_getdomaininfo info;
	json_t *rows = json_array();
	struct device dev;
	uint32_t *ids;
	int i, k, count, rc = 0;

	for (i = 0; i < n && !rc; i++) {
		rc = guest_info(c, args[i], &info);
		if (rc)
			break;
		count = devices_list(&c->h, info.domain, kind, &ids);
		for (k = 0; k < count; k++) {
			device_init(&dev, kind, info.domain, ids[k]);
			json_array_append_new(rows, row_of(c, &dev, nodes));
		}
		free(ids);
		if (count < 0)
			rc = diag_set(&c->d, count, "cannot read the devices of %s: %s", args[i],
				      strerror(-count));
	}
	if (!rc)
		table_print(cols, rows, as_json);
	json_decref(rows);
	return rc;
}
