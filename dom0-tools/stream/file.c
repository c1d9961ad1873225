// SPDX-License-Identifier: GPL-2.0-or-later
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stream/file.h"

/* No configuration is longer. */
enum { DATA_MAX = 16 << 20 };

int file_begin(struct wire *w, const char *json, struct diag *d)
{
	uint32_t length = (uint32_t)strlen(json) + 1;
	struct file_head head = {
		.order = FILE_ORDER,
		.mandatory = FILE_CONF_JSON | FILE_OUTER_V2,
		.data_len = (uint32_t)sizeof(length) + length,
	};
	struct outer_head outer = {.ident = htobe64(OUTER_IDENT),
				   .version = htobe32(OUTER_VERSION)};
	struct iovec parts[] = {
		{&head, sizeof(head)},
		{&length, sizeof(length)},
		{(void *)json, length},
		{&outer, sizeof(outer)},
	};
	int rc;

	memcpy(head.magic, FILE_MAGIC, FILE_MAGIC_LEN);
	rc = wire_write(w, parts, 4, d);
	return rc ? rc : wire_put1(w, OUTER_DOMAIN, NULL, 0, d);
}

int file_end(struct wire *w, struct diag *d)
{
	return wire_put1(w, OUTER_END, NULL, 0, d);
}

static int no_image(struct wire *w, struct diag *d, const char *why)
{
	return diag_set(d, -EINVAL, "%s is no saved guest: %s", w->name, why);
}

static int read_conf(struct wire *w, const struct file_head *head, char **json, struct diag *d)
{
	char *data = malloc((size_t)head->data_len + 1);
	uint32_t length = 0;
	int rc;

	if (!data)
		return diag_set(d, -ENOMEM, "out of memory");
	rc = wire_read(w, data, head->data_len, d);
	if (!rc && head->data_len >= sizeof(length))
		memcpy(&length, data, sizeof(length));
	if (!rc && (!length || length > head->data_len - sizeof(length)))
		rc = no_image(w, d, "its configuration is damaged");
	if (!rc) {
		memmove(data, data + sizeof(length), length);
		data[length] = '\0';
		*json = data;
		return 0;
	}
	free(data);
	return rc;
}

static int read_outer_head(struct wire *w, struct diag *d)
{
	struct outer_head outer;
	int rc = wire_read(w, &outer, sizeof(outer), d);

	if (rc)
		return rc;
	if (be64toh(outer.ident) != OUTER_IDENT || be32toh(outer.version) != OUTER_VERSION ||
	    be32toh(outer.options) & (OUTER_BIG_ENDIAN | OUTER_CONVERTED))
		return no_image(w, d, "what follows the configuration is not known");
	return 0;
}

/* The next outer record that says something: its type to *type. */
static int next(struct wire *w, uint32_t *type, struct diag *d)
{
	struct record r = {.body = NULL};
	int rc;

	do
		rc = wire_next(w, &r, d);
	while (!rc && (r.type == OUTER_EMULATOR_NODES || r.type & REC_OPTIONAL));
	*type = r.type;
	record_release(&r);
	return rc;
}

static int expect(struct wire *w, uint32_t wanted, struct diag *d)
{
	uint32_t type = 0;
	int rc = next(w, &type, d);

	if (rc || type == wanted)
		return rc;
	if (type == OUTER_EMULATOR_STATE)
		return no_image(w, d, "the guest has an emulated machine, which is not served");
	return diag_set(d, -EINVAL, "%s is damaged: before byte %llu stands a record of type %#x",
			w->name, (unsigned long long)w->done, type);
}

int file_open(struct wire *w, char **json, struct diag *d)
{
	struct file_head head;
	int rc = wire_read(w, &head, sizeof(head), d);

	if (rc == -ENODATA)
		return no_image(w, d, "it is too short");
	if (rc)
		return rc;
	if (memcmp(head.magic, FILE_MAGIC, FILE_MAGIC_LEN))
		return no_image(w, d, "its first bytes are others");
	if (head.order != FILE_ORDER || head.mandatory & ~(FILE_CONF_JSON | FILE_OUTER_V2) ||
	    !(head.mandatory & FILE_OUTER_V2))
		return no_image(w, d, "it is of a version that is not served");
	if (!(head.mandatory & FILE_CONF_JSON) || head.data_len > DATA_MAX)
		return no_image(w, d, "it has no configuration as JSON");
	rc = read_conf(w, &head, json, d);
	if (rc)
		return rc;
	rc = read_outer_head(w, d);
	if (!rc)
		rc = expect(w, OUTER_DOMAIN, d);
	if (rc) {
		free(*json);
		*json = NULL;
	}
	return rc;
}

int file_finish(struct wire *w, struct diag *d)
{
	return expect(w, OUTER_END, d);
}
