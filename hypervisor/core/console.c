/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's console: one ring, the sinks, input. Locked for a stretch of bytes at a time, so
 * that a slow serial port does not keep interrupts off for long.
 */
#include <hv/console.h>
#include <hv/cmdline.h>
#include <hv/domain.h>
#include <hv/lock.h>
#include <hv/string.h>
#include <hv/timer.h>
#include <abi/evtchn.h>
#include <arch/console.h>

#define RING_SIZE  32768u
#define INPUT_SIZE 256u
#define STRETCH    64u
#define LOG_LINE   512

/* Lines a guest may cause: a burst, then some a second. */
#define GUEST_BURST  20
#define GUEST_PERIOD 100000000ll

static struct spinlock console_lock = SPINLOCK_INIT(RANK_CONSOLE);
static char ring[RING_SIZE];
static uint32_t ring_head; /* bytes ever written */
static uint32_t ring_tail; /* of these, cleared by readers */
static char input[INPUT_SIZE];
static uint32_t input_head, input_tail;
static bool forced;
static uint64_t guest_dropped;

/* A NUL would end the lines of those who read the log. */
static void log_bytes(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i])
			ring[ring_head++ % RING_SIZE] = s[i];
}

static void sink(const char *s, size_t n, bool logged)
{
	if (logged)
		log_bytes(s, n);
	serial_write(s, n);
	vga_write(s, n);
}

void console_replay(void (*to)(const char *s, size_t n))
{
	for (uint32_t i = ring_head > RING_SIZE ? ring_head - RING_SIZE : 0; i < ring_head; i++)
		to(&ring[i % RING_SIZE], 1);
}

static void write_stretches(const char *s, size_t n, bool logged)
{
	while (n) {
		size_t part = MIN(n, STRETCH);
		unsigned long flags;

		if (forced) {
			sink(s, part, logged);
		} else {
			flags = spin_lock_irqsave(&console_lock);
			sink(s, part, logged);
			spin_unlock_irqrestore(&console_lock, flags);
		}
		s += part;
		n -= part;
	}
}

void console_write(const char *s, size_t n)
{
	write_stretches(s, n, true);
}

void console_pass(const char *s, size_t n)
{
	write_stretches(s, n, false);
}

void console_force(void)
{
	forced = true;
}

static void write_line(const char *prefix, const char *fmt, va_list args)
{
	char line[LOG_LINE];
	int n = hv_snprintf(line, sizeof(line), "%s", prefix);

	n += hv_vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, args);
	n = MIN(n, LOG_LINE - 2);
	line[n] = '\n';
	console_write(line, (size_t)n + 1);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list args;

	if ((int)level > hv_options.loglvl)
		return;
	va_start(args, fmt);
	write_line("(hv) ", fmt, args);
	va_end(args);
}

/* A token comes back each GUEST_PERIOD; races cost a line at most. */
static bool guest_may_log(void)
{
	static int64_t spent_until;
	int64_t now = time_now();
	int64_t spent = __atomic_load_n(&spent_until, __ATOMIC_RELAXED);

	spent = MAX(spent, now);
	if (spent - now > GUEST_BURST * GUEST_PERIOD)
		return false;
	__atomic_store_n(&spent_until, spent + GUEST_PERIOD, __ATOMIC_RELAXED);
	return true;
}

void log_guest(const struct domain *d, enum log_level level, const char *fmt, ...)
{
	char prefix[24] = "(d?) ";
	uint64_t dropped;
	va_list args;

	if ((int)level > hv_options.guest_loglvl)
		return;
	if (!guest_may_log()) {
		__atomic_fetch_add(&guest_dropped, 1, __ATOMIC_RELAXED);
		return;
	}
	dropped = __atomic_exchange_n(&guest_dropped, 0, __ATOMIC_RELAXED);
	if (dropped)
		log_warn("%lu lines about guests were left out", dropped);
	if (d)
		hv_snprintf(prefix, sizeof(prefix), "(d%u) ", d->id);
	va_start(args, fmt);
	write_line(prefix, fmt, args);
	va_end(args);
}

void console_input(char c)
{
	unsigned long flags = spin_lock_irqsave(&console_lock);

	if (input_head - input_tail < INPUT_SIZE)
		input[input_head++ % INPUT_SIZE] = c;
	spin_unlock_irqrestore(&console_lock, flags);
	evtchn_raise_global_virq(VIRQ_CONSOLE);
	guest_console_input();
}

size_t console_read(char *buf, size_t n)
{
	unsigned long flags = spin_lock_irqsave(&console_lock);
	size_t got = 0;

	while (got < n && input_tail != input_head)
		buf[got++] = input[input_tail++ % INPUT_SIZE];
	spin_unlock_irqrestore(&console_lock, flags);
	return got;
}

size_t console_ring_read(char *buf, size_t n, uint32_t *index, bool incremental, bool clear)
{
	unsigned long flags = spin_lock_irqsave(&console_lock);
	uint32_t from = ring_tail, got;

	if (ring_head - from > RING_SIZE)
		from = ring_head - RING_SIZE;
	/* An index before the oldest byte, or from another boot, starts at the oldest. */
	if (incremental && ring_head - *index <= ring_head - from)
		from = *index;
	got = (uint32_t)MIN(n, (size_t)(ring_head - from));
	for (uint32_t i = 0; i < got; i++)
		buf[i] = ring[(from + i) % RING_SIZE];
	if (clear)
		ring_tail = from + got;
	spin_unlock_irqrestore(&console_lock, flags);
	*index = from + got;
	return got;
}
