/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests by name, and the marks of those that are being made.
 *
 * /pavise/name/NAME holds the UUID of the guest that has the name or is getting it;
 * /pavise/creating/UUID holds "PID START NAME" of the tool at work. A mark whose process is gone
 * tells of a creation that was killed: reap.h cleans up after it.
 */
#ifndef TOOLS_LIFE_NAMES_H
#define TOOLS_LIFE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"
#include "lib/host.h"

enum { NAME_PATH = 256 };

/* Store path of a name: characters that paths cannot hold are written _XX. */
void name_path(const char *name, char *path, size_t size);

/* Find a guest by id or name. 0, or -ENOENT / -errno with d. */
int name_resolve(struct host *h, const char *what, uint16_t *domid, struct diag *d);

/*
 * Name of a domain, also of one that is being made; "domain-N" when it has none. What other tools
 * allow in names and a terminal does not like is written \xNN, and so found by name_resolve.
 */
void name_of(struct host *h, uint16_t domid, char *buf, size_t size);

/*
 * Take name for the guest that will have uuid, and leave the creation mark. 0, or -EEXIST with d
 * when a guest of that name or UUID exists or is being made.
 */
int name_claim(struct host *h, const char *name, const uint8_t uuid[16], struct diag *d);

/* The same for a domain that runs already: no mark, by which it would be taken for a half one. */
int name_adopt(struct host *h, const char *name, const uint8_t uuid[16], struct diag *d);

/* Is a tool at work on a guest that will have this name? */
bool name_being_made(struct host *h, const char *name);

/* Would name_claim succeed? uuid NULL: one that nobody has. 0, -EEXIST or -errno with d. */
int name_look(struct host *h, const char *name, const uint8_t *uuid, struct diag *d);

/* The guest is complete: remove the mark, keep the name. */
int name_commit(struct host *h, const uint8_t uuid[16]);

/* Give name and mark up; leaves a name that belongs to another UUID alone. */
void name_drop(struct host *h, const char *name, const uint8_t uuid[16]);

/* Give the guest another name, everywhere. 0 or -EEXIST, -errno with d. */
int name_change(struct host *h, uint16_t domid, const uint8_t uuid[16], const char *name,
		struct diag *d);

/* Start time of a process in clock ticks, 0 if there is none: pid and start name a process. */
unsigned long long name_process_start(unsigned long pid);

/* Does the process that left the mark "PID START ..." live? */
bool name_process_lives(const char *mark);

/* The same from the text of /proc/PID/stat; pure. 0: not such a text. */
unsigned long long name_parse_start(const char *stat);

#endif
