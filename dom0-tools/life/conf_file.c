// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "life/conf_file.h"

#define HELP "pav.cfg(5) tells what a configuration may say"

enum { FILE_MAX = 1 << 20 };

int conf_file_read(struct cfg *cfg, const char *path, struct diag *d)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(FILE_MAX);
	size_t n = f && text ? fread(text, 1, FILE_MAX, f) : 0;
	int rc;

	if (!f || !text || ferror(f)) {
		rc = diag_set(d, -errno, "configuration %s: %s", path, strerror(errno));
		diag_hint(d, rc, "give the path of a file such as /etc/pavise/demo.cfg");
	} else if (n == FILE_MAX) {
		rc = diag_set(d, -EFBIG, "configuration %s: larger than 1 MiB", path);
	} else {
		rc = cfg_parse(cfg, path, text, n, d);
	}
	if (f)
		fclose(f);
	free(text);
	return rc;
}

int conf_file_set(struct cfg *cfg, const char *setting, struct diag *d)
{
	const char *eq = strchr(setting, '='), *v;
	char *text = NULL;
	int n, rc;

	if (!eq) {
		diag_set(d, -EINVAL, "setting '%s' is not of the form key=value", setting);
		return diag_hint(d, -EINVAL, "write it as in memory=512");
	}
	v = eq + 1 + strspn(eq + 1, " ");
	if (*v == '"' || *v == '\'' || *v == '[' || (*v && strspn(v, "0123456789") == strlen(v)))
		n = asprintf(&text, "%s", setting);
	else
		n = asprintf(&text, "%.*s=\"%s\"", (int)(eq - setting), setting, v);
	if (n < 0)
		return diag_set(d, -ENOMEM, "out of memory");
	rc = cfg_parse(cfg, "command line", text, (size_t)n, d);
	free(text);
	return rc;
}

static void no_warning(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

int conf_file_mean(struct domconf *out, const struct cfg *cfg,
		   void (*warn)(void *arg, const char *text), void *arg, struct diag *d)
{
	int rc = domconf_from_cfg(out, cfg, warn ? warn : no_warning, arg, d);

	return diag_else(d, rc, HELP);
}

int conf_file_guest(struct domconf *out, const char *path, char **settings, int n,
		    void (*warn)(void *arg, const char *text), void *arg, struct diag *d)
{
	struct cfg cfg;
	int rc = 0, i;

	cfg_init(&cfg);
	if (path)
		rc = conf_file_read(&cfg, path, d);
	for (i = 0; i < n && !rc; i++)
		rc = conf_file_set(&cfg, settings[i], d);
	if (!rc)
		rc = conf_file_mean(out, &cfg, warn, arg, d);
	cfg_free(&cfg);
	return diag_else(d, rc, HELP);
}
