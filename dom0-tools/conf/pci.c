// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/pci.h"

struct parse {
	struct pci_conf *c;
	struct diag *d;
	const char *spec;
};

/* Hexadecimal digits up to the character end, at most max. NULL: not so. */
static const char *hex(const char *s, char end, unsigned long max, unsigned *out)
{
	char *after;
	unsigned long v;

	if (!isxdigit((unsigned char)*s))
		return NULL;
	v = strtoul(s, &after, 16);
	if (v > max || *after != end)
		return NULL;
	*out = (unsigned)v;
	return after + (end != '\0');
}

int pci_bdf_parse(const char *text, char bdf[PCI_BDF])
{
	const char *colon = strchr(text, ':'), *at = text;
	unsigned segment = 0, bus = 0, device = 0, function = 0;

	if (colon && strchr(colon + 1, ':'))
		at = hex(at, ':', 0xffff, &segment);
	if (at)
		at = hex(at, ':', 0xff, &bus);
	if (at)
		at = hex(at, '.', 0x1f, &device);
	if (at)
		at = hex(at, '\0', 7, &function);
	if (!at)
		return -EINVAL;
	snprintf(bdf, PCI_BDF, "%04x:%02x:%02x.%x", segment, bus, device, function);
	return 0;
}

static int wrong(struct parse *p, const char *what, const char *word)
{
	return diag_set(p->d, -EINVAL, "pci '%s': %s '%s'", p->spec, what, word);
}

static int set_bdf(struct parse *p, const char *v)
{
	size_t n = strlen(v);

	if (n && v[n - 1] == '*')
		return diag_hint(p->d, wrong(p, "all functions of a device are not served yet:", v),
				 "name each function: 00:05.0, 00:05.1");
	if (pci_bdf_parse(v, p->c->bdf))
		return diag_hint(p->d, wrong(p, "not the address of a PCI device:", v),
				 "an address looks like 0000:00:05.0; lspci -D shows them");
	return 0;
}

static int set_vslot(struct parse *p, const char *v)
{
	unsigned slot, function = 0;
	const char *dot = strchr(v, '.');
	const char *rest = hex(v, dot ? '.' : '\0', 0x1f, &slot);

	if (!rest || (dot && !hex(rest, '\0', 7, &function)))
		return diag_hint(p->d, wrong(p, "not a slot of the guest's bus:", v),
				 "a slot is a hexadecimal number up to 1f, as in 00:05.0@7");
	p->c->vslot = (int)(slot << 3 | function);
	return 0;
}

static int truth(struct parse *p, const char *v, int *out)
{
	if (!strcmp(v, "1") || !strcmp(v, "true") || !strcmp(v, "yes") || !strcmp(v, "on"))
		*out = 1;
	else if (!strcmp(v, "0") || !strcmp(v, "false") || !strcmp(v, "no") || !strcmp(v, "off"))
		*out = 0;
	else
		return wrong(p, "must be 0 or 1, not", v);
	return 0;
}

static int set_permissive(struct parse *p, const char *v)
{
	return truth(p, v, &p->c->permissive);
}

static int set_seize(struct parse *p, const char *v)
{
	return truth(p, v, &p->c->seize);
}

static int set_msitranslate(struct parse *p, const char *v)
{
	int on = 0, rc = truth(p, v, &on);

	p->c->msitranslate = on;
	return rc;
}

static int set_power_mgmt(struct parse *p, const char *v)
{
	int on = 0, rc = truth(p, v, &on);

	p->c->power_mgmt = on;
	return rc;
}

static int ignore(struct parse *p, const char *v)
{
	(void)p;
	(void)v;
	return 0;
}

static const struct {
	const char *key;
	int (*set)(struct parse *p, const char *v);
} keys[] = {
	{"bdf", set_bdf},
	{"vslot", set_vslot},
	{"permissive", set_permissive},
	{"seize", set_seize},
	{"msitranslate", set_msitranslate},
	{"power_mgmt", set_power_mgmt},
	{"rdm_policy", ignore},
};

static int setting(struct parse *p, char *w)
{
	char *eq = strchr(w, '=');
	size_t i;

	if (!eq)
		return wrong(p, "key=value expected, not", w);
	*eq = '\0';
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(w, keys[i].key))
			return keys[i].set(p, eq + 1);
	return diag_hint(p->d, wrong(p, "unknown key", w),
			 "served: bdf vslot permissive seize msitranslate power_mgmt rdm_policy");
}

/* The first word may be an address, and have a slot behind it. */
static int address(struct parse *p, char *w)
{
	char *at = strchr(w, '@');
	int rc;

	if (at)
		*at = '\0';
	rc = set_bdf(p, w);
	return rc || !at ? rc : set_vslot(p, at + 1);
}

int pci_parse(const char *spec, struct pci_conf *out, struct diag *d)
{
	struct parse p = {.c = out, .d = d, .spec = spec};
	char *copy = strdup(spec), *rest = copy, *w;
	int rc = 0;

	*out = (struct pci_conf){.vslot = -1, .permissive = -1, .seize = -1};
	if (!copy)
		return diag_set(d, -ENOMEM, "out of memory");
	while (!rc && (w = strsep(&rest, ",")) != NULL) {
		size_t n;

		while (isspace((unsigned char)*w))
			w++;
		n = strlen(w);
		while (n && isspace((unsigned char)w[n - 1]))
			w[--n] = '\0';
		if (*w)
			rc = strchr(w, '=') || out->bdf[0] ? setting(&p, w) : address(&p, w);
	}
	if (!rc && !out->bdf[0])
		rc = diag_hint(d, diag_set(d, -EINVAL, "pci '%s': no device is named", spec),
			       "an address looks like 0000:00:05.0; lspci -D shows them");
	free(copy);
	return rc;
}
