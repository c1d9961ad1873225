/* SPDX-License-Identifier: MIT */
/*
 * Event channels: ports by which the hypervisor and other domains call. A handler runs once for any
 * number of calls since it last ran, on the port's vCPU, events masked. Works in the two-level
 * form, and after event_use_fifo() in the FIFO form.
 */
#ifndef GUEST_EVENT_H
#define GUEST_EVENT_H

#include <stdbool.h>
#include <stdint.h>

typedef void event_fn(uint32_t port, void *arg);

#define EVENT_PORTS 4096 /* that can have handlers */

/* Masks all ports; further vCPUs call the second one. */
void event_init(void);
void event_init_vcpu(void);

/* Let the calling vCPU take events / not take them; the latter returns whether it could. */
void event_enable(void);
bool event_disable(void);
void event_restore(bool enabled);

/* New ports with a handler, unmasked. The port, or -errno. `remote` may be DOMID_SELF. */
int64_t event_alloc(uint16_t remote, event_fn *fn, void *arg);
int64_t event_connect(uint16_t remote, uint32_t port, event_fn *fn, void *arg);
int64_t event_bind_virq(uint32_t virq, uint32_t vcpu, event_fn *fn, void *arg);
int64_t event_bind_ipi(uint32_t vcpu, event_fn *fn, void *arg);

/* Handler for a port that exists (console, store); unmasks it. NULL masks it. */
void event_handle(uint32_t port, event_fn *fn, void *arg);

/* Deliver the port to another vCPU. 0 or -errno. */
int64_t event_move(uint32_t port, uint32_t vcpu);
int64_t event_close(uint32_t port);
int64_t event_notify(uint32_t port);

void event_mask(uint32_t port);
void event_unmask(uint32_t port);
bool event_pending(uint32_t port);
void event_clear(uint32_t port);

/*
 * Switch the domain to the FIFO form, for good: more ports, priorities, order. vCPUs that are up
 * afterwards are served. 0, or -errno (-ENOSYS: the hypervisor has two levels only).
 */
int64_t event_use_fifo(void);

/* Whether a port's events are for the calling vCPU. */
bool event_is_here(uint32_t port);

/* From trap_dispatch(), events masked: run the handlers of what is pending. */
void event_dispatch(void);

/* The form in use. Internal. */
struct event_form {
	void (*mask)(uint32_t port);
	bool (*unmask)(uint32_t port); /* true: it was pending, the hypervisor must be told */
	bool (*pending)(uint32_t port);
	void (*clear)(uint32_t port);
	void (*scan)(void (*run)(uint32_t port));
	int64_t (*new_port)(uint32_t port); /* make room for it */
	int64_t (*new_vcpu)(uint32_t id);
};
extern const struct event_form event_2l, event_fifo;

#endif
