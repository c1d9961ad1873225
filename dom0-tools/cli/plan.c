// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/plan.h"
#include "dev/net.h"
#include "lib/table.h"

static json_t *disk(const struct disk_conf *c)
{
	struct stat st;
	bool device = !stat(c->target, &st) && S_ISBLK(st.st_mode);
	json_t *j =
		json_pack("{s:s,s:s,s:s,s:s}", "vdev", c->vdev, "mode", c->readonly ? "r" : "w",
			  "via", device ? "block device" : "loop device", "backend", "xen-blkback");

	json_object_set_new(j, "target", table_text(c->target));
	return j;
}

static json_t *card(const struct vif_conf *c, size_t number)
{
	char mac[24] = "drawn";
	const uint8_t *m = c->mac;
	json_t *j;

	if (c->has_mac)
		snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
			 m[4], m[5]);
	j = json_pack("{s:i,s:s,s:s,s:s}", "number", (int)number, "bridge", net_bridge(c), "mac",
		      mac, "backend", "xen-netback");
	if (c->mtu)
		json_object_set_new(j, "mtu", json_integer(c->mtu));
	return j;
}

static json_t *plan_of(const struct domconf *c, const struct create_facts *f)
{
	json_t *disks = json_array(), *cards = json_array(), *pcis = json_array(), *j;
	char uuid[37] = "drawn";
	size_t i;

	for (i = 0; i < c->ndisks; i++)
		json_array_append_new(disks, disk(&c->disks[i]));
	for (i = 0; i < c->nvifs; i++)
		json_array_append_new(cards, card(&c->vifs[i], i));
	for (i = 0; i < c->npcis; i++)
		json_array_append_new(pcis, json_pack("{s:s,s:b}", "device", c->pcis[i].bdf,
						      "seize", c->pcis[i].seize == 1));
	if (c->has_uuid)
		uuid_format(c->uuid, uuid);
	j = json_pack("{s:s,s:s,s:I,s:I,s:I,s:i,s:i,s:I,s:I}", "name", c->name, "uuid", uuid,
		      "memory_kib", (json_int_t)c->memory_kib, "max_memory_kib",
		      (json_int_t)c->maxmem_kib, "free_memory_kib", (json_int_t)f->free_kib,
		      "vcpus", (int)c->vcpus, "max_vcpus", (int)c->maxvcpus, "kernel_bytes",
		      (json_int_t)f->kernel_bytes, "ramdisk_bytes", (json_int_t)f->ramdisk_bytes);
	json_object_set_new(j, "kernel", table_text(c->kernel));
	if (c->ramdisk)
		json_object_set_new(j, "ramdisk", table_text(c->ramdisk));
	json_object_set_new(j, "command_line", table_text(c->cmdline));
	if (c->cpus)
		json_object_set_new(j, "cpus", table_text(c->cpus));
	json_object_set_new(j, "disks", disks);
	json_object_set_new(j, "cards", cards);
	json_object_set_new(j, "pci_devices", pcis);
	json_object_set_new(j, "settings", domconf_to_json(c));
	return j;
}

static const char *word(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void line(const char *what, const char *text)
{
	printf("%-14s %s\n", what, text);
}

static void print_devices(const json_t *j)
{
	const json_t *list = json_object_get(j, "disks"), *d;
	char what[40];
	size_t i;

	json_array_foreach(list, i, d)
	{
		snprintf(what, sizeof(what), "disk %s", word(d, "vdev"));
		printf("%-14s %s, %s, as a %s of back-end %s\n", what, word(d, "target"),
		       word(d, "mode")[0] == 'r' ? "read-only" : "writable", word(d, "via"),
		       word(d, "backend"));
	}
	list = json_object_get(j, "cards");
	json_array_foreach(list, i, d)
	{
		snprintf(what, sizeof(what), "card %zu", i);
		printf("%-14s bridge %s, address %s, back-end %s\n", what, word(d, "bridge"),
		       word(d, "mac"), word(d, "backend"));
	}
	list = json_object_get(j, "pci_devices");
	json_array_foreach(list, i, d)
	{
		printf("%-14s %s%s, back-end xen-pciback\n", "pci", word(d, "device"),
		       json_is_true(json_object_get(d, "seize")) ? ", seized if in use" : "");
	}
}

static void print(const json_t *j, const struct domconf *c, const struct create_facts *f)
{
	line("name", word(j, "name"));
	line("uuid", word(j, "uuid"));
	printf("%-14s %" PRIu64 " MiB, at most %" PRIu64 " MiB; %" PRIu64 " MiB are free\n",
	       "memory", c->memory_kib >> 10, c->maxmem_kib >> 10, f->free_kib >> 10);
	printf("%-14s %u, at most %u, on CPUs %s\n", "vcpus", c->vcpus, c->maxvcpus,
	       c->cpus ? word(j, "cpus") : "of any number");
	printf("%-14s %s, %" PRIu64 " KiB in memory\n", "kernel", word(j, "kernel"),
	       f->kernel_bytes >> 10);
	if (c->ramdisk)
		printf("%-14s %s, %" PRIu64 " KiB\n", "ramdisk", word(j, "ramdisk"),
		       f->ramdisk_bytes >> 10);
	line("command line", word(j, "command_line"));
	print_devices(j);
	printf("%-14s on_poweroff %s, on_reboot %s, on_crash %s\n", "when it ends",
	       end_action_name(c->on_poweroff), end_action_name(c->on_reboot),
	       end_action_name(c->on_crash));
}

void plan_print(const struct domconf *conf, const struct create_facts *facts, bool as_json)
{
	json_t *j = plan_of(conf, facts);

	if (as_json)
		table_json(j);
	else
		print(j, conf, facts);
	json_decref(j);
}
