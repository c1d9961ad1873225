// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "book.h"
#include "event.h"

enum class {
	CLASS_USER,
	CLASS_KERNEL,
	CLASS_HYPERVISOR,
	CLASS_OTHER_USER,
	CLASS_OTHER_KERNEL,
	CLASS_COUNT
};

static const char *const class_name[CLASS_COUNT] = {
	[CLASS_USER] = "user",
	[CLASS_KERNEL] = "kernel",
	[CLASS_HYPERVISOR] = "hypervisor",
	[CLASS_OTHER_USER] = "other_user",
	[CLASS_OTHER_KERNEL] = "other_kernel",
};

struct sums {
	uint64_t insns[CLASS_COUNT];
	uint64_t entries[CLASS_COUNT];
	uint64_t events[CLASS_COUNT][EVENT_COUNT];
};

static enum class class_of(const struct page *page) {
	bool user = page->space == SPACE_USER;

	if (page->space == SPACE_HYPERVISOR) return CLASS_HYPERVISOR;
	if (page->owner == OWNER_OTHER) return user ? CLASS_OTHER_USER : CLASS_OTHER_KERNEL;
	return user ? CLASS_USER : CLASS_KERNEL;
}

static const struct use *use_in(const struct code *code, unsigned int region)
{
	const struct use *use = code->uses;

	while (use && use->region != region)
		use = use->next;
	return use;
}

static uint64_t times(const struct use *use, unsigned int i)
{
	return use->runs - (use->less ? use->less[i] : 0);
}

static void add_up(struct sums *sums, unsigned int region)
{
	for (const struct code *c = book_codes; c; c = c->next) {
		const struct use *use = use_in(c, region);
		enum class class = class_of(c->page);

		if (!use)
			continue;
		sums->entries[class] += use->entered;
		for (unsigned int i = 0; i < c->count; i++) {
			enum event event = event_of(c->insn[i].bytes);

			sums->insns[class] += times(use, i);
			if (event != EVENT_NONE)
				sums->events[class][event] += times(use, i);
		}
	}
}

static void write_counts(FILE *f, const char *name, const uint64_t *counts)
{
	fprintf(f, ",\n  \"%s\": {", name);
	for (int i = 0; i < CLASS_COUNT; i++)
		fprintf(f, "%s\"%s\": %" PRIu64, i ? ", " : "", class_name[i], counts[i]);
	fputc('}', f);
}

static void write_events(FILE *f, const struct sums *sums)
{
	const char *between = "";

	fputs(",\n  \"events\": {", f);
	for (int c = 0; c < CLASS_COUNT; c++) {
		const char *comma = "";

		fprintf(f, "%s\n   \"%s\": {", between, class_name[c]);
		between = ",";
		for (int e = 0; e < EVENT_COUNT; e++) {
			if (!sums->events[c][e])
				continue;
			fprintf(f, "%s\"%s\": %" PRIu64, comma, event_name[e], sums->events[c][e]);
			comma = ", ";
		}
		fputc('}', f);
	}
	fputc('}', f);
}

static void write_doors(FILE *f, unsigned int region)
{
	const char *comma = "";

	fputs(",\n  \"doors\": [", f);
	for (const struct code *c = book_codes; c; c = c->next) {
		const struct use *use = use_in(c, region);

		if (!use || !use->entered)
			continue;
		fprintf(f, "%s\n   [\"%s\", \"%" PRIx64 "\", %" PRIu64 "]", comma,
			class_name[class_of(c->page)], c->insn[0].va, use->entered);
		comma = ",";
	}
	fputc(']', f);
}

static void write_insn(FILE *f, const struct code *c, unsigned int i, uint64_t count)
{
	fprintf(f, "\n   [\"%s\", \"%" PRIx64 "\", %" PRIu64 ", \"", class_name[class_of(c->page)],
		c->insn[i].va, count);
	for (unsigned int b = 0; b < c->insn[i].size; b++)
		fprintf(f, "%02x", c->insn[i].bytes[b]);
	fputs("\"]", f);
}

static void write_code(FILE *f, unsigned int region)
{
	const char *comma = "";

	fputs(",\n  \"code\": [", f);
	for (const struct code *c = book_codes; c; c = c->next) {
		const struct use *use = use_in(c, region);

		for (unsigned int i = 0; use && i < c->count; i++) {
			if (!times(use, i))
				continue;
			fputs(comma, f);
			write_insn(f, c, i, times(use, i));
			comma = ",";
		}
	}
	fputc(']', f);
}

static void write_region(FILE *f, unsigned int region, bool code)
{
	struct sums sums;

	memset(&sums, 0, sizeof(sums));
	add_up(&sums, region);
	fprintf(f, "\n {\"region\": %u,\n  \"opened\": %" PRIu64, region, book_opened[region]);
	write_counts(f, "instructions", sums.insns);
	write_counts(f, "entries", sums.entries);
	write_events(f, &sums);
	write_doors(f, region);
	if (code)
		write_code(f, region);
	fputc('}', f);
}

void report_write(const struct report_options *options)
{
	FILE *f = fopen(options->path, "w");
	const char *comma = "";

	if (!f) {
		perror(options->path);
		return;
	}
	book_close();
	fprintf(f, "{\"profile\": 1,\n \"exact\": %s,\n \"regions\": [",
		options->exact ? "true" : "false");
	for (unsigned int r = 0; r < REGIONS; r++) {
		if (!book_opened[r])
			continue;
		fputs(comma, f);
		write_region(f, r, options->code);
		comma = ",";
	}
	fputs("]}\n", f);
	if (fclose(f))
		perror(options->path);
}
