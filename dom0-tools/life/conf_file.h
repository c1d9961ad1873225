/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations as users give them: a file, and settings that replace some of the file's. */
#ifndef TOOLS_LIFE_CONF_FILE_H
#define TOOLS_LIFE_CONF_FILE_H

#include "conf/cfg.h"
#include "conf/domconf.h"
#include "lib/diag.h"

/* Read the file at path, at most 1 MiB, into cfg; path must outlive cfg. 0 or -errno with d. */
int conf_file_read(struct cfg *cfg, const char *path, struct diag *d);

/*
 * Add one "key=value" of a command line: a value that is neither a number nor begins as a string or
 * a list does is a string, for the shell has eaten its quotes. 0 or -errno with d.
 */
int conf_file_set(struct cfg *cfg, const char *setting, struct diag *d);

/*
 * What the settings in cfg mean. warn is told of keys without effect; it may be NULL. 0 or -errno
 * with d; domconf_free(out) either way.
 */
int conf_file_mean(struct domconf *out, const struct cfg *cfg,
		   void (*warn)(void *arg, const char *text), void *arg, struct diag *d);

/*
 * The guest that the file at path (NULL: none) and the n settings describe. The rest as with
 * conf_file_mean.
 */
int conf_file_guest(struct domconf *out, const char *path, char **settings, int n,
		    void (*warn)(void *arg, const char *text), void *arg, struct diag *d);

#endif
