/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/text.h"

struct line {
	char *text;
	size_t size;
	size_t len;
};

static void put(struct line *l, char c)
{
	if (l->len + 1 < l->size)
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
	case 'c':
		put(l, (char)va_arg(*args, int));
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

size_t text_vformat(char *to, size_t size, const char *fmt, va_list args)
{
	struct line l = {.text = to, .size = size};
	va_list copy;

	va_copy(copy, args);
	while (*fmt) {
		if (*fmt != '%')
			put(&l, *fmt++);
		else
			fmt = convert(&l, fmt + 1, &copy);
	}
	va_end(copy);
	if (size)
		to[l.len] = 0;
	return l.len;
}

size_t text_format(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t n;

	va_start(args, fmt);
	n = text_vformat(to, size, fmt, args);
	va_end(args);
	return n;
}

uint64_t text_number(const char *s)
{
	uint64_t n = 0;

	while (*s >= '0' && *s <= '9')
		n = n * 10 + (uint64_t)(*s++ - '0');
	return n;
}
