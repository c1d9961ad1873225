// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mover ADDRESS PORT DISK: in a guest that is moved about: work on clocks, memory and disk, each
 * checking what it did before, and tell a program on another machine of it by TCP, message by
 * message.
 * mover listen PORT: that program. It answers each message; at SIGUSR1 it prints what the last one
 * said, and the longest time without one since the last SIGUSR1.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CPUS = 2,
	PAGE = 4096,
	HOT_PAGES = 1024,
	COLD_PAGES = 8192,
	DISK_WORKERS = 4,
	DISK_BLOCKS = 256, /* of each worker */
	MESSAGE = 1024,
};

/* What was done, and what was not as it should be. */
struct tally {
	atomic_ulong done, bad;
};

static struct tally clocks, memory, disk;
static const char *disk_path;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void nap_ms(unsigned ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000l}, NULL);
}

static void count(struct tally *t, int good)
{
	t->done++;
	if (!good)
		t->bad++;
}

/* One on each CPU: no clock may be behind what any other has shown before. */
static void *watch_clock(void *cpu)
{
	static _Atomic uint64_t latest;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)(uintptr_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		clocks.bad++;
	for (;;) {
		uint64_t before = latest, now = now_ns();

		count(&clocks, now >= before);
		while (before < now && !atomic_compare_exchange_weak(&latest, &before, now))
			;
		nap_ms(1);
	}
	return NULL;
}

/* Pages that hold how often they were written; a few change all the time, the others seldom. */
static void *work_memory(void *unused)
{
	static uint64_t page[HOT_PAGES + COLD_PAGES][PAGE / 8] __attribute__((aligned(PAGE)));
	static uint64_t times[HOT_PAGES + COLD_PAGES];
	size_t hot = 0, cold = 0, n, i;

	for (;;) {
		for (n = 0; n < 64; n++) {
			i = n ? hot++ % HOT_PAGES : HOT_PAGES + cold++ % COLD_PAGES;
			count(&memory, page[i][0] == times[i] && page[i][PAGE / 8 - 1] == times[i]);
			page[i][0] = page[i][PAGE / 8 - 1] = ++times[i];
		}
		nap_ms(5);
	}
	return unused;
}

/* Blocks on the disk itself that hold their number and how often they were written. */
static void *work_disk(void *worker)
{
	uint64_t first = (uintptr_t)worker * DISK_BLOCKS, times[DISK_BLOCKS] = {0}, *block;
	int fd = open(disk_path, O_RDWR | O_DIRECT | O_DSYNC);
	unsigned seed = (unsigned)first;

	if (fd < 0 || posix_memalign((void **)&block, PAGE, PAGE)) {
		disk.bad++;
		return NULL;
	}
	for (;;) {
		size_t i = (size_t)rand_r(&seed) % DISK_BLOCKS;
		off_t at = (off_t)(first + i) * PAGE;

		if (times[i])
			count(&disk, pread(fd, block, PAGE, at) == PAGE && block[0] == first + i &&
					     block[PAGE / 8 - 1] == times[i]);
		block[0] = first + i;
		block[PAGE / 8 - 1] = ++times[i];
		count(&disk, pwrite(fd, block, PAGE, at) == PAGE);
		nap_ms(2);
	}
	return NULL;
}

static int transfer(int fd, char *buf, ssize_t (*step)(int, void *, size_t))
{
	size_t at = 0;

	while (at < MESSAGE) {
		ssize_t got = step(fd, buf + at, MESSAGE - at);

		if (got <= 0)
			return -1;
		at += (size_t)got;
	}
	return 0;
}

static ssize_t step_write(int fd, void *buf, size_t n)
{
	return write(fd, buf, n);
}

static struct sockaddr_in address(const char *host, const char *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

/* Until the connection breaks, which it must not. */
static int tell(const char *host, const char *port)
{
	struct sockaddr_in a = address(host, port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	char said[MESSAGE], heard[MESSAGE];
	unsigned long n;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return -1;
	for (n = 1;; n++) {
		memset(said, '.', sizeof(said));
		snprintf(said, sizeof(said),
			 "message %lu clocks %lu bad %lu memory %lu bad %lu disk %lu bad %lu", n,
			 clocks.done, clocks.bad, memory.done, memory.bad, disk.done, disk.bad);
		if (transfer(fd, said, step_write) || transfer(fd, heard, read) ||
		    memcmp(said, heard, MESSAGE) != 0)
			return -1;
		nap_ms(5);
	}
}

static int work(char **argv)
{
	pthread_t thread;
	size_t i;

	disk_path = argv[3];
	for (i = 0; i < CPUS; i++)
		pthread_create(&thread, NULL, watch_clock, (void *)i);
	pthread_create(&thread, NULL, work_memory, NULL);
	for (i = 0; i < DISK_WORKERS; i++)
		pthread_create(&thread, NULL, work_disk, (void *)i);
	tell(argv[1], argv[2]);
	puts("the connection is broken");
	return 1;
}

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
	(void)number;
	asked = 1;
}

static int answer(int fd)
{
	uint64_t last = now_ns(), longest = 0, now;
	unsigned long n, number;
	char text[MESSAGE + 1] = "";

	for (n = 1;; n++) {
		if (transfer(fd, text, read) || sscanf(text, "message %lu", &number) != 1 ||
		    number != n || transfer(fd, text, step_write))
			return -1;
		now = now_ns();
		longest = now - last > longest ? now - last : longest;
		last = now;
		if (!asked)
			continue;
		asked = 0;
		printf("%s; longest silence %lu ms\n", text, (unsigned long)(longest / 1000000));
		fflush(stdout);
		longest = 0;
	}
}

static int serve(const char *port)
{
	struct sockaddr_in a = address("0.0.0.0", port);
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	sigaction(SIGUSR1, &sa, NULL);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 1))
		return 1;
	answer(accept(fd, NULL, NULL));
	puts("the connection is broken");
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return serve(argv[2]);
	return argc == 4 ? work(argv) : 2;
}
