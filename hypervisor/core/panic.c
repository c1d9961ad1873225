/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end: say what happened, stop everybody, then stay or restart as `noreboot` says. */
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <arch/dump.h>
#include <arch/power.h>
#include <arch/smp.h>
#include <asm/cpu.h>

static uint32_t panicking;

bool panic_begin(void)
{
	irq_disable();
	/* A second CPU must not mix its words into the first one's; a fault in a panic ends it. */
	if (__atomic_exchange_n(&panicking, 1, __ATOMIC_SEQ_CST))
		return false;
	console_force();
	arch_stop_others();
	return true;
}

void panic_end(void)
{
	const struct vcpu *v = current_vcpu();

	if (v)
		log_at(LOG_ERROR, "CPU %u, current: domain %u vCPU %u", this_cpu(), v->domain->id,
		       v->id);
	else
		log_at(LOG_ERROR, "CPU %u, no vCPU", this_cpu());
	if (hv_options.noreboot) {
		log_error("stopped (noreboot)");
		arch_halt();
	}
	log_error("restarting");
	arch_reboot();
}

void panic(const char *fmt, ...)
{
	char line[256];
	va_list args;

	if (!panic_begin())
		arch_halt();
	va_start(args, fmt);
	hv_vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	hv_options.loglvl = MAX(hv_options.loglvl, LOG_ERROR);
	log_error("*** panic: %s", line);
	arch_dump_stack();
	panic_end();
}
