/* SPDX-License-Identifier: MIT */
/* The two-level form: a bit per port, a bit per word of ports in the vCPU's selector. */
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/vcpu.h"

#define WORD(port) ((port) / 64)
#define BIT(port)  (1ul << (port) % 64)

static void mask(uint32_t port)
{
	__atomic_or_fetch(&boot_shared->evtchn_mask[WORD(port)], BIT(port), __ATOMIC_SEQ_CST);
}

static bool pending(uint32_t port)
{
	return __atomic_load_n(&boot_shared->evtchn_pending[WORD(port)], __ATOMIC_SEQ_CST) &
	       BIT(port);
}

/* The hypercall delivers only what it unmasks itself, so the mask comes back before it. */
static bool unmask(uint32_t port)
{
	__atomic_and_fetch(&boot_shared->evtchn_mask[WORD(port)], ~BIT(port), __ATOMIC_SEQ_CST);
	if (!pending(port))
		return false;
	mask(port);
	return true;
}

static void clear(uint32_t port)
{
	__atomic_and_fetch(&boot_shared->evtchn_pending[WORD(port)], ~BIT(port), __ATOMIC_SEQ_CST);
}

static void scan(void (*run)(uint32_t port))
{
	uint64_t words, bits;
	uint32_t word, port;

	words = __atomic_exchange_n(&vcpu_self()->info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	for (; words; words &= words - 1) {
		word = (uint32_t)__builtin_ctzl(words);
		bits = __atomic_load_n(&boot_shared->evtchn_pending[word], __ATOMIC_SEQ_CST) &
		       ~boot_shared->evtchn_mask[word];
		for (; bits; bits &= bits - 1) {
			port = word * 64 + (uint32_t)__builtin_ctzl(bits);
			/* A word holds ports of all vCPUs. */
			if (!event_is_here(port))
				continue;
			clear(port);
			run(port);
		}
	}
}

static int64_t nothing(uint32_t n)
{
	(void)n;
	return 0;
}

const struct event_form event_2l = {.mask = mask,
				    .unmask = unmask,
				    .pending = pending,
				    .clear = clear,
				    .scan = scan,
				    .new_port = nothing,
				    .new_vcpu = nothing};
