/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, for a human: one sentence that names what failed, on which object and why, and
 * one hint that says what to do. Functions that can fail fill one and return its code, so that
 * parsers stay free of output and tests can look at the words.
 */
#ifndef TOOLS_LIB_DIAG_H
#define TOOLS_LIB_DIAG_H

struct diag {
	char text[768];
	char hint[384];
};

#define DIAG_INIT                                                                                  \
	{                                                                                          \
		.text = "", .hint = ""                                                             \
	}

/* Set the sentence (the hint is cleared) and return rc, so that `return diag_set(...)` reads well.
 */
int diag_set(struct diag *d, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Add what the reader can do about it; returns rc. */
int diag_hint(struct diag *d, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* diag_hint for errors that have none yet: what helps in general, where no more is known. */
int diag_else(struct diag *d, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same by the code alone, so that nobody is left without. */
int diag_remedy(struct diag *d, int rc);

/* Put "fmt: " before the sentence, naming the object a caller was at work on; returns rc. */
int diag_at(struct diag *d, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Print "who: sentence" and the hint on standard error, as log_line does. */
void diag_print(const struct diag *d, const char *who);

/* One line on standard error for daemons and warnings: "who: text", made plain (plain.h). */
void log_line(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
