// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domctl.h"
#include "lib/sysctl.h"

enum { FAULT_RETRIES = 3, DOMAINS_AT_ONCE = 256 };

static int call(struct hv *hv, struct xen_sysctl *op)
{
	size_t mark = hv_mark(hv);
	struct xen_sysctl *buf = hv_buf(hv, sizeof(*buf));
	int tries = 0;
	long rc;

	if (!buf)
		return -ENOMEM;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	do {
		*buf = *op;
		rc = hv_call(hv, HC_SYSCTL, hv_ptr(buf), 0, 0, 0);
	} while (rc == -EFAULT && tries++ < FAULT_RETRIES);
	*op = *buf;
	hv_release(hv, mark);
	return (int)rc;
}

int sysctl_physinfo(struct hv *hv, struct sysctl_physinfo *out)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo};
	int rc = call(hv, &op);

	*out = op.u.physinfo;
	return rc;
}

int sysctl_sched_id(struct hv *hv)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_sched_id};
	int rc = call(hv, &op);

	return rc ? rc : (int)op.u.sched_id.sched_id;
}

static int domains_from(struct hv *hv, uint16_t first, struct domctl_getdomaininfo *out)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_getdomaininfolist};
	size_t mark = hv_mark(hv);
	struct domctl_getdomaininfo *buf = hv_buf(hv, DOMAINS_AT_ONCE * sizeof(*buf));
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.getdomaininfolist.first_domain = first;
	op.u.getdomaininfolist.max_domains = DOMAINS_AT_ONCE;
	op.u.getdomaininfolist.buffer = hv_ptr(buf);
	rc = call(hv, &op);
	if (!rc) {
		rc = (int)op.u.getdomaininfolist.num_domains;
		memcpy(out, buf, (size_t)rc * sizeof(*buf));
	}
	hv_release(hv, mark);
	return rc;
}

int sysctl_domains(struct hv *hv, struct domctl_getdomaininfo **out)
{
	struct domctl_getdomaininfo *all = NULL;
	size_t n = 0;
	int got;

	do {
		void *more = realloc(all, (n + DOMAINS_AT_ONCE) * sizeof(*all));

		if (!more) {
			free(all);
			return -ENOMEM;
		}
		all = more;
		got = domains_from(hv, n ? (uint16_t)(all[n - 1].domain + 1) : 0, all + n);
		if (got < 0) {
			free(all);
			return got;
		}
		n += (size_t)got;
	} while (got == DOMAINS_AT_ONCE);
	*out = all;
	return (int)n;
}

int sysctl_changed(struct hv *hv, struct sysctl_pavise_change *out, unsigned room)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_pavise_changed};
	size_t mark = hv_mark(hv);
	struct sysctl_pavise_change *buf = hv_buf(hv, room * sizeof(*buf));
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.pavise_changed.nr_changes = room;
	op.u.pavise_changed.changes = hv_ptr(buf);
	rc = call(hv, &op);
	if (!rc) {
		rc = (int)op.u.pavise_changed.nr_changes;
		memcpy(out, buf, (size_t)rc * sizeof(*buf));
	}
	hv_release(hv, mark);
	return rc;
}

int sysctl_read_console(struct hv *hv, char *buf, size_t size, uint32_t *index, int clear)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole};
	size_t mark = hv_mark(hv);
	char *to;
	int rc;

	if (size > HV_ARENA_BYTES / 2)
		size = HV_ARENA_BYTES / 2;
	to = hv_buf(hv, size);
	if (!to)
		return -ENOMEM;
	op.u.readconsole.clear = (uint8_t)clear;
	op.u.readconsole.incremental = 1;
	op.u.readconsole.index = *index;
	op.u.readconsole.buffer = hv_ptr(to);
	op.u.readconsole.count = (uint32_t)size;
	rc = call(hv, &op);
	if (!rc) {
		rc = (int)op.u.readconsole.count;
		*index = op.u.readconsole.index;
		memcpy(buf, to, (size_t)rc);
	}
	hv_release(hv, mark);
	return rc;
}

int sysctl_trace(struct hv *hv, struct sysctl_tbuf_op *op)
{
	struct xen_sysctl call_op = {.cmd = XEN_SYSCTL_tbuf_op, .u.tbuf_op = *op};
	int rc = call(hv, &call_op);

	*op = call_op.u.tbuf_op;
	return rc;
}

int sysctl_debug_keys(struct hv *hv, const char *keys)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_debug_keys};
	size_t mark = hv_mark(hv), n = strlen(keys);
	char *buf = hv_buf(hv, n + 1);
	int rc;

	if (!buf)
		return -ENOMEM;
	memcpy(buf, keys, n);
	op.u.debug_keys.keys = hv_ptr(buf);
	op.u.debug_keys.nr_keys = (uint32_t)n;
	rc = call(hv, &op);
	hv_release(hv, mark);
	return rc;
}

int sysctl_cpupool(struct hv *hv, struct sysctl_cpupool_op *o, uint8_t *cpus)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_cpupool_op, .u.cpupool_op = *o};
	size_t mark = hv_mark(hv);
	uint8_t *buf = hv_buf(hv, CPUMAP_BYTES);
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.cpupool_op.cpumap.bitmap = hv_ptr(buf);
	op.u.cpupool_op.cpumap.nr_bits = CPUMAP_BYTES * 8;
	rc = call(hv, &op);
	*o = op.u.cpupool_op;
	if (!rc && cpus)
		memcpy(cpus, buf, CPUMAP_BYTES);
	hv_release(hv, mark);
	return rc;
}

int sysctl_cpu_idle(struct hv *hv, uint64_t *idle, unsigned max)
{
	struct xen_sysctl op = {.cmd = XEN_SYSCTL_getcpuinfo};
	size_t mark = hv_mark(hv);
	uint64_t *buf = hv_buf(hv, max * sizeof(*buf));
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.getcpuinfo.max_cpus = max;
	op.u.getcpuinfo.info = hv_ptr(buf);
	rc = call(hv, &op);
	if (!rc) {
		rc = (int)op.u.getcpuinfo.nr_cpus;
		memcpy(idle, buf, (size_t)rc * sizeof(*buf));
	}
	hv_release(hv, mark);
	return rc;
}

long version_get(struct hv *hv, unsigned what, void *out, size_t size)
{
	return hv_op(hv, HC_XEN_VERSION, what, out, size);
}
