/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counters.h"

#define TLB_MISS(which)                                                                            \
	((which) | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static struct counter {
	const char *name;
	uint32_t type;
	uint64_t config;
	int fd, error;
	uint64_t at, sum, own; /* at the start; counted since; what a start and a stop count */
} counters[] = {
	{.name = "instructions", .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS},
	{.name = "cycles", .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES},
	{.name = "data_tlb_misses",
	 .type = PERF_TYPE_HW_CACHE,
	 .config = TLB_MISS(PERF_COUNT_HW_CACHE_DTLB)},
	{.name = "code_tlb_misses",
	 .type = PERF_TYPE_HW_CACHE,
	 .config = TLB_MISS(PERF_COUNT_HW_CACHE_ITLB)},
};

#define NR_COUNTERS (sizeof(counters) / sizeof(counters[0]))
#define END         (counters + NR_COUNTERS)

static unsigned pairs; /* of starts and stops */

/* A counter that shares the CPU's register with another one has not seen everything. */
static uint64_t value(struct counter *c)
{
	uint64_t v[3] = {0};

	if (c->fd >= 0 && (read(c->fd, v, sizeof(v)) != sizeof(v) || v[1] != v[2])) {
		close(c->fd);
		c->fd = -1;
		c->error = EBUSY;
	}
	return v[0];
}

void counters_start(void)
{
	for (struct counter *c = counters; c < END; c++)
		c->at = value(c);
}

void counters_stop(void)
{
	for (struct counter *c = counters; c < END; c++)
		c->sum += value(c) - c->at;
	pairs++;
}

void counters_clear(void)
{
	for (struct counter *c = counters; c < END; c++)
		c->sum = 0;
	pairs = 0;
}

void counters_open(void)
{
	for (struct counter *c = counters; c < END; c++) {
		struct perf_event_attr attr = {
			.type = c->type,
			.size = sizeof(attr),
			.config = c->config,
			.inherit = 1,
			.read_format =
				PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		};

		c->fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		c->error = c->fd < 0 ? errno : 0;
		c->own = UINT64_MAX;
	}
	for (unsigned i = 0; i < 16; i++) {
		counters_clear();
		counters_start();
		counters_stop();
		for (struct counter *c = counters; c < END; c++)
			if (c->sum < c->own)
				c->own = c->sum;
	}
	counters_clear();
}

static const char *reason(int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		return "the CPU as the kernel sees it has none; a hypervisor seldom passes them on";
	case EACCES:
	case EPERM:
		return "not allowed: it takes root, in no container, or sysctl "
		       "kernel.perf_event_paranoid=1";
	case ENOSYS:
		return "this kernel is built without performance events";
	case EBUSY:
		return "other users of the counters left no register free, such as the NMI "
		       "watchdog (sysctl kernel.nmi_watchdog)";
	default:
		return strerror(error);
	}
}

void counters_print(unsigned ops)
{
	const char *before = ", \"counters\": {", *after = "";
	const struct counter *failed = NULL;

	for (const struct counter *c = counters; c < END; c++) {
		uint64_t own = pairs * c->own;

		if (c->error) {
			failed = failed ? failed : c;
			continue;
		}
		printf("%s\"%s\": %.3f", before, c->name,
		       c->sum > own ? (double)(c->sum - own) / ops : 0.0);
		before = ", ";
		after = "}";
	}
	printf("%s", after);
	if (failed)
		printf(", \"uncounted\": \"performance counter %s: %s\"", failed->name,
		       reason(failed->error));
}
