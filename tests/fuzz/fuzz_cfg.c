// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a configuration file: parsed or refused, and what is accepted survives its record. */
#include <stdint.h>
#include <stdlib.h>

#include "conf/domconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void warn(void *arg, const char *text)
{
	(void)arg;
	if (!text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct domconf *conf = calloc(1, sizeof(*conf)), *again = calloc(1, sizeof(*again));
	struct diag d = DIAG_INIT;
	struct cfg c;

	cfg_init(&c);
	if (!cfg_parse(&c, "fuzz", (const char *)data, size, &d) &&
	    !domconf_from_cfg(conf, &c, warn, NULL, &d)) {
		json_t *j = domconf_to_json(conf);

		/* Text that is no UTF-8 has no JSON form; all else must come back. */
		if (j && json_string_length(json_object_get(j, "kernel")) &&
		    json_is_string(json_object_get(j, "cmdline")) &&
		    domconf_from_json(again, j, &d) && json_dumps(j, 0))
			abort();
		json_decref(j);
	} else if (!d.text[0]) {
		abort();
	}
	cfg_free(&c);
	domconf_free(conf);
	domconf_free(again);
	free(conf);
	free(again);
	return 0;
}
