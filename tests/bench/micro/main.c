/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * micro [--samples N] [--time] [--cpu N] [--list] [ROW...]: measure rows and print one line of JSON
 * for each. --time: by the clock and performance counters of a real machine. --cpu: on this one.
 * As the first program of a machine (process 1) it mounts what rows need, takes its rows from the
 * kernel's command line (`micro.rows=a,b micro.samples=N micro.time=1`), and ends by switching off.
 * --contained, the first argument: process 1 of a container, which does none of that.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define SAMPLES 9

static const struct row *const families[] = {rows_syscall, rows_memory, rows_process,
					     rows_ipc,     rows_event,  rows_timer};
static int cpu; /* that all of this stays on */

/* Zero at start: an area of its own beside that of data, as programs of some size have it. */
char micro_zeroes[1 << 20];

const char *micro_self = "/proc/self/exe";

void die(const char *what)
{
	printf("micro: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

void pin(void)
{
	cpu_set_t set;

	/* The kernel wakes what may go nowhere else by a shorter way. */
	if (sysconf(_SC_NPROCESSORS_ONLN) == 1)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot stay on that CPU");
}

static void measure_apart(const struct row *row, unsigned region, const struct how *how)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		measure(row, region, how);
		_exit(0);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		die("fork");
}

static int wanted(const char *name, char **names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return 1;
	return count == 0;
}

/* All rows have the region of their place in the list, whichever are measured. */
static void measure_all(char **names, int count, const struct how *how, int list)
{
	unsigned region = 0;

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++)
		for (const struct row *row = families[f]; row->name; row++) {
			region++;
			if (!wanted(row->name, names, count))
				continue;
			if (list)
				printf("%s\n", row->name);
			else
				measure_apart(row, region, how);
		}
}

/* Value of the kernel's argument @name, which ends with "=", or NULL; good until the next call. */
static char *from_command_line(const char *name)
{
	static char line[4096];
	int fd = open("/proc/cmdline", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	char *at;

	if (n < 0)
		die("/proc/cmdline");
	close(fd);
	line[n] = 0;
	at = strstr(line, name);
	return at ? strtok(at + strlen(name), " \n") : NULL;
}

/* A number of these bounds, or the end. */
static unsigned within(const char *text, long least, long most)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < least || n > most) {
		printf("micro: '%s' is no number from %ld to %ld\n", text, least, most);
		exit(2);
	}
	return (unsigned)n;
}

static void first_program(void)
{
	char *names[64];
	struct how how = {.samples = SAMPLES};
	char *rows, *number;
	int count = 0;

	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	mkdir("/tmp", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("tmpfs", "/tmp", "tmpfs", 0, NULL))
		die("mount");
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		die("mount");
	number = from_command_line("micro.samples=");
	if (number)
		how.samples = within(number, 1, SAMPLES_MAX);
	how.time = from_command_line("micro.time=") != NULL;
	rows = from_command_line("micro.rows=");
	for (char *s = rows ? strtok(rows, ",") : NULL; s && count < 64; s = strtok(NULL, ","))
		names[count++] = s;
	printf("\nmicro: begin\n");
	measure_all(names, count, &how, 0);
	printf("micro: end\n");
	fflush(stdout);
	/* The kernel drops what its console has not sent yet. */
	sleep(1);
	reboot(RB_POWER_OFF);
}

static void quit(int number)
{
	_exit(128 + number);
}

/* Where areas lie makes several per cent of rows about memory: in the same place in every run. */
static void place_alike(char **argv)
{
	const unsigned long ask = 0xffffffff;

	if ((personality(ask) & ADDR_NO_RANDOMIZE) || personality(ADDR_NO_RANDOMIZE) < 0)
		return;
	execv(argv[0][0] == '/' ? argv[0] : micro_self, argv);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"samples", required_argument, NULL, 's'},
		{"time", no_argument, NULL, 't'},
		{"cpu", required_argument, NULL, 'c'},
		{"list", no_argument, NULL, 'l'},
		{NULL, 0, NULL, 0},
	};
	struct how how = {.samples = SAMPLES};
	int list = 0, c;

	if (argc == 2 && strcmp(argv[1], "--exit") == 0)
		_exit(0);
	place_alike(argv);
	if (argc > 1 && strcmp(argv[1], "--contained") == 0) {
		/* To a first process without a handler the signal is not delivered. */
		signal(SIGTERM, quit);
		argv++;
		argc--;
	} else if (getpid() == 1) {
		pin();
		first_program();
	}
	while ((c = getopt_long(argc, argv, "s:tc:l", longs, NULL)) != -1) {
		if (c == 's')
			how.samples = within(optarg, 1, SAMPLES_MAX);
		else if (c == 't')
			how.time = true;
		else if (c == 'c')
			cpu = (int)within(optarg, 0, CPU_SETSIZE - 1);
		else if (c == 'l')
			list = 1;
		else
			return 2;
	}
	pin();
	measure_all(argv + optind, argc - optind, &how, list);
	return 0;
}
