/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Base types. Frame and address kinds are one-member structs, so that a pfn handed to a function
 * that wants an mfn does not compile.
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT    12
#define PAGE_SIZE     4096ul
#define PAGE_MASK     (~(PAGE_SIZE - 1))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* These look at their arguments twice: give them no calls. */
#define MIN(a, b)                     ((a) < (b) ? (a) : (b))
#define MAX(a, b)                     ((a) > (b) ? (a) : (b))
#define ROUND_UP(x, n)                (((x) + (n)-1) / (n) * (n))
#define DIV_ROUND_UP(x, n)            (((x) + (n)-1) / (n))
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

#define likely(x)                     __builtin_expect(!!(x), 1)
#define unlikely(x)                   __builtin_expect(!!(x), 0)
#define PRINTF(fmt, args)             __attribute__((format(printf, fmt, args)))
#define NORETURN                      __attribute__((noreturn))
#define NOINLINE                      __attribute__((noinline))
#define ALWAYS_INLINE                 __attribute__((always_inline))
#define MUST_CHECK                    __attribute__((warn_unused_result))
/* A parameter that functions of one type have, and this one may do without. */
#define UNUSED __attribute__((unused))

/* Machine frame: index of a 4 KiB frame of the machine's physical address space. */
typedef struct {
	uint64_t n;
} mfn_t;
/* Pseudo-physical frame: a PV guest's own numbering of its frames. */
typedef struct {
	uint64_t n;
} pfn_t;
/* Machine (physical) address, in bytes. */
typedef struct {
	uint64_t a;
} paddr_t;

typedef uint16_t domid_t;
typedef uint32_t evtchn_port_t;
typedef uint32_t grant_ref_t;

#define MFN_INVALID  ((mfn_t){~0ull})
#define M2P_INVALID  (~0ull)
#define TIME_FOREVER INT64_MAX

static inline mfn_t mfn_make(uint64_t n)
{
	return (mfn_t){n};
}
static inline mfn_t mfn_add(mfn_t m, uint64_t n)
{
	return (mfn_t){m.n + n};
}
/* A linear address of 48 significant bits. */
static inline bool va_canonical(uint64_t va)
{
	return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}
static inline bool mfn_eq(mfn_t a, mfn_t b)
{
	return a.n == b.n;
}
static inline paddr_t mfn_to_paddr(mfn_t m)
{
	return (paddr_t){m.n << PAGE_SHIFT};
}
static inline mfn_t paddr_to_mfn(paddr_t p)
{
	return (mfn_t){p.a >> PAGE_SHIFT};
}

#endif
