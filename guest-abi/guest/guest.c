/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/guest.h"

#include <stdarg.h>

#include "abi/console_io.h"
#include "abi/sched.h"

static const uint64_t *p2m;

void guest_init(const struct start_info *si)
{
	p2m = (const uint64_t *)si->mfn_list;
}

uint64_t guest_mfn(const void *va)
{
	return p2m[((uint64_t)va - GUEST_VIRT_BASE) / GUEST_PAGE];
}

void guest_shutdown(unsigned int reason)
{
	struct sched_shutdown op = {.reason = reason};

	for (;;)
		hypercall2(HC_SCHED_OP, SCHEDOP_shutdown, (uint64_t)&op);
}

struct line {
	char text[256];
	size_t len;
};

static void put(struct line *l, char c)
{
	if (l->len < sizeof(l->text))
		l->text[l->len++] = c;
}

static void put_number(struct line *l, uint64_t n, unsigned int base)
{
	char digits[20];
	int i = 0;

	do
		digits[i++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (i)
		put(l, digits[--i]);
}

static void put_signed(struct line *l, int64_t n)
{
	if (n < 0)
		put(l, '-');
	put_number(l, n < 0 ? -(uint64_t)n : (uint64_t)n, 10);
}

/* One conversion after the '%'; returns where the format goes on. */
static const char *convert(struct line *l, const char *fmt, va_list *args)
{
	int is_long = *fmt == 'l';
	const char *s;

	fmt += is_long;
	switch (*fmt) {
	case 's':
		for (s = va_arg(*args, const char *); *s; s++)
			put(l, *s);
		break;
	case 'd':
		put_signed(l, is_long ? va_arg(*args, long) : va_arg(*args, int));
		break;
	case 'u':
		put_number(l, is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int),
			   10);
		break;
	case 'x':
		put_number(l, is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int),
			   16);
		break;
	default:
		put(l, *fmt);
	}
	return fmt + 1;
}

void guest_print(const char *fmt, ...)
{
	struct line l = {.len = 0};
	va_list args;

	va_start(args, fmt);
	while (*fmt) {
		if (*fmt != '%')
			put(&l, *fmt++);
		else
			fmt = convert(&l, fmt + 1, &args);
	}
	va_end(args);
	hypercall3(HC_CONSOLE_IO, CONSOLEIO_write, l.len, (uint64_t)l.text);
}
