// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "conf/cfg.h"

enum { NEST_MAX = 8, TOKEN_MAX = 8192 };

enum tok {
	T_END,
	T_EOL,
	T_IDENT,
	T_STRING,
	T_NUMBER,
	T_EQ,
	T_PLUS_EQ,
	T_OPEN,
	T_CLOSE,
	T_COMMA,
	T_BAD
};

struct lex {
	const char *file;
	const char *p;
	const char *end;
	int line;
	int tok_line;
	enum tok tok;
	char *text; /* of identifier, string, number; TOKEN_MAX bytes */
	size_t len;
	struct diag *d;
};

void cfg_init(struct cfg *c)
{
	c->first = NULL;
	c->tail = &c->first;
}

static void value_free(struct cfg_value *v)
{
	while (v) {
		struct cfg_value *next = v->next;

		value_free(v->items);
		free(v->text);
		free(v);
		v = next;
	}
}

static void entry_free(struct cfg_entry *e)
{
	value_free(e->value);
	free(e->key);
	free(e);
}

void cfg_free(struct cfg *c)
{
	while (c->first) {
		struct cfg_entry *e = c->first;

		c->first = e->next;
		entry_free(e);
	}
	cfg_init(c);
}

const struct cfg_entry *cfg_find(const struct cfg *c, const char *key)
{
	const struct cfg_entry *e;

	for (e = c->first; e; e = e->next)
		if (!strcmp(e->key, key))
			return e;
	return NULL;
}

static int bad(struct lex *x, int line, const char *what)
{
	x->tok = T_BAD;
	return diag_set(x->d, -EINVAL, "%s:%d: %s", x->file, line, what);
}

static int put(struct lex *x, char c)
{
	if (x->len + 1 >= TOKEN_MAX)
		return bad(x, x->tok_line, "this word is longer than 8191 characters");
	x->text[x->len++] = c;
	x->text[x->len] = '\0';
	return 0;
}

/* Blanks, comments and continued lines. */
static void skip(struct lex *x)
{
	while (x->p < x->end) {
		if (*x->p == '#') {
			while (x->p < x->end && *x->p != '\n')
				x->p++;
		} else if (*x->p == ' ' || *x->p == '\t' || *x->p == '\r') {
			x->p++;
		} else if (*x->p == '\\' && x->p + 1 < x->end && x->p[1] == '\n') {
			x->p += 2;
			x->line++;
		} else {
			return;
		}
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int escape(struct lex *x)
{
	static const char from[] = "ntrbfav";
	static const char to[] = "\n\t\r\b\f\a\v";
	const char *at;
	int hi, lo;

	if (++x->p >= x->end)
		return bad(x, x->tok_line, "this string has no closing quote");
	if (*x->p == 'x') {
		hi = x->end - x->p > 2 ? hex(x->p[1]) : -1;
		lo = hi >= 0 ? hex(x->p[2]) : -1;
		if (lo < 0 || (hi == 0 && lo == 0))
			return bad(x, x->line,
				   "\\x must be followed by two hexadecimal digits, not 00");
		x->p += 3;
		return put(x, (char)(hi << 4 | lo));
	}
	if (*x->p == '\n') {
		x->line++;
		x->p++;
		return 0;
	}
	at = *x->p ? strchr(from, *x->p) : NULL;
	return put(x, at ? (x->p++, to[at - from]) : *x->p++);
}

static int string(struct lex *x)
{
	char quote = *x->p++;
	int rc = 0;

	x->tok = T_STRING;
	while (!rc) {
		if (x->p >= x->end || *x->p == '\n')
			return bad(x, x->tok_line, "this string has no closing quote");
		if (*x->p == '\0')
			return bad(x, x->line, "a NUL byte in a string");
		if (*x->p == quote) {
			x->p++;
			return 0;
		}
		rc = *x->p == '\\' ? escape(x) : put(x, *x->p++);
	}
	return rc;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int word(struct lex *x)
{
	int rc = 0;

	x->tok = isdigit((unsigned char)*x->p) || *x->p == '-' ? T_NUMBER : T_IDENT;
	do
		rc = put(x, *x->p++);
	while (!rc && x->p < x->end && word_char(*x->p));
	return rc;
}

static int next(struct lex *x)
{
	static const char marks[] = "=[],";
	static const enum tok toks[] = {T_EQ, T_OPEN, T_CLOSE, T_COMMA};
	const char *at;

	skip(x);
	x->len = 0;
	x->text[0] = '\0';
	x->tok_line = x->line;
	if (x->p >= x->end) {
		x->tok = T_END;
		return 0;
	}
	if (*x->p == '\n' || *x->p == ';') {
		x->line += *x->p++ == '\n';
		x->tok = T_EOL;
		return 0;
	}
	if (*x->p == '"' || *x->p == '\'')
		return string(x);
	at = *x->p ? strchr(marks, *x->p) : NULL;
	if (at) {
		x->p++;
		x->tok = toks[at - marks];
		return 0;
	}
	if (*x->p == '+' && x->end - x->p > 1 && x->p[1] == '=') {
		x->p += 2;
		x->tok = T_PLUS_EQ;
		return 0;
	}
	if (word_char(*x->p) ||
	    (*x->p == '-' && x->end - x->p > 1 && isdigit((unsigned char)x->p[1])))
		return word(x);
	x->tok = T_BAD;
	if (isprint((unsigned char)*x->p))
		return diag_set(x->d, -EINVAL, "%s:%d: '%c' does not belong here", x->file, x->line,
				*x->p);
	return diag_set(x->d, -EINVAL, "%s:%d: byte 0x%02x does not belong here", x->file, x->line,
			(unsigned char)*x->p);
}

static int next_in_list(struct lex *x)
{
	int rc;

	do
		rc = next(x);
	while (!rc && x->tok == T_EOL);
	return rc;
}

static int value(struct lex *x, int depth, struct cfg_value **out);

static int list(struct lex *x, int depth, struct cfg_value *v)
{
	struct cfg_value **tail = &v->items;
	int rc;

	v->kind = CFG_LIST;
	if (depth >= NEST_MAX)
		return bad(x, v->line, "lists nest deeper than 8");
	rc = next_in_list(x);
	while (!rc && x->tok != T_CLOSE) {
		if (x->tok == T_END)
			return bad(x, v->line, "this list has no closing ']'");
		rc = value(x, depth + 1, tail);
		if (rc)
			return rc;
		tail = &(*tail)->next;
		rc = next_in_list(x);
		if (rc)
			return rc;
		if (x->tok == T_COMMA)
			rc = next_in_list(x);
		else if (x->tok == T_END)
			return bad(x, v->line, "this list has no closing ']'");
		else if (x->tok != T_CLOSE)
			return bad(x, x->tok_line, "',' or ']' missing after a member of a list");
	}
	return rc;
}

/* Parse the value that starts at the current token and leave its last token current. */
static int value(struct lex *x, int depth, struct cfg_value **out)
{
	struct cfg_value *v;
	int rc = 0;

	if (x->tok != T_STRING && x->tok != T_NUMBER && x->tok != T_OPEN) {
		if (x->tok == T_IDENT)
			return diag_hint(x->d,
					 diag_set(x->d, -EINVAL,
						  "%s:%d: '%s' is not a value: strings need quotes",
						  x->file, x->tok_line, x->text),
					 "write \"%s\"", x->text);
		return bad(x, x->tok_line, "a value is missing here");
	}
	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->line = x->tok_line;
	if (x->tok == T_OPEN) {
		rc = list(x, depth, v);
	} else {
		v->kind = x->tok == T_STRING ? CFG_STRING : CFG_NUMBER;
		v->text = strdup(x->text);
		rc = v->text ? 0 : -ENOMEM;
	}
	if (rc) {
		value_free(v);
		return rc;
	}
	*out = v;
	return 0;
}

static int append(struct lex *x, struct cfg_entry *e, struct cfg_value *v)
{
	struct cfg_value **tail = &e->value->items;

	if (e->value->kind != CFG_LIST || v->kind != CFG_LIST)
		return diag_set(x->d, -EINVAL, "%s:%d: += needs a list on both sides (%s)", x->file,
				v->line, e->key);
	while (*tail)
		tail = &(*tail)->next;
	*tail = v->items;
	v->items = NULL;
	value_free(v);
	return 0;
}

static int enter(struct cfg *c, struct lex *x, const char *key, int line, bool plus,
		 struct cfg_value *v)
{
	struct cfg_entry *e = (struct cfg_entry *)cfg_find(c, key);
	int rc;

	if (e && plus) {
		rc = append(x, e, v);
		if (rc)
			value_free(v);
		return rc;
	}
	if (e) {
		value_free(e->value);
	} else {
		e = calloc(1, sizeof(*e));
		if (e)
			e->key = strdup(key);
		if (!e || !e->key) {
			free(e);
			value_free(v);
			return -ENOMEM;
		}
		*c->tail = e;
		c->tail = &e->next;
	}
	e->value = v;
	e->line = line;
	e->file = x->file;
	return 0;
}

static int setting(struct cfg *c, struct lex *x)
{
	struct cfg_value *v = NULL;
	char key[64];
	int line = x->tok_line;
	bool plus;
	int rc;

	if (x->tok != T_IDENT)
		return bad(x, x->tok_line, "a setting must begin with its key: key = value");
	if (x->len >= sizeof(key))
		return bad(x, x->tok_line, "this key is longer than any key there is");
	memcpy(key, x->text, x->len + 1);
	rc = next(x);
	if (rc)
		return rc;
	if (x->tok != T_EQ && x->tok != T_PLUS_EQ)
		return diag_set(x->d, -EINVAL, "%s:%d: '=' missing after '%s'", x->file, line, key);
	plus = x->tok == T_PLUS_EQ;
	rc = next(x);
	if (!rc)
		rc = value(x, 0, &v);
	if (rc)
		return rc;
	rc = next(x);
	if (!rc && x->tok != T_EOL && x->tok != T_END)
		rc = diag_set(x->d, -EINVAL, "%s:%d: more text after the value of '%s'", x->file,
			      x->tok_line, key);
	if (rc) {
		value_free(v);
		return rc;
	}
	return enter(c, x, key, line, plus, v);
}

int cfg_parse(struct cfg *c, const char *file, const char *text, size_t len, struct diag *d)
{
	struct lex x = {.file = file, .p = text, .end = text + len, .line = 1, .d = d};
	int rc;

	x.text = malloc(TOKEN_MAX);
	if (!x.text)
		return diag_set(d, -ENOMEM, "%s: out of memory", file);
	rc = next(&x);
	while (!rc && x.tok != T_END) {
		rc = x.tok == T_EOL ? 0 : setting(c, &x);
		if (!rc && x.tok != T_END)
			rc = next(&x);
	}
	if (rc == -ENOMEM)
		diag_set(d, rc, "%s: out of memory", file);
	free(x.text);
	return rc;
}
