/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest shall be: the meaning of a configuration file. Filled from cfg's settings (a file,
 * overrides of the command line, or the JSON kept for a running guest). Pure: files named in it are
 * not opened here.
 */
#ifndef TOOLS_CONF_DOMCONF_H
#define TOOLS_CONF_DOMCONF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/cfg.h"
#include "conf/disk.h"
#include "conf/pci.h"
#include "conf/vif.h"
#include "lib/diag.h"

enum { DOMCONF_NAME_MAX = 64, DOMCONF_VCPUS_MAX = 32, DOMCONF_DEVS_MAX = 64, CMDLINE_MAX = 1024 };

/* What to do when a guest has ended. */
enum end_action {
	END_DESTROY,
	END_RESTART,
	END_RENAME_RESTART,
	END_PRESERVE,
	END_COREDUMP_DESTROY, /* its memory is kept in a file first */
	END_COREDUMP_RESTART,
};

struct domconf {
	char name[DOMCONF_NAME_MAX];
	uint8_t uuid[16];
	bool has_uuid;
	char *kernel;
	char *ramdisk; /* NULL: none */
	char *cmdline; /* never NULL */
	uint64_t memory_kib;
	uint64_t maxmem_kib; /* >= memory_kib */
	uint64_t minmem_kib; /* <= memory_kib; 0: not given */
	unsigned vcpus;      /* online at start */
	unsigned maxvcpus;
	char *cpus;           /* CPU list for every vCPU, NULL: all */
	char *pool;           /* of CPUs, by name or id; NULL: the first */
	unsigned weight, cap; /* scheduler; weight 0: its default */
	bool has_cap;
	unsigned tsc_mode; /* 0 default, 1 always emulated, 2 never */
	enum end_action on_poweroff, on_reboot, on_crash;
	size_t ndisks, nvifs;
	struct disk_conf disks[DOMCONF_DEVS_MAX];
	char *disk_specs[DOMCONF_DEVS_MAX];
	struct vif_conf vifs[DOMCONF_DEVS_MAX];
	char *vif_specs[DOMCONF_DEVS_MAX];
	size_t npcis;
	struct pci_conf pcis[PCI_DEVS_MAX];
	char *pci_specs[PCI_DEVS_MAX];
	int pci_permissive, pci_seize; /* of devices that do not say */
	int e820_host;                 /* memory where the machine's is; 0: not said, -1: no */
};

/*
 * Fill *out (all zero before) from c. Keys that are known but have no effect here are told through
 * warn(arg, text) one by one. 0, or -EINVAL / -EOPNOTSUPP / -ENOMEM with "file:line: ..." in d.
 * Call domconf_free in either case.
 */
int domconf_from_cfg(struct domconf *out, const struct cfg *c,
		     void (*warn)(void *arg, const char *text), void *arg, struct diag *d);

/* What is wrong with a guest's name ("may hold no ..."), or NULL. */
const char *domconf_name_wrong(const char *name);

void domconf_free(struct domconf *c);

/* The settings as JSON with the file's keys; domconf_from_json reads it back. NULL: out of memory.
 */
json_t *domconf_to_json(const struct domconf *c);
int domconf_from_json(struct domconf *out, const json_t *j, struct diag *d);

/* Device specifications for a JSON or store record keep the drawn address: set it in both places.
 */
int domconf_set_mac(struct domconf *c, size_t i, const uint8_t mac[6]);
/* The same for a card that has an address already. 0 or -ENOMEM. */
int domconf_change_mac(struct domconf *c, size_t i, const uint8_t mac[6]);

/* Another rate for a card or a disk, as in its specification; NULL: no limit. 0 or -ENOMEM. */
int domconf_change_rate(struct domconf *c, size_t i, const char *rate);
int domconf_change_disk_rate(struct domconf *c, size_t i, const char *rate);

/*
 * Put another disk in the place of the one with the same vdev; spec as in a configuration file.
 * 0, as disk_parse, or -ENOENT with d (it has no such disk).
 */
int domconf_change_disk(struct domconf *c, const char *spec, struct diag *d);

/* Is its memory to lie where the machine's does, so that the addresses of devices are free? */
bool domconf_keeps_holes(const struct domconf *c);

const char *end_action_name(enum end_action a);

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"; out needs 37 bytes. parse: 0 or -EINVAL. */
void uuid_format(const uint8_t uuid[16], char *out);
int uuid_parse(const char *s, uint8_t uuid[16]);

#endif
