/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device tree of boot-time domains as a file: a blob, or text that dtc compiles. */
#ifndef TOOLS_LIFE_BOOT_TREE_H
#define TOOLS_LIFE_BOOT_TREE_H

#include "guest-abi/bootproto/bootdt.h"
#include "lib/diag.h"

/* Where GRUB's entries take it from (hypervisor/grub/20_pavise). */
#define BOOT_TREE_PATH "/boot/pavise.dtb"

struct boot_tree {
	void *blob;
	size_t len;
	struct bootdt t; /* points into blob */
};

/*
 * Read and check the file; a text is given to dtc, which must be installed for it. 0, or -errno
 * with d, which names node and property. boot_tree_free() either way.
 */
int boot_tree_read(struct boot_tree *b, const char *path, struct diag *d);
void boot_tree_free(struct boot_tree *b);

#endif
