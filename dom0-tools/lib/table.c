// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "lib/plain.h"
#include "lib/table.h"

enum { TEXT_MAX = 8192 };

json_t *table_text(const char *text)
{
	char plain[TEXT_MAX];

	plain_text(plain, sizeof(plain), text);
	return json_string(plain);
}

void table_json(const json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII |
					       JSON_REAL_PRECISION(9));

	puts(text ? text : "null");
	free(text);
}

static void cell(char *buf, size_t size, const json_t *v)
{
	if (json_is_string(v))
		plain_text(buf, size, json_string_value(v));
	else if (json_is_integer(v))
		snprintf(buf, size, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		snprintf(buf, size, "%.1f", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(buf, size, "%s", json_is_true(v) ? "yes" : "no");
	else
		snprintf(buf, size, "-");
}

static void line(const struct column *cols, const json_t *row)
{
	const struct column *c;
	char buf[256];

	for (c = cols; c->title; c++) {
		if (row)
			cell(buf, sizeof(buf), json_object_get(row, c->key));
		else
			snprintf(buf, sizeof(buf), "%s", c->title);
		/* The last column needs no padding: lines end where their text ends. */
		if (!c[1].title && c->width < 0)
			printf("%s", buf);
		else
			printf("%*s%s", c->width, buf, c[1].title ? " " : "");
	}
	putchar('\n');
}

void table_print(const struct column *cols, const json_t *rows, bool as_json)
{
	size_t i;

	if (as_json) {
		table_json(rows);
		return;
	}
	line(cols, NULL);
	for (i = 0; i < json_array_size(rows); i++)
		line(cols, json_array_get(rows, i));
}
