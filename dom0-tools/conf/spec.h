/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the specifications of disks, cards and PCI devices have in common: words with commas
 * between them, most of them "key=value". Pure.
 */
#ifndef TOOLS_CONF_SPEC_H
#define TOOLS_CONF_SPEC_H

#include "lib/diag.h"

struct spec;

struct spec_key {
	const char *name;
	/* Take the value, which is gone after the call. 0; -ENOMEM; other errors with s->d. */
	int (*set)(struct spec *s, const char *value);
};

/* The row that ends a table. */
#define NO_MORE_SPEC_KEYS                                                                          \
	{                                                                                          \
		.name = NULL                                                                       \
	}

/* One specification while it is read; nothing in it is spec.c's to free. */
struct spec {
	const char *kind;            /* what messages begin with: "vif" */
	const char *text;            /* the whole specification, as given */
	const struct spec_key *keys; /* ends with a row without name */
	const char *served;          /* names of keys, for who used another one; NULL: no hint */
	void *to;                    /* the setters' own */
	struct diag *d;
};

/* Cut blanks off both ends, in place. The first character that is left. */
char *spec_trim(char *s);

/* The next word of *rest, cut off there and trimmed; it may be empty. NULL: there is none. */
char *spec_word(char **rest);

/*
 * Hand over each word of s->text that is not empty, until one is refused. The words are a copy's,
 * gone after the call. 0; -ENOMEM with d; whatever word() returned.
 */
int spec_each(struct spec *s, int (*word)(struct spec *s, char *w));

/* Take a word, which must be "key=value"; made for spec_each. 0; -EINVAL with d; spec_set's. */
int spec_field(struct spec *s, char *w);

/* Take the value of a key. 0; -EINVAL with d: there is no such key; the setter's error. */
int spec_set(struct spec *s, const char *key, const char *value);

/* Set d to "KIND 'TEXT': WHAT 'WORD'"; returns -EINVAL. */
int spec_wrong(struct spec *s, const char *what, const char *word);

/* Setter of keys that mean nothing for a PV guest. Returns 0. */
int spec_ignore(struct spec *s, const char *value);

#endif
