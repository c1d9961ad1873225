/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: the ABI's numbers (equal to Linux's on x86); functions return them negative. */
#ifndef HV_ERRNO_H
#define HV_ERRNO_H

#include <abi/errno_plain.h>

#endif
