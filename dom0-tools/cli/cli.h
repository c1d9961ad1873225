/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame every verb of `pav` stands in: one file and one table row for each. */
#ifndef TOOLS_CLI_CLI_H
#define TOOLS_CLI_CLI_H

#include "lib/diag.h"
#include "lib/host.h"
#include "lib/opt.h"

struct verb;

struct cli {
	struct host h; /* opened as the verb needs */
	struct diag d;
	const struct verb *verb;
};

enum need { NEED_NOTHING, NEED_HV, NEED_STORE, NEED_HOST };

struct verb {
	const char *name;
	struct opt_cmd cmd;
	enum need need;
	bool whole;             /* run() gets options too, --help among them */
	int min_args, max_args; /* operands; max -1: any number */
	/* 0; negative: c->d says why; positive: exit status, already reported. */
	int (*run)(struct cli *c, int n, char **args);
};

/* The verbs, in the order the help shows them. Each has a file cmd_NAME.c. */
/* clang-format off */
#define VERBS(row)                      \
	row(create)                     \
	row(check)                      \
	row(autostart)                  \
	row(boot_config)                \
	row(list)                       \
	row(destroy)                    \
	row(shutdown)                   \
	row(reboot)                     \
	row(pause)                      \
	row(unpause)                    \
	row(console)                    \
	row(info)                       \
	row(dmesg)                      \
	row(top)                        \
	row(counters)                   \
	row(uptime)                     \
	row(domid)                      \
	row(domname)                    \
	row(rename)                     \
	row(vcpu_list)                  \
	row(vcpu_set)                   \
	row(vcpu_pin)                   \
	row(mem_set)                    \
	row(mem_max)                    \
	row(autoballoon)                \
	row(sched)                      \
	row(cpupool_list)               \
	row(cpupool_create)             \
	row(cpupool_destroy)            \
	row(cpupool_cpu_add)            \
	row(cpupool_cpu_remove)         \
	row(cpupool_migrate)            \
	row(cpupool_rename)             \
	row(block_attach)               \
	row(block_detach)               \
	row(block_list)                 \
	row(block_rate)                 \
	row(network_attach)             \
	row(network_detach)             \
	row(network_list)               \
	row(network_rate)               \
	row(pci_attach)                 \
	row(pci_detach)                 \
	row(pci_list)                   \
	row(pci_assignable_add)         \
	row(pci_assignable_remove)      \
	row(pci_assignable_list)        \
	row(trigger)                    \
	row(sysrq)                      \
	row(debug_keys)                 \
	row(trace)                      \
	row(bench)                      \
	row(save)                       \
	row(restore)                    \
	row(dump_core)                  \
	row(migrate)                    \
	row(migrate_receive)            \
	row(store_quota)
/* clang-format on */

#define DECLARE_VERB(name) extern const struct verb verb_##name;
VERBS(DECLARE_VERB)

#endif
