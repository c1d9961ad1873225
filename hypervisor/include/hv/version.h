/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and numbers of this build; the build passes those that change. */
#ifndef HV_VERSION_H
#define HV_VERSION_H

/* The ABI's generation, which kernels and tools check. */
#define HV_ABI_MAJOR    4
#define HV_ABI_MINOR    17

#define HV_VERSION      "0.1"
#define HV_EXTRAVERSION ".0-pavise-" HV_VERSION
#define HV_CHANGESET    "Pavise " HV_VERSION
#define HV_COMPILER     "gcc " __VERSION__
#define HV_BUILD_DATE   ""

#endif
