/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listing, printed either as aligned columns or as a JSON array of objects: every verb that lists
 * fills one and both forms follow from the same rows.
 */
#ifndef TOOLS_LIB_TABLE_H
#define TOOLS_LIB_TABLE_H

#include <jansson.h>
#include <stdbool.h>

struct column {
	const char *title; /* heading of the text form */
	const char *key;   /* member name of the JSON form */
	int width;         /* least width; negative aligns left */
};

/*
 * Print rows (array of objects holding the columns' keys; further members appear in the JSON form
 * alone). Numbers print plain, missing members as "-". Takes no reference.
 */
void table_print(const struct column *cols, const json_t *rows, bool as_json);

/* A string for a row, made plain (plain.h): whoever chose it. */
json_t *table_text(const char *text);

/* Print one JSON value, indented, with a newline; characters beyond ASCII as \u. */
void table_json(const json_t *value);

#endif
