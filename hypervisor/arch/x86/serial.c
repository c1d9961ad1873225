/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550 at COM1, or where `com1=` says: polled output, input by interrupt. */
#include <arch/console.h>
#include <arch/irq.h>
#include <asm/msr.h>
#include <hv/console.h>

enum { RBR = 0, THR = 0, DLL = 0, DLM = 1, IER = 1, FCR = 2, LCR = 3, MCR = 4, LSR = 5 };

#define LSR_DATA   0x01
#define LSR_THRE   0x20
#define LCR_DLAB   0x80
#define FIFO_SIZE  16
#define UART_CLOCK 115200u
#define WAIT_TURNS 1000000u /* a port that never gets ready must not stop us */

static uint16_t port; /* 0 = none */
static unsigned irq = 4;

/* Number at *p, 0x allowed; moved behind the comma that follows. 0 when there is none. */
static unsigned next_number(const char **p)
{
	unsigned base = 10, n = 0;
	const char *s = *p;

	if (s[0] == '0' && s[1] == 'x') {
		base = 16;
		s += 2;
	}
	for (;; s++) {
		unsigned digit = (unsigned)(*s >= 'a' ? *s - 'a' + 10 : *s - '0');

		if (digit >= base)
			break;
		n = n * base + digit;
	}
	while (*s && *s++ != ',')
		;
	*p = s;
	return n;
}

/* baud, format, port, irq: each may be left out. */
void serial_init(const char *options)
{
	unsigned baud = next_number(&options), bits = 0, p, line;
	uint16_t divisor;

	bits = next_number(&options);
	p = next_number(&options);
	line = next_number(&options);
	port = p ? (uint16_t)p : 0x3f8;
	irq = line ? line : 4;
	divisor = (uint16_t)(UART_CLOCK / (baud && baud <= UART_CLOCK ? baud : UART_CLOCK));
	outb(port + IER, 0);
	outb(port + LCR, LCR_DLAB);
	outb(port + DLL, (uint8_t)divisor);
	outb(port + DLM, (uint8_t)(divisor >> 8));
	outb(port + LCR, bits == 7 ? 0x02 : 0x03);
	outb(port + FCR, 0x07);
	outb(port + MCR, 0x0b);
	if (inb(port + LSR) == 0xff || inb(port + LCR) == 0xff)
		port = 0;
}

static void send(uint8_t c)
{
	static unsigned room;

	for (unsigned turns = 0; !room && turns < WAIT_TURNS; turns++)
		room = inb(port + LSR) & LSR_THRE ? FIFO_SIZE : 0;
	outb(port + THR, c);
	room -= room ? 1 : 0;
}

/* Lines end with CR LF on the wire. */
void serial_write(const char *s, size_t n)
{
	for (size_t i = 0; port && i < n; i++) {
		if (s[i] == '\n')
			send('\r');
		send((uint8_t)s[i]);
	}
}

static void serial_irq(void *arg)
{
	(void)arg;
	for (unsigned n = 0; n < 4 * FIFO_SIZE && inb(port + LSR) & LSR_DATA; n++)
		console_input((char)inb(port + RBR));
}

void serial_irq_init(void)
{
	struct irq_vector v;
	bool level, low;
	unsigned gsi;

	if (!port || irq > 15)
		return;
	arch_isa_irq(irq, &gsi, &level, &low);
	if (arch_irq_vector_alloc(0, serial_irq, NULL, &v) || arch_gsi_route(gsi, v, level, low)) {
		log_warn("serial port: no interrupt, no input");
		return;
	}
	arch_gsi_mask(gsi, false);
	outb(port + IER, 1);
}

bool serial_ports(uint16_t *first, uint16_t *last)
{
	*first = port;
	*last = (uint16_t)(port + 7);
	return port != 0;
}
