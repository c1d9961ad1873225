// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/limit.h"
#include "conf/vif.h"
#include "lib/opt.h"

struct parse {
	struct vif_conf *c;
	struct diag *d;
	const char *spec;
};

static int wrong(struct parse *p, const char *what, const char *word)
{
	return diag_set(p->d, -EINVAL, "vif '%s': %s '%s'", p->spec, what, word);
}

int vif_mac_parse(const char *s, uint8_t mac[6])
{
	static const uint8_t none[6];
	int i, k;

	for (i = 0; i < 6; i++) {
		unsigned v = 0;

		for (k = 0; k < 2; k++, s++) {
			if (!isxdigit((unsigned char)*s))
				return -EINVAL;
			v = v << 4 | (unsigned)(isdigit((unsigned char)*s) ? *s - '0'
									   : (*s | 32) - 'a' + 10);
		}
		mac[i] = (uint8_t)v;
		if (*s++ != (i < 5 ? ':' : '\0'))
			return -EINVAL;
	}
	return mac[0] & 1 || !memcmp(mac, none, 6) ? -EINVAL : 0;
}

static int set_mac(struct parse *p, const char *v)
{
	if (vif_mac_parse(v, p->c->mac))
		return diag_hint(p->d, wrong(p, "not a card's address:", v),
				 "an address looks like 00:16:3e:12:34:56 (first byte even)");
	p->c->has_mac = true;
	return 0;
}

static int set_ifname(struct parse *p, const char *v, char *to, size_t size)
{
	if (!*v || strlen(v) >= size || strpbrk(v, "/ \t") || !strcmp(v, ".") || !strcmp(v, ".."))
		return wrong(p, "not a network interface name:", v);
	strcpy(to, v);
	return 0;
}

static int set_bridge(struct parse *p, const char *v)
{
	return set_ifname(p, v, p->c->bridge, sizeof(p->c->bridge));
}

static int set_vifname(struct parse *p, const char *v)
{
	return set_ifname(p, v, p->c->vifname, sizeof(p->c->vifname));
}

static int set_text(char **to, const char *v)
{
	free(*to);
	*to = strdup(v);
	return *to ? 0 : -ENOMEM;
}

static int set_ip(struct parse *p, const char *v)
{
	return set_text(&p->c->ip, v);
}

static int set_script(struct parse *p, const char *v)
{
	return set_text(&p->c->script, v);
}

static int set_type(struct parse *p, const char *v)
{
	/* A PV guest has no emulated card: ioemu means its PV half. */
	return !strcmp(v, "vif") || !strcmp(v, "ioemu") ? 0 : wrong(p, "unknown type", v);
}

static int set_mtu(struct parse *p, const char *v)
{
	unsigned long long n;

	if (opt_uint(v, 65535, &n) || n < 68)
		return wrong(p, "mtu must be 68 to 65535, not", v);
	p->c->mtu = (unsigned)n;
	return 0;
}

static int set_trusted(struct parse *p, const char *v)
{
	if (strcmp(v, "0") && strcmp(v, "1"))
		return wrong(p, "trusted must be 0 or 1, not", v);
	p->c->trusted = v[0] - '0';
	return 0;
}

static int set_backend(struct parse *p, const char *v)
{
	if (!strcmp(v, "0") || !strcmp(v, "Domain-0"))
		return 0;
	return diag_set(p->d, -EOPNOTSUPP,
			"vif '%s': a back-end in another domain is known but not served yet",
			p->spec);
}

static int ignore(struct parse *p, const char *v)
{
	(void)p;
	(void)v;
	return 0;
}

static int set_rate(struct parse *p, const char *v)
{
	struct limit limit;
	int rc = limit_parse(v, &limit);

	if (rc == -ERANGE)
		return wrong(p, "rate too small:", v);
	if (rc)
		return diag_hint(p->d, wrong(p, "not a rate:", v),
				 "a rate looks like 10Mb/s or 1GB/s@20ms");
	p->c->rate_bytes = limit.bytes;
	p->c->rate_usecs = limit.usecs;
	return 0;
}

static const struct {
	const char *key;
	int (*set)(struct parse *p, const char *v);
} keys[] = {
	{"mac", set_mac},         {"bridge", set_bridge}, {"vifname", set_vifname},
	{"ip", set_ip},           {"script", set_script}, {"type", set_type},
	{"mtu", set_mtu},         {"rate", set_rate},     {"trusted", set_trusted},
	{"backend", set_backend}, {"model", ignore},      {"accel", ignore},
};

static int field(struct parse *p, char *w)
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
			 "served: mac bridge ip script type vifname mtu rate trusted");
}

int vif_parse(const char *spec, struct vif_conf *out, struct diag *d)
{
	struct parse p = {.c = out, .d = d, .spec = spec};
	char *copy = strdup(spec), *rest = copy, *w;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	out->trusted = 1;
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
			rc = field(&p, w);
	}
	if (rc == -ENOMEM)
		diag_set(d, rc, "out of memory");
	if (rc)
		vif_conf_free(out);
	free(copy);
	return rc;
}

void vif_conf_free(struct vif_conf *c)
{
	free(c->ip);
	free(c->script);
	memset(c, 0, sizeof(*c));
}
