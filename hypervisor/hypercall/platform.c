/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op: what the control domain does to the machine. Privilege: the dispatch table. */
#include <abi/platform.h>
#include <arch/power.h>
#include <arch/smp.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/pv.h>
#include <hv/sched.h>
#include <hv/timer.h>

static int64_t platform_settime(uint64_t secs, uint32_t nsecs, uint64_t system_time)
{
	uint64_t wall;

	if (nsecs >= 1000000000u || __builtin_mul_overflow(secs, 1000000000ull, &wall) ||
	    __builtin_add_overflow(wall, nsecs, &wall) || system_time > wall)
		return -EINVAL;
	pv_wallclock_set(wall - system_time);
	return 0;
}

/* val_a and val_b carry sleep type and enable as the firmware's tables gave them. */
static int64_t platform_sleep(const struct platform_enter_acpi_sleep *s)
{
	if (s->flags & XENPF_ACPI_SLEEP_EXTENDED)
		return -EOPNOTSUPP;
	if (s->sleep_state != 5)
		return -EOPNOTSUPP; /* no suspend to memory */
	log_info("control domain powers the machine off");
	return arch_acpi_sleep(s->val_a, s->val_b);
}

static int64_t platform_cpuinfo(struct platform_op *op, uint64_t gva)
{
	struct platform_cpuinfo *ci = &op->u.cpuinfo;
	uint32_t id = ci->xen_cpuid, max = 0;
	unsigned cpu;

	cpumask_for_each(cpu, &cpus_online)
		max = cpu;
	*ci = (struct platform_cpuinfo){.xen_cpuid = id, .max_present = max};
	if (id < HV_MAX_CPUS && cpumask_test(&cpus_online, id)) {
		ci->flags = XEN_PCPU_FLAGS_ONLINE;
		ci->apic_id = arch_cpu_apic_id(id);
		ci->acpi_id = arch_cpu_acpi_id(id);
	} else {
		ci->flags = XEN_PCPU_FLAGS_INVALID;
	}
	return copy_to_guest(gva, op, sizeof(*op)) ? -EFAULT : 0;
}

HYPERCALL_HANDLER(platform_op)
{
	struct platform_op op;

	if (copy_from_guest(&op, a1, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XENPF_INTERFACE_VERSION)
		return -EACCES;
	switch (op.cmd) {
	case XENPF_settime32:
		return platform_settime(op.u.settime32.secs, op.u.settime32.nsecs,
					op.u.settime32.system_time);
	case XENPF_settime64:
		if (op.u.settime64.mbz)
			return -EINVAL;
		return platform_settime(op.u.settime64.secs, op.u.settime64.nsecs,
					op.u.settime64.system_time);
	case XENPF_enter_acpi_sleep:
		return platform_sleep(&op.u.enter_acpi_sleep);
	case XENPF_get_cpuinfo:
		return platform_cpuinfo(&op, a1);
	default:
		return -ENOSYS;
	}
}
