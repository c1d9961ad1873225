/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI's static tables. Pure: reads through a view, trusts no length, writes one struct. Layouts:
 * ACPI specification 6.4, chapter 5.2; MCFG: PCI firmware specification.
 */
#include "acpi.h"

#include <hv/errno.h>
#include <hv/string.h>

#define HEADER_LEN    36u
#define TABLE_LEN_MAX (1u << 20)

struct acpi_info acpi;

static bool sum_ok(const uint8_t *p, size_t n)
{
	uint8_t sum = 0;

	while (n--)
		sum = (uint8_t)(sum + *p++);
	return sum == 0;
}

static uint64_t scan(const struct phys_view *v, uint64_t start, uint64_t end)
{
	for (uint64_t pa = start; pa + 20 <= end; pa += 16) {
		const uint8_t *p = phys_at(v, pa, 20);

		if (p && !memcmp(p, "RSD PTR ", 8) && sum_ok(p, 20))
			return pa;
	}
	return 0;
}

uint64_t acpi_find_rsdp(const struct phys_view *v)
{
	const uint8_t *seg = phys_at(v, 0x40e, 2);
	uint64_t ebda = seg ? (uint64_t)le16(seg) << 4 : 0, found = 0;

	if (ebda >= 0x400 && ebda < 0xa0000)
		found = scan(v, ebda, ebda + 1024);
	return found ? found : scan(v, 0xe0000, 0x100000);
}

/* The whole table at @pa, length and checksum right; else NULL. */
static const uint8_t *table_at(const struct phys_view *v, uint64_t pa, uint32_t *len)
{
	const uint8_t *p = phys_at(v, pa, HEADER_LEN);

	if (!p)
		return NULL;
	*len = le32(p + 4);
	if (*len < HEADER_LEN || *len > TABLE_LEN_MAX)
		return NULL;
	p = phys_at(v, pa, *len);
	return p && sum_ok(p, *len) ? p : NULL;
}

static void add_cpu(struct acpi_info *out, uint32_t apic_id, uint32_t acpi_id)
{
	for (unsigned i = 0; i < out->cpus; i++)
		if (out->cpu[i].apic_id == apic_id)
			return;
	if (out->cpus < ACPI_MAX_CPUS)
		out->cpu[out->cpus++] = (struct acpi_cpu){apic_id, acpi_id};
}

/* Flags of MPS INTI: polarity bits 0-1 (3 = low), trigger bits 2-3 (3 = level); 0 = as ISA does. */
static void add_override(struct acpi_info *out, const uint8_t *r)
{
	uint16_t flags = le16(r + 8);

	if (r[2] != 0 || r[3] > 15 || out->overrides == ACPI_MAX_OVERRIDES)
		return;
	out->override[out->overrides].isa = r[3];
	out->override[out->overrides].gsi = le32(r + 4);
	out->override[out->overrides].active_low = (flags & 3) == 3;
	out->override[out->overrides++].level = (flags >> 2 & 3) == 3;
}

static void madt_record(struct acpi_info *out, const uint8_t *r, unsigned len)
{
	switch (r[0]) {
	case 0: /* local APIC */
		if (len >= 8 && le32(r + 4) & 1)
			add_cpu(out, r[3], r[2]);
		break;
	case 1: /* IO-APIC */
		if (len < 12 || out->ioapics == ACPI_MAX_IOAPICS)
			break;
		out->ioapic[out->ioapics].addr = le32(r + 4);
		out->ioapic[out->ioapics++].gsi_base = le32(r + 8);
		break;
	case 2: /* ISA override */
		if (len >= 10)
			add_override(out, r);
		break;
	case 9: /* local x2APIC */
		if (len >= 16 && le32(r + 8) & 1)
			add_cpu(out, le32(r + 4), le32(r + 12));
		break;
	}
}

static bool parse_madt(struct acpi_info *out, const uint8_t *t, uint32_t len)
{
	uint32_t at = 44;

	while (len - at >= 2) {
		unsigned n = t[at + 1];

		if (n < 2 || n > len - at)
			return false;
		madt_record(out, t + at, n);
		at += n;
	}
	return true;
}

/* A generic address in the table, or the old port field where that is absent or zero. */
static struct acpi_reg fadt_reg(const uint8_t *t, uint32_t len, unsigned generic, unsigned port)
{
	struct acpi_reg r = {0};

	if (len >= generic + 12 && le64(t + generic + 4) && t[generic] <= 1) {
		r.space = t[generic];
		r.addr = le64(t + generic + 4);
	} else if (port && len >= port + 4 && le32(t + port)) {
		r.space = 1;
		r.addr = le32(t + port);
	}
	return r;
}

static bool parse_fadt(struct acpi_info *out, const uint8_t *t, uint32_t len)
{
	uint32_t flags = le32(t + 112);

	out->sci = le16(t + 46);
	out->pm1a_cnt = fadt_reg(t, len, 172, 64);
	out->pm1b_cnt = fadt_reg(t, len, 184, 68);
	out->pm_timer = fadt_reg(t, len, 208, 76);
	if (flags >> 10 & 1 && len >= 129) {
		out->reset = fadt_reg(t, len, 116, 0);
		out->reset_value = t[128];
	}
	return true;
}

static bool parse_mcfg(struct acpi_info *out, const uint8_t *t, uint32_t len)
{
	for (uint32_t at = 44; at + 16 <= len && out->mcfgs < ACPI_MAX_MCFG; at += 16) {
		if (!le64(t + at) || t[at + 10] > t[at + 11])
			continue;
		out->mcfg[out->mcfgs].base = le64(t + at);
		out->mcfg[out->mcfgs].segment = le16(t + at + 8);
		out->mcfg[out->mcfgs].bus0 = t[at + 10];
		out->mcfg[out->mcfgs++].bus1 = t[at + 11];
	}
	return true;
}

static bool parse_hpet(struct acpi_info *out, const uint8_t *t, uint32_t len)
{
	(void)len;
	if (t[40] == 0)
		out->hpet = le64(t + 44);
	return true;
}

static const struct {
	char name[5];
	uint8_t len_min;
	/* False: damaged behind its fixed part. */
	bool (*parse)(struct acpi_info *out, const uint8_t *t, uint32_t len);
} parsers[] = {
	{"APIC", 44, parse_madt},
	{"FACP", 116, parse_fadt},
	{"MCFG", 44, parse_mcfg},
	{"HPET", 52, parse_hpet},
};

static void parse_table(const struct phys_view *v, uint64_t pa, struct acpi_info *out)
{
	const uint8_t *t = phys_at(v, pa, HEADER_LEN);
	uint32_t len;

	if (!t) {
		out->bad_tables++;
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(parsers); i++) {
		if (memcmp(t, parsers[i].name, 4))
			continue;
		t = table_at(v, pa, &len);
		if (!t || len < parsers[i].len_min || !parsers[i].parse(out, t, len))
			out->bad_tables++;
		return;
	}
}

int acpi_parse(const struct phys_view *v, const uint8_t *rsdp, size_t len, struct acpi_info *out)
{
	const uint8_t *root;
	uint32_t root_len;
	uint64_t pa;
	bool wide;

	memset(out, 0, sizeof(*out));
	if (len < 20 || memcmp(rsdp, "RSD PTR ", 8) || !sum_ok(rsdp, 20))
		return -EBADMSG;
	wide = rsdp[15] >= 2 && len >= 36 && le64(rsdp + 24) && sum_ok(rsdp, 36);
	pa = wide ? le64(rsdp + 24) : le32(rsdp + 16);
	root = table_at(v, pa, &root_len);
	if (!root || memcmp(root, wide ? "XSDT" : "RSDT", 4))
		return -EBADMSG;
	for (uint32_t at = HEADER_LEN; at + (wide ? 8 : 4) <= root_len; at += wide ? 8 : 4) {
		/* Mapping a table may move the view: fetch the root anew. */
		root = phys_at(v, pa, root_len);
		if (!root)
			return -EBADMSG;
		parse_table(v, wide ? le64(root + at) : le32(root + at), out);
	}
	return 0;
}
