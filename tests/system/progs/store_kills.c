// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_kills STOP [SOCKET DIR]: while the store daemon is killed and started again, talk to it
 * through the kernel's own ring as a guest does, until the file STOP is there. No request may be
 * lost or answered wrongly: ends with 1 and a line with FAILED then. Only transactions may be told
 * to begin again. At the end the daemon checks its own books.
 *
 * With SOCKET, by this socket, for a daemon that becomes a new one without an end of connections.
 * DIR is where in the store, /kills if not given.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "store_wire.h"

static struct wire ring = {.name = "/dev/xen/xenbus"};
static unsigned long round_, again;
static const char *dir = "/kills";

/* A request about a path, with what comes behind the path's NUL. */
static int about(unsigned type, uint32_t tx, const char *path, const char *rest, size_t restlen)
{
	char payload[256];
	size_t n = (size_t)snprintf(payload, 128, "%s%s", path[0] == '/' ? dir : "", path) + 1;

	memcpy(payload + n, rest, restlen);
	return wire_ask(&ring, type, tx, payload, n + restlen);
}

static void must(int wrong, const char *what)
{
	char text[512];

	if (!wrong)
		return;
	snprintf(text, sizeof(text), "round %lu: %s (%.100s)", round_, what, ring.text);
	wire_fail(&ring, text);
}

static void expect(const char *path, const char *value)
{
	must(about(XS_READ, 0, path, "", 0), path);
	must(strcmp(ring.text, value), "another value than was written");
}

static void plain(const char *value)
{
	must(about(XS_WRITE, 0, "/value", value, strlen(value)), "write");
	expect("/value", value);
	must(about(XS_MKDIR, 0, "/gone", "", 0), "mkdir");
	must(about(XS_RM, 0, "/gone", "", 0), "rm");
	must(!about(XS_READ, 0, "/gone", "", 0), "rm was not done");
	must(strcmp(ring.text, "ENOENT"), "another error of what is not there");
}

static void watched(const char *value)
{
	char token[32];
	size_t n = (size_t)snprintf(token, sizeof(token), "t%s", value) + 1;

	ring.events = 0;
	must(about(XS_WATCH, 0, "/watched", token, n), "watch");
	wire_event(&ring);
	must(about(XS_WRITE, 0, "/watched", value, strlen(value)), "write what is watched");
	wire_event(&ring);
	must(about(XS_UNWATCH, 0, "/watched", token, n), "unwatch");
}

/* 1: to be begun again. */
static int transaction(const char *value)
{
	uint32_t tx;
	int rc;

	must(about(XS_TRANSACTION_START, 0, "", "", 0), "transaction");
	tx = (uint32_t)atoi(ring.text);
	rc = about(XS_WRITE, tx, "/a", value, strlen(value));
	must(rc && strcmp(ring.text, "EAGAIN"), "write in a transaction");
	rc = about(XS_WRITE, tx, "/b", value, strlen(value));
	must(rc && strcmp(ring.text, "EAGAIN"), "write in a transaction");
	rc = about(XS_TRANSACTION_END, tx, "T", "", 0);
	must(rc && strcmp(ring.text, "EAGAIN"), "end of a transaction");
	return rc;
}

static void by_socket(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	ring.name = path;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	ring.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(ring.fd, (struct sockaddr *)&addr, sizeof(addr)), "connect");
}

int main(int argc, char **argv)
{
	char value[32];

	if (argc != 2 && argc != 4)
		return 2;
	if (argc == 4) {
		dir = argv[3];
		by_socket(argv[2]);
	} else {
		ring.fd = open(ring.name, O_RDWR | O_CLOEXEC);
		must(ring.fd < 0, "open");
	}
	for (; access(argv[1], F_OK); round_++) {
		snprintf(value, sizeof(value), "%lu", round_);
		plain(value);
		watched(value);
		while (transaction(value))
			again++;
		expect("/a", value);
		expect("/b", value);
	}
	must(wire_ask(&ring, XS_RM, 0, dir, strlen(dir) + 1), "rm");
	must(about(XS_CONTROL, 0, "check", "", 0), "the daemon's books");
	printf("%s: %lu rounds, %lu transactions begun again; books: %s\n",
	       argc == 4 ? dir : "ring", round_, again, ring.text);
	return 0;
}
