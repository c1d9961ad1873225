// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/destroy.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int destroy_one(struct cli *c, uint16_t domid, const char *what)
{
	(void)what;
	return destroy_guest(&c->h, domid, &c->d);
}

static int run(struct cli *c, int n, char **args)
{
	return guests_each(c, n, args, "destroyed", destroy_one);
}

const struct verb verb_destroy = {
	.name = "destroy",
	.cmd = {"pav destroy", "GUEST...", "end a guest at once, like pulling its plug", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
