// SPDX-License-Identifier: GPL-2.0-or-later
/* A journal of any content: it is loaded or refused, and what is loaded agrees with its books. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "db.h"
#include "journal.h"
#include "state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As after a death, or as the program that takes this one's place. */
static void read_back(const char *file, bool whole)
{
	struct buf text = {0};
	struct handover h;
	struct db db;
	unsigned i;
	size_t at;

	db_init(&db);
	if (!(whole ? state_take_over(&db, file, &h, &at) : state_load(&db, file, &at)) &&
	    db_check(&db, &text))
		abort();
	buf_free(&text);
	while (!LIST_EMPTY(&db.clients))
		conn_free(LIST_FIRST(&db.clients));
	for (i = 0; i < DOM_MAX; i++)
		if (db.doms.d[i] && db.doms.d[i]->conn)
			conn_free(db.doms.d[i]->conn);
	db_fini(&db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char file[64];
	struct journal *j;
	void *room;

	snprintf(file, sizeof(file), "/dev/shm/fuzz-state-%d", getpid());
	j = journal_new(file);
	if (!j || size > 100000)
		return 0;
	/* One record, over which the input is laid, header and all. */
	room = journal_put(j, 1, 0, (uint32_t)size);
	memcpy((struct journal_rec *)room - 1, data, size);
	if (journal_publish(j))
		abort();
	journal_close(j);
	read_back(file, false);
	read_back(file, true);
	unlink(file);
	return 0;
}
