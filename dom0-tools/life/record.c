// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "life/record.h"

/* A store node holds less than 4 KiB together with its path: longer text is split. */
enum { CHUNK = 2048, CHUNKS_MAX = 256 };

void record_dir(uint16_t domid, char dir[RECORD_DIR])
{
	snprintf(dir, RECORD_DIR, "/pavise/domain/%u", domid);
}

int record_write(struct host *h, uint32_t tx, const char *dir, const struct domconf *c)
{
	json_t *j = domconf_to_json(c);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0, at;
	char key[RECORD_DIR + 32];

	json_decref(j);
	if (!text)
		return -ENOMEM;
	/* A longer text may have stood there. */
	snprintf(key, sizeof(key), "%s/config", dir);
	store_rm(h->store, tx, key);
	for (at = 0; at < len; at += CHUNK) {
		snprintf(key, sizeof(key), "config/%zu", at / CHUNK);
		store_writef(h->store, tx, dir, key, "%.*s", CHUNK, text + at);
	}
	free(text);
	return 0;
}

int record_read(struct host *h, const char *dir, struct domconf *c, struct diag *d)
{
	char *text = malloc(CHUNK * CHUNKS_MAX + 1);
	json_error_t why;
	size_t len = 0;
	int i, n = 0, rc;
	json_t *j;

	if (!text)
		return diag_set(d, -ENOMEM, "out of memory");
	for (i = 0; i < CHUNKS_MAX; i++) {
		n = store_get(h->store, 0, text + len, CHUNK + 1, "%s/config/%d", dir, i);
		if (n <= 0)
			break;
		len += (size_t)n > CHUNK ? CHUNK : (size_t)n;
	}
	text[len] = '\0';
	j = len ? json_loads(text, 0, &why) : NULL;
	free(text);
	if (!len)
		return diag_set(d, n ? n : -ENOENT, "no configuration is kept in %s: %s", dir,
				strerror(n ? -n : ENOENT));
	if (!j)
		return diag_set(d, -EIO, "the configuration kept in %s is damaged: %s", dir,
				why.text);
	rc = domconf_from_json(c, j, d);
	json_decref(j);
	return rc;
}

void record_edit(struct host *h, uint16_t domid, void (*edit)(struct domconf *c, const void *arg),
		 const void *arg)
{
	struct domconf *c = calloc(1, sizeof(*c));
	struct diag ignored = DIAG_INIT;
	char dir[RECORD_DIR];

	record_dir(domid, dir);
	if (c && !record_read(h, dir, c, &ignored)) {
		edit(c, arg);
		record_write(h, 0, dir, c);
	}
	if (c)
		domconf_free(c);
	free(c);
}
