/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two machines say to each other around a stream, in the words of xl: the receiver that it is
 * there; when it has all, that the guest is ready; the sender that it may start it; the receiver
 * whether it did. From "may start" on the guest is the receiver's.
 */
#ifndef TOOLS_STREAM_HANDOVER_H
#define TOOLS_STREAM_HANDOVER_H

#include <stdbool.h>

#include "lib/diag.h"
#include "stream/wire.h"

enum handover {
	HANDOVER_HERE,   /* receiver: send */
	HANDOVER_READY,  /* receiver: all has come, the guest could start */
	HANDOVER_GO,     /* sender: start it; receiver, after a failed start: have it back */
	HANDOVER_REPORT, /* receiver: a byte follows, 0: it runs */
};

/* Say it. 0 or -errno with d. */
int handover_say(struct wire *w, enum handover what, struct diag *d);

/* Wait for it. 0, what tick said, -EPROTO with d when something else comes, -ENODATA with d. */
int handover_hear(struct wire *w, enum handover what, struct diag *d);

/* The byte of the report. */
int handover_say_status(struct wire *w, unsigned char status, struct diag *d);
int handover_hear_status(struct wire *w, unsigned char *status, struct diag *d);

#endif
