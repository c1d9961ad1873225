// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The benchmark shares its results, tables and reports with the project's own, which are Python;
 * this finds it, as it was installed beside this program, and hands over.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define SCRIPT "/../lib/pavise/bench/pav_bench.py"

/* Path of this program and, relative to it, of the script. 0 or -errno, said in d. */
static int paths(char *self, char *script, size_t size, struct diag *d)
{
	ssize_t n = readlink("/proc/self/exe", self, size - sizeof(SCRIPT));
	int rc;

	if (n < 0)
		return diag_set(d, -errno, "/proc/self/exe: %s", strerror(errno));
	self[n] = '\0';
	strcpy(script, self);
	strcpy(strrchr(script, '/'), SCRIPT);
	if (!access(script, R_OK))
		return 0;
	rc = diag_set(d, -errno, "its program %s: %s", script, strerror(errno));
	return diag_hint(d, rc, "'make install' puts it there");
}

static int run(struct cli *c, int n, char **args)
{
	char self[512], script[512 + sizeof(SCRIPT)];
	const char **argv = calloc((size_t)n + 4, sizeof(*argv));
	int rc = argv ? paths(self, script, sizeof(self), &c->d)
		      : diag_set(&c->d, -ENOMEM, "out of memory");

	if (rc) {
		free(argv);
		return rc;
	}
	argv[0] = "python3";
	argv[1] = "-B";
	argv[2] = script;
	memcpy(argv + 3, args, (size_t)n * sizeof(*argv));
	fflush(stdout);
	setenv("PAV", self, 1);
	execvp(argv[0], (char **)argv);
	rc = diag_set(&c->d, -errno, "cannot run python3: %s", strerror(errno));
	free(argv);
	return diag_hint(&c->d, rc, "install Debian's package python3");
}

const struct verb verb_bench = {
	.name = "bench",
	.cmd = {"pav bench", "", "measure operations of the kernel here and in a guest"},
	.need = NEED_NOTHING,
	.whole = true,
	.max_args = -1,
	.run = run,
};
