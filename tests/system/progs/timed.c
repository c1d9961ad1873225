// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * timed WHAT PROGRAM [ARGUMENT]...: run the program, print WHAT and the microseconds it took. It is
 * small and forks as cheaply as can be, so that hardly anything but the program is in the figure.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	long long begun = now_us();
	int status = 0;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = vfork();
	if (pid == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 126;
	fprintf(stderr, "%s %lld\n", argv[1], now_us() - begun);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
