/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam to the hypervisor: event channels, other domains' pages, the list of domains. Two
 * implementations: port_xen.c on the kernel's device files, port_fake.c in local memory for tests.
 * Local ports are those of this process' end.
 */
#ifndef STORED_PORT_H
#define STORED_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct xenstore_domain_interface;

/*
 * Open everything. text (size bytes) gets what failed, on which object, and what to do.
 * 0 or -errno.
 */
int port_open(char *text, unsigned size);
void port_close(void);

/* A descriptor that is readable while event channels are pending. */
int port_fd(void);
/* The next pending port, unmasked again for the next event, or 0: none. */
uint32_t port_pending(void);

/* Bind to the unbound remote port of a domain. Local port or -errno. */
int port_bind(uint16_t domid, uint32_t remote);
void port_unbind(uint32_t port);
void port_notify(uint32_t port);
/* Bind to the event "some domain has changed state". Local port or -errno. */
int port_bind_changes(void);

/*
 * Map the ring page of a guest: what it granted to the store, else its frame gfn. -errno through
 * *err with NULL.
 */
struct xenstore_domain_interface *port_map(uint16_t domid, uint64_t gfn, int *err);
void port_unmap(struct xenstore_domain_interface *page);
/* The own kernel's page and the port it waits on. */
struct xenstore_domain_interface *port_map_own(uint32_t *remote, int *err);

struct port_dom {
	uint16_t id;
	bool exists, shutdown, dying;
};
/* All domains, in one allocation for the caller to free: their number, or -errno. */
int port_domains(struct port_dom **out);
/*
 * Domains that have shut down, died or gone since the last call, room of them at most. Their
 * number; -ENOSYS: this hypervisor has no notes of them; another -errno.
 */
int port_changed(struct port_dom *out, unsigned room);

#endif
