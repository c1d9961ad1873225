// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/base.h"
#include "abi/evtchn.h"
#include "abi/trace.h"
#include "lib/evtchn.h"
#include "lib/foreign.h"
#include "lib/sysctl.h"
#include "trace/tap.h"

struct tap {
	struct hv *hv;
	unsigned cpus, frames;
	uint32_t capacity; /* bytes of records */
	struct trace_buffer **buffer;
	int events;
	uint32_t port;
};

/* Frames of the hypervisor: those in the list, or, without one, those from first on. */
static void *map(struct hv *hv, const uint32_t *list, uint64_t first, size_t n, int writable)
{
	mfn_t *frames = calloc(n, sizeof(*frames));
	void *p = NULL;
	size_t i;

	if (!frames)
		return NULL;
	for (i = 0; i < n; i++)
		frames[i] = (mfn_t){list ? list[i] : first + i};
	p = foreign_map(hv, DOMID_XEN, writable, frames, n);
	free(frames);
	return p;
}

static int map_buffers(struct tap *t, uint64_t mfn, size_t bytes)
{
	size_t n = (bytes + 4095) / 4096;
	uint32_t *info = map(t->hv, NULL, mfn, n, 0);
	const uint16_t *at;
	unsigned i;
	int rc = -ENOMEM;

	if (!info)
		return -errno;
	at = (const uint16_t *)((const struct trace_info *)info + 1);
	t->frames = ((const struct trace_info *)info)->tbuf_size;
	t->capacity = t->frames * 4096 - (uint32_t)sizeof(struct trace_buffer);
	t->buffer = calloc(t->cpus, sizeof(struct trace_buffer *));
	for (i = 0; t->buffer && i < t->cpus; i++) {
		t->buffer[i] = map(t->hv, info + at[i], 0, t->frames, 1);
		if (!t->buffer[i])
			break;
	}
	if (t->buffer && i == t->cpus)
		rc = 0;
	foreign_unmap(info, n);
	return rc;
}

/* Forget what an earlier reader left behind. */
static void skip_old(struct tap *t)
{
	unsigned i;

	for (i = 0; i < t->cpus; i++)
		__atomic_store_n(&t->buffer[i]->cons,
				 __atomic_load_n(&t->buffer[i]->prod, __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
}

static int set_up(struct tap *t, unsigned frames, uint32_t classes)
{
	struct sysctl_tbuf_op info = {.cmd = XEN_SYSCTL_TBUFOP_get_info};
	struct sysctl_tbuf_op size = {.cmd = XEN_SYSCTL_TBUFOP_set_size, .size = frames};
	struct sysctl_tbuf_op mask = {.cmd = XEN_SYSCTL_TBUFOP_set_evt_mask, .evt_mask = classes};
	struct sysctl_tbuf_op on = {.cmd = XEN_SYSCTL_TBUFOP_enable};
	struct sysctl_physinfo machine;
	int rc = sysctl_physinfo(t->hv, &machine);

	if (!rc)
		rc = sysctl_trace(t->hv, &info);
	if (!rc && !info.buffer_mfn) {
		rc = sysctl_trace(t->hv, &size);
		if (!rc)
			rc = sysctl_trace(t->hv, &info);
	}
	if (rc)
		return rc;
	t->cpus = machine.max_cpu_id + 1;
	rc = map_buffers(t, info.buffer_mfn, info.size);
	if (rc)
		return rc;
	skip_old(t);
	rc = sysctl_trace(t->hv, &mask);
	return rc ? rc : sysctl_trace(t->hv, &on);
}

struct tap *tap_open(struct hv *hv, unsigned frames, uint32_t classes, struct diag *d)
{
	struct tap *t = calloc(1, sizeof(*t));
	int rc = -ENOMEM;

	if (t) {
		t->hv = hv;
		t->events = evtchn_open();
		rc = set_up(t, frames, classes);
	}
	if (!rc) {
		/* Only one program can have the event; without it, time alone wakes us. */
		rc = t->events < 0 ? -1 : evtchn_bind_virq(t->events, VIRQ_TBUF);
		t->port = rc < 0 ? 0 : (uint32_t)rc;
		return t;
	}
	diag_set(d, rc, "cannot trace the hypervisor: %s", strerror(-rc));
	if (rc == -ENOSYS)
		diag_hint(d, rc, "this hypervisor has no trace");
	if (rc == -ENOMEM)
		diag_hint(d, rc, "ask for smaller buffers with --buffer");
	tap_close(t);
	return NULL;
}

void tap_close(struct tap *t)
{
	struct sysctl_tbuf_op off = {.cmd = XEN_SYSCTL_TBUFOP_disable};
	unsigned i;

	if (!t)
		return;
	sysctl_trace(t->hv, &off);
	for (i = 0; t->buffer && i < t->cpus; i++)
		if (t->buffer[i])
			foreign_unmap(t->buffer[i], t->frames);
	if (t->events >= 0)
		close(t->events);
	free(t->buffer);
	free(t);
}

unsigned tap_cpus(const struct tap *t)
{
	return t->cpus;
}

size_t tap_window(const struct tap *t)
{
	return t->capacity;
}

void tap_wait(struct tap *t, int ms)
{
	struct pollfd p = {.fd = t->port ? t->events : -1, .events = POLLIN};
	uint32_t port;

	if (poll(&p, 1, ms) > 0 && evtchn_read(t->events, &port, 1) == 1)
		evtchn_unmask(t->events, port);
}

size_t tap_take(struct tap *t, unsigned cpu, void *buf)
{
	struct trace_buffer *b = t->buffer[cpu];
	uint32_t prod = __atomic_load_n(&b->prod, __ATOMIC_ACQUIRE), cons = b->cons;
	uint32_t size = prod >= cons ? prod - cons : prod + 2 * t->capacity - cons;
	uint32_t at = cons >= t->capacity ? cons - t->capacity : cons, first = t->capacity - at;

	/* Somebody else moved our position: start again at what comes next. */
	if (size > t->capacity || cons >= 2 * t->capacity)
		size = 0;
	if (first > size)
		first = size;
	memcpy(buf, (const char *)(b + 1) + at, first);
	memcpy((char *)buf + first, b + 1, size - first);
	__atomic_store_n(&b->cons, prod, __ATOMIC_RELEASE);
	return size;
}
