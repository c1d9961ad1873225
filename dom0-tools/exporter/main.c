// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pav-exporter: the machine's figures for Prometheus, by HTTP. It keeps nothing, so it may be ended
 * and started at any time.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "exporter/web.h"
#include "lib/daemon.h"
#include "lib/opt.h"

#define WHO "pav-exporter"

static bool foreground;
static const char *where = WEB_ADDRESS ":" WEB_PORT;

static const struct opt opts[] = {
	{'f', "foreground", NULL, OPT_FLAG, &foreground, "stay in the foreground"},
	{'l', "listen", "ADDRESS[:PORT]", OPT_STR, &where, "where to answer (127.0.0.1:9795)"},
	NO_MORE_OPTS,
};

static const struct opt_cmd cmd = {WHO, "", "answer Prometheus with the machine's figures", opts};

static int start(struct host *h, int fd, volatile bool *gone, struct web **w, struct diag *d)
{
	int rc = daemon_lock(WHO, d);

	if (!rc)
		rc = host_open(h, d);
	if (rc)
		return rc;
	*w = web_start(fd, h, gone, d);
	return *w ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct host h = {.hv = {.privcmd = -1, .hypercall = -1}};
	struct diag d = DIAG_INIT;
	volatile bool gone = false;
	struct web *w = NULL;
	sigset_t ends;
	int fd = -1, sig, rc = opt_parse(&cmd, argc, argv, false);

	if (rc < 0)
		return rc == -2 ? 0 : 2;
	if (rc < argc)
		return opt_wrong(&cmd, "unexpected argument '%s'", argv[rc]);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	rc = foreground ? 0 : daemon_detach();
	if (!rc)
		fd = web_listen(where, &d);
	if (!rc && fd >= 0)
		rc = start(&h, fd, &gone, &w, &d);
	if (rc || fd < 0) {
		diag_print(&d, WHO);
		return 1;
	}
	daemon_ready();
	sigwait(&ends, &sig);
	web_stop(w);
	host_close(&h);
	return gone ? 1 : 0;
}
