// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/limit.h"
#include "conf/spec.h"
#include "conf/vif.h"
#include "lib/opt.h"

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

static int set_mac(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	if (vif_mac_parse(v, c->mac))
		return diag_hint(s->d, spec_wrong(s, "not a card's address:", v),
				 "an address looks like 00:16:3e:12:34:56 (first byte even)");
	c->has_mac = true;
	return 0;
}

static int set_ifname(struct spec *s, const char *v, char *to, size_t size)
{
	if (!*v || strlen(v) >= size || strpbrk(v, "/ \t") || !strcmp(v, ".") || !strcmp(v, ".."))
		return spec_wrong(s, "not a network interface name:", v);
	strcpy(to, v);
	return 0;
}

static int set_bridge(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	return set_ifname(s, v, c->bridge, sizeof(c->bridge));
}

static int set_vifname(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	return set_ifname(s, v, c->vifname, sizeof(c->vifname));
}

static int set_text(char **to, const char *v)
{
	free(*to);
	*to = strdup(v);
	return *to ? 0 : -ENOMEM;
}

static int set_ip(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	return set_text(&c->ip, v);
}

static int set_script(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	return set_text(&c->script, v);
}

static int set_type(struct spec *s, const char *v)
{
	/* A PV guest has no emulated card: ioemu means its PV half. */
	return !strcmp(v, "vif") || !strcmp(v, "ioemu") ? 0 : spec_wrong(s, "unknown type", v);
}

static int set_mtu(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;
	unsigned long long n;

	if (opt_uint(v, 65535, &n) || n < 68)
		return spec_wrong(s, "mtu must be 68 to 65535, not", v);
	c->mtu = (unsigned)n;
	return 0;
}

static int set_trusted(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;

	if (strcmp(v, "0") && strcmp(v, "1"))
		return spec_wrong(s, "trusted must be 0 or 1, not", v);
	c->trusted = v[0] - '0';
	return 0;
}

static int set_backend(struct spec *s, const char *v)
{
	if (!strcmp(v, "0") || !strcmp(v, "Domain-0"))
		return 0;
	return diag_set(s->d, -EOPNOTSUPP,
			"vif '%s': a back-end in another domain is known but not served yet",
			s->text);
}

static int set_rate(struct spec *s, const char *v)
{
	struct vif_conf *c = s->to;
	struct limit limit;
	int rc = limit_parse(v, &limit);

	if (rc == -ERANGE)
		return spec_wrong(s, "rate too small:", v);
	if (rc)
		return diag_hint(s->d, spec_wrong(s, "not a rate:", v),
				 "a rate looks like 10Mb/s or 1GB/s@20ms");
	c->rate_bytes = limit.bytes;
	c->rate_usecs = limit.usecs;
	return 0;
}

static const struct spec_key keys[] = {
	{"mac", set_mac},         {"bridge", set_bridge}, {"vifname", set_vifname},
	{"ip", set_ip},           {"script", set_script}, {"type", set_type},
	{"mtu", set_mtu},         {"rate", set_rate},     {"trusted", set_trusted},
	{"backend", set_backend}, {"model", spec_ignore}, {"accel", spec_ignore},
	NO_MORE_SPEC_KEYS,
};

int vif_parse(const char *spec, struct vif_conf *out, struct diag *d)
{
	struct spec s = {
		.kind = "vif",
		.text = spec,
		.keys = keys,
		.served = "mac bridge ip script type vifname mtu rate trusted",
		.to = out,
		.d = d,
	};
	int rc;

	memset(out, 0, sizeof(*out));
	out->trusted = 1;
	rc = spec_each(&s, spec_field);
	if (rc)
		vif_conf_free(out);
	return rc;
}

void vif_conf_free(struct vif_conf *c)
{
	free(c->ip);
	free(c->script);
	memset(c, 0, sizeof(*c));
}
