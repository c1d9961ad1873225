/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal's records, shared by state.c which writes and state_load.c which reads them. The
 * record's id is the domain unless said otherwise. A change of layout changes the journal's magic.
 */
#ifndef STORED_STATE_REC_H
#define STORED_STATE_REC_H

#include <stdint.h>

/*
 * In place of a domain's id: the client of the socket that the last STATE_CLIENT is about. Such
 * records are skipped by a process that did not get the descriptors.
 */
enum { STATE_CLIENT_ID = 0xffff };

enum state_type {
	STATE_NODE = 1, /* struct state_node; id 0 */
	STATE_REMOVE,   /* struct state_remove; id 0 */
	STATE_SPECIAL,  /* struct state_special; id: index of the name */
	STATE_DOM,      /* struct state_dom */
	STATE_DOM_GONE,
	STATE_WATCH,   /* struct state_watch */
	STATE_UNWATCH, /* struct state_watch */
	STATE_LOST,
	STATE_TXN, /* struct state_txn */
	STATE_RESET,
	STATE_RING,  /* struct state_ring */
	STATE_IN,    /* struct state_bytes */
	STATE_TAKEN, /* struct state_ring */
	STATE_OUT,   /* struct state_bytes */
	STATE_QUOTA, /* struct state_quota; id 0: of all guests */
	/* Only in a dump for the program that takes this one's place. */
	STATE_HANDOVER,  /* struct state_handover; id 0 */
	STATE_CLIENT,    /* struct state_client; id STATE_CLIENT_ID */
	STATE_ASKER,     /* struct state_asker */
	STATE_TXN_TAKEN, /* struct state_txn_taken: a transaction that goes on; then its */
	STATE_TXN_PATH,  /* struct state_txn_path, and */
	STATE_TXN_STEP,  /* struct state_txn_step */
};

struct state_node { /* then struct perm[perms], path, value */
	uint64_t gen, kgen, pgen;
	uint32_t vlen;
	uint16_t plen;
	uint16_t perms;
};

struct state_remove { /* then the path */
	uint64_t gen;
};

struct state_special { /* then struct perm[] */
	uint64_t pgen;
};

struct state_dom {
	uint64_t born, gfn;
	uint32_t port;
	int32_t target;
	uint8_t introduced, shutdown, dying, pad[5];
};

struct state_watch { /* then path, token */
	int32_t depth;
	uint16_t skip, plen, tlen, lost;
};

struct state_txn {
	uint32_t id, open;
};

struct state_handover {
	int32_t listener, lock;
};

struct state_client {
	int32_t fd;
};

struct state_asker { /* of the request that the new program answers */
	uint32_t type, req_id, tx_id;
};

struct state_txn_taken {
	uint32_t id, created;
	uint64_t bytes;
};

struct state_txn_path { /* then the path */
	uint32_t what;
};

struct state_txn_step { /* then struct perm[perms], path, value; a removal: the path */
	uint32_t removal, told;
	uint32_t vlen;
	uint16_t plen, perms;
};

struct state_ring {
	uint32_t cons, prod, next_tx, broken;
};

struct state_quota { /* then the limit's name */
	uint32_t value, soft;
};

struct state_bytes { /* then n bytes */
	uint32_t n, cons;
};

#endif
