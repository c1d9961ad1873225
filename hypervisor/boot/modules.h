/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_MODULES_H
#define BOOT_MODULES_H

#include "multiboot.h"

/* Keep the modules in @info, which stays, and reserve their memory. */
void modules_init(const struct boot_info *info);

#endif
