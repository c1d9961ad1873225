/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes of domains that have changed. */
#include <hv/change.h>

#include <abi/base.h>
#include <abi/evtchn.h>
#include <hv/evtchn.h>

static uint64_t noted[(DOMID_FIRST_RESERVED + 63) / 64];

void change_note(domid_t id)
{
	__atomic_fetch_or(&noted[id / 64], 1ull << (id % 64), __ATOMIC_SEQ_CST);
	evtchn_raise_global_virq(VIRQ_DOM_EXC);
}

domid_t change_take(domid_t from)
{
	uint64_t wanted = ~0ull << (from % 64);

	for (unsigned i = from / 64; i < ARRAY_SIZE(noted); i++, wanted = ~0ull) {
		uint64_t bits = __atomic_load_n(&noted[i], __ATOMIC_RELAXED) & wanted;

		if (bits) {
			bits &= -bits;
			__atomic_fetch_and(&noted[i], ~bits, __ATOMIC_SEQ_CST);
			return (domid_t)(i * 64 + (unsigned)__builtin_ctzll(bits));
		}
	}
	return DOMID_INVALID;
}
