/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a store holds before anybody has written to it. */
#ifndef STORED_INIT_H
#define STORED_INIT_H

struct db;

/* The nodes that tools expect of a machine with a control domain; those that exist stay as they
 * are. */
void init_nodes(struct db *db);

#endif
