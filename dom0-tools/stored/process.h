/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a process a daemon: one instance, the background, readiness, no needless rights. */
#ifndef STORED_PROCESS_H
#define STORED_PROCESS_H

/*
 * Take the lock that belongs to the socket path, for the life of the process, making its directory.
 * Its descriptor, or -errno with text: another daemon holds it, or the file cannot be made.
 */
int process_lock(const char *socket, char *text, unsigned size);

/* Make the directory of a file. 0 or -errno with text. */
int process_dir_of(const char *file, char *text, unsigned size);

/*
 * Go into the background. 0 in the daemon; in the process that the caller started, 1 + its exit
 * status, once the daemon is ready or has failed; -errno if there is no daemon.
 */
int process_background(void);

/* Write the pid file and let the process that waits in process_background end. -errno with text. */
int process_ready(const char *pid_file, char *text, unsigned size);

/*
 * Give up all capabilities but the one that a live update needs, which is not in effect; what is
 * open stays usable. Before that asks to be spared when memory is
 * short, and to go before ordinary processes on the CPU.
 */
void process_drop_rights(void);

#endif
