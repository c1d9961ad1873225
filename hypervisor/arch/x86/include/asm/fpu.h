/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of FPU and entry features this machine has; filled by fpu_cpu_init() on the boot CPU. */
#ifndef ASM_FPU_H
#define ASM_FPU_H

#include <hv/types.h>

struct fpu_features {
	uint64_t xcr0_mask; /* components we switch; 0 without XSAVE */
	bool xsaveopt;
	bool rdtscp;
};

extern struct fpu_features fpu_features;

#endif
