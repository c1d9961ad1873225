// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "abi/version.h"
#include "cli/cli.h"
#include "lib/daemon.h"
#include "lib/sysctl.h"
#include "lib/table.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static void text(json_t *j, struct hv *hv, const char *key, unsigned what, size_t size)
{
	char buf[1025] = "";

	if (version_get(hv, what, buf, size) < 0)
		return;
	buf[size] = '\0';
	/* Some hypervisors end the list of capabilities with a blank. */
	while (buf[0] && buf[strlen(buf) - 1] == ' ')
		buf[strlen(buf) - 1] = '\0';
	json_object_set_new(j, key, json_string(buf));
}

static void number(json_t *j, const char *key, uint64_t v)
{
	json_object_set_new(j, key, json_integer((json_int_t)v));
}

static void version(json_t *j, struct hv *hv)
{
	struct version_compile_info ci = {.compiler = ""};
	long v = version_get(hv, XENVER_version, NULL, 0);

	if (v >= 0) {
		number(j, "xen_major", (uint64_t)v >> 16);
		number(j, "xen_minor", (uint64_t)v & 0xffff);
	}
	text(j, hv, "xen_extra", XENVER_extraversion, XENVER_EXTRAVERSION_LEN);
	text(j, hv, "xen_caps", XENVER_capabilities, XENVER_CAPABILITIES_LEN);
	text(j, hv, "xen_changeset", XENVER_changeset, XENVER_CHANGESET_LEN);
	text(j, hv, "xen_commandline", XENVER_commandline, XENVER_COMMANDLINE_LEN);
	if (version_get(hv, XENVER_compile_info, &ci, sizeof(ci)) < 0)
		return;
	ci.compiler[sizeof(ci.compiler) - 1] = ci.compile_date[sizeof(ci.compile_date) - 1] = '\0';
	json_object_set_new(j, "cc_compiler", json_string(ci.compiler));
	json_object_set_new(j, "cc_compile_date", json_string(ci.compile_date));
}

static void machine(json_t *j, const struct sysctl_physinfo *p)
{
	char caps[160] = "", hw[96];
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{XEN_SYSCTL_PHYSCAP_pv, "pv"},
		{XEN_SYSCTL_PHYSCAP_hvm, "hvm"},
		{XEN_SYSCTL_PHYSCAP_directio, "directio"},
		{XEN_SYSCTL_PHYSCAP_hap, "hap"},
		{XEN_SYSCTL_PHYSCAP_shadow, "shadow"},
		{XEN_SYSCTL_PHYSCAP_gnttab_v1, "gnttab-v1"},
		{XEN_SYSCTL_PHYSCAP_gnttab_v2, "gnttab-v2"},
	};
	size_t i, n = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (p->capabilities & names[i].bit)
			n += (size_t)snprintf(caps + n, sizeof(caps) - n, "%s%s", n ? " " : "",
					      names[i].name);
	for (i = n = 0; i < 8; i++)
		n += (size_t)snprintf(hw + n, sizeof(hw) - n, "%s%08x", n ? ":" : "", p->hw_cap[i]);
	number(j, "nr_cpus", p->nr_cpus);
	number(j, "nr_nodes", p->nr_nodes);
	number(j, "cores_per_socket", p->cores_per_socket);
	number(j, "threads_per_core", p->threads_per_core);
	number(j, "cpu_mhz", p->cpu_khz / 1000);
	json_object_set_new(j, "hw_caps", json_string(hw));
	json_object_set_new(j, "virt_caps", json_string(caps));
	number(j, "total_memory", p->total_pages >> 8);
	number(j, "free_memory", p->free_pages >> 8);
	number(j, "free_memory_kib", p->free_pages << 2);
	/* Part of the free memory, kept for guests that are being made. */
	number(j, "outstanding_claims", p->outstanding_pages >> 8);
}

static const char *scheduler(struct hv *hv)
{
	switch (sysctl_sched_id(hv)) {
	case XEN_SCHEDULER_CREDIT:
		return "credit";
	case XEN_SCHEDULER_CREDIT2:
		return "credit2";
	case XEN_SCHEDULER_NULL:
		return "null";
	default:
		return "other";
	}
}

static void print(const json_t *j)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)j, key, v) {
		if (json_is_string(v))
			printf("%-22s : %s\n", key, json_string_value(v));
		else
			printf("%-22s : %lld\n", key, (long long)json_integer_value(v));
	}
}

static int run(struct cli *c, int n, char **args)
{
	static const char *const daemons[] = {"pav-consoled", "pav-domd"};
	struct sysctl_physinfo p;
	struct utsname u;
	json_t *j;
	size_t i;
	int rc = sysctl_physinfo(&c->h.hv, &p);

	(void)n;
	(void)args;
	if (rc)
		return diag_set(&c->d, rc, "cannot ask the hypervisor for its state: %s",
				strerror(-rc));
	j = json_object();
	uname(&u);
	json_object_set_new(j, "host", json_string(u.nodename));
	json_object_set_new(j, "release", json_string(u.release));
	json_object_set_new(j, "machine", json_string(u.machine));
	machine(j, &p);
	json_object_set_new(j, "xen_scheduler", json_string(scheduler(&c->h.hv)));
	version(j, &c->h.hv);
	json_object_set_new(j, "pavise_tools", json_string(PAVISE_VERSION));
	/* Any store daemon will do: what counts is that one answers. */
	c->h.store = store_open(&c->d);
	json_object_set_new(j, "store", json_string(c->h.store ? "running" : "not running"));
	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++)
		json_object_set_new(
			j, daemons[i],
			json_string(daemon_runs(daemons[i]) ? "running" : "not running"));
	if (as_json)
		table_json(j);
	else
		print(j);
	json_decref(j);
	return 0;
}

const struct verb verb_info = {
	.name = "info",
	.cmd = {"pav info", "", "show the machine, the hypervisor and the daemons", opts},
	.need = NEED_HV,
	.run = run,
};
