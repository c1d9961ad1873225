/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console_io: the control domain, and a boot-time domain that may, write to and read from the
 * machine's console. Other domains may write too: each whole line is logged under the domain's
 * name, rate-limited.
 */
#include <abi/base.h>
#include <abi/console_io.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>

#define CHUNK 256u

/* Printable text of another domain's line; anything else could drive the operator's terminal. */
static void write_guest_lines(const struct domain *d, char *s, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '\n') {
			if (s[i] < ' ' || s[i] > '~')
				s[i] = ' ';
			continue;
		}
		if (i > start)
			log_guest(d, LOG_INFO, "%.*s", (int)(i - start), s + start);
		start = i + 1;
	}
}

static int64_t console_io_write(struct domain *d, uint64_t count, uint64_t gva)
{
	char chunk[CHUNK];

	while (count) {
		uint64_t n = MIN(count, (uint64_t)CHUNK);

		if (hypercall_preempt_check())
			return hypercall_restart(HC_CONSOLE_IO, CONSOLEIO_write, count, gva, 0, 0);
		if (copy_from_guest(chunk, gva, n))
			return -EFAULT;
		if (d->privileged || d->config.console_io)
			console_pass(chunk, n);
		else
			write_guest_lines(d, chunk, n);
		gva += n;
		count -= n;
	}
	return 0;
}

static int64_t console_io_read(uint64_t count, uint64_t gva)
{
	char chunk[CHUNK];
	size_t n;

	n = console_read(chunk, MIN(count, (uint64_t)CHUNK));
	return copy_to_guest(gva, chunk, n) ? -EFAULT : (int64_t)n;
}

HYPERCALL_HANDLER(console_io)
{
	struct domain *d = current_domain();

	if (a1 == CONSOLEIO_read && !d->privileged && !d->config.console_io)
		return -EPERM;
	/* The ABI's count is a signed int; a negative one is nobody's length. */
	if (a2 > INT32_MAX)
		return -EINVAL;
	switch (a1) {
	case CONSOLEIO_write:
		return console_io_write(d, a2, a3);
	case CONSOLEIO_read:
		return console_io_read(a2, a3);
	default:
		return -ENOSYS;
	}
}
