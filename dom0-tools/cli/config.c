// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config.h"

enum { FILE_MAX = 1 << 20 };

int config_read(struct cfg *cfg, const char *path, struct diag *d)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(FILE_MAX);
	size_t n = f && text ? fread(text, 1, FILE_MAX, f) : 0;
	int rc;

	if (!f || !text || ferror(f)) {
		rc = diag_set(d, -errno, "configuration %s: %s", path, strerror(errno));
		diag_hint(d, rc, "give the path of a file such as /etc/pavise/demo.cfg");
	} else if (n == FILE_MAX) {
		rc = diag_set(d, -EFBIG, "configuration %s: larger than 1 MiB", path);
	} else {
		rc = cfg_parse(cfg, path, text, n, d);
	}
	if (f)
		fclose(f);
	free(text);
	return rc;
}
