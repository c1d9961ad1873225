// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Start the guests whose files are in a folder: what the machine does when it comes up. A guest
 * that cannot be started holds up no other.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "life/conf_file.h"
#include "life/create.h"
#include "life/early.h"
#include "life/names.h"

#define AUTO_DIR "/etc/pavise/auto"

static const struct opt opts[] = {NO_MORE_OPTS};

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

/* Neither hidden files nor what editors and dpkg leave beside those that count. */
static int counts(const struct dirent *e)
{
	return e->d_name[0] != '.' && !ends_with(e->d_name, "~") && !strstr(e->d_name, ".dpkg-");
}

static int start(struct cli *c, struct domconf *conf)
{
	struct diag absent;
	uint16_t domid;
	int rc;

	if (!name_resolve(&c->h, conf->name, &domid, &absent)) {
		printf("%s: there already, domain %u\n", conf->name, domid);
		return 0;
	}
	rc = create_guest(&c->h, conf, false, &domid, &c->d);
	if (!rc)
		rc = early_watch(&c->h, domid, conf->name, 0, &c->d);
	if (rc)
		return diag_at(&c->d, rc, "guest %s", conf->name);
	printf("%s: started, domain %u\n", conf->name, domid);
	return 0;
}

static int start_file(struct cli *c, const char *dir, const char *name)
{
	struct domconf *conf = calloc(1, sizeof(*conf));
	char path[512];
	struct stat st;
	int rc = 0;

	if (!conf)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		rc = diag_set(&c->d, -ENAMETOOLONG, "%s/%s: the path is too long", dir, name);
	else if (stat(path, &st) || !S_ISDIR(st.st_mode))
		rc = conf_file_guest(conf, path, NULL, 0, NULL, NULL, &c->d);
	else
		goto out; /* a folder */
	if (!rc)
		rc = start(c, conf);
out:
	domconf_free(conf);
	free(conf);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	const char *dir = n ? args[0] : AUTO_DIR;
	struct dirent **files;
	int count = scandir(dir, &files, counts, alphasort), i, failed = 0;

	if (count < 0 && !n && errno == ENOENT)
		return 0;
	if (count < 0)
		return diag_hint(&c->d,
				 diag_set(&c->d, -errno, "folder %s: %s", dir, strerror(errno)),
				 "give the path of a folder with configurations");
	for (i = 0; i < count; i++) {
		if (start_file(c, dir, files[i]->d_name)) {
			diag_print(&c->d, c->verb->cmd.name);
			failed++;
		}
		fflush(stdout);
		free(files[i]);
	}
	free(files);
	return failed ? 1 : 0;
}

const struct verb verb_autostart = {
	.name = "autostart",
	.cmd = {"pav autostart", "[FOLDER]", "start the guests that are to run with the machine",
		opts},
	.need = NEED_HOST,
	.max_args = 1,
	.run = run,
};
