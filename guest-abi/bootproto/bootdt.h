/* SPDX-License-Identifier: MIT */
/*
 * Domains that start with the machine, as a device tree blob describes them (docs/boot-domains.md
 * has the binding). The hypervisor makes domains of it, the control domain's tools check it and
 * take names from it. libfdt reads the blob; nothing is allocated.
 */
#ifndef BOOTPROTO_BOOTDT_H
#define BOOTPROTO_BOOTDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTDT_DOMAINS_MAX  16u
#define BOOTDT_CHANNELS_MAX 8u /* of a domain */
#define BOOTDT_GRANTS_MAX   16u
#define BOOTDT_PAGES_MAX    8u
#define BOOTDT_NAME_MAX     31u
#define BOOTDT_ARGS_MAX     1023u
#define BOOTDT_CPUS         256u
#define BOOTDT_VCPUS_MAX    32u
#define BOOTDT_PATH_MAX     128u

/* The first ports of a boot-time domain are these; the tree's channels have higher ones. */
#define BOOTDT_STORE_PORT   1u
#define BOOTDT_CONSOLE_PORT 2u
#define BOOTDT_PORT_END     128u
/* The first grants are the console's and the store's; what the tree gives is in the first frame. */
#define BOOTDT_GRANT_CONSOLE 0u
#define BOOTDT_GRANT_STORE   1u
#define BOOTDT_GRANT_END     512u

enum bootdt_console {
	BOOTDT_CONSOLE_DAEMON,  /* waits for the control domain's console daemon */
	BOOTDT_CONSOLE_LOG,     /* until that comes, lines go to the machine's console */
	BOOTDT_CONSOLE_MACHINE, /* until that comes, it is the machine's console */
};

#define BOOTDT_CAP_CONSOLE 1u /* console_io as the control domain has it */
#define BOOTDT_CAP_MACHINE 2u /* its end is the machine's */

struct bootdt_module {
	bool given;
	const char *name; /* first word of the module's own text; NULL: it is the index'th */
	uint32_t index;   /* as the boot loader counts them, the blob included, from 0 */
	int node;
};

struct bootdt_channel {
	uint32_t port;
	uint32_t peer; /* domain, by its place in the list */
	uint32_t peer_port;
	int node;
};

struct bootdt_grant {
	uint32_t ref;
	uint32_t page; /* which of the domain's shared pages */
	uint32_t to;   /* domain, by its place in the list */
	bool readonly;
	int node;
};

struct bootdt_domain {
	char name[BOOTDT_NAME_MAX + 1];
	uint8_t uuid[16];
	uint32_t id;
	uint64_t memory_kib;
	uint32_t vcpus;
	bool has_affinity;
	uint64_t affinity[BOOTDT_CPUS / 64];
	enum bootdt_console console;
	bool no_store;
	uint32_t capabilities;
	struct bootdt_module kernel, ramdisk;
	const char *bootargs; /* NULL: what the kernel module's own text says */
	unsigned int channels, pages, grants;
	struct bootdt_channel channel[BOOTDT_CHANNELS_MAX];
	struct bootdt_grant grant[BOOTDT_GRANTS_MAX];
	int node;
};

/* What is wrong where. A message is "node ", node, is_property, property, ": ", text. */
struct bootdt_error {
	char node[BOOTDT_PATH_MAX];
	const char *is_property; /* ", property ", or "" for the node itself */
	const char *property;
	const char *text;
};

struct bootdt {
	const void *blob;
	unsigned int domains;
	struct bootdt_domain domain[BOOTDT_DOMAINS_MAX];
};

/* Does a device tree blob start at data? len is what there is. */
bool bootdt_is_blob(const void *data, size_t len);

/*
 * Read the blob into *t, which points into it. Returns 0, or -EINVAL with *e filled. Every text in
 * *t is printable ASCII.
 */
int bootdt_read(const void *data, size_t len, struct bootdt *t, struct bootdt_error *e);

/* Is it this module, the index'th of the boot loader's, of that text? */
bool bootdt_is_module(const struct bootdt_module *m, uint32_t index, const char *text);
/* The kernel's command line, if text is its module's. */
const char *bootdt_cmdline(const struct bootdt_domain *d, const char *text);

/* For what is only found out when a domain is made: name the node of t's blob in *e. */
void bootdt_fail(const struct bootdt *t, int node, const char *property, const char *text,
		 struct bootdt_error *e);

#endif
