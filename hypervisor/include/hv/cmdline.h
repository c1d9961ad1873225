/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's command line: one table of options (boot/cmdline.c), documented there. */
#ifndef HV_CMDLINE_H
#define HV_CMDLINE_H

#include <hv/types.h>

struct hv_options {
	char console[32];  /* console= list of com1,vga,none */
	char com1[64];     /* com1= baud,bits,port */
	uint64_t dom0_mem; /* bytes; 0 = default */
	uint64_t dom0_mem_max;
	uint32_t dom0_max_vcpus;  /* 0 = one a CPU */
	uint32_t maxcpus;         /* 0 = all */
	int loglvl, guest_loglvl; /* enum log_level printed */
	bool noreboot;            /* stop instead of rebooting after a fault */
	bool smep, umip;          /* use when the CPU has it */
	int8_t smap, pcid;        /* the same; -1: not where they are broken (arch/x86/cpu.c) */
	int8_t global_pages;      /* guest user mode's and ours; -1: where they gain something */
	int8_t xpti;              /* narrow roots; -1: where the CPU needs them (arch/x86/cpu.c) */
	bool x2apic;
};

extern struct hv_options hv_options;

/* Parse; unknown options are named in a warning and ignored. */
void cmdline_parse(const char *line);
/* The line as it was given, for xen_version. */
const char *cmdline_text(void);

#endif
