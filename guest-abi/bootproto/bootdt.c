// SPDX-License-Identifier: MIT
/*
 * One table of properties by kind of node; a second pass ties the ends of event channels and grants
 * together. libfdt has checked the blob's structure as a whole before anything is read.
 */
#include "bootdt.h"

#include <libfdt.h>
#include <string.h>

#include "abi/errno.h"

#define DOMID_MAX 0x7fefu

enum kind { DOMAIN, KERNEL, RAMDISK, CHANNEL, SHARED, KINDS };

static const char *const compatible[KINDS] = {"xen,domain", "multiboot,kernel", "multiboot,ramdisk",
					      "xen,evtchn-v1", "pavise,shared-page"};

struct reader {
	const void *blob;
	struct bootdt *t;
	struct bootdt_error *e;
	struct bootdt_domain *d;
	enum kind kind;
	int node;
};

struct value {
	const char *at;
	int len;
};

/* What follows sets one property and returns what is wrong with it, or NULL. */
typedef const char *set_fn(struct reader *r, const struct value *v);

static uint32_t cell(const struct value *v, int i)
{
	return fdt32_ld((const fdt32_t *)(const void *)v->at + i);
}

static bool is_cells(const struct value *v, int n)
{
	return v->len == n * (int)sizeof(fdt32_t);
}

static bool is_printable(const char *s, int len)
{
	int i;

	for (i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

static bool is_text(const struct value *v)
{
	return v->len > 1 && !v->at[v->len - 1] && is_printable(v->at, v->len - 1);
}

static const char *set_memory(struct reader *r, const struct value *v)
{
	if (!is_cells(v, 2))
		return "must be two cells, a size in KiB";
	r->d->memory_kib = (uint64_t)cell(v, 0) << 32 | cell(v, 1);
	if (r->d->memory_kib < 1024 || r->d->memory_kib >> 34 || r->d->memory_kib % 4)
		return "must be whole pages of at least 1 MiB and less than 16 TiB";
	return NULL;
}

static const char *set_cpus(struct reader *r, const struct value *v)
{
	if (!is_cells(v, 1) || !cell(v, 0) || cell(v, 0) > BOOTDT_VCPUS_MAX)
		return "must be one cell, 1 to 32";
	r->d->vcpus = cell(v, 0);
	return NULL;
}

static const char *set_affinity(struct reader *r, const struct value *v)
{
	int i;

	if (!v->len || v->len % 4)
		return "must be a list of CPU numbers";
	for (i = 0; i < v->len / 4; i++) {
		if (cell(v, i) >= BOOTDT_CPUS)
			return "names a CPU above 255";
		r->d->affinity[cell(v, i) / 64] |= 1ull << cell(v, i) % 64;
	}
	r->d->has_affinity = true;
	return NULL;
}

static const char *set_console(struct reader *r, const struct value *v)
{
	static const char *const names[] = {"daemon", "log", "machine"};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_text(v) && !strcmp(v->at, names[i])) {
			r->d->console = (enum bootdt_console)i;
			return NULL;
		}
	return "must be \"daemon\", \"log\" or \"machine\"";
}

static const char *set_capabilities(struct reader *r, const struct value *v)
{
	const char *s = v->at, *end = v->at + v->len;

	if (v->len < 2 || end[-1])
		return "must be a list of texts";
	for (; s < end; s += strlen(s) + 1) {
		if (!strcmp(s, "console"))
			r->d->capabilities |= BOOTDT_CAP_CONSOLE;
		else if (!strcmp(s, "machine"))
			r->d->capabilities |= BOOTDT_CAP_MACHINE;
		else
			return "there are the capabilities \"console\" and \"machine\" only";
	}
	return NULL;
}

static const char *set_no_store(struct reader *r, const struct value *v)
{
	r->d->no_store = true;
	return v->len ? "has no value: it is there or not" : NULL;
}

static const char *set_domid(struct reader *r, const struct value *v)
{
	if (!is_cells(v, 1) || !cell(v, 0) || cell(v, 0) > DOMID_MAX)
		return "must be one cell, 1 to 32751";
	r->d->id = cell(v, 0);
	return NULL;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *set_uuid(struct reader *r, const struct value *v)
{
	unsigned int n = 0, i;

	for (i = 0; v->len == 37 && i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? v->at[i] != '-' : hex(v->at[i]) < 0)
			break;
		if (dash)
			continue;
		r->d->uuid[n / 2] = (uint8_t)(r->d->uuid[n / 2] << 4 | hex(v->at[i]));
		n++;
	}
	return n == 32 && !v->at[36] ? NULL
				     : "must be a text like 5ee9b3a1-52c4-4f6e-9c0e-8d1f0a7b2c3d";
}

static struct bootdt_module *module_of(struct reader *r)
{
	return r->kind == KERNEL ? &r->d->kernel : &r->d->ramdisk;
}

static const char *set_module_index(struct reader *r, const struct value *v)
{
	struct bootdt_module *m = module_of(r);

	if (m->given)
		return "the module is named already";
	if (!is_cells(v, 1))
		return "must be one cell, the number of a boot module";
	m->given = true;
	m->index = cell(v, 0);
	return NULL;
}

static const char *set_module_name(struct reader *r, const struct value *v)
{
	struct bootdt_module *m = module_of(r);

	if (m->given)
		return "the module is named already";
	if (!is_text(v) || strchr(v->at, ' '))
		return "must be a text of one word, with which the boot module's own text begins";
	m->given = true;
	m->name = v->at;
	return NULL;
}

static const char *set_bootargs(struct reader *r, const struct value *v)
{
	if (v->len > (int)BOOTDT_ARGS_MAX + 1)
		return "is longer than 1023 characters";
	if (!is_text(v) && (v->len != 1 || v->at[0]))
		return "must be one line of text";
	r->d->bootargs = v->at;
	return NULL;
}

static const char *set_channel(struct reader *r, const struct value *v)
{
	struct bootdt_channel *c = &r->d->channel[r->d->channels];
	unsigned int i;

	if (!is_cells(v, 2))
		return "must be two cells, a port and the peer's node";
	if (r->d->channels == BOOTDT_CHANNELS_MAX)
		return "is the ninth channel of this domain; there may be eight";
	c->port = cell(v, 0);
	c->peer = cell(v, 1);
	c->node = r->node;
	if (c->port <= BOOTDT_CONSOLE_PORT || c->port >= BOOTDT_PORT_END)
		return "the port must be 3 to 127";
	for (i = 0; i < r->d->channels; i++)
		if (r->d->channel[i].port == c->port)
			return "the domain has another channel with this port";
	r->d->channels++;
	return NULL;
}

static const char *add_grant(struct reader *r, const struct bootdt_grant *g)
{
	unsigned int i;

	if (r->d->grants == BOOTDT_GRANTS_MAX)
		return "is more than sixteen grants of this domain";
	if (g->ref <= BOOTDT_GRANT_STORE || g->ref >= BOOTDT_GRANT_END)
		return "the grant's number must be 2 to 511";
	for (i = 0; i < r->d->grants; i++)
		if (r->d->grant[i].ref == g->ref)
			return "the domain has another grant with this number";
	r->d->grant[r->d->grants++] = *g;
	return NULL;
}

static const char *add_grants(struct reader *r, const struct value *v, bool readonly)
{
	const char *wrong = NULL;
	int i;

	if (!v->len || v->len % 8)
		return "must be pairs of cells, a grant's number and a domain's node";
	for (i = 0; i < v->len / 4 && !wrong; i += 2) {
		struct bootdt_grant g = {.ref = cell(v, i),
					 .page = r->d->pages,
					 .to = cell(v, i + 1),
					 .readonly = readonly,
					 .node = r->node};

		wrong = add_grant(r, &g);
	}
	return wrong;
}

static const char *set_grants(struct reader *r, const struct value *v)
{
	return add_grants(r, v, false);
}

static const char *set_readonly_grants(struct reader *r, const struct value *v)
{
	return add_grants(r, v, true);
}

static const char *ignore(struct reader *r, const struct value *v)
{
	(void)r, (void)v;
	return NULL;
}

static const struct property {
	unsigned int kinds; /* a bit each */
	const char *name;
	set_fn *set;
} properties[] = {
	{~0u, "compatible", ignore},
	{~0u, "phandle", ignore},
	{~0u, "linux,phandle", ignore},
	{~0u, "#address-cells", ignore},
	{~0u, "#size-cells", ignore},
	{1 << DOMAIN, "memory", set_memory},
	{1 << DOMAIN, "cpus", set_cpus},
	{1 << DOMAIN, "affinity", set_affinity},
	{1 << DOMAIN, "console", set_console},
	{1 << DOMAIN, "capabilities", set_capabilities},
	{1 << DOMAIN, "domid", set_domid},
	{1 << DOMAIN, "no-store", set_no_store},
	{1 << DOMAIN, "uuid", set_uuid},
	{1 << KERNEL | 1 << RAMDISK, "module-index", set_module_index},
	{1 << KERNEL | 1 << RAMDISK, "module-name", set_module_name},
	{1 << KERNEL, "bootargs", set_bootargs},
	{1 << CHANNEL, "xen,evtchn", set_channel},
	{1 << SHARED, "grants", set_grants},
	{1 << SHARED, "read-only-grants", set_readonly_grants},
};

void bootdt_fail(const struct bootdt *t, int node, const char *property, const char *text,
		 struct bootdt_error *e)
{
	if (node < 0 || fdt_get_path(t->blob, node, e->node, sizeof(e->node)))
		memcpy(e->node, "/", 2);
	for (char *s = e->node; *s; s++)
		if (!is_printable(s, 1))
			*s = '?';
	e->is_property = *property ? ", property " : "";
	e->property = property;
	e->text = text;
}

static int fail(struct reader *r, int node, const char *property, const char *text)
{
	bootdt_fail(r->t, node, property, text, r->e);
	return -ABI_EINVAL;
}

static int read_properties(struct reader *r)
{
	int off;

	fdt_for_each_property_offset(off, r->blob, r->node)
	{
		const struct property *p = properties;
		const struct property *end = p + sizeof(properties) / sizeof(properties[0]);
		const char *name, *wrong;
		struct value v;

		v.at = fdt_getprop_by_offset(r->blob, off, &name, &v.len);
		if (!v.at)
			return fail(r, r->node, "", "has a property that cannot be read");
		while (p < end && (strcmp(p->name, name) || !(p->kinds >> r->kind & 1)))
			p++;
		if (!is_printable(name, (int)strlen(name)))
			name = "(unprintable)";
		wrong = p < end ? p->set(r, &v) : "is not known for a node of this kind";
		if (wrong)
			return fail(r, r->node, name, wrong);
	}
	return 0;
}

static enum kind kind_of(const void *blob, int node)
{
	unsigned int k = 0;

	while (k < KINDS && fdt_node_check_compatible(blob, node, compatible[k]))
		k++;
	return (enum kind)k;
}

static int read_part(struct reader *r)
{
	unsigned int channels = r->d->channels, grants = r->d->grants;
	int rc;

	if (r->kind == KINDS || r->kind == DOMAIN)
		return fail(r, r->node, "compatible", "names no part that a domain has");
	if (r->kind <= RAMDISK && module_of(r)->given)
		return fail(r, r->node, "compatible", "the domain has such a module already");
	if (r->kind == SHARED && r->d->pages == BOOTDT_PAGES_MAX)
		return fail(r, r->node, "compatible", "is the ninth shared page of this domain");
	rc = read_properties(r);
	if (rc)
		return rc;
	if (r->kind <= RAMDISK && !module_of(r)->given)
		return fail(r, r->node, "module-index", "is missing, and module-name too");
	if (r->kind <= RAMDISK)
		module_of(r)->node = r->node;
	if (r->kind == CHANNEL && r->d->channels == channels)
		return fail(r, r->node, "xen,evtchn", "is missing");
	if (r->kind == SHARED && r->d->grants == grants)
		return fail(r, r->node, "grants", "is missing, and read-only-grants too");
	r->d->pages += r->kind == SHARED;
	return 0;
}

/* The node's name up to '@' is the domain's. */
static int read_name(struct reader *r)
{
	const char *name = fdt_get_name(r->blob, r->node, NULL);
	unsigned int n = 0, i;

	while (name && name[n] && name[n] != '@')
		n++;
	if (!n || n > BOOTDT_NAME_MAX || !is_printable(name, (int)n))
		return fail(r, r->node, "", "its name must have 1 to 31 printable characters");
	if ((name[0] | 0x20) < 'a' || (name[0] | 0x20) > 'z')
		return fail(r, r->node, "", "its name must begin with a letter");
	memcpy(r->d->name, name, n);
	for (i = 0; i < r->t->domains; i++)
		if (!strcmp(r->t->domain[i].name, r->d->name))
			return fail(r, r->node, "", "another domain has the same name");
	return 0;
}

/* A UUID of the free form (version 8), the same whenever the name is. FNV-1a twice over. */
static void draw_uuid(struct bootdt_domain *d)
{
	uint64_t h = 0xcbf29ce484222325;
	unsigned int i;
	const char *s;

	for (i = 0; i < 16; i++) {
		for (s = d->name; *s; s++)
			h = (h ^ (uint8_t)*s) * 0x100000001b3;
		d->uuid[i] = (uint8_t)(h >> 56);
	}
	d->uuid[6] = (uint8_t)((d->uuid[6] & 0x0f) | 0x80);
	d->uuid[8] = (uint8_t)((d->uuid[8] & 0x3f) | 0x80);
}

static int read_domain(struct reader *r, int node)
{
	int part, rc;

	if (r->t->domains == BOOTDT_DOMAINS_MAX)
		return fail(r, node, "", "is the seventeenth domain; there may be sixteen");
	r->d = &r->t->domain[r->t->domains];
	r->d->vcpus = 1;
	r->d->node = r->node = node;
	r->kind = DOMAIN;
	rc = read_name(r);
	if (!rc)
		rc = read_properties(r);
	if (rc)
		return rc;
	if (!r->d->memory_kib)
		return fail(r, node, "memory", "is missing");
	if (!fdt_getprop(r->blob, node, "uuid", NULL))
		draw_uuid(r->d);
	fdt_for_each_subnode(part, r->blob, node)
	{
		r->node = part;
		r->kind = kind_of(r->blob, part);
		rc = read_part(r);
		if (rc)
			return rc;
	}
	if (!r->d->kernel.given)
		return fail(r, node, "", "has no kernel (a node compatible to multiboot,kernel)");
	r->t->domains++;
	return 0;
}

/* Domains are below /chosen, at any depth: where Xen has them for both of its ways to do this. */
static int read_domains(struct reader *r)
{
	int node = fdt_node_offset_by_compatible(r->blob, -1, compatible[DOMAIN]);
	int chosen = fdt_path_offset(r->blob, "/chosen"), rc = 0;

	if (node < 0)
		return fail(r, 0, "", "describes no domain (a node compatible to xen,domain)");
	while (node >= 0 && !rc) {
		if (chosen < 0 || fdt_supernode_atdepth_offset(r->blob, node, 1, NULL) != chosen)
			return fail(r, node, "compatible", "a domain's node must be below /chosen");
		rc = read_domain(r, node);
		node = fdt_node_offset_by_compatible(r->blob, node, compatible[DOMAIN]);
	}
	return rc;
}

static int check_unique(struct reader *r, const struct bootdt_domain *d)
{
	const struct bootdt_domain *o;

	for (o = r->t->domain; o < d; o++) {
		if (d->id && o->id == d->id)
			return fail(r, d->node, "domid", "another domain has this number");
		if (!memcmp(o->uuid, d->uuid, sizeof(d->uuid)))
			return fail(r, d->node, "uuid", "another domain has the same");
		if (d->console == BOOTDT_CONSOLE_MACHINE && o->console == d->console)
			return fail(r, d->node, "console", "another domain has the machine's");
	}
	return 0;
}

/* The lowest numbers that nobody asked for. */
static void give_ids(struct bootdt *t)
{
	unsigned int i, k;

	for (i = 0; i < t->domains; i++) {
		uint32_t id = t->domain[i].id ? t->domain[i].id : 1;

		for (k = 0; !t->domain[i].id && k < t->domains;)
			if (t->domain[k++].id == id) {
				id++;
				k = 0;
			}
		t->domain[i].id = id;
	}
}

static int tie_channel(struct reader *r, unsigned int here, struct bootdt_channel *c)
{
	int peer = fdt_node_offset_by_phandle(r->blob, c->peer), len;
	unsigned int i, k;

	for (i = 0; i < r->t->domains; i++) {
		const struct bootdt_domain *d = &r->t->domain[i];
		struct value v;

		for (k = 0; k < d->channels && d->channel[k].node != peer; k++)
			;
		if (peer < 0 || k == d->channels)
			continue;
		v.at = fdt_getprop(r->blob, peer, "xen,evtchn", &len);
		if (i == here)
			return fail(r, c->node, "xen,evtchn", "both ends are in the same domain");
		if (cell(&v, 1) != fdt_get_phandle(r->blob, c->node))
			return fail(r, c->node, "xen,evtchn", "its peer names another peer");
		c->peer = i;
		c->peer_port = d->channel[k].port;
		return 0;
	}
	return fail(r, c->node, "xen,evtchn", "its peer is no event channel of a domain");
}

static int tie_grant(struct reader *r, struct bootdt_grant *g)
{
	int node = fdt_node_offset_by_phandle(r->blob, g->to);
	unsigned int i;

	for (i = 0; i < r->t->domains; i++)
		if (node >= 0 && r->t->domain[i].node == node) {
			g->to = i;
			return 0;
		}
	return fail(r, g->node, g->readonly ? "read-only-grants" : "grants",
		    "names a node that is no domain");
}

static int tie(struct reader *r)
{
	unsigned int i, k;
	int rc = 0;

	for (i = 0; i < r->t->domains && !rc; i++) {
		struct bootdt_domain *d = &r->t->domain[i];

		rc = check_unique(r, d);
		for (k = 0; k < d->channels && !rc; k++)
			rc = tie_channel(r, i, &d->channel[k]);
		for (k = 0; k < d->grants && !rc; k++)
			rc = tie_grant(r, &d->grant[k]);
	}
	return rc;
}

bool bootdt_is_module(const struct bootdt_module *m, uint32_t index, const char *text)
{
	size_t n = m->name ? strlen(m->name) : 0;

	if (!m->given || !n)
		return m->given && m->index == index;
	return !strncmp(text, m->name, n) && (!text[n] || text[n] == ' ');
}

const char *bootdt_cmdline(const struct bootdt_domain *d, const char *text)
{
	if (d->bootargs)
		return d->bootargs;
	if (d->kernel.name)
		text += strlen(d->kernel.name);
	while (*text == ' ')
		text++;
	return text;
}

bool bootdt_is_blob(const void *data, size_t len)
{
	return len >= sizeof(struct fdt_header) && fdt_magic(data) == FDT_MAGIC;
}

int bootdt_read(const void *data, size_t len, struct bootdt *t, struct bootdt_error *e)
{
	struct reader r = {.blob = data, .t = t, .e = e};
	int rc;

	memset(t, 0, sizeof(*t));
	t->blob = data;
	rc = bootdt_is_blob(data, len) ? 0 : -FDT_ERR_BADMAGIC;
	/* libfdt 1.6.1 checks all but the root's name, which older versions write otherwise. */
	if (!rc)
		rc = fdt_version(data) < 17 ? -FDT_ERR_BADVERSION : fdt_check_full(data, len);
	if (rc) {
		bootdt_fail(t, -1, "", fdt_strerror(rc), e);
		return -ABI_EINVAL;
	}
	rc = read_domains(&r);
	if (!rc)
		rc = tie(&r);
	if (!rc)
		give_ids(t);
	return rc;
}
