/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With peer=DOMID on its command line the meter: it measures rows (all, or rows=A,B,...) and prints
 * a line of JSON for each, as micro does. Without, its peer.
 */
#include "pair.h"

#include <string.h>

#include "../mark.h"
#include "../sort.h"
#include "abi/sched.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"

#define SAMPLES  9
#define ROWS_MAX 32

static const struct row *const families[] = {rows_event, rows_grant, rows_timer, rows_vcpu};
static unsigned char region;

int64_t must(const char *what, int64_t rc)
{
	if (rc >= 0)
		return rc;
	guest_print("micro: %s: error %ld\n", what, (long)rc);
	guest_shutdown(SHUTDOWN_poweroff);
}

uint64_t row_begin(void)
{
	mark_begin(region);
	return guest_tsc();
}

uint64_t row_end(uint64_t begin)
{
	uint64_t end = guest_tsc();

	mark_end(region);
	return end - begin;
}

void bell_ring(uint32_t port, void *bell)
{
	struct bell *b = bell;

	(void)port;
	b->at = guest_tsc();
	b->rung = true;
}

void bell_wait(struct bell *bell)
{
	/* Blocking lets events in by the same step. */
	while (event_disable(), !bell->rung)
		hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
	bell->rung = false;
	event_enable();
}

/* In tenths of a tick. */
struct figure {
	const struct row *row;
	unsigned int region;
	uint64_t median, min, max;
};

static struct figure measure(const struct row *row)
{
	uint64_t v[SAMPLES];

	row->run(row->ops / 8 + 1);
	for (unsigned int i = 0; i < SAMPLES; i++)
		v[i] = row->run(row->ops) * 10 / row->ops;
	sort(v, SAMPLES);
	return (struct figure){row, region, v[SAMPLES / 2], v[0], v[SAMPLES - 1]};
}

static void print(const struct figure *f)
{
	guest_print("{\"row\": \"%s\", \"region\": %u, \"ops\": %u, \"samples\": %u, "
		    "\"median\": %lu.%lu, \"min\": %lu.%lu, \"max\": %lu.%lu}\n",
		    f->row->name, f->region, f->row->ops, SAMPLES, f->median / 10, f->median % 10,
		    f->min / 10, f->min % 10, f->max / 10, f->max % 10);
}

/* Whether the list, of names with commas between, has it. */
static bool listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (;;) {
		if (!strncmp(list, name, length) && (list[length] == ',' || !list[length]))
			return true;
		while (*list && *list != ',')
			list++;
		if (!*list++)
			return false;
	}
}

/*
 * All rows have the region of their place in the list, whichever are measured. Nothing is said
 * until the end: the control domain, which passes it on, would take part in the next row.
 */
static void meter_main(void)
{
	static struct figure figures[ROWS_MAX];
	static char rows[512];
	bool all = !boot_option("rows", rows, sizeof(rows));
	unsigned int count = 0;

	meter_meet();
	for (unsigned int f = 0; f < sizeof(families) / sizeof(families[0]); f++)
		for (const struct row *row = families[f]; row->name; row++) {
			region++;
			if (count < ROWS_MAX && (all || listed(rows, row->name)))
				figures[count++] = measure(row);
		}
	for (unsigned int i = 0; i < count; i++)
		print(&figures[i]);
	guest_print("micro: end\n");
}

void guest_main(const struct start_info *si)
{
	boot_init(si);
	peer = (uint16_t)boot_option_number("peer", 0);
	if (peer)
		meter_main();
	else
		peer_main();
}
