// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/xlconf.h"

#define OWN_MEMBER "pavise"

static const char *const tsc_modes[] = {"default", "always_emulate", "native"};

static const struct {
	const char *theirs;
	const char *ours;
} actions[] = {
	{"destroy", "destroy"},
	{"restart", "restart"},
	{"restart_rename", "rename-restart"},
	{"preserve", "preserve"},
	{"coredump_destroy", "coredump-destroy"},
	{"coredump_restart", "coredump-restart"},
};

#define NR_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static json_t *their_action(enum end_action a)
{
	size_t i;

	for (i = 0; i < NR_ACTIONS; i++)
		if (!strcmp(actions[i].ours, end_action_name(a)))
			return json_string(actions[i].theirs);
	return json_null();
}

static json_t *their_disk(const struct disk_conf *c)
{
	json_t *j = json_object();

	if (c->target)
		json_object_set_new(j, "pdev_path", json_string(c->target));
	json_object_set_new(j, "vdev", json_string(c->vdev));
	json_object_set_new(j, "format", json_string(c->target ? "raw" : "empty"));
	if (c->script)
		json_object_set_new(j, "script", json_string(c->script));
	json_object_set_new(j, "removable", json_integer(c->cdrom));
	json_object_set_new(j, "readwrite", json_integer(!c->readonly));
	json_object_set_new(j, "is_cdrom", json_integer(c->cdrom));
	json_object_set_new(j, "direct_io_safe", json_boolean(c->direct_io_safe));
	json_object_set_new(j, "discard_enable", json_string(c->discard ? "True" : "False"));
	return j;
}

static json_t *their_card(const struct vif_conf *c, size_t devid)
{
	json_t *j = json_object();
	char mac[18];

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", c->mac[0], c->mac[1], c->mac[2],
		 c->mac[3], c->mac[4], c->mac[5]);
	json_object_set_new(j, "devid", json_integer((json_int_t)devid));
	json_object_set_new(j, "mac", json_string(mac));
	if (c->bridge[0])
		json_object_set_new(j, "bridge", json_string(c->bridge));
	if (c->vifname[0])
		json_object_set_new(j, "ifname", json_string(c->vifname));
	if (c->ip)
		json_object_set_new(j, "ip", json_string(c->ip));
	if (c->script)
		json_object_set_new(j, "script", json_string(c->script));
	if (c->mtu)
		json_object_set_new(j, "mtu", json_integer(c->mtu));
	if (c->rate_bytes) {
		json_object_set_new(j, "rate_bytes_per_interval",
				    json_integer((json_int_t)c->rate_bytes));
		json_object_set_new(j, "rate_interval_usecs", json_integer(c->rate_usecs));
	}
	json_object_set_new(j, "nictype", json_string("vif"));
	return j;
}

static json_t *their_build(const struct domconf *c)
{
	json_t *j = json_object(), *online = json_array(), *sched = json_object();
	unsigned i;

	for (i = 0; i < c->vcpus; i++)
		json_array_append_new(online, json_integer(i));
	if (c->weight)
		json_object_set_new(sched, "weight", json_integer(c->weight));
	if (c->has_cap)
		json_object_set_new(sched, "cap", json_integer(c->cap));
	json_object_set_new(j, "max_vcpus", json_integer(c->maxvcpus));
	json_object_set_new(j, "avail_vcpus", online);
	json_object_set_new(j, "max_memkb", json_integer((json_int_t)c->maxmem_kib));
	json_object_set_new(j, "target_memkb", json_integer((json_int_t)c->memory_kib));
	json_object_set_new(j, "tsc_mode", json_string(tsc_modes[c->tsc_mode]));
	json_object_set_new(j, "sched_params", sched);
	json_object_set_new(j, "kernel", json_string(c->kernel));
	if (c->ramdisk)
		json_object_set_new(j, "ramdisk", json_string(c->ramdisk));
	json_object_set_new(j, "cmdline", json_string(c->cmdline));
	json_object_set_new(j, "type.pv", json_object());
	return j;
}

json_t *xlconf_from_domconf(const struct domconf *c)
{
	json_t *j = json_object(), *who = json_object(), *disks = json_array(),
	       *nics = json_array();
	char uuid[37];
	size_t i;

	uuid_format(c->uuid, uuid);
	json_object_set_new(who, "type", json_string("pv"));
	json_object_set_new(who, "name", json_string(c->name));
	json_object_set_new(who, "uuid", json_string(uuid));
	for (i = 0; i < c->ndisks; i++)
		json_array_append_new(disks, their_disk(&c->disks[i]));
	for (i = 0; i < c->nvifs; i++)
		json_array_append_new(nics, their_card(&c->vifs[i], i));
	json_object_set_new(j, "c_info", who);
	json_object_set_new(j, "b_info", their_build(c));
	json_object_set_new(j, "disks", disks);
	json_object_set_new(j, "nics", nics);
	json_object_set_new(j, "on_poweroff", their_action(c->on_poweroff));
	json_object_set_new(j, "on_reboot", their_action(c->on_reboot));
	json_object_set_new(j, "on_crash", their_action(c->on_crash));
	json_object_set_new(j, OWN_MEMBER, domconf_to_json(c));
	return j;
}

static const char *text(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void copy(json_t *to, const char *key, const json_t *from, const char *theirs)
{
	json_t *v = json_object_get(from, theirs);

	if (v && !json_is_null(v))
		json_object_set(to, key, v);
}

/* "key=value," at the end of a specification. */
static void append(char **spec, const char *key, const char *value)
{
	char *more;

	if (!value || !*spec)
		return;
	if (asprintf(&more, "%s%s=%s,", *spec, key, value) < 0)
		more = NULL;
	free(*spec);
	*spec = more;
}

static json_t *spec_end(char *spec)
{
	json_t *j;

	if (spec && spec[0])
		spec[strlen(spec) - 1] = '\0';
	j = spec ? json_string(spec) : NULL;
	free(spec);
	return j;
}

static bool is(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	return json_is_true(v) || json_integer_value(v) ||
	       (json_is_string(v) && !strcmp(json_string_value(v), "True"));
}

static json_t *our_disk(const json_t *j)
{
	char *spec = strdup("");
	const char *format = text(j, "format"), *discard = text(j, "discard_enable");

	if (format && strcmp(format, "unknown") && strcmp(format, "empty"))
		append(&spec, "format", format);
	append(&spec, "vdev", text(j, "vdev"));
	append(&spec, "access", is(j, "readwrite") ? "rw" : "ro");
	if (is(j, "is_cdrom"))
		append(&spec, "devtype", "cdrom");
	append(&spec, "script", text(j, "script"));
	if (spec && is(j, "direct_io_safe")) {
		char *more = NULL;

		if (asprintf(&more, "%sdirect-io-safe,", spec) < 0)
			more = NULL;
		free(spec);
		spec = more;
	}
	if (spec && discard && !strcmp(discard, "False")) {
		char *more = NULL;

		if (asprintf(&more, "%sno-discard,", spec) < 0)
			more = NULL;
		free(spec);
		spec = more;
	}
	/* The rest of a specification after target= is the path, whatever it holds. */
	append(&spec, "target", text(j, "pdev_path"));
	return spec_end(spec);
}

static json_t *our_card(const json_t *j)
{
	json_int_t bytes = json_integer_value(json_object_get(j, "rate_bytes_per_interval"));
	json_int_t usecs = json_integer_value(json_object_get(j, "rate_interval_usecs"));
	char *spec = strdup(""), number[64];

	append(&spec, "mac", text(j, "mac"));
	append(&spec, "bridge", text(j, "bridge"));
	append(&spec, "vifname", text(j, "ifname"));
	append(&spec, "ip", text(j, "ip"));
	append(&spec, "script", text(j, "script"));
	if (json_integer_value(json_object_get(j, "mtu"))) {
		snprintf(number, sizeof(number), "%lld",
			 (long long)json_integer_value(json_object_get(j, "mtu")));
		append(&spec, "mtu", number);
	}
	if (bytes > 0 && usecs > 0) {
		snprintf(number, sizeof(number), "%.0fB/s@%lldus",
			 (double)bytes * 1e6 / (double)usecs, (long long)usecs);
		append(&spec, "rate", number);
	}
	return spec_end(spec);
}

static int translate_list(json_t *to, const char *key, const json_t *list,
			  json_t *(*one)(const json_t *j))
{
	json_t *out = json_array(), *spec;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		spec = one(json_array_get(list, i));
		if (!spec) {
			json_decref(out);
			return -ENOMEM;
		}
		json_array_append_new(out, spec);
	}
	json_object_set_new(to, key, out);
	return 0;
}

static void translate_action(json_t *to, const char *key, const json_t *from)
{
	/* What has its first value is not written. */
	const char *theirs = text(from, key) ? text(from, key) : "destroy";
	size_t i;

	for (i = 0; i < NR_ACTIONS; i++)
		if (!strcmp(actions[i].theirs, theirs))
			json_object_set_new(to, key, json_string(actions[i].ours));
}

static json_int_t mebibytes(const json_t *j, const char *key)
{
	return (json_integer_value(json_object_get(j, key)) + 1023) >> 10;
}

static void translate_build(json_t *to, const json_t *b)
{
	const json_t *sched = json_object_get(b, "sched_params");
	json_int_t weight = json_integer_value(json_object_get(sched, "weight"));
	json_int_t memory = mebibytes(b, "target_memkb"), max = mebibytes(b, "max_memkb");
	const char *loader = text(b, "bootloader");
	size_t online = json_array_size(json_object_get(b, "avail_vcpus"));

	if (memory > 0)
		json_object_set_new(to, "memory", json_integer(memory));
	if (max > 0)
		json_object_set_new(to, "maxmem", json_integer(max > memory ? max : memory));
	copy(to, "maxvcpus", b, "max_vcpus");
	if (online)
		json_object_set_new(to, "vcpus", json_integer((json_int_t)online));
	if (weight > 0)
		json_object_set_new(to, "cpu_weight", json_integer(weight));
	if (json_integer_value(json_object_get(sched, "cap")) > 0)
		copy(to, "cap", sched, "cap");
	if (text(b, "tsc_mode"))
		copy(to, "tsc_mode", b, "tsc_mode");
	copy(to, "ramdisk", b, "ramdisk");
	copy(to, "cmdline", b, "cmdline");
	/* The name says what to do about it when such a guest is to be started anew. */
	if (text(b, "kernel"))
		copy(to, "kernel", b, "kernel");
	else
		json_object_set_new(to, "kernel",
				    json_sprintf("(from boot loader %s)", loader ? loader : "?"));
}

int xlconf_to_domconf(const json_t *j, struct domconf *out, struct diag *d)
{
	const json_t *who = json_object_get(j, "c_info"), *own = json_object_get(j, OWN_MEMBER);
	const char *type = text(who, "type");
	json_t *to;
	int rc;

	if (json_is_object(own))
		return domconf_from_json(out, own, d);
	if (!json_is_object(who) || !json_is_object(json_object_get(j, "b_info")))
		return diag_set(d, -EINVAL, "the configuration lacks c_info or b_info");
	if (!type || strcmp(type, "pv")) {
		diag_set(d, -EOPNOTSUPP, "the guest is of type '%s'", type ? type : "unknown");
		return diag_hint(d, -EOPNOTSUPP, "only paravirtualized guests are served");
	}
	to = json_object();
	copy(to, "name", who, "name");
	copy(to, "uuid", who, "uuid");
	translate_build(to, json_object_get(j, "b_info"));
	translate_action(to, "on_poweroff", j);
	translate_action(to, "on_reboot", j);
	translate_action(to, "on_crash", j);
	rc = translate_list(to, "disk", json_object_get(j, "disks"), our_disk);
	if (!rc)
		rc = translate_list(to, "vif", json_object_get(j, "nics"), our_card);
	rc = rc ? diag_set(d, rc, "out of memory") : domconf_from_json(out, to, d);
	json_decref(to);
	return rc;
}
