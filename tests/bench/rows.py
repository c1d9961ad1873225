# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows: what is measured. A row belongs to the program that measures it."""

import subprocess

# Rows of the devices that PV domains alone have.
PV = ("event_user",)
# Those that a container has not the rights for, either.
UNCONTAINED = ("outb", *PV)
# Not in the geometric means: it asks no kernel; its native cost is one instruction; it is a delay.
OUT_OF_MEAN = ("clock_gettime", "outb", "sleep_late", *PV)

# Programs whose rows have a geometric mean of their own, and what these are.
MEANS = {"micro": "the kernel's operations", "macro": "Debian's programs"}

# Row and what tests/bench/paths calls it.
PATHS = {
    "null_hypercall": "null hypercall",
    "xen_version": "xen_version",
    "yield": "yield",
    "update_va_mapping": "update_va_mapping",
    "tlb_flush": "local TLB flush",
    "breakpoint": "breakpoint bounced",
    "page_fault": "page fault bounced",
    "multicall_entry": "multicall, each further entry",
    "mmu_update_entry": "mmu_update, each further entry",
    "event_send": "event send",
    "event_send_fifo": "event send by queues",
    "guest_syscall": "guest syscall round trip",
}

# tests/bench/pair: two guests, one of which measures.
PAIR = ("event_round_trip", "domain_switch", "grant_map_unmap", "grant_map_unmap_32", "grant_copy",
        "grant_copy_32", "timer_set", "timer_late", "timer_wake", "ipi_round_trip", "vcpu_wake")
# tests/bench/life: until a guest's first line of user mode, it is made paused, destroyed, listed.
LIFE = ("first_line", "create_paused", "destroy", "list")
# tests/bench/many: to make one more guest beside those there are; memory beyond each guest's own.
MANY = ("create_1st", "create_10th", "create_50th", "create_100th", "hypervisor_kib_per_guest",
        "control_kib_per_guest")
# tests/bench/stamp: from power-on to the first program of what is booted first.
STAMP = ("boot_to_init",)

# tests/bench/macro: programs of Debian, the latter of them with a disk or a card.
MACRO_DEVICE = ("fio_read", "fio_read_32", "fio_stream", "fio_write_sync", "iperf_out", "iperf_in")
MACRO = ("compile", "sqlite", "redis_set", "redis_get", "memcached_set", "memcached_get",
         *MACRO_DEVICE)


class Rows:
    """The rows of this run, by the program that measures them, in order."""

    def __init__(self, micro):
        out = subprocess.run([micro, "--list"], capture_output=True, text=True, check=True).stdout
        self.by_program = {"micro": out.split(), "paths": list(PATHS), "pair": list(PAIR),
                           "life": list(LIFE), "many": list(MANY), "stamp": list(STAMP),
                           "macro": list(MACRO)}
        self.complete = True

    def all(self):
        return [row for rows in self.by_program.values() for row in rows]

    def only(self, program):
        """Keep the rows of this program alone, all of them."""
        self.by_program = {program: self.by_program[program]}

    def choose(self, names):
        """Keep these alone, all of a program by its name; returns the names that nothing has."""
        names = [row for name in names for row in self.by_program.get(name, [name])]
        unknown = [name for name in names if name not in self.all()]
        for program, rows in self.by_program.items():
            self.by_program[program] = [row for row in rows if row in names]
        self.complete = False
        return unknown
