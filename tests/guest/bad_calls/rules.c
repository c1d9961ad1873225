/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/bad_calls/rules.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned int rules;
	const char *why;
} table[] = {
	{"iret", RULE_NEVER, "a bad frame crashes the domain; the guest `crash` does that"},
	{"set_trap_table", RULE_SURE | RULE_NULL,
	 "null, or a list of zeros, takes all handlers away"},
	{"set_callbacks", RULE_SURE, "takes the entry points away"},
	{"stack_switch", RULE_ALWAYS, "a bad stack crashes the domain when it is used"},
	{"fpu_taskswitch", RULE_ALWAYS, "a flag, set or not"},
	{"set_timer_op", RULE_ALWAYS, "a time, past or to come"},
	{"multicall", RULE_SURE, "a list of zeros takes all handlers away"},
	{"SCHEDOP_yield", RULE_SURE, "has no argument"},
	{"SCHEDOP_block", RULE_SURE, "sleeps"},
	{"SCHEDOP_shutdown", RULE_SURE, "ends the guest"},
	{"SCHEDOP_poll", RULE_SURE, "sleeps"},
	{"SCHEDOP_watchdog", RULE_SURE, "ends the guest later"},
	{"SCHEDOP_remote_shutdown", RULE_SURE, "ends a domain, which may be this one"},
	{"SCHEDOP_shutdown_code", RULE_SURE, "cannot be taken back"},
	{"VCPUOP_down", RULE_SURE, "stops the guest"},
	{"VCPUOP_up", RULE_SURE, "starts a vCPU without a kernel"},
	{"VCPUOP_initialise", RULE_SURE | RULE_OTHER, "cannot be taken back"},
	{"VCPUOP_send_nmi", RULE_SURE, "the guest has no handler for it"},
	{"VCPUOP_register_vcpu_info", RULE_SURE, "cannot be taken back"},
	{"EVTCHNOP_close", RULE_SURE, "closes the console's and the store's"},
	{"EVTCHNOP_reset", RULE_SURE, "closes the console's and the store's"},
	{"EVTCHNOP_bind_vcpu", RULE_SURE, "moves the console's"},
	{"EVTCHNOP_init_control", RULE_SURE, "changes how events come"},
	{"CALLBACKOP_register", RULE_SURE, "takes the entry points away"},
	{"CALLBACKOP_unregister", RULE_SURE, "takes the entry points away"},
	{"XENNMI_register_callback", RULE_SURE, "cannot be taken back"},
	{"GNTTABOP_set_version", RULE_SURE, "version 2, where it is served, is another layout"},
	{"GNTTABOP_setup_table", RULE_SURE, "grows the table for good"},
	{"XENMEM_increase_reservation", RULE_SURE | RULE_EXTENTS, "gives memory"},
	{"XENMEM_populate_physmap", RULE_SURE | RULE_EXTENTS, "gives memory"},
	{"XENMEM_decrease_reservation", RULE_EXTENTS, ""},
	{"XENMEM_memory_map", RULE_OTHER, "the control domain has none"},
	{"XENVER_version", RULE_ALWAYS, "does not look at its argument"},
	{"XENVER_pagesize", RULE_ALWAYS, "does not look at its argument"},
	{"CONSOLEIO_read", RULE_TAKES, "nothing was typed"},
	{"EVTCHNOP_alloc_unbound", RULE_TAKES, "the other domain need not exist yet"},
	{"MMUEXT_INVLPG_LOCAL", RULE_TAKES, "any address may be forgotten"},
	{"MMUEXT_INVLPG_MULTI", RULE_TAKES, "any address may be forgotten"},
	{"MMUEXT_INVLPG_ALL", RULE_TAKES, "any address may be forgotten"},
	{"MMU_MACHPHYS_UPDATE", RULE_TAKES, "any number may stand there"},
	{"PHYSDEVOP_irq_status_query", RULE_TAKES, "lines that do not exist want nothing"},
	{"PHYSDEVOP_pci_mmcfg_reserved", RULE_ALWAYS, "accepted without a look"},
	{"PHYSDEVOP_pci_device_add", RULE_ALWAYS, "accepted without a look"},
	{"PHYSDEVOP_pci_device_remove", RULE_ALWAYS, "accepted without a look"},
	{"PHYSDEVOP_set_iobitmap", RULE_TAKES, "read when it is used"},
	{"SCHEDOP_pin_override", RULE_TAKES, "a negative number ends it"},
	{"SEGBASE_FS", RULE_OTHER, "for another number, EINVAL"},
	{"SEGBASE_GS_USER", RULE_OTHER, "for another number, EINVAL"},
	{"SEGBASE_GS_KERNEL", RULE_OTHER, "for another number, EINVAL"},
	{"SEGBASE_GS_USER_SEL", RULE_OTHER | RULE_TAKES, "the same, and bad selectors become null"},
	{"VCPUOP_get_physid", RULE_OTHER, "not kept on one CPU"},
	{"XENPF_get_cpuinfo", RULE_TAKES, "says whether a CPU is there"},
	{"XENMEM_claim_pages", RULE_OTHER, "an array is wrong by itself"},
	{"XENMEM_machine_memory_map", RULE_OTHER, "not room enough"},
	{"XEN_DOMCTL_iomem_permission", RULE_TAKES, "the control domain has any"},
	{"XENMEM_acquire_resource", RULE_OTHER, "type 0 is another resource"},
	{"XEN_DOMCTL_get_cpu_policy", RULE_OTHER, "not room enough"},
	{"XEN_DOMCTL_get_ext_vcpucontext", RULE_TAKES, "addresses are for the call that sets them"},
	{"XEN_DOMCTL_get_vcpu_msrs", RULE_TAKES, "there are none to be written"},
	{"XEN_DOMCTL_getvcpucontext", RULE_OTHER, "it has no context yet"},
	{"XEN_DOMCTL_getvcpuextstate", RULE_OTHER, "not room enough"},
	{"XEN_DOMCTL_scheduler_op", RULE_TAKES | RULE_OTHER,
	 "each of its commands looks at one member"},
	{"XEN_DOMCTL_setvcpuaffinity", RULE_OTHER, "the other map has no CPU"},
	{"XEN_SYSCTL_scheduler_op", RULE_OTHER, "sched_id 0 is another scheduler"},
	{"XEN_DOMCTL_setnodeaffinity", RULE_TAKES, "accepted without a look"},
	{"XEN_DOMCTL_setvcpuextstate", RULE_OTHER, "too small"},
	{"XEN_DOMCTL_subscribe", RULE_TAKES, "the port is used when the domain stops"},
	{"XEN_SYSCTL_cpupool_op", RULE_TAKES, "each of its operations looks at some members"},
	{"XEN_SYSCTL_get_cpu_policy", RULE_OTHER, "not room enough"},
	{"XEN_SYSCTL_getdomaininfolist", RULE_TAKES, "no domain from there on is an answer"},
	{"XEN_SYSCTL_pavise_changed", RULE_TAKES, "no change is an answer"},
	{"XEN_SYSCTL_pcitopoinfo", RULE_TAKES, "which devices is not looked at"},
	{"XEN_DOMCTL_shadow_op", RULE_TAKES | RULE_OTHER,
	 "each of its operations looks at some members"},
	{"XEN_SYSCTL_tbuf_op", RULE_TAKES, "each of its operations looks at some members"},
	{"CONSOLEIO_write", RULE_SURE, "would fill the console"},
	{"XENMEM_maximum_ram_page", RULE_ALWAYS, "has no argument"},
};

unsigned int rules_of(const char *name)
{
	for (unsigned int i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!strcmp(table[i].name, name))
			return table[i].rules;
	}
	return 0;
}
