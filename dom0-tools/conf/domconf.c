// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domconf.h"
#include "conf/keys.h"
#include "lib/opt.h"

struct reader {
	struct domconf *out;
	const struct cfg *c;
	const struct cfg_entry *e; /* the one being read */
	struct diag *d;
	char *root, *extra, *cmdline; /* parts of the kernel's command line */
	void (*warn)(void *arg, const char *text);
	void *arg;
};

static const char *const actions[] = {
	"destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart",
};

#define ACTIONS "destroy, restart, rename-restart, preserve, coredump-destroy, coredump-restart"

const char *end_action_name(enum end_action a)
{
	return actions[a];
}

void uuid_format(const uint8_t u[16], char *out)
{
	int i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		out += sprintf(out, "%02x", u[i]);
	}
}

int uuid_parse(const char *s, uint8_t uuid[16])
{
	int n = 0;

	for (; *s && n < 32; s++) {
		unsigned v;

		if (*s == '-')
			continue;
		if (!isxdigit((unsigned char)*s))
			return -EINVAL;
		v = (unsigned)(isdigit((unsigned char)*s) ? *s - '0' : (*s | 32) - 'a' + 10);
		uuid[n / 2] = (uint8_t)(n & 1 ? uuid[n / 2] | v : v << 4);
		n++;
	}
	return n == 32 && !*s ? 0 : -EINVAL;
}

static int wrong(struct reader *r, const char *what)
{
	return diag_set(r->d, -EINVAL, "%s:%d: %s %s", r->e->file, r->e->line, r->e->key, what);
}

static int text(struct reader *r, const char **out)
{
	*out = r->e->value->kind == CFG_LIST ? "" : r->e->value->text;
	return r->e->value->kind == CFG_LIST ? wrong(r, "must be a string, not a list") : 0;
}

static int dup_text(struct reader *r, char **out)
{
	const char *s;
	int rc = text(r, &s);

	if (rc)
		return rc;
	*out = strdup(s);
	return *out ? 0 : -ENOMEM;
}

static int number(struct reader *r, unsigned long long min, unsigned long long max,
		  unsigned long long *out)
{
	const char *s;
	int rc = text(r, &s);

	if (rc)
		return rc;
	if (opt_uint(s, ~0ULL, out))
		return wrong(r, "must be a number");
	if (*out < min || *out > max)
		return diag_set(r->d, -EINVAL, "%s:%d: %s must lie between %llu and %llu, not %s",
				r->e->file, r->e->line, r->e->key, min, max, s);
	return 0;
}

const char *domconf_name_wrong(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (!isgraph((unsigned char)*p) || *p == '/')
			return "may hold no blank, '/' or control character";
	if (!*name || strlen(name) >= DOMCONF_NAME_MAX)
		return "must have 1 to 63 characters";
	return strcmp(name, "Domain-0") ? NULL : "is the control domain's own";
}

static int get_name(struct reader *r)
{
	const char *s, *why;
	int rc = text(r, &s);

	if (rc)
		return rc;
	why = domconf_name_wrong(s);
	if (why)
		return wrong(r, why);
	strcpy(r->out->name, s);
	return 0;
}

static int get_uuid(struct reader *r)
{
	const char *s;
	int rc = text(r, &s);

	if (rc)
		return rc;
	r->out->has_uuid = true;
	return uuid_parse(s, r->out->uuid) ? wrong(r, "is not a UUID (32 hexadecimal digits)") : 0;
}

static int get_type(struct reader *r)
{
	const char *s;
	int rc = text(r, &s);

	if (rc)
		return rc;
	if (!strcmp(s, "pv") || !strcmp(s, "generic") || !strcmp(s, "linux"))
		return 0;
	if (!strcmp(s, "hvm") || !strcmp(s, "pvh"))
		return diag_hint(r->d,
				 diag_set(r->d, -EOPNOTSUPP,
					  "%s:%d: %s '%s' is known but not served yet", r->e->file,
					  r->e->line, r->e->key, s),
				 "guests are paravirtualized: type = \"pv\"");
	return wrong(r, "must be \"pv\"");
}

static int get_kernel(struct reader *r)
{
	return dup_text(r, &r->out->kernel);
}

static int get_ramdisk(struct reader *r)
{
	return dup_text(r, &r->out->ramdisk);
}

static int get_root(struct reader *r)
{
	return dup_text(r, &r->root);
}

static int get_extra(struct reader *r)
{
	return dup_text(r, &r->extra);
}

static int get_cmdline(struct reader *r)
{
	return dup_text(r, &r->cmdline);
}

static int mebibytes(struct reader *r, uint64_t *kib)
{
	unsigned long long n;
	int rc = number(r, 1, 16ULL << 20, &n);

	*kib = rc ? 0 : n << 10;
	return rc;
}

static int get_memory(struct reader *r)
{
	return mebibytes(r, &r->out->memory_kib);
}

static int get_maxmem(struct reader *r)
{
	return mebibytes(r, &r->out->maxmem_kib);
}

static int get_minmem(struct reader *r)
{
	return mebibytes(r, &r->out->minmem_kib);
}

static int count(struct reader *r, unsigned long long min, unsigned long long max, unsigned *out)
{
	unsigned long long n = 0;
	int rc = number(r, min, max, &n);

	*out = (unsigned)n;
	return rc;
}

static int get_vcpus(struct reader *r)
{
	return count(r, 1, DOMCONF_VCPUS_MAX, &r->out->vcpus);
}

static int get_maxvcpus(struct reader *r)
{
	return count(r, 1, DOMCONF_VCPUS_MAX, &r->out->maxvcpus);
}

static int get_weight(struct reader *r)
{
	return count(r, 1, 65535, &r->out->weight);
}

static int get_cap(struct reader *r)
{
	r->out->has_cap = true;
	return count(r, 0, 65535, &r->out->cap);
}

static int get_tsc_mode(struct reader *r)
{
	static const char *const modes[] = {"default", "always_emulate", "native"};
	const char *s;
	unsigned i;
	int rc = text(r, &s);

	for (i = 0; !rc && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(s, modes[i])) {
			r->out->tsc_mode = i;
			return 0;
		}
	}
	return rc ? rc : wrong(r, "must be \"default\", \"always_emulate\" or \"native\"");
}

static int get_cpus(struct reader *r)
{
	if (r->e->value->kind == CFG_LIST)
		return diag_hint(r->d, wrong(r, "as a list is known but not served yet"),
				 "give one string for all vCPUs, such as \"0-3,^2\"");
	return dup_text(r, &r->out->cpus);
}

static int get_pool(struct reader *r)
{
	return dup_text(r, &r->out->pool);
}

static int action(struct reader *r, enum end_action *out)
{
	const char *s;
	size_t i;
	int rc = text(r, &s);

	if (rc)
		return rc;
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!strcmp(s, actions[i])) {
			*out = (enum end_action)i;
			return 0;
		}
	}
	if (!strcmp(s, "soft-reset"))
		return diag_hint(r->d, wrong(r, "with this value is known but not served yet"),
				 "served: " ACTIONS);
	return diag_hint(r->d,
			 diag_set(r->d, -EINVAL, "%s:%d: %s has an unknown value '%s'", r->e->file,
				  r->e->line, r->e->key, s),
			 "served: " ACTIONS);
}

static int get_on_poweroff(struct reader *r)
{
	return action(r, &r->out->on_poweroff);
}

static int get_on_reboot(struct reader *r)
{
	return action(r, &r->out->on_reboot);
}

static int get_on_crash(struct reader *r)
{
	return action(r, &r->out->on_crash);
}

/* One member of a device list. */
static int device(struct reader *r, const struct cfg_value *v, bool disk)
{
	struct domconf *o = r->out;
	size_t i = disk ? o->ndisks : o->nvifs, k;
	char **spec = disk ? &o->disk_specs[i] : &o->vif_specs[i];
	int rc;

	if (v->kind == CFG_LIST)
		return diag_set(r->d, -EINVAL, "%s:%d: %s: each member must be a string",
				r->e->file, v->line, r->e->key);
	rc = disk ? disk_parse(v->text, &o->disks[i], r->d) : vif_parse(v->text, &o->vifs[i], r->d);
	if (rc)
		return diag_at(r->d, rc, "%s:%d", r->e->file, v->line);
	*spec = strdup(v->text);
	if (disk)
		o->ndisks++;
	else
		o->nvifs++;
	if (!*spec)
		return -ENOMEM;
	for (k = 0; disk && k < i; k++)
		if (o->disks[k].devid == o->disks[i].devid)
			return diag_set(r->d, -EINVAL, "%s:%d: disk '%s': a second %s", r->e->file,
					v->line, v->text, o->disks[i].vdev);
	return 0;
}

static int devices(struct reader *r, bool disk)
{
	const struct cfg_value *v = r->e->value;
	size_t n = 0;
	int rc = 0;

	if (v->kind != CFG_LIST)
		return diag_hint(r->d, wrong(r, "must be a list"), "write %s = [ '...' ]",
				 r->e->key);
	for (v = v->items; v && !rc; v = v->next) {
		if (++n > DOMCONF_DEVS_MAX)
			return wrong(r, "has more than 64 members");
		rc = device(r, v, disk);
	}
	return rc;
}

static int get_disk(struct reader *r)
{
	return devices(r, true);
}

static int get_vif(struct reader *r)
{
	return devices(r, false);
}

/* Told each time, for it is the whole machine that a guest is trusted with. */
static void warn_of_dma(struct reader *r)
{
	char note[256];

	snprintf(note, sizeof(note),
		 "%s:%d: pci: no IOMMU is used: through its device the guest can write to all of "
		 "the machine's memory",
		 r->e->file, r->e->line);
	r->warn(r->arg, note);
}

static int pci_device(struct reader *r, const struct cfg_value *v)
{
	struct domconf *o = r->out;
	size_t i = o->npcis, k;
	int rc;

	if (v->kind == CFG_LIST)
		return diag_set(r->d, -EINVAL, "%s:%d: %s: each member must be a string",
				r->e->file, v->line, r->e->key);
	rc = pci_parse(v->text, &o->pcis[i], r->d);
	if (rc)
		return diag_at(r->d, rc, "%s:%d", r->e->file, v->line);
	o->pci_specs[i] = strdup(v->text);
	o->npcis++;
	if (!o->pci_specs[i])
		return -ENOMEM;
	for (k = 0; k < i; k++)
		if (!strcmp(o->pcis[k].bdf, o->pcis[i].bdf))
			return diag_set(r->d, -EINVAL, "%s:%d: pci '%s': a second %s", r->e->file,
					v->line, v->text, o->pcis[i].bdf);
	return 0;
}

static int get_pci(struct reader *r)
{
	const struct cfg_value *v = r->e->value;
	size_t n = 0;
	int rc = 0;

	if (v->kind != CFG_LIST)
		return diag_hint(r->d, wrong(r, "must be a list"), "write pci = [ '...' ]");
	for (v = v->items; v && !rc; v = v->next) {
		if (++n > PCI_DEVS_MAX)
			return wrong(r, "has more than 32 members");
		rc = pci_device(r, v);
	}
	if (!rc && n)
		warn_of_dma(r);
	return rc;
}

static int truth(struct reader *r, int *out)
{
	unsigned on = 0;
	int rc = count(r, 0, 1, &on);

	*out = (int)on;
	return rc;
}

static int get_pci_permissive(struct reader *r)
{
	return truth(r, &r->out->pci_permissive);
}

static int get_pci_seize(struct reader *r)
{
	return truth(r, &r->out->pci_seize);
}

static int get_e820_host(struct reader *r)
{
	int rc = truth(r, &r->out->e820_host);

	/* 0 is what a record has for "not said". */
	r->out->e820_host = r->out->e820_host ? 1 : -1;
	return rc;
}

bool domconf_keeps_holes(const struct domconf *c)
{
	return c->e820_host ? c->e820_host > 0 : c->npcis != 0;
}

static const struct {
	const char *key;
	int (*get)(struct reader *r);
} served[] = {
	{"name", get_name},
	{"uuid", get_uuid},
	{"type", get_type},
	{"builder", get_type},
	{"kernel", get_kernel},
	{"ramdisk", get_ramdisk},
	{"root", get_root},
	{"extra", get_extra},
	{"cmdline", get_cmdline},
	{"memory", get_memory},
	{"maxmem", get_maxmem},
	{"minmem", get_minmem},
	{"vcpus", get_vcpus},
	{"maxvcpus", get_maxvcpus},
	{"cpus", get_cpus},
	{"pool", get_pool},
	{"cpu_weight", get_weight},
	{"cap", get_cap},
	{"tsc_mode", get_tsc_mode},
	{"disk", get_disk},
	{"vif", get_vif},
	{"pci", get_pci},
	{"pci_permissive", get_pci_permissive},
	{"pci_seize", get_pci_seize},
	{"e820_host", get_e820_host},
	{"on_poweroff", get_on_poweroff},
	{"on_reboot", get_on_reboot},
	{"on_crash", get_on_crash},
};

#define SERVED (sizeof(served) / sizeof(served[0]))

static int unserved(struct reader *r)
{
	const char *names[SERVED + 1] = {NULL};
	char note[256];
	const char *near;
	size_t i;

	switch (key_classify(r->e->key)) {
	case KEY_NO_PV_MEANING:
		snprintf(note, sizeof(note),
			 "%s:%d: %s has no meaning for a paravirtualized guest: ignored",
			 r->e->file, r->e->line, r->e->key);
		r->warn(r->arg, note);
		return 0;
	case KEY_HINT:
		snprintf(note, sizeof(note), "%s:%d: %s is known but not served yet: ignored",
			 r->e->file, r->e->line, r->e->key);
		r->warn(r->arg, note);
		return 0;
	case KEY_LATER:
		/* An empty list asks for nothing. */
		if (r->e->value->kind == CFG_LIST && !r->e->value->items)
			return 0;
		return diag_hint(r->d, wrong(r, "is known but not served yet"),
				 "remove it: the guest would lack what it asks for");
	case KEY_UNKNOWN:
		break;
	}
	for (i = 0; i < SERVED; i++)
		names[i] = served[i].key;
	near = key_nearest(r->e->key, names);
	diag_set(r->d, -EINVAL, "%s:%d: unknown key '%s'", r->e->file, r->e->line, r->e->key);
	if (near)
		return diag_hint(r->d, -EINVAL, "did you mean '%s'?", near);
	return diag_hint(r->d, -EINVAL, "pav.cfg(5) lists the keys");
}

static int one_key(struct reader *r)
{
	size_t i;

	for (i = 0; i < SERVED; i++)
		if (!strcmp(r->e->key, served[i].key))
			return served[i].get(r);
	return unserved(r);
}

static int join_cmdline(struct reader *r)
{
	int n;

	if (r->cmdline) {
		r->out->cmdline = r->cmdline;
		r->cmdline = NULL;
	} else {
		n = asprintf(&r->out->cmdline, "%s%s%s%s", r->root ? "root=" : "",
			     r->root ? r->root : "", r->root && r->extra ? " " : "",
			     r->extra ? r->extra : "");
		if (n < 0)
			return -ENOMEM;
	}
	if (strlen(r->out->cmdline) >= CMDLINE_MAX)
		return diag_set(r->d, -EINVAL,
				"the kernel's command line has %zu characters, 1023 fit",
				strlen(r->out->cmdline));
	return 0;
}

/* What holds between keys, and defaults. */
static int complete(struct reader *r)
{
	struct domconf *o = r->out;
	const char *file = r->c->first ? r->c->first->file : "configuration";
	size_t i;

	if (!o->name[0])
		return diag_hint(r->d, diag_set(r->d, -EINVAL, "%s: name is missing", file),
				 "add a line such as name = \"demo\"");
	if (!o->kernel)
		return diag_hint(
			r->d, diag_set(r->d, -EINVAL, "%s: kernel is missing", file),
			"add kernel = \"/path/vmlinuz\" (boot loaders are not served yet)");
	if (!o->memory_kib)
		o->memory_kib = o->maxmem_kib ? o->maxmem_kib : 128 << 10;
	if (!o->maxmem_kib)
		o->maxmem_kib = o->memory_kib;
	if (o->maxmem_kib < o->memory_kib)
		return diag_set(r->d, -EINVAL,
				"%s: maxmem (%llu MiB) is less than memory (%llu MiB)", file,
				(unsigned long long)o->maxmem_kib >> 10,
				(unsigned long long)o->memory_kib >> 10);
	if (o->minmem_kib > o->memory_kib)
		return diag_set(r->d, -EINVAL,
				"%s: minmem (%llu MiB) is more than memory (%llu MiB)", file,
				(unsigned long long)o->minmem_kib >> 10,
				(unsigned long long)o->memory_kib >> 10);
	if (!o->vcpus)
		o->vcpus = o->maxvcpus && !cfg_find(r->c, "vcpus") ? o->maxvcpus : 1;
	if (!o->maxvcpus)
		o->maxvcpus = o->vcpus;
	for (i = 0; i < o->npcis; i++) {
		if (o->pcis[i].permissive < 0)
			o->pcis[i].permissive = o->pci_permissive;
		if (o->pcis[i].seize < 0)
			o->pcis[i].seize = o->pci_seize;
	}
	if (o->maxvcpus < o->vcpus)
		return diag_set(r->d, -EINVAL, "%s: maxvcpus (%u) is less than vcpus (%u)", file,
				o->maxvcpus, o->vcpus);
	return join_cmdline(r);
}

int domconf_from_cfg(struct domconf *out, const struct cfg *c,
		     void (*warn)(void *arg, const char *text), void *arg, struct diag *d)
{
	struct reader r = {.out = out, .c = c, .d = d, .warn = warn, .arg = arg};
	int rc = 0;

	out->on_poweroff = END_DESTROY;
	out->on_reboot = END_RESTART;
	out->on_crash = END_DESTROY;
	for (r.e = c->first; r.e && !rc; r.e = r.e->next)
		rc = one_key(&r);
	if (!rc)
		rc = complete(&r);
	if (rc == -ENOMEM)
		diag_set(d, rc, "out of memory");
	free(r.root);
	free(r.extra);
	free(r.cmdline);
	return rc;
}

void domconf_free(struct domconf *c)
{
	size_t i;

	for (i = 0; i < c->ndisks; i++) {
		disk_conf_free(&c->disks[i]);
		free(c->disk_specs[i]);
	}
	for (i = 0; i < c->nvifs; i++) {
		vif_conf_free(&c->vifs[i]);
		free(c->vif_specs[i]);
	}
	for (i = 0; i < c->npcis; i++)
		free(c->pci_specs[i]);
	free(c->kernel);
	free(c->ramdisk);
	free(c->cmdline);
	free(c->cpus);
	free(c->pool);
	memset(c, 0, sizeof(*c));
}
