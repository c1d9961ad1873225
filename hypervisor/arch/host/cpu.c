/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's CPUs. */
#include <asm/cpu.h>

struct cpu_info host_cpus[HV_MAX_CPUS];
__thread unsigned host_cpu;
