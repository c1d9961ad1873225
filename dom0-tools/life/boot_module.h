/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels and ramdisks of boot-time domains as files that the boot loader passes as modules. */
#ifndef TOOLS_LIFE_BOOT_MODULE_H
#define TOOLS_LIFE_BOOT_MODULE_H

#include <stdbool.h>

#include "lib/diag.h"

/*
 * How a kernel file is packed that the hypervisor, which undoes xz and zstd, cannot start a domain
 * with: "lz4". NULL: it can, or there is no such file.
 */
const char *boot_module_packed(const char *kernel);

/*
 * Put a file into the folder, under its own name; it appears whole or not at all. A kernel that
 * the hypervisor cannot unpack is put there as its ELF image. 0 or -errno with d.
 */
int boot_module_put(const char *dir, const char *file, bool kernel, struct diag *d);

#endif
