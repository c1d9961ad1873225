/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included before everything else (build.mk): all names are of this image, so no GOT. */
#pragma GCC visibility push(hidden)
