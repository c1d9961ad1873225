// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/daemon.h"

#define RUN_DIR "/run/pavise"

static int ready_fd = -1;

static int open_lock(const char *name, int flags)
{
	char path[96];

	snprintf(path, sizeof(path), RUN_DIR "/%s.pid", name);
	return open(path, flags | O_CLOEXEC, 0644);
}

int daemon_pid(const char *name)
{
	struct flock l = {.l_type = F_WRLCK};
	int fd = open_lock(name, O_RDONLY), pid = 0;

	if (fd < 0)
		return 0;
	if (!fcntl(fd, F_GETLK, &l) && l.l_type != F_UNLCK)
		pid = l.l_pid;
	close(fd);
	return pid;
}

bool daemon_runs(const char *name)
{
	return daemon_pid(name) != 0;
}

int daemon_lock(const char *name, struct diag *d)
{
	/* This kind of lock is not shared with children: it ends with this very process. */
	struct flock l = {.l_type = F_WRLCK};
	int fd, rc;

	if (mkdir(RUN_DIR, 0755) && errno != EEXIST)
		return diag_set(d, -errno, "cannot make " RUN_DIR ": %s", strerror(errno));
	fd = open_lock(name, O_RDWR | O_CREAT);
	if (fd < 0)
		return diag_set(d, -errno, "cannot open " RUN_DIR "/%s.pid: %s", name,
				strerror(errno));
	if (fcntl(fd, F_SETLK, &l)) {
		close(fd);
		return diag_set(d, -EBUSY, "%s runs already (" RUN_DIR "/%s.pid is locked)", name,
				name);
	}
	rc = ftruncate(fd, 0) || dprintf(fd, "%d\n", (int)getpid()) < 0 ? -errno : 0;
	if (rc) {
		diag_set(d, rc, "cannot write " RUN_DIR "/%s.pid: %s", name, strerror(-rc));
		close(fd);
	}
	/* The descriptor stays open on purpose: it is the lock. */
	return rc;
}

int daemon_detach(void)
{
	int pipes[2], status = 1;
	char byte;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close(pipes[0]);
		ready_fd = pipes[1];
		setsid();
		return 0;
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) == 1)
		_exit(0);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		_exit(WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
	_exit(1);
}

void daemon_ready(void)
{
	struct stat st;
	int null;

	if (ready_fd < 0)
		return;
	null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, 0);
		dup2(null, 1);
		/* Whoever reads a pipe to its end, like ssh, would wait as long as we live. */
		if (!fstat(2, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
			dup2(null, 2);
		if (null > 2)
			close(null);
	}
	if (chdir("/") || write(ready_fd, "", 1) != 1)
		exit(1);
	close(ready_fd);
	ready_fd = -1;
}
