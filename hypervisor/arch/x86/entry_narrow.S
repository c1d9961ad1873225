/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways in and out where guests run on narrow roots. */
#define ENTRY_NARROW
#include "entry.S"
