/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's command line: words `name=value`, `name` and `no-name`, by one table. Names are
 * Xen's; docs/command-line.md says what each does, a row here is where it goes.
 */
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/string.h>

struct hv_options hv_options = {
	.console = "com1,vga",
	.com1 = "115200,8n1",
	.global_pages = -1,
	.loglvl = LOG_INFO,
	.guest_loglvl = LOG_WARN,
	.pcid = -1,
	.smap = -1,
	.smep = true,
	.umip = true,
	.x2apic = true,
	.xpti = -1,
};

/*
 * From BOOLEAN on the form `no-name` exists. A BOOLEAN is a byte, 0 or 1 once it was given; options
 * that start at -1 know by that whether it was.
 */
enum kind { TEXT, NUMBER, LEVEL, DOM0_MEM, BOOLEAN, LATER };

static const struct option {
	const char *name;
	enum kind kind;
	void *where;
	size_t size; /* of a text */
} table[] = {
	{"com1", TEXT, hv_options.com1, sizeof(hv_options.com1)},
	{"console", TEXT, hv_options.console, sizeof(hv_options.console)},
	{"dom0_max_vcpus", NUMBER, &hv_options.dom0_max_vcpus, 0},
	{"dom0_mem", DOM0_MEM, NULL, 0},
	{"global-pages", BOOLEAN, &hv_options.global_pages, 0},
	{"guest_loglvl", LEVEL, &hv_options.guest_loglvl, 0},
	{"loglvl", LEVEL, &hv_options.loglvl, 0},
	{"maxcpus", NUMBER, &hv_options.maxcpus, 0},
	{"noreboot", BOOLEAN, &hv_options.noreboot, 0},
	{"pcid", BOOLEAN, &hv_options.pcid, 0},
	{"smap", BOOLEAN, &hv_options.smap, 0},
	{"smep", BOOLEAN, &hv_options.smep, 0},
	{"spec-ctrl", LATER, NULL, 0},
	{"umip", BOOLEAN, &hv_options.umip, 0},
	{"x2apic", BOOLEAN, &hv_options.x2apic, 0},
	{"xpti", BOOLEAN, &hv_options.xpti, 0},
};

static char text[2048];

/* Decimal number at *p, moved behind it; false when there is none or it is too large. */
static bool parse_number(const char **p, uint64_t *out)
{
	const char *s = *p;

	*out = 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (*out > UINT64_MAX / 16)
			return false;
		*out = *out * 10 + (uint64_t)(*s - '0');
	}
	if (s == *p)
		return false;
	*p = s;
	return true;
}

/* Number with B, K, M, G, T behind it; without one it counts KiB, as Xen has it. */
static bool parse_size(const char **p, uint64_t *out)
{
	static const char suffix[] = "bkmgt";
	unsigned shift = 10;
	const char *hit;

	if (!parse_number(p, out))
		return false;
	hit = **p ? strchr(suffix, **p | 0x20) : NULL;
	if (hit) {
		shift = 10 * (unsigned)(hit - suffix);
		(*p)++;
	}
	if (*out > UINT64_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}

/* dom0_mem=512M,max:1G,min:... ; the minimum is as good as the size, for we never give less. */
static bool set_dom0_mem(const char *p)
{
	uint64_t size = 0, max = 0, n;

	for (;;) {
		uint64_t *to = strncmp(p, "max:", 4) ? &size : &max;

		if (!strncmp(p, "max:", 4) || !strncmp(p, "min:", 4))
			p += 4;
		if (!parse_size(&p, &n))
			return false;
		*to = MAX(*to, n);
		if (*p != ',')
			break;
		p++;
	}
	if (*p)
		return false;
	hv_options.dom0_mem = size;
	hv_options.dom0_mem_max = max;
	return true;
}

struct word {
	const char *name; /* NULL ends a table */
	int meaning;
};

static const struct word booleans[] = {
	{"", true},     {"1", true},      {"on", true},       {"yes", true},
	{"true", true}, {"enable", true}, {"0", false},       {"off", false},
	{"no", false},  {"false", false}, {"disable", false}, {NULL, 0},
};

static const struct word levels[] = {
	{"none", LOG_ERROR - 1},
	{"error", LOG_ERROR},
	{"warning", LOG_WARN},
	{"info", LOG_INFO},
	{"debug", LOG_DEBUG},
	{"all", LOG_DEBUG},
	{NULL, 0},
};

/* What stands before an @end, or all of @value, means by the table; false: nothing. */
static bool look_up(const struct word *words, const char *value, char end, int *meaning)
{
	for (; words->name; words++) {
		size_t n = strlen(words->name);

		if (!strncmp(value, words->name, n) && (!value[n] || value[n] == end)) {
			*meaning = words->meaning;
			return true;
		}
	}
	return false;
}

static bool set_option(const struct option *o, const char *value, bool sense)
{
	uint64_t n;
	int on;

	switch (o->kind) {
	case TEXT:
		if (!value || strlen(value) >= o->size)
			return false;
		memcpy(o->where, value, strlen(value) + 1);
		return true;
	case NUMBER:
		if (!value || !parse_number(&value, &n) || *value || n > UINT32_MAX)
			return false;
		*(uint32_t *)o->where = (uint32_t)n;
		return true;
	case BOOLEAN:
		if (!look_up(booleans, value ? value : "", 0, &on))
			return false;
		*(int8_t *)o->where = on == sense;
		return true;
	case LEVEL:
		/* Xen's second, rate-limited level after a slash says nothing to us. */
		return value && look_up(levels, value, '/', o->where);
	case DOM0_MEM:
		return value && set_dom0_mem(value);
	case LATER:
		log_warn("command line: option '%s' has no effect yet", o->name);
		return true;
	}
	return false;
}

static const struct option *find_option(const char *name, bool *sense)
{
	*sense = strncmp(name, "no-", 3);
	name += *sense ? 0 : 3;
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
		if ((*sense || table[i].kind >= BOOLEAN) && !strcmp(name, table[i].name))
			return &table[i];
	return NULL;
}

static void parse_word(char *word)
{
	char *value = strchr(word, '=');
	const struct option *o;
	bool sense;

	if (value)
		*value++ = 0;
	o = find_option(word, &sense);
	if (!o)
		log_warn("command line: unknown option '%s' ignored", word);
	else if (!set_option(o, value, sense))
		log_warn("command line: option '%s' cannot be '%s'", word, value ? value : "");
}

void cmdline_parse(const char *line)
{
	char word[256];
	size_t n = strnlen(line, sizeof(text) - 1);

	memcpy(text, line, n);
	text[n] = 0;
	for (const char *p = text; *p;) {
		while (*p == ' ' || *p == '\t')
			p++;
		for (n = 0; p[n] && p[n] != ' ' && p[n] != '\t'; n++)
			;
		if (n >= sizeof(word))
			log_warn("command line: a word of %zu characters ignored", n);
		else if (n) {
			memcpy(word, p, n);
			word[n] = 0;
			parse_word(word);
		}
		p += n;
	}
}

const char *cmdline_text(void)
{
	return text;
}
