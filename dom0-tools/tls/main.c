// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pav-tls: what ssh is to `pav migrate`, by TLS. One machine listens and runs `pav
 * migrate-receive` for each caller; the other calls and has its own standard input, output and
 * error tied to it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/daemon.h"
#include "lib/opt.h"
#include "tls/address.h"
#include "tls/relay.h"
#include "tls/serve.h"
#include "tls/session.h"

#define WHO "pav-tls"

/* As ssh has it for what is its own trouble and not the command's. */
enum { TROUBLE = 255 };

static bool listening, foreground;
static const char *dir = "/etc/pavise/tls", *at = "", *command = "exec pav migrate-receive";
static unsigned max = 4;

static const struct opt opts[] = {
	{'l', "listen", NULL, OPT_FLAG, &listening, "wait for callers, in the background"},
	{'a', "address", "ADDRESS", OPT_STR, &at,
	 "with --listen: ADDRESS, ADDRESS:PORT or :PORT (all addresses, " TLS_PORT ")"},
	{'c', "command", "COMMAND", OPT_STR, &command,
	 "with --listen: what is run for each caller (pav migrate-receive)"},
	{'m', "max", "N", OPT_UINT, &max, "with --listen: callers at the same time (4)"},
	{'f', "foreground", NULL, OPT_FLAG, &foreground, "with --listen: stay in the foreground"},
	{'d', "dir", "DIR", OPT_STR, &dir,
	 "where ca.pem, cert.pem and key.pem are (/etc/pavise/tls)"},
	NO_MORE_OPTS,
};

static const struct opt_cmd cmd = {WHO, "HOST[:PORT] [COMMAND...]",
				   "carry a command's input and output to another machine by TLS",
				   opts};

static int call(const char *where, struct diag *d)
{
	struct session *s = session_new(dir, d);
	struct address a;
	int rc = s ? address_parse(where, &a, d) : -EINVAL, fd = -1;

	if (!rc) {
		fd = address_call(&a, d);
		rc = fd < 0 ? fd : session_begin(s, fd, a.host, d);
		if (rc && fd >= 0)
			diag_at(d, rc, "%s port %s", a.host, a.port);
	}
	if (!rc)
		rc = relay_call(s, fd, d);
	session_free(s);
	return rc;
}

static int listen_for(struct diag *d)
{
	const struct serve v = {.dir = dir, .command = command, .max = max};
	struct address a = {.host = "", .port = TLS_PORT};
	int rc = 0, fd;
	/* What cannot work is said now and not to the first caller. */
	struct session *s = session_new(dir, d);

	if (!s)
		return -EINVAL;
	session_free(s);
	if (*at == ':' && at[1] && !strchr(at + 1, ':'))
		snprintf(a.port, sizeof(a.port), "%s", at + 1);
	else if (*at)
		rc = address_parse(at, &a, d);
	if (rc)
		return rc;
	fd = address_listen(&a, d);
	if (fd < 0)
		return fd;
	rc = foreground ? 0 : daemon_detach();
	if (!rc && !foreground)
		rc = daemon_lock(WHO, d);
	if (rc)
		return rc;
	daemon_ready();
	return serve(&v, fd, d);
}

int main(int argc, char **argv)
{
	struct diag d = DIAG_INIT;
	int first = opt_parse(&cmd, argc, argv, true), rc;

	if (first < 0)
		return first == -2 ? 0 : 2;
	if (listening ? first < argc : first == argc)
		return opt_wrong(&cmd, listening ? "--listen takes no operand" : "which machine?");
	if (!max)
		return opt_wrong(&cmd, "--max must be 1 or more");
	signal(SIGPIPE, SIG_IGN);
	rc = listening ? listen_for(&d) : call(argv[first], &d);
	if (rc >= 0)
		return rc;
	diag_print(&d, WHO);
	return listening ? 1 : TROUBLE;
}
