/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen at 0xb8000, until the control domain starts. */
#include <arch/console.h>
#include <arch/mmu.h>
#include <asm/msr.h>
#include <hv/console.h>
#include <hv/string.h>

#define COLS 80u
#define ROWS 25u
#define ATTR 0x0700

static volatile uint16_t *screen;
static unsigned column;

void vga_init(bool present)
{
	if (present)
		screen = arch_ioremap((paddr_t){0xb8000}, COLS * ROWS * 2, false);
	for (unsigned i = 0; screen && i < COLS * ROWS; i++)
		screen[i] = ATTR | ' ';
}

static void scroll(void)
{
	for (unsigned i = 0; i < COLS * (ROWS - 1); i++)
		screen[i] = screen[i + COLS];
	for (unsigned i = 0; i < COLS; i++)
		screen[COLS * (ROWS - 1) + i] = ATTR | ' ';
	column = 0;
}

void vga_write(const char *s, size_t n)
{
	for (size_t i = 0; screen && i < n; i++) {
		if (s[i] == '\n' || column == COLS)
			scroll();
		if (s[i] >= ' ')
			screen[COLS * (ROWS - 1) + column++] = ATTR | (uint8_t)s[i];
		else if (s[i] == '\r')
			column = 0;
	}
}

void vga_release(void)
{
	screen = NULL;
}
