/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROFILE_QEMU_API_H
#define PROFILE_QEMU_API_H
/*
 * What the plugin uses of the interface between QEMU and its TCG plugins. Debian packages no header
 * for it. Versions: 1 in QEMU 7.2; 2 and up since QEMU 9.0, which counts inline by scoreboards and
 * no more at an address; since 3, qemu_plugin_insn_data() copies.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;

/* What QEMU says of itself when it loads the plugin. */
struct qemu_info {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
};

enum { QEMU_PLUGIN_NO_REGS = 0 };
enum { QEMU_PLUGIN_ADD_U64 = 0 };

/* A 64-bit member of each vCPU's element of a scoreboard. */
typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;

typedef void (*qemu_plugin_simple_fn)(qemu_plugin_id_t id);
typedef void (*qemu_plugin_udata_fn)(qemu_plugin_id_t id, void *data);
typedef void (*qemu_plugin_vcpu_fn)(unsigned int vcpu, void *data);
typedef void (*qemu_plugin_trans_fn)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

/* What QEMU looks for in the plugin. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

/* Drop all callbacks and all translated code, then call @fn; not at once, but soon. */
void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_simple_fn fn);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_fn fn, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_trans_fn fn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_fn fn,
					  int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_fn fn,
					    int flags, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
/* Where the emulator has the instruction; null when it is not in memory. */
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
/* Below version 3: a pointer to the bytes, and the last two arguments are passed over. */
uintptr_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *copy, size_t size);

#define WEAK __attribute__((weak))

/* Version 1 only. */
WEAK void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op,
						     void *where, uint64_t add);

/* Version 2 and up. */
WEAK struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element);
WEAK void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *s, unsigned int vcpu);
WEAK void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn, int op,
							      qemu_plugin_u64 where, uint64_t add);

#endif
