// SPDX-License-Identifier: GPL-2.0-or-later
#include "book.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vote {
	struct page *page;
	uint64_t count;
	struct vote *next;
};

struct page *book_pages;
struct code *book_codes;
uint64_t book_opened[REGIONS];

static void *page_tree, *code_tree;

static void *need(size_t size)
{
	void *p = calloc(1, size);

	if (!p) {
		fputs("profile: no memory\n", stderr);
		abort();
	}
	return p;
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int page_order(const void *a, const void *b)
{
	const struct page *x = a, *y = b;
	int by_va = order(x->va, y->va);

	return by_va ? by_va : order(x->host, y->host);
}

static int code_order(const void *a, const void *b)
{
	const struct code *x = a, *y = b;
	int by_page = order((uintptr_t)x->page, (uintptr_t)y->page);

	if (by_page)
		return by_page;
	if (x->count != y->count)
		return order(x->count, y->count);
	return memcmp(x->insn, y->insn, x->count * sizeof(x->insn[0]));
}

/* 0xffff800000000000 to 0xffff87ffffffffff is the hypervisor's by the PV ABI; free in Linux. */
static enum space space_of(uint64_t va)
{
	if (va >> 43 == 0x1ffff0)
		return SPACE_HYPERVISOR;
	return va >> 63 ? SPACE_KERNEL : SPACE_USER;
}

struct page *book_page(uint64_t va, const void *host)
{
	struct page key = {.va = va & -PAGE, .host = (uintptr_t)host & -PAGE};
	struct page **found = tfind(&key, &page_tree, page_order);
	struct page *p;

	if (found)
		return *found;
	p = need(sizeof(*p));
	*p = key;
	p->space = space_of(va);
	p->parent = p;
	p->next = book_pages;
	book_pages = p;
	if (!tsearch(p, &page_tree, page_order))
		abort();
	return p;
}

struct code *book_code(struct page *page, const struct insn *insn, unsigned int count)
{
	struct code *c = need(sizeof(*c) + count * sizeof(*insn));
	struct code **found;

	c->page = page;
	c->count = count;
	memcpy(c->insn, insn, count * sizeof(*insn));
	found = tsearch(c, &code_tree, code_order);
	if (!found)
		abort();
	if (*found != c) {
		free(c);
		return *found;
	}
	c->next = book_codes;
	book_codes = c;
	return c;
}

struct use *book_use(struct code *code, unsigned int region)
{
	struct use **at, *use;

	for (at = &code->uses; *at; at = &(*at)->next)
		if ((*at)->region == region)
			break;
	use = *at;
	if (use == code->uses && use)
		return use;
	if (use) {
		*at = use->next;
	} else {
		use = need(sizeof(*use));
		use->region = region;
	}
	use->next = code->uses;
	code->uses = use;
	return use;
}

void book_less(const struct code *code, struct use *use, unsigned int from, unsigned int to)
{
	if (!use->less)
		use->less = need(code->count * sizeof(*use->less));
	for (; from < to; from++)
		use->less[from]++;
}

static struct page *page_root(struct page *p)
{
	while (p->parent != p) {
		p->parent = p->parent->parent;
		p = p->parent;
	}
	return p;
}

void book_unite(struct page *a, struct page *b)
{
	a = page_root(a);
	b = page_root(b);
	if (a == b)
		return;
	a->parent = b;
	b->marked |= a->marked;
}

void book_mark(struct page *page)
{
	page_root(page)->marked = true;
}

void book_vote(struct page *a, struct page *b)
{
	struct page *holder = b->space == SPACE_USER ? b : a;
	struct page *other = holder == a ? b : a;
	struct vote **at, *v;

	for (at = &holder->votes; *at; at = &(*at)->next)
		if ((*at)->page == other)
			break;
	v = *at;
	if (v)
		*at = v->next;
	else
		v = need(sizeof(*v));
	v->page = other;
	v->count++;
	v->next = holder->votes;
	holder->votes = v;
}

/* ---- who owns what ---- */

/* Call @fn with the sets of both pages of each vote. */
static void each_vote(void (*fn)(struct page *, struct page *, const struct vote *))
{
	for (struct page *p = book_pages; p; p = p->next)
		for (struct vote *v = p->votes; v; v = v->next)
			if (page_root(p) != page_root(v->page))
				fn(page_root(p), page_root(v->page), v);
}

/* The kernel that runs most often before or after the measured program is the program's own. */
static void count_for_kernel(struct page *user, struct page *kernel, const struct vote *v)
{
	if (v->page->space == SPACE_KERNEL && user->owner == OWNER_MEASURED)
		kernel->for_measured += v->count;
}

static void count_for_owner(struct page *a, struct page *b, const struct vote *v)
{
	a->for_measured += b->owner == OWNER_MEASURED ? v->count : 0;
	a->for_other += b->owner == OWNER_OTHER ? v->count : 0;
	b->for_measured += a->owner == OWNER_MEASURED ? v->count : 0;
	b->for_other += a->owner == OWNER_OTHER ? v->count : 0;
}

static bool has_kernel(void)
{
	for (struct page *p = book_pages; p; p = p->next)
		if (p->space == SPACE_KERNEL && page_root(p)->owner == OWNER_MEASURED)
			return true;
	return false;
}

static void find_kernel(void)
{
	struct page *best = NULL;

	each_vote(count_for_kernel);
	for (struct page *p = book_pages; p; p = p->next)
		if (p->for_measured && (!best || p->for_measured > best->for_measured))
			best = p;
	if (best)
		best->owner = OWNER_MEASURED;
}

/* Another frame at an address of the measured kernel: another domain's kernel. */
static void find_other_kernels(void)
{
	for (struct page *p = book_pages; p; p = p->next) {
		if (p->space != SPACE_KERNEL || page_root(p)->owner != OWNER_MEASURED)
			continue;
		for (struct page *q = book_pages; q; q = q->next)
			if (q->va == p->va && page_root(q)->owner == OWNER_UNKNOWN)
				page_root(q)->owner = OWNER_OTHER;
	}
}

/* One round; whether there was news. */
static bool follow_majority(void)
{
	bool news = false;

	for (struct page *p = book_pages; p; p = p->next)
		p->for_measured = p->for_other = 0;
	each_vote(count_for_owner);
	for (struct page *p = book_pages; p; p = p->next) {
		if (p->owner != OWNER_UNKNOWN || !(p->for_measured | p->for_other))
			continue;
		p->owner = p->for_measured >= p->for_other ? OWNER_MEASURED : OWNER_OTHER;
		news = true;
	}
	return news;
}

void book_close(void)
{
	for (struct page *p = book_pages; p; p = p->next)
		if (page_root(p)->marked)
			page_root(p)->owner = OWNER_MEASURED;
	if (!has_kernel())
		find_kernel();
	find_other_kernels();
	while (follow_majority())
		;
	for (struct page *p = book_pages; p; p = p->next)
		p->owner = page_root(p)->owner;
}
