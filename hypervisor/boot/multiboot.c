/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot loader's information, both versions, made one. Pure; lengths and pointers are checked. */
#include "multiboot.h"

#include <hv/errno.h>
#include <hv/string.h>

/* ACPI 2.0 table GUID as it lies in memory. */
static const uint8_t acpi20_guid[16] = {0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
					0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81};

/* String of at most @len characters at @pa, cut to fit; empty when it can't be read. */
static void copy_string(const struct phys_view *v, uint64_t pa, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (; n < MIN(len, size - 1); n++) {
		const char *c = phys_at(v, pa + n, 1);

		if (!c || !*c)
			break;
		out[n] = *c;
	}
	out[n] = 0;
}

/* GRUB 2 gives arguments alone, all others the file's name before them. */
static bool loader_names_files(const char *loader)
{
	const char *p = strstr(loader, "GRUB ");

	return !(p && p[5] >= '2' && p[5] <= '9');
}

static void drop_first_word(char *s)
{
	char *p = s;

	while (*p && *p != ' ')
		p++;
	while (*p == ' ')
		p++;
	memmove(s, p, strlen(p) + 1);
}

/* Both versions' record: start, size, type. */
static void add_memory(struct boot_info *out, const uint8_t *e)
{
	uint64_t start = le64(e), size = le64(e + 8);

	if (out->e820_count == E820_MAX || !size || start + size < start)
		return;
	out->e820[out->e820_count++] = (struct e820_entry){start, size, le32(e + 16)};
}

static struct boot_module *add_module(struct boot_info *out, uint64_t start, uint64_t end)
{
	struct boot_module *m;

	if (end < start || out->modules == BOOT_MODULES_MAX) {
		out->modules_left_out++;
		return NULL;
	}
	m = &out->module[out->modules++];
	m->start.a = start;
	m->size = end - start;
	return m;
}

static void mb1_memory(const struct phys_view *v, uint64_t pa, uint32_t len, struct boot_info *out)
{
	uint64_t end = pa + len;

	while (end - pa >= 24) {
		const uint8_t *e = phys_at(v, pa, 24);
		uint32_t size;

		if (!e)
			return;
		size = le32(e);
		if (size < 20 || size > end - pa - 4)
			return;
		add_memory(out, e + 4);
		pa += size + 4;
	}
}

static void mb1_modules(const struct phys_view *v, uint64_t pa, uint32_t n, struct boot_info *out)
{
	for (; n && out->modules_left_out < BOOT_MODULES_MAX; n--, pa += 16) {
		const uint8_t *e = phys_at(v, pa, 16);
		struct boot_module *m;
		uint32_t text;

		if (!e)
			return;
		text = le32(e + 8);
		m = add_module(out, le32(e), le32(e + 4));
		if (m && text)
			copy_string(v, text, SIZE_MAX, m->text, sizeof(m->text));
	}
}

static int parse_mb1(const struct phys_view *v, uint64_t info, struct boot_info *out)
{
	const uint8_t *p = phys_at(v, info, 116);
	uint8_t i[116];
	uint32_t flags;

	if (!p)
		return -EBADMSG;
	memcpy(i, p, sizeof(i));
	flags = le32(i);
	if (flags & 1u << 2)
		copy_string(v, le32(i + 16), SIZE_MAX, out->cmdline, sizeof(out->cmdline));
	if (flags & 1u << 9)
		copy_string(v, le32(i + 64), SIZE_MAX, out->loader, sizeof(out->loader));
	if (flags & 1u << 3)
		mb1_modules(v, le32(i + 24), le32(i + 20), out);
	if (flags & 1u << 6)
		mb1_memory(v, le32(i + 48), le32(i + 44), out);
	out->framebuffer = flags & 1u << 12 && i[109] != 2;
	return 0;
}

static void mb2_memory(const uint8_t *t, uint32_t len, struct boot_info *out)
{
	uint32_t step = len >= 16 ? le32(t + 8) : 0;

	if (step < 24)
		return;
	for (uint64_t at = 16; at + step <= len; at += step)
		add_memory(out, t + at);
}

static void find_efi_rsdp(const struct phys_view *v, uint64_t systab, struct boot_info *out)
{
	const uint8_t *p = phys_at(v, systab, 120);
	uint64_t n, table;

	if (!p)
		return;
	n = le64(p + 104);
	table = le64(p + 112);
	for (uint64_t i = 0; i < MIN(n, 256u); i++) {
		p = phys_at(v, table + i * 24, 24);
		if (p && !memcmp(p, acpi20_guid, 16))
			out->rsdp_pa = le64(p + 16);
	}
}

/* @t: as the view shows the tag at @pa. */
static void mb2_tag(const struct phys_view *v, uint64_t pa, const uint8_t *t, uint32_t len,
		    struct boot_info *out)
{
	struct boot_module *m;

	switch (le32(t)) {
	case 1:
		copy_string(v, pa + 8, len - 8, out->cmdline, sizeof(out->cmdline));
		break;
	case 2:
		copy_string(v, pa + 8, len - 8, out->loader, sizeof(out->loader));
		break;
	case 3:
		m = len >= 16 ? add_module(out, le32(t + 8), le32(t + 12)) : NULL;
		if (m)
			copy_string(v, pa + 16, len - 16, m->text, sizeof(m->text));
		break;
	case 6:
		mb2_memory(t, len, out);
		break;
	case 8:
		out->framebuffer = len >= 30 && t[29] != 2;
		break;
	case 12:
		out->efi = true;
		if (len >= 16)
			find_efi_rsdp(v, le64(t + 8), out);
		break;
	case 14:
	case 15: /* the newer one wins */
		if (len - 8 < out->rsdp_len)
			break;
		out->rsdp_len = MIN(len - 8, sizeof(out->rsdp));
		memcpy(out->rsdp, t + 8, out->rsdp_len);
		break;
	}
}

static int parse_mb2(const struct phys_view *v, uint64_t info, struct boot_info *out)
{
	const uint8_t *p = phys_at(v, info, 8);
	uint32_t total, at = 8;

	if (!p)
		return -EBADMSG;
	total = le32(p);
	if (total < 16 || total > 1u << 24)
		return -EBADMSG;
	while (total - at >= 8) {
		uint32_t type, len;

		p = phys_at(v, info + at, 8);
		if (!p)
			return -EBADMSG;
		type = le32(p);
		len = le32(p + 4);
		if (len < 8 || len > total - at)
			return -EBADMSG;
		if (type == 0)
			return 0;
		p = phys_at(v, info + at, len);
		if (!p)
			return -EBADMSG;
		mb2_tag(v, info + at, p, len, out);
		at += (uint32_t)ROUND_UP(len, 8u);
		if (at > total)
			break;
	}
	return -EBADMSG;
}

int multiboot_parse(const struct phys_view *v, uint32_t magic, uint64_t info, struct boot_info *out)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if (magic == MULTIBOOT1_MAGIC)
		rc = parse_mb1(v, info, out);
	else if (magic == MULTIBOOT2_MAGIC)
		rc = parse_mb2(v, info, out);
	else
		return -EINVAL;
	if (rc)
		return rc;
	if (loader_names_files(out->loader)) {
		drop_first_word(out->cmdline);
		for (unsigned i = 0; i < out->modules; i++)
			drop_first_word(out->module[i].text);
	}
	return out->e820_count ? 0 : -EBADMSG;
}
