// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_ops SOCKET: what requests to a store daemon take, in nanoseconds of the clock, which counts
 * instructions under --icount. Prints "OPERATION CASE FIGURE", the median of nine samples. The
 * cases: with 1, 100 and 1000 domains' nodes in the store, three watches each; with 1, 100 and 400
 * connections that do nothing.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "store_wire.h"

enum { SAMPLES = 9, OPS = 40, CHILDREN = 20, WATCHES = 3, IDLE_MAX = 400 };

/* Set up like this by xl and pav: %1$u is the domain. */
static const char *const nodes[] = {
	"/local/domain/%1$u/name",
	"/local/domain/%1$u/domid",
	"/local/domain/%1$u/vm",
	"/local/domain/%1$u/memory/target",
	"/local/domain/%1$u/memory/static-max",
	"/local/domain/%1$u/cpu/0/availability",
	"/local/domain/%1$u/control/shutdown",
	"/local/domain/%1$u/store/ring-ref",
	"/local/domain/%1$u/store/port",
	"/local/domain/%1$u/console/ring-ref",
	"/local/domain/%1$u/console/port",
	"/local/domain/%1$u/console/tty",
	"/local/domain/%1$u/device/vbd/51712/backend",
	"/local/domain/%1$u/device/vbd/51712/state",
	"/local/domain/%1$u/device/vbd/51712/virtual-device",
	"/local/domain/%1$u/device/vbd/51712/ring-ref",
	"/local/domain/%1$u/device/vif/0/backend",
	"/local/domain/%1$u/device/vif/0/state",
	"/local/domain/%1$u/device/vif/0/mac",
	"/local/domain/%1$u/device/vif/0/tx-ring-ref",
	"/local/domain/0/backend/vbd/%1$u/51712/frontend",
	"/local/domain/0/backend/vbd/%1$u/51712/params",
	"/local/domain/0/backend/vbd/%1$u/51712/state",
	"/local/domain/0/backend/vbd/%1$u/51712/sectors",
	"/local/domain/0/backend/vif/%1$u/0/frontend",
	"/local/domain/0/backend/vif/%1$u/0/mac",
	"/local/domain/0/backend/vif/%1$u/0/bridge",
	"/local/domain/0/backend/vif/%1$u/0/state",
	"/vm/%1$u/name",
	"/vm/%1$u/uuid",
};
static const char *const watched[WATCHES] = {
	"/local/domain/%1$u/device/vbd/51712/state",
	"/local/domain/%1$u/device/vif/0/state",
	"/local/domain/0/backend/vif/%1$u/0/state",
};

static struct wire client = {.name = "client"}, watcher = {.name = "watcher"};
static const char *where;
static unsigned last; /* domain whose nodes are used */

static int connected(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(at.sun_path, where, sizeof(at.sun_path) - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)))
		wire_fail(&client, where);
	return fd;
}

/* A node is named by a format with the domain as %1$u; what follows comes behind its NUL. */
static void about(struct wire *w, unsigned type, uint32_t tx, const char *format, const char *rest,
		  size_t restlen)
{
	char payload[256];
	int n = snprintf(payload, 128, format, last);

	memcpy(payload + n + 1, rest, restlen);
	if (wire_ask(w, type, tx, payload, (size_t)n + 1 + restlen))
		wire_fail(w, w->text);
}

static void do_read(void)
{
	about(&client, XS_READ, 0, nodes[27], "", 0);
	if (strcmp(client.text, "4"))
		wire_fail(&client, "another value was read");
}

static void do_write(void)
{
	about(&client, XS_WRITE, 0, nodes[3], "4", 1);
}

static void do_directory(void)
{
	about(&client, XS_DIRECTORY, 0, "/dir/%1$u", "", 0);
}

static void do_transaction(void)
{
	uint32_t tx;

	about(&client, XS_TRANSACTION_START, 0, "", "", 0);
	tx = (uint32_t)atoi(client.text);
	about(&client, XS_READ, tx, nodes[27], "", 0);
	about(&client, XS_WRITE, tx, nodes[3], "4", 1);
	about(&client, XS_TRANSACTION_END, tx, "T", "", 0);
}

/*
 * Set, which fires it once; fired; unset. Each event is waited for, since xenstored sends one for
 * two if the first is still there.
 */
static void do_watch(void)
{
	about(&client, XS_WATCH, 0, nodes[6], "token", 6);
	wire_event(&client);
	about(&client, XS_WRITE, 0, nodes[6], "4", 1);
	wire_event(&client);
	about(&client, XS_UNWATCH, 0, nodes[6], "token", 6);
}

static const struct {
	const char *name;
	void (*run)(void);
} ops[] = {
	{"read", do_read},           {"write", do_write},
	{"directory", do_directory}, {"transaction", do_transaction},
	{"watch", do_watch},
};

static int rising(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void measure(const char *what, unsigned n)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		uint64_t took[SAMPLES];

		ops[i].run();
		for (unsigned s = 0; s < SAMPLES; s++) {
			uint64_t begun = now_ns();

			for (unsigned k = 0; k < OPS; k++)
				ops[i].run();
			took[s] = (now_ns() - begun) / OPS;
		}
		qsort(took, SAMPLES, sizeof(took[0]), rising);
		printf("%s %u-%s %llu\n", ops[i].name, n, what,
		       (unsigned long long)took[SAMPLES / 2]);
		fflush(stdout);
	}
}

static void populate(unsigned from, unsigned to)
{
	char child[32];

	for (last = from; last <= to; last++) {
		for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
			about(&client, XS_WRITE, 0, nodes[i], "4", 1);
		for (unsigned i = 0; i < CHILDREN; i++) {
			snprintf(child, sizeof(child), "/dir/%%1$u/child%u", i);
			about(&client, XS_WRITE, 0, child, "4", 1);
		}
		for (unsigned i = 0; i < WATCHES; i++)
			about(&watcher, XS_WATCH, 0, watched[i], "t", 2);
	}
	last = to;
}

int main(int argc, char **argv)
{
	static const unsigned idle[] = {1, 100, 400}, domains[] = {1, 100, 1000};
	int others[IDLE_MAX];
	/* Out of the way of domains that there are. */
	const unsigned first = 20001;
	unsigned n = 0, d = 0;

	if (argc != 2)
		return 2;
	where = argv[1];
	client.fd = connected();
	watcher.fd = connected();
	for (unsigned i = 0; i < 3; i++) {
		populate(first + d, first + domains[i] - 1);
		d = domains[i];
		measure("domains", d);
		for (unsigned k = 0; k < 3 && d == 1; k++) {
			while (n < idle[k])
				others[n++] = connected();
			measure("idle", n);
		}
		while (n)
			close(others[--n]);
	}
	return 0;
}
