/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacked kernels of earlier guests, in UNPACKED_DIR: to undo xz costs ten times what the rest of
 * a creation does. Only a cache: whatever is wrong with it, kernels are unpacked as if it were not
 * there, and anybody may empty it at any time.
 */
#ifndef TOOLS_BUILD_UNPACKED_H
#define TOOLS_BUILD_UNPACKED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define UNPACKED_DIR "/var/cache/pavise"

/* So many are kept; the oldest goes when there is one more. */
enum { UNPACKED_MAX = 8 };

/*
 * The image that the kernel file with the attributes *st was unpacked to, mapped read-only; munmap
 * it. A file that was written to since has other attributes. 0, or -errno: not there.
 */
int unpacked_find(const char *dir, const struct stat *st, const uint8_t **image, size_t *n);

/*
 * Keep an image. It appears whole or not at all, also if the machine loses its power: what has a
 * name is on the disk. 0 or -errno; then nothing was kept: -ENOSPC if it would take more than a
 * quarter of what is free.
 */
int unpacked_keep(const char *dir, const struct stat *st, const uint8_t *image, size_t n);

#endif
