/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk specification as xl-disk-configuration(5) defines it: positional target, format, vdev and
 * access, key=value forms, and the old "phy:", "file:" and "raw:" prefixes. Pure.
 */
#ifndef TOOLS_CONF_DISK_H
#define TOOLS_CONF_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/diag.h"

struct disk_conf {
	char *target; /* absolute path of an image or block device; NULL for an empty drive */
	char *script; /* as given; NULL for the standard one */
	char vdev[32];
	uint32_t devid;
	bool cdrom;
	bool readonly;
	bool share;   /* 'w!': writable although others use it */
	bool discard; /* default true */
	bool direct_io_safe;
	uint64_t rate; /* bytes a second each way; 0: no limit */
};

/* Fill *out from spec. 0; -EINVAL or -EOPNOTSUPP (known, not served yet) with words in d; -ENOMEM.
 */
int disk_parse(const char *spec, struct disk_conf *out, struct diag *d);

void disk_conf_free(struct disk_conf *c);

#endif
