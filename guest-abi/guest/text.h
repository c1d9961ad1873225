/* SPDX-License-Identifier: MIT */
/* Formatting and reading of short texts. */
#ifndef GUEST_TEXT_H
#define GUEST_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * As vsnprintf with %s %c %d %u %x and their l forms; what does not fit is cut. Returns the length.
 */
size_t text_vformat(char *to, size_t size, const char *fmt, va_list args);
size_t text_format(char *to, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Decimal number at the start of s; 0 if there is none. */
uint64_t text_number(const char *s);

#endif
