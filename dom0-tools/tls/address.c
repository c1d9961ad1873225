// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CALL_S = 20, WAITING = 8, KEEP_IDLE_S = 30, KEEP_EACH_S = 10, KEEP_TRIES = 6 };

int address_parse(const char *text, struct address *a, struct diag *d)
{
	const char *colon = strrchr(text, ':'), *end = strchr(text, ']'), *host = text;
	size_t len = strlen(text);

	snprintf(a->port, sizeof(a->port), "%s", TLS_PORT);
	if (*text == '[' && end) {
		host = text + 1;
		len = (size_t)(end - host);
		colon = end[1] == ':' ? end + 1 : NULL;
		if (end[1] && !colon)
			len = 0;
	} else if (colon && strchr(text, ':') == colon) {
		len = (size_t)(colon - text);
	} else {
		colon = NULL;
	}
	if (!len || len >= sizeof(a->host) ||
	    (colon && (!colon[1] || strlen(colon + 1) >= sizeof(a->port))))
		return diag_set(d, -EINVAL, "'%s' is not HOST, HOST:PORT or [ADDRESS]:PORT", text);
	memcpy(a->host, host, len);
	a->host[len] = '\0';
	if (colon)
		strcpy(a->port, colon + 1);
	return 0;
}

static int resolve(const struct address *a, int flags, struct addrinfo **list, struct diag *d)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	const char *host = *a->host ? a->host : NULL;
	int rc = getaddrinfo(host, a->port, &hints, list);

	if (rc)
		return diag_set(d, -EHOSTUNREACH, "%s port %s: %s", host ? host : "this machine",
				a->port, gai_strerror(rc));
	return 0;
}

/* A machine that is switched off says nothing, and the transfer may be silent for minutes. */
static void set_options(int fd)
{
	const struct timeval limit = {.tv_sec = CALL_S};
	const int on = 1, idle = KEEP_IDLE_S, each = KEEP_EACH_S, tries = KEEP_TRIES;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &each, sizeof(each));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof(tries));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int open_one(const struct addrinfo *ai, bool listening)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol), rc;
	const int on = 1;

	if (fd < 0)
		return -errno;
	set_options(fd);
	if (listening)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	rc = listening ? bind(fd, ai->ai_addr, ai->ai_addrlen) || listen(fd, WAITING)
		       : connect(fd, ai->ai_addr, ai->ai_addrlen);
	if (!rc)
		return fd;
	/* How a connect that took too long says so. */
	rc = errno == EINPROGRESS ? -ETIMEDOUT : -errno;
	close(fd);
	return rc;
}

static int open_any(const struct address *a, bool listening, struct diag *d)
{
	struct addrinfo *list, *ai;
	int fd = resolve(a, listening ? AI_PASSIVE : 0, &list, d);

	if (fd)
		return fd;
	fd = -EHOSTUNREACH;
	for (ai = list; ai && fd < 0; ai = ai->ai_next)
		fd = open_one(ai, listening);
	freeaddrinfo(list);
	if (fd >= 0)
		return fd;
	diag_set(d, fd, "cannot %s %s port %s: %s", listening ? "listen at" : "reach",
		 *a->host ? a->host : "this machine's", a->port, strerror(-fd));
	return listening ? fd : diag_hint(d, fd, "does pav-tls --listen run there?");
}

int address_call(const struct address *a, struct diag *d)
{
	return open_any(a, false, d);
}

int address_listen(const struct address *a, struct diag *d)
{
	return open_any(a, true, d);
}
