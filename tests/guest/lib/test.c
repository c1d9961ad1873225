/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/lib/test.h"

#include <stdarg.h>

#include "abi/sched.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/trap.h"

static unsigned int passed, failed;
static bool verbose;

static bool count(const char *name, bool holds)
{
	passed += holds;
	failed += !holds;
	if (holds && verbose)
		guest_print("ok %s\n", name);
	return holds;
}

bool test_equal(const char *name, int64_t wanted, int64_t found)
{
	if (wanted != found)
		guest_print("FAIL %s: wanted %ld (%lx), found %ld (%lx)\n", name, (long)wanted,
			    (unsigned long)wanted, (long)found, (unsigned long)found);
	return count(name, wanted == found);
}

bool test_true(const char *name, bool holds)
{
	if (!holds)
		guest_print("FAIL %s: does not hold\n", name);
	return count(name, holds);
}

bool test_trap(const char *name, unsigned int vector, uint64_t taken)
{
	if (!TRAP_IS(taken, vector))
		guest_print("FAIL %s: wanted trap %u, found %lx\n", name, vector, taken);
	return count(name, TRAP_IS(taken, vector));
}

bool test_trap_error(const char *name, unsigned int vector, uint32_t error, uint64_t taken)
{
	bool holds = TRAP_IS(taken, vector) && TRAP_ERROR(taken) == error;

	if (!holds)
		guest_print("FAIL %s: wanted trap %u error %x, found %lx\n", name, vector, error,
			    taken);
	return count(name, holds);
}

const char *test_name(const char *fmt, ...)
{
	static char text[128];
	va_list args;

	va_start(args, fmt);
	text_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	return text;
}

static void end(void)
{
	guest_print("end: %u passed, %u failed\n", passed, failed);
	guest_shutdown(SHUTDOWN_poweroff);
}

void test_give_up(const char *why, int64_t rc)
{
	test_equal(why, 0, rc);
	end();
	__builtin_unreachable();
}

void guest_main(const struct start_info *si)
{
	char none[1];

	boot_init(si);
	verbose = boot_option("verbose", none, sizeof(none));
	test_main();
	end();
}
