/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked instead of vga.c when CONFIG_VGA is off. */
#include <arch/console.h>

void vga_init(bool present)
{
	(void)present;
}

void vga_write(const char *s, size_t n)
{
	(void)s, (void)n;
}

void vga_release(void)
{
}
