/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that a guest in the making waits for: /pavise/memory/PID holds "START KIB DOMID", and pav
 * autoballoon takes it from guests. DOMID is 0 until there is a domain; then counts what that
 * neither has nor has claimed. A request whose process is gone counts no more.
 */
#ifndef TOOLS_LIFE_WANT_H
#define TOOLS_LIFE_WANT_H

#include <stdint.h>

#include "lib/host.h"

#define WANT_DIR "/pavise/memory"

/* Name of the daemon that answers, as daemon_runs() knows it. */
#define WANT_DAEMON "pav-autoballoon"

/* KiB that nobody has and that are not promised. 0 or -errno. */
int want_free(struct hv *hv, uint64_t *kib);

/* Told of waiting if it is set; KiB. This folder itself prints nothing. */
enum want_stage { WANT_BEGIN, WANT_STEP, WANT_END };
extern void (*want_tell)(enum want_stage stage, uint64_t have, uint64_t kib);

/*
 * See that there is memory of that many KiB, and ask for it if not; waits as long as it becomes
 * more, and want_tell() is told. 1: it is there, and no guest gets it before
 * want_done(). 0: it was there at once. -ENOMEM, -errno with d.
 */
int want_memory(struct host *h, uint64_t kib, struct diag *d);

/* It is for this domain, which exists now. 0 or -errno with d. */
int want_domain(struct host *h, uint64_t kib, uint16_t domid, struct diag *d);

/* The domain has its memory, or wants none any more. */
void want_done(struct host *h);

/* What all requests ask for; those of dead processes are removed. KiB. */
uint64_t want_sum(struct host *h);

#endif
