/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatting into a buffer; no I/O. Conversions: d i u x X p c s %, flags 0 - + #, width and
 * precision as number or *, lengths hh h l ll z j. No floating point, no %n.
 */
#include <hv/console.h>
#include <hv/string.h>

struct out {
	char *buf;
	size_t size, len; /* len counts what a large enough buffer would hold */
};

struct spec {
	bool zero, left, plus, alternate;
	int width, precision; /* -1 = not given */
	unsigned bytes;       /* size of an integer argument */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const struct spec *f, const char *s)
{
	size_t n = strnlen(s ? s : "(null)", f->precision < 0 ? SIZE_MAX : (size_t)f->precision);
	int fill = f->width - (int)n;

	s = s ? s : "(null)";
	if (!f->left)
		pad(o, ' ', fill);
	for (size_t i = 0; i < n; i++)
		put(o, s[i]);
	if (f->left)
		pad(o, ' ', fill);
}

static void put_number(struct out *o, const struct spec *f, uint64_t v, unsigned base, bool upper,
		       const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char rev[24];
	int n = 0, zeros, fill;

	do {
		rev[n++] = digits[v % base];
		v /= base;
	} while (v);
	zeros = f->precision - n;
	fill = f->width - n - (int)strlen(prefix) - MAX(zeros, 0);
	if (f->zero && !f->left && f->precision < 0) {
		zeros = fill;
		fill = 0;
	}
	if (!f->left)
		pad(o, ' ', fill);
	while (*prefix)
		put(o, *prefix++);
	pad(o, '0', zeros);
	while (n)
		put(o, rev[--n]);
	if (f->left)
		pad(o, ' ', fill);
}

/* Flags, width, precision, length; returns the conversion's letter. */
static const char *parse_spec(const char *p, struct spec *f, va_list *args)
{
	*f = (struct spec){.precision = -1, .bytes = sizeof(int)};
	for (;; p++) {
		if (*p == '0')
			f->zero = true;
		else if (*p == '-')
			f->left = true;
		else if (*p == '+')
			f->plus = true;
		else if (*p == '#')
			f->alternate = true;
		else
			break;
	}
	if (*p == '*') {
		f->width = va_arg(*args, int);
		p++;
	}
	while (*p >= '0' && *p <= '9')
		f->width = f->width * 10 + *p++ - '0';
	if (*p == '.') {
		f->precision = 0;
		if (*++p == '*') {
			f->precision = va_arg(*args, int);
			p++;
		}
		while (*p >= '0' && *p <= '9')
			f->precision = f->precision * 10 + *p++ - '0';
	}
	for (;; p++) {
		if (*p == 'l' || *p == 'z' || *p == 'j')
			f->bytes = 8;
		else if (*p == 'h')
			f->bytes /= 2;
		else
			return p;
	}
}

static int64_t signed_arg(const struct spec *f, va_list *args)
{
	if (f->bytes == 8)
		return va_arg(*args, int64_t);
	return f->bytes == 4   ? va_arg(*args, int)
	       : f->bytes == 2 ? (int16_t)va_arg(*args, int)
			       : (int8_t)va_arg(*args, int);
}

static uint64_t unsigned_arg(const struct spec *f, va_list *args)
{
	if (f->bytes == 8)
		return va_arg(*args, uint64_t);
	return f->bytes == 4   ? va_arg(*args, unsigned)
	       : f->bytes == 2 ? (uint16_t)va_arg(*args, unsigned)
			       : (uint8_t)va_arg(*args, unsigned);
}

static void put_signed(struct out *o, const struct spec *f, int64_t v)
{
	put_number(o, f, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, false,
		   v < 0     ? "-"
		   : f->plus ? "+"
			     : "");
}

static void convert(struct out *o, const struct spec *f, char letter, va_list *args)
{
	uint64_t v;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(o, f, signed_arg(f, args));
		break;
	case 'u':
		put_number(o, f, unsigned_arg(f, args), 10, false, "");
		break;
	case 'x':
	case 'X':
		v = unsigned_arg(f, args);
		put_number(o, f, v, 16, letter == 'X',
			   !f->alternate || !v ? ""
			   : letter == 'X'     ? "0X"
					       : "0x");
		break;
	case 'p':
		put_number(o, f, (uint64_t)va_arg(*args, void *), 16, false, "0x");
		break;
	case 'c':
		pad(o, ' ', f->left ? 0 : f->width - 1);
		put(o, (char)va_arg(*args, int));
		pad(o, ' ', f->left ? f->width - 1 : 0);
		break;
	case 's':
		put_string(o, f, va_arg(*args, const char *));
		break;
	default:
		put(o, letter);
		break;
	}
}

int hv_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = {.buf = buf, .size = size};
	struct spec f;
	va_list ap;

	va_copy(ap, args);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &f, &ap);
		if (!*fmt)
			break;
		convert(&o, &f, *fmt, &ap);
	}
	va_end(ap);
	if (size)
		buf[MIN(o.len, size - 1)] = 0;
	return (int)o.len;
}

int hv_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = hv_vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
