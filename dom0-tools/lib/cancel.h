/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long work that the user may end: Ctrl-C, a hangup and SIGTERM are noted, and the work asks. */
#ifndef TOOLS_LIB_CANCEL_H
#define TOOLS_LIB_CANCEL_H

#include <stdbool.h>

/* From now on such signals are noted; system calls they interrupt return EINTR. */
void cancel_arm(void);

/* Has one come? */
bool cancel_asked(void);

#endif
