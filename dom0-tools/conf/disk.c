// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/disk.h"
#include "conf/limit.h"
#include "conf/spec.h"
#include "conf/vdev.h"

/* What the setters fill: the disk, and what makes sense only when all words are known. */
struct parse {
	struct disk_conf *c;
	int positional; /* how many positional fields were seen */
	bool ro, rw;
};

static int later(struct spec *s, const char *what)
{
	return diag_hint(s->d,
			 diag_set(s->d, -EOPNOTSUPP, "disk '%s': %s is known but not served yet",
				  s->text, what),
			 "use a raw image file or a block device");
}

static int set_format(struct spec *s, const char *v)
{
	if (!*v || !strcmp(v, "raw"))
		return 0;
	if (!strcmp(v, "qcow") || !strcmp(v, "qcow2") || !strcmp(v, "vhd") || !strcmp(v, "qed"))
		return diag_hint(s->d, later(s, v),
				 "convert it: qemu-img convert -O raw IMAGE IMAGE.raw");
	return spec_wrong(s, "unknown format", v);
}

static int set_vdev(struct spec *s, const char *v)
{
	struct parse *p = s->to;

	if (p->c->vdev[0])
		return spec_wrong(s, "a second vdev", v);
	if (strlen(v) >= sizeof(p->c->vdev) || vdev_parse(v, &p->c->devid))
		return diag_hint(s->d, spec_wrong(s, "not a virtual device name:", v),
				 "names look like xvda, xvdb1, sda or d2p1");
	strcpy(p->c->vdev, v);
	return 0;
}

static int set_access(struct spec *s, const char *v)
{
	struct parse *p = s->to;

	if (!*v)
		return 0;
	if (!strcmp(v, "r") || !strcmp(v, "ro"))
		p->ro = true;
	else if (!strcmp(v, "w") || !strcmp(v, "rw"))
		p->rw = true;
	else if (!strcmp(v, "w!") || !strcmp(v, "!"))
		p->rw = p->c->share = true;
	else
		return diag_hint(s->d, spec_wrong(s, "unknown access", v), "access is r, w or w!");
	return 0;
}

static int set_target(struct spec *s, const char *v)
{
	struct parse *p = s->to;

	if (p->c->target)
		return spec_wrong(s, "a second target", v);
	if (!*v)
		return 0;
	p->c->target = strdup(v);
	return p->c->target ? 0 : -ENOMEM;
}

static int set_backendtype(struct spec *s, const char *v)
{
	if (!strcmp(v, "phy"))
		return 0;
	if (!strcmp(v, "qdisk") || !strcmp(v, "tap") || !strcmp(v, "standalone"))
		return diag_hint(s->d, later(s, "this back-end type"), "leave backendtype= out");
	return spec_wrong(s, "unknown back-end type", v);
}

static int set_backend(struct spec *s, const char *v)
{
	if (!strcmp(v, "0") || !strcmp(v, "Domain-0"))
		return 0;
	return later(s, "a back-end in another domain");
}

static int set_devtype(struct spec *s, const char *v)
{
	struct parse *p = s->to;

	if (strcmp(v, "cdrom") && strcmp(v, "disk"))
		return spec_wrong(s, "unknown devtype", v);
	p->c->cdrom = v[0] == 'c';
	return 0;
}

static int set_rate(struct spec *s, const char *v)
{
	struct parse *p = s->to;
	struct limit limit;

	if (limit_parse(v, &limit))
		return diag_hint(s->d, spec_wrong(s, "not a rate:", v), "a rate looks like 10MB/s");
	p->c->rate = (uint64_t)((unsigned __int128)limit.bytes * 1000000 / limit.usecs);
	return 0;
}

static int set_script(struct spec *s, const char *v)
{
	struct parse *p = s->to;

	free(p->c->script);
	p->c->script = strdup(v);
	return p->c->script ? 0 : -ENOMEM;
}

static const struct spec_key keys[] = {
	{"target", set_target},   {"format", set_format},   {"vdev", set_vdev},
	{"access", set_access},   {"script", set_script},   {"backendtype", set_backendtype},
	{"backend", set_backend}, {"devtype", set_devtype}, {"rate", set_rate},
	NO_MORE_SPEC_KEYS,
};

/* Words that stand alone. 1: not such a word. */
static int lone_word(struct parse *p, char *w)
{
	if (!strcmp(w, "cdrom"))
		p->c->cdrom = true;
	else if (!strcmp(w, "discard"))
		p->c->discard = true;
	else if (!strcmp(w, "no-discard"))
		p->c->discard = false;
	else if (!strcmp(w, "direct-io-safe"))
		p->c->direct_io_safe = true;
	else
		return 1;
	return 0;
}

static int field(struct spec *s, char *w)
{
	struct parse *p = s->to;
	char *eq = strchr(w, '=');
	int rc;

	/* A path may contain '=': only what stands before the first slash can be a key. */
	if (eq && !memchr(w, '/', (size_t)(eq - w))) {
		*eq = '\0';
		return spec_set(s, spec_trim(w), spec_trim(eq + 1));
	}
	if (p->positional) {
		rc = lone_word(p, w);
		if (rc <= 0)
			return rc;
	}
	switch (p->positional++) {
	case 0:
		return set_target(s, w);
	case 1:
		/* The old order leaves the format out: target,vdev,access. */
		if (*w && set_format(s, w)) {
			uint32_t num;

			if (vdev_parse(w, &num))
				return -EINVAL;
			p->positional++;
			return set_vdev(s, w);
		}
		return 0;
	case 2:
		return set_vdev(s, w);
	case 3:
		return set_access(s, w);
	default:
		return spec_wrong(s, "more fields than there are:", w);
	}
}

/* "phy:/dev/x", "file:/x", "raw:/x", with the old ":cdrom" after the vdev. */
static int old_prefix(struct spec *s, char **rest)
{
	static const char *const served[] = {"phy:", "file:", "raw:"};
	static const char *const known[] = {
		"qcow:", "qcow2:", "vhd:", "tap:", "tap2:", "aio:", "nbd:", "iscsi:", "drbd:"};
	size_t i;

	for (i = 0; i < sizeof(served) / sizeof(served[0]); i++) {
		if (!strncmp(*rest, served[i], strlen(served[i]))) {
			*rest += strlen(served[i]);
			return 0;
		}
	}
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(*rest, known[i], strlen(known[i])))
			return later(s, known[i]);
	return 0;
}

static int check(struct spec *s)
{
	struct parse *p = s->to;
	struct disk_conf *c = p->c;

	if (p->ro && p->rw)
		return diag_set(s->d, -EINVAL, "disk '%s': both read-only and writable", s->text);
	if (!c->vdev[0])
		return diag_hint(s->d,
				 diag_set(s->d, -EINVAL, "disk '%s': vdev is missing", s->text),
				 "say which disk the guest shall see, as in '/path,raw,xvda,rw'");
	c->readonly = p->ro || (c->cdrom && !p->rw);
	if (!c->target && !c->cdrom)
		return diag_set(s->d, -EINVAL, "disk '%s': target is missing", s->text);
	if (!c->target)
		return later(s, "an empty drive");
	if (c->target[0] != '/')
		return diag_hint(s->d,
				 diag_set(s->d, -EINVAL, "disk '%s': '%s' is not an absolute path",
					  s->text, c->target),
				 "write the path from the root on");
	return 0;
}

int disk_parse(const char *spec, struct disk_conf *out, struct diag *d)
{
	struct parse p = {.c = out};
	struct spec s = {.kind = "disk", .text = spec, .keys = keys, .to = &p, .d = d};
	char *copy = strdup(spec), *rest, *w, *target;
	int rc;

	memset(out, 0, sizeof(*out));
	out->discard = true;
	if (!copy)
		return diag_set(d, -ENOMEM, "out of memory");
	rest = spec_trim(copy);
	rc = old_prefix(&s, &rest);
	/* target= swallows the rest of the line, commas and all: it has to come last. */
	target = strstr(rest, "target=");
	if (target && target != rest && target[-1] != ',' && !isspace((unsigned char)target[-1]))
		target = NULL;
	if (target) {
		if (!rc)
			rc = set_target(&s, spec_trim(target + 7));
		*target = '\0';
		p.positional = 1;
	}
	while (!rc && (w = spec_word(&rest)) != NULL)
		if (*w || !target)
			rc = field(&s, w);
	if (!rc)
		rc = check(&s);
	if (rc == -ENOMEM)
		diag_set(d, rc, "out of memory");
	if (rc)
		disk_conf_free(out);
	free(copy);
	return rc;
}

void disk_conf_free(struct disk_conf *c)
{
	free(c->target);
	free(c->script);
	memset(c, 0, sizeof(*c));
}
