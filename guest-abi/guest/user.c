/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/user.h"

#include <errno.h>
#include <string.h>

#include "abi/base.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/vcpu.h"

#define RFLAGS_IF 0x202

void user_enter(const struct trap_frame *f, uint64_t *rsp);
void user_leave(uint64_t rsp) __attribute__((noreturn));

static uint64_t *root;

/* The user root has the kernel root's L3 of the lower half and nothing else: one tree, two tops. */
int64_t user_init(const void *code, size_t size)
{
	void *text = page_alloc(), *stack = page_alloc();
	uint64_t *l4e;
	int64_t rc;

	root = page_alloc();
	if (!text || !stack || !root)
		return -ENOMEM;
	memcpy(text, code, size);
	rc = paging_map(USER_CODE, guest_mfn(text), PAGING_RO | PTE_USER);
	if (!rc)
		rc = paging_map(USER_STACK - GUEST_PAGE, guest_mfn(stack), PAGING_USER);
	if (rc)
		return rc;
	l4e = paging_entry_of(paging_root(), USER_CODE, 4);
	root[0] = *l4e;
	rc = paging_readonly(root);
	if (!rc)
		rc = paging_pin(root, 4);
	return rc ? rc : user_init_vcpu();
}

int64_t user_init_vcpu(void)
{
	return paging_use_user_root(root);
}

void user_regs_init(struct trap_frame *regs, uint64_t offset)
{
	memset(regs, 0, sizeof(*regs));
	regs->rip = USER_CODE + offset;
	regs->cs = FLAT_RING3_CS64;
	regs->ss = FLAT_RING3_SS64;
	regs->rsp = USER_STACK;
	regs->rflags = RFLAGS_IF;
}

unsigned int user_run(struct trap_frame *regs)
{
	struct vcpu *v = vcpu_self();

	user_enter(regs, &v->user_rsp);
	*regs = v->user_frame;
	return regs->vector;
}

void user_trapped(const struct trap_frame *f)
{
	struct vcpu *v = vcpu_self();

	v->user_frame = *f;
	user_leave(v->user_rsp);
}
