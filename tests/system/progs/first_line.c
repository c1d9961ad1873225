// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * first_line LOG WORD PROGRAM [ARGUMENT]...: run what makes a guest, wait until the log of
 * its console has the word, and print the microseconds until the program's end and until the word.
 * The profiler's region 1 lasts until the program's end, region 2 until the word.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../bench/mark.h"

static char text[1 << 20];

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static int run(char **argv)
{
	int status = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : 126;
}

/* The log begins anew for each guest, some time after it was made. */
static void await(const char *path, const char *word)
{
	size_t n = 0;
	int fd = -1;
	ssize_t k;

	while (!strstr(text, word)) {
		usleep(10000);
		if (fd < 0)
			fd = open(path, O_RDONLY);
		k = fd < 0 ? 0 : read(fd, text + n, sizeof(text) - 1 - n);
		if (k > 0)
			n += (size_t)k;
	}
}

int main(int argc, char **argv)
{
	long long begun, made;
	int status;

	if (argc < 4)
		return 2;
	unlink(argv[1]);
	begun = now_us();
	mark_begin(1);
	status = run(argv + 3);
	made = now_us();
	mark_begin(2);
	if (!status)
		await(argv[1], argv[2]);
	mark_end(2);
	printf("made %lld line %lld\n", made - begun, now_us() - begun);
	return status;
}
