/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was sent last of each page of a domain, so that a page which the log of changed pages
 * reports, but which is as it was, is not sent again. Of each page 128 bits are kept, drawn from
 * its contents, its kind and a number that nobody else knows.
 */
#ifndef TOOLS_STREAM_SENT_H
#define TOOLS_STREAM_SENT_H

#include <stdbool.h>
#include <stdint.h>

struct sent_page;

struct sent {
	struct sent_page *page; /* by pfn; NULL: not open */
	uint64_t seed;
};

/* For pages 0 to n - 1, none of which was sent. 0 or -ENOMEM. */
int sent_open(struct sent *s, uint64_t n);
void sent_close(struct sent *s);

/*
 * Was that page sent with this kind and these PAGE_BYTES last? If not they are what was sent last
 * from now on. The caller sends what it has shown here: of a page that a running domain writes to
 * that is a copy.
 */
bool sent_same(struct sent *s, uint64_t pfn, unsigned kind, const void *page);

/* The other end has nothing of that page, or may have lost it. */
void sent_forget(struct sent *s, uint64_t pfn);

#endif
