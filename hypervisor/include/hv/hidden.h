/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before everything else, by the compiler's command line: all names are of this image, so no GOT. */
#pragma GCC visibility push(hidden)
