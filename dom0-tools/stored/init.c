// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "db.h"
#include "init.h"
#include "path.h"
#include "state.h"

/* The names of the control domain and of the pool of all CPUs are what xl asks for. */
static const struct {
	const char *path, *value;
} nodes[] = {
	{"/tool/xenstored", ""},
	{"/local/domain/0/name", "Domain-0"},
	{"/local/domain/0/domid", "0"},
	{"/local/pool/0/name", "Pool-0"},
	{"/local/pool/0/uuid", "00000000-0000-0000-0000-000000000000"},
	{"/local/pool/0/other-config", ""},
};

static void make(struct db *db, const char *path, const char *value)
{
	size_t len = strlen(path), at;
	struct node *n = node_nearest(db->root, path, len, &at);

	for (at = at == 1 ? 1 : at + 1; at < len; at++)
		if (path[at] == '/')
			db_add(db, path, at, n->perms, NULL, 0);
	if (!node_find(db->root, path, len))
		db_add(db, path, len, n->perms, value, (uint32_t)strlen(value));
}

void init_nodes(struct db *db)
{
	unsigned i;

	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		make(db, nodes[i].path, nodes[i].value);
	state_commit(db);
}
