// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/plain.h"
#include "lib/sysctl.h"

static bool clear;

static const struct opt opts[] = {
	{'c', "clear", NULL, OPT_FLAG, &clear, "empty the ring after printing it"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	static char buf[32 << 10], plain[4 * sizeof(buf) + 1];
	uint32_t index = 0;
	int got;

	(void)n;
	(void)args;
	for (;;) {
		got = sysctl_read_console(&c->h.hv, buf, sizeof(buf), &index, 0);
		if (got <= 0)
			break;
		/* Guests' own last words are among them. */
		fwrite(plain, 1, plain_bytes(plain, sizeof(plain), buf, (size_t)got, "\n\t"),
		       stdout);
	}
	if (!got && clear)
		got = sysctl_read_console(&c->h.hv, buf, sizeof(buf), &index, 1);
	return got < 0 ? diag_set(&c->d, got, "cannot read the hypervisor's messages: %s",
				  strerror(-got))
		       : 0;
}

const struct verb verb_dmesg = {
	.name = "dmesg",
	.cmd = {"pav dmesg", "", "print the hypervisor's messages", opts},
	.need = NEED_HV,
	.run = run,
};
