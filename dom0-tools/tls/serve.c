// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tls/relay.h"
#include "tls/session.h"

#define WHO "pav-tls"

static void run_command(const char *command, const int in[2], const int out[2], const int err[2])
{
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static int start(const char *command, struct relay_command *c, struct diag *d)
{
	int in[2], out[2], err[2];

	/* A process that cannot have them ends, and they with it. */
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return diag_set(d, -errno, "cannot make a pipe: %s", strerror(errno));
	c->pid = fork();
	if (c->pid < 0)
		return diag_set(d, -errno, "cannot start '%s': %s", command, strerror(errno));
	if (!c->pid)
		run_command(command, in, out, err);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	c->in = in[1];
	c->out = out[0];
	c->err = err[0];
	return 0;
}

static int serve_one(const struct serve *v, int fd, const char *from)
{
	struct diag d = DIAG_INIT;
	struct session *s = session_new(v->dir, &d);
	struct relay_command c;
	int rc = s ? session_begin(s, fd, NULL, &d) : -EINVAL;

	if (!rc) {
		log_line(WHO, "%s: '%s' for %s", from, v->command, session_peer(s));
		rc = start(v->command, &c, &d);
	}
	if (!rc)
		rc = relay_serve(s, fd, &c, &d);
	if (rc) {
		diag_at(&d, rc, "%s", from);
		diag_print(&d, WHO);
	}
	session_free(s);
	return rc ? 1 : 0;
}

static void accept_one(const struct serve *v, int listener, unsigned *callers)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int fd = accept4(listener, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC);
	char from[NI_MAXHOST];
	sigset_t none;
	pid_t pid;

	if (fd < 0)
		return;
	if (getnameinfo((struct sockaddr *)&sa, len, from, sizeof(from), NULL, 0, NI_NUMERICHOST))
		strcpy(from, "?");
	pid = fork();
	if (!pid) {
		close(listener);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(serve_one(v, fd, from));
	}
	if (pid < 0)
		log_line(WHO, "%s: cannot start a process: %s", from, strerror(errno));
	else
		++*callers;
	close(fd);
}

int serve(const struct serve *v, int fd, struct diag *d)
{
	struct signalfd_siginfo si;
	unsigned callers = 0;
	struct pollfd p[2];
	sigset_t set;
	int signals;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return diag_set(d, -errno, "cannot wait for signals: %s", strerror(errno));
	for (;;) {
		p[0] = (struct pollfd){signals, POLLIN, 0};
		p[1] = (struct pollfd){callers < v->max ? fd : -1, POLLIN, 0};
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return diag_set(d, -errno, "cannot wait for callers: %s", strerror(errno));
		if (p[0].revents && read(signals, &si, sizeof(si)) == sizeof(si) &&
		    si.ssi_signo != SIGCHLD)
			return 0;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			callers--;
		if (p[1].revents)
			accept_one(v, fd, &callers);
	}
}
