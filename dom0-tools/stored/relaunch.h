/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live update: this process becomes another program and goes on with all it has. The sockets stay
 * open through exec, everything else goes through the journal.
 */
#ifndef STORED_RELAUNCH_H
#define STORED_RELAUNCH_H

struct server;

/* In every program that can take this one's place; other ones are not even tried. */
#define RELAUNCH_MARK "pav-stored (Pavise) "

/* A rehearsal's exit status when all is well: not one that a program has by chance. */
enum { RELAUNCH_FIT = 86 };

/* What this process was started with, and the descriptor of its lock. */
void relaunch_init(char **argv, int lock);

/*
 * Do what db->update asks for. Does not return if that works: the new program answers. Else the
 * answer says why, and all is as before.
 */
void relaunch(struct server *s);

/* Ask the daemon on a socket to become the program that runs here. 0; 1: told why not. */
int relaunch_ask(const char *socket);

#endif
