/* SPDX-License-Identifier: MIT */
/*
 * Xen ELF notes. Strings are bounded by their stated size, as Linux emits some without the final
 * NUL; the FEATURES string is ignored, as every feature it can require is unconditional here.
 */
#include "notes.h"

#include "abi/errno.h"
#include "le.h"

#define NOTE_HEADER 12

struct note {
	uint32_t type;
	const uint8_t *name;
	uint32_t name_len;
	const uint8_t *desc;
	uint32_t desc_len;
};

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -ABI_ENOEXEC;
}

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

/* Take one note off the front of a segment; false if the rest is too short for what it states. */
static bool take(const uint8_t **p, uint64_t *left, struct note *note)
{
	uint64_t name, desc;

	if (*left < NOTE_HEADER)
		return false;
	note->name_len = le32(*p);
	note->desc_len = le32(*p + 4);
	note->type = le32(*p + 8);
	name = align4(note->name_len);
	desc = align4(note->desc_len);
	if (name > *left - NOTE_HEADER || note->desc_len > *left - NOTE_HEADER - name)
		return false;
	note->name = *p + NOTE_HEADER;
	note->desc = note->name + name;
	/* The last note of a segment may lack the padding after its description. */
	if (desc > *left - NOTE_HEADER - name)
		desc = *left - NOTE_HEADER - name;
	*p = note->desc + desc;
	*left -= NOTE_HEADER + name + desc;
	return true;
}

static bool number(const struct note *note, uint64_t *value)
{
	if (note->desc_len == 8)
		*value = le64(note->desc);
	else if (note->desc_len == 4)
		*value = le32(note->desc);
	else
		return false;
	return true;
}

/* Does the description start with text? A longer one is a later, compatible form. */
static bool says(const struct note *note, const char *text)
{
	uint32_t i;

	for (i = 0; text[i]; i++)
		if (i == note->desc_len || note->desc[i] != (uint8_t)text[i])
			return false;
	return true;
}

static uint64_t *number_field(struct bootproto_notes *notes, uint32_t type)
{
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		return &notes->entry;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		return &notes->hypercall_page;
	case XEN_ELFNOTE_VIRT_BASE:
		return &notes->virt_base;
	case XEN_ELFNOTE_PADDR_OFFSET:
		return &notes->paddr_offset;
	case XEN_ELFNOTE_INIT_P2M:
		return &notes->init_p2m;
	default:
		return NULL;
	}
}

static int apply(struct bootproto_notes *notes, const struct note *note, const char **why)
{
	uint64_t *field = number_field(notes, note->type);
	uint64_t value;

	if (note->type > XEN_ELFNOTE_MAX)
		return 0;
	notes->present |= 1u << note->type;
	if (field)
		return number(note, field) ? 0 : refuse(why, "a Xen ELF note of a wrong size");

	switch (note->type) {
	case XEN_ELFNOTE_XEN_VERSION:
		if (!says(note, "xen-3.0"))
			return refuse(why, "the kernel wants another interface than xen-3.0");
		return 0;
	case XEN_ELFNOTE_LOADER:
		if (!says(note, "generic"))
			return refuse(why, "the kernel wants a loader of its own");
		return 0;
	case XEN_ELFNOTE_L1_MFN_VALID:
		if (note->desc_len < 16)
			return refuse(why, "a Xen ELF note of a wrong size");
		notes->l1_mfn_mask = le64(note->desc);
		notes->l1_mfn_value = le64(note->desc + 8);
		return 0;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
	case XEN_ELFNOTE_MOD_START_PFN:
	case XEN_ELFNOTE_SUSPEND_CANCEL:
		if (!number(note, &value))
			return refuse(why, "a Xen ELF note of a wrong size");
		break;
	default:
		return 0;
	}
	if (note->type == XEN_ELFNOTE_SUPPORTED_FEATURES)
		notes->supported_features = (uint32_t)value;
	else if (note->type == XEN_ELFNOTE_MOD_START_PFN)
		notes->mod_start_pfn = value != 0;
	else
		notes->suspend_cancel = value != 0;
	return 0;
}

static int read_segment(const struct elf_segment *seg, struct bootproto_notes *notes,
			const char **why)
{
	const uint8_t *p = seg->bytes;
	uint64_t left = seg->filesz;
	struct note note;
	int rc;

	while (left) {
		if (!take(&p, &left, &note))
			return refuse(why, "an ELF note is cut short");
		if (note.name_len != 4 || le32(note.name) != 0x006e6558) /* "Xen" */
			continue;
		rc = apply(notes, &note, why);
		if (rc)
			return rc;
	}
	return 0;
}

int notes_read(const struct elf_image *elf, struct bootproto_notes *notes, const char **why)
{
	struct elf_segment seg;
	unsigned int i;
	int rc;

	*notes = (struct bootproto_notes){.entry = elf->entry};
	for (i = 0; i < elf->phnum; i++) {
		elf_segment(elf, i, &seg);
		if (seg.type != ELF_PT_NOTE)
			continue;
		rc = read_segment(&seg, notes, why);
		if (rc)
			return rc;
	}
	if (!notes->present)
		return refuse(why, "no Xen ELF notes: not a kernel for paravirtualized guests");
	return 0;
}
