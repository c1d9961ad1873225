/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels: through /dev/xen/evtchn for this process, by hypercall for a domain being built.
 */
#ifndef TOOLS_LIB_EVTCHN_H
#define TOOLS_LIB_EVTCHN_H

#include <stdint.h>

#include "lib/hcall.h"

/* Open the device, non-blocking. Descriptor (readable when an event came) or -errno. */
int evtchn_open(void);

/* Bind and return the local port, or -errno. */
int evtchn_bind(int fd, uint16_t dom, uint32_t remote_port);
int evtchn_bind_virq(int fd, uint32_t virq);
int evtchn_unbind(int fd, uint32_t port);
int evtchn_notify(int fd, uint32_t port);

/* The next ports that fired, each masked until evtchn_unmask. Number read, 0 when none, or -errno.
 */
int evtchn_read(int fd, uint32_t *ports, unsigned max);
int evtchn_unmask(int fd, uint32_t port);

/* Allocate in dom a port that remote may bind. Port or -errno. */
int evtchn_alloc_unbound(struct hv *hv, uint16_t dom, uint16_t remote);

#endif
