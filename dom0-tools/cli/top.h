/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `pav top`: looks at all domains, and what happened between two of them. */
#ifndef TOOLS_CLI_TOP_H
#define TOOLS_CLI_TOP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "dev/usage.h"
#include "lib/sysctl.h"

/* What rows are ordered by. */
enum top_order { TOP_CPU, TOP_MEMORY, TOP_DISK, TOP_NET, TOP_VCPUS, TOP_NAME, TOP_ID, TOP_ORDERS };

/* One look at the machine; all zero: none yet. */
struct top_look {
	struct domctl_getdomaininfo *list;
	int n;
	struct usage *usage;
	int nusage;
	uint64_t at;
	struct sysctl_physinfo machine;
};

/* 0 or -errno, said in c->d. top_release in any case. */
int top_look(struct cli *c, struct top_look *l);
void top_release(struct top_look *l);

/* Rates are of the time between the looks; 0 when there is none before. */
struct top_row {
	char name[DOMCONF_NAME_MAX * 2];
	uint16_t domid;
	unsigned vcpus;
	double cpu_seconds, cpu_percent;
	uint64_t memory_kib;
	double memory_percent;
	double read, written, received, sent; /* bytes in a second */
	char state;                           /* the letter of pav list, or - */
};

/* Rows of what a look found, ordered; for the caller to free. NULL: out of memory. */
struct top_row *top_rows(struct cli *c, const struct top_look *before, const struct top_look *now,
			 enum top_order order, bool reverse);

/* Line about the machine as a whole. */
void top_heading(char *line, size_t size, const struct top_look *l);

/* "12.3M" for bytes; buf has room for 16. */
const char *top_bytes(double n, char *buf);

/* Order of a word ("cpu", "memory" ...), or -1; the word of an order. */
int top_order_of(const char *word);
const char *top_order_name(enum top_order order);

/* The screen: 0 when the user left, or -errno, said in c->d. rounds 0: for ever. */
int top_screen(struct cli *c, unsigned delay, unsigned rounds, enum top_order order);

#endif
