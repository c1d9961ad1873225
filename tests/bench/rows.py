# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows: what is measured. A row belongs to the program that measures it."""

import subprocess

# Rows of the devices that PV domains alone have.
PV = ("event_user",)
# Not in the geometric means: one asks no kernel, the next one's native cost is one instruction.
OUT_OF_MEAN = ("clock_gettime", "outb", *PV)

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

# tests/bench/life: until a guest's first line of user mode, it is made paused, destroyed, listed.
LIFE = ("first_line", "create_paused", "destroy", "list")
# tests/bench/stamp: from power-on to the first program of what is booted first.
STAMP = ("boot_to_init",)


class Rows:
    """The rows of this run, by the program that measures them, in order."""

    def __init__(self, micro):
        out = subprocess.run([micro, "--list"], capture_output=True, text=True, check=True).stdout
        self.by_program = {"micro": out.split(), "paths": list(PATHS), "life": list(LIFE),
                           "stamp": list(STAMP)}
        self.complete = True

    def all(self):
        return [row for rows in self.by_program.values() for row in rows]

    def only(self, program):
        """Keep the rows of this program alone, all of them."""
        self.by_program = {program: self.by_program[program]}

    def choose(self, names):
        """Keep these alone; returns the names that no row has."""
        unknown = [name for name in names if name not in self.all()]
        for program, rows in self.by_program.items():
            self.by_program[program] = [row for row in rows if row in names]
        self.complete = False
        return unknown
