/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes and threads. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "micro.h"

static uint64_t fork_exit(unsigned n)
{
	uint64_t t = row_begin();

	while (n--) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			die("fork");
	}
	return row_end(t);
}

static uint64_t fork_exec(unsigned n)
{
	uint64_t t = row_begin();
	int status;

	while (n--) {
		pid_t child = fork();

		if (child == 0) {
			execl(micro_self, "micro", "--exit", NULL);
			_exit(1);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			die("fork and execve");
	}
	return row_end(t);
}

static void *thread(void *arg)
{
	return arg;
}

static uint64_t thread_join(unsigned n)
{
	uint64_t t = row_begin();

	while (n--) {
		pthread_t id;

		if (pthread_create(&id, NULL, thread, NULL) || pthread_join(id, NULL))
			die("pthread_create");
	}
	return row_end(t);
}

const struct row rows_process[] = {
	{"fork_exit", fork_exit, 10},
	{"fork_execve", fork_exec, 5},
	{"thread_create_join", thread_join, 30},
	{NULL, NULL, 0},
};
