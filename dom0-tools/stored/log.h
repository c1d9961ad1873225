/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log: lines on standard error with a syslog level in front, as journald reads them.
 */
#ifndef STORED_LOG_H
#define STORED_LOG_H

#define LOG_FMT __attribute__((format(printf, 1, 2)))

/* Send the log to a file (appended to) from now on. -errno. */
int log_open(const char *path);

/* Without a file, log to syslog from now on: standard error belongs to whoever started us. */
void log_background(void);

void log_info(const char *fmt, ...) LOG_FMT;
void log_warn(const char *fmt, ...) LOG_FMT;
void log_error(const char *fmt, ...) LOG_FMT;

#endif
