// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/shared_info.h"
#include "abi/version.h"
#include "stream/check.h"
#include "stream/dump.h"
#include "stream/p2m.h"

enum {
	NOTE_NONE = 0x2000000,
	NOTE_HEADER,
	NOTE_XEN_VERSION,
	NOTE_FORMAT_VERSION,
	MAGIC_PV = 0xf00febed,
	FORMAT_VERSION = 1,
};

enum section { NOTHING, NAMES, NOTES, VCPUS, SHARED, P2M, CONTENTS, SECTIONS };

/* Names of the sections in their order, the first one empty. */
static const char names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0"
			    ".xen_pages";

struct note {
	uint32_t namesz, descsz, type;
	char name[4];
};

struct notes {
	struct note none;
	struct note header;
	uint64_t magic, nr_vcpus, nr_pages, page_size;
	struct note version;
	uint64_t major, minor;
	char extra[XENVER_EXTRAVERSION_LEN];
	struct version_compile_info compiled;
	char capabilities[XENVER_CAPABILITIES_LEN];
	char changeset[XENVER_CHANGESET_LEN];
	struct version_platform_parameters platform;
	uint64_t version_page_size;
	struct note format;
	uint64_t format_version;
};
static_assert(sizeof(struct notes) == 4 * sizeof(struct note) + 32 + 1280 + 8, "notes");

/* As the file has them. */
struct place {
	uint64_t pfn, frame;
};

struct dump {
	struct vm *vm;
	struct wire *w;
	struct diag *d;
	struct p2m p2m;
	struct place *pages;
	uint64_t nr;
	struct vcpu_guest_context *vcpus;
	unsigned nr_vcpus;
	struct notes notes;
	struct {
		Elf64_Ehdr elf;
		Elf64_Shdr section[SECTIONS];
	} head;
};

static int out_of_memory(struct dump *s)
{
	return diag_set(s->d, -ENOMEM, "out of memory");
}

/* The pages that are the guest's. */
static int list_pages(struct dump *s)
{
	uint64_t kinds[VM_BATCH], first, i, n;
	struct place *look;
	int rc;

	s->pages = malloc(s->p2m.nr * sizeof(*s->pages));
	if (!s->pages)
		return out_of_memory(s);
	for (first = 0; first < s->p2m.nr; first += n) {
		n = s->p2m.nr - first < VM_BATCH ? s->p2m.nr - first : VM_BATCH;
		for (i = 0; i < n; i++) {
			kinds[i] = __atomic_load_n(&s->p2m.frame[first + i], __ATOMIC_RELAXED);
			s->pages[s->nr + i] = (struct place){first + i, kinds[i]};
		}
		rc = vm_kinds(s->vm, kinds, n);
		if (rc)
			return diag_set(s->d, rc, "cannot ask what the guest's pages are: %s",
					strerror(-rc));
		/* The list is packed in place: what is kept never overtakes what is looked at. */
		look = s->pages + s->nr;
		for (i = 0; i < n; i++)
			if (kind_has_data((unsigned)kinds[i]))
				s->pages[s->nr++] = look[i];
	}
	return 0;
}

static int read_vcpus(struct dump *s)
{
	unsigned id;

	s->vcpus = calloc(vm_vcpus(s->vm), sizeof(*s->vcpus));
	if (!s->vcpus)
		return out_of_memory(s);
	for (id = 0; id < vm_vcpus(s->vm); id++)
		s->nr_vcpus += !vm_get_context(s->vm, id, &s->vcpus[s->nr_vcpus]);
	return s->nr_vcpus ? 0 : diag_set(s->d, -ENODATA, "no vCPU of the guest has begun to run");
}

static struct note note(uint32_t type, size_t size)
{
	return (struct note){.namesz = 4, .descsz = (uint32_t)size, .type = type, .name = "Xen"};
}

static void fill_notes(struct dump *s)
{
	struct notes *n = &s->notes;
	uint32_t major, minor;

	n->none = note(NOTE_NONE, 0);
	n->header = note(NOTE_HEADER, 32);
	n->magic = MAGIC_PV;
	n->nr_vcpus = s->nr_vcpus;
	n->nr_pages = s->nr;
	n->page_size = n->version_page_size = FRAME_SIZE;
	n->version = note(NOTE_XEN_VERSION, 1280);
	vm_version(s->vm, &major, &minor);
	n->major = major;
	n->minor = minor;
	vm_describe(s->vm, XENVER_extraversion, n->extra, sizeof(n->extra));
	vm_describe(s->vm, XENVER_compile_info, &n->compiled, sizeof(n->compiled));
	vm_describe(s->vm, XENVER_capabilities, n->capabilities, sizeof(n->capabilities));
	vm_describe(s->vm, XENVER_changeset, n->changeset, sizeof(n->changeset));
	vm_describe(s->vm, XENVER_platform_parameters, &n->platform, sizeof(n->platform));
	n->format = note(NOTE_FORMAT_VERSION, 8);
	n->format_version = FORMAT_VERSION;
}

/* The next section of the file, which begins where *at says. */
static void place(struct dump *s, enum section i, uint64_t *at, uint64_t size, uint64_t member)
{
	Elf64_Shdr *h = &s->head.section[i];
	unsigned name;

	for (name = 0; name < i; name++)
		h->sh_name += (uint32_t)strlen(names + h->sh_name) + 1;
	h->sh_type = i == NAMES ? SHT_STRTAB : i == NOTES ? SHT_NOTE : SHT_PROGBITS;
	h->sh_offset = *at;
	h->sh_size = size;
	h->sh_entsize = member;
	h->sh_addralign = i == CONTENTS ? FRAME_SIZE : 1;
	*at += size;
}

static uint64_t padding(uint64_t at)
{
	return -at & (FRAME_SIZE - 1);
}

static void fill_head(struct dump *s)
{
	Elf64_Ehdr *e = &s->head.elf;
	uint64_t at = sizeof(s->head);

	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_ident[EI_VERSION] = EV_CURRENT;
	e->e_type = ET_CORE;
	e->e_machine = EM_X86_64;
	e->e_version = EV_CURRENT;
	e->e_shoff = offsetof(__typeof__(s->head), section);
	e->e_ehsize = sizeof(*e);
	e->e_shentsize = sizeof(Elf64_Shdr);
	e->e_shnum = SECTIONS;
	e->e_shstrndx = NAMES;
	place(s, NAMES, &at, sizeof(names), 0);
	at += -at & 7;
	place(s, NOTES, &at, sizeof(s->notes), 0);
	place(s, VCPUS, &at, s->nr_vcpus * sizeof(*s->vcpus), sizeof(*s->vcpus));
	place(s, SHARED, &at, FRAME_SIZE, FRAME_SIZE);
	place(s, P2M, &at, s->nr * sizeof(*s->pages), sizeof(*s->pages));
	at += padding(at);
	place(s, CONTENTS, &at, s->nr * FRAME_SIZE, FRAME_SIZE);
	s->w->expected = at;
}

static int write_before_pages(struct dump *s)
{
	static const uint8_t zeros[FRAME_SIZE];
	const Elf64_Shdr *h = s->head.section;
	uint64_t gap = h[NOTES].sh_offset - h[NAMES].sh_offset - h[NAMES].sh_size;
	uint64_t end = h[P2M].sh_offset + h[P2M].sh_size;
	struct iovec parts[] = {
		{&s->head, sizeof(s->head)},
		{(void *)names, sizeof(names)},
		{(void *)zeros, gap},
		{&s->notes, sizeof(s->notes)},
		{s->vcpus, s->nr_vcpus * sizeof(*s->vcpus)},
		{(void *)s->p2m.shared, FRAME_SIZE},
		{s->pages, s->nr * sizeof(*s->pages)},
		{(void *)zeros, padding(end)},
	};

	return wire_write(s->w, parts, sizeof(parts) / sizeof(parts[0]), s->d);
}

static int write_one(struct dump *s, mfn_t frame)
{
	static const uint8_t zeros[FRAME_SIZE];
	void *page = vm_map(s->vm, false, &frame, 1);
	struct iovec part = {page ? page : (void *)zeros, FRAME_SIZE};
	int rc = wire_write(s->w, &part, 1, s->d);

	vm_unmap(page, 1);
	return rc;
}

static int write_some(struct dump *s, uint64_t first, size_t n)
{
	mfn_t frames[VM_BATCH] = {{0}};
	struct iovec part;
	void *map;
	size_t i;
	int rc = 0;

	for (i = 0; i < n; i++)
		frames[i].n = s->pages[first + i].frame;
	map = vm_map(s->vm, false, frames, n);
	part = (struct iovec){map, n * FRAME_SIZE};
	if (map)
		rc = wire_write(s->w, &part, 1, s->d);
	for (i = 0; i < n && !map && !rc; i++)
		rc = write_one(s, frames[i]);
	vm_unmap(map, n);
	if (!rc && s->w->tick)
		rc = s->w->tick(s->w);
	return rc;
}

static int write_all(struct dump *s)
{
	uint64_t first, n;
	int rc = write_before_pages(s);

	for (first = 0; first < s->nr && !rc; first += n) {
		n = s->nr - first < VM_BATCH ? s->nr - first : VM_BATCH;
		rc = write_some(s, first, n);
	}
	return rc;
}

static int run(struct dump *s)
{
	int rc = p2m_open(&s->p2m, s->vm, s->d);

	if (!rc)
		rc = list_pages(s);
	if (!rc)
		rc = read_vcpus(s);
	if (rc)
		return rc;
	fill_notes(s);
	fill_head(s);
	return write_all(s);
}

int stream_dump(struct vm *vm, struct wire *w, struct diag *d)
{
	struct dump *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return diag_set(d, -ENOMEM, "out of memory");
	s->vm = vm;
	s->w = w;
	s->d = d;
	rc = run(s);
	p2m_close(&s->p2m);
	free(s->pages);
	free(s->vcpus);
	free(s);
	return rc;
}
