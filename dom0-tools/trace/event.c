// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "abi/base.h"
#include "abi/names.h"
#include "abi/vcpu.h"
#include "trace/event.h"

static const struct {
	const char *name;
	unsigned kinds;
	uint32_t classes;
} selections[] = {
	{"hypercalls", 1 << EVENT_HYPERCALL, TRC_PV_ENTRY | TRC_PV_SUBCALL},
	{"traps", 1 << EVENT_TRAP, TRC_PV_ENTRY},
	{"events", 1 << EVENT_PORT, TRC_PV_ENTRY},
	{"sched", 1 << EVENT_STATE, TRC_SCHED_MIN},
	{"all", ~0u, TRC_ALL},
};

bool event_select(const char *list, unsigned *kinds, uint32_t *classes)
{
	size_t len, i;

	/* States tell who is running, and what was lost is always told. */
	*kinds = 1 << EVENT_LOST;
	*classes = TRC_SCHED_MIN;
	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		for (i = 0; i < sizeof(selections) / sizeof(selections[0]); i++)
			if (len == strlen(selections[i].name) &&
			    !strncmp(list, selections[i].name, len))
				break;
		if (i == sizeof(selections) / sizeof(selections[0]))
			return false;
		*kinds |= selections[i].kinds;
		*classes |= selections[i].classes;
	}
	return true;
}

static void whose(struct event *e, uint32_t who)
{
	e->domid = (uint16_t)(who >> 16);
	e->vcpu = (uint16_t)who;
}

static uint64_t wide(const uint32_t *word)
{
	return (uint64_t)word[1] << 32 | word[0];
}

static const char *const trap_names[] = {
	"divide_error",
	"debug",
	"nmi",
	"breakpoint",
	"overflow",
	"bounds",
	"invalid_opcode",
	"device_not_available",
	"double_fault",
	NULL,
	"invalid_tss",
	"segment_not_present",
	"stack_fault",
	"general_protection",
	"page_fault",
	NULL,
	"x87_error",
	"alignment_check",
	"machine_check",
	"simd_error",
};

static const char *const state_names[] = {"running", "runnable", "blocked", "offline"};

/* Arguments of a call that come with a record: words and which of them are wide. */
static unsigned call_args(const struct record *r, uint64_t args[6])
{
	unsigned i, n = 0, at = 1;

	for (i = 0; i < 6; i++) {
		unsigned width = r->word[0] >> (20 + 2 * i) & 3;

		if (!width || width > 2 || at + width > r->n)
			break;
		args[n++] = width == 2 ? wide(&r->word[at]) : r->word[at];
		at += width;
	}
	return n;
}

/* The sub-operation is the first argument, but for those that take one structure or a list. */
static const char *sub_name(uint32_t nr, const uint64_t *args, unsigned n)
{
	if (!n || nr == HC_DOMCTL || nr == HC_SYSCTL || nr == HC_PLATFORM_OP ||
	    nr == HC_MMU_UPDATE || nr == HC_MMUEXT_OP)
		return NULL;
	return abi_op_name(nr, (unsigned)args[0]);
}

static void call_event(struct event *e, const struct record *r, bool inner)
{
	uint32_t nr = r->word[0] & 0xfffff;
	const char *name = abi_hypercall_name(nr), *sub;
	uint64_t args[6];
	unsigned i, n = call_args(r, args);
	size_t len = 0;

	e->kind = EVENT_HYPERCALL;
	sub = sub_name(nr, args, n);
	if (!name)
		snprintf(e->name, sizeof(e->name), "hypercall_%u", nr);
	else if (sub)
		snprintf(e->name, sizeof(e->name), "%s.%s", name, sub);
	else
		snprintf(e->name, sizeof(e->name), "%s", name);
	if (inner)
		len += (size_t)snprintf(e->text, sizeof(e->text), "in=multicall");
	for (i = sub ? 1 : 0; i < n && len < sizeof(e->text); i++)
		len += (size_t)snprintf(e->text + len, sizeof(e->text) - len, "%sa%u=%#llx",
					len ? " " : "", i + 1, (unsigned long long)args[i]);
}

const char *event_trap_name(unsigned vector)
{
	return vector < sizeof(trap_names) / sizeof(trap_names[0]) ? trap_names[vector] : NULL;
}

static void trap_event(struct event *e, const struct record *r)
{
	unsigned vector = r->word[2] & 0x7fff;
	const char *name = event_trap_name(vector);

	e->kind = EVENT_TRAP;
	if (name)
		snprintf(e->name, sizeof(e->name), "%s", name);
	else
		snprintf(e->name, sizeof(e->name), "trap_%u", vector);
	if (r->word[2] & 0x8000)
		snprintf(e->text, sizeof(e->text), "rip=%#llx error=%#x",
			 (unsigned long long)wide(r->word), r->word[2] >> 16);
	else
		snprintf(e->text, sizeof(e->text), "rip=%#llx", (unsigned long long)wide(r->word));
}

static void state_event(struct event_state *s, struct event *e, const struct record *r)
{
	e->kind = EVENT_STATE;
	e->from = (int)(r->event >> 8 & 3);
	e->to = (int)(r->event >> 4 & 3);
	whose(e, r->word[0]);
	snprintf(e->name, sizeof(e->name), "%s", state_names[e->to]);
	snprintf(e->text, sizeof(e->text), "was=%s", state_names[e->from]);
	if (r->cpu >= EVENT_CPUS_MAX)
		return;
	if (e->to == RUNSTATE_running)
		s->running[r->cpu] = r->word[0] + 1;
	else if (s->running[r->cpu] == r->word[0] + 1)
		s->running[r->cpu] = 0;
}

bool event_of(struct event_state *s, const struct record *r, struct event *e)
{
	uint32_t runs = r->cpu < EVENT_CPUS_MAX ? s->running[r->cpu] : 0;

	memset(e, 0, sizeof(*e));
	e->tsc = r->tsc;
	e->cpu = r->cpu;
	if (runs)
		whose(e, runs - 1);
	else
		e->domid = EVENT_NOBODY;
	if (r->event == TRC_TRACE_WRAP_BUFFER || r->event == TRC_TRACE_CPU_CHANGE)
		return false;
	if (r->event == TRC_PV_HYPERCALL_V2 && r->n) {
		call_event(e, r, false);
	} else if (r->event == TRC_PV_HYPERCALL_SUBCALL && r->n) {
		call_event(e, r, true);
	} else if (r->event == (TRC_PV_TRAP | TRC_64_FLAG) && r->n >= 3) {
		trap_event(e, r);
	} else if (r->event == (TRC_PV_PAGE_FAULT | TRC_64_FLAG) && r->n >= 5) {
		e->kind = EVENT_TRAP;
		strcpy(e->name, "page_fault");
		snprintf(e->text, sizeof(e->text), "rip=%#llx address=%#llx error=%#x",
			 (unsigned long long)wide(r->word), (unsigned long long)wide(&r->word[2]),
			 r->word[4]);
	} else if ((r->event & ~0x330u) == TRC_SCHED_RUNSTATE_CHANGE && r->n) {
		state_event(s, e, r);
	} else if (r->event == TRC_PV_EVENT && r->n >= 2) {
		e->kind = EVENT_PORT;
		strcpy(e->name, "event");
		snprintf(e->text, sizeof(e->text), "to=d%uv%u port=%u", r->word[0] >> 16,
			 r->word[0] & 0xffff, r->word[1]);
	} else if (r->event == TRC_LOST_RECORDS && r->n) {
		e->kind = EVENT_LOST;
		e->lost = r->word[0];
		strcpy(e->name, "lost_records");
		snprintf(e->text, sizeof(e->text), "count=%u", r->word[0]);
	} else {
		e->kind = EVENT_OTHER;
		snprintf(e->name, sizeof(e->name), "event_%#x", r->event);
	}
	return true;
}
