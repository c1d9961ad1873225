// SPDX-License-Identifier: GPL-2.0-or-later
#include "conf/bootconf.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "guest-abi/bootproto/bootdt.h"
#include "lib/cpumap.h"

_Static_assert(CPUMAP_BYTES * 8 >= BOOTDT_CPUS, "a list of CPUs has all that a tree can name");

const char *bootconf_module(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Characters that dtc takes in a node's name. */
static int check_name(const struct domconf *confs, size_t i, struct diag *d)
{
	const char *name = confs[i].name, *s = name;
	size_t k;

	while (*s && (isalnum((unsigned char)*s) || strchr(",._+-", *s)))
		s++;
	if (*s || !isalpha((unsigned char)name[0]) || strlen(name) > BOOTDT_NAME_MAX) {
		diag_set(d, -EINVAL, "guest '%s': a node of a device tree cannot have this name",
			 name);
		return diag_hint(
			d, -EINVAL,
			"at most %u letters, digits and ,._+-, the first a letter: name=NAME",
			BOOTDT_NAME_MAX);
	}
	for (k = 0; k < i; k++)
		if (!strcmp(confs[k].name, name))
			return diag_set(d, -EINVAL, "two guests have the name '%s'", name);
	return 0;
}

/* Two files of one name would be one module. */
static int check_module(const char *path, const struct domconf *confs, size_t n, struct diag *d)
{
	const char *name = bootconf_module(path);
	size_t i, k;

	if (strpbrk(name, " \"\\")) {
		diag_set(d, -EINVAL, "file %s: a boot module cannot have this name", path);
		return diag_hint(d, -EINVAL, "give it one without blanks and quotes");
	}
	for (i = 0; i < n; i++)
		for (k = 0; k < 2; k++) {
			const char *other = k ? confs[i].ramdisk : confs[i].kernel;

			if (!other || strcmp(bootconf_module(other), name) || !strcmp(other, path))
				continue;
			diag_set(d, -EINVAL, "files %s and %s have the same name", path, other);
			return diag_hint(d, -EINVAL, "copy one of them to another name");
		}
	return 0;
}

static void put_text(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static int put_affinity(FILE *f, const struct domconf *c, struct diag *d)
{
	uint8_t map[CPUMAP_BYTES];
	unsigned int i, n = 0;

	if (cpumap_parse(c->cpus, map))
		return diag_set(d, -EINVAL, "guest '%s': cpus '%s' is not a list of CPUs", c->name,
				c->cpus);
	for (i = 0; i < BOOTDT_CPUS; i++)
		n += map[i / 8] >> i % 8 & 1;
	if (n == BOOTDT_CPUS)
		return 0;
	fprintf(f, "\t\t\taffinity = <");
	for (i = 0; i < BOOTDT_CPUS; i++)
		if (map[i / 8] >> i % 8 & 1)
			fprintf(f, " %u", i);
	fprintf(f, " >;\n");
	return 0;
}

static void put_module(FILE *f, const char *kind, const char *path, const char *args)
{
	fprintf(f, "\t\t\t%s {\n\t\t\t\tcompatible = \"multiboot,%s\";\n", kind, kind);
	fprintf(f, "\t\t\t\tmodule-name = \"%s\";\n", bootconf_module(path));
	if (args) {
		fprintf(f, "\t\t\t\tbootargs = ");
		put_text(f, args);
		fprintf(f, ";\n");
	}
	fprintf(f, "\t\t\t};\n");
}

static int put_domain(FILE *f, const struct domconf *c, struct diag *d)
{
	char uuid[37];
	int rc = 0;

	fprintf(f, "\t\t%s {\n\t\t\tcompatible = \"xen,domain\";\n", c->name);
	fprintf(f, "\t\t\tmemory = <%#llx %#llx>;\t/* %llu MiB */\n",
		(unsigned long long)c->memory_kib >> 32,
		(unsigned long long)c->memory_kib & 0xffffffff,
		(unsigned long long)c->memory_kib >> 10);
	fprintf(f, "\t\t\tcpus = <%u>;\n", c->vcpus);
	if (c->cpus)
		rc = put_affinity(f, c, d);
	fprintf(f, "\t\t\tconsole = \"log\";\n");
	if (c->has_uuid) {
		uuid_format(c->uuid, uuid);
		fprintf(f, "\t\t\tuuid = \"%s\";\n", uuid);
	}
	put_module(f, "kernel", c->kernel, c->cmdline);
	if (c->ramdisk)
		put_module(f, "ramdisk", c->ramdisk, NULL);
	fprintf(f, "\t\t};\n");
	return rc;
}

static void tell(const struct domconf *c, void (*warn)(void *arg, const char *text), void *arg)
{
	const struct {
		const char *what;
		bool has;
	} lacks[] = {
		{"disks: attach them later, pav block-attach", c->ndisks},
		{"devices of the machine (pci)", c->npcis},
		{"network cards: attach them later, pav network-attach", c->nvifs},
		{"memory beyond what it starts with (maxmem)", c->maxmem_kib > c->memory_kib},
		{"more vCPUs than it starts with (maxvcpus)", c->maxvcpus > c->vcpus},
		{"a weight or cap: set it later, pav sched", c->weight || c->has_cap},
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		if (lacks[i].has) {
			snprintf(text, sizeof(text), "guest '%s' starts without %s", c->name,
				 lacks[i].what);
			warn(arg, text);
		}
}

int bootconf_write(FILE *f, const struct domconf *confs, size_t n,
		   void (*warn)(void *arg, const char *text), void *arg, struct diag *d)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && !rc; i++) {
		rc = check_name(confs, i, d);
		if (!rc)
			rc = check_module(confs[i].kernel, confs, n, d);
		if (!rc && confs[i].ramdisk)
			rc = check_module(confs[i].ramdisk, confs, n, d);
		if (!rc)
			tell(&confs[i], warn, arg);
	}
	if (rc)
		return rc;
	fprintf(f, "/dts-v1/;\n\n/ {\n\tchosen {\n");
	for (i = 0; i < n && !rc; i++)
		rc = put_domain(f, &confs[i], d);
	fprintf(f, "\t};\n};\n");
	return rc;
}
