/* SPDX-License-Identifier: MIT */
/* The part of the C library's <string.h> that freestanding code and compilers rely on. */
#ifndef GUEST_LIBC_STRING_H
#define GUEST_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
