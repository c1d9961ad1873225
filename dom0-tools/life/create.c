// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/build.h"
#include "life/create.h"
#include "life/make.h"

static int check(void *arg, const struct domconf *conf, struct diag *d)
{
	return kernel_open(arg, conf->kernel, conf->ramdisk, conf->memory_kib >> 2, d);
}

static int fill(void *arg, struct host *h, const struct make_domain *m, struct make_rings *rings,
		struct diag *d)
{
	struct build_request req = {
		.domid = m->domid,
		.cmdline = m->conf->cmdline,
		.console_port = m->console_port,
		.store_port = m->store_port,
	};
	struct build_result res = {{0}, {0}};
	int rc = build_domain(&h->hv, arg, &req, &res, d);

	/* The unpacked kernel is large; nothing later needs it. */
	kernel_close(arg);
	rings->console = res.console;
	rings->store = res.store;
	return rc;
}

int create_guest(struct host *h, struct domconf *conf, bool paused, uint16_t *domid, struct diag *d)
{
	struct kernel kernel = {.initrd = -1};
	struct make_source source = {.check = check, .fill = fill, .arg = &kernel};
	int rc = make_guest(h, conf, &source, paused, domid, d);

	kernel_close(&kernel);
	return rc;
}

static void note(const struct kernel *k, struct create_facts *facts)
{
	facts->kernel_bytes = k->elf.pend - k->elf.pstart;
	facts->ramdisk_bytes = k->initrd_len;
}

int create_check_kernel(const struct domconf *conf, struct create_facts *facts, struct diag *d)
{
	struct kernel kernel = {.initrd = -1};
	int rc = check(&kernel, conf, d);

	if (!rc)
		note(&kernel, facts);
	kernel_close(&kernel);
	return rc;
}

int create_check(struct host *h, const struct domconf *conf, struct create_facts *facts,
		 struct diag *d)
{
	struct kernel kernel = {.initrd = -1};
	struct make_source source = {.check = check, .fill = fill, .arg = &kernel};
	int rc = make_look(h, conf, &source, d);

	if (!rc)
		rc = build_free_memory(&h->hv, &facts->free_kib, d);
	if (!rc)
		note(&kernel, facts);
	kernel_close(&kernel);
	return rc;
}
