/* SPDX-License-Identifier: MIT */
/*
 * Client of the store, over the ring page of start info. One request at a time, from one vCPU, with
 * events enabled; each waits for its answer. Paths may be relative to the domain's own directory.
 * Errors are those of the store, negated, or -EIO: the ring holds nonsense.
 */
#ifndef GUEST_STORE_H
#define GUEST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Transaction number of requests outside of transactions. */
#define STORE_NONE 0u

/* -ENODEV: this domain was given no store. */
int64_t store_init(void);

/* Value of a node, NUL-terminated and cut to size. Its length or -errno. */
int64_t store_read(uint32_t tx, const char *path, char *value, size_t size);
int64_t store_write(uint32_t tx, const char *path, const char *value);
int64_t store_mkdir(uint32_t tx, const char *path);
int64_t store_remove(uint32_t tx, const char *path);

/* Names below a node, each NUL-terminated, one after the other. Bytes or -errno. */
int64_t store_list(uint32_t tx, const char *path, char *names, size_t size);

/* Permissions as the protocol has them, e.g. "n5" for owner 5, then "r0"; `count` of them. */
int64_t store_set_perms(uint32_t tx, const char *path, const char *const *perms, size_t count);

/* Formatted write, and reading of a decimal number (`otherwise` if there is none). */
int64_t store_printf(uint32_t tx, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
uint64_t store_number(const char *path, uint64_t otherwise);

/* A transaction's number, or -errno. */
int64_t store_begin(void);

/* 0, or -EAGAIN: somebody else changed what it used; do it again. */
int64_t store_end(uint32_t tx, bool commit);

/* Watch a path; its firings (the first one at once) are given by store_fired(). */
int64_t store_watch(const char *path, const char *token);
int64_t store_unwatch(const char *path, const char *token);

/* Token of the next watch that fired, waiting up to `ns`; false: none did. */
bool store_fired(char *token, size_t size, uint64_t ns);

/*
 * Any request with a payload as the protocol has it. Bytes of the answer, cut to size, or -errno.
 */
int64_t store_request(uint32_t type, uint32_t tx, const void *payload, size_t n, char *answer,
		      size_t size);

#endif
