/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * micro [--samples N] [--list] [ROW...]: measure rows and print one line of JSON for each.
 * As the first program of a machine (process 1) it mounts what rows need, takes its rows from the
 * kernel's command line (`micro.rows=a,b micro.samples=N`), and switches off at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../mark.h"
#include "micro.h"

#define SAMPLES     9
#define MAX_SAMPLES 99

static const struct row *const families[] = {rows_syscall, rows_memory, rows_process, rows_ipc};
static unsigned region;

const char *micro_self = "/proc/self/exe";

void die(const char *what)
{
	printf("micro: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

uint64_t row_begin(void)
{
	mark_begin(region);
	return __rdtsc();
}

uint64_t row_end(uint64_t begin)
{
	uint64_t end = __rdtsc();

	mark_end(region);
	return end - begin;
}

void pin(void)
{
	cpu_set_t set;

	/* The kernel wakes what may go nowhere else by a shorter way. */
	if (sysconf(_SC_NPROCESSORS_ONLN) == 1)
		return;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const struct row *row, unsigned samples)
{
	double v[MAX_SAMPLES];

	row->run(row->ops / 8 + 1);
	for (unsigned i = 0; i < samples; i++)
		v[i] = (double)row->run(row->ops) / row->ops;
	qsort(v, samples, sizeof(v[0]), by_value);
	printf("{\"row\": \"%s\", \"region\": %u, \"ops\": %u, \"samples\": %u, "
	       "\"median\": %.1f, \"min\": %.1f, \"max\": %.1f}\n",
	       row->name, region, row->ops, samples, v[samples / 2], v[0], v[samples - 1]);
	fflush(stdout);
}

/* In a process of its own: rows leave rights, handlers and mappings behind. */
static void measure_apart(const struct row *row, unsigned samples)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		measure(row, samples);
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
static void measure_all(char **names, int count, unsigned samples, int list)
{
	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++)
		for (const struct row *row = families[f]; row->name; row++) {
			region++;
			if (!wanted(row->name, names, count))
				continue;
			if (list)
				printf("%s\n", row->name);
			else
				measure_apart(row, samples);
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

static void first_program(void)
{
	char *names[64];
	int count = 0, samples = SAMPLES;
	char *rows, *number;

	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	mkdir("/tmp", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("tmpfs", "/tmp", "tmpfs", 0, NULL))
		die("mount");
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		die("mount");
	number = from_command_line("micro.samples=");
	if (number && atoi(number) > 0 && atoi(number) <= MAX_SAMPLES)
		samples = atoi(number);
	rows = from_command_line("micro.rows=");
	for (char *s = rows ? strtok(rows, ",") : NULL; s && count < 64; s = strtok(NULL, ","))
		names[count++] = s;
	printf("\nmicro: begin\n");
	measure_all(names, count, samples, 0);
	printf("micro: end\n");
	fflush(stdout);
	/* The kernel drops what its console has not sent yet. */
	sleep(1);
	reboot(RB_POWER_OFF);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"samples", required_argument, NULL, 's'},
		{"list", no_argument, NULL, 'l'},
		{NULL, 0, NULL, 0},
	};
	unsigned samples = SAMPLES;
	int list = 0, c;

	if (argc == 2 && strcmp(argv[1], "--exit") == 0)
		_exit(0);
	pin();
	if (getpid() == 1)
		first_program();
	while ((c = getopt_long(argc, argv, "s:l", longs, NULL)) != -1) {
		if (c == 's' && atoi(optarg) > 0 && atoi(optarg) <= MAX_SAMPLES)
			samples = atoi(optarg);
		else if (c == 'l')
			list = 1;
		else
			return 2;
	}
	measure_all(argv + optind, argc - optind, samples, list);
	return 0;
}
