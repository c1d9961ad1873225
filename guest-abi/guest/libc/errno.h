/* SPDX-License-Identifier: MIT */
/* C library's name for the ABI's error numbers: pure sources are shared with hosted programs. */
#ifndef GUEST_LIBC_ERRNO_H
#define GUEST_LIBC_ERRNO_H

#include "abi/errno_plain.h"

#endif
