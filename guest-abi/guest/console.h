/* SPDX-License-Identifier: MIT */
/*
 * The console: a ring page shared with the control domain's console daemon, or in the control
 * domain the hypervisor's own console.
 */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stddef.h>

/* Finds the ring. Before it, and in the control domain, words go to the hypervisor. */
void console_init(void);

/* Takes over the console's event channel; after event_init(). */
void console_listen(void);

/*
 * All of it, waiting while the ring is full: nothing is lost as long as somebody reads. Any
 * context. A '\n' is sent as "\r\n".
 */
void console_write(const char *text, size_t n);

/* Up to n bytes of what was typed; 0 if there is nothing. */
size_t console_read(char *to, size_t n);

#endif
