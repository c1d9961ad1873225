/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Linux kernel's header of this name gives to the ABI's headers. */
#ifndef TESTS_LINUX_STDDEF_H
#define TESTS_LINUX_STDDEF_H

#define NULL               ((void *)0)
#define offsetof(type, mb) __builtin_offsetof(type, mb)

#endif
