/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <hv/keys.h>

#include <hv/console.h>
#include <hv/domain.h>
#include <hv/grant.h>
#include <hv/heap.h>

static void key_help(void);

static uint32_t port_pages(const struct evtchn_domain *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->limit / EVTCHN_PER_BUCKET; i++)
		n += e->bucket[i] != NULL;
	return n;
}

/* "tables" are the pages that ports and grants have come to need; a domain keeps them for life. */
static void key_domains(void)
{
	struct grant_usage g;
	struct domain *d;

	for (domid_t from = 0; (d = domain_get_from(from)); from = d->id + 1, domain_put(d)) {
		grant_usage(d, &g);
		log_info("domain %u: state %u pages %lu of %lu ports %u grants mapped %u used %u "
			 "tables %u refs %u pause %d",
			 d->id, d->state, d->pages.tot, d->pages.max, d->evtchn.active, g.maps,
			 g.used, g.pages + port_pages(&d->evtchn), d->refcount, d->pause_count);
		for (uint32_t i = 0; i < d->max_vcpus; i++) {
			const struct vcpu *v = d->vcpu[i];

			if (v)
				log_info("  vCPU %u: cpu %u%s%s%s pause %d rip %lx pending %u mask "
					 "%u sel %lx",
					 i, v->sched.cpu, v->sched.running ? " running" : "",
					 v->blocked ? " blocked" : "", v->down ? " down" : "",
					 v->pause_count, v->regs.rip,
					 v->info->evtchn_upcall_pending,
					 v->info->evtchn_upcall_mask, v->info->evtchn_pending_sel);
		}
	}
}

static void key_memory(void)
{
	log_info("memory: %lu of %lu frames free", heap_free_pages(), heap_total_pages());
}

static const struct {
	char key;
	const char *what;
	void (*fn)(void);
} keys[] = {
	{'h', "this list", key_help},
	{'q', "domains and their vCPUs", key_domains},
	{'m', "free memory", key_memory},
};

static void key_help(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		log_info("key '%c': %s", keys[i].key, keys[i].what);
}

void keys_handle(char key)
{
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].key == key) {
			keys[i].fn();
			return;
		}
	log_warn("no debug key '%c'; 'h' lists them", key);
}
