// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small objects: powers of two up to half a page, each page of one size; larger ones are blocks of
 * frames. Free objects of a page are chained in their own memory; the page's record says the rest:
 * type = size class and objects in use, or LARGE and the order.
 */
#include <hv/heap.h>
#include <hv/lock.h>
#include <hv/string.h>

#define SHIFT_MIN      4
#define SHIFT_MAX      11
#define CLASSES        (SHIFT_MAX - SHIFT_MIN + 1)
#define LARGE          0xff
#define SIZE_MAX_ALLOC 65536

struct object {
	struct object *next;
};

static struct spinlock slab_lock = SPINLOCK_INIT(RANK_HEAP);
static uint32_t partial[CLASSES]; /* pages with free objects, linked by next and prev */

/* In a slab page's record: tlb_stamp must stay, so the chain's head goes into count. */
static struct object **chain(struct page *pg)
{
	return (struct object **)&pg->count;
}

static unsigned in_use(const struct page *pg)
{
	return (unsigned)(pg->type >> 8);
}

static struct page *new_page(unsigned class)
{
	struct page *pg = heap_alloc(0, 0);
	size_t size = 1ul << (class + SHIFT_MIN);
	struct object *head = NULL;

	if (!pg)
		return NULL;
	for (size_t at = PAGE_SIZE; at; at -= size) {
		struct object *o = (struct object *)((char *)page_virt(pg) + at - size);

		o->next = head;
		head = o;
	}
	*chain(pg) = head;
	pg->type = class;
	return pg;
}

static void free_page(struct page *pg)
{
	pg->count = pg->type = 0;
	heap_free(pg, 0);
}

static void *alloc_large(size_t size)
{
	unsigned order = heap_order(size);
	struct page *pg = heap_alloc(order, 0);

	if (!pg)
		return NULL;
	pg->type = LARGE | (uint64_t)order << 8;
	return memset(page_virt(pg), 0, PAGE_SIZE << order);
}

void *mem_alloc(size_t size)
{
	struct page *pg, *spare = NULL;
	unsigned class = 0;
	struct object *o;

	if (size > SIZE_MAX_ALLOC)
		return NULL;
	if (size > 1ul << SHIFT_MAX)
		return alloc_large(size);
	while (1ul << (class + SHIFT_MIN) < size)
		class ++;
	spin_lock(&slab_lock);
	if (!partial[class]) {
		/* The heap's lock has our rank: not both at once. */
		spin_unlock(&slab_lock);
		spare = new_page(class);
		if (!spare)
			return NULL;
		spin_lock(&slab_lock);
		/* Another CPU's may have come first; then ours might lie there without use. */
		if (!partial[class]) {
			page_list_add(&partial[class], spare);
			spare = NULL;
		}
	}
	pg = page_of(mfn_make(partial[class]));
	o = *chain(pg);
	*chain(pg) = o->next;
	pg->type += 1 << 8;
	if (!*chain(pg))
		page_list_remove(&partial[class], pg);
	spin_unlock(&slab_lock);
	if (spare)
		free_page(spare);
	return memset(o, 0, 1ul << (class + SHIFT_MIN));
}

void mem_free(void *p)
{
	struct page *pg;
	unsigned class;
	bool empty;

	if (!p)
		return;
	pg = page_of(virt_frame(p));
	class = pg->type & 0xff;
	if (class == LARGE) {
		unsigned order = in_use(pg);

		pg->type = 0;
		heap_free(pg, order);
		return;
	}
	spin_lock(&slab_lock);
	if (!*chain(pg))
		page_list_add(&partial[class], pg);
	((struct object *)p)->next = *chain(pg);
	*chain(pg) = p;
	pg->type -= 1 << 8;
	empty = !in_use(pg);
	if (empty)
		page_list_remove(&partial[class], pg);
	spin_unlock(&slab_lock);
	if (empty)
		free_page(pg);
}
