/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device tree of boot-time domains: what is accepted keeps within its bounds and is printable. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/bootdt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text(const char *s)
{
	for (; s && *s; s++)
		if (*s < ' ' || *s > '~')
			abort();
}

static void look(const struct bootdt *t)
{
	for (unsigned int i = 0; i < t->domains; i++) {
		const struct bootdt_domain *d = &t->domain[i];

		text(d->name);
		text(d->bootargs);
		text(d->kernel.name);
		text(d->ramdisk.name);
		if (!d->id || !d->memory_kib || !d->vcpus || !d->kernel.given)
			abort();
		for (unsigned int k = 0; k < d->channels; k++)
			if (d->channel[k].peer >= t->domains || d->channel[k].peer == i ||
			    d->channel[k].peer_port >= BOOTDT_PORT_END)
				abort();
		for (unsigned int k = 0; k < d->grants; k++)
			if (d->grant[k].to >= t->domains || d->grant[k].page >= d->pages ||
			    d->grant[k].ref >= BOOTDT_GRANT_END)
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bootdt t;
	struct bootdt_error e = {.node = ""};
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (!bootdt_read(copy, size, &t, &e)) {
		look(&t);
	} else {
		text(e.node);
		text(e.property);
		text(e.text);
	}
	free(copy);
	return 0;
}
