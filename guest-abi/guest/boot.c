/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/boot.h"

#include <string.h>

#include "abi/mmu.h"
#include "guest-abi/guest/console.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu.h"

const struct start_info *boot_info;
struct shared_info *boot_shared;

/* Its frame is replaced by the shared one. */
static char shared_page[GUEST_PAGE] __attribute__((aligned(4096)));

static void map_shared(void)
{
	uint64_t pte = boot_info->shared_info | PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY;
	int64_t rc;

	rc = hypercall3(HC_UPDATE_VA_MAPPING, (uint64_t)shared_page, pte, UVMF_INVLPG);
	if (rc)
		guest_panic("shared info page %lx: error %ld", boot_info->shared_info, (long)rc);
	boot_shared = (struct shared_info *)shared_page;
}

void boot_init(const struct start_info *si)
{
	boot_info = si;
	guest_init(si);
	map_shared();
	page_init(si, boot_first.rsp);
	console_init();
	vcpu_init_first();
	trap_init();
	event_init();
	time_init();
	grant_init();
	console_listen();
	event_enable();
}

bool boot_option(const char *key, char *value, size_t size)
{
	const char *s = boot_info->cmd_line;
	size_t len = strlen(key), n;

	while (*s) {
		while (*s == ' ')
			s++;
		if (!strncmp(s, key, len) && (!s[len] || s[len] == ' ' || s[len] == '=')) {
			s += len + (s[len] == '=');
			for (n = 0; n + 1 < size && *s && *s != ' '; n++)
				value[n] = *s++;
			if (size)
				value[n] = 0;
			return true;
		}
		while (*s && *s != ' ')
			s++;
	}
	return false;
}

uint64_t boot_option_number(const char *key, uint64_t otherwise)
{
	char text[24];

	return boot_option(key, text, sizeof(text)) ? text_number(text) : otherwise;
}
