/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors' stubs where guests run on narrow roots. */
#define ENTRY_NARROW
#include "stubs.S"
