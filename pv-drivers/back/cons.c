// SPDX-License-Identifier: MIT
#include "pv-drivers/back/cons.h"

static struct bytes_ring ring(char *data, uint32_t size, uint32_t *prod, uint32_t *cons)
{
	return (struct bytes_ring){.data = data, .size = size, .prod = prod, .cons = cons};
}

bool cons_open(struct cons_back *c, struct xencons_interface *page)
{
	uint32_t prod, cons;
	bool sane = true;

	c->out = ring(page->out, sizeof(page->out), &page->out_prod, &page->out_cons);
	c->in = ring(page->in, sizeof(page->in), &page->in_prod, &page->in_cons);
	prod = __atomic_load_n(&page->out_prod, __ATOMIC_ACQUIRE);
	cons = __atomic_load_n(&page->out_cons, __ATOMIC_RELAXED);
	if (prod - cons > sizeof(page->out)) {
		cons = prod;
		sane = false;
	}
	c->out.own = cons;
	prod = __atomic_load_n(&page->in_prod, __ATOMIC_RELAXED);
	cons = __atomic_load_n(&page->in_cons, __ATOMIC_ACQUIRE);
	if (prod - cons > sizeof(page->in)) {
		prod = cons;
		sane = false;
	}
	c->in.own = prod;
	return sane;
}

long cons_take(struct cons_back *c, char *to, size_t n)
{
	return bytes_take(&c->out, to, n);
}

long cons_look(const struct cons_back *c, char *to, size_t n)
{
	return bytes_look(&c->out, to, n);
}

void cons_done(struct cons_back *c, size_t n)
{
	bytes_done(&c->out, n);
}

uint32_t cons_index(const struct cons_back *c)
{
	return c->out.own;
}

long cons_give(struct cons_back *c, const char *from, size_t n)
{
	return bytes_add(&c->in, from, n);
}

long cons_room(const struct cons_back *c)
{
	return bytes_room(&c->in);
}
