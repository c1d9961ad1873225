/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains whose state has changed since somebody last asked: a bit for each id. They outlive the
 * domains, so that an end is told too. There is one reader, the store daemon, by
 * XEN_SYSCTL_pavise_changed; the event says that there is something to read.
 */
#ifndef HV_CHANGE_H
#define HV_CHANGE_H

#include <hv/types.h>

/* Domain @id has shut down, died or gone: note it, then raise VIRQ_DOM_EXC. */
void change_note(domid_t id);
/* First noted id >= @from, which is noted no longer; DOMID_INVALID: none. */
domid_t change_take(domid_t from);

#endif
