// SPDX-License-Identifier: GPL-2.0-or-later
/* The seam in local memory: tests lay out domains with their pages and play the other end. */
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "port_fake.h"

static struct port_fake local;
struct port_fake *port_fake = &local;

int port_open(char *text, unsigned size)
{
	(void)text;
	(void)size;
	return 0;
}

void port_close(void)
{
}

int port_fd(void)
{
	return -1;
}

uint32_t port_pending(void)
{
	uint32_t p;

	for (p = 1; p < PORT_FAKE_MAX; p++)
		if (port_fake->pending[p]) {
			port_fake->pending[p] = false;
			return p;
		}
	return 0;
}

/* A local port is the remote one plus a fixed number, so that tests can tell them apart. */
int port_bind(uint16_t domid, uint32_t remote)
{
	if (domid >= PORT_FAKE_MAX || !port_fake->dom[domid].exists || remote >= PORT_FAKE_LOCAL)
		return -EINVAL;
	if (port_fake->bound[remote + PORT_FAKE_LOCAL])
		return -EBUSY;
	port_fake->bound[remote + PORT_FAKE_LOCAL] = true;
	return (int)remote + PORT_FAKE_LOCAL;
}

void port_unbind(uint32_t port)
{
	port_fake->bound[port] = false;
}

void port_notify(uint32_t port)
{
	port_fake->notified[port]++;
}

int port_bind_changes(void)
{
	return PORT_FAKE_MAX - 1;
}

struct xenstore_domain_interface *port_map(uint16_t domid, uint64_t gfn, int *err)
{
	(void)gfn;
	*err = -ESRCH;
	if (domid >= PORT_FAKE_MAX || !port_fake->dom[domid].exists)
		return NULL;
	*err = 0;
	port_fake->mapped++;
	return &port_fake->dom[domid].page;
}

void port_unmap(struct xenstore_domain_interface *page)
{
	(void)page;
	port_fake->mapped--;
}

struct xenstore_domain_interface *port_map_own(uint32_t *remote, int *err)
{
	*remote = 1;
	return port_map(0, 0, err);
}

int port_domains(struct port_dom **out)
{
	unsigned i;
	int n = 0;

	*out = mem_alloc(PORT_FAKE_MAX * sizeof(**out));
	for (i = 0; i < PORT_FAKE_MAX; i++)
		if (port_fake->dom[i].exists)
			(*out)[n++] = (struct port_dom){.id = (uint16_t)i,
							.exists = true,
							.shutdown = port_fake->dom[i].shutdown,
							.dying = port_fake->dom[i].dying};
	return n;
}

int port_changed(struct port_dom *out, unsigned room)
{
	unsigned i, n = 0;

	if (!port_fake->notes)
		return -ENOSYS;
	for (i = 0; i < PORT_FAKE_MAX && n < room; i++)
		if (port_fake->dom[i].changed) {
			port_fake->dom[i].changed = false;
			out[n++] = (struct port_dom){.id = (uint16_t)i,
						     .exists = port_fake->dom[i].exists,
						     .shutdown = port_fake->dom[i].shutdown,
						     .dying = port_fake->dom[i].dying};
		}
	return (int)n;
}
