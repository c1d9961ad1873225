// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/pci.h"
#include "conf/spec.h"

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

static int set_bdf(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;
	size_t n = strlen(v);

	if (n && v[n - 1] == '*')
		return diag_hint(s->d,
				 spec_wrong(s, "all functions of a device are not served yet:", v),
				 "name each function: 00:05.0, 00:05.1");
	if (pci_bdf_parse(v, c->bdf))
		return diag_hint(s->d, spec_wrong(s, "not the address of a PCI device:", v),
				 PCI_ADDRESS_HINT);
	return 0;
}

static int set_vslot(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;
	unsigned slot, function = 0;
	const char *dot = strchr(v, '.');
	const char *rest = hex(v, dot ? '.' : '\0', 0x1f, &slot);

	if (!rest || (dot && !hex(rest, '\0', 7, &function)))
		return diag_hint(s->d, spec_wrong(s, "not a slot of the guest's bus:", v),
				 "a slot is a hexadecimal number up to 1f, as in 00:05.0@7");
	c->vslot = (int)(slot << 3 | function);
	return 0;
}

static int truth(struct spec *s, const char *v, int *out)
{
	if (!strcmp(v, "1") || !strcmp(v, "true") || !strcmp(v, "yes") || !strcmp(v, "on"))
		*out = 1;
	else if (!strcmp(v, "0") || !strcmp(v, "false") || !strcmp(v, "no") || !strcmp(v, "off"))
		*out = 0;
	else
		return spec_wrong(s, "must be 0 or 1, not", v);
	return 0;
}

static int set_permissive(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;

	return truth(s, v, &c->permissive);
}

static int set_seize(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;

	return truth(s, v, &c->seize);
}

static int set_msitranslate(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;

	return truth(s, v, &c->msitranslate);
}

static int set_power_mgmt(struct spec *s, const char *v)
{
	struct pci_conf *c = s->to;

	return truth(s, v, &c->power_mgmt);
}

static const struct spec_key keys[] = {
	{"bdf", set_bdf},
	{"vslot", set_vslot},
	{"permissive", set_permissive},
	{"seize", set_seize},
	{"msitranslate", set_msitranslate},
	{"power_mgmt", set_power_mgmt},
	{"rdm_policy", spec_ignore},
	NO_MORE_SPEC_KEYS,
};

/* The first word may be an address, and have a slot behind it. */
static int word(struct spec *s, char *w)
{
	const struct pci_conf *c = s->to;
	char *at;
	int rc;

	if (strchr(w, '=') || c->bdf[0])
		return spec_field(s, w);
	at = strchr(w, '@');
	if (at)
		*at = '\0';
	rc = set_bdf(s, w);
	return rc || !at ? rc : set_vslot(s, at + 1);
}

int pci_parse(const char *spec, struct pci_conf *out, struct diag *d)
{
	struct spec s = {
		.kind = "pci",
		.text = spec,
		.keys = keys,
		.served = "bdf vslot permissive seize msitranslate power_mgmt rdm_policy",
		.to = out,
		.d = d,
	};
	int rc;

	*out = (struct pci_conf){.vslot = -1, .permissive = -1, .seize = -1};
	rc = spec_each(&s, word);
	if (!rc && !out->bdf[0])
		rc = diag_hint(d, diag_set(d, -EINVAL, "pci '%s': no device is named", spec),
			       PCI_ADDRESS_HINT);
	return rc;
}
