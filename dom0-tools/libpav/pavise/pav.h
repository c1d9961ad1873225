/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpav: guests of this machine from a program of one's own. See libpav(3).
 *
 * A handle is one connection to the hypervisor and the store daemon. It is used by one thread at a
 * time; a process may have several. Nothing here prints, ends the process or changes what signals
 * do. Unless it says otherwise a function returns 0 or a negated errno, and then pav_error() says
 * which object failed, why, and what to do about it. Memory it hands out is freed by pav_free().
 */
#ifndef PAVISE_PAV_H
#define PAVISE_PAV_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pav;

struct pav_error {
	int code;           /* negated errno; 0: nothing has failed yet */
	char message[1600]; /* object and cause, one line */
	char remedy[800];   /* what to do about it */
};

/* Connect; *err, unless NULL, says why not. Needs root in the control domain. */
int pav_open(struct pav **p, struct pav_error *err);
void pav_close(struct pav *p);

/* About the last call on p that failed; valid until the next call. */
const struct pav_error *pav_error(const struct pav *p);

void pav_free(void *memory);

/* Version of the library, as "0.1". */
const char *pav_version(void);

/* ---- looking */

enum {
	PAV_STATE_RUNNING = 1,
	PAV_STATE_BLOCKED = 2,
	PAV_STATE_PAUSED = 4,
	PAV_STATE_SHUTDOWN = 8, /* it has ended or suspended, see code */
	PAV_STATE_DYING = 16,
};

/* Why a guest has shut down. */
enum { PAV_POWEROFF, PAV_REBOOT, PAV_SUSPEND, PAV_CRASH, PAV_WATCHDOG };

struct pav_guest {
	uint32_t domid; /* 0: the control domain */
	uint32_t state; /* of PAV_STATE_ */
	int32_t code;   /* one of those above; -1: it has not shut down */
	uint32_t vcpus, max_vcpus;
	uint32_t disks, cards;
	uint64_t memory_kib, max_memory_kib;
	uint64_t cpu_ns;                     /* CPU time it has taken */
	uint64_t read_bytes, written_bytes;  /* by its disks */
	uint64_t received_bytes, sent_bytes; /* by its cards */
	char uuid[40];
	char name[256];
	uint64_t reserved[8];
};

struct pav_host {
	uint32_t cpus, cpu_mhz;
	uint64_t memory_kib, free_kib;
	char hypervisor[64]; /* as "4.17.0-pavise-0.1" */
	uint64_t reserved[8];
};

int pav_host(struct pav *p, struct pav_host *host);

/* All domains in rising order of number, the control domain first. */
int pav_list(struct pav *p, struct pav_guest **guests, size_t *n);

/* -ENOENT: there is no such domain. */
int pav_guest(struct pav *p, uint32_t domid, struct pav_guest *guest);

/* The number of the guest of that name, or that number in text. -ENOENT: there is none. */
int pav_find(struct pav *p, const char *what, uint32_t *domid);

/* ---- a guest's life */

enum {
	PAV_CREATE_PAUSED = 1,  /* do not start it */
	PAV_CREATE_DRY_RUN = 2, /* look at everything, make nothing */
};

/*
 * Make a guest from a configuration (pav.cfg(5)): the file at path, or text, or neither; with
 * settings ("memory=512", NULL at the end; may itself be NULL) in place of those there. *domid,
 * unless NULL, is its number. What fails leaves nothing behind.
 */
int pav_create(struct pav *p, const char *path, const char *text, const char *const *settings,
	       unsigned flags, uint32_t *domid);

/* End it at once and remove every trace of it. */
int pav_destroy(struct pav *p, uint32_t domid);

/* Ask it to power off or to reboot; it does so when it likes. */
int pav_shutdown(struct pav *p, uint32_t domid);
int pav_reboot(struct pav *p, uint32_t domid);

int pav_pause(struct pav *p, uint32_t domid);
int pav_unpause(struct pav *p, uint32_t domid);

/* Wait until it has shut down or is gone; timeout_ms -1: for ever. -ETIMEDOUT. */
int pav_wait(struct pav *p, uint32_t domid, int timeout_ms);

/* ---- what it has */

int pav_set_memory(struct pav *p, uint32_t domid, uint64_t kib);
int pav_set_vcpus(struct pav *p, uint32_t domid, unsigned vcpus);

/* Disks and cards, written as in a configuration. force: even if the guest does not let it go. */
int pav_attach_disk(struct pav *p, uint32_t domid, const char *spec);
int pav_detach_disk(struct pav *p, uint32_t domid, const char *vdev, int force);
int pav_attach_card(struct pav *p, uint32_t domid, const char *spec);
int pav_detach_card(struct pav *p, uint32_t domid, unsigned number, int force);

/* PCI devices of the machine; through one a guest can write to all of its memory. */
int pav_attach_pci(struct pav *p, uint32_t domid, const char *spec);
int pav_detach_pci(struct pav *p, uint32_t domid, const char *device, int force);

/* ---- images and moves */

/*
 * How far long work is; expected 0: unknown. Not 0 ends the work, which then returns -EINTR, and
 * the guest goes on as if nothing had been. May be NULL where it is asked for.
 */
typedef int pav_progress(void *arg, uint64_t done, uint64_t expected);

enum { PAV_SAVE_END, PAV_SAVE_RUN, PAV_SAVE_PAUSE }; /* what becomes of the guest */

int pav_save(struct pav *p, uint32_t domid, const char *path, int after, pav_progress *progress,
	     void *arg);

/* name NULL: the one it had; else a copy of that name. flags: PAV_CREATE_PAUSED. */
int pav_restore(struct pav *p, const char *path, const char *name, unsigned flags,
		pav_progress *progress, void *arg, uint32_t *domid);

struct pav_move {
	const char *transport; /* runs a command on the other machine; NULL: "ssh" */
	unsigned rounds;       /* memory is copied at most so often while it runs; 0: 5 */
	unsigned rate;         /* MiB a second at most while it runs; 0: as fast as it goes */
};

/*
 * Move it to another machine while it runs; how NULL: as if all in it were 0.
 * -EINPROGRESS: broken off when the other machine had been told to start it, see pav(8), migrate.
 * It forks a child for the transport.
 */
int pav_migrate(struct pav *p, uint32_t domid, const char *machine, const struct pav_move *how,
		pav_progress *progress, void *arg);

/* ---- its console */

/* A descriptor of the console's terminal, for the caller to close; or -errno. */
int pav_console(struct pav *p, uint32_t domid);

/* What a guest of that name has written so far, also one that is gone; *n without the NUL. */
int pav_console_log(struct pav *p, const char *name, char **text, size_t *n);

/* ---- events */

enum { PAV_EVENT_NEW = 1, PAV_EVENT_END };

struct pav_event {
	int what;
	uint32_t domid; /* ~0: some guest, ask pav_list() */
};

/* From now on events are kept for pav_next(). The first of each kind comes at once, for ~0. */
int pav_watch(struct pav *p);

/* To be polled for input; after each wake-up call pav_next() with 0 until it returns 0. */
int pav_fd(const struct pav *p);

/* 1 with the next event; 0: none came in that time (-1: wait for ever); or -errno. */
int pav_next(struct pav *p, int timeout_ms, struct pav_event *event);

#ifdef __cplusplus
}
#endif

#endif
