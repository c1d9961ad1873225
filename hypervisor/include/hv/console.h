/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's console: every line goes to the serial port and VGA (while ours) and into the
 * ring that sysctl readconsole shows.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/types.h>
#include <stdarg.h>

/* Levels say who is at fault; `loglvl=` and `guest_loglvl=` choose what is printed. */
enum log_level {
	LOG_ERROR, /* the hypervisor or the machine is in trouble */
	LOG_WARN,  /* configuration or firmware is odd; we go on */
	LOG_INFO,
	LOG_DEBUG,
};

/* A line of the hypervisor's own; @fmt ends without newline. Any context. */
void log_at(enum log_level level, const char *fmt, ...) PRINTF(2, 3);
/* A line about what a guest did; rate-limited. @d may be NULL. */
struct domain;
void log_guest(const struct domain *d, enum log_level level, const char *fmt, ...) PRINTF(3, 4);

#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* Raw bytes to all sinks and to the ring that `dmesg` reads. */
void console_write(const char *s, size_t n);

/*
 * Raw bytes to all sinks alone: what the control domain writes to its own console is in its own
 * log, and would push the hypervisor's lines out of the ring.
 */
void console_pass(const char *s, size_t n);
/* Bytes typed at the serial port, up to @n; used by console_io read. */
size_t console_read(char *buf, size_t n);
/* A byte came in (serial interrupt): kept for console_read, VIRQ_CONSOLE is raised. */
void console_input(char c);
/* A sink that is ready only now gets what was written so far. Start-up. */
void console_replay(void (*to)(const char *s, size_t n));
/* From now on write without the lock: the CPU that holds it may be stopped. Panic only. */
void console_force(void);
/* Copy of the ring from @index (in/out) for sysctl readconsole; returns bytes copied. */
size_t console_ring_read(char *buf, size_t n, uint32_t *index, bool incremental, bool clear);

/*
 * Console rings of boot-time domains, which we serve until a control domain's daemon binds their
 * port. Init: @ring is a frame of @d (-EINVAL: of another type). Drop: the domain dies, or a daemon
 * has come. Serve: the guest has written something; no locks held. Input: there is some at the
 * machine's console; any context.
 */
int guest_console_init(struct domain *d, mfn_t ring, uint32_t port, bool machine);
void guest_console_drop(struct domain *d);
void guest_console_serve(struct domain *d);
void guest_console_input(void);

/* Print, dump this CPU, stop all others, then halt or reboot as `noreboot` says. */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);
/*
 * Its two halves, for those who have more to say between them. panic_begin: interrupts off, others
 * stopped; false: another panic is under way, halt. panic_end: current vCPU, then the end.
 */
bool panic_begin(void);
NORETURN void panic_end(void);

int hv_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int hv_snprintf(char *buf, size_t size, const char *fmt, ...) PRINTF(3, 4);

#endif
