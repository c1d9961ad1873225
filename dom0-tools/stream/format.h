/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout of a saved guest as tools of Xen 4.17 write and read it, three layers deep: the file with
 * the guest's configuration, the outer stream of the tool stack, the inner stream of the domain.
 * Numbers are little-endian unless said otherwise. Each record's body is padded to 8 bytes.
 */
#ifndef TOOLS_STREAM_FORMAT_H
#define TOOLS_STREAM_FORMAT_H

#include <assert.h>
#include <stdint.h>

#include "abi/domctl.h"

/* The file: this, then file_head.data_len bytes, which begin with the configuration's length. */
#define FILE_MAGIC "Xen saved domain, xl format\n \0 \r"
enum {
	FILE_MAGIC_LEN = 32,
	FILE_ORDER = 0x01020304,
	FILE_CONF_JSON = 1, /* mandatory: the configuration is JSON */
	FILE_OUTER_V2 = 2,  /* mandatory: the outer stream follows */
};

struct file_head {
	char magic[FILE_MAGIC_LEN];
	uint32_t order;
	uint32_t mandatory; /* who does not know a bit must refuse */
	uint32_t optional;
	uint32_t data_len;
};
static_assert(sizeof(struct file_head) == 48, "file head");

/* The outer stream: this, in big-endian order, then records. */
#define OUTER_IDENT 0x4c6962786c466d74ULL
enum { OUTER_VERSION = 2, OUTER_BIG_ENDIAN = 1, OUTER_CONVERTED = 2 };

struct outer_head {
	uint64_t ident;
	uint32_t version;
	uint32_t options;
};
static_assert(sizeof(struct outer_head) == 16, "outer head");

enum outer_type {
	OUTER_END = 0,
	OUTER_DOMAIN = 1, /* the inner stream follows at once, up to its end */
	OUTER_EMULATOR_NODES = 2,
	OUTER_EMULATOR_STATE = 3,
};

/* The inner stream: this, in big-endian order, then domain_head, then records. */
#define INNER_MARKER 0xffffffffffffffffULL
enum { INNER_ID = 0x58454e46, INNER_VERSION = 3, INNER_OLDEST = 2, INNER_BIG_ENDIAN = 1 };

struct inner_head {
	uint64_t marker;
	uint32_t id;
	uint32_t version;
	uint16_t options;
	uint16_t zero[3];
};
static_assert(sizeof(struct inner_head) == 24, "inner head");

enum { DOMAIN_PV = 1 };

struct domain_head {
	uint32_t type;
	uint16_t page_shift;
	uint16_t zero;
	uint32_t major, minor; /* version of the hypervisor */
};
static_assert(sizeof(struct domain_head) == 16, "domain head");

struct record_head {
	uint32_t type;
	uint32_t length; /* of the body, without its padding */
};

enum record_type {
	REC_END = 0x00,
	REC_PAGES = 0x01,
	REC_PV_INFO = 0x02,
	REC_P2M_FRAMES = 0x03,
	REC_VCPU_BASIC = 0x04,
	REC_VCPU_EXTENDED = 0x05,
	REC_VCPU_XSAVE = 0x06,
	REC_SHARED_INFO = 0x07,
	REC_TSC_INFO = 0x08,
	REC_VCPU_MSRS = 0x0c,
	REC_VERIFY = 0x0d,
	REC_CHECKPOINT = 0x0e,
	REC_STATIC_END = 0x10,
	REC_CPUID_POLICY = 0x11,
	REC_MSR_POLICY = 0x12,
};
#define REC_OPTIONAL 0x80000000u /* who does not know such a type skips it */

/* No body is longer. */
enum { RECORD_MAX = 128 << 20 };

/* Body of REC_PAGES: this, count entries, then the contents of those that have one. */
struct pages_head {
	uint32_t count;
	uint32_t zero;
};

/* An entry: kind in bits 63 to 60, pfn in bits 51 to 0. */
#define ENTRY_PFN_MASK 0x000fffffffffffffULL
enum { ENTRY_KIND_SHIFT = 60 };

/* Kinds, as the hypervisor reports them 32 bits further down. */
enum {
	KIND_PLAIN = 0,
	KIND_L1 = 1,
	KIND_L4 = 4,
	KIND_LEVEL = 7,  /* mask */
	KIND_PINNED = 8, /* together with a level */
	KIND_BROKEN = 0xd,
	KIND_EMPTY = 0xe, /* there, without contents */
	KIND_NONE = 0xf,  /* no page of the guest's */
};
static_assert(KIND_L4 == XEN_DOMCTL_PFINFO_L4TAB >> XEN_DOMCTL_PFINFO_LTAB_SHIFT, "kinds");
static_assert((unsigned)KIND_NONE == XEN_DOMCTL_PFINFO_XTAB >> XEN_DOMCTL_PFINFO_LTAB_SHIFT,
	      "kinds");

struct pv_info {
	uint8_t width;  /* bytes of the guest's words */
	uint8_t levels; /* of its page tables */
	uint16_t zero;
	uint32_t zero2;
};

/* Then the pfn of each frame of the p2m from the one that holds first to the one that holds last.
 */
struct p2m_head {
	uint32_t first;
	uint32_t last;
};

/* Then what the hypervisor takes and gives for this vCPU. */
struct vcpu_head {
	uint32_t id;
	uint32_t zero;
};

struct tsc_record {
	uint32_t mode;
	uint32_t khz;
	uint64_t nsec;
	uint32_t incarnation;
	uint32_t zero;
};
static_assert(sizeof(struct tsc_record) == 24, "TSC record");

#endif
