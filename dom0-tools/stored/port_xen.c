// SPDX-License-Identifier: GPL-2.0-or-later
/* The seam on a Linux control domain: evtchn, gntdev, privcmd and xenbus_backend. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/base.h"
#include "abi/domctl.h"
#include "abi/evtchn.h"
#include "abi/xenbus_dev.h"
#include "abi/xs_wire.h"
#include "lib/evtchn.h"
#include "lib/foreign.h"
#include "lib/gnttab.h"
#include "lib/sysctl.h"
#include "mem.h"
#include "port.h"

enum { STORE_REF = 1, PENDING_MAX = 256, CHANGES_MAX = 64 };

static struct {
	struct hv hv;
	int evtchn, gntdev, backend;
	uint32_t pending[PENDING_MAX];
	int npending, at;
} dev = {.evtchn = -1, .gntdev = -1, .backend = -1};

int port_open(char *text, unsigned size)
{
	struct diag d = DIAG_INIT;
	int rc = hv_open(&dev.hv, &d);

	if (rc) {
		snprintf(text, size, "%s%s%s", d.text, d.hint[0] ? "; " : "", d.hint);
		return rc;
	}
	dev.evtchn = evtchn_open();
	if (dev.evtchn < 0) {
		snprintf(text, size,
			 "cannot open /dev/xen/evtchn: %s; is the module xen-evtchn loaded?",
			 strerror(-dev.evtchn));
		rc = dev.evtchn;
		goto close_hv;
	}
	dev.gntdev = gnttab_open();
	if (dev.gntdev < 0) {
		snprintf(text, size,
			 "cannot open /dev/xen/gntdev: %s; is the module xen-gntdev loaded?",
			 strerror(-dev.gntdev));
		rc = dev.gntdev;
		goto close_evtchn;
	}
	return 0;

close_evtchn:
	close(dev.evtchn);
close_hv:
	hv_close(&dev.hv);
	return rc;
}

void port_close(void)
{
	if (dev.backend >= 0)
		close(dev.backend);
	close(dev.gntdev);
	close(dev.evtchn);
	hv_close(&dev.hv);
}

int port_fd(void)
{
	return dev.evtchn;
}

uint32_t port_pending(void)
{
	if (dev.at == dev.npending) {
		dev.at = 0;
		dev.npending = evtchn_read(dev.evtchn, dev.pending, PENDING_MAX);
		if (dev.npending <= 0) {
			dev.npending = 0;
			return 0;
		}
		/* Unmask them all at once; an event from now on is seen as a new one. */
		if (write(dev.evtchn, dev.pending, (size_t)dev.npending * sizeof(dev.pending[0])) <
		    0)
			return 0;
	}
	return dev.pending[dev.at++];
}

int port_bind(uint16_t domid, uint32_t remote)
{
	return evtchn_bind(dev.evtchn, domid, remote);
}

void port_unbind(uint32_t port)
{
	evtchn_unbind(dev.evtchn, port);
}

void port_notify(uint32_t port)
{
	evtchn_notify(dev.evtchn, port);
}

int port_bind_changes(void)
{
	return evtchn_bind_virq(dev.evtchn, VIRQ_DOM_EXC);
}

struct xenstore_domain_interface *port_map(uint16_t domid, uint64_t gfn, int *err)
{
	mfn_t frame = {gfn};
	void *page = gnttab_map(dev.gntdev, domid, STORE_REF);

	/* A builder that seeds no grant, or a page of a domain that has none: by its frame. */
	if (!page)
		page = foreign_map(&dev.hv, domid, 1, &frame, 1);
	*err = page ? 0 : -errno;
	return page;
}

void port_unmap(struct xenstore_domain_interface *page)
{
	gnttab_unmap(dev.gntdev, page);
	/* gntdev does not know pages mapped in other ways; for those it has left the mapping alone.
	 */
	munmap(page, FRAME_SIZE);
}

static int read_number(const char *path, uint32_t *out)
{
	FILE *f = fopen(path, "re");
	int n = f ? fscanf(f, "%u", out) : 0;

	if (f)
		fclose(f);
	return n == 1 ? 0 : -ENOENT;
}

struct xenstore_domain_interface *port_map_own(uint32_t *remote, int *err)
{
	int fd = open("/dev/xen/xenbus_backend", O_RDWR | O_CLOEXEC), port = -1;
	void *page;

	if (fd >= 0) {
		port = ioctl(fd, IOCTL_XENBUS_BACKEND_EVTCHN);
		*remote = (uint32_t)port;
	} else {
		fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC);
		port = fd < 0 ? -1 : read_number("/proc/xen/xsd_port", remote);
	}
	*err = -errno;
	if (port < 0) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	page = mmap(NULL, FRAME_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*err = page == MAP_FAILED ? -errno : 0;
	if (*err) {
		close(fd);
		return NULL;
	}
	dev.backend = fd;
	return page;
}

int port_domains(struct port_dom **out)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&dev.hv, &list), i;

	if (n < 0)
		return n;
	*out = mem_alloc(((size_t)n + 1) * sizeof(**out));
	for (i = 0; i < n; i++)
		(*out)[i] = (struct port_dom){
			.id = list[i].domain,
			.exists = true,
			.shutdown = list[i].flags & XEN_DOMINF_shutdown,
			.dying = list[i].flags & XEN_DOMINF_dying,
		};
	free(list);
	return n;
}

int port_changed(struct port_dom *out, unsigned room)
{
	struct sysctl_pavise_change got[CHANGES_MAX];
	int n = sysctl_changed(&dev.hv, got, room < CHANGES_MAX ? room : CHANGES_MAX), i;

	for (i = 0; i < n; i++)
		out[i] = (struct port_dom){
			.id = got[i].domain,
			.exists = got[i].state & PAVISE_CHANGE_exists,
			.shutdown = got[i].state & PAVISE_CHANGE_shutdown,
			.dying = got[i].state & PAVISE_CHANGE_dying,
		};
	return n;
}
