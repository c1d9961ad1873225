// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "life/names.h"
#include "trace/batch.h"
#include "trace/sink.h"
#include "trace/tap.h"

enum { ROUND_MS = 100 };

static const char *events = "all", *only, *format = "text", *out, *from, *raw;
static unsigned seconds, frames = 64, read_mhz;

static const struct opt opts[] = {
	{'e', "events", "LIST", OPT_STR, &events,
	 "what to show: any of hypercalls,traps,sched,events or all (all)"},
	{'d', "domain", "NAME|ID", OPT_STR, &only, "only what happens while this domain runs"},
	{'t', "time", "SECONDS", OPT_UINT, &seconds, "end after that time (0: at Ctrl-C)"},
	{'f', "format", "FORMAT", OPT_STR, &format,
	 "text, json (a line each), chrome (for trace viewers) or count (text)"},
	{'o', "output", "FILE", OPT_STR, &out, "write there instead of standard output"},
	{'w', "raw", "FILE", OPT_STR, &raw, "keep the records as they are, for --read or xenalyze"},
	{'r', "read", "FILE", OPT_STR, &from, "show the records of such a file"},
	{0, "mhz", "N", OPT_UINT, &read_mhz, "with --read: clock of the machine traced (1000)"},
	{'b', "buffer", "PAGES", OPT_UINT, &frames,
	 "size of each CPU's buffer, if there is none yet (64)"},
	NO_MORE_OPTS,
};

/* All that the loop needs. */
struct session {
	struct cli *c;
	const struct sink *sink;
	struct sink_base base;
	struct event_state *state;
	struct batch *batch;
	unsigned kinds;
	uint16_t domid; /* EVENT_NOBODY: all */
	FILE *raw;
	uint64_t lost;
};

static volatile sig_atomic_t stop;

static void on_signal(int nr)
{
	(void)nr;
	stop = 1;
}

static const char *domain_name(void *arg, uint16_t domid)
{
	static char name[DOMCONF_NAME_MAX * 2];
	struct cli *c = arg;

	if (c->h.store)
		name_of(&c->h, domid, name, sizeof(name));
	else
		snprintf(name, sizeof(name), "domain-%u", domid);
	return name;
}

/* Show the records gathered so far, in order. */
static void show(struct session *s)
{
	struct event e;
	size_t i;

	batch_sort(s->batch);
	if (s->batch->n && !s->base.start)
		s->base.start = s->batch->list[0].tsc;
	for (i = 0; i < s->batch->n; i++) {
		if (!event_of(s->state, &s->batch->list[i], &e))
			continue;
		if (e.kind == EVENT_LOST)
			s->lost += e.lost;
		if (s->kinds >> e.kind & 1 &&
		    (s->domid == EVENT_NOBODY || e.domid == s->domid || e.kind == EVENT_LOST))
			s->sink->event(&s->base, &e);
	}
	batch_clear(s->batch);
	fflush(s->base.to);
}

/* In a file, each stretch follows a record that tells its CPU and size. */
static int keep(struct session *s, uint32_t cpu, const void *p, size_t size)
{
	uint32_t head[3] = {TRC_TRACE_CPU_CHANGE | 2u << TRACE_EXTRA_SHIFT, cpu, (uint32_t)size};

	if (fwrite(head, sizeof(head), 1, s->raw) != 1 || fwrite(p, size, 1, s->raw) != 1)
		return diag_set(&s->c->d, -EIO, "cannot write %s: %s", raw, strerror(errno));
	return 0;
}

static int take_all(struct session *s, struct tap *t, void *buf)
{
	unsigned cpu;
	int rc = 0;

	for (cpu = 0; cpu < tap_cpus(t) && !rc; cpu++) {
		size_t size = tap_take(t, cpu, buf);

		if (size && s->raw)
			rc = keep(s, cpu, buf, size);
		else if (size)
			rc = batch_add(s->batch, cpu, buf, size);
	}
	return rc;
}

static int watch(struct session *s, uint32_t classes)
{
	struct tap *t = tap_open(&s->c->h.hv, frames, classes, &s->c->d);
	uint64_t end = host_now() + seconds * 1000000000ull;
	void *buf = t ? malloc(tap_window(t)) : NULL;
	int rc = t ? 0 : -1;

	if (t && !buf)
		rc = diag_set(&s->c->d, -ENOMEM, "out of memory");
	while (!rc && !stop && (!seconds || host_now() < end)) {
		tap_wait(t, ROUND_MS);
		rc = take_all(s, t, buf);
		show(s);
	}
	if (t && !rc) {
		rc = take_all(s, t, buf);
		show(s);
	}
	free(buf);
	tap_close(t);
	return rc;
}

/* A file as watch() with --raw, or the peers' tool, wrote it. */
static int replay(struct session *s)
{
	FILE *f = fopen(from, "rb");
	uint32_t head[3];
	void *buf = NULL;
	int rc = 0;

	if (!f)
		return diag_set(&s->c->d, -errno, "cannot open %s: %s", from, strerror(errno));
	while (!rc && fread(head, sizeof(head), 1, f) == 1) {
		if ((head[0] & 0x0fffffff) != TRC_TRACE_CPU_CHANGE || head[2] > 1u << 28) {
			rc = diag_set(&s->c->d, -EINVAL, "%s is no trace, or damaged at byte %ld",
				      from, ftell(f) - (long)sizeof(head));
			break;
		}
		free(buf);
		buf = malloc(head[2]);
		if (!buf || fread(buf, 1, head[2], f) != head[2])
			rc = diag_set(&s->c->d, -EINVAL, "%s ends within a record", from);
		else
			rc = batch_add(s->batch, head[1], buf, head[2]);
	}
	if (!rc)
		show(s);
	free(buf);
	fclose(f);
	return rc;
}

static int open_files(struct session *s)
{
	s->base.to = out ? fopen(out, "w") : stdout;
	if (!s->base.to)
		return diag_set(&s->c->d, -errno, "cannot write %s: %s", out, strerror(errno));
	s->raw = raw ? fopen(raw, "wb") : NULL;
	if (raw && !s->raw)
		return diag_set(&s->c->d, -errno, "cannot write %s: %s", raw, strerror(errno));
	return 0;
}

static int close_files(struct session *s, int rc)
{
	if (s->base.to && s->base.to != stdout && fclose(s->base.to) && !rc)
		rc = diag_set(&s->c->d, -errno, "cannot write %s: %s", out, strerror(errno));
	if (s->raw && fclose(s->raw) && !rc)
		rc = diag_set(&s->c->d, -errno, "cannot write %s: %s", raw, strerror(errno));
	return rc;
}

static int set_up(struct session *s)
{
	struct sysctl_physinfo machine;
	int rc;

	s->base.khz = (read_mhz ? read_mhz : 1000) * 1000;
	if (!from) {
		rc = hv_open(&s->c->h.hv, &s->c->d);
		if (rc)
			return rc;
		/* Names are a comfort: without the store there are numbers. */
		s->c->h.store = store_open(&s->c->d);
		rc = sysctl_physinfo(&s->c->h.hv, &machine);
		if (rc)
			return diag_set(&s->c->d, rc, "cannot ask for the clock: %s",
					strerror(-rc));
		s->base.khz = machine.cpu_khz;
	}
	if (only && (from || !s->c->h.store)) {
		unsigned long long id;

		if (opt_uint(only, EVENT_NOBODY, &id))
			return diag_set(&s->c->d, -ENOENT, "domain %s: only a number will do here",
					only);
		s->domid = (uint16_t)id;
		return 0;
	}
	return only ? name_resolve(&s->c->h, only, &s->domid, &s->c->d) : 0;
}

static int run(struct cli *c, int n, char **args)
{
	static struct event_state state;
	static struct batch batch;
	struct session s = {.c = c,
			    .sink = sink_find(format),
			    .state = &state,
			    .batch = &batch,
			    .domid = EVENT_NOBODY};
	uint32_t classes;
	int rc;

	(void)n, (void)args;
	if (!s.sink)
		return opt_wrong(&c->verb->cmd, "no such format: %s", format);
	if (!event_select(events, &s.kinds, &classes))
		return opt_wrong(&c->verb->cmd, "no such events: %s", events);
	if (from && raw)
		return opt_wrong(&c->verb->cmd, "--read and --raw exclude each other");
	s.base.name = domain_name;
	s.base.arg = c;
	rc = set_up(&s);
	if (!rc)
		rc = open_files(&s);
	if (!rc) {
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		if (!raw)
			s.sink->begin(&s.base);
		rc = from ? replay(&s) : watch(&s, classes);
		if (!raw)
			s.sink->end(&s.base);
	}
	rc = close_files(&s, rc);
	batch_free(&batch);
	if (!rc && s.lost)
		log_line("pav trace", "%llu records were lost; --buffer makes room for more",
			 (unsigned long long)s.lost);
	return rc;
}

const struct verb verb_trace = {
	.name = "trace",
	.cmd = {"pav trace", "", "show hypercalls, traps, scheduling and events as they happen",
		opts},
	.need = NEED_NOTHING,
	.run = run,
};
