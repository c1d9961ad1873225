// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/spec.h"

char *spec_trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

char *spec_word(char **rest)
{
	char *w = strsep(rest, ",");

	return w ? spec_trim(w) : NULL;
}

int spec_each(struct spec *s, int (*word)(struct spec *s, char *w))
{
	char *copy = strdup(s->text), *rest = copy, *w;
	int rc = copy ? 0 : -ENOMEM;

	while (!rc && (w = spec_word(&rest)) != NULL)
		if (*w)
			rc = word(s, w);
	if (rc == -ENOMEM)
		diag_set(s->d, rc, "out of memory");
	free(copy);
	return rc;
}

int spec_field(struct spec *s, char *w)
{
	char *eq = strchr(w, '=');

	if (!eq)
		return spec_wrong(s, "key=value expected, not", w);
	*eq = '\0';
	return spec_set(s, w, eq + 1);
}

int spec_set(struct spec *s, const char *key, const char *value)
{
	const struct spec_key *k;

	for (k = s->keys; k->name; k++)
		if (!strcmp(key, k->name))
			return k->set(s, value);
	spec_wrong(s, "unknown key", key);
	return s->served ? diag_hint(s->d, -EINVAL, "served: %s", s->served) : -EINVAL;
}

int spec_wrong(struct spec *s, const char *what, const char *word)
{
	return diag_set(s->d, -EINVAL, "%s '%s': %s '%s'", s->kind, s->text, what, word);
}

int spec_ignore(struct spec *s, const char *value)
{
	(void)s;
	(void)value;
	return 0;
}
