/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test guest says. Checks have names, so that a difference between hypervisors can be named
 * too; only failures are printed, then "end: N passed, M failed", by which the runner knows that
 * nothing got lost. `verbose` on the command line prints every check.
 */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/guest.h"

/*
 * The test; the library is up, events are enabled. On return the result is told and the guest ends.
 */
void test_main(void);

/* One check. What they compare was computed before, so both give whether it holds. */
bool test_equal(const char *name, int64_t wanted, int64_t found);
bool test_true(const char *name, bool holds);

/* The trap of a TRAP_TRY() was of this vector (and error code). */
bool test_trap(const char *name, unsigned int vector, uint64_t taken);
bool test_trap_error(const char *name, unsigned int vector, uint32_t error, uint64_t taken);

/* Names made of pieces; good until the next call. */
const char *test_name(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A reason why the rest of the test cannot be done here; the check counts as failed. */
void test_give_up(const char *why, int64_t rc) __attribute__((noreturn));

#endif
