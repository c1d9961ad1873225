/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests see of the fake hypervisor. All zero: no domains. */
#ifndef STORED_PORT_FAKE_H
#define STORED_PORT_FAKE_H

#include "abi/xs_wire.h"
#include "port.h"

enum { PORT_FAKE_MAX = 64, PORT_FAKE_LOCAL = 32 };

struct port_fake {
	struct {
		bool exists, shutdown, dying;
		bool changed; /* noted, for port_changed */
		struct xenstore_domain_interface page;
	} dom[PORT_FAKE_MAX];
	bool notes;                  /* this hypervisor notes changes */
	bool pending[PORT_FAKE_MAX]; /* by local port */
	bool bound[PORT_FAKE_MAX];
	unsigned notified[PORT_FAKE_MAX];
	int mapped; /* pages */
};
/* A test may point this to memory that it shares with another process. */
extern struct port_fake *port_fake;

#endif
