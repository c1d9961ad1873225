/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command-line options from one table: the parser, `--help` and the test that compares the manual
 * pages with it all read the same rows.
 */
#ifndef TOOLS_LIB_OPT_H
#define TOOLS_LIB_OPT_H

#include <stdbool.h>

enum opt_kind {
	OPT_FLAG, /* bool *: set to true */
	OPT_STR,  /* const char **: the argument */
	OPT_UINT, /* unsigned *: a number, decimal or 0x */
};

struct opt {
	char brief;       /* letter, or 0 */
	const char *name; /* long name without dashes */
	const char *arg;  /* name of the argument in the help, NULL for flags */
	enum opt_kind kind;
	void *to;
	const char *help;
};

/* The row that ends a table. */
#define NO_MORE_OPTS                                                                               \
	{                                                                                          \
		.name = NULL                                                                       \
	}

struct opt_cmd {
	const char *name;       /* "pav list" */
	const char *args;       /* operands as the usage line shows them */
	const char *summary;    /* one line */
	const struct opt *opts; /* ends with a row without name */
};

/*
 * Parse argv[1..]; operands may stand anywhere and are moved to the end.
 * Returns the index of the first operand, or -1 for wrong use (already reported), or -2 when
 * --help was asked for and printed. Stops at the first operand if stop_early.
 */
int opt_parse(const struct opt_cmd *cmd, int argc, char **argv, bool stop_early);

/* The help text on standard output. */
void opt_help(const struct opt_cmd *cmd);

/* Report wrong use on standard error with the pointer to --help; returns 2, the exit status. */
int opt_wrong(const struct opt_cmd *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Parse a whole string as an unsigned number (decimal, 0x, 0). 0 or -EINVAL, -ERANGE. */
int opt_uint(const char *s, unsigned long long max, unsigned long long *out);

#endif
