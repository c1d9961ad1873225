// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "life/destroy.h"

#define VERB_ROW(name) &verb_##name,
static const struct verb *const verbs[] = {VERBS(VERB_ROW)};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const char *prog = "pav";

static void usage(FILE *to)
{
	size_t i;

	fprintf(to,
		"Usage: %s VERB [options] [arguments]\n\n"
		"Create, watch and end guests of this machine.\n\nVerbs:\n",
		prog);
	for (i = 0; i < NR_VERBS; i++)
		fprintf(to, "  %-22s %s\n", verbs[i]->name, verbs[i]->cmd.summary);
	fprintf(to, "  %-22s %s\n", "help", "print this text, or that of a verb");
	fprintf(to, "\n'%s VERB --help' explains a verb; pav(8) is the manual.\n", prog);
}

/* A verb by its name or by the beginning of one name only. */
static const struct verb *find(const char *name)
{
	const struct verb *found = NULL;
	size_t i;

	for (i = 0; i < NR_VERBS; i++) {
		if (!strcmp(name, verbs[i]->name))
			return verbs[i];
		if (!strncmp(name, verbs[i]->name, strlen(name))) {
			if (found)
				return NULL;
			found = verbs[i];
		}
	}
	return found;
}

static int open_host(struct cli *c)
{
	switch (c->verb->need) {
	case NEED_NOTHING:
		return 0;
	case NEED_HV:
		return hv_open(&c->h.hv, &c->d);
	case NEED_STORE:
		c->h.store = store_open(&c->d);
		return c->h.store ? 0 : -1;
	case NEED_HOST:
		break;
	}
	return host_open(&c->h, &c->d);
}

static int run(const struct verb *v, int argc, char **argv)
{
	struct cli c = {.h = {.hv = {.privcmd = -1, .hypercall = -1}}, .verb = v};
	int first = v->whole ? 1 : opt_parse(&v->cmd, argc, argv, false), n = argc - first, rc;

	if (first < 0)
		return first == -2 ? 0 : 2;
	if (n < v->min_args)
		return opt_wrong(&v->cmd, "too few arguments: %s is expected", v->cmd.args);
	if (v->max_args >= 0 && n > v->max_args)
		return opt_wrong(&v->cmd, "unexpected argument '%s'", argv[first + v->max_args]);
	rc = open_host(&c);
	if (!rc && v->need == NEED_HOST) {
		struct diag ignored;
		int stale = destroy_stale(&c.h, &ignored);

		if (stale > 0)
			log_line(v->cmd.name, "cleaned up after %d creation%s that did not finish",
				 stale, stale > 1 ? "s" : "");
	}
	if (!rc)
		rc = v->run(&c, n, argv + first);
	if (rc < 0) {
		diag_remedy(&c.d, rc);
		diag_print(&c.d, v->cmd.name);
	}
	host_close(&c.h);
	return rc < 0 ? 1 : rc;
}

static int help(int argc, char **argv)
{
	const struct verb *v = argc > 2 ? find(argv[2]) : NULL;
	char *words[] = {argv[0], "--help", NULL};

	if (v)
		return run(v, 2, words);
	usage(stdout);
	return 0;
}

/* A full disk must not pass for success. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "pav: cannot write the output: %s\n", strerror(errno));
		fprintf(stderr, "pav: hint: make room there, or send it elsewhere\n");
		return status ? status : 1;
	}
	return status;
}

int main(int argc, char **argv)
{
	const struct verb *v;

	want_tell = progress_want;
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(help(argc, argv));
	if (!strcmp(argv[1], "--version")) {
		printf("pav (Pavise) %s\n", PAVISE_VERSION);
		return finish(0);
	}
	v = find(argv[1]);
	if (!v) {
		fprintf(stderr, "pav: unknown verb '%s'\nTry 'pav help'.\n", argv[1]);
		return 2;
	}
	return finish(run(v, argc - 1, argv + 1));
}
