// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/sched.h"
#include "abi/version.h"
#include "conf/domconf.h"
#include "conf/vdev.h"
#include "exporter/devstat.h"
#include "exporter/scrape.h"
#include "lib/domctl.h"
#include "lib/sysctl.h"
#include "life/names.h"
#include "trace/counter.h"

enum { LABELS = 320, ELEMENT = 64, NAME = 96, CPUS_MAX = 512, SECTOR = 512 };

struct subject {
	struct domctl_getdomaininfo info;
	char labels[LABELS]; /* domid and name */
	uint64_t counted[PAVISE_COUNTERS];
};

struct look {
	struct text *t;
	struct sysctl_physinfo machine;
	uint64_t idle[CPUS_MAX];
	int cpus;
	struct subject *all;
	int n;
	bool counts; /* the hypervisor counts for domains */
	struct devstat *devices;
	int ndevices;
};

static void host_number(struct look *l, const char *name, const char *help, uint64_t value)
{
	text_family(l->t, name, "gauge", help);
	text_number(l->t, name, "", value);
}

static void write_versions(struct look *l, struct hv *hv)
{
	char labels[LABELS] = "", extra[XENVER_EXTRAVERSION_LEN + 1] = "";

	version_get(hv, XENVER_extraversion, extra, XENVER_EXTRAVERSION_LEN);
	text_label(labels, LABELS, "hypervisor", extra);
	text_label(labels, LABELS, "tools", PAVISE_VERSION);
	text_family(l->t, "pavise_info", "gauge", "Versions in use; always 1.");
	text_number(l->t, "pavise_info", labels, 1);
}

static void write_host(struct look *l)
{
	const struct sysctl_physinfo *p = &l->machine;
	char labels[LABELS];
	int i;

	host_number(l, "pavise_host_cpus", "CPUs of the machine.", p->nr_cpus);
	host_number(l, "pavise_host_cpu_hertz", "Clock of its CPUs.", p->cpu_khz * 1000ull);
	host_number(l, "pavise_host_memory_bytes", "Memory of the machine.", p->total_pages << 12);
	host_number(l, "pavise_host_memory_free_bytes", "Memory that no domain has.",
		    p->free_pages << 12);
	host_number(l, "pavise_host_memory_claimed_bytes",
		    "Part of the free memory that is kept for guests being made.",
		    p->outstanding_pages << 12);
	host_number(l, "pavise_host_domains", "Domains, the control domain included.",
		    (uint64_t)l->n);
	if (l->cpus <= 0)
		return;
	text_family(l->t, "pavise_host_cpu_idle_seconds_total", "counter",
		    "Time in which a CPU had nothing to do.");
	for (i = 0; i < l->cpus; i++) {
		snprintf(labels, LABELS, "cpu=\"%d\"", i);
		text_seconds(l->t, "pavise_host_cpu_idle_seconds_total", labels, l->idle[i]);
	}
}

static uint64_t memory(const struct domctl_getdomaininfo *i)
{
	return i->tot_pages << 12;
}

static uint64_t memory_max(const struct domctl_getdomaininfo *i)
{
	return i->max_pages << 12;
}

static uint64_t online(const struct domctl_getdomaininfo *i)
{
	return i->nr_online_vcpus;
}

static uint64_t vcpus(const struct domctl_getdomaininfo *i)
{
	return i->max_vcpu_id + 1ull;
}

static const struct {
	const char *name, *help;
	uint64_t (*of)(const struct domctl_getdomaininfo *i);
} gauges[] = {
	{"pavise_domain_memory_bytes", "Memory that the domain has.", memory},
	{"pavise_domain_memory_max_bytes", "Memory that the domain may have.", memory_max},
	{"pavise_domain_vcpus_online", "vCPUs that the domain uses.", online},
	{"pavise_domain_vcpus", "vCPUs that the domain may use.", vcpus},
};

static bool in_state(const struct domctl_getdomaininfo *i, unsigned state)
{
	bool crashed =
		(i->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == SHUTDOWN_crash;

	switch (state) {
	case XEN_DOMINF_shutdown:
		return i->flags & state && !crashed;
	case 0:
		return i->flags & XEN_DOMINF_shutdown && crashed;
	default:
		return i->flags & state;
	}
}

static void write_states(struct look *l)
{
	static const struct {
		const char *name;
		unsigned flag; /* 0: crashed */
	} states[] = {
		{"running", XEN_DOMINF_running},
		{"blocked", XEN_DOMINF_blocked},
		{"paused", XEN_DOMINF_paused},
		{"shutdown", XEN_DOMINF_shutdown},
		{"crashed", 0},
		{"dying", XEN_DOMINF_dying},
	};
	char labels[LABELS + 2 * ELEMENT];
	size_t k;
	int i;

	text_family(l->t, "pavise_domain_state", "gauge",
		    "1 for what holds; running: at the moment of the look.");
	for (i = 0; i < l->n; i++)
		for (k = 0; k < sizeof(states) / sizeof(states[0]); k++) {
			snprintf(labels, sizeof(labels), "%s,state=\"%s\"", l->all[i].labels,
				 states[k].name);
			text_number(l->t, "pavise_domain_state", labels,
				    in_state(&l->all[i].info, states[k].flag));
		}
}

static void write_domains(struct look *l)
{
	char labels[LABELS + 2 * ELEMENT], uuid[37];
	size_t k;
	int i;

	text_family(l->t, "pavise_domain_info", "gauge", "UUID of a domain; always 1.");
	for (i = 0; i < l->n; i++) {
		uuid_format(l->all[i].info.handle, uuid);
		snprintf(labels, sizeof(labels), "%s,uuid=\"%s\"", l->all[i].labels, uuid);
		text_number(l->t, "pavise_domain_info", labels, 1);
	}
	text_family(l->t, "pavise_domain_cpu_seconds_total", "counter",
		    "CPU time of all vCPUs of the domain.");
	for (i = 0; i < l->n; i++)
		text_seconds(l->t, "pavise_domain_cpu_seconds_total", l->all[i].labels,
			     l->all[i].info.cpu_time);
	for (k = 0; k < sizeof(gauges) / sizeof(gauges[0]); k++) {
		text_family(l->t, gauges[k].name, "gauge", gauges[k].help);
		for (i = 0; i < l->n; i++)
			text_number(l->t, gauges[k].name, l->all[i].labels,
				    gauges[k].of(&l->all[i].info));
	}
	write_states(l);
}

static void write_counter(struct look *l, const struct counter *c, const char *name)
{
	/* "hypercalls" are told apart by the label "hypercall". */
	int singular = (int)strlen(c->name) - 1, i;
	char labels[LABELS + 2 * ELEMENT], element[ELEMENT];
	unsigned k;

	for (i = 0; i < l->n; i++) {
		const uint64_t *values = l->all[i].counted + c->first;

		if (c->n == 1)
			text_number(l->t, name, l->all[i].labels, values[0]);
		for (k = 0; c->n > 1 && k < c->n; k++) {
			if (!values[k])
				continue;
			counter_element(c, k, element, sizeof(element));
			snprintf(labels, sizeof(labels), "%s,%.*s=\"%s\"", l->all[i].labels,
				 singular, c->name, element);
			text_number(l->t, name, labels, values[k]);
		}
	}
}

static void write_counters(struct look *l)
{
	char name[NAME], help[2 * NAME];
	const struct counter *c;

	for (c = counters; c->name; c++) {
		snprintf(name, sizeof(name), "pavise_domain_%s_total", c->name);
		snprintf(help, sizeof(help), "Counter %s of pav counters.", c->name);
		text_family(l->t, name, "counter", help);
		write_counter(l, c, name);
	}
}

static const struct subject *find(const struct look *l, uint16_t domid)
{
	int i;

	for (i = 0; i < l->n; i++)
		if (l->all[i].info.domain == domid)
			return &l->all[i];
	return NULL;
}

struct device_family {
	const char *name, *help;
	bool card;
	int value;
	unsigned unit; /* what one of the value is of what the family counts */
};

static const struct device_family device_families[] = {
	{"pavise_domain_disk_reads_total", "Read requests.", false, DISK_READS, 1},
	{"pavise_domain_disk_writes_total", "Write requests.", false, DISK_WRITES, 1},
	{"pavise_domain_disk_flushes_total", "Requests to flush.", false, DISK_FLUSHES, 1},
	{"pavise_domain_disk_discards_total", "Requests to discard.", false, DISK_DISCARDS, 1},
	{"pavise_domain_disk_read_bytes_total", "Bytes read.", false, DISK_SECTORS_READ, SECTOR},
	{"pavise_domain_disk_written_bytes_total", "Bytes written.", false, DISK_SECTORS_WRITTEN,
	 SECTOR},
	{"pavise_domain_network_receive_bytes_total", "Bytes that the guest received.", true,
	 CARD_RX_BYTES, 1},
	{"pavise_domain_network_receive_packets_total", "Packets that the guest received.", true,
	 CARD_RX_PACKETS, 1},
	{"pavise_domain_network_receive_drop_total", "Packets for the guest that were dropped.",
	 true, CARD_RX_DROPPED, 1},
	{"pavise_domain_network_transmit_bytes_total", "Bytes that the guest sent.", true,
	 CARD_TX_BYTES, 1},
	{"pavise_domain_network_transmit_packets_total", "Packets that the guest sent.", true,
	 CARD_TX_PACKETS, 1},
	{"pavise_domain_network_transmit_drop_total", "Packets of the guest that were dropped.",
	 true, CARD_TX_DROPPED, 1},
};

static void write_devices(struct look *l)
{
	char labels[LABELS + 2 * ELEMENT], device[ELEMENT];
	const struct device_family *f = device_families;
	const struct subject *s;
	size_t k;
	int i;

	for (k = 0; k < sizeof(device_families) / sizeof(*f); k++, f++) {
		text_family(l->t, f->name, "counter", f->help);
		for (i = 0; i < l->ndevices; i++) {
			const struct devstat *d = &l->devices[i];

			s = d->card == f->card ? find(l, d->domid) : NULL;
			if (!s)
				continue;
			snprintf(device, sizeof(device), "%u", d->devid);
			if (!d->card)
				vdev_name(d->devid, device, sizeof(device));
			snprintf(labels, sizeof(labels), "%s,device=\"%s\"", s->labels, device);
			text_number(l->t, f->name, labels, d->value[f->value] * f->unit);
		}
	}
}

static void label(struct host *h, struct subject *s)
{
	char name[DOMCONF_NAME_MAX * 2], id[8];

	snprintf(id, sizeof(id), "%u", s->info.domain);
	name_of(h, s->info.domain, name, sizeof(name));
	text_label(s->labels, LABELS, "domid", id);
	text_label(s->labels, LABELS, "name", name);
}

static int look_at_domains(struct host *h, struct look *l, struct diag *d)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&h->hv, &list), i, rc = 0;

	if (n < 0)
		return diag_set(d, n, "cannot list the domains: %s", strerror(-n));
	l->all = calloc((size_t)n + 1, sizeof(*l->all));
	l->counts = true;
	for (i = 0; i < n && l->all && !rc; i++) {
		struct subject *s = &l->all[l->n];

		memset(s, 0, sizeof(*s));
		s->info = list[i];
		if (l->counts)
			rc = domctl_counters(&h->hv, list[i].domain, s->counted);
		if (rc == -ENOSYS)
			l->counts = false;
		if (rc != -ESRCH) {
			label(h, s);
			l->n++;
		}
		if (rc == -ENOSYS || rc == -ESRCH)
			rc = 0;
	}
	free(list);
	if (!l->all)
		return diag_set(d, -ENOMEM, "out of memory");
	return rc ? diag_set(d, rc, "cannot read the counters of domain %u: %s",
			     l->all[l->n - 1].info.domain, strerror(-rc))
		  : 0;
}

static int look_at(struct host *h, struct look *l, struct diag *d)
{
	char domid[8];
	int rc = store_get(h->store, 0, domid, sizeof(domid), "/local/domain/0/domid");

	/* Without a store every guest would lose its name. */
	if (rc == -EPIPE)
		return diag_set(d, rc, "the store daemon is gone");
	rc = sysctl_physinfo(&h->hv, &l->machine);
	if (rc)
		return diag_set(d, rc, "cannot ask the hypervisor for its state: %s",
				strerror(-rc));
	l->cpus = sysctl_cpu_idle(&h->hv, l->idle, CPUS_MAX);
	rc = look_at_domains(h, l, d);
	if (rc)
		return rc;
	l->ndevices = devstat_read(&l->devices);
	return l->ndevices < 0 ? diag_set(d, l->ndevices, "out of memory") : 0;
}

int scrape(struct host *h, struct text *t, struct diag *d)
{
	struct look l = {.t = t};
	uint64_t begin = host_now();
	int rc = look_at(h, &l, d);

	if (!rc) {
		write_versions(&l, &h->hv);
		write_host(&l);
		write_domains(&l);
		if (l.counts)
			write_counters(&l);
		write_devices(&l);
		text_family(t, "pavise_scrape_seconds", "gauge", "Time that this look took.");
		text_seconds(t, "pavise_scrape_seconds", "", host_now() - begin);
	}
	if (!rc && t->failed)
		rc = diag_set(d, -ENOMEM, "out of memory");
	free(l.all);
	free(l.devices);
	return rc;
}
