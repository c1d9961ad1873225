// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON form of a configuration: same keys as the file, read back through the same table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domconf.h"

static json_t *strings(char *const *s, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(a, json_string(s[i]));
	return a;
}

json_t *domconf_to_json(const struct domconf *c)
{
	json_t *j = json_object();
	char uuid[37];

	uuid_format(c->uuid, uuid);
	json_object_set_new(j, "name", json_string(c->name));
	if (c->has_uuid)
		json_object_set_new(j, "uuid", json_string(uuid));
	json_object_set_new(j, "kernel", json_string(c->kernel));
	if (c->ramdisk)
		json_object_set_new(j, "ramdisk", json_string(c->ramdisk));
	json_object_set_new(j, "cmdline", json_string(c->cmdline));
	json_object_set_new(j, "memory", json_integer((json_int_t)c->memory_kib >> 10));
	json_object_set_new(j, "maxmem", json_integer((json_int_t)c->maxmem_kib >> 10));
	if (c->minmem_kib)
		json_object_set_new(j, "minmem", json_integer((json_int_t)c->minmem_kib >> 10));
	json_object_set_new(j, "vcpus", json_integer(c->vcpus));
	json_object_set_new(j, "maxvcpus", json_integer(c->maxvcpus));
	if (c->cpus)
		json_object_set_new(j, "cpus", json_string(c->cpus));
	if (c->pool)
		json_object_set_new(j, "pool", json_string(c->pool));
	if (c->weight)
		json_object_set_new(j, "cpu_weight", json_integer(c->weight));
	if (c->has_cap)
		json_object_set_new(j, "cap", json_integer(c->cap));
	if (c->tsc_mode)
		json_object_set_new(j, "tsc_mode",
				    json_string(c->tsc_mode == 1 ? "always_emulate" : "native"));
	json_object_set_new(j, "disk", strings(c->disk_specs, c->ndisks));
	json_object_set_new(j, "vif", strings(c->vif_specs, c->nvifs));
	if (c->npcis)
		json_object_set_new(j, "pci", strings(c->pci_specs, c->npcis));
	if (c->pci_permissive)
		json_object_set_new(j, "pci_permissive", json_integer(1));
	if (c->pci_seize)
		json_object_set_new(j, "pci_seize", json_integer(1));
	if (c->e820_host)
		json_object_set_new(j, "e820_host", json_integer(c->e820_host > 0));
	json_object_set_new(j, "on_poweroff", json_string(end_action_name(c->on_poweroff)));
	json_object_set_new(j, "on_reboot", json_string(end_action_name(c->on_reboot)));
	json_object_set_new(j, "on_crash", json_string(end_action_name(c->on_crash)));
	return j;
}

static struct cfg_value *value_of(const json_t *j)
{
	struct cfg_value *v = calloc(1, sizeof(*v)), **tail;
	size_t i;

	if (!v)
		return NULL;
	tail = &v->items;
	if (json_is_integer(j)) {
		v->kind = CFG_NUMBER;
		if (asprintf(&v->text, "%lld", (long long)json_integer_value(j)) < 0)
			v->text = NULL;
	} else if (json_is_array(j)) {
		v->kind = CFG_LIST;
		for (i = 0; i < json_array_size(j); i++) {
			*tail = value_of(json_array_get(j, i));
			if (!*tail)
				break;
			tail = &(*tail)->next;
		}
	} else {
		v->kind = CFG_STRING;
		v->text = strdup(json_is_string(j) ? json_string_value(j) : "");
	}
	return v;
}

static void no_warning(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

int domconf_from_json(struct domconf *out, const json_t *j, struct diag *d)
{
	struct cfg c;
	const char *key;
	json_t *member;
	int rc;

	cfg_init(&c);
	json_object_foreach((json_t *)j, key, member) {
		struct cfg_entry *e = calloc(1, sizeof(*e));

		if (!e)
			break;
		e->key = strdup(key);
		e->file = "record";
		e->value = value_of(member);
		*c.tail = e;
		c.tail = &e->next;
		if (!e->key || !e->value || (e->value->kind != CFG_LIST && !e->value->text)) {
			cfg_free(&c);
			return diag_set(d, -ENOMEM, "out of memory");
		}
	}
	rc = domconf_from_cfg(out, &c, no_warning, NULL, d);
	cfg_free(&c);
	return rc;
}

int domconf_set_mac(struct domconf *c, size_t i, const uint8_t mac[6])
{
	char *spec = c->vif_specs[i], *with;

	if (asprintf(&with, "mac=%02x:%02x:%02x:%02x:%02x:%02x%s%s", mac[0], mac[1], mac[2], mac[3],
		     mac[4], mac[5], spec[0] ? "," : "", spec) < 0)
		return -ENOMEM;
	memcpy(c->vifs[i].mac, mac, 6);
	c->vifs[i].has_mac = true;
	c->vif_specs[i] = with;
	free(spec);
	return 0;
}

/* A copy of a card's specification without what begins with key ("mac="); NULL: no memory. */
static char *spec_without(const char *spec, const char *key)
{
	char *rest = strdup(spec), *at = rest ? strstr(rest, key) : NULL, *end;

	if (at && (at == rest || at[-1] == ',')) {
		end = strchrnul(at, ',');
		memmove(at, *end ? end + 1 : end, strlen(*end ? end + 1 : end) + 1);
		end = strchr(rest, '\0');
		if (end > rest && end[-1] == ',')
			end[-1] = '\0';
	}
	return rest;
}

static int change_rate(char **spec, const char *rate)
{
	char *with = spec_without(*spec, "rate="), *rest = with;
	const char *comma = rest && rest[0] ? "," : "";

	/* A target with a key takes the rest of a disk's specification. */
	if (rest && rate &&
	    (strstr(rest, "target=") ? asprintf(&with, "rate=%s%s%s", rate, comma, rest)
				     : asprintf(&with, "%s%srate=%s", rest, comma, rate)) < 0)
		with = NULL;
	if (with != rest)
		free(rest);
	if (!with)
		return -ENOMEM;
	free(*spec);
	*spec = with;
	return 0;
}

int domconf_change_rate(struct domconf *c, size_t i, const char *rate)
{
	return change_rate(&c->vif_specs[i], rate);
}

int domconf_change_disk_rate(struct domconf *c, size_t i, const char *rate)
{
	return change_rate(&c->disk_specs[i], rate);
}

int domconf_change_mac(struct domconf *c, size_t i, const uint8_t mac[6])
{
	char *rest = spec_without(c->vif_specs[i], "mac=");

	if (!rest)
		return -ENOMEM;
	free(c->vif_specs[i]);
	c->vif_specs[i] = rest;
	return domconf_set_mac(c, i, mac);
}

int domconf_change_disk(struct domconf *c, const char *spec, struct diag *d)
{
	struct disk_conf new;
	char *copy = strdup(spec);
	size_t i = 0;
	int rc = copy ? disk_parse(spec, &new, d) : diag_set(d, -ENOMEM, "out of memory");

	if (rc) {
		free(copy);
		return rc;
	}
	while (i < c->ndisks && c->disks[i].devid != new.devid)
		i++;
	if (i == c->ndisks) {
		rc = diag_set(d, -ENOENT, "guest %s has no disk %s to put '%s' in the place of",
			      c->name, new.vdev, spec);
		diag_hint(d, rc, "name one of its disks, as its configuration does: xvda");
		disk_conf_free(&new);
		free(copy);
		return rc;
	}
	disk_conf_free(&c->disks[i]);
	free(c->disk_specs[i]);
	c->disks[i] = new;
	c->disk_specs[i] = copy;
	return 0;
}
