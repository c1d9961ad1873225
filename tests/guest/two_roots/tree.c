/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/two_roots/tree.h"

#include <string.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "tests/guest/lib/test.h"

#define HV_SLOTS       256
#define HV_SLOTS_COUNT 16

static uint64_t *page(void)
{
	uint64_t *p = page_alloc();

	if (!p)
		guest_panic("out of pages");
	return p;
}

static void must(const char *what, int64_t rc)
{
	if (rc)
		guest_panic("%s: error %ld", what, (long)rc);
}

static uint64_t entry(const void *to, uint64_t flags)
{
	return guest_mfn(to) << 12 | flags;
}

void tree_begin(struct tree *t, uint64_t value)
{
	*t = (struct tree){page(), page(), page(), page()};
	t->page[0] = value;
	t->l1[0] = entry(t->page, PAGING_USER);
	t->l2[0] = t->l2[TREE_LAST] = entry(t->l1, PAGING_USER);
	t->l3[0] = t->l3[TREE_LAST] = entry(t->l2, PAGING_USER);
}

void tree_add(struct tree *t, unsigned int i, const void *what)
{
	t->l1[i] = entry(what, PAGING_USER);
}

void tree_end(struct tree *t)
{
	must("L1", paging_readonly(t->l1));
	must("L2", paging_readonly(t->l2));
	must("L3", paging_readonly(t->l3));
}

void tree_make(struct tree *t, uint64_t value)
{
	tree_begin(t, value);
	tree_end(t);
}

static bool give_back(uint64_t *table)
{
	if (paging_writable(table))
		return false;
	page_free(memset(table, 0xee, GUEST_PAGE));
	return true;
}

bool tree_free(struct tree *t)
{
	bool all = give_back(t->l3) && give_back(t->l2) && give_back(t->l1);

	page_free(memset(t->page, 0xee, GUEST_PAGE));
	return all;
}

uint64_t tree_entry(const struct tree *t)
{
	return t ? entry(t->l3, PAGING_USER) : 0;
}

int64_t root_set(uint64_t *root, unsigned int slot, const struct tree *t)
{
	return paging_update(paging_maddr(&root[slot]), tree_entry(t));
}

int64_t root_flush(void)
{
	return paging_ext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
}

static void make_root(uint64_t *root)
{
	must("root", paging_readonly(root));
	must("pin", paging_pin(root, 4));
}

void pair_make(struct pair *p)
{
	*p = (struct pair){page(), page()};
	memcpy(p->kernel, paging_root(), GUEST_PAGE);
	memset(&p->kernel[HV_SLOTS], 0, HV_SLOTS_COUNT * sizeof(uint64_t));
	p->user[0] = p->kernel[0];
	make_root(p->kernel);
	make_root(p->user);
}

void pair_use(const struct pair *p)
{
	must("kernel root", paging_use_root(p->kernel));
	must("user root", paging_use_user_root(p->user));
}

void pair_leave(void)
{
	must("first root", paging_use_root(paging_root()));
	must("no user root", paging_use_user_root(NULL));
}

bool pair_free(struct pair *p)
{
	must("unpin", paging_unpin(p->kernel));
	must("unpin", paging_unpin(p->user));
	return give_back(p->kernel) && give_back(p->user);
}
