// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/disk.h"
#include "conf/limit.h"
#include "conf/vdev.h"

struct parse {
	struct disk_conf *c;
	struct diag *d;
	const char *spec;
	char *format;
	int positional; /* how many positional fields were seen */
	bool ro, rw;
};

static char *trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static int wrong(struct parse *p, const char *what, const char *word)
{
	return diag_set(p->d, -EINVAL, "disk '%s': %s '%s'", p->spec, what, word);
}

static int later(struct parse *p, const char *what)
{
	return diag_hint(p->d,
			 diag_set(p->d, -EOPNOTSUPP, "disk '%s': %s is known but not served yet",
				  p->spec, what),
			 "use a raw image file or a block device");
}

static int set_format(struct parse *p, char *v)
{
	if (!*v || !strcmp(v, "raw")) {
		p->format = v;
		return 0;
	}
	if (!strcmp(v, "qcow") || !strcmp(v, "qcow2") || !strcmp(v, "vhd") || !strcmp(v, "qed"))
		return diag_hint(p->d, later(p, v),
				 "convert it: qemu-img convert -O raw IMAGE IMAGE.raw");
	return wrong(p, "unknown format", v);
}

static int set_vdev(struct parse *p, char *v)
{
	if (p->c->vdev[0])
		return wrong(p, "a second vdev", v);
	if (strlen(v) >= sizeof(p->c->vdev) || vdev_parse(v, &p->c->devid))
		return diag_hint(p->d, wrong(p, "not a virtual device name:", v),
				 "names look like xvda, xvdb1, sda or d2p1");
	strcpy(p->c->vdev, v);
	return 0;
}

static int set_access(struct parse *p, char *v)
{
	if (!*v)
		return 0;
	if (!strcmp(v, "r") || !strcmp(v, "ro"))
		p->ro = true;
	else if (!strcmp(v, "w") || !strcmp(v, "rw"))
		p->rw = true;
	else if (!strcmp(v, "w!") || !strcmp(v, "!"))
		p->rw = p->c->share = true;
	else
		return diag_hint(p->d, wrong(p, "unknown access", v), "access is r, w or w!");
	return 0;
}

static int set_target(struct parse *p, char *v)
{
	if (p->c->target)
		return wrong(p, "a second target", v);
	if (!*v)
		return 0;
	p->c->target = strdup(v);
	return p->c->target ? 0 : -ENOMEM;
}

static int set_backendtype(struct parse *p, char *v)
{
	if (!strcmp(v, "phy"))
		return 0;
	if (!strcmp(v, "qdisk") || !strcmp(v, "tap") || !strcmp(v, "standalone"))
		return diag_hint(p->d, later(p, "this back-end type"), "leave backendtype= out");
	return wrong(p, "unknown back-end type", v);
}

static int set_backend(struct parse *p, char *v)
{
	if (!strcmp(v, "0") || !strcmp(v, "Domain-0"))
		return 0;
	return later(p, "a back-end in another domain");
}

static int set_devtype(struct parse *p, char *v)
{
	if (strcmp(v, "cdrom") && strcmp(v, "disk"))
		return wrong(p, "unknown devtype", v);
	p->c->cdrom = v[0] == 'c';
	return 0;
}

static int set_rate(struct parse *p, char *v)
{
	struct limit limit;

	if (limit_parse(v, &limit))
		return diag_hint(p->d, wrong(p, "not a rate:", v), "a rate looks like 10MB/s");
	p->c->rate = (uint64_t)((unsigned __int128)limit.bytes * 1000000 / limit.usecs);
	return 0;
}

static int set_script(struct parse *p, char *v)
{
	free(p->c->script);
	p->c->script = strdup(v);
	return p->c->script ? 0 : -ENOMEM;
}

static const struct {
	const char *key;
	int (*set)(struct parse *p, char *v);
} keys[] = {
	{"target", set_target},   {"format", set_format},   {"vdev", set_vdev},
	{"access", set_access},   {"script", set_script},   {"backendtype", set_backendtype},
	{"backend", set_backend}, {"devtype", set_devtype}, {"rate", set_rate},
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

static int field(struct parse *p, char *w)
{
	char *eq = strchr(w, '=');
	size_t i;
	int rc;

	/* A path may contain '=': only what stands before the first slash can be a key. */
	if (eq && memchr(w, '/', (size_t)(eq - w)))
		eq = NULL;
	if (eq) {
		*eq = '\0';
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (!strcmp(trim(w), keys[i].key))
				return keys[i].set(p, trim(eq + 1));
		return wrong(p, "unknown key", trim(w));
	}
	if (p->positional) {
		rc = lone_word(p, w);
		if (rc <= 0)
			return rc;
	}
	switch (p->positional++) {
	case 0:
		return set_target(p, w);
	case 1:
		/* The old order leaves the format out: target,vdev,access. */
		if (*w && set_format(p, w)) {
			uint32_t num;

			if (vdev_parse(w, &num))
				return -EINVAL;
			p->positional++;
			return set_vdev(p, w);
		}
		return 0;
	case 2:
		return set_vdev(p, w);
	case 3:
		return set_access(p, w);
	default:
		return wrong(p, "more fields than there are:", w);
	}
}

/* "phy:/dev/x", "file:/x", "raw:/x", with the old ":cdrom" after the vdev. */
static int old_prefix(struct parse *p, char **rest)
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
			return later(p, known[i]);
	return 0;
}

static int check(struct parse *p)
{
	struct disk_conf *c = p->c;

	if (p->ro && p->rw)
		return diag_set(p->d, -EINVAL, "disk '%s': both read-only and writable", p->spec);
	if (!c->vdev[0])
		return diag_hint(p->d,
				 diag_set(p->d, -EINVAL, "disk '%s': vdev is missing", p->spec),
				 "say which disk the guest shall see, as in '/path,raw,xvda,rw'");
	c->readonly = p->ro || (c->cdrom && !p->rw);
	if (!c->target && !c->cdrom)
		return diag_set(p->d, -EINVAL, "disk '%s': target is missing", p->spec);
	if (!c->target)
		return later(p, "an empty drive");
	if (c->target[0] != '/')
		return diag_hint(p->d,
				 diag_set(p->d, -EINVAL, "disk '%s': '%s' is not an absolute path",
					  p->spec, c->target),
				 "write the path from the root on");
	return 0;
}

int disk_parse(const char *spec, struct disk_conf *out, struct diag *d)
{
	struct parse p = {.c = out, .d = d, .spec = spec};
	char *copy = strdup(spec), *rest, *w, *target;
	int rc;

	memset(out, 0, sizeof(*out));
	out->discard = true;
	if (!copy)
		return diag_set(d, -ENOMEM, "out of memory");
	rest = trim(copy);
	rc = old_prefix(&p, &rest);
	/* target= swallows the rest of the line, commas and all: it has to come last. */
	target = strstr(rest, "target=");
	if (target && target != rest && target[-1] != ',' && !isspace((unsigned char)target[-1]))
		target = NULL;
	if (target) {
		if (!rc)
			rc = set_target(&p, trim(target + 7));
		*target = '\0';
		p.positional = 1;
	}
	while (!rc && (w = strsep(&rest, ",")) != NULL) {
		w = trim(w);
		if (target && !*w)
			continue;
		rc = field(&p, w);
	}
	if (!rc)
		rc = check(&p);
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
