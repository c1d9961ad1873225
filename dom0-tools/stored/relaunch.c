// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conn.h"
#include "lib/store.h"
#include "log.h"
#include "relaunch.h"
#include "server.h"
#include "state.h"

enum {
	ARGS_MAX = 64,
	REHEARSAL_S = 30, /* a new program that has not read the state by then never will */
};

static char **first_argv;
static int lock = -1;

void relaunch_init(char **argv, int lock_fd)
{
	first_argv = argv;
	lock = lock_fd;
}

/* The new program's arguments, `last` at their end. words is cut up. NULL: too many. */
static char **make_args(const struct update *u, char *words, char *last, char *args[ARGS_MAX])
{
	char *save = NULL, *w, **from = first_argv + 1;
	unsigned n = 0;

	args[n++] = u->file;
	if (words)
		for (w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
			if (n >= ARGS_MAX - 2)
				return NULL;
			args[n++] = w;
		}
	for (; !words && *from; from++) {
		if (!strncmp(*from, "--take-over", 11))
			continue;
		if (n >= ARGS_MAX - 2)
			return NULL;
		args[n++] = *from;
	}
	args[n++] = last;
	args[n] = NULL;
	return args;
}

static void keep_open(const struct server *s, bool keep)
{
	int flags = keep ? 0 : FD_CLOEXEC;
	const struct conn *c;

	fcntl(s->listener, F_SETFD, flags);
	fcntl(lock, F_SETFD, flags);
	LIST_FOREACH(c, &s->db->clients, at_db)
		fcntl(c->fd, F_SETFD, flags);
}

/* Let the new program read the state in a process of its own, before this one gives up its life. */
static int rehearse(char *const args[], char *text, size_t size)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		alarm(REHEARSAL_S);
		execv(args[0], args);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		snprintf(text, size, "cannot try %s: %s", args[0], strerror(errno));
		return -EAGAIN;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == RELAUNCH_FIT)
		return 0;
	snprintf(text, size,
		 "%s does not take the state of this daemon (its %s %d); its log or "
		 "that of this one says why",
		 args[0], WIFEXITED(status) ? "exit status is" : "process ended by signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return -EINVAL;
}

static int with_last(struct server *s, const char *option, char *text, size_t size, bool final)
{
	const struct update *u = &s->db->update;
	char *words = u->args ? strdup(u->args) : NULL, *last, *args[ARGS_MAX];
	int rc = 0;

	if (asprintf(&last, "%s=%s", option, s->state) < 0 || (u->args && !words)) {
		snprintf(text, size, "out of memory");
		return -ENOMEM;
	}
	if (!make_args(u, words, last, args)) {
		snprintf(text, size, "more than %d arguments", ARGS_MAX - 3);
		rc = -E2BIG;
	} else if (final) {
		keep_open(s, true);
		execv(args[0], args);
		rc = -errno;
		keep_open(s, false);
		snprintf(text, size, "cannot start %s: %s", args[0], strerror(-rc));
	} else {
		rc = rehearse(args, text, size);
	}
	free(last);
	free(words);
	return rc;
}

/* Is the file a pav-stored? Another daemon would start working instead of refusing. */
static int look_at(const char *file, char *text, size_t size)
{
	int fd = access(file, X_OK) ? -1 : open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		snprintf(text, size, "cannot run %s: %s", file,
			 fd < 0 ? strerror(errno) : "it is no file");
		if (fd >= 0)
			close(fd);
		return -ENOENT;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED ||
	    !memmem(map, (size_t)st.st_size, RELAUNCH_MARK, sizeof(RELAUNCH_MARK) - 1)) {
		snprintf(text, size,
			 "%s is no pav-stored: another store daemon cannot go on from "
			 "this one's state",
			 file);
		rc = -EINVAL;
	}
	if (map != MAP_FAILED)
		munmap(map, (size_t)st.st_size);
	return rc;
}

static int become(struct server *s, char *text, size_t size)
{
	struct handover h = {s->listener, lock};
	int rc;

	if (!s->state) {
		snprintf(text, size,
			 "there is no journal (--no-state, or its disk is full) by "
			 "which the new program could get the state");
		return -ENOTSUP;
	}
	rc = look_at(s->db->update.file, text, size);
	if (rc)
		return rc;
	rc = state_hand_over(s->db, s->state, &h);
	if (rc) {
		snprintf(text, size, "cannot write %s: %s", s->state, strerror(-rc));
		return rc;
	}
	rc = with_last(s, "--rehearse", text, size, false);
	if (!rc) {
		log_info("becoming %s", s->db->update.file);
		rc = with_last(s, "--take-over", text, size, true);
	}
	/* What was just written is of a process that has ended: it must not be found later. */
	if (state_save(s->db, s->state))
		log_warn("cannot renew %s", s->state);
	return rc;
}

void relaunch(struct server *s)
{
	char text[512] = "";

	become(s, text, sizeof(text));
	log_error("no live update: %s", text);
	update_answer(&s->db->update, text);
}

static int ask(struct store *s, const char *how, const char *what, char *text, size_t size)
{
	char args[4200];
	int n = snprintf(args, sizeof(args), "live-update%c%s%c%s", 0, how, 0, what ? what : "");

	return store_control(s, args, (size_t)n + (what != NULL), text, size);
}

int relaunch_ask(const char *socket)
{
	struct diag d = DIAG_INIT;
	char self[4096], text[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct store *s;
	int rc;

	if (n < 0 || setenv("XENSTORED_PATH", socket, 1))
		return 1;
	self[n] = '\0';
	s = store_open(&d);
	if (!s) {
		diag_print(&d, "pav-stored");
		return 1;
	}
	rc = ask(s, "-f", self, text, sizeof(text));
	if (!rc)
		rc = ask(s, "-s", NULL, text, sizeof(text));
	store_close(s);
	if (rc)
		fprintf(stderr, "pav-stored: the daemon on %s refuses: %s\n", socket,
			strerror(-rc));
	else if (strcmp(text, "OK"))
		fprintf(stderr, "pav-stored: the daemon on %s goes on as it was: %s\n", socket,
			text);
	return rc || strcmp(text, "OK");
}
