// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "abi/vcpu.h"
#include "trace/sink.h"

static double micros(const struct sink_base *b, uint64_t tsc)
{
	return b->khz ? (double)(int64_t)(tsc - b->start) * 1000 / b->khz : 0;
}

static void nothing(const struct sink_base *b)
{
	(void)b;
}

/* ---- text ---- */

static void text_event(const struct sink_base *b, const struct event *e)
{
	char who[32] = "-";

	if (e->domid != EVENT_NOBODY)
		snprintf(who, sizeof(who), "d%uv%u", e->domid, e->vcpu);
	fprintf(b->to, "%14.3f cpu%-3u %-8s %s%s%s\n", micros(b, e->tsc), e->cpu, who, e->name,
		e->text[0] ? "  " : "", e->text);
}

static void text_end(const struct sink_base *b)
{
	fflush(b->to);
}

/* ---- JSON, one object a line ---- */

static json_t *json_of(const struct sink_base *b, const struct event *e)
{
	json_t *o = json_pack("{s:f, s:i, s:s}", "us", micros(b, e->tsc), "cpu", (int)e->cpu,
			      "name", e->name);

	if (e->domid != EVENT_NOBODY) {
		json_object_set_new(o, "domid", json_integer(e->domid));
		json_object_set_new(o, "vcpu", json_integer(e->vcpu));
	}
	if (e->text[0])
		json_object_set_new(o, "args", json_string(e->text));
	return o;
}

static void put_json(const struct sink_base *b, json_t *o)
{
	json_dumpf(o, b->to, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(o);
}

static void json_event(const struct sink_base *b, const struct event *e)
{
	put_json(b, json_of(b, e));
	fputc('\n', b->to);
}

/* ---- the trace viewers' JSON: domains as processes, vCPUs as threads ---- */

static bool chrome_first;

static void chrome_put(const struct sink_base *b, json_t *o)
{
	fputs(chrome_first ? "\n" : ",\n", b->to);
	chrome_first = false;
	put_json(b, o);
}

static void chrome_begin(const struct sink_base *b)
{
	chrome_first = true;
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", b->to);
}

static bool chrome_known[EVENT_NOBODY + 1];

/* A domain's name, before its first event. */
static void chrome_name(const struct sink_base *b, uint16_t domid)
{
	if (domid > EVENT_NOBODY || chrome_known[domid])
		return;
	chrome_known[domid] = true;
	chrome_put(b, json_pack("{s:s, s:s, s:i, s:{s:s}}", "name", "process_name", "ph", "M",
				"pid", (int)domid, "args", "name",
				domid == EVENT_NOBODY ? "nobody" : b->name(b->arg, domid)));
}

static void chrome_event(const struct sink_base *b, const struct event *e)
{
	const char *phase = "i", *name = e->name;
	json_t *o;

	chrome_name(b, e->domid);
	if (e->kind == EVENT_STATE) {
		if (e->from == RUNSTATE_running && e->to != RUNSTATE_running)
			phase = "E";
		else if (e->to == RUNSTATE_running)
			phase = "B";
		if (*phase != 'i')
			name = "running";
	}
	o = json_pack("{s:s, s:s, s:f, s:i, s:i, s:{s:s, s:i}}", "name", name, "ph", phase, "ts",
		      micros(b, e->tsc), "pid", (int)e->domid, "tid", (int)e->vcpu, "args", "what",
		      e->text, "cpu", (int)e->cpu);
	if (*phase == 'i')
		json_object_set_new(o, "s", json_string("t"));
	chrome_put(b, o);
}

static void chrome_end(const struct sink_base *b)
{
	fputs("\n]}\n", b->to);
	fflush(b->to);
}

/* ---- counts: how often each event came, by domain ---- */

static json_t *counts; /* "domid name" to number */

static void count_begin(const struct sink_base *b)
{
	(void)b;
	counts = json_object();
}

static void count_event(const struct sink_base *b, const struct event *e)
{
	char key[EVENT_NAME + 16];

	(void)b;
	snprintf(key, sizeof(key), "%5u %s", e->domid, e->name);
	json_object_set_new(counts, key,
			    json_integer(json_integer_value(json_object_get(counts, key)) +
					 (e->kind == EVENT_LOST ? e->lost : 1)));
}

struct count_row {
	const char *key;
	json_int_t n;
};

static int count_order(const void *x, const void *y)
{
	const struct count_row *a = x, *b = y;
	int domains = strncmp(a->key, b->key, 5);

	if (domains || a->n == b->n)
		return domains ? domains : strcmp(a->key, b->key);
	return a->n < b->n ? 1 : -1;
}

static void count_end(const struct sink_base *b)
{
	struct count_row *rows = calloc(json_object_size(counts) + 1, sizeof(*rows));
	size_t n = 0, i;
	const char *key;
	json_t *value;

	json_object_foreach(counts, key, value) {
		if (rows)
			rows[n++] = (struct count_row){key, json_integer_value(value)};
	}
	if (rows)
		qsort(rows, n, sizeof(*rows), count_order);
	fprintf(b->to, "%-20s %10s  %s\n", "DOMAIN", "COUNT", "EVENT");
	for (i = 0; i < n; i++) {
		unsigned domid = (unsigned)strtoul(rows[i].key, NULL, 10);

		fprintf(b->to, "%-20s %10lld  %s\n",
			domid == EVENT_NOBODY ? "-" : b->name(b->arg, (uint16_t)domid),
			(long long)rows[i].n, rows[i].key + 6);
	}
	fflush(b->to);
	free(rows);
	json_decref(counts);
}

static const struct sink sinks[] = {
	{"text", nothing, text_event, text_end},
	{"json", nothing, json_event, text_end},
	{"chrome", chrome_begin, chrome_event, chrome_end},
	{"count", count_begin, count_event, count_end},
};

const struct sink *sink_find(const char *format)
{
	size_t i;

	for (i = 0; i < sizeof(sinks) / sizeof(sinks[0]); i++)
		if (!strcmp(sinks[i].format, format))
			return &sinks[i];
	return NULL;
}
