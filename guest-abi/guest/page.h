/* SPDX-License-Identifier: MIT */
/*
 * Memory: pfn n of the guest is readable at GUEST_VIRT_BASE + n * 4096 (the linear map), up to 1
 * GiB. The builder maps the image and some more; page_init() maps the rest.
 */
#ifndef GUEST_PAGE_H
#define GUEST_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "abi/start_info.h"

/* Collects what is free: all behind `stack_end`, the end of the stack that the builder made. */
void page_init(const struct start_info *si, uint64_t stack_end);

/*
 * A zeroed page of the linear map, writable; NULL when there is none. Any context of one vCPU a
 * time.
 */
void *page_alloc(void);

/* Back to the allocator. The page must be mapped writable again (paging_writable()). */
void page_free(void *page);

size_t page_free_count(void);

/*
 * Page of the linear map whose frame this is, by the machine-to-physical table; NULL if the frame
 * is not ours or not in the map. The table is the hypervisor's word only for frames of ours.
 */
void *page_of_mfn(uint64_t mfn);

/* pfn of a page of the linear map, and the page of a pfn. */
uint64_t page_pfn(const void *va);
void *page_of_pfn(uint64_t pfn);

/*
 * Record another frame behind a pfn (balloon, exchange); the map itself is the caller's to change.
 */
void page_set_mfn(uint64_t pfn, uint64_t mfn);

#endif
