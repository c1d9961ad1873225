/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pseudo-terminal a user connects to. While nobody has it open, output only goes into a short
 * memory, which is shown to whoever opens it next.
 */
#ifndef CONSOLED_TTY_H
#define CONSOLED_TTY_H

#include <stddef.h>

enum { TTY_MEMORY = 16 << 10 };

struct tty {
	int master; /* non-blocking; -1: none */
	int slave;  /* keeps the settings while nobody is connected */
	int watch;  /* inotify's number for the slave */
	unsigned users;
	char name[64];
	char memory[TTY_MEMORY]; /* output not yet written, oldest first */
	size_t used;
};

/* Make one; its opening and closing is told to inotify descriptor events. 0 or -errno. */
int tty_open(struct tty *t, int events);
void tty_close(struct tty *t, int events);

/* Output of the guest: written as far as the terminal takes it, the rest remembered (used > 0). */
void tty_put(struct tty *t, const char *text, size_t n);

/* The terminal can take more: write what is left. */
void tty_flush(struct tty *t);

/* Somebody opened (+1) or closed (-1) it. */
void tty_user(struct tty *t, int change);

#endif
