/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include "phys.h"
#include <hv/boot.h>

#define MULTIBOOT1_MAGIC 0x2badb002u
#define MULTIBOOT2_MAGIC 0x36d76289u

#define BOOT_MODULES_MAX 32u
#define BOOT_CMDLINE_MAX 2048u

struct boot_info {
	char cmdline[BOOT_CMDLINE_MAX]; /* without the image's name */
	char loader[64];
	unsigned modules, modules_left_out;
	struct boot_module module[BOOT_MODULES_MAX];
	unsigned e820_count;
	struct e820_entry e820[E820_MAX]; /* as given */
	uint8_t rsdp[36];
	size_t rsdp_len;  /* 0 = not given */
	uint64_t rsdp_pa; /* by the EFI system table; 0 = not given */
	bool efi;
	bool framebuffer; /* a graphic mode is on: no text screen */
};

/*
 * Copy all we need of a boot loader's information (Multiboot 0.6.96 or 2.0) into @out. -EINVAL:
 * @magic is none we know; -EBADMSG: the information is out of reach, damaged, or has no memory map.
 */
int multiboot_parse(const struct phys_view *v, uint32_t magic, uint64_t info,
		    struct boot_info *out);

#endif
