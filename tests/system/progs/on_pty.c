// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * on_pty COMMAND...: run it on a terminal of its own, of 24 lines, driven by lines on standard
 * input: "size LINES COLUMNS", "type TEXT" (\e is ESC, \r Enter), "wait MS". What it prints goes to
 * standard output. Ends with the command's status; 3: a minute later it still ran.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int terminal;
static pid_t child;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* Copy output for so long, or until there will be no more: true. */
static bool copy(long long ms)
{
	struct pollfd p = {terminal, POLLIN, 0};
	long long end = now_ms() + ms, left;
	char buf[4096];
	ssize_t n;

	while ((left = end - now_ms()) > 0) {
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(terminal, buf, sizeof(buf));
		if (n <= 0)
			return true;
		fwrite(buf, 1, (size_t)n, stdout);
	}
	return false;
}

static void type(const char *text)
{
	for (; *text; text++) {
		char c = *text;

		if (c == '\\' && (text[1] == 'e' || text[1] == 'r'))
			c = *++text == 'e' ? 0x1b : '\r';
		if (write(terminal, &c, 1) != 1)
			return;
	}
}

static void drive(char *line)
{
	struct winsize w = {0};

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "size %hu %hu", &w.ws_row, &w.ws_col) == 2)
		ioctl(terminal, TIOCSWINSZ, &w);
	else if (!strncmp(line, "type ", 5))
		type(line + 5);
	else if (!strncmp(line, "wait ", 5))
		copy(atol(line + 5));
}

int main(int argc, char **argv)
{
	struct winsize w = {.ws_row = 24, .ws_col = 110};
	char line[256];
	bool hangs;
	int status;

	if (argc < 2)
		return 2;
	child = forkpty(&terminal, NULL, NULL, &w);
	if (child < 0)
		return 2;
	if (!child) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while (fgets(line, sizeof(line), stdin))
		drive(line);
	hangs = !copy(60000);
	fflush(stdout);
	if (hangs)
		kill(child, SIGKILL);
	waitpid(child, &status, 0);
	if (hangs)
		return 3;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}
