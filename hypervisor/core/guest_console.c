/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console rings of boot-time domains (docs/boot-domains.md), for as long as no daemon of a control
 * domain has bound their port. The guest's notification is what makes us look: it has sent through
 * an unbound port.
 */
#include <hv/console.h>

#include <abi/console_ring.h>
#include <hv/domain.h>
#include <hv/softirq.h>

#define CHUNK 256u

static domid_t machine_id; /* whose the machine's console is; 0: nobody's */

int guest_console_init(struct domain *d, mfn_t ring, evtchn_port_t port, bool machine)
{
	int rc = page_get_and_type(ring, d, PGT_WRITABLE);

	if (rc)
		return rc;
	d->console = (struct guest_console){frame_virt(ring), port, machine};
	if (machine)
		machine_id = d->id;
	return 0;
}

void guest_console_drop(struct domain *d)
{
	struct xencons_interface *ring;

	spin_lock(&d->lock);
	ring = d->console.ring;
	d->console.ring = NULL;
	spin_unlock(&d->lock);
	if (ring)
		page_put_and_type(page_of(virt_frame(ring)));
}

/* What the guest has written, all or to the end of a line; 0 when there is nothing yet. */
static uint32_t take(struct xencons_interface *r, char *to, bool lines)
{
	uint32_t from = __atomic_load_n(&r->out_cons, __ATOMIC_RELAXED), n = 0;
	uint32_t used = __atomic_load_n(&r->out_prod, __ATOMIC_ACQUIRE) - from;

	used = MIN(used, MIN(CHUNK, (uint32_t)sizeof(r->out)));
	while (n < used) {
		to[n] = r->out[(from + n) % sizeof(r->out)];
		if (to[n++] == '\n' && lines)
			break;
	}
	if (lines && n && to[n - 1] != '\n' && n < CHUNK)
		n = 0;
	__atomic_store_n(&r->out_cons, from + n, __ATOMIC_RELEASE);
	return n;
}

/* A line, as nothing that could drive the operator's terminal. */
static void print_line(const struct domain *d, char *s, uint32_t n)
{
	char line[CHUNK + 16];

	while (n && (s[n - 1] == '\n' || s[n - 1] == '\r'))
		n--;
	for (uint32_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			s[i] = '.';
	n = (uint32_t)hv_snprintf(line, sizeof(line), "(d%u) %.*s\n", d->id, (int)n, s);
	console_pass(line, n);
}

void guest_console_serve(struct domain *d)
{
	uint32_t n = 1, sum = 0;
	char text[CHUNK];

	/* A ring full at most: others of its vCPUs may be filling it again. */
	for (; n && sum <= sizeof(d->console.ring->out); sum += n) {
		spin_lock(&d->lock);
		n = d->console.ring ? take(d->console.ring, text, !d->console.machine) : 0;
		spin_unlock(&d->lock);
		if (n && d->console.machine)
			console_pass(text, n);
		else if (n)
			print_line(d, text, n);
	}
}

/* Input goes to the guest as far as it has room. */
static void feed(UNUSED void *arg)
{
	struct domain *d = domain_get(machine_id);
	struct xencons_interface *r;
	char c;

	if (!d)
		return;
	spin_lock(&d->lock);
	r = d->console.ring;
	while (r && r->in_prod - r->in_cons < sizeof(r->in) && console_read(&c, 1)) {
		r->in[r->in_prod % sizeof(r->in)] = c;
		__atomic_store_n(&r->in_prod, r->in_prod + 1, __ATOMIC_RELEASE);
	}
	spin_unlock(&d->lock);
	evtchn_raise_unbound(d, d->console.port);
	domain_put(d);
}

void guest_console_input(void)
{
	static struct tasklet feeder = TASKLET_INIT(feed, NULL);

	if (machine_id && !control_domain)
		tasklet_schedule(&feeder);
}
