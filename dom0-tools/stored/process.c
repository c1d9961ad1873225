// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "process.h"

enum { NICE = -5 };

static int waiter = -1; /* pipe to the process that waits for us to be ready */

int process_dir_of(const char *file, char *text, unsigned size)
{
	char dir[4096];
	char *slash;

	if (snprintf(dir, sizeof(dir), "%s", file) >= (int)sizeof(dir)) {
		snprintf(text, size, "%s: the name is too long", file);
		return -ENAMETOOLONG;
	}
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	if (!mkdir(dir, 0755) || errno == EEXIST)
		return 0;
	snprintf(text, size, "cannot make the directory %s: %s", dir, strerror(errno));
	return -errno;
}

int process_lock(const char *socket, char *text, unsigned size)
{
	char path[4096];
	int fd, rc = process_dir_of(socket, text, size);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "%s.lock", socket);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = -errno;
		snprintf(text, size, "cannot open the lock %s: %s", path, strerror(-rc));
		return rc;
	}
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	snprintf(text, size, "another store daemon serves %s (it holds %s): stop it first", socket,
		 path);
	close(fd);
	return -EBUSY;
}

int process_background(void)
{
	char status = 1;
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid) {
		close(p[1]);
		if (read(p[0], &status, 1) != 1)
			status = 1; /* it ended without a word here; the reason is in its log */
		return 1 + status;
	}
	close(p[0]);
	waiter = p[1];
	setsid();
	return chdir("/");
}

int process_ready(const char *pid_file, char *text, unsigned size)
{
	int rc = process_dir_of(pid_file, text, size), null;
	FILE *f;

	if (rc)
		return rc;
	f = fopen(pid_file, "we");
	if (!f || fprintf(f, "%d\n", getpid()) < 0 || fclose(f)) {
		rc = -errno;
		snprintf(text, size, "cannot write the pid file %s: %s", pid_file, strerror(-rc));
		return rc;
	}
	if (waiter < 0)
		return 0;
	log_background();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		close(null);
	}
	if (write(waiter, "", 1) != 1)
		log_warn("the process that started this one has gone");
	close(waiter);
	waiter = -1;
	return 0;
}

/*
 * One capability stays permitted, without being in effect: with it alone a program that takes this
 * one's place can have the page of the own kernel.
 */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct left[2] = {{.permitted = 1u << CAP_SYS_ADMIN}};
	int cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (cap != CAP_SYS_ADMIN)
			prctl(PR_CAPBSET_DROP, cap);
	if (syscall(SYS_capset, &head, left) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_warn("cannot give up rights: %s", strerror(errno));
}

void process_drop_rights(void)
{
	struct rlimit files;
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	/* Containers refuse that; nothing depends on it. */
	if (fd >= 0 && write(fd, "-900", 4) != 4)
		log_info("not spared when memory is short: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	/* Else its load so far decides whether it runs when asked or once all others wait. */
	if (setpriority(PRIO_PROCESS, 0, NICE))
		log_info("no earlier than others on the CPU: %s", strerror(errno));
	/* A client is a descriptor, and there may be thousands. */
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	drop_capabilities();
}
