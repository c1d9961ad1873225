// SPDX-License-Identifier: GPL-2.0-or-later
#include "event.h"

const char *const event_name[EVENT_COUNT] = {
	[EVENT_MOV_CR3] = "mov_cr3", [EVENT_MOV_CR] = "mov_cr", [EVENT_WRMSR] = "wrmsr",
	[EVENT_RDMSR] = "rdmsr",     [EVENT_INVLPG] = "invlpg", [EVENT_INVPCID] = "invpcid",
	[EVENT_IRET] = "iret",       [EVENT_SYSRET] = "sysret", [EVENT_SYSCALL] = "syscall",
	[EVENT_INT] = "int",         [EVENT_HLT] = "hlt",       [EVENT_RDTSC] = "rdtsc",
	[EVENT_IO] = "io",           [EVENT_CPUID] = "cpuid",
};

/* Prefixes: operand and address size, repeats, lock, segments, REX. */
static const uint8_t *skip_prefixes(const uint8_t *b)
{
	for (int i = 0; i < 14; i++, b++) {
		switch (*b) {
		case 0x66:
		case 0x67:
		case 0xf0:
		case 0xf2:
		case 0xf3:
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64:
		case 0x65:
		case 0x40 ... 0x4f:
			continue;
		}
		break;
	}
	return b;
}

/* Behind 0f 01: invlpg shares its number with instructions of no operand. */
static enum event group_7(uint8_t modrm)
{
	if (modrm == 0xf9)
		return EVENT_RDTSC;
	return (modrm & 0x38) == 0x38 && modrm < 0xc0 ? EVENT_INVLPG : EVENT_NONE;
}

static enum event two_bytes(const uint8_t *b)
{
	switch (b[0]) {
	case 0x01:
		return group_7(b[1]);
	case 0x05:
		return EVENT_SYSCALL;
	case 0x07:
		return EVENT_SYSRET;
	case 0x22:
		return (b[1] & 0x38) == 0x18 ? EVENT_MOV_CR3 : EVENT_MOV_CR;
	case 0x30:
		return EVENT_WRMSR;
	case 0x31:
		return EVENT_RDTSC;
	case 0x32:
		return EVENT_RDMSR;
	case 0x38:
		return b[1] == 0x82 ? EVENT_INVPCID : EVENT_NONE;
	case 0xa2:
		return EVENT_CPUID;
	}
	return EVENT_NONE;
}

enum event event_of(const uint8_t *bytes)
{
	const uint8_t *b = skip_prefixes(bytes);

	switch (*b) {
	case 0x0f:
		return two_bytes(b + 1);
	case 0x6c ... 0x6f:
	case 0xe4 ... 0xe7:
	case 0xec ... 0xef:
		return EVENT_IO;
	case 0xcc:
	case 0xcd:
		return EVENT_INT;
	case 0xcf:
		return EVENT_IRET;
	case 0xf4:
		return EVENT_HLT;
	}
	return EVENT_NONE;
}
