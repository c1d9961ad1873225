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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char file[64];
	struct journal *j;
	struct db db;
	size_t at;
	unsigned i;
	struct buf text = {0};
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
	db_init(&db);
	if (!state_load(&db, file, &at) && db_check(&db, &text))
		abort();
	buf_free(&text);
	for (i = 0; i < DOM_MAX; i++)
		if (db.doms.d[i] && db.doms.d[i]->conn)
			conn_free(db.doms.d[i]->conn);
	db_fini(&db);
	unlink(file);
	return 0;
}
