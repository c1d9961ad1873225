/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/guest.h"

#include <stdarg.h>

#include "abi/sched.h"
#include "guest-abi/guest/console.h"
#include "guest-abi/guest/text.h"

static const uint64_t *p2m;

void guest_init(const struct start_info *si)
{
	p2m = (const uint64_t *)si->mfn_list;
}

uint64_t guest_mfn(const void *va)
{
	return p2m[((uint64_t)va - GUEST_VIRT_BASE) / GUEST_PAGE];
}

void guest_shutdown(unsigned int reason)
{
	struct sched_shutdown op = {.reason = reason};

	for (;;)
		hypercall2(HC_SCHED_OP, SCHEDOP_shutdown, (uint64_t)&op);
}

static void print(const char *fmt, va_list args)
{
	char text[256];

	console_write(text, text_vformat(text, sizeof(text), fmt, args));
}

void guest_print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

void guest_panic(const char *fmt, ...)
{
	va_list args;

	console_write("guest: panic: ", 14);
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
	console_write("\n", 1);
	guest_shutdown(SHUTDOWN_crash);
}
