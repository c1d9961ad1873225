/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One call: registers and a structure, right as far as that can be made up from the ABI's
 * description, of which single slots are then made wrong. A slot is a register or a member of the
 * structure.
 */
#ifndef BAD_CALLS_CALL_H
#define BAD_CALLS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/grammar.h"

/* Nothing is mapped below the structure's two pages, and behind them; the spare page is apart. */
#define CALL_PAGES 0x12345600000ul
#define CALL_END   (CALL_PAGES + 2 * 4096)
#define CALL_SPARE (CALL_PAGES + 16 * 4096)

struct call {
	const struct abi_op *op;
	uint64_t a[6];
	uint64_t at; /* of the structure, which ends at CALL_END */
};

/* What a call did that it must not do, when it was refused. */
enum call_harm { CALL_NO_HARM, CALL_WROTE_OUTSIDE, CALL_WROTE_INPUT, CALL_WROTE_LISTS };

struct call_answer {
	int64_t rc;
	int status; /* of a grant operation that returned 0; else 0 */
	enum call_harm harm;
	uint64_t ticks; /* of the time stamp counter */
};

/* Maps the pages. Domain that control calls act on: call_target. Once; 0 or -errno. */
int64_t call_init(void);
extern uint16_t call_target;

/* Undo what calls did to the spare page. */
void call_restore(void);

/* The right call. */
void call_prepare(struct call *c, const struct abi_op *op);

unsigned int call_slots(const struct abi_op *op);
unsigned int call_slot_kind(const struct abi_op *op, unsigned int slot);
const char *call_slot_name(const struct abi_op *op, unsigned int slot);

/* False: the slot is not the caller's to fill in, or it says which call this is. */
bool call_slot_is_input(const struct abi_op *op, unsigned int slot);

/* What would be right in a slot of this kind. */
uint64_t call_right(const struct abi_op *op, unsigned int kind);
uint64_t call_slot_get(const struct call *c, unsigned int slot);
void call_slot_set(struct call *c, unsigned int slot, uint64_t value);

/* Do it, and see what it did. */
void call_make(const struct call *c, struct call_answer *answer);

/* The same once more, as an entry of a multicall: its result, and how long that took. */
int64_t call_make_listed(const struct call *c, uint64_t *ticks);

/* Nothing changed in the guest's pages that nobody uses, all filled by call_init(). */
bool call_unused_is_whole(void);

#endif
