/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries to the kernel: system calls, traps, signals. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "micro.h"

#define PATH       "/dev/zero"
#define FILE_PATH  "/tmp/micro.file"
#define FILE_PAGES 256

static uint64_t null_syscall(unsigned n)
{
	uint64_t t = row_begin();

	while (n--)
		syscall(SYS_getppid);
	return row_end(t);
}

static uint64_t vdso_clock(unsigned n)
{
	struct timespec ts;
	uint64_t t = row_begin();

	while (n--)
		clock_gettime(CLOCK_MONOTONIC, &ts);
	return row_end(t);
}

static uint64_t read_zero(unsigned n)
{
	int fd = open("/dev/zero", O_RDONLY);
	char c;
	uint64_t t = row_begin();

	while (n--)
		if (read(fd, &c, 1) != 1)
			die("read /dev/zero");
	t = row_end(t);
	close(fd);
	return t;
}

static uint64_t open_close(unsigned n)
{
	uint64_t t = row_begin();

	while (n--)
		close(open(PATH, O_RDONLY));
	return row_end(t);
}

static uint64_t stat_path(unsigned n)
{
	struct stat st;
	uint64_t t = row_begin();

	while (n--)
		if (stat(PATH, &st))
			die("stat");
	return row_end(t);
}

static uint64_t tmpfs_read(unsigned n)
{
	static char page[4096] __attribute__((aligned(4096)));
	int fd = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);
	uint64_t t;

	if (fd < 0)
		die(FILE_PATH);
	for (unsigned i = 0; i < FILE_PAGES; i++)
		if (write(fd, page, sizeof(page)) != sizeof(page))
			die(FILE_PATH);
	t = row_begin();
	while (n--)
		if (pread(fd, page, sizeof(page), 0) != sizeof(page))
			die("pread");
	t = row_end(t);
	close(fd);
	unlink(FILE_PATH);
	return t;
}

static void on_signal(int number)
{
	(void)number;
}

static uint64_t signal_self(unsigned n)
{
	pid_t self = getpid();
	uint64_t t;

	signal(SIGUSR1, on_signal);
	t = row_begin();
	while (n--)
		kill(self, SIGUSR1);
	return row_end(t);
}

/* Both faulting instructions below are two bytes long. */
static void skip(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

static void skip_on(int number)
{
	struct sigaction action = {.sa_sigaction = skip, .sa_flags = SA_SIGINFO};

	if (sigaction(number, &action, NULL))
		die("sigaction");
}

static uint64_t undefined_opcode(unsigned n)
{
	uint64_t t;

	skip_on(SIGILL);
	t = row_begin();
	while (n--)
		asm volatile("ud2");
	return row_end(t);
}

static uint64_t segv_write(unsigned n)
{
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t t;

	if (page == MAP_FAILED || *(volatile char *)page)
		die("mmap");
	skip_on(SIGSEGV);
	t = row_begin();
	while (n--)
		asm volatile("movb %%al, (%0)" : : "r"(page) : "memory");
	t = row_end(t);
	munmap(page, 4096);
	return t;
}

static uint64_t port_write(unsigned n)
{
	uint64_t t;

	if (iopl(3))
		die("iopl");
	t = row_begin();
	while (n--)
		outb(0, 0x80);
	return row_end(t);
}

const struct row rows_syscall[] = {
	{"null_syscall", null_syscall, 3000},
	{"clock_gettime", vdso_clock, 10000},
	{"read_zero", read_zero, 1500},
	{"open_close", open_close, 200},
	{"stat", stat_path, 300},
	{"tmpfs_read", tmpfs_read, 500},
	{"signal", signal_self, 250},
	{"ud2_signal", undefined_opcode, 300},
	{"segv_write", segv_write, 300},
	{"outb", port_write, 500},
	{NULL, NULL, 0},
};
