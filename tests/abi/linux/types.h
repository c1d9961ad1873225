/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types that a Linux kernel gives to the ABI's headers. */
#ifndef TESTS_LINUX_TYPES_H
#define TESTS_LINUX_TYPES_H

typedef unsigned char uint8_t;
typedef signed char int8_t;
typedef unsigned short uint16_t;
typedef short int16_t;
typedef unsigned int uint32_t;
typedef int int32_t;
typedef unsigned long long uint64_t;
typedef long long int64_t;
typedef unsigned long size_t;
typedef unsigned long uintptr_t;

#endif
