// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cut_line WHERE PROGRAM [ARGUMENT]...: between `pav migrate` and what brings it to the other
 * machine: pass on what both say, and break the connection for both at one of the last steps:
 * before the sender hears that the guest is "ready", before the receiver hears that it may "go", or
 * before the sender hears the "report" that it runs.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum where { READY, GO, REPORT };

static char buf[1 << 16];
static pid_t child;

static int start(char **argv, int *to, int *from)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		return -1;
	child = fork();
	if (!child) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	return child;
}

static bool pass(int to, ssize_t n)
{
	ssize_t at = 0, got;

	while (at < n) {
		got = write(to, buf + at, (size_t)(n - at));
		if (got < 0)
			return false;
		at += got;
	}
	return n > 0;
}

/* Until the connection has been cut or has ended by itself. */
static void relay(enum where where, int to, int from)
{
	struct pollfd p[] = {{.fd = STDIN_FILENO, .events = POLLIN},
			     {.fd = from, .events = POLLIN}};
	bool ready = false, gone = false;
	ssize_t n = 1;

	while (n > 0 && poll(p, 2, -1) > 0) {
		bool back = p[1].revents;

		n = read(p[back].fd, buf, sizeof(buf) - 1);
		buf[n > 0 ? n : 0] = '\0';
		if (back && gone && where == REPORT)
			return;
		ready = ready || (back && strstr(buf, "ready to unpause"));
		if (ready && back && where == READY)
			return;
		gone = gone || (ready && !back);
		if (gone && where == GO)
			return;
		if (!pass(back ? STDOUT_FILENO : to, n))
			return;
	}
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"ready", "go", "report"};
	int to, from, where = READY;

	if (argc < 3)
		return 2;
	while (where < REPORT && strcmp(argv[1], names[where]) != 0)
		where++;
	signal(SIGPIPE, SIG_IGN);
	if (start(argv + 2, &to, &from) < 0)
		return 1;
	relay((enum where)where, to, from);
	kill(child, SIGKILL);
	return 1;
}
