// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/opt.h"

enum { OPT_MAX = 32, HELP_VAL = 1000 };

int opt_uint(const char *s, unsigned long long max, unsigned long long *out)
{
	char *end;

	if (!isdigit((unsigned char)s[0]))
		return -EINVAL;
	errno = 0;
	*out = strtoull(s, &end, 0);
	if (*end)
		return -EINVAL;
	return errno || *out > max ? -ERANGE : 0;
}

void opt_help(const struct opt_cmd *cmd)
{
	const struct opt *o;
	char left[64];

	printf("Usage: %s [options]%s%s\n\n%s\n\nOptions:\n", cmd->name, cmd->args[0] ? " " : "",
	       cmd->args, cmd->summary);
	for (o = cmd->opts; o->name; o++) {
		char brief[5] = "    ";

		if (o->brief)
			snprintf(brief, sizeof(brief), "-%c, ", o->brief);
		snprintf(left, sizeof(left), "%s--%s%s%s", brief, o->name, o->arg ? "=" : "",
			 o->arg ? o->arg : "");
		printf("  %-26s %s\n", left, o->help);
	}
	printf("  %-26s %s\n", "-h, --help", "print this text");
}

int opt_wrong(const struct opt_cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry '%s --help'.\n", cmd->name);
	return 2;
}

static int store(const struct opt_cmd *cmd, const struct opt *o, const char *val)
{
	unsigned long long n;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->to = true;
		break;
	case OPT_STR:
		*(const char **)o->to = val;
		break;
	case OPT_UINT:
		if (opt_uint(val, 0xffffffffu, &n)) {
			opt_wrong(cmd, "--%s: '%s' is not a number", o->name, val);
			return -1;
		}
		*(unsigned *)o->to = (unsigned)n;
		break;
	}
	return 0;
}

static void tables(const struct opt *opts, struct option *longs, char *shorts, bool stop_early)
{
	const struct opt *o;
	int n = 0;

	if (stop_early)
		*shorts++ = '+';
	*shorts++ = ':';
	for (o = opts; o->name; o++, n++) {
		longs[n] = (struct option){o->name, o->arg ? required_argument : no_argument, NULL,
					   HELP_VAL + 1 + n};
		if (o->brief) {
			*shorts++ = o->brief;
			if (o->arg)
				*shorts++ = ':';
		}
	}
	longs[n++] = (struct option){"help", no_argument, NULL, HELP_VAL};
	longs[n] = (struct option){0};
	*shorts++ = 'h';
	*shorts = '\0';
}

static const struct opt *row_of(const struct opt *opts, int c)
{
	const struct opt *o;

	if (c > HELP_VAL)
		return &opts[c - HELP_VAL - 1];
	for (o = opts; o->name; o++)
		if (o->brief == c)
			return o;
	return NULL;
}

int opt_parse(const struct opt_cmd *cmd, int argc, char **argv, bool stop_early)
{
	struct option longs[OPT_MAX + 2];
	char shorts[2 * OPT_MAX + 4];
	int c;

	tables(cmd->opts, longs, shorts, stop_early);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct opt *o;

		if (c == HELP_VAL || c == 'h') {
			opt_help(cmd);
			return -2;
		}
		if (c == ':') {
			opt_wrong(cmd, "option '%s' needs an argument", argv[optind - 1]);
			return -1;
		}
		o = c == '?' ? NULL : row_of(cmd->opts, c);
		if (!o) {
			opt_wrong(cmd, "unknown option '%s'", argv[optind - 1]);
			return -1;
		}
		if (store(cmd, o, optarg))
			return -1;
	}
	return optind;
}
