/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two sides that wait for each other, on one CPU: each round trip switches there and back. */
#include <arpa/inet.h>
#include <linux/futex.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "micro.h"

static void send_byte(int fd)
{
	char c = 0;

	if (write(fd, &c, 1) != 1)
		_exit(0); /* the other side is gone */
}

static void receive_byte(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		_exit(0);
}

static uint64_t pipe_one(unsigned n)
{
	int fd[2];
	uint64_t t;

	if (pipe(fd))
		die("pipe");
	t = row_begin();
	while (n--) {
		send_byte(fd[1]);
		receive_byte(fd[0]);
	}
	t = row_end(t);
	close(fd[0]);
	close(fd[1]);
	return t;
}

/*
 * Both of a pair take turns, neither is put before the other: real-time processes of one priority.
 * The ordinary scheduler would weigh how long each has run. A child inherits it.
 */
static void take_turns(void)
{
	struct sched_param priority = {.sched_priority = 1};

	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		die("become a real-time process");
}

/* Bytes there by @out, back by @in; a child answers, reading @child_in and writing @child_out. */
static uint64_t round_trips(unsigned n, int out, int in, int child_in, int child_out)
{
	pid_t child;
	uint64_t t;

	take_turns();
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		for (;;) {
			receive_byte(child_in);
			send_byte(child_out);
		}
	send_byte(out);
	receive_byte(in);
	t = row_begin();
	while (n--) {
		send_byte(out);
		receive_byte(in);
	}
	t = row_end(t);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return t;
}

static uint64_t pipe_two(unsigned n)
{
	int there[2], back[2];
	uint64_t t;

	if (pipe(there) || pipe(back))
		die("pipe");
	t = round_trips(n, there[1], back[0], there[0], back[1]);
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
	return t;
}

/* Half a round trip without what the pipes alone cost. */
static uint64_t context_switch(unsigned n)
{
	uint64_t with = pipe_two(n) / 2, without = pipe_one(n);

	return with > without ? with - without : 0;
}

static uint64_t unix_socket(unsigned n)
{
	int fd[2];
	uint64_t t;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		die("socketpair");
	t = round_trips(n, fd[0], fd[0], fd[1], fd[1]);
	close(fd[0]);
	close(fd[1]);
	return t;
}

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

static uint64_t tcp_loopback(unsigned n)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int listener, near, far, one = 1;
	uint64_t t;

	loopback_up();
	listener = socket(AF_INET, SOCK_STREAM, 0);
	near = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&at, &size) ||
	    connect(near, (struct sockaddr *)&at, size))
		die("TCP loopback");
	far = accept(listener, NULL, NULL);
	setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	t = round_trips(n, near, near, far, far);
	close(near);
	close(far);
	close(listener);
	return t;
}

static void futex(uint32_t *word, int op, uint32_t value)
{
	syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static uint32_t turn;
static unsigned turns;

static void give_turn(uint32_t to)
{
	__atomic_store_n(&turn, to, __ATOMIC_SEQ_CST);
	futex(&turn, FUTEX_WAKE, 1);
}

static void take_turn(uint32_t mine)
{
	uint32_t now;

	while ((now = __atomic_load_n(&turn, __ATOMIC_SEQ_CST)) != mine)
		futex(&turn, FUTEX_WAIT, now);
}

static void *partner(void *arg)
{
	for (unsigned i = 0; i < turns; i++) {
		take_turn(1);
		give_turn(0);
	}
	return arg;
}

static uint64_t futex_threads(unsigned n)
{
	pthread_t id;
	uint64_t t;

	turns = n + 1;
	if (pthread_create(&id, NULL, partner, NULL))
		die("pthread_create");
	give_turn(1);
	take_turn(0);
	t = row_begin();
	while (n--) {
		give_turn(1);
		take_turn(0);
	}
	t = row_end(t);
	pthread_join(id, NULL);
	return t;
}

static uint64_t yield_processes(unsigned n)
{
	pid_t child;
	uint64_t t;

	take_turns();
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		for (;;)
			sched_yield();
	sched_yield();
	t = row_begin();
	while (n--)
		sched_yield();
	t = row_end(t);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return t;
}

const struct row rows_ipc[] = {
	{"pipe_one", pipe_one, 400},
	{"pipe_two", pipe_two, 100},
	{"context_switch", context_switch, 100},
	{"futex_threads", futex_threads, 120},
	{"sched_yield", yield_processes, 250},
	{"unix_socket", unix_socket, 60},
	{"tcp_loopback", tcp_loopback, 40},
	{NULL, NULL, 0},
};
