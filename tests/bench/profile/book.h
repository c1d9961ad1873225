/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROFILE_BOOK_H
#define PROFILE_BOOK_H
/*
 * The profiler's books: code that ran, how often in which region, and which pages of code belong to
 * one domain. Callers see to it that one thread at a time is in here.
 */
#include <stdbool.h>
#include <stdint.h>

#define PAGE       4096
#define INSN_BYTES 15
#define REGIONS    256

/* By virtual address. */
enum space { SPACE_NONE, SPACE_USER, SPACE_KERNEL, SPACE_HYPERVISOR };

/* Whose code a page holds, said by book_close(): "other" is each domain but the measured one. */
enum owner { OWNER_UNKNOWN, OWNER_MEASURED, OWNER_OTHER };

struct vote;

/* A page of code at one virtual address. */
struct page {
	uint64_t va;
	uintptr_t host;
	enum space space;
	enum owner owner;
	/* A set of pages known to be one domain's: root's members speak for it. */
	struct page *parent;
	bool marked; /* a region began here */
	uint64_t for_measured, for_other;
	struct vote *votes;
	struct page *next;
};

struct insn {
	uint64_t va;
	uint8_t size;
	uint8_t bytes[INSN_BYTES];
};

/* A block of code as the emulator translated it. */
struct code {
	struct page *page;
	unsigned int count;
	struct use *uses; /* the one of the region last counted first */
	struct code *next;
	struct insn insn[];
};

/* How often a block ran in one region. */
struct use {
	unsigned int region;
	uint64_t runs;
	uint64_t entered; /* of them, how often it was entered from another space */
	uint64_t *less;   /* null, or for each instruction the runs that left it out */
	struct use *next;
};

extern struct page *book_pages;
extern struct code *book_codes;
extern uint64_t book_opened[REGIONS]; /* how often each region was begun */

/* A region began in @page. */
void book_mark(struct page *page);

/* The page of an instruction at @va which the emulator has at @host. */
struct page *book_page(uint64_t va, const void *host);

/* The record of @count instructions; the same one for the same instructions. Does not fail. */
struct code *book_code(struct page *page, const struct insn *insn, unsigned int count);

struct use *book_use(struct code *code, unsigned int region);

/* One run of @code in @use left out the instructions from @from to before @to. */
void book_less(const struct code *code, struct use *use, unsigned int from, unsigned int to);

/* @a and @b ran one after another with nothing between: one domain. */
void book_unite(struct page *a, struct page *b);

/* @b ran after @a with the hypervisor between: most often, but not always, one domain. */
void book_vote(struct page *a, struct page *b);

/* Nothing will be added: say each page's owner. */
void book_close(void);

#endif
