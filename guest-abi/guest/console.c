/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/console.h"

#include "abi/console_io.h"
#include "abi/console_ring.h"
#include "abi/sched.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "pv-drivers/ring/bytes.h"

static struct bytes_ring out, in;
static uint32_t port;

void console_init(void)
{
	struct xencons_interface *ring;

	if (boot_is_control_domain() || !boot_info->console.domU.mfn)
		return;
	ring = page_of_mfn(boot_info->console.domU.mfn);
	if (!ring)
		return;
	out = (struct bytes_ring){ring->out, sizeof(ring->out), &ring->out_prod, &ring->out_cons,
				  ring->out_prod};
	in = (struct bytes_ring){ring->in, sizeof(ring->in), &ring->in_prod, &ring->in_cons,
				 ring->in_cons};
	port = boot_info->console.domU.evtchn;
}

static void ignore(uint32_t p, void *arg)
{
	(void)p;
	(void)arg;
}

void console_listen(void)
{
	if (out.data)
		event_handle(port, ignore, NULL);
}

/* A reader that left impossible indices behind gets nothing more. */
static void ring_write(const char *text, size_t n)
{
	long done;

	while (n) {
		done = bytes_add(&out, text, n);
		if (done < 0)
			return;
		text += done;
		n -= (size_t)done;
		event_notify(port);
		if (n)
			hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	}
}

void console_write(const char *text, size_t n)
{
	size_t line;

	if (!out.data) {
		hypercall3(HC_CONSOLE_IO, CONSOLEIO_write, n, (uint64_t)text);
		return;
	}
	while (n) {
		for (line = 0; line < n && text[line] != '\n'; line++)
			;
		ring_write(text, line);
		if (line < n)
			ring_write("\r\n", 2);
		line += line < n;
		text += line;
		n -= line;
	}
}

size_t console_read(char *to, size_t n)
{
	long got;

	if (!in.data) {
		got = hypercall3(HC_CONSOLE_IO, CONSOLEIO_read, n, (uint64_t)to);
		return got > 0 ? (size_t)got : 0;
	}
	got = bytes_take(&in, to, n);
	if (got <= 0)
		return 0;
	event_notify(port);
	return (size_t)got;
}
