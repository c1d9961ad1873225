// SPDX-License-Identifier: GPL-2.0-or-later
#include "life/boot_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TREE_MAX = 1 << 20 };

static int read_all(struct boot_tree *b, int fd, const char *path, struct diag *d)
{
	ssize_t n = 0;

	b->blob = malloc(TREE_MAX);
	b->len = 0;
	if (!b->blob)
		return diag_set(d, -ENOMEM, "out of memory");
	while (b->len < TREE_MAX && (n = read(fd, (char *)b->blob + b->len, TREE_MAX - b->len)) > 0)
		b->len += (size_t)n;
	if (n < 0)
		return diag_set(d, -errno, "device tree %s: %s", path, strerror(errno));
	return b->len < TREE_MAX ? 0
				 : diag_set(d, -EFBIG, "device tree %s: larger than 1 MiB", path);
}

/* What dtc has to say goes to standard error, where it names file and line. */
static int run_dtc(const char *path, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
		execlp("dtc", "dtc", "-q", "-I", "dts", "-O", "dtb", "--", path, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int compile(struct boot_tree *b, const char *path, struct diag *d)
{
	int fds[2], status = 0, rc, pid;

	if (pipe2(fds, O_CLOEXEC))
		return diag_set(d, -errno, "no pipe: %s", strerror(errno));
	pid = run_dtc(path, fds[1]);
	close(fds[1]);
	rc = read_all(b, fds[0], path, d);
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return diag_set(d, -ECHILD, "cannot run dtc: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		diag_set(d, -ENOENT, "device tree %s is a text, and there is no dtc to compile it",
			 path);
		return diag_hint(d, -ENOENT, "apt install device-tree-compiler");
	}
	if (status)
		return diag_set(d, -EINVAL, "device tree %s: dtc does not understand it", path);
	return rc;
}

static int load(struct boot_tree *b, const char *path, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	*b = (struct boot_tree){0};
	if (fd < 0)
		return diag_set(d, -errno, "device tree %s: %s", path, strerror(errno));
	rc = read_all(b, fd, path, d);
	close(fd);
	if (rc || bootdt_is_blob(b->blob, b->len))
		return rc;
	boot_tree_free(b);
	return compile(b, path, d);
}

int boot_tree_read(struct boot_tree *b, const char *path, struct diag *d)
{
	struct bootdt_error e;
	int rc = load(b, path, d);

	if (rc)
		return rc;
	rc = bootdt_read(b->blob, b->len, &b->t, &e);
	if (!rc)
		return 0;
	diag_set(d, rc, "device tree %s: node %s%s%s: %s", path, e.node, e.is_property, e.property,
		 e.text);
	return diag_hint(d, rc, "the binding is in docs/boot-domains.md");
}

void boot_tree_free(struct boot_tree *b)
{
	free(b->blob);
	b->blob = NULL;
}
