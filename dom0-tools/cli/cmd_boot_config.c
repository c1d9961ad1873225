// SPDX-License-Identifier: GPL-2.0-or-later
/* The device tree of domains that start with the machine: written, checked, and taken over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conf/bootconf.h"
#include "lib/table.h"
#include "life/adopt.h"
#include "life/boot_module.h"
#include "life/boot_tree.h"
#include "life/conf_file.h"

static bool as_json;
static const char *out_file, *module_dir;

static const struct opt opts[] = {
	{'o', "output", "FILE", OPT_STR, &out_file, "write: to FILE; a blob if it ends with .dtb"},
	{'m', "modules", "DIR", OPT_STR, &module_dir,
	 "write: put kernels and ramdisks into DIR, as the hypervisor can read them"},
	{0, "json", NULL, OPT_FLAG, &as_json, "check: print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -20},
	{"ID", "id", 5},
	{"Mem", "memory", 7},
	{"VCPUs", "vcpus", 5},
	{"Channels", "channels", 8},
	{"Pages", "pages", 5},
	{"Console", "console", -8},
	{"Kernel", "kernel", -1},
	{NULL, NULL, 0},
};

static json_t *module_text(const struct bootdt_module *m)
{
	char text[32];

	if (!m->given)
		return json_null();
	if (m->name)
		return table_text(m->name);
	snprintf(text, sizeof(text), "module %u", m->index);
	return json_string(text);
}

static json_t *row_of(const struct bootdt_domain *b)
{
	static const char *const consoles[] = {"daemon", "log", "machine"};
	char uuid[37];
	json_t *row;

	uuid_format(b->uuid, uuid);
	row = json_pack("{s:i, s:I, s:i, s:i, s:i, s:s, s:s, s:b}", "id", (int)b->id, "memory",
			(json_int_t)(b->memory_kib >> 10), "vcpus", (int)b->vcpus, "channels",
			(int)b->channels, "pages", (int)b->pages, "console", consoles[b->console],
			"uuid", uuid, "store", !b->no_store);
	json_object_set_new(row, "name", table_text(b->name));
	json_object_set_new(row, "kernel", module_text(&b->kernel));
	json_object_set_new(row, "ramdisk", module_text(&b->ramdisk));
	if (b->bootargs)
		json_object_set_new(row, "bootargs", table_text(b->bootargs));
	return row;
}

static int check(struct cli *c, const char *path)
{
	struct boot_tree tree;
	int rc = boot_tree_read(&tree, path, &c->d);
	json_t *rows = json_array();
	unsigned int i;

	for (i = 0; !rc && i < tree.t.domains; i++)
		json_array_append_new(rows, row_of(&tree.t.domain[i]));
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	boot_tree_free(&tree);
	return rc;
}

static void warn(void *arg, const char *text)
{
	(void)arg;
	log_line("pav boot-config", "%s", text);
}

/* Say what the boot loader must pass; with --modules it is put where that finds it. */
static int name_module(struct cli *c, const char *path, bool kernel)
{
	const char *name = bootconf_module(path), *how;
	int rc;

	if (module_dir) {
		rc = boot_module_put(module_dir, path, kernel, &c->d);
		if (!rc)
			log_line("pav boot-config", "boot module: %s/%s %s", module_dir, name,
				 name);
		return rc;
	}
	how = kernel ? boot_module_packed(path) : NULL;
	if (how)
		log_line("pav boot-config",
			 "kernel %s is packed by %s, which the hypervisor does not undo: "
			 "--modules=DIR puts it there unpacked",
			 path, how);
	log_line("pav boot-config", "boot module: %s %s", path, name);
	return 0;
}

/* As a blob: the text by dtc, from a file of its own. */
static int write_blob(struct cli *c, const char *text, size_t len)
{
	char dts[] = "/tmp/boot-config-XXXXXX";
	struct boot_tree tree = {0};
	int fd = mkstemp(dts), rc;
	FILE *f;

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		rc = diag_set(&c->d, -errno, "file %s: %s", dts, strerror(errno));
	else
		rc = boot_tree_read(&tree, dts, &c->d);
	if (fd >= 0) {
		close(fd);
		unlink(dts);
	}
	f = rc ? NULL : fopen(out_file, "we");
	if (!rc && (!f || fwrite(tree.blob, 1, tree.len, f) != tree.len || fflush(f)))
		rc = diag_set(&c->d, -errno, "file %s: %s", out_file, strerror(errno));
	if (f)
		fclose(f);
	boot_tree_free(&tree);
	return rc;
}

static int write_text(struct cli *c, const char *text, size_t len)
{
	FILE *f = out_file ? fopen(out_file, "we") : stdout;

	if (!f || fwrite(text, 1, len, f) != len || fflush(f))
		return diag_set(&c->d, -errno, "file %s: %s", out_file ? out_file : "(stdout)",
				strerror(errno));
	if (out_file)
		fclose(f);
	return 0;
}

static int write_tree(struct cli *c, const struct domconf *confs, size_t n)
{
	size_t len = 0, end = out_file ? strlen(out_file) : 0, i;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);
	int rc = f ? bootconf_write(f, confs, n, warn, NULL, &c->d)
		   : diag_set(&c->d, -ENOMEM, "out of memory");

	if (f)
		fclose(f);
	if (!rc && end > 4 && !strcmp(out_file + end - 4, ".dtb"))
		rc = write_blob(c, text, len);
	else if (!rc)
		rc = write_text(c, text, len);
	for (i = 0; i < n && !rc; i++) {
		rc = name_module(c, confs[i].kernel, true);
		if (!rc && confs[i].ramdisk)
			rc = name_module(c, confs[i].ramdisk, false);
	}
	free(text);
	return rc;
}

static int write_files(struct cli *c, int n, char **files)
{
	struct domconf *confs = calloc((size_t)n, sizeof(*confs));
	int i, rc = confs ? 0 : diag_set(&c->d, -ENOMEM, "out of memory");

	for (i = 0; i < n && !rc; i++)
		rc = conf_file_guest(&confs[i], files[i], NULL, 0, warn, NULL, &c->d);
	if (!rc)
		rc = write_tree(c, confs, (size_t)n);
	while (confs && i-- > 0)
		domconf_free(&confs[i]);
	free(confs);
	return rc;
}

static int adopt(struct cli *c, const char *path)
{
	struct boot_tree tree;
	unsigned int i;
	int failed = 0, rc = boot_tree_read(&tree, path, &c->d);

	if (!rc)
		rc = host_open(&c->h, &c->d);
	for (i = 0; !rc && i < tree.t.domains; i++) {
		const struct bootdt_domain *b = &tree.t.domain[i];
		int one = adopt_domain(&c->h, b, &c->d);

		if (one > 0)
			printf("%s: domain %u\n", b->name, b->id);
		if (one < 0) {
			diag_print(&c->d, c->verb->cmd.name);
			failed = 1;
		}
	}
	boot_tree_free(&tree);
	return rc ? rc : failed;
}

static int run(struct cli *c, int n, char **args)
{
	const struct opt_cmd *cmd = &c->verb->cmd;

	if (!strcmp(args[0], "write"))
		return n > 1 ? write_files(c, n - 1, args + 1)
			     : opt_wrong(cmd, "write wants guests' configuration files");
	if (!strcmp(args[0], "check"))
		return n == 2 ? check(c, args[1]) : opt_wrong(cmd, "check wants one file");
	if (!strcmp(args[0], "adopt"))
		return n <= 2 ? adopt(c, n == 2 ? args[1] : BOOT_TREE_PATH)
			      : opt_wrong(cmd, "adopt wants one file, or none");
	return opt_wrong(cmd, "'%s' is none of write, check, adopt", args[0]);
}

const struct verb verb_boot_config = {
	.name = "boot-config",
	.cmd = {"pav boot-config", "write FILE... | check FILE | adopt [FILE]",
		"domains that start with the machine: write, check, take over their tree", opts},
	.need = NEED_NOTHING,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
