/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much guests have read, written, received and sent, as the kernel's back-ends count it. */
#ifndef TOOLS_DEV_USAGE_H
#define TOOLS_DEV_USAGE_H

#include <stdint.h>

/* Bytes since the devices came, as the guest sees them: what it received, the back-end sent. */
struct usage {
	uint16_t domid;
	unsigned disks, cards;
	uint64_t read, written;
	uint64_t received, sent;
};

/*
 * All guests that have disks or cards here, in rising order of id, in one allocation for the caller
 * to free. Their number, or -ENOMEM; 0 where there are no back-ends.
 */
int usage_look(struct usage **all);

/* The entry of a domain among n, or one of zeroes. */
struct usage usage_of(const struct usage *all, int n, uint16_t domid);

#endif
